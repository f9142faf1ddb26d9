import type { FastifyReply } from 'fastify';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { barChart, type Point } from '#portal/chart.ts';
import { details, emptyState, stat, stats, summaryList, table, tabs } from '#portal/components.ts';
import { csvText } from '#portal/csv.ts';
import type { Words } from '#portal/text.ts';
import { count, money, ref, weight, when } from '#portal/values.ts';
import type { Voice } from '#modules/rulebook/index.ts';
import {
  cellsView,
  figuresView,
  type FigureView,
  mayReadFigures,
  monthsWithFigures,
  publishedList,
  publishedMonth,
  type PublishedMonth,
  type PublishedView,
} from './figures.ts';
import { type Dimension, dimensions, tradersMin } from './model.ts';
import * as kit from './pages-kit.ts';

const barsMax = 12;

/** What a row of figures is about, in words: a country or code as it stands, a route as the law calls it. */
function nameOf(voice: Voice, by: string, key: string | null): string {
  const { t } = voice;
  if (key === null || key === '') return t('statistics.not-said');
  if (by === 'route') return voice('route', key);
  if (by === 'movement') return t(`rulebook.movement.${key}`);
  return by === 'chapter' ? t('statistics.chapter', { chapter: key }) : key;
}

/** A country or a code is read letter by letter, whatever the direction of the page. */
const keyCell = (voice: Voice, by: string, key: string | null): Fragment =>
  key !== null && key !== '' && ['country', 'commodity', 'procedure'].includes(by) ? ref(key) : nameOf(voice, by, key);

const withheld = (t: Words): Html => html`<span class="small">${t('statistics.withheld')}</span>`;

function publishedTable(voice: Voice, by: PublishedView['breakdown'], rows: readonly PublishedView[]): Html {
  const { t } = voice;
  const figure = <T>(value: T | null, show: (value: T) => Fragment): Fragment =>
    value === null ? withheld(t) : show(value);
  return table<PublishedView>({
    caption: t(`statistics.by.${by}`),
    hideCaption: true,
    rows,
    columns: [
      { head: t(`statistics.by.${by}`), cell: ({ key }) => keyCell(voice, by, key), rowHeader: true },
      {
        head: t('statistics.checklists'),
        cell: ({ checklists }) => figure(checklists, (many) => count(t, many)),
        numeric: true,
      },
      { head: t('statistics.items'), cell: ({ items }) => figure(items, (many) => count(t, many)), numeric: true },
      { head: t('statistics.value'), cell: ({ value }) => figure(value, (one) => money(t, one)), numeric: true },
      {
        head: t('statistics.netWeight'),
        cell: ({ netWeight }) => figure(netWeight, (one) => weight(t, one)),
        numeric: true,
      },
    ],
  });
}

/** One table of what is published, as bars and as figures. */
function publishedPart(voice: Voice, by: PublishedView['breakdown'], rows: readonly PublishedView[]): Html {
  const { t } = voice;
  const points = rows.slice(0, barsMax).map(
    ({ key, items }): Point => ({
      label: nameOf(voice, by, key),
      value: items ?? 0,
      text: items === null ? withheld(t) : count(t, items),
    }),
  );
  const title = t(`statistics.by.${by}`);
  const chart = barChart(t, { title, labels: title, unit: t('statistics.items'), points });
  return html`<section>${chart}${details(t('statistics.all-figures', { by: title }), publishedTable(voice, by, rows))}</section>`;
}

function movementPart(voice: Voice, movement: string, rows: readonly PublishedView[]): Html {
  const { t } = voice;
  const name = t(`rulebook.movement.${movement}`);
  const [total] = rows.filter(({ breakdown }) => breakdown === 'all');
  if (total === undefined || total.items === null)
    return html`<h2>${name}</h2><p>${t('statistics.few-traders', { least: tradersMin })}</p>`;
  const { checklists, items, value, netWeight } = total;
  const head = stats(
    stat({ label: t('statistics.checklists'), value: count(t, checklists ?? 0), tone: 'released' }),
    stat({ label: t('statistics.items'), value: count(t, items) }),
  );
  const sums = summaryList([
    ...(value === null ? [] : [{ key: t('statistics.value'), value: money(t, value) }]),
    ...(netWeight === null ? [] : [{ key: t('statistics.netWeight'), value: weight(t, netWeight) }]),
  ]);
  const parts = (['country', 'chapter', 'route'] as const).map((by) =>
    publishedPart(
      voice,
      by,
      rows.filter(({ breakdown }) => breakdown === by),
    ),
  );
  return html`<h2>${name}</h2>${head}${sums}${parts}`;
}

function publishedBody(visit: kit.Visit, voice: Voice, published: PublishedMonth): Html {
  const { t } = voice;
  const { month, rows, currency } = published;
  const parts = [...Map.groupBy(rows, ({ movement }) => movement)].map(([movement, mine]) =>
    movementPart(voice, movement, mine),
  );
  const at = when(t, published.published, kit.timeZoneOf(visit));
  return html`<p class="lead">${t.html('statistics.public.lead', { month: html`${kit.month(t, month)}` })}</p><p class="small">${t.html('statistics.public.published', { at, currency: ref(currency) })}</p>${parts}<h2>${t('statistics.public.how')}</h2><p>${t('statistics.public.how-text', { least: tradersMin })}</p><p><a href="/statistics/${month}.csv">${t('statistics.csv')}</a></p>`;
}

