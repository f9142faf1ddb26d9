import { addDays, addMonths, type Day, dayIn, dayOf } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { exponent, formatMoney, type WireMoney } from '#kernel/money.ts';
import { parseDecimal, toMinor } from '#kernel/decimal.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { append, type JournalEntry } from '#platform/journal.ts';
import type { Tx } from '#platform/db.ts';
import { deadlinesInForce, type Pack, packsPart, valuesInForce } from '#modules/rulebook/index.ts';
import { type Bill, billRecord, type BillCharge, type BillLine, type BillState } from './model-bills.ts';
import { openUnpaid, settleUnpaid } from './unpaid.ts';
import { releaseGuarantee } from './guarantee.ts';
import * as store from './store-bills.ts';

/** What sets parcels free for collection, and what may put one on a further bill. */
export const collecting = ['clearance.released', 'treasury.reissued'] as const;

/** The period of a day as the pack cuts the year: whole months, one where it says nothing. */
export function periodOf(pack: Pack, on: Day): { from: Day; until: Day } {
  const said = valuesInForce(pack, on).find(({ id, zone, announced }) => id === 'bill-months' && !zone && !announced);
  const months = [1, 2, 3, 4, 6, 12].find((one) => String(one) === said?.value) ?? 1;
  const month = dayOf(`${on.slice(0, 7)}-01`);
  const past = (Number(on.slice(5, 7)) - 1) % months;
  const from = past === 0 ? month : addMonths(month, -past);
  return { from, until: addMonths(from, months) };
}

/** The days after its period that a bill may be paid in, where the pack gives none. */
const ownDays = 15;

/** The last day for paying a bill that is issued on a day after its period, and the law that says so. */
export function dueOf(pack: Pack, until: Day, issued: Day): { due: Day; source: string | null } {
  const law = deadlinesInForce(pack, issued).find(({ after }) => after === 'tax-bill');
  const days = law === undefined ? ownDays : Math.floor(law.hours / 24);
  const after = until > issued ? until : issued;
  return { due: addDays(after, days - 1), source: law?.source ?? null };
}

const homeOf = (context: Context): Pack => context.reference.current().get(packsPart).home;

/** The legal day of the context's clock in the window's own time zone. */
export const todayIn = (context: Context): Day => dayIn(context.clock.instant(), homeOf(context).timeZone);

/** Puts the secured notices of parcels that were released on the bill of the period in which they were. */
export async function collectReleased(context: Context, tx: Tx, entries: readonly JournalEntry[]): Promise<void> {
  const home = homeOf(context);
  const groups = new Map<string, { day: Day; again: boolean; ids: string[] }>();
  for (const { kind, subject, at, data } of entries) {
    const again = kind === 'treasury.reissued';
    // The legal moment of the release, which a demonstration moves apart from that of the entry.
    const moment = typeof data['since'] === 'string' ? data['since'] : at;
    const day = dayIn(moment, home.timeZone);
    const key = `${day} ${again}`;
    const group = groups.get(key) ?? { day, again, ids: [] };
    group.ids.push(subject);
    groups.set(key, group);
  }
  for (const { day, again, ids } of groups.values()) {
    const period = periodOf(home, day);
    for (const one of await store.collectable(tx, ids, again))
      await store.collect(tx, newId(context.clock.now()), period, one);
  }
}

const setMax = 20;

async function issueBill(context: Context, id: string): Promise<void> {
  await context.db.tx(async (tx) => {
    await store.lockBill(tx, id);
    const bill = await store.billOf(tx, id);
    if (bill?.state !== 'collecting') return;
    const at = context.clock.instant();
    const { due, source } = dueOf(homeOf(context), dayOf(bill.until), todayIn(context));
    await store.markIssued(tx, id, { amount: bill.standing, at, due, source });
    const data = { currency: bill.currency, minor: String(bill.standing), notices: bill.notices, due };
    await append(tx, [{ kind: 'treasury.bill-issued', subject: id, data }]);
  });
}

async function markLate(context: Context, id: string): Promise<void> {
  await context.db.tx(async (tx) => {
    await store.lockBill(tx, id);
    const bill = await store.billOf(tx, id);
    if (bill?.state !== 'open' || bill.overdue !== null || bill.standing === 0n) return;
    await store.markOverdue(tx, id, context.clock.instant());
    await openUnpaid(context, tx, bill);
    const data = { currency: bill.currency, minor: String(bill.standing), due: bill.due };
    await append(tx, [{ kind: 'treasury.bill-overdue', subject: id, data }]);
  });
}

/** Ends a bill of which nothing stands any more, in the transaction of whoever saw to that; false while some does. */
export async function settleBill(context: Context, tx: Tx, id: string): Promise<boolean> {
  const bill = await store.billOf(tx, id);
  if (bill === undefined || (bill.state !== 'open' && bill.state !== 'called') || bill.notices > 0) return false;
  // A guarantee that was drawn on is whole again once what it was drawn on for is paid.
  if (bill.state === 'called') await releaseGuarantee(tx, await store.parcelsOn(tx, id));
  await store.setState(tx, id, 'settled', context.clock.instant());
  await settleUnpaid(context, tx, id);
  await append(tx, [{ kind: 'treasury.bill-settled', subject: id, data: { called: bill.state === 'called' } }]);
  return true;
}

