import type { FastifyReply } from 'fastify';
import { dayOf } from '#kernel/effective.ts';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { may } from '#platform/auth.ts';
import { linkButton, pagination, summaryList, table, tag } from '#portal/components.ts';
import { lineChart } from '#portal/chart.ts';
import { dayText } from '#portal/format.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { money, quantity, ref, when, written } from '#portal/values.ts';
import { casesOf, recordOf as caseRecord } from '#modules/cases/index.ts';
import { amountOf, bookAt, lineAt, notThere, queried, type StockVisit } from './pages-stock-kit.ts';
import { type StockDraw, stockLine, type StockLineView, type StockMovement } from './stock-views.ts';

const tones: Readonly<Record<StockMovement['kind'], Tone>> = {
  entered: 'released',
  returned: 'released',
  surplus: 'ink',
  gone: 'quiet',
  shortage: 'hand',
};

type OfParcel = Pick<StockMovement, 'parcel' | 'declaration' | 'line'>;

const parcelLink = ({ parcel, declaration, line }: OfParcel): Fragment =>
  parcel === null
    ? '–'
    : html`<a href="/parcels/${parcel}">${ref(declaration ?? parcel.slice(-12))}</a>${line === null ? '' : html` · ${String(line)}`}`;

/** How the line balances: what came in, what left, and so what is there. */
function balance(t: Words, { line }: StockLineView): Html {
  const { figures, unit = '' } = line;
  if (figures === undefined) return html``;
  const parts = (['entered', 'surplus', 'returned', 'shortage', 'gone', 'on-hand', 'reserved', 'free'] as const).map(
    (key) => {
      const value = figures[key === 'on-hand' ? 'onHand' : key];
      const shown = key === 'on-hand' ? html`<strong>${amountOf(t, value, unit)}</strong>` : amountOf(t, value, unit);
      return { key: t(`clearance.stock.${key}`), value: shown };
    },
  );
  return html`<h2>${t('clearance.stock.balance')}</h2><p class="small">${t('clearance.stock.balance-text')}</p>${summaryList(parts)}`;
}

function moved({ t, timeZone }: StockVisit, movements: readonly StockMovement[]): Html {
  const leaves = (kind: StockMovement['kind']): boolean => kind === 'gone' || kind === 'shortage';
  return table<StockMovement>({
    caption: t('clearance.stock.movements'),
    rows: movements,
    columns: [
      { head: t('clearance.stock.at'), cell: ({ at }) => when(t, at, timeZone), rowHeader: true },
      { head: t('clearance.stock.kind'), cell: ({ kind }) => tag(t(`clearance.stock.${kind}`), tones[kind]) },
      {
        head: t('clearance.stock.quantity'),
        cell: ({ kind, quantity: many }) => html`<bdi dir="ltr">${leaves(kind) ? '−' : '+'}${quantity(t, many)}</bdi>`,
        numeric: true,
      },
      { head: t('clearance.stock.parcel'), cell: parcelLink },
    ],
  });
}

/** The parcels that have asked for some of it and have not left yet; what has left is a movement. */
function drawn({ t }: StockVisit, draws: readonly StockDraw[]): Html | '' {
  const waiting = draws.filter(({ reserved }) => reserved !== '0');
  if (waiting.length === 0) return '';
  return table<StockDraw>({
    caption: t('clearance.stock.draws'),
    rows: waiting,
    columns: [
      { head: t('clearance.stock.parcel'), cell: parcelLink, rowHeader: true },
      { head: t('clearance.stock.reserved'), cell: ({ reserved }) => quantity(t, reserved), numeric: true },
    ],
  });
}

type Counted = StockLineView['counts'][number] & { readonly link: Fragment };

/** The counts of the line, each with its case where the reader may open it. */
async function counts({ context, t, timeZone, who }: StockVisit, shown: StockLineView): Promise<Html | ''> {
  if (shown.counts.length === 0) return '';
  const subjects = shown.counts.flatMap((one) => (one.case === null ? [] : [one.case]));
  const cases = await casesOf(context.db, subjects);
  const rows = shown.counts.map((one): Counted => {
    const found = cases.find(({ subject }) => subject === one.case);
    if (found === undefined) return { ...one, link: t('clearance.stock.agrees') };
    const state = t(found.closed === null ? 'clearance.stock.case' : 'clearance.stock.case-closed');
    const link = may(who, 'case.read', caseRecord(found)) ? html`<a href="/cases/${found.id}">${state}</a>` : state;
    return { ...one, link };
  });
  return table<Counted>({
    caption: t('clearance.stock.counts'),
    rows,
    columns: [
      { head: t('clearance.stock.at'), cell: ({ at }) => when(t, at, timeZone), rowHeader: true },
      { head: t('clearance.stock.counter'), cell: ({ counter }) => ref(counter) },
      { head: t('clearance.stock.expected'), cell: ({ expected }) => quantity(t, expected), numeric: true },
      { head: t('clearance.stock.counted'), cell: ({ counted }) => quantity(t, counted), numeric: true },
      {
        head: t('clearance.stock.difference'),
        cell: ({ link, explanation }) =>
          html`${link}${explanation === null ? '' : html`<br><span class="small">${written(explanation)}</span>`}`,
      },
    ],
  });
}

/** What was on hand over time; one day alone is no line. */
function overTime({ t }: StockVisit, { days, line }: StockLineView): Html | '' {
  if (days.length < 2) return '';
  return lineChart(t, {
    title: t('clearance.stock.over-time'),
    labels: t('clearance.stock.day'),
    unit: line.unit ?? '',
    // The length drawn needs no exactness; the figure beside it is the text.
    points: days.map(({ day, onHand }) => ({
      label: dayText(t.lang, dayOf(day)),
      value: Number(onHand),
      text: quantity(t, onHand),
    })),
  });
}

/** The page of one line of a book, with what moved it. */
export async function linePage(visit: StockVisit, book: string, item: string): Promise<FastifyReply> {
  const { context, reply, who, frame, t } = visit;
  const before = queried(visit, 'before');
  const from = /^[1-9][0-9]{0,17}$/.test(before) ? BigInt(before) : null;
  const found = await stockLine(context, who, book, item, from);
  if (!found.ok) return notThere(visit, found.error);
  const shown = found.value;
  const { line, next } = shown;
  const rows = [
    { key: t('clearance.stock.item'), value: ref(item) },
    ...(line.owner ? [{ key: t('clearance.stock.owner'), value: ref(line.owner) }] : []),
    ...(line.commodity ? [{ key: t('clearance.goods.commodity'), value: ref(line.commodity) }] : []),
    ...(line.origin ? [{ key: t('clearance.goods.origin'), value: ref(line.origin) }] : []),
    ...(line.unitValue ? [{ key: t('clearance.stock.unit-value'), value: money(t, line.unitValue) }] : []),
  ];
  const { description = item, language } = line;
  const title = t('clearance.stock.line', { description });
  const more = pagination(t, next === null ? {} : { next: `${lineAt(book, item)}?before=${next}` });
  const back = linkButton({ text: t('clearance.stock.back'), href: bookAt(book), kind: 'second' });
  const main = html`<h1>${written(description, language)}</h1>${summaryList(rows)}${balance(t, shown)}${overTime(visit, shown)}${moved(visit, shown.movements)}${more}${drawn(visit, shown.draws)}${await counts(visit, shown)}<p>${back}</p>`;
  const breadcrumbs = [
    { text: t('clearance.stock.title'), href: '/stock' },
    { text: book, href: bookAt(book) },
    { text: item },
  ];
  return sendPage(reply, page({ ...frame, title, main, breadcrumbs, wide: true }));
}
