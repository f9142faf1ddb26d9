import { addDays, dayIn, dayOf } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { formatMoney, parseMoney, type WireMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append, type JournalEntry } from '#platform/journal.ts';
import { exportsAmong, type Net, netOf } from '#modules/clearance/index.ts';
import { registered } from '#modules/parties/index.ts';
import { deadlinesInForce, packsPart } from '#modules/rulebook/index.ts';
import {
  type ClaimView,
  type ExchangeSum,
  type ExportRow,
  type ReceiptBody,
  receiptRecord,
  type ReceiptRow,
  type ReceiptView,
} from './model.ts';
import * as store from './store.ts';

/** What changes what an export is worth. */
export const changing = [
  'clearance.released',
  'clearance.left',
  'clearance.redetermined',
  'clearance.amended',
  'clearance.cancelled',
  'clearance.returned',
] as const;

/** An export's worth by currency, as its checklist counts now; nothing where it counts for nothing. */
function worthOf(net: Net): Map<string, bigint> {
  const worth = new Map<string, bigint>();
  for (const { currency, value } of net.lines) worth.set(currency, (worth.get(currency) ?? 0n) + value);
  return worth;
}

/** Looks again at what the exports among these parcels are worth. */
export async function followExports(tx: Tx, entries: readonly JournalEntry[]): Promise<void> {
  const traded = await exportsAmong(tx, [...new Set(entries.map(({ subject }) => subject))]);
  if (traded.length === 0) return;
  const nets = new Map(
    (
      await netOf(
        tx,
        traded.map(({ id }) => id),
      )
    ).map((one) => [one.id, one]),
  );
  const rows = traded.flatMap(({ id, filer, declaration, orders }): ExportRow[] => {
    const net = nets.get(id);
    if (net === undefined) return [];
    const names = orders.map(({ platform, number }) => `${platform} ${number}`).sort();
    return [...worthOf(net)].map(([currency, minor]) => ({
      parcel: id,
      currency,
      filer,
      declaration,
      orders: names,
      minor,
      exporter: net.seller ?? net.declarant,
      claim: names[0] ?? id,
      exported: net.day,
    }));
  });
  await store.putExports(
    tx,
    traded.map(({ id }) => id),
    rows,
  );
}

/** What a receipt names, as one text; a refusal where it names nothing, or two things. */
function nameOf({ order, declaration }: ReceiptBody): Result<Pick<ReceiptRow, 'kind' | 'name'>> {
  if (order !== undefined && declaration === undefined)
    return ok({ kind: 'order', name: `${order.platform} ${order.number}` });
  if (declaration !== undefined && order === undefined)
    return ok({ kind: 'declaration', name: `${declaration.filer} ${declaration.id}` });
  return refuse('receipts/names-one', { pointer: '/order' });
}

/** The field in which a report differs from the one that stands under its reference; null when none does. */
function difference(there: ReceiptRow, given: Omit<ReceiptRow, 'id' | 'reported' | 'claim'>): string | null {
  if (there.exporter !== given.exporter) return '/exporter';
  if (there.kind !== given.kind || there.name !== given.name) return `/${given.kind}`;
  if (there.currency !== given.currency) return '/amount/currency';
  if (there.minor !== given.minor) return '/amount/amount';
  return there.received === given.received ? null : '/received';
}

async function keep(
  context: Context,
  tx: Tx,
  given: Omit<ReceiptRow, 'id' | 'reported' | 'claim'>,
): Promise<Result<ReceiptRow>> {
  const [named] = await store.exportsNamed(tx, given.name);
  if (named !== undefined && named.exporter !== given.exporter)
    return refuse('receipts/exporter-differs', { pointer: '/exporter' });
  const row = {
    ...given,
    id: newId(context.clock.now()),
    reported: context.clock.instant(),
    claim: named?.claim ?? null,
  };
  if (await store.addReceipt(tx, row)) {
    const data = {
      provider: row.provider,
      currency: row.currency,
      minor: String(row.minor),
      matched: row.claim !== null,
    };
    await append(tx, [{ kind: 'receipts.reported', subject: row.id, data }]);
    return ok(row);
  }
  const there = (await store.receiptUnder(tx, given.provider, given.reference))!;
  const pointer = difference(there, given);
  return pointer === null ? ok(there) : refuse('receipts/differs', { pointer });
}

/**
 * Takes a payment provider's or bank's word that money came for an export. The same reference again is the same
 * receipt; one that names what has not left waits for it and is matched when it does.
 */
