import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import { parseMoney } from '#kernel/money.ts';
import { barChart, type Point } from '#portal/chart.ts';
import { type Column, details, linkButton, stat, stats, statusTag, table } from '#portal/components.ts';
import type { Words } from '#portal/text.ts';
import { count, money, onDay, ref } from '#portal/values.ts';
import { dayOf } from '#kernel/effective.ts';
import { type Amount, authorityName, factNames, type Voice } from '#modules/rulebook/index.ts';
import type { SeenReplay } from './replay.ts';
import { type Band, fewest, type Group, type Pair, type ReplayResult, type Revenue } from './replay-result.ts';

type Seen<T> = Partial<T>;

const amountCell = (t: Words, amount: Amount | undefined): Fragment => (amount ? money(t, amount) : '–');
const countCell = (t: Words, many: number | undefined): Fragment => (many === undefined ? '–' : count(t, many));

/** Only as long as a bar is drawn; the figure beside it is exact. */
function lengthOf(amount: Amount): number {
  const parsed = parseMoney(amount);
  return parsed.ok ? Number(parsed.value.minor) : 0;
}

/** The columns of amounts, where the reader sees any. */
function revenueColumns<R extends Seen<Revenue>>(t: Words, rows: readonly R[]): Column<R>[] {
  if (rows.every(({ difference }) => difference === undefined)) return [];
  return (['before', 'after', 'difference'] as const).map((side) => ({
    head: t(`clearance.replay.${side}`),
    cell: (row: R) => amountCell(t, row[side]),
    numeric: true,
  }));
}

function groupColumns<R extends Seen<Group>>(t: Words, rows: readonly R[]): Column<R>[] {
  return [
    { head: t('clearance.replay.parcels'), cell: ({ parcels }) => countCell(t, parcels), numeric: true },
    { head: t('clearance.replay.changed'), cell: ({ changed }) => countCell(t, changed), numeric: true },
    ...revenueColumns(t, rows),
  ];
}

function part(title: string, ...body: readonly Fragment[]): Html {
  return html`<section><h2>${title}</h2>${body}</section>`;
}

/** What comes out one way today and one way under the draft: those that flip as bars, all of them as a table. */
function pairsPart<T extends string>(
  t: Words,
  title: string,
  caption: string,
  pairs: readonly Seen<Pair<T>>[] | undefined,
  cell: (name: T | null | undefined) => Fragment,
  name: (name: T | null | undefined) => string,
): Html | '' {
  if (pairs === undefined || pairs.length === 0) return '';
  const flips = pairs.filter(({ from, to }) => from !== to);
  const points = flips.map(({ from, to, parcels = 0 }): Point => {
    return { label: t('clearance.replay.flip', { from: name(from), to: name(to) }), value: parcels };
  });
  const chart =
    points.length === 0
      ? html`<p>${t('clearance.replay.no-flips')}</p>`
      : barChart(t, { title: caption, labels: title, unit: t('clearance.replay.parcels'), points, tone: 'hand' });
  const all = table<Seen<Pair<T>>>({
    caption: title,
    hideCaption: true,
    rows: pairs,
    columns: [
      { head: t('clearance.replay.today'), cell: ({ from }) => cell(from), rowHeader: true },
      { head: t('clearance.replay.draft'), cell: ({ to }) => cell(to) },
      { head: t('clearance.replay.parcels'), cell: ({ parcels }) => countCell(t, parcels), numeric: true },
      ...revenueColumns(t, pairs),
    ],
  });
  return part(title, chart, details(t('clearance.replay.all-pairs'), all));
}

