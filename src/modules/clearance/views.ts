import { consigneeOf } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, seen, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { entriesOf } from '#platform/journal.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { archivedRefusal } from './archive.ts';
import { type Cancellation, cancellationFrom } from './cancel-model.ts';
import { type Parcel, type Status } from './model.ts';
import { explainAgain, parcelFrom, recordOf, reviewAgain, waitingAnswer } from './read.ts';
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
  const record = withConsignee(recordOf(parcel));
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

/** The record with the person at its far end in it, who is no party that anything is told to unasked. */
const withConsignee = (record: RecordRef): RecordRef => ({
  ...record,
  parties: { ...record.parties, consignee: [consigneeOf(record.id)] },
});

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
  const record = withConsignee(recordOf({ id, filer: waiting.filer, desk: null, body }));
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
  // What somebody else told of happened when he says so, not when the window heard of it.
  const journal = entries.map(({ at, kind, data, seeded }) => ({
    at: typeof data['happened'] === 'string' ? data['happened'] : at,
    kind,
    data,
    seeded,
  }));
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
      (kind !== 'order.placed' || classes.has('order')) &&
      ((kind !== 'payment.paid' && kind !== 'trade.money') || classes.has('payment')),
  );
}

/** Explains pieces that a complete tally of their master bill did not find. */
export const shortLandedOf = (context: Context, id: string) => store.completeArrivalsOf(context.db, id);
