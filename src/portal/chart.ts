import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import { details, slug, table } from './components.ts';
import { countText } from './format.ts';
import type { Tone } from './status.ts';
import type { Words } from './text.ts';
import { count } from './values.ts';

/**
 * One figure of a chart. `value` only gives the length drawn; `text` is what is read, exact, and its count if absent.
 */
export interface Point {
  readonly label: string;
  readonly value: number;
  readonly text?: Fragment;
}

/** What a chart shows. `unit` heads the column of figures. */
export interface Chart {
  readonly title: string;
  readonly labels: string;
  readonly unit: string;
  readonly points: readonly Point[];
  readonly tone?: Tone;
  /** What a full bar stands for, where several charts share one scale; else the largest value of this one. */
  readonly most?: number;
}

const figure = (value: number): string => String(Math.round(value * 100) / 100);

const shown = (t: Words, { value, text }: Point): Fragment => text ?? count(t, value);

/**
 * Bars as the rows of a table: name, bar, figure. The table is the chart, so nothing has to be said twice, and it can
 * be read at any width. Values below zero draw no bar.
 */
export function barChart(t: Words, chart: Chart): Html {
  const { title, labels, unit, points, tone = 'quiet' } = chart;
  const most = chart.most ?? Math.max(...points.map(({ value }) => value), 0);
  const rows = points.map((point) => {
    const share = most > 0 ? Math.max((point.value / most) * 100, 0) : 0;
    return html`<tr><th scope="row">${point.label}</th><td class="bars__bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="chart__bar" width="${figure(share)}" height="10"/></svg></td><td class="bars__figure">${shown(t, point)}</td></tr>`;
  });
  return html`<table class="bars chart--${tone}"><caption>${title}</caption><thead class="govuk-visually-hidden"><tr><th scope="col">${labels}</th><td></td><th scope="col">${unit}</th></tr></thead><tbody>${rows}</tbody></table>`;
}

/** A round figure at or above the value, for the top of an axis: 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

/**
 * A line over time, from the left in every language as time axes are. The drawing stretches, its words stand beside it
 * in the page and keep their size; the table with every figure is below.
 */
export function lineChart(t: Words, chart: Chart): Html {
  const { title, labels, unit, points, tone = 'quiet' } = chart;
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last)
    return html`<figure class="chart"><figcaption>${title}</figcaption><p>${t('portal.chart.no-data')}</p></figure>`;
  const top = roundUp(Math.max(...points.map(({ value }) => value)));
  const at = ({ value }: Point, index: number): string =>
    `${figure((index / Math.max(points.length - 1, 1)) * 600)} ${figure(200 - (Math.max(value, 0) / top) * 200)}`;
  const line = points.map((point, index) => `${index === 0 ? 'M' : 'L'}${at(point, index)}`).join('');
  const id = `chart-${slug(title)}`;
  const every = table({
    caption: title,
    hideCaption: true,
    columns: [
      { head: labels, cell: ({ label }: Point) => label, rowHeader: true },
      { head: unit, cell: (point: Point) => shown(t, point), numeric: true },
    ],
    rows: points,
  });
  const description = t('portal.chart.line', {
    count: points.length,
    first: first.label,
    last: last.label,
    top: countText(t.lang, top),
  });
  return html`<figure class="chart chart--${tone}"><figcaption>${title}</figcaption><div class="chart__plot" dir="ltr"><div class="chart__scale" aria-hidden="true"><span>${count(t, top)}</span><span>0</span></div><svg viewBox="0 0 600 200" preserveAspectRatio="none" role="img" aria-labelledby="${id}-title ${id}-text" focusable="false"><title id="${id}-title">${title}</title><desc id="${id}-text">${description}</desc><path class="chart__grid" d="M0 0H600M0 100H600"/><path class="chart__area" d="${line}V200H0Z"/><path class="chart__line" d="${line}"/><path class="chart__axis" d="M0 200H600"/></svg><div class="chart__ends" aria-hidden="true">${join([first, last].map(({ label }) => html`<span><bdi>${label}</bdi></span>`))}</div></div>${details(t('portal.chart.table'), every)}</figure>`;
}