function chargesPart(
  voice: Voice,
  charges: ReplayResult['charges'] | undefined,
  filedAgain: Seen<ReplayResult['filedAgain']> | undefined,
): Html | '' {
  if (charges === undefined || charges.length === 0) return '';
  const { t } = voice;
  const title = t('clearance.replay.charges');
  const points = charges.flatMap(({ id, before, after }): Point[] =>
    (
      [
        ['today', before],
        ['draft', after],
      ] as const
    ).map(([side, amount]) => ({
      label: t('clearance.replay.side', { name: voice('charge', id), side: t(`clearance.replay.${side}`) }),
      value: lengthOf(amount),
      text: money(t, amount),
    })),
  );
  const rows = table({
    caption: title,
    hideCaption: true,
    rows: charges,
    columns: [
      { head: t('clearance.replay.charge'), cell: ({ id }) => voice('charge', id), rowHeader: true },
      { head: t('clearance.replay.collect'), cell: ({ collect }) => voice('collect', collect) },
      ...groupColumns(t, charges),
    ],
  });
  const labels = t('clearance.replay.charge');
  const { parcels = 0, difference } = filedAgain ?? {};
  const again =
    parcels === 0 || difference === undefined
      ? ''
      : html`<p>${t.html('clearance.replay.filed-again', { parcels, difference: money(t, difference) })}</p>`;
  const chart = { title: t('clearance.replay.beside'), labels, unit: t('clearance.replay.amount'), points };
  return part(title, barChart(t, { ...chart, tone: 'ink' }), rows, again);
}

function countriesPart(t: Words, countries: readonly Seen<ReplayResult['countries'][number]>[] | undefined): Html | '' {
  if (countries === undefined || countries.length === 0) return '';
  const title = t('clearance.replay.countries');
  const name = (code: string | null | undefined): string =>
    code === '*' ? t('clearance.replay.others') : (code ?? t('clearance.replay.not-named'));
  const points = countries.map(({ country, changed = 0 }): Point => ({ label: name(country), value: changed }));
  const rows = table({
    caption: title,
    hideCaption: true,
    rows: countries,
    columns: [
      {
        head: t('clearance.replay.country'),
        cell: ({ country }) => (country === null || country === '*' ? name(country) : ref(country ?? '')),
        rowHeader: true,
      },
      ...groupColumns(t, countries),
    ],
  });
  const labels = t('clearance.replay.country');
  const changed = t('clearance.replay.changed');
  return part(title, barChart(t, { title: changed, labels, unit: changed, points }), rows);
}

function sellersPart(t: Words, sellers: readonly Seen<Band>[] | undefined): Html {
  const title = t('clearance.replay.sellers');
  const about = html`<p>${t('clearance.replay.sellers-text', { fewest })}</p>`;
  if (sellers === undefined || sellers.length === 0)
    return part(title, html`<p>${t('clearance.replay.few-sellers', { fewest })}</p>`);
  const name = ({ from = 1, until }: Seen<Band>): string =>
    until === null || until === undefined
      ? t('clearance.replay.band-open', { from })
      : t('clearance.replay.band', { from, to: until - 1 });
  const points = sellers.map((band): Point => ({ label: name(band), value: band.affected ?? 0 }));
  const number = (
    head: 'sellers-many' | 'affected' | 'more' | 'less',
    of: (band: Seen<Band>) => number | undefined,
  ) => ({
    head: t(`clearance.replay.${head}`),
    cell: (band: Seen<Band>) => countCell(t, of(band)),
    numeric: true,
  });
  const rows = table({
    caption: title,
    hideCaption: true,
    rows: sellers,
    columns: [
      { head: t('clearance.replay.band-head'), cell: name, rowHeader: true },
      number('sellers-many', (band) => band.sellers),
      number('affected', (band) => band.affected),
      number('more', (band) => band.more),
      number('less', (band) => band.less),
      ...groupColumns(t, sellers),
    ],
  });
  const labels = t('clearance.replay.band-head');
  const affected = t('clearance.replay.affected');
  return part(title, about, barChart(t, { title: affected, labels, unit: affected, points }), rows);
}

function undecidedPart(voice: Voice, undecided: ReplayResult['undecided'] | undefined): Html | '' {
  if (undecided === undefined) return '';
  const { t } = voice;
  const title = t('clearance.replay.undecided');
  const { before, after, missing } = undecided;
  const says = html`<p>${t('clearance.replay.undecided-text', { before, after })}</p>`;
  if (missing.length === 0) return part(title, says);
  const rows = table({
    caption: title,
    hideCaption: true,
    rows: missing,
    columns: [
      { head: t('clearance.replay.fact'), cell: ({ fact }) => factNames(voice, [fact]), rowHeader: true },
      { head: t('clearance.replay.today'), cell: (one) => count(t, one.before), numeric: true },
      { head: t('clearance.replay.draft'), cell: (one) => count(t, one.after), numeric: true },
    ],
  });
  return part(title, says, rows);
}

