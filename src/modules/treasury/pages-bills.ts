import { type Html, html } from '#kernel/html.ts';
import { addDays, dayOf } from '#kernel/effective.ts';
import { isUuid } from '#kernel/id.ts';
import type { Refusal } from '#kernel/result.ts';
import { mandated, may } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, emptyState, inset, pagination, summaryList, table, tabs, tag } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { money, onDay, ref, when } from '#portal/values.ts';
import type { CaseRow } from '#modules/cases/index.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { packsPart, type Voice, voiceOf } from '#modules/rulebook/index.ts';
import {
  type BillCharge,
  type BillLine,
  billRecord,
  type BillState,
  billStates,
  type CallBody,
} from './model-bills.ts';
import { decisionsOf, isReference, ordersTable, payFields, reasonFields, treasuryPage, zoneOf } from './page-kit.ts';
import { billLines, billList, type BillView, billView } from './service-bills.ts';
import { billPayments, payBill } from './service-orders.ts';
import { decideUnpaid, unpaidCase } from './unpaid.ts';

type Listed = Partial<BillView>;
const tones: Readonly<Record<BillState, Tone>> = {
  collecting: 'ink',
  open: 'hand',
  called: 'stopped',
  settled: 'released',
};

const stateTag = (t: Words, { state, overdue }: Listed): Html | '' =>
  state === undefined
    ? ''
    : state === 'open' && overdue
      ? tag(t('treasury.bill.overdue'), 'stopped')
      : tag(t(`treasury.bill.${state}`), tones[state]);

const period = (t: Words, { from, until }: Listed): Html | '' =>
  from && until ? html`${onDay(t, dayOf(from))} – ${onDay(t, addDays(dayOf(until), -1))}` : '';

async function listPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, who, request } = visit;
  const state = billStates.find((one) => one === textOf(request.query, 'state'));
  const before = textOf(request.query, 'before');
  const { bills, next } = await billList(context, who, {
    ...(state ? { state } : {}),
    ...(isUuid(before) ? { before } : {}),
  });
  const address = (more: Record<string, string>): string => `/bills?${new URLSearchParams(more).toString()}`;
  const views = tabs(t('treasury.bill.states'), [
    { text: t('treasury.page.all'), href: '/bills', current: state === undefined },
    ...billStates.map((one) => ({
      text: t(`treasury.bill.${one}`),
      href: address({ state: one }),
      current: state === one,
    })),
  ]);
  const list = table({
    caption: t('treasury.area.bills'),
    hideCaption: true,
    columns: [
      {
        head: t('treasury.bill.period'),
        cell: (one: Listed) => html`<a href="/bills/${one.id}">${period(t, one)}</a>`,
        rowHeader: true,
      },
      { head: t('treasury.page.state'), cell: (one: Listed) => stateTag(t, one) },
      { head: t('treasury.payer'), cell: ({ payer }: Listed) => (payer ? ref(payer) : '–') },
      { head: t('treasury.guarantor'), cell: ({ guarantor }: Listed) => (guarantor ? ref(guarantor) : '–') },
      { head: t('treasury.bill.due'), cell: ({ due }: Listed) => (due ? onDay(t, dayOf(due)) : '–') },
      { head: t('treasury.bill.notices'), cell: ({ notices }: Listed) => String(notices ?? ''), numeric: true },
      {
        head: t('treasury.bill.asks'),
        cell: ({ standing }: Listed) => (standing ? money(t, standing) : '–'),
        numeric: true,
      },
    ],
    rows: bills,
    empty: emptyState({ title: t('treasury.bill.empty'), body: t('treasury.bill.empty-text') }),
  });
  const more = pagination(t, next === null ? {} : { next: address({ ...(state ? { state } : {}), before: next }) });
  const main = html`${views}${list}${more}`;
  return treasuryPage(visit, 'bills', { title: t('treasury.area.bills'), lead: t('treasury.bill.lead'), main });
}

/** The form that came back, with what is wrong in it. */
interface Tried {
  readonly form: 'pay' | 'call' | 'reverse';
  readonly values: Values;
  readonly refusal: Refusal;
}

function head(context: Context, t: Words, bill: Listed): Html {
  const timeZone = zoneOf(context);
  const { standing, amount, payer, guarantor, due, source, issued, settled, notices } = bill;
  return summaryList([
    { key: t('treasury.page.state'), value: stateTag(t, bill) },
    { key: t('treasury.bill.period'), value: period(t, bill) },
    ...(standing ? [{ key: t('treasury.bill.asks'), value: money(t, standing) }] : []),
    ...(amount ? [{ key: t('treasury.bill.asked'), value: money(t, amount) }] : []),
    ...(payer ? [{ key: t('treasury.payer'), value: ref(payer) }] : []),
    ...(guarantor ? [{ key: t('treasury.guarantor'), value: ref(guarantor) }] : []),
    ...(notices === undefined ? [] : [{ key: t('treasury.bill.notices'), value: String(notices) }]),
    ...(issued ? [{ key: t('treasury.issued'), value: when(t, issued, timeZone) }] : []),
    ...(due
      ? [
          {
            key: t('treasury.bill.due'),
            value: html`${onDay(t, dayOf(due))}<br><span class="small">${source ?? t('treasury.bill.own-practice')}</span>`,
          },
        ]
      : []),
    ...(settled ? [{ key: t('treasury.settled'), value: when(t, settled, timeZone) }] : []),
  ]);
}

