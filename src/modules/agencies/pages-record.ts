import type { Check, Decision } from '#kernel/check.ts';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { details, inset, summaryList, table, tag, timeline } from '#portal/components.ts';
import type { Tone } from '#portal/status.ts';
import { ref, when } from '#portal/values.ts';
import type { CaseRow, DeadlineRow, MoveRow } from '#modules/cases/index.ts';
import {
  type Application,
  codeOrText,
  elapsed,
  goodsTable,
  isOwnPractice,
  type ParcelView,
} from '#modules/clearance/index.ts';
import {
  authorityName,
  chargesTable,
  checksList,
  type Determination,
  nameIn,
  reasonText,
} from '#modules/rulebook/index.ts';
import { msOfInstant } from '#portal/format.ts';
import { dueCell, holderText, stateTag, type Visit } from './pages-kit.ts';

/** Figures of the parcel that a case does not keep stay open. */
const open = { limit: '…', value: '…', used: '…', line: '…', commodity: '…', document: '…' };

/** Why there is a case: what was found, or what happened to the goods. */
export function groundText({ voice, t }: Visit, { facts }: Pick<CaseRow, 'facts'>): string {
  const { ground, cause } = facts;
  if (typeof ground === 'string')
    return ground === 'risk/selected' ? t('agencies.selected') : reasonText(voice, ground, open);
  return typeof cause === 'string' ? t(`agencies.cause.${cause}`) : '–';
}

/** The head of a case: where it stands, on whose desk, by when, and the barcode of a piece that nothing else names. */
export function caseHead(visit: Visit, one: CaseRow, barcode?: string): Html {
  const { t, voice, timeZone } = visit;
  const desk = one.desk === null ? '–' : authorityName(voice, one.desk.split('/')[0] ?? one.desk);
  return summaryList([
    { key: t('agencies.state'), value: html`<span data-live-field="state">${stateTag(t, one)}</span>` },
    { key: t('agencies.why'), value: groundText(visit, one) },
    ...(barcode === undefined ? [] : [{ key: t('agencies.piece'), value: ref(barcode) }]),
    { key: t('agencies.desk'), value: desk },
    { key: t('agencies.holder'), value: holderText(visit, one.claimedBy) },
    {
      key: t('agencies.opened'),
      value: html`${when(t, one.opened, timeZone)} · ${elapsed(t, visit.context.clock.now() - msOfInstant(one.opened))}`,
    },
    { key: t('agencies.due'), value: dueCell(visit, one.due) },
  ]);
}

/**
 * What the parcel's record shows this officer: goods, what failed, what is owed. Classes without a mandate are not
 * there.
 */
export function parcelRecord({ voice, t, timeZone }: Visit, parcel: ParcelView | undefined): Html {
  if (parcel === undefined) return inset(html`<p>${t('agencies.no-record')}</p>`);
  const determination = parcel.determination as Partial<Determination> | undefined;
  const decision = parcel.decision as Decision | undefined;
  const checks: readonly Check[] = decision?.checks ?? parcel.checks ?? [];
  const goods = parcel.body?.declaration?.goods ?? [];
  const charges = determination?.charges;
  const pieces = parcel.barcodes ?? [];
  const landed = pieces.filter(({ tallied }) => tallied !== null);
  const arrived: Fragment = landed[0]?.tallied ? when(t, landed[0].tallied, timeZone) : t('agencies.not-landed');
  const rows = [
    {
      key: t('agencies.parcel'),
      value: html`<a href="/parcels/${parcel.id}">${ref(parcel.declaration ?? parcel.id)}</a>`,
    },
    ...(parcel.route ? [{ key: t('agencies.route'), value: voice('route', parcel.route) }] : []),
    ...(pieces.length > 0
      ? [
          {
            key: t('agencies.landed'),
            value: html`${t('clearance.list.of', { presented: landed.length, pieces: pieces.length })} · ${arrived}`,
          },
        ]
      : []),
  ];
  const owed =
    charges && charges.length > 0
      ? details(t('agencies.charges'), chargesTable(voice, charges, determination?.totals ?? null))
      : '';
  return html`<h2>${t('agencies.record')}</h2>${summaryList(rows)}${goods.length > 0 ? goodsTable(voice, goods, parcel.accepted) : ''}${checks.length > 0 ? html`<h3>${t('agencies.checks')}</h3>${checksList(voice, checks)}` : ''}${owed}`;
}

