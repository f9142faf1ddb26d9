import { newId } from '#kernel/id.ts';
import { parseMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { banks } from './bank.ts';
import { releaseGuarantee } from './guarantee.ts';
import {
  type BankAnswer,
  type Notice,
  type PaymentAdapter,
  type PaymentBody,
  type PaymentOrder,
  type PaymentRow,
  recordOf,
} from './model.ts';
import { exactly, receiptOf, type Receipt } from './service.ts';
import * as store from './store.ts';
import { addRefund } from './store-orders.ts';

/**
 * The field in which another request under the same reference differs from the one that was paid; null when none does.
 */
export function difference(
  there: Pick<PaymentRow, 'method' | 'currency' | 'amount'>,
  body: PaymentBody,
): string | null {
  if (there.method !== body.method) return '/method';
  if (there.currency !== body.amount.currency) return '/amount/currency';
  const amount = parseMoney(body.amount);
  return amount.ok && amount.value.minor === there.amount ? null : '/amount/amount';
}

/** Whether a payment that stands answers this request, or stands in its way. */
function again(there: PaymentRow, principal: Principal, body: PaymentBody): Result<PaymentRow> {
  if (there.reference === body.reference && there.party === principal.party) {
    const pointer = difference(there, body);
    return pointer === null ? ok(there) : refuse('treasury/payment-differs', { pointer });
  }
  return refuse(there.state === 'paid' ? 'treasury/already-paid' : 'treasury/payment-running');
}

/** Writes down that a bank will be asked, under the notice's lock, so that no two banks are asked for one notice. */
async function begin(
  context: Context,
  tx: Tx,
  principal: Principal,
  id: string,
  body: PaymentBody,
): Promise<Result<PaymentRow>> {
  await store.lock(tx, id);
  const notice = await store.latest(tx, id);
  if (notice === undefined || !may(principal, 'notice.read', recordOf(notice))) return refuse('treasury/not-found');
  if (!may(principal, 'notice.pay', recordOf(notice))) return refuse('treasury/not-yours');
  const payments = (await store.paymentsOf(tx, id)).filter((one) => one.state !== 'refused');
  const same = payments.find((one) => one.reference === body.reference && one.party === principal.party);
  const standing = same ?? payments.find((one) => one.version === notice.version && one.state !== 'refunded');
  if (standing !== undefined) return again(standing, principal, body);
  if (notice.state !== 'due' && notice.state !== 'secured') {
    return refuse('treasury/nothing-due', { params: { state: notice.state } });
  }
  const amount = exactly(notice, body.amount);
  if (!amount.ok) return amount;
  const payment = {
    id: newId(context.clock.now()),
    notice: id,
    version: notice.version,
    party: principal.party ?? '',
    actor: principal.subject,
    method: body.method,
    reference: body.reference,
    currency: notice.currency,
    amount: amount.value,
    asked: context.clock.instant(),
  };
  await store.addPayment(tx, payment);
  return ok({ ...payment, state: 'asked', bank: null, simulated: null, refunded: 0n, answered: null, whole: null });
}

/**
 * Asks a bank, outside any transaction. One that cannot be reached or does not answer leaves the payment asked for: its
 * answer is fetched later, under the same id.
 */
export async function askBank(
  context: Context,
  bank: PaymentAdapter,
  order: PaymentOrder,
): Promise<Result<BankAnswer>> {
  try {
    return ok(await bank.pay(order));
  } catch (error) {
    context.log.error('bank-silent', error, { bank: bank.method, payment: order.id });
    return refuse('treasury/bank-silent');
  }
}

/** Asks the bank and books its answer once. */
async function complete(context: Context, bank: PaymentAdapter, payment: PaymentRow): Promise<Result<PaymentRow>> {
  const { id, notice, version, currency, amount } = payment;
  const purpose = `${notice}/${version}`;
  const given = await askBank(context, bank, {
    id,
    amount: { currency, minor: amount },
    payer: payment.party,
    purpose,
  });
  if (!given.ok) return given;
  return context.db.tx(async (tx) => {
    await store.lock(tx, notice);
    const at = context.clock.instant();
    const { outcome: state, reference, simulated } = given.value;
    const booked = await store.answer(tx, id, { state, bank: reference, simulated, at });
    if (booked === undefined) return ok((await store.paymentsOf(tx, notice)).find((one) => one.id === id)!);
    if (state === 'paid') await bookPaid(tx, booked, at);
    return ok(booked);
  });
}

async function bookPaid(tx: Tx, payment: PaymentRow, at: string): Promise<void> {
  const { notice, version, currency, amount, method } = payment;
  const wanted = await store.markPaid(tx, notice, version, at);
  // The parcel was decided anew while the bank was asked: the notice asks for nothing, and the money goes back.
  if (!wanted) await store.askRefund(tx, notice, version, amount);
  else await releaseGuarantee(tx, [notice]);
  const data = {
    version,
    currency,
    minor: String(amount),
    method,
    payment: payment.id,
    wanted,
    simulated: payment.simulated,
  };
  await append(tx, [{ kind: wanted ? 'treasury.paid' : 'treasury.paid-in-vain', subject: notice, data }]);
}

/**
 * Pays a parcel's notice, by its payer, its guarantor, or who represents one of them with the scope `pay`: the exact
 * amount in the notice's currency, to the last minor unit. The same request again is answered with the same receipt and
 * pays nothing more; another one under the same reference is refused naming the field. A notice that was secured frees
 * its guarantor's account in the same transaction. The bank is asked outside any transaction; when its answer is lost,
 * the same request, or the window itself a minute later, fetches it again.
 */
export async function pay(
  context: Context,
  principal: Principal,
  id: string,
  body: PaymentBody,
  ways: readonly PaymentAdapter[] = banks,
): Promise<Result<Receipt>> {
  const bank = ways.find((one) => one.method === body.method);
  if (bank === undefined) {
    return refuse('treasury/method-unknown', { pointer: '/method', params: { method: body.method } });
  }
  const begun = await context.db.tx((tx) => begin(context, tx, principal, id, body));
  if (!begun.ok) return begun;
  const done = begun.value.state === 'asked' ? await complete(context, bank, begun.value) : begun;
  if (!done.ok) return done;
  return done.value.state === 'refused' ? refuse('treasury/bank-refused') : ok(receiptOf(done.value));
}

const setMax = 20;
/** How long a bank may take before its answer is fetched again. */
export const lostAfterMs = 60_000;

/**
 * Fetches the answers of banks that were asked a minute ago and have none yet. Answers how many payments it completed.
 */
export async function completeLost(context: Context, ways: readonly PaymentAdapter[] = banks): Promise<number> {
  const before = instantOf(context.clock.now() - lostAfterMs);
  let completed = 0;
  for (const payment of await store.askedBefore(context.db, before, setMax)) {
    const bank = ways.find((one) => one.method === payment.method);
    if (bank === undefined) continue;
    if ((await complete(context, bank, payment)).ok) completed += 1;
  }
  return completed;
}

async function refund(context: Context, notice: Notice, ways: readonly PaymentAdapter[]): Promise<boolean> {
  const payments = await store.paymentsOf(context.db, notice.id);
  const payment = payments.findLast((one) => one.state === 'paid' && one.refunded < one.amount);
  const bank = ways.find((one) => one.method === payment?.method);
  if (payment === undefined || bank === undefined) return false;
  const left = payment.amount - payment.refunded;
  const minor = notice.refund < left ? notice.refund : left;
  const amount = { currency: payment.currency, minor };
  // What was refunded before makes the id: asked again after a lost answer, it is the same refund.
  const order = { id: `${payment.id}-${payment.refunded}`, amount, payer: payment.party, purpose: notice.id };
  const given = await bank.refund({ ...order, payment: payment.whole ?? payment.id });
  if (given.outcome !== 'paid') return false;
  return context.db.tx(async (tx) => {
    await store.lock(tx, notice.id);
    if (!(await store.bookRefund(tx, notice, payment.id, payment.refunded, minor))) return false;
    const { currency } = amount;
    await addRefund(tx, {
      id: order.id,
      payment: payment.id,
      notice: notice.id,
      version: notice.version,
      party: payment.party,
      method: payment.method,
      currency,
      amount: minor,
      bank: given.reference,
      simulated: given.simulated,
      at: context.clock.instant(),
    });
    const data = {
      version: notice.version,
      currency,
      minor: String(minor),
      payment: payment.id,
      simulated: given.simulated,
    };
    await append(tx, [{ kind: 'treasury.refunded', subject: notice.id, data }]);
    return true;
  });
}

/** Gives back what cancelled notices took, a bounded set at a time. Answers how many refunds were made. */
export async function makeRefunds(context: Context, ways: readonly PaymentAdapter[] = banks): Promise<number> {
  let made = 0;
  for (const notice of await store.refundsAsked(context.db, setMax)) {
    if (await refund(context, notice, ways)) made += 1;
  }
  return made;
}