function examplesPart(t: Words, id: string, examples: ReplayResult['examples'] | undefined): Html | '' {
  if (examples === undefined || examples.length === 0) return '';
  const title = t('clearance.replay.examples');
  const link = (handle: string): Html => html`<a href="/replays/${id}/examples/${handle}">${ref(handle)}</a>`;
  const rows = table({
    caption: title,
    hideCaption: true,
    rows: examples,
    columns: [
      { head: t('clearance.replay.today'), cell: ({ from }) => statusTag(t, from), rowHeader: true },
      { head: t('clearance.replay.draft'), cell: ({ to }) => statusTag(t, to) },
      { head: t('clearance.replay.examples'), cell: ({ handles }) => join(handles.map(link), html`<br>`) },
    ],
  });
  return part(title, html`<p>${t('clearance.replay.examples-text')}</p>`, rows);
}

/** What the figures hold and what they do not: nobody should read more out of them than went in. */
function howPart(t: Words, result: Seen<ReplayResult>): Html {
  const { leftOut, claimed, byOfficer = 0, decidedOtherwise = 0 } = result;
  const archived = (leftOut?.archived ?? []).map(({ day, parcels }) =>
    t.html('clearance.replay.how.archived', { day: onDay(t, dayOf(day)), parcels: count(t, parcels) }),
  );
  const lines: Fragment[] = [
    t('clearance.replay.how.facts'),
    t('clearance.replay.how.found'),
    t('clearance.replay.how.claimed', { parcels: claimed?.parcels ?? 0 }),
    t('clearance.replay.how.officer', { parcels: byOfficer }),
    t('clearance.replay.how.otherwise', { parcels: decidedOtherwise }),
    t('clearance.replay.how.cancelled', { parcels: leftOut?.cancelled ?? 0 }),
    t('clearance.replay.how.waiting', { parcels: leftOut?.waiting ?? 0 }),
    ...archived,
  ];
  return details(t('clearance.replay.how'), html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`);
}

/** The difference as it was decided, and what it would be if parcels went the way that is required of them. */
function differenceStat(t: Words, { difference }: Revenue, again: Seen<ReplayResult['filedAgain']> | undefined): Html {
  const note = again?.difference && t.html('clearance.replay.again', { difference: money(t, again.difference) });
  const value = money(t, difference);
  return stat({ label: t('clearance.replay.difference'), value, tone: 'ink', ...(note ? { note } : {}) });
}

/** The result of a replay: who is affected, what it makes of the revenue, which outcomes flip. */
export function resultPart(voice: Voice, { id, result }: SeenReplay): Html {
  const { t } = voice;
  const seen: Seen<ReplayResult> = result ?? {};
  const { revenue, filedAgain, parcels = 0, changed = 0 } = seen;
  const head = stats(
    stat({ label: t('clearance.replay.looked'), value: count(t, parcels) }),
    stat({ label: t('clearance.replay.changed'), value: count(t, changed), tone: changed > 0 ? 'hand' : 'quiet' }),
    ...(revenue ? [differenceStat(t, revenue, filedAgain)] : []),
  );
  const flips = t('clearance.replay.flips');
  const outcome = (code: string | null | undefined): string => (code ? t(`portal.status.${code}`) : '–');
  const route = (code: string | null | undefined): string =>
    code ? voice('route', code) : t('clearance.replay.no-route');
  const desk = (code: string | null | undefined): string =>
    code ? authorityName(voice, code) : t('clearance.replay.no-desk');
  const csv = linkButton({ text: t('clearance.replay.csv'), href: `/replays/${id}/result.csv`, kind: 'second' });
  return html`${head}${howPart(t, seen)}${pairsPart(t, t('clearance.replay.outcomes'), flips, seen.outcomes, (code) => (code ? statusTag(t, code) : '–'), outcome)}${chargesPart(voice, seen.charges, filedAgain)}${pairsPart(t, t('clearance.replay.routes'), flips, seen.routes, route, route)}${pairsPart(t, t('clearance.replay.desks'), flips, seen.desks, desk, desk)}${countriesPart(t, seen.countries)}${sellersPart(t, seen.sellers)}${undecidedPart(voice, seen.undecided)}${examplesPart(t, id, seen.examples)}<p>${csv}</p>`;
}