/**
 * One step of what the calendar asks: bills whose period has ended are issued, those unpaid after their due day become
 * an officer's work, and those that ask nothing any more are settled. True when there was anything to do.
 */
export async function keepBills(context: Context): Promise<boolean> {
  const today = todayIn(context);
  const [over, unpaid, empty] = await Promise.all([
    store.ended(context.db, today, setMax),
    store.late(context.db, today, setMax),
    store.empty(context.db, setMax),
  ]);
  for (const id of over) await issueBill(context, id);
  for (const id of unpaid) await markLate(context, id);
  for (const id of empty)
    await context.db.tx(async (tx) => {
      await store.lockBill(tx, id);
      await settleBill(context, tx, id);
    });
  return over.length + unpaid.length + empty.length > 0;
}

/** A bill as it leaves. `amount` is what it asked when it was issued, `standing` what it asks now. */
export interface BillView {
  readonly id: string;
  readonly payer: string;
  readonly guarantor: string;
  readonly from: string;
  readonly until: string;
  readonly state: BillState;
  readonly amount: WireMoney | null;
  readonly standing: WireMoney;
  readonly notices: number;
  readonly issued: string | null;
  readonly due: string | null;
  readonly source: string | null;
  readonly overdue: string | null;
  readonly settled: string | null;
  readonly charges: readonly BillCharge[];
  /** What its charges were paid with before: by a notice of an earlier version. */
  readonly before: WireMoney;
}

const wire = (currency: string, minor: bigint): WireMoney => formatMoney({ currency, minor });

function viewOf(principal: Principal, bill: Bill, charges: readonly BillCharge[], before: bigint): Partial<BillView> {
  const { currency, amount, standing, id, payer, guarantor, from, until, state, notices } = bill;
  const { issued, due, source, overdue, settled } = bill;
  const data: BillView = {
    id,
    payer,
    guarantor,
    from,
    until,
    state,
    notices,
    issued,
    due,
    source,
    overdue,
    settled,
    amount: amount === null ? null : wire(currency, amount),
    standing: wire(currency, standing),
    charges,
    before: wire(currency, before),
  };
  return view(principal, { ...billRecord(bill), data });
}

/** A bill that this principal may read; who may not is not told that it exists. */
export async function readable(tx: Tx, principal: Principal, id: string): Promise<Result<Bill>> {
  const bill = await store.billOf(tx, id);
  return bill !== undefined && may(principal, 'notice.read', billRecord(bill))
    ? ok(bill)
    : refuse('treasury/bill-not-found');
}

/** A bill with its charges by kind and law, as this principal sees it. */
export async function billView(tx: Tx, principal: Principal, id: string): Promise<Result<Partial<BillView>>> {
  const found = await readable(tx, principal, id);
  if (!found.ok) return found;
  const { currency, standing } = found.value;
  let sum = 0n;
  const charges = (await store.chargesOf(tx, id)).map(({ id: charge, liable, source, currency: in_, total }) => {
    const minor = toMinor(parseDecimal(total)!, exponent(in_), 'half-up');
    if (in_ === currency) sum += minor;
    return { id: charge, liable, source, amount: wire(in_, minor) };
  });
  return ok(viewOf(principal, found.value, charges, sum > standing ? sum - standing : 0n));
}

const pageMax = 100;

/** A page of the notices on a bill, in the order of their ids. */
export async function billLines(
  tx: Tx,
  principal: Principal,
  id: string,
  page: { after?: string; size?: number },
): Promise<Result<{ lines: BillLine[]; next: string | null }>> {
  const found = await readable(tx, principal, id);
  if (!found.ok) return found;
  const size = Math.min(Math.max(page.size ?? 50, 1), pageMax);
  const rows = await store.linesOf(tx, id, { after: page.after ?? null, size: size + 1 });
  const lines = rows
    .slice(0, size)
    .map(({ amount, ...line }) => ({ ...line, amount: wire(found.value.currency, amount) }));
  return ok({ lines, next: rows.length > size ? lines.at(-1)!.id : null });
}

/** The parties for which somebody reads: his own and those he represents; null for an authority that sees charges. */
export function readsFor(principal: Principal): readonly string[] | null {
  const { party, representations } = principal;
  if (party === null) return may(principal, 'notice.read', nobodys) ? null : [];
  const represented = representations.filter((one) => one.representative === party).map((one) => one.represented);
  return [...new Set([party, ...represented])];
}
const nobodys = { kind: 'notice' as const, id: '', parties: {}, desk: null };

/** A page of bills, the latest first: one's own, or every one of them for an authority. */
export async function billList(
  context: Context,
  principal: Principal,
  page: { state?: BillState; before?: string; size?: number },
): Promise<{ bills: Partial<BillView>[]; next: string | null }> {
  const size = Math.min(Math.max(page.size ?? 25, 1), pageMax);
  const asked = { state: page.state ?? null, before: page.before ?? null, size: size + 1 };
  const rows = await store.billsOf(context.db, readsFor(principal), asked);
  const bills = rows
    .slice(0, size)
    .filter((bill) => may(principal, 'notice.read', billRecord(bill)))
    .map((bill) => viewOf(principal, bill, [], 0n));
  return { bills, next: rows.length > size ? rows[size - 1]!.id : null };
}