/** What somebody asks of the desk in a case, and in which words. */
export function applicationPart(
  { t, voice }: Visit,
  application: Application | undefined,
  goods: Parameters<typeof goodsTable>[1],
): Html | '' {
  if (application === undefined) return '';
  const { lines, reason } = application;
  const figures = lines ? goodsTable(voice, goods, { lines }, t('agencies.asked-lines')) : '';
  return html`<h2>${t('agencies.asked')}</h2>${inset(html`<p>${codeOrText(voice, reason)}</p>`)}${figures}`;
}

/** What happened in the case, each decision with its ground, its reason and its remedy. */
export function caseTimeline({ voice, t, timeZone, who }: Visit, one: CaseRow, moves: readonly MoveRow[]): Html {
  const said = (label: string, text: string | null): Html | '' =>
    text === null ? '' : html`<dt>${t(label)}</dt><dd>${codeOrText(voice, text)}</dd>`;
  const events = moves.map((row) => {
    const reasons = row.decision
      ? html`<dl class="reasons">${said('cases.ground', row.ground)}${said('cases.reason', row.reason)}${said('cases.remedy', row.remedy)}</dl>`
      : '';
    const note = row.note === null ? '' : html`<p>${codeOrText(voice, row.note)}</p>`;
    const known = ['consignee', 'reporter'].find((actor) => actor === row.actor);
    const authority =
      row.authority === null ? undefined : voice.pack.authorities.find(({ id }) => id === row.authority);
    const by =
      row.actor === who.subject
        ? t('agencies.you')
        : authority
          ? nameIn(t, authority.name)
          : row.authority === null
            ? t(known === undefined ? 'agencies.actor' : `agencies.by.${known}`)
            : row.authority;
    return {
      title: titleOf(t, row),
      at: when(t, row.at, timeZone),
      by,
      body: html`${reasons}${note}`,
      tone: toneOf(row),
    };
  });
  return html`<h2>${t('agencies.happened')}</h2>${timeline([{ title: t('cases.opened'), at: when(t, one.opened, timeZone) }, ...events])}`;
}

/** A decision went one way or the other; what a person outside brought wants somebody's eye. */
const toneOf = ({ decision, move }: MoveRow): Tone =>
  decision ? (move === 'deny' ? 'stopped' : 'released') : move === 'evidence' || move === 'answer' ? 'hand' : 'quiet';

/** What a step was; what was brought into the case is named by its kind. */
export function titleOf(t: Visit['t'], { move, details: said }: Pick<MoveRow, 'move' | 'details'>): string {
  if (move !== 'evidence' || typeof said !== 'object' || said === null) return moveText(t, move);
  return t(`agencies.evidence.${'kind' in said && typeof said.kind === 'string' ? said.kind : 'message'}`);
}

export const moveText = (t: Visit['t'], move: string): string =>
  t.has(`agencies.move.${move}`)
    ? t(`agencies.move.${move}`)
    : t.has(`cases.move.${move}`)
      ? t(`cases.move.${move}`)
      : move;

/** The clocks of a case with the law they come from. */
export function clocks({ t, timeZone }: Visit, one: CaseRow, deadlines: readonly DeadlineRow[]): Html | '' {
  if (deadlines.length === 0) return '';
  return table({
    caption: t('agencies.clocks'),
    columns: [
      { head: t('agencies.clock'), cell: ({ name }: DeadlineRow) => t(`agencies.deadline.${name}`), rowHeader: true },
      { head: t('agencies.due'), cell: ({ due }: DeadlineRow) => when(t, due, timeZone) },
      {
        head: t('agencies.state'),
        cell: ({ state }: DeadlineRow) =>
          tag(t(`agencies.clock.${state}`), state === 'fallen' ? 'hand' : state === 'running' ? 'ink' : 'quiet'),
      },
      {
        head: t('agencies.source'),
        cell: ({ source }: DeadlineRow) => (isOwnPractice(source, one.procedure) ? t('agencies.own-practice') : source),
      },
    ],
    rows: deadlines,
  });
}
