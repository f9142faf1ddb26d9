import { dayOf } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import { details, summaryList, table, timeline } from '#portal/components.ts';
import { onDay, ref, when, written } from '#portal/values.ts';
import { authorityText, changeState, type LawVisit } from './law-kit.ts';
import type { ChangeStep, ChangeView } from './service-read.ts';
import { nameIn } from './voice.ts';

/** Where a change stands, who proposes it, by when, and how many have approved it. */
export function changeHead(visit: LawVisit, view: ChangeView): Html {
  const { t, voice, home } = visit;
  const { steering, approvals, base } = view;
  const body = steering === null ? '' : nameIn(t, steering.name);
  const progress =
    steering === null ? '–' : t('law.approvals-of', { given: approvals.length, needed: steering.approvals, body });
  const rows = [
    { key: t('law.state-of'), value: changeState(t, view.state) },
    { key: t('law.pack'), value: html`${ref(view.pack)}: ${ref(base?.version ?? '–')} → ${ref(view.version)}` },
    { key: t('law.proposed-by'), value: authorityText(voice, view.authority) },
    {
      key: t('law.in-force-from'),
      value: view.inForceAt === null ? t('law.when-approved') : when(t, view.inForceAt, home.timeZone),
    },
    { key: t('law.approvals'), value: progress },
    ...(view.reverses === null
      ? []
      : [
          {
            key: t('law.goes-back-on'),
            value: html`<a href="/law/changes/${view.reverses}">${t('law.that-change')}</a>`,
          },
        ]),
    ...view.reversedBy.map((id) => ({
      key: t('law.gone-back-on'),
      value: html`<a href="/law/changes/${id}">${t('law.that-change')}</a>`,
    })),
    ...view.versions.map((one) => ({
      key: t('law.brought'),
      value: html`<a href="/law/versions/${one.pack}/${one.from}">${ref(`${one.pack} ${one.version}`)}</a> · ${when(t, one.since, home.timeZone)} · ${t('law.epoch', { epoch: one.from })}`,
    })),
  ];
  return summaryList(rows);
}

function approvalsView(visit: LawVisit, view: ChangeView): Html {
  const { t, voice, home } = visit;
  const members = view.steering?.members.map((one) => html`<li>${authorityText(voice, one)}</li>`) ?? [];
  const who =
    members.length === 0 ? '' : details(t('law.members', { count: members.length }), html`<ul>${members}</ul>`);
  return html`<h2>${t('law.approvals')}</h2>${table({
    caption: t('law.approvals'),
    hideCaption: true,
    columns: [
      { head: t('law.member'), cell: ({ authority }: ChangeStep) => authorityText(voice, authority), rowHeader: true },
      { head: t('law.at'), cell: ({ at }: ChangeStep) => when(t, at, home.timeZone) },
      {
        head: t('law.minutes'),
        cell: ({ minutes }: ChangeStep) => (minutes === null ? '–' : minutesText(visit, minutes)),
      },
    ],
    rows: view.approvals,
    empty: html`<p>${t('law.no-approvals')}</p>`,
  })}${who}`;
}

const minutesText = ({ t }: LawVisit, { text, reference, on }: NonNullable<ChangeStep['minutes']>): Html =>
  html`${written(text)}<br><span class="small">${written(reference)}, ${onDay(t, dayOf(on))}</span>`;

/** A code of ours in words, or what somebody wrote. */
const codeOrText = ({ t }: LawVisit, text: string) =>
  text.startsWith('rulebook/') && t.has(text) ? t(text) : written(text);

function happened(visit: LawVisit, view: ChangeView): Html {
  const { t, voice, home } = visit;
  const said = (label: string, text: string | null) =>
    text === null ? '' : html`<dt>${t(label)}</dt><dd>${codeOrText(visit, text)}</dd>`;
  const events = view.steps.map((row) => {
    const reasons =
      row.ground === null
        ? ''
        : html`<dl class="reasons">${said('cases.ground', row.ground)}${said('cases.reason', row.reason)}${said('cases.remedy', row.remedy)}${row.minutes === null ? '' : html`<dt>${t('law.minutes')}</dt><dd>${minutesText(visit, row.minutes)}</dd>`}</dl>`;
    const note = row.note === null ? '' : html`<p>${codeOrText(visit, row.note)}</p>`;
    const tone =
      row.move === 'refuse' ? ('stopped' as const) : row.ground === null ? ('quiet' as const) : ('released' as const);
    return {
      title: t(`law.move.${row.move}`),
      at: when(t, row.at, home.timeZone),
      by: authorityText(voice, row.authority),
      body: html`${reasons}${note}`,
      tone,
    };
  });
  const opened = {
    title: t('law.drafted'),
    at: when(t, view.opened, home.timeZone),
    by: authorityText(voice, view.authority),
  };
  return html`<h2>${t('law.happened')}</h2>${timeline([opened, ...events])}`;
}

function draftsView(visit: LawVisit, view: ChangeView): Html {
  const { t, home } = visit;
  return html`<h2>${t('law.drafts')}</h2>${table({
    caption: t('law.drafts'),
    hideCaption: true,
    columns: [
      {
        head: t('law.draft'),
        cell: (one: ChangeView['drafts'][number]) =>
          html`<a href="/law/changes/${view.id}/drafts/${String(one.number)}">${t('law.draft-title', { number: one.number })}</a>`,
        rowHeader: true,
      },
      { head: t('law.version'), cell: (one: ChangeView['drafts'][number]) => ref(one.version) },
      { head: t('law.made'), cell: (one: ChangeView['drafts'][number]) => when(t, one.made, home.timeZone) },
      { head: t('law.hash'), cell: (one: ChangeView['drafts'][number]) => ref(one.hash.slice(0, 12)) },
    ],
    rows: view.drafts,
  })}`;
}

/** What is on record of a change: its approvals, its drafts, and everything that happened. */
export const changeRecord = (visit: LawVisit, view: ChangeView): Html =>
  html`${approvalsView(visit, view)}${draftsView(visit, view)}${happened(visit, view)}`;