/** What everybody may read of the trade of a month. */
export async function publicPage(visit: kit.Visit): Promise<FastifyReply> {
  const { context, request, principal } = visit;
  const voice = await kit.voiceFor(visit);
  const { t } = voice;
  const months = (await publishedList(context)).map((one) => one.month);
  const asked = kit.monthAsked(request, months);
  const published = asked === undefined ? undefined : await publishedMonth(context, asked);
  const title = t('statistics.public.title');
  const choice = asked === undefined ? '' : kit.monthForm(t, '/statistics', months, asked);
  const body = published
    ? publishedBody(visit, voice, published)
    : emptyState({ title: t('statistics.public.none'), body: t('statistics.public.none-text') });
  const more = mayReadFigures(principal)
    ? html`<p><a href="/statistics/figures">${t('statistics.figures.link')}</a></p>`
    : '';
  return kit.send(visit, voice, { title, main: html`<h1>${title}</h1>${choice}${body}${more}` });
}

/** The published figures of a month as comma-separated values. */
export async function publicCsv(visit: kit.Visit, month: string): Promise<FastifyReply> {
  const published = await publishedMonth(visit.context, month);
  if (published === undefined) return kit.refused(visit, { code: 'statistics/month-unpublished' });
  const heads = ['month', 'movement', 'by', 'key', 'checklists', 'items', 'value', 'currency', 'netWeight'] as const;
  const { currency } = published;
  const rows = published.rows.map(({ movement, breakdown: by, key, checklists, items, value, netWeight }) => ({
    month,
    movement,
    by,
    key,
    checklists,
    items,
    netWeight,
    value: value?.amount ?? null,
    currency: value === null ? null : currency,
  }));
  return kit.sendCsv(visit.reply, `statistics-${month}`, csvText(heads, rows), true);
}

type Seen = Partial<FigureView>;

function figuresPart(voice: Voice, by: Dimension, movement: string, currency: string, rows: readonly Seen[]): Html {
  const { t } = voice;
  const title = t('statistics.figures.of', { movement: t(`rulebook.movement.${movement}`), currency });
  const points = rows
    .slice(0, barsMax)
    .map(({ key = null, items = 0 }): Point => ({ label: nameOf(voice, by, key), value: items }));
  const chart = barChart(t, { title, labels: t(`statistics.by.${by}`), unit: t('statistics.items'), points });
  const all = kit.sumsTable<Seen>(t, {
    caption: title,
    rows,
    columns: [{ head: t(`statistics.by.${by}`), cell: ({ key = null }) => keyCell(voice, by, key), rowHeader: true }],
    // Quantities in different units add up to nothing that could be read.
    sums: ({ quantity: _quantity, ...sums }) => sums,
  });
  return html`<section>${chart}${all}</section>`;
}

const isDimension = (text: string | undefined): text is Dimension =>
  text !== undefined && dimensions.some((one) => one === text);

/** All figures of a month by one dimension, for authorities whose mandate covers them. */
export async function figuresPage(visit: kit.Visit): Promise<FastifyReply> {
  const { context, request, principal } = visit;
  const months = await monthsWithFigures(context);
  const asked = kit.monthAsked(request, months);
  const given = kit.textAsked(request, 'by');
  const by: Dimension = isDimension(given) ? given : 'country';
  const found = await figuresView(context, principal, asked ?? '2000-01', by);
  if (!found.ok) return kit.refused(visit, found.error, 403);
  const voice = await kit.voiceFor(visit);
  const { t } = voice;
  const title = t('statistics.figures.title');
  const groups = Map.groupBy(found.value, ({ movement = '', currency = '' }) => `${movement} ${currency}`);
  const parts = [...groups].map(([key, rows]) => {
    const [movement = '', currency = ''] = key.split(' ', 2);
    return figuresPart(voice, by, movement, currency, rows);
  });
  const ways = dimensions.map((one) => ({
    text: t(`statistics.by.${one}`),
    href: `/statistics/figures?by=${one}${asked === undefined ? '' : `&month=${asked}`}`,
    current: one === by,
  }));
  const main =
    asked === undefined
      ? html`<h1>${title}</h1>${emptyState({ title: t('statistics.public.none'), body: t('statistics.public.none-text') })}`
      : html`<h1>${title}</h1><p class="lead">${t('statistics.figures.lead', { month: kit.month(t, asked) })}</p>${kit.monthForm(t, '/statistics/figures', months, asked)}${tabs(t('statistics.figures.by'), ways)}${parts}<p><a href="/statistics/figures/${asked}.csv">${t('statistics.csv')}</a></p>`;
  const breadcrumbs = [{ text: t('statistics.public.title'), href: '/statistics' }, { text: title }];
  return kit.send(visit, voice, { title, main, breadcrumbs });
}

/** Every figure of a month as comma-separated values. */
export async function figuresCsv(visit: kit.Visit, month: string): Promise<FastifyReply> {
  const found = await cellsView(visit.context, visit.principal, month);
  if (!found.ok) return kit.refused(visit, found.error, 403);
  const names = ['movement', 'route', 'procedure', 'country', 'commodity', 'unit'] as const;
  const sums = ['checklists', 'items', 'value', 'currency', 'quantity', 'netWeight', 'grossWeight'] as const;
  const rows = found.value.map(({ value, ...row }) => ({ month, ...row, value: value?.amount ?? null }));
  return kit.sendCsv(visit.reply, `figures-${month}`, csvText(['month', ...names, ...sums], rows), false);
}
