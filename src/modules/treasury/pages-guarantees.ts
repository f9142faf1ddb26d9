import { html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import { may } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { emptyState, summaryList, table, tag } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { money, ref, when } from '#portal/values.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { guaranteeRecord, type RefundView } from './model-bills.ts';
import { isReference, ordersTable, payFields, treasuryPage, zoneOf } from './page-kit.ts';
import { guaranteeList, guaranteeView, type GuaranteeView, refundList } from './service-accounts.ts';
import { topUp } from './service-orders.ts';

type Listed = Partial<GuaranteeView>;

async function listPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, who } = visit;
  const list = table({
    caption: t('treasury.area.guarantees'),
    hideCaption: true,
    columns: [
      {
        head: t('treasury.guarantor'),
        cell: ({ owner = '' }: Listed) => html`<a href="/guarantees/${encodeURIComponent(owner)}">${ref(owner)}</a>`,
        rowHeader: true,
      },
      { head: t('treasury.guarantee.ceiling'), cell: ({ ceiling }: Listed) => amount(t, ceiling), numeric: true },
      { head: t('treasury.guarantee.reserved'), cell: ({ reserved }: Listed) => amount(t, reserved), numeric: true },
      { head: t('treasury.guarantee.consumed'), cell: ({ consumed }: Listed) => amount(t, consumed), numeric: true },
      { head: t('treasury.guarantee.free'), cell: ({ free }: Listed) => amount(t, free), numeric: true },
    ],
    rows: await guaranteeList(context.db, who),
    empty: emptyState({ title: t('treasury.guarantee.empty'), body: t('treasury.guarantee.empty-text') }),
  });
  const title = t('treasury.area.guarantees');
  return treasuryPage(visit, 'guarantees', { title, lead: t('treasury.guarantee.lead'), main: list });
}

const amount = (t: Words, wire: Listed['ceiling'] | undefined) =>
  wire === null ? t('treasury.guarantee.unlimited') : wire === undefined ? '–' : money(t, wire);

interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

const raiseFields = (unit: string, reference: string): Field[] => [
  { name: 'amount', label: 'treasury.guarantee.raise-by', type: 'decimal', width: 10, suffix: unit },
  ...payFields(reference),
];

async function guaranteePage(context: Context, visit: Visit, guarantor: string, tried?: Tried): Promise<Answer> {
  const { t, who, csrf } = visit;
  const found = await guaranteeView(context.db, who, guarantor);
  if (!found.ok) return refusedPage(visit, found.error);
  const { unit = '', ceiling, reserved, consumed, free, topUps = [] } = found.value;
  const figures = summaryList([
    { key: t('treasury.guarantor'), value: ref(guarantor) },
    { key: t('treasury.guarantee.ceiling'), value: amount(t, ceiling) },
    { key: t('treasury.guarantee.reserved'), value: amount(t, reserved) },
    { key: t('treasury.guarantee.consumed'), value: amount(t, consumed) },
    { key: t('treasury.guarantee.free'), value: amount(t, free) },
  ]);
  const raise =
    ceiling && may(who, 'notice.pay', guaranteeRecord(guarantor))
      ? html`<h2>${t('treasury.guarantee.raise')}</h2><p>${tag(t('treasury.simulated'), 'hand')} ${t('treasury.guarantee.raise-text')}</p>${form(t, { action: `/guarantees/${encodeURIComponent(guarantor)}/top-up`, fields: raiseFields(unit, `T-${topUps.length + 1}`), submit: t('treasury.guarantee.raise-button'), csrf, ...tried })}`
      : '';
  const main = html`${figures}${raise}${ordersTable(t, zoneOf(context), t('treasury.guarantee.raised'), topUps)}`;
  const title = t('treasury.guarantee.title');
  const error = tried ? { error: true, status: 422 } : {};
  return treasuryPage(visit, 'guarantees', { title, main, crumb: true, ...error });
}

async function raised(context: Context, visit: Visit, guarantor: string): Promise<Answer> {
  const { who, request } = visit;
  const found = await guaranteeView(context.db, who, guarantor);
  if (!found.ok) return refusedPage(visit, found.error);
  const unit = found.value.unit ?? '';
  const values = posted(raiseFields(unit, ''), request.body);
  const { reference = '', method = '', amount: by = '' } = values;
  const again = (refusal: Refusal) => guaranteePage(context, visit, guarantor, { values, refusal });
  if (!/^\d{1,12}(\.\d{1,4})?$/.test(by))
    return again({ code: 'treasury/top-up-amount', pointer: '/amount', params: { currency: unit } });
  if (!isReference(reference)) return again({ code: 'treasury/page.reference-needed', pointer: '/reference' });
  const result = await topUp(context, who, guarantor, { method, reference, amount: { currency: unit, amount: by } });
  return result.ok ? { to: `/guarantees/${encodeURIComponent(guarantor)}?done=raised` } : again(result.error);
}

async function refundsPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, who } = visit;
  const list = table({
    caption: t('treasury.area.refunds'),
    hideCaption: true,
    columns: [
      {
        head: t('treasury.notice'),
        cell: ({ notice }: RefundView) => html`<a href="/notices/${notice}">${ref(notice.slice(-12))}</a>`,
        rowHeader: true,
      },
      {
        head: t('treasury.page.state'),
        cell: ({ state, simulated }: RefundView) =>
          html`${tag(t(`treasury.refund.${state}`), state === 'asked' ? 'hand' : 'released')}${simulated === true ? html` ${tag(t('treasury.simulated'), 'hand')}` : ''}`,
      },
      { head: t('treasury.payer'), cell: ({ payer }: RefundView) => ref(payer) },
      { head: t('treasury.page.at'), cell: ({ at }: RefundView) => when(t, at, zoneOf(context)) },
      { head: t('treasury.page.amount'), cell: (one: RefundView) => money(t, one.amount), numeric: true },
    ],
    rows: await refundList(context.db, who),
    empty: emptyState({ title: t('treasury.refund.empty'), body: t('treasury.refund.empty-text') }),
  });
  const title = t('treasury.area.refunds');
  return treasuryPage(visit, 'refunds', { title, lead: t('treasury.refund.lead'), main: list });
}

/** Guarantee accounts and what raises them, and what is given back. */
export function guaranteePages(app: App, context: Context): void {
  const of = ({ request }: Visit): string => textOf(request.params, 'guarantor');
  members(app, context, 'GET', '/guarantees', (visit) => listPage(context, visit));
  members(app, context, 'GET', '/guarantees/:guarantor', (visit) => guaranteePage(context, visit, of(visit)));
  members(app, context, 'POST', '/guarantees/:guarantor/top-up', (visit) => raised(context, visit, of(visit)));
  members(app, context, 'GET', '/refunds', (visit) => refundsPage(context, visit));
}
