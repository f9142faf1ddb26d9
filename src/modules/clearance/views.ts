import { formatMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, seen, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { entriesOf } from '#platform/journal.ts';
import type { Amount, Consignment } from '#modules/rulebook/index.ts';
import type { Outcome } from '#kernel/check.ts';
import { archivedRefusal } from './archive.ts';
import { type Cancellation, cancellationFrom } from './cancel-model.ts';
import { type Parcel, type Status } from './model.ts';
import { explainAgain, parcelFrom, recordOf, reviewAgain, waitingAnswer } from './read.ts';
import { isContainer } from './container.ts';
import { cancellationOf } from './store-cancel.ts';
import * as store from './store-read.ts';

/** A step in a parcel's life: what the slips tell, what the window did, what was found at the gate. */
export interface Moment {
  at: string;
  kind: string;
  /** What the step says beyond its name; a reader to whom decisions are not shown gets the name alone. */
  data?: Record<string, unknown>;
  seeded: boolean;
}

/** One parcel as it leaves for a reader: only what this reader may see is there. */
export type ParcelView = Partial<Omit<Parcel, 'body' | 'epoch'>> & {
  id: string;
  epoch?: string;
  body?: Partial<Consignment>;
  decision?: unknown;
  determination?: unknown;
  barcodes?: store.PieceRead[];
  timeline?: Moment[];
  cancellation?: Cancellation;
  /** Where the proof of an export that left is read. */
  exportProof?: string;
};

/** A parcel with its reasons worked out again from what was stored, as far as this reader may see it. */
export async function parcelView(context: Context, principal: Principal, id: string): Promise<Result<ParcelView>> {
  const row = await store.parcelOf(context.db, id);
  if (!row) return waitingView(context, principal, id);
  const parcel = parcelFrom(row);
  const record = recordOf(parcel);
  if (!may(principal, 'consignment.read', record)) return refuse('clearance/not-found', { pointer: '/id' });
  const { decision } = await reviewAgain(context, parcel);
  const determination = await explainAgain(context, parcel);
  const stood =
    decision.outcome === parcel.outcome
      ? decision
      : { ...decision, outcome: parcel.outcome, automated: parcel.decidedBy === 'engine', by: parcel.decidedBy };
  const data = {
    ...parcel,
    epoch: String(parcel.epoch),
    determination,
    decision: stood,
    barcodes: await store.piecesOf(context.db, id),
    ...(await cancellationIn(context, id, parcel.status)),
    ...(proven(parcel) ? { exportProof: `/v1/consignments/${id}/export-proof` } : {}),
    timeline: momentsSeen(principal, record, await timelineOf(context, id, parcel.body, parcel.received)),
  };
  return ok({ id, ...view(principal, { ...record, data }) });
}

/** Whether a parcel has a proof of export: it was issued when it left. */
const proven = ({ status, body }: Parcel): boolean => status === 'left' && body.declaration.movement === 'export';

/** That a parcel was cancelled, on what ground and why. */
async function cancellationIn(
  context: Context,
  id: string,
  status: Status = 'cancelled',
): Promise<{ cancellation?: Cancellation }> {
  const row = status === 'cancelled' ? await cancellationOf(context.db, id) : undefined;
  return row ? { cancellation: cancellationFrom(row) } : {};
}

async function waitingView(context: Context, principal: Principal, id: string): Promise<Result<ParcelView>> {
  const waiting = await store.waitingOf(context.db, id);
  if (!waiting) {
    // Its last slip may have come between the two looks.
    if ((await store.parcelOf(context.db, id)) !== undefined) return parcelView(context, principal, id);
    const archived = await archivedRefusal(context.db, [id]);
    return archived ? { ok: false, error: archived } : refuse('clearance/not-found', { pointer: '/id' });
  }
  const body = JSON.parse(waiting.body) as Consignment;
  const record = recordOf({ id, filer: waiting.filer, desk: null, body });
  if (!may(principal, 'consignment.read', record)) return refuse('clearance/not-found', { pointer: '/id' });
  const answer = waitingAnswer(waiting);
  const cancelled = await cancellationIn(context, id);
  const { cancellation } = cancelled;
  const status: Status = cancellation ? 'cancelled' : 'waiting';
  const data = {
    id,
    version: 1,
    filer: waiting.filer,
    received: waiting.received,
    since: cancellation?.at ?? waiting.received,
    status,
    ...cancelled,
    outcome: 'waiting' as const,
    missing: JSON.parse(waiting.missing) as string[],
    decision: answer.decision,
    body,
    timeline: momentsSeen(principal, record, await timelineOf(context, id, body, waiting.received)),
  };
  return ok({ id, ...view(principal, { ...record, data }) });
}

/** What the slips say of the time before the window knew the parcel, and what the journal says of the time since. */
async function timelineOf(context: Context, id: string, body: Consignment, received: string): Promise<Moment[]> {
  const slips: Moment[] = [];
  for (const order of body.orders ?? [])
    if (order.placed)
      slips.push({
        at: order.placed,
        kind: 'order.placed',
        data: { platform: order.platform, number: order.number },
        seeded: false,
      });
  for (const payment of body.payments ?? [])
    if (payment.paid)
      slips.push({ at: payment.paid, kind: 'payment.paid', data: { provider: payment.provider }, seeded: false });
  const entries = await entriesOf(context.db, id);
  const journal = entries.map(({ at, kind, data, seeded }) => ({ at, kind, data: data ?? {}, seeded }));
  const lodged: Moment = { at: received, kind: 'clearance.lodged', data: {}, seeded: entries[0]?.seeded ?? false };
  return [...slips, lodged, ...journal].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/**
 * When an order was placed and when it was paid is part of order and payment: who does not see those sees no such
 * moment.
 */
function momentsSeen(principal: Principal, record: RecordRef, moments: readonly Moment[]): Moment[] {
  const classes = seen(principal, record);
  // What happened without when and where is no timeline.
  if (!classes.has('movement')) return [];
  return moments.filter(
    ({ kind }) =>
      (kind !== 'order.placed' || classes.has('order')) && (kind !== 'payment.paid' || classes.has('payment')),
  );
}

/** Explains pieces that a complete tally of their master bill did not find. */
export const shortLandedOf = (context: Context, id: string) => store.completeArrivalsOf(context.db, id);

export interface ListedParcel {
  id: string;
  declaration: string;
  received: string;
  status: Status;
  since: string;
  outcome: Outcome;
  route: string | null;
  filer: string;
  seller: string | null;
  declaredValue: Amount | null;
  border: Amount | null;
  secured: boolean;
  pieces: number;
  presented: number;
  desk: string | null;
}

export interface ListQuery {
  status?: string;
  order?: string;
  from?: string;
  until?: string;
  before?: string;
  limit?: number;
}

/**
 * Whose parcels a reader lists: his own party's, those he represents, or every parcel for an authority that may read
 * them.
 */
export function listedFor(principal: Principal): readonly string[] | null {
  const of = (parties: RecordRef['parties']): RecordRef => ({ kind: 'consignment', id: '', parties, desk: null });
  if (may(principal, 'consignment.read', of({}))) return null;
  if (principal.party === null || !may(principal, 'consignment.read', of({ filer: [principal.party] }))) return [];
  const represented = principal.representations
    .filter((one) => one.scope.includes('read'))
    .map((one) => one.represented);
  return [principal.party, ...represented];
}

/** One page of parcels, newest first. `next` is the id to go on before; null on the last page. */
export async function parcelList(
  context: Context,
  principal: Principal,
  query: ListQuery,
): Promise<{ rows: (Partial<ListedParcel> & { id: string })[]; next: string | null; waiting: ListedWaiting[] }> {
  const parties = listedFor(principal);
  const limit = Math.min(query.limit ?? 25, 100);
  const rows = await store.listParcels(context.db, {
    parties,
    status: query.status ?? null,
    order: query.order ?? null,
    from: query.from ?? null,
    until: query.until ?? null,
    before: query.before ?? null,
    limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const { status = 'waiting', before } = query;
  const undecided = before === undefined && (status === 'waiting' || status === 'cancelled') ? status : null;
  return {
    rows: shown.map((row) => ({ id: row.id, ...view(principal, { ...listedRecord(row), data: listed(row) }) })),
    next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    waiting: undecided
      ? (await store.listWaiting(context.db, parties, undecided, limit)).map((row) => waitingListed(principal, row))
      : [],
  };
}

/**
 * A parcel that waits for slips, as a list shows it. Whoever reads the parcel sees these; parties and reasons only if
 * he may.
 */
export interface ListedWaiting {
  id: string;
  declaration: string;
  received: string;
  due: string | null;
  missing?: string[];
  filer?: string;
  seller?: string | null;
}

function waitingListed(principal: Principal, row: store.WaitingListed): ListedWaiting {
  const { id, declaration, received, due } = row;
  const data = { ...row, missing: JSON.parse(row.missing) as string[] };
  return { id, declaration, received, due, ...view(principal, { ...listedRecord({ ...row, desk: null }), data }) };
}

const listedRecord = (row: Pick<store.ListRow, 'id' | 'filer' | 'seller' | 'desk'>): RecordRef => ({
  kind: 'consignment',
  id: row.id,
  parties: { filer: [row.filer], seller: row.seller === null ? [] : [row.seller] },
  desk: row.desk,
});

function listed(row: store.ListRow): ListedParcel {
  const amount = (minor: bigint | null) =>
    minor === null || row.currency === null ? null : formatMoney({ currency: row.currency, minor });
  return {
    id: row.id,
    declaration: row.declaration,
    received: row.received,
    status: row.status as Status,
    since: row.since,
    outcome: row.outcome as Outcome,
    route: row.route,
    filer: row.filer,
    seller: row.seller,
    declaredValue: amount(row.value_minor),
    border: amount(row.border_minor),
    secured: row.secured,
    pieces: row.pieces,
    presented: row.presented,
    desk: row.desk,
  };
}

/** How many parcels stand where, of the reader's own. */
export async function counts(context: Context, principal: Principal): Promise<Record<string, number>> {
  const rows = await store.statusCounts(context.db, listedFor(principal));
  return Object.fromEntries(rows.map((row) => [row.status, Number(row.count)]));
}

/** How many parcels stand where in the whole window: figures without persons, for everybody. */
export async function counters(context: Context): Promise<Record<string, number>> {
  const rows = await store.statusCounts(context.db, null);
  return Object.fromEntries(rows.map((row) => [row.status, Number(row.count)]));
}

/**
 * Parcels that carry this waybill, order number, barcode or declaration id, or lie in this container, of those the
 * reader may see.
 */
export async function find(context: Context, principal: Principal, mark: string): Promise<string[]> {
  const found: string[] = [];
  const boxed = isContainer(mark) ? await store.inContainer(context.db, mark, listedFor(principal)) : [];
  for (const { id } of [...(await store.findParcels(context.db, mark)), ...boxed]) {
    if (found.includes(id)) continue;
    const row = await store.parcelOf(context.db, id);
    if (row && may(principal, 'consignment.read', recordOf(parcelFrom(row)))) found.push(id);
  }
  return found;
}
