import { dayOf } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { emptyState, table, tag } from '#portal/components.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { money, onDay, ref } from '#portal/values.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import type { ClaimView, ExchangeSum, ReceiptState, ReceiptView } from './model.ts';
import { exchangeView, exporterList, receiptList } from './service.ts';

const tones: Readonly<Record<ClaimView['state'] | ReceiptState, Tone>> = {
  outstanding: 'ink',
  overdue: 'stopped',
  settled: 'released',
  over: 'hand',
  'other-currency': 'hand',
  matched: 'released',
  waiting: 'ink',
};
const stateTag = (t: Words, state: keyof typeof tones): Html => tag(t(`receipts.state.${state}`), tones[state]);

const receiptsTable = (t: Words, receipts: readonly Partial<ReceiptView>[]): Html | '' =>
  receipts.length === 0
    ? ''
    : table({
        caption: t('receipts.reports'),
        columns: [
          {
            head: t('receipts.reference'),
            cell: ({ reference = '–' }: Partial<ReceiptView>) => ref(reference),
            rowHeader: true,
          },
          { head: t('receipts.state'), cell: ({ state }) => (state ? stateTag(t, state) : '–') },
          { head: t('receipts.provider'), cell: ({ provider }) => (provider ? ref(provider) : '–') },
          { head: t('receipts.for'), cell: ({ name }) => (name ? ref(name) : '–') },
          { head: t('receipts.day'), cell: ({ received }) => (received ? onDay(t, dayOf(received)) : '–') },
          { head: t('receipts.amount-head'), cell: ({ amount }) => (amount ? money(t, amount) : '–'), numeric: true },
        ],
        rows: receipts,
      });

const sumsTable = (t: Words, sums: readonly ExchangeSum[]): Html =>
  table({
    caption: t('receipts.sums'),
    columns: [
      { head: t('receipts.currency'), cell: ({ currency }: ExchangeSum) => ref(currency), rowHeader: true },
      { head: t('receipts.exported'), cell: ({ exported }) => money(t, exported), numeric: true },
      { head: t('receipts.received'), cell: ({ received }) => money(t, received), numeric: true },
      { head: t('receipts.outstanding'), cell: ({ outstanding }) => money(t, outstanding), numeric: true },
      { head: t('receipts.over'), cell: ({ over }) => money(t, over), numeric: true },
      { head: t('receipts.waiting'), cell: ({ waiting }) => money(t, waiting), numeric: true },
    ],
    rows: sums,
    empty: emptyState({ title: t('receipts.empty'), body: t('receipts.empty-text') }),
  });

const claimCell = ({ claim, parcels }: ClaimView): Html =>
  parcels[0] === undefined ? ref(claim) : html`<a href="/parcels/${parcels[0]}">${ref(claim)}</a>`;

const claimsTable = (t: Words, claims: readonly ClaimView[]): Html =>
  table({
    caption: t('receipts.claims'),
    columns: [
      { head: t('receipts.claim'), cell: claimCell, rowHeader: true },
      { head: t('receipts.state'), cell: ({ state }: ClaimView) => stateTag(t, state) },
      { head: t('receipts.due'), cell: ({ due }) => (due === null ? '–' : onDay(t, dayOf(due))) },
      { head: t('receipts.exported'), cell: ({ exported }) => money(t, exported), numeric: true },
      { head: t('receipts.received'), cell: ({ received }) => money(t, received), numeric: true },
      { head: t('receipts.outstanding'), cell: ({ outstanding }) => money(t, outstanding), numeric: true },
      { head: t('receipts.over'), cell: ({ over }) => money(t, over), numeric: true },
    ],
    rows: claims,
    empty: html`<p>${t('receipts.even')}</p>`,
  });

async function exporterPage(context: Context, visit: Visit, exporter: string, alone: boolean): Promise<Answer> {
  const { t, who } = visit;
  const found = await exchangeView(context, who, exporter);
  if (!found.ok) return refusedPage(visit, found.error);
  const { sums = [], claims = [] } = found.value;
  const receipts = await receiptList(context, who, exporter);
  const title = t('receipts.title');
  const main = html`<h1>${title}</h1><p class="lead">${t('receipts.lead')}</p><p>${t('receipts.exporter')} ${ref(exporter)}</p>${sumsTable(t, sums)}${sums.length > 0 ? claimsTable(t, claims) : ''}${receiptsTable(t, receipts)}`;
  const crumbs = alone ? {} : { breadcrumbs: [{ text: title, href: '/exchange' }, { text: exporter }] };
  return { page: { title, main, wide: true, ...crumbs } };
}

/** One's own account where one has only that; else the exporters whose accounts one may read, and what one reported. */
async function listPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, who } = visit;
  const exporters = await exporterList(context, who, textOf(visit.request.query, 'after'));
  const reported = who.party === null ? [] : await receiptList(context, who, null);
  const [only] = exporters;
  if (exporters.length === 1 && only !== undefined && reported.length === 0)
    return exporterPage(context, visit, only, true);
  const title = t('receipts.title');
  const list = table({
    caption: t('receipts.exporters'),
    columns: [
      {
        head: t('receipts.exporter'),
        cell: (one: string) => html`<a href="/exchange/${encodeURIComponent(one)}">${ref(one)}</a>`,
        rowHeader: true,
      },
    ],
    rows: exporters,
    empty: emptyState({ title: t('receipts.empty'), body: t('receipts.empty-text') }),
  });
  const main = html`<h1>${title}</h1><p class="lead">${t('receipts.lead')}</p>${list}${receiptsTable(t, reported)}`;
  return { page: { title, main, wide: true } };
}

/** Money from abroad, exporter by exporter. */
export function pages(app: App, context: Context): void {
  members(app, context, 'GET', '/exchange', (visit) => listPage(context, visit));
  members(app, context, 'GET', '/exchange/:exporter', (visit) =>
    exporterPage(context, visit, textOf(visit.request.params, 'exporter'), false),
  );
}