export async function report(
  context: Context,
  principal: Principal,
  body: ReceiptBody,
): Promise<Result<Partial<ReceiptView>>> {
  const { provider, reference, exporter, received } = body;
  if (!may(principal, 'receipt.file', receiptRecord('', exporter, provider)))
    return refuse('receipts/not-yours', { pointer: '/provider' });
  const { home } = context.reference.current().get(packsPart);
  const today = dayIn(context.clock.instant(), home.timeZone);
  const standing = registered(context.reference.current(), provider, 'payment-provider', today);
  if (standing.result !== 'passed') return refuse('receipts/not-a-provider', { pointer: '/provider' });
  const name = nameOf(body);
  if (!name.ok) return name;
  const money = parseMoney(body.amount);
  if (!money.ok || money.value.minor <= 0n) return refuse('receipts/amount', { pointer: '/amount' });
  if (received > today) return refuse('receipts/not-received-yet', { pointer: '/received', params: { today } });
  const { currency, minor } = money.value;
  const given = { provider, reference, exporter, ...name.value, currency, minor, received };
  const kept = await context.db.tx((tx) => keep(context, tx, given));
  return kept.ok ? ok(receiptView(principal, { ...kept.value, invoiced: true })) : kept;
}

function receiptView(principal: Principal, row: ReceiptRow & { invoiced: boolean }): Partial<ReceiptView> {
  const { claim, currency, minor, invoiced, ...rest } = row;
  const state = claim === null ? 'waiting' : invoiced ? 'matched' : 'other-currency';
  const data: ReceiptView = { ...rest, amount: formatMoney({ currency, minor }), state };
  return view(principal, { ...receiptRecord(row.id, row.exporter, row.provider), data });
}

const pageMax = 100;

/** The receipts that a provider reported, or those of an exporter, the latest first. */
export async function receiptList(
  context: Context,
  principal: Principal,
  exporter: string | null,
): Promise<Partial<ReceiptView>[]> {
  const provider = exporter === null ? principal.party : null;
  if (exporter === null && provider === null && principal.authority === null) return [];
  const rows = await store.receiptsOf(context.db, { exporter, provider }, pageMax);
  return rows
    .filter((row) => may(principal, 'receipt.read', receiptRecord(row.id, row.exporter, row.provider)))
    .map((row) => receiptView(principal, row));
}

const wire = (currency: string, minor: bigint): WireMoney => formatMoney({ currency, minor });
const above = (minor: bigint): bigint => (minor > 0n ? minor : 0n);

function stateOf(row: store.ClaimRow, due: string | null, today: string): ClaimView['state'] {
  if (!row.invoiced) return 'other-currency';
  if (row.received > row.exported) return 'over';
  if (row.received === row.exported) return 'settled';
  return due !== null && due < today ? 'overdue' : 'outstanding';
}

function claimView(context: Context, row: store.ClaimRow): ClaimView {
  const { home } = context.reference.current().get(packsPart);
  const { claim, currency, parcels, exported, received, since } = row;
  const law = since === null ? undefined : deadlinesInForce(home, dayOf(since)).find(({ after }) => after === 'left');
  const due = since === null || law === undefined ? null : addDays(dayOf(since), Math.floor(law.hours / 24));
  return {
    claim,
    parcels,
    since,
    due,
    exported: wire(currency, exported),
    received: wire(currency, received),
    outstanding: wire(currency, above(exported - received)),
    over: wire(currency, above(received - exported)),
    state: stateOf(row, due, dayIn(context.clock.instant(), home.timeZone)),
  };
}

/** What an exporter sent and what came for it. */
export interface ExchangeView {
  readonly exporter: string;
  readonly sums: readonly ExchangeSum[];
  readonly claims: readonly ClaimView[];
}

/** An exporter's account of money from abroad: for himself, and for the authorities whose mandate it is. */
export async function exchangeView(
  context: Context,
  principal: Principal,
  exporter: string,
  settled = false,
): Promise<Result<Partial<ExchangeView>>> {
  const record = receiptRecord(exporter, exporter, null);
  if (!may(principal, 'receipt.read', record)) return refuse('receipts/not-found');
  const [sums, claims] = await Promise.all([
    store.sumsOf(context.db, exporter),
    store.claimsOf(context.db, exporter, settled, pageMax),
  ]);
  const data: ExchangeView = {
    exporter,
    sums: sums.map(({ currency, exported, received, outstanding, over, waiting }) => ({
      currency,
      exported: wire(currency, exported),
      received: wire(currency, received),
      outstanding: wire(currency, outstanding),
      over: wire(currency, over),
      waiting: wire(currency, waiting),
    })),
    claims: claims.map((row) => claimView(context, row)),
  };
  return ok(view(principal, { ...record, data }));
}

/** The exporters whose accounts this principal may read: himself and whom he represents, or a page of all. */
export async function exporterList(context: Context, principal: Principal, after = ''): Promise<string[]> {
  const { party, representations } = principal;
  const own =
    party === null
      ? await store.exportersAfter(context.db, after, pageMax)
      : [party, ...representations.filter((one) => one.representative === party).map((one) => one.represented)];
  return own.filter((one) => may(principal, 'receipt.read', receiptRecord(one, one, null)));
}
