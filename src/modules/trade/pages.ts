import { type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { barChart, type Point } from '#portal/chart.ts';
import { emptyState, filterForm, linkButton, live, stat, stats, tabs } from '#portal/components.ts';
import { type Field, formFields } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { count, when } from '#portal/values.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { statuses } from '#modules/clearance/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { type Asked, flowCounts, flowList, flowOf, type SeenFlow } from './flows.ts';
import { steps, type Trouble, troubles } from './model.ts';
import { clearanceCode, flowCard, flowWords, toldTimeline, troubleTags } from './pages-kit.ts';

/** How many parcels stand on the screen; further ones are found by their marks. */
export const shownMax = 30;

const fields: readonly Field[] = [
  { name: 'mark', label: 'trade.search', type: 'text', width: 20, latin: true, hint: 'trade.search-hint' },
  {
    name: 'exception',
    label: 'trade.exception',
    type: 'select',
    options: [
      { value: '', label: 'trade.every' },
      ...troubles.map((one) => ({ value: one, label: `trade.trouble.${one}` })),
    ],
  },
];

/** What the address of the screen asks for. */
export function askedOf(query: unknown): Asked {
  const mark = textOf(query, 'mark').trim().slice(0, 64);
  const trouble = troubles.find((one) => one === textOf(query, 'exception'));
  return { ...(mark === '' ? {} : { mark }), ...(trouble === undefined ? {} : { trouble }) };
}

export const addressOf = (path: string, { mark, trouble }: Asked): string => {
  const query = new URLSearchParams({
    ...(mark ? { mark } : {}),
    ...(trouble ? { exception: trouble } : {}),
  }).toString();
  return query === '' ? path : `${path}?${query}`;
};

const isTrouble = (flow: SeenFlow, one: Trouble): boolean => flow.troubles.includes(one);

/** How many parcels have which trouble: what the figures at the head of the screen say. */
export const troubleCounts = (flows: readonly SeenFlow[]): [Trouble, number][] =>
  troubles.map((one) => [one, flows.filter((flow) => isTrouble(flow, one)).length]);

function figures(t: Words, flows: readonly SeenFlow[]): Html {
  const items = troubleCounts(flows)
    .filter(([one, many]) => many > 0 || one === 'held' || one === 'late')
    .map(([one, many]) =>
      stat({
        label: t(`trade.trouble.${one}`),
        value: count(t, many),
        live: `count-${one}`,
        tone: many > 0 ? 'hand' : 'quiet',
      }),
    );
  return stats(...items);
}

const places: readonly string[] = [...steps, ...statuses];
/** The order in which steps and statuses follow each other. */
const inOrder = ([a]: readonly [string, number], [b]: readonly [string, number]): number =>
  places.indexOf(a) - places.indexOf(b);

/** The three flows in one picture: each step with how many parcels stand at it. */
function chart(t: Words, flows: readonly SeenFlow[]): Html {
  const counts = flowCounts(flows);
  const points = (['money', 'goods', 'clearance'] as const).flatMap((flow) =>
    [...counts[flow]].sort(inOrder).map(([step, value]): Point => {
      const word = flow === 'clearance' ? t(`portal.status.${clearanceWord(flows, step)}`) : t(`trade.step.${step}`);
      return { label: t('trade.chart.label', { flow: t(`trade.flow.${flow}`), step: word }), value };
    }),
  );
  return barChart(t, {
    title: t('trade.chart.title', { count: flows.length }),
    labels: t('trade.chart.step'),
    unit: t('trade.chart.parcels'),
    points,
    tone: 'ink',
  });
}

const clearanceWord = (flows: readonly SeenFlow[], status: string): string => {
  const one = flows.find((flow) => flow.status === status);
  return one === undefined ? 'unknown' : status === 'lodged' ? 'lodged' : clearanceCode(one);
};

/** The two ways of looking at what is going on, above either page. */
export const ways = (t: Words, current: 'trade' | 'calendar'): Html =>
  tabs(t('trade.ways'), [
    { text: t('trade.title'), href: '/trade', current: current === 'trade' },
    { text: t('trade.calendar.title'), href: '/trade/calendar', current: current === 'calendar' },
  ]);

/** The screen's own words: what a seller is told is not what a carrier is told. */
function leadOf({ who }: Visit): string {
  if (who.authority !== null || who.roles.some((role) => role === 'seller' || role === 'filer')) return 'trade.lead';
  return who.roles.includes('operator') ? 'trade.lead-warehouse' : 'trade.lead-carrier';
}

async function screen(context: Context, visit: Visit): Promise<Answer> {
  const { t, who, request } = visit;
  const { home } = context.reference.current().get(packsPart);
  const asked = askedOf(request.query);
  const flows = await flowList(context, who, asked);
  const shown = flows.slice(0, shownMax);
  const wrong = shown.filter(({ troubles: all }) => all.length > 0);
  const fine = shown.filter(({ troubles: all }) => all.length === 0);
  const list = (heading: string, some: readonly SeenFlow[]): Html | '' =>
    some.length === 0
      ? ''
      : html`<h2>${t(heading, { count: some.length })}</h2><ul class="flows">${some.map((one) => flowCard(t, one, home.timeZone))}</ul>`;
  const narrowed = asked.mark !== undefined || asked.trouble !== undefined;
  const empty = emptyState({
    title: t(narrowed ? 'trade.none-found' : 'trade.none'),
    body: t(narrowed ? 'trade.none-found-text' : 'trade.none-text'),
  });
  const filter = filterForm(t, {
    action: '/trade',
    fields: formFields(t, { fields, values: { mark: asked.mark ?? '', exception: asked.trouble ?? '' } }),
    ...(narrowed ? { clear: '/trade' } : {}),
  });
  const fresh = html`<p class="small">${t('trade.as-of')} <span data-live-field="fresh">${when(t, context.clock.instant(), home.timeZone)}</span></p>`;
  const body = html`${figures(t, flows)}${fresh}${shown.length === 0 ? empty : html`${list('trade.exceptions', wrong)}${list('trade.others', fine)}`}`;
  const followed = live(t, { source: addressOf('/trade/stream', asked), refresh: addressOf('/trade', asked), body });
  const more = flows.length > shownMax ? html`<p>${t('trade.more', { shown: shownMax, all: flows.length })}</p>` : '';
  const csv = linkButton({ text: t('trade.csv'), href: addressOf('/trade/parcels.csv', asked), kind: 'second' });
  const title = t('trade.title');
  const main = html`<h1>${title}</h1><p class="lead">${t(leadOf(visit))}</p>${ways(t, 'trade')}${filter}${followed}${more}${flows.length === 0 ? '' : html`${chart(t, flows)}<p>${csv}</p>`}`;
  return { page: { title, main, wide: true } };
}

/** The texts of the screen that change while somebody looks, by the name that they have on it. */
export function liveTexts(t: Words, flows: readonly SeenFlow[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [one, many] of troubleCounts(flows)) texts[`count-${one}`] = String(many);
  for (const flow of flows.slice(0, shownMax))
    for (const [name, text] of Object.entries(flowWords(t, flow)))
      if (text !== undefined) texts[`${flow.id}-${name}`] = text;
  return texts;
}

async function parcel(context: Context, visit: Visit, id: string): Promise<Answer> {
  const { t, who } = visit;
  const { timeZone } = context.reference.current().get(packsPart).home;
  const found = isUuid(id) ? await flowOf(context, who, id) : undefined;
  if (!found?.ok) return refusedPage(visit, { code: 'trade/not-found' });
  const flow = found.value;
  const { toldMoney, toldGoods, declaration = id, troubles: wrong } = flow;
  const column = (name: 'money' | 'goods', told: SeenFlow['toldGoods']): Html =>
    html`<section class="flow__column"><h2>${t(`trade.flow.${name}`)}</h2>${told && told.length > 0 ? toldTimeline(t, told, timeZone) : html`<p>${t('trade.nothing-told')}</p>`}</section>`;
  // Money is shown to whom it may be told; that nothing was told yet is no secret of those who may.
  const money = flow.money === undefined ? '' : column('money', toldMoney);
  const clearance = html`<section class="flow__column"><h2>${t('trade.flow.clearance')}</h2><p><strong>${t(`portal.status.${clearanceCode(flow)}`)}</strong>${flow.since === undefined ? '' : html`<br>${when(t, flow.since, timeZone)}`}</p><p><a href="/parcels/${id}">${t('trade.parcel.clearance')}</a></p></section>`;
  const title = t('trade.parcel.title', { declaration });
  const head = html`<h1>${title}</h1>${wrong.length > 0 ? html`<p>${troubleTags(t, wrong)}</p>` : ''}`;
  const main = html`${head}<div class="flow__columns">${money}${column('goods', toldGoods)}${clearance}</div>`;
  return {
    page: { title, main, wide: true, breadcrumbs: [{ text: t('trade.title'), href: '/trade' }, { text: declaration }] },
  };
}

/** The screen of whoever sells, carries or keeps goods: three flows side by side, what went wrong first. */
export function pages(app: App, context: Context): void {
  members(app, context, 'GET', '/trade', (visit) => screen(context, visit));
  members(app, context, 'GET', '/trade/:id', (visit) => parcel(context, visit, textOf(visit.request.params, 'id')));
}