/** What a bill is made of: each kind of charge with its law, and what of it was paid before. */
export function chargesOf(voice: Voice, charges: readonly BillCharge[], bill: Listed): Html | '' {
  const { t } = voice;
  if (charges.length === 0) return '';
  const { before, standing } = bill;
  const paidBefore = before !== undefined && !/^0(\.0+)?$/.test(before.amount);
  const foot = standing ? [t('treasury.bill.asks'), '', '', money(t, standing)] : undefined;
  const list = table({
    caption: t('treasury.bill.charges'),
    columns: [
      { head: t('rulebook.charges.charge'), cell: ({ id }: BillCharge) => voice('charge', id), rowHeader: true },
      { head: t('treasury.bill.law'), cell: ({ source }: BillCharge) => source },
      { head: t('rulebook.charges.liable'), cell: ({ liable }: BillCharge) => voice('liable', liable) },
      { head: t('treasury.page.amount'), cell: ({ amount }: BillCharge) => money(t, amount), numeric: true },
    ],
    rows: charges,
    ...(foot ? { foot } : {}),
  });
  const less = paidBefore ? html`<p>${t.html('treasury.bill.before', { amount: money(t, before) })}</p>` : '';
  return html`${list}${less}`;
}

function linesTable(t: Words, id: string, lines: readonly BillLine[], next: string | null): Html | '' {
  if (lines.length === 0) return '';
  const list = table({
    caption: t('treasury.bill.lines'),
    columns: [
      {
        head: t('treasury.notice'),
        cell: (one: BillLine) => html`<a href="/notices/${one.id}">${ref(one.id.slice(-12))}</a>`,
        rowHeader: true,
      },
      { head: t('treasury.page.state'), cell: ({ state }: BillLine) => t(`treasury.state.${state}`) },
      { head: t('treasury.page.amount'), cell: ({ amount }: BillLine) => money(t, amount), numeric: true },
    ],
    rows: lines,
  });
  return html`${list}${pagination(t, next === null ? {} : { next: `/bills/${id}?after=${next}` })}`;
}

const payReference = (bill: Listed): string => `B-${(bill.id ?? '').slice(-12)}-${bill.from ?? ''}`;

function payForm(visit: Visit, bill: Listed, tried: Tried | undefined): Html | '' {
  const { t, who, csrf } = visit;
  const { id = '', payer = '', guarantor = '', state, standing } = bill;
  if (!standing || (state !== 'open' && state !== 'called')) return '';
  if (!may(who, 'notice.pay', billRecord({ id, payer, guarantor }))) return '';
  const drawn = form(t, {
    action: `/bills/${id}/pay`,
    fields: payFields(payReference(bill)),
    submit: t('treasury.page.pay-button'),
    csrf,
    ...(tried?.form === 'pay' ? tried : {}),
  });
  return html`<div class="screen"><h2>${t('treasury.bill.pay')}</h2><p>${tag(t('treasury.simulated'), 'hand')} ${t('treasury.bill.pay-text')}</p>${drawn}</div>`;
}

/** What an officer who levies taxes may do about an unpaid bill, each behind its name. */
function decideForms(visit: Visit, bill: Listed, work: CaseRow | undefined, tried: Tried | undefined): Html | '' {
  const { t, who, csrf } = visit;
  if (work === undefined || work.closed !== null || !mandated(who, 'tax')) return '';
  const move = work.state === 'open' ? 'call' : work.state === 'called' ? 'reverse' : undefined;
  if (move === undefined) return '';
  const drawn = form(t, {
    action: `/bills/${bill.id}/decision`,
    fields: [...callFields(work.stamp), { name: 'move', label: '', type: 'hidden', value: move }],
    submit: t(`treasury.move.${move}`),
    csrf,
    kind: 'hand',
    prefix: move,
    ...(tried?.form === move ? { values: { ...tried.values, stamp: String(work.stamp) }, refusal: tried.refusal } : {}),
  });
  const text = html`<p class="small">${t(`treasury.move-hint.${move}`)}</p>${drawn}`;
  return details(t(`treasury.move.${move}`), text, tried?.form === move);
}
const callFields = (stamp: number): Field[] => reasonFields(stamp, '');

