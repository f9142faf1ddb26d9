import { formatMoney, parseMoney, type WireMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { appendMany, type Entry } from '#platform/journal.ts';
import { type NewNotice, type Notice, type PaymentRow, recordOf } from './model.ts';
import * as store from './store.ts';
import { billOfNotice } from './store-bills.ts';

export { cancel, paidFor, reinstate, reissue, secure, settled } from './store.ts';

/**
 * Issues notices for a set of parcels: secured, where the caller has claimed the guarantor's account under the parcel's
 * id, or due. A parcel has none yet: a version of a notice that stands already fails the whole set.
 */
export async function issue(tx: Tx, notices: readonly NewNotice[]): Promise<void> {
  if (notices.length === 0) return;
  const rows = notices.map((one): store.IssuedRow => ({ ...one, state: one.secured ? 'secured' : 'due' }));
  // One that is secured from the beginning asks nothing of anybody, and what it was issued with says so already.
  const due = rows.filter(({ state }) => state === 'due');
  await Promise.all([store.issue(tx, rows), due.length > 0 ? appendMany(tx, due.map(entryOf)) : null]);
}

/** Issues the notice of a service, which nothing secures. */
export async function issueService(
  tx: Tx,
  notice: Omit<NewNotice, 'version' | 'guarantor' | 'secured'>,
): Promise<void> {
  await issue(tx, [{ ...notice, version: 1, guarantor: null, secured: false }]);
  await store.aboutService(tx, notice.id);
}

const entryOf = ({ id, version, currency, amount, state, issued, seeded = false }: store.IssuedRow): Entry => ({
  kind: 'treasury.issued',
  subject: id,
  ...(seeded ? { at: issued, seeded } : {}),
  data: { version, currency, minor: String(amount), state },
});

/** A notice as it leaves: amounts as decimal texts, and what was paid on it. */
export interface NoticeView {
  readonly id: string;
  readonly version: number;
  readonly payer: string;
  readonly guarantor: string | null;
  readonly amount: WireMoney;
  readonly state: Notice['state'];
  readonly charges: unknown;
  readonly issued: string;
  readonly settled: string | null;
  /** `service` where it is not about a parcel. */
  readonly about: Notice['about'];
  /** By when it is paid; null once nothing is asked any more. */
  readonly due: NoticeDue | null;
  readonly payments: readonly Receipt[];
}

/** `release`: before the goods go. `bill`: with the tax bill of the period, on its day once that is issued. */
export interface NoticeDue {
  readonly event: 'release' | 'acceptance' | 'bill';
  readonly day: string | null;
  readonly bill: string | null;
  readonly source: string | null;
}

/** One payment of a notice. `simulated` says that no money moved. */
export interface Receipt {
  readonly id: string;
  readonly notice: string;
  readonly version: number;
  readonly method: string;
  readonly reference: string;
  readonly amount: WireMoney;
  readonly state: PaymentRow['state'];
  readonly bank: string | null;
  readonly simulated: boolean | null;
  readonly refunded: WireMoney | null;
  readonly asked: string;
  readonly answered: string | null;
}

/** A payment as it leaves. */
export const receiptOf = (one: PaymentRow): Receipt => ({
  id: one.id,
  notice: one.notice,
  version: one.version,
  method: one.method,
  reference: one.reference,
  amount: formatMoney({ currency: one.currency, minor: one.amount }),
  state: one.state,
  bank: one.bank,
  simulated: one.simulated,
  refunded: one.refunded === 0n ? null : formatMoney({ currency: one.currency, minor: one.refunded }),
  asked: one.asked,
  answered: one.answered,
});

async function dueOf(tx: Tx, { id, state, about }: Notice): Promise<NoticeDue | null> {
  if (state !== 'due' && state !== 'secured') return null;
  const bill = await billOfNotice(tx, id);
  if (bill === undefined || bill.state === 'settled')
    return {
      event: state === 'due' ? (about === 'service' ? 'acceptance' : 'release') : 'bill',
      day: null,
      bill: null,
      source: null,
    };
  return { event: 'bill', day: bill.due, bill: bill.id, source: bill.source };
}

function viewOf(
  principal: Principal,
  notice: Notice,
  payments: readonly PaymentRow[],
  due: NoticeDue | null,
): Partial<NoticeView> {
  const charges: unknown = JSON.parse(notice.charges);
  const data: NoticeView = {
    id: notice.id,
    version: notice.version,
    payer: notice.payer,
    guarantor: notice.guarantor,
    amount: formatMoney({ currency: notice.currency, minor: notice.amount }),
    state: notice.state,
    charges,
    issued: notice.issued,
    settled: notice.settled,
    about: notice.about,
    due,
    payments: payments.map(receiptOf),
  };
  return view(principal, { ...recordOf(notice), data });
}

/** The latest notice of a parcel, for whoever has checked `may(principal, 'notice.read', …)` or asks for the window. */
export const noticeOf = (tx: Tx, id: string): Promise<Notice | undefined> => store.latest(tx, id);

/** A parcel's notice with its payments, as this principal sees it; who may not read it is not told that it exists. */
export async function noticeView(tx: Tx, principal: Principal, id: string): Promise<Result<Partial<NoticeView>>> {
  const notice = await store.latest(tx, id);
  if (notice === undefined || !may(principal, 'notice.read', recordOf(notice))) return refuse('treasury/not-found');
  const [payments, due] = await Promise.all([store.paymentsOf(tx, id), dueOf(tx, notice)]);
  return ok(viewOf(principal, notice, payments, due));
}

const pageMax = 100;

/** A page of the notices in which any of these parties is payer or guarantor, the latest parcel first. */
export async function noticesOf(
  tx: Tx,
  parties: readonly string[],
  page: { state?: Notice['state']; before?: string; size?: number } = {},
): Promise<{ notices: Notice[]; next: string | null }> {
  const size = Math.min(Math.max(page.size ?? 25, 1), pageMax);
  const asked = { state: page.state ?? null, before: page.before ?? null, size: size + 1 };
  const rows = await store.noticesOf(tx, parties, asked);
  const notices = rows.slice(0, size);
  return { notices, next: rows.length > size ? notices.at(-1)!.id : null };
}

/** The same page as views, for the principal's own party and those he represents for reading on his day. */
export async function noticeList(
  context: Context,
  principal: Principal,
  page: { state?: Notice['state']; before?: string; size?: number },
): Promise<{ notices: Partial<NoticeView>[]; next: string | null }> {
  const { party, representations } = principal;
  if (party === null) return { notices: [], next: null };
  const represented = representations.filter((one) => one.representative === party).map((one) => one.represented);
  const found = await noticesOf(context.db, [...new Set([party, ...represented])], page);
  const readable = found.notices.filter((notice) => may(principal, 'notice.read', recordOf(notice)));
  return { notices: readable.map((notice) => viewOf(principal, notice, [], null)), next: found.next };
}

/** Whether a wire amount is exactly what a notice asks; the refusal names what it asks. */
export function exactly(notice: Notice, wire: WireMoney): Result<bigint> {
  const asked = formatMoney({ currency: notice.currency, minor: notice.amount });
  const params = { ...asked };
  if (wire.currency !== notice.currency) {
    return refuse('treasury/currency-differs', { pointer: '/amount/currency', params });
  }
  const parsed = parseMoney(wire);
  if (!parsed.ok || parsed.value.minor !== notice.amount) {
    return refuse('treasury/amount-differs', { pointer: '/amount/amount', params });
  }
  return ok(parsed.value.minor);
}
