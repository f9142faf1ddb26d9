import { newId } from '#kernel/id.ts';
import { formatMoney, parseMoney, type WireMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { isDuplicate, type Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { accountOf, raiseCeiling } from '#modules/accounts/index.ts';
import { banks } from './bank.ts';
import { releaseGuarantee } from './guarantee.ts';
import type { PaymentAdapter, PaymentBody } from './model.ts';
import { type Bill, billRecord, guaranteeRecord, type OrderRow } from './model-bills.ts';
import { readable, settleBill } from './service-bills.ts';
import { askBank, difference, lostAfterMs } from './service-pay.ts';
import * as bills from './store-bills.ts';
import * as store from './store-orders.ts';

/** A payment of a bill, or for a ceiling, as it leaves. `simulated` says that no money moved. */
export interface OrderReceipt {
  readonly id: string;
  readonly purpose: OrderRow['purpose'];
  readonly subject: string;
  readonly method: string;
  readonly reference: string;
  readonly amount: WireMoney;
  readonly state: OrderRow['state'];
  readonly bank: string | null;
  readonly simulated: boolean | null;
  readonly asked: string;
  readonly answered: string | null;
}

/** An order as it leaves. */
export const receiptOf = ({ party: _p, actor: _a, currency, amount, ...one }: OrderRow): OrderReceipt => ({
  ...one,
  amount: formatMoney({ currency, minor: amount }),
});

type Ordered = Result<OrderRow>;
type Asked = Pick<OrderRow, 'purpose' | 'subject'> & { readonly body: PaymentBody };

/** The order that stands under this reference: the answer to the same request, and in the way of another. */
async function standing(tx: Tx, principal: Principal, { purpose, subject, body }: Asked): Promise<Ordered | undefined> {
  const party = principal.party ?? '';
  const same = await store.sameOrder(tx, { purpose, subject, party, reference: body.reference });
  if (same === undefined) return undefined;
  const pointer = difference(same, body);
  return pointer === null ? ok(same) : refuse('treasury/payment-differs', { pointer });
}

async function write(context: Context, tx: Tx, principal: Principal, asked: Asked, minor: bigint): Promise<OrderRow> {
  const { purpose, subject, body } = asked;
  const order = {
    id: newId(context.clock.now()),
    purpose,
    subject,
    party: principal.party ?? '',
    actor: principal.subject,
    method: body.method,
    reference: body.reference,
    currency: body.amount.currency,
    amount: minor,
    asked: context.clock.instant(),
  };
  await store.addOrder(tx, order);
  return { ...order, state: 'asked', bank: null, simulated: null, answered: null };
}

/** Whether a wire amount is exactly what a bill asks now; the refusal names what it asks. */
function exactly(bill: Bill, wire: WireMoney): Result<bigint> {
  const params = { ...formatMoney({ currency: bill.currency, minor: bill.standing }) };
  if (wire.currency !== bill.currency) {
    return refuse('treasury/currency-differs', { pointer: '/amount/currency', params });
  }
  const parsed = parseMoney(wire);
  return parsed.ok && parsed.value.minor === bill.standing
    ? ok(bill.standing)
    : refuse('treasury/bill-differs', { pointer: '/amount/amount', params });
}

/** Writes down that a bank will be asked for a bill, and a part for each notice, under the lock of all of them. */
async function beginBill(
  context: Context,
  tx: Tx,
  principal: Principal,
  id: string,
  body: PaymentBody,
): Promise<Ordered> {
  const asked: Asked = { purpose: 'bill', subject: id, body };
  await bills.lockBill(tx, id);
  const found = await readable(tx, principal, id);
  if (!found.ok) return found;
  const bill = found.value;
  if (!may(principal, 'notice.pay', billRecord(bill))) return refuse('treasury/bill-not-yours');
  const there = await standing(tx, principal, asked);
  if (there !== undefined) return there;
  if (bill.state === 'collecting') return refuse('treasury/bill-collecting', { params: { until: bill.until } });
  const running = (await store.ordersOf(tx, 'bill', id)).some(({ state }) => state === 'asked');
  if (running) return refuse('treasury/payment-running');
  if (bill.standing === 0n) return refuse('treasury/bill-settled');
  const alone = await bills.runningOn(tx, id);
  if (alone !== undefined) return refuse('treasury/notice-running', { params: { notice: alone } });
  const amount = exactly(bill, body.amount);
  if (!amount.ok) return amount;
  const order = await write(context, tx, principal, asked, amount.value);
  const parts = await bills.addParts(tx, id, order.id);
  if (parts !== amount.value) throw new Error(`the parts of bill ${id} are ${parts} and not ${amount.value}`);
  return ok(order);
}

async function bookBill(context: Context, tx: Tx, order: OrderRow, at: string): Promise<void> {
  const { id, subject, currency, amount, method } = order;
  const parts = await bills.markPartsPaid(tx, id, at);
  const paid = parts.filter(({ wanted }) => wanted).map((part) => part.id);
  await releaseGuarantee(tx, paid);
  const common = { currency, payment: id, method, simulated: order.simulated, bill: subject };
  await append(
    tx,
    parts.map(({ id: notice, version, amount: part, wanted }) => ({
      kind: wanted ? 'treasury.paid' : 'treasury.paid-in-vain',
      subject: notice,
      data: { ...common, version, minor: String(part), wanted },
    })),
  );
  await append(tx, [
    {
      kind: 'treasury.bill-paid',
      subject,
      data: { currency, minor: String(amount), method, payment: id, notices: paid.length, simulated: order.simulated },
    },
  ]);
  await settleBill(context, tx, subject);
}

async function bookTopUp(tx: Tx, order: OrderRow): Promise<void> {
  const raised = await raiseCeiling(tx, { kind: 'guarantee', owner: order.subject, period: '' }, order.amount);
  if (!raised.ok) throw new Error(`the guarantee account of ${order.subject} is gone`);
  const { id, currency, amount, method, simulated } = order;
  const data = { guarantor: order.subject, currency, minor: String(amount), method, simulated };
  await append(tx, [{ kind: 'treasury.topped-up', subject: id, data }]);
}

/** Asks the bank for an order and books its answer once: everything that it moves, in one transaction. */
async function complete(context: Context, bank: PaymentAdapter, order: OrderRow): Promise<Ordered> {
  const { id, purpose, subject, currency, amount } = order;
  const purposeText = `${purpose}/${subject}`;
  const given = await askBank(context, bank, {
    id,
    amount: { currency, minor: amount },
    payer: order.party,
    purpose: purposeText,
  });
  if (!given.ok) return given;
  return context.db.tx(async (tx) => {
    if (purpose === 'bill') await bills.lockBill(tx, subject);
    const at = context.clock.instant();
    const { outcome: state, reference, simulated } = given.value;
    const answer = { state, bank: reference, simulated, at };
    const booked = await store.answerOrder(tx, id, answer);
    if (booked === undefined) return ok(await store.orderOf(tx, id));
    if (purpose === 'bill') await bills.answerParts(tx, id, answer);
    if (state === 'paid') await (purpose === 'bill' ? bookBill(context, tx, booked, at) : bookTopUp(tx, booked));
    return ok(booked);
  });
}

type Begin = (tx: Tx) => Promise<Ordered>;

/** One order from its request to its receipt: written first, then the bank is asked, then its answer is booked. */
async function ordered(
  context: Context,
  method: string,
  ways: readonly PaymentAdapter[],
  begin: Begin,
): Promise<Result<OrderReceipt>> {
  const bank = ways.find((one) => one.method === method);
  if (bank === undefined) return refuse('treasury/method-unknown', { pointer: '/method', params: { method } });
  const begun = await context.db.tx(begin).catch((error: unknown): Ordered => {
    // Two notices of a bill and the bill itself may be paid at one moment; the index lets one of them through.
    if (isDuplicate(error)) return refuse('treasury/payment-running');
    throw error;
  });
  if (!begun.ok) return begun;
  const done = begun.value.state === 'asked' ? await complete(context, bank, begun.value) : begun;
  if (!done.ok) return done;
  return done.value.state === 'refused' ? refuse('treasury/bank-refused') : ok(receiptOf(done.value));
}

/**
 * Pays a bill: exactly what its notices ask now, in one payment. When the bank has paid, every notice on it is paid and
 * every guarantee that secured one is free again, in one transaction. The same request again is the same receipt.
 */
export const payBill = (
  context: Context,
  principal: Principal,
  id: string,
  body: PaymentBody,
  ways: readonly PaymentAdapter[] = banks,
): Promise<Result<OrderReceipt>> =>
  ordered(context, body.method, ways, (tx) => beginBill(context, tx, principal, id, body));

/** Under what a guarantor's account is found. */
export const guaranteeKey = (owner: string) => ({ kind: 'guarantee', owner, period: '' });

async function beginTopUp(
  context: Context,
  tx: Tx,
  principal: Principal,
  guarantor: string,
  body: PaymentBody,
): Promise<Ordered> {
  const asked: Asked = { purpose: 'top-up', subject: guarantor, body };
  await store.lockSubject(tx, guarantor);
  const account = await accountOf(tx, guaranteeKey(guarantor));
  const record = guaranteeRecord(guarantor);
  if (account === undefined || !may(principal, 'account.read', record)) return refuse('treasury/guarantee-not-found');
  if (!may(principal, 'notice.pay', record)) return refuse('treasury/guarantee-not-yours');
  const there = await standing(tx, principal, asked);
  if (there !== undefined) return there;
  const params = { currency: account.unit };
  if (body.amount.currency !== account.unit)
    return refuse('treasury/top-up-currency', { pointer: '/amount/currency', params });
  const parsed = parseMoney(body.amount);
  if (!parsed.ok || parsed.value.minor <= 0n || account.ceiling === null)
    return refuse('treasury/top-up-amount', { pointer: '/amount/amount', params });
  return ok(await write(context, tx, principal, asked, parsed.value.minor));
}

/** Raises a guarantor's ceiling by a payment. The same request again is the same receipt and raises nothing more. */
export const topUp = (
  context: Context,
  principal: Principal,
  guarantor: string,
  body: PaymentBody,
  ways: readonly PaymentAdapter[] = banks,
): Promise<Result<OrderReceipt>> =>
  ordered(context, body.method, ways, (tx) => beginTopUp(context, tx, principal, guarantor, body));

const setMax = 20;

/** Fetches the answers to orders that banks were asked a minute ago. Answers how many were completed. */
export async function completeOrders(context: Context, ways: readonly PaymentAdapter[] = banks): Promise<number> {
  let completed = 0;
  const before = instantOf(context.clock.now() - lostAfterMs);
  for (const order of await store.ordersAskedBefore(context.db, before, setMax)) {
    const bank = ways.find((one) => one.method === order.method);
    if (bank !== undefined && (await complete(context, bank, order)).ok) completed += 1;
  }
  return completed;
}

/** Payments of a bill, for whoever may read it. */
export async function billPayments(tx: Tx, bill: string): Promise<OrderReceipt[]> {
  return (await store.ordersOf(tx, 'bill', bill)).map(receiptOf);
}