async function billPage(context: Context, visit: Visit, id: string, tried?: Tried): Promise<Answer> {
  const { t, who, request } = visit;
  const found = isUuid(id) ? await billView(context.db, who, id) : undefined;
  if (!found?.ok) return refusedPage(visit, { code: 'treasury/bill-not-found' });
  const bill = found.value;
  const voice = voiceOf(t, context.reference.current().get(packsPart).home);
  const after = textOf(request.query, 'after');
  const [payments, work, lines] = await Promise.all([
    billPayments(context.db, id),
    unpaidCase(context.db, id),
    billLines(context.db, who, id, { size: 25, ...(isUuid(after) ? { after } : {}) }),
  ]);
  const late =
    bill.state === 'called'
      ? inset(html`<p>${t('treasury.bill.called-text')}</p>`, 'stopped')
      : bill.overdue && bill.state === 'open'
        ? inset(html`<p>${t('treasury.bill.overdue-text')}</p>`, 'hand')
        : '';
  const main = html`${late}${head(context, t, bill)}${chargesOf(voice, bill.charges ?? [], bill)}${payForm(visit, bill, tried)}${decideForms(visit, bill, work, tried)}${work ? await decisionsOf(context, t, work) : ''}${ordersTable(t, zoneOf(context), t('treasury.page.payments'), payments)}${lines.ok ? linesTable(t, id, lines.value.lines, lines.value.next) : ''}<p class="screen"><a href="/bills/${id}/print">${t('treasury.bill.print')}</a></p>`;
  const title = t('treasury.bill.title');
  const error = tried ? { error: true, status: 422 } : {};
  return treasuryPage(visit, 'bills', { title, main, crumb: true, ...error });
}

/** A bill as a paper: what it asks, of whom, by which law and until when, and nothing to press. */
async function printPage(context: Context, visit: Visit, id: string): Promise<Answer> {
  const { t, who } = visit;
  const found = isUuid(id) ? await billView(context.db, who, id) : undefined;
  if (!found?.ok) return refusedPage(visit, { code: 'treasury/bill-not-found' });
  const voice = voiceOf(t, context.reference.current().get(packsPart).home);
  const main = html`<p class="small">${t('treasury.bill.number')} ${ref(id)}</p>${head(context, t, found.value)}${chargesOf(voice, found.value.charges ?? [], found.value)}<p class="small">${t('treasury.bill.paper-text')}</p>`;
  return treasuryPage(visit, 'bills', { title: t('treasury.bill.title'), main, crumb: true });
}

async function paid(context: Context, visit: Visit, id: string): Promise<Answer> {
  const { who, request } = visit;
  const found = isUuid(id) ? await billView(context.db, who, id) : undefined;
  if (!found?.ok || !found.value.standing) return refusedPage(visit, { code: 'treasury/bill-not-found' });
  const values = posted(payFields(''), request.body);
  const { reference = '', method = '' } = values;
  const again = (refusal: Refusal) => billPage(context, visit, id, { form: 'pay', values, refusal });
  if (!isReference(reference)) return again({ code: 'treasury/page.reference-needed', pointer: '/reference' });
  const result = await payBill(context, who, id, { method, reference, amount: { ...found.value.standing } });
  return result.ok ? { to: `/bills/${id}?done=paid` } : again(result.error);
}

async function decided(context: Context, visit: Visit, id: string): Promise<Answer> {
  const { who, request } = visit;
  const values = posted([...callFields(0), { name: 'move', label: '', type: 'hidden' }], request.body);
  const { ground = '', reason = '', remedy = '', stamp = '' } = values;
  const move: CallBody['move'] = values['move'] === 'reverse' ? 'reverse' : 'call';
  const body = { move, stamp: /^\d{1,9}$/.test(stamp) ? Number(stamp) : -1, ground, reason, remedy };
  const result = isUuid(id) ? await decideUnpaid(context, who, id, body) : undefined;
  if (result?.ok === true) return { to: `/bills/${id}?done=decided` };
  const refusal = result?.error ?? { code: 'treasury/bill-not-found' };
  return billPage(context, visit, id, { form: move, values, refusal: fieldsOf(refusal) });
}

/** The reasons of a decision stand in fields of their own here. */
const fieldsOf = (refusal: Refusal): Refusal => ({
  ...refusal,
  ...(refusal.pointer === undefined ? {} : { pointer: refusal.pointer.replace('/decision', '') }),
  ...(refusal.more ? { more: refusal.more.map(fieldsOf) } : {}),
});

/** Tax bills: the list, one of them, its paper, paying it, and what an officer decides about an unpaid one. */
export function billPages(app: App, context: Context): void {
  const id = ({ request }: Visit): string => textOf(request.params, 'id');
  members(app, context, 'GET', '/bills', (visit) => listPage(context, visit));
  members(app, context, 'GET', '/bills/:id', (visit) => billPage(context, visit, id(visit)));
  members(app, context, 'GET', '/bills/:id/print', (visit) => printPage(context, visit, id(visit)));
  members(app, context, 'POST', '/bills/:id/pay', (visit) => paid(context, visit, id(visit)));
  members(app, context, 'POST', '/bills/:id/decision', (visit) => decided(context, visit, id(visit)));
}
