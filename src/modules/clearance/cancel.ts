import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import type { Application } from './amend-model.ts';
import { cancelReleased } from './cancel-late.ts';
import { disposeLanded, giveBack } from './give-back.ts';
import { type Cancellation, type CancellationBody, cancellationFrom } from './cancel-model.ts';
import { isReleased, type Parcel, type Status } from './model.ts';
import { parcelFrom, recordOf } from './read.ts';
import { talliedAmong } from './store-arrive.ts';
import * as store from './store-cancel.ts';
import { parcelOf, waitingOf } from './store-read.ts';

/** What a cancellation answers, and answers again when it is repeated. */
export interface Cancelled {
  readonly declaration: string;
  readonly version: number;
  readonly status: Status;
  readonly since: string;
  readonly cancellation?: Cancellation;
  /** What was asked of a desk instead, after release: the declaration stands until it is decided. */
  readonly application?: Application;
}

/** What became of a cancellation: made, or asked of a desk that decides. */
export interface Taken {
  readonly made: boolean;
  readonly answer: { id: string } & Partial<Cancelled>;
}

interface Found {
  readonly declaration: string;
  readonly record: RecordRef;
  /** The current version; undefined while slips wait for others. */
  readonly parcel: Parcel | undefined;
}

async function found(context: Context, id: string): Promise<Found | undefined> {
  // In this order: what waited a moment ago may be decided by now, and never the other way round.
  const waiting = await waitingOf(context.db, id);
  if (waiting !== undefined) {
    const { filer, declaration, body } = waiting;
    const record = recordOf({ id, filer, desk: null, body: JSON.parse(body) as Consignment });
    return { declaration, record, parcel: undefined };
  }
  const row = await parcelOf(context.db, id);
  if (row === undefined) return undefined;
  const parcel = parcelFrom(row);
  return { declaration: parcel.declaration, record: recordOf(parcel), parcel };
}

/** Why a parcel that stands so is not cancelled. */
const barred: Partial<Record<Status, string>> = {
  control: 'clearance/under-control',
  released: 'clearance/released-already',
  left: 'clearance/released-already',
  returned: 'clearance/released-already',
};

/** What became of a cancellation that came too late: it was made already, or the parcel stands otherwise. */
async function tooLate(tx: Tx, id: string, asked: CancellationBody): Promise<Result<store.CancellationRow>> {
  const known = await store.cancellationOf(tx, id);
  if (known === undefined) {
    const status = (await parcelOf(tx, id))?.status as Status | undefined;
    return refuse((status && barred[status]) ?? 'clearance/nothing-to-cancel');
  }
  const differs = (['ground', 'reason'] as const).find((field) => known[field] !== asked[field]);
  return differs === undefined ? ok(known) : refuse('clearance/cancelled-otherwise', { pointer: `/${differs}` });
}

async function apply(
  context: Context,
  tx: Tx,
  principal: Principal,
  id: string,
  asked: CancellationBody,
): Promise<Result<store.CancellationRow>> {
  const at = context.clock.instant();
  const waiting = await store.cancelWaiting(tx, id, at);
  const moved = waiting ?? (await store.cancelCleared(tx, id, at));
  if (moved === undefined) return tooLate(tx, id, asked);
  const { id: subject, ...row } = moved;
  const waited = waiting !== undefined;
  const kept = { id, version: row.version, waited, at, party: principal.party ?? '', by: principal.subject, ...asked };
  await store.writeCancellation(tx, kept);
  await giveBack(context, tx, [id]);
  await append(tx, [
    { kind: 'clearance.cancelled', subject, data: { ...row, ground: asked.ground, by: principal.subject } },
  ]);
  if ((await talliedAmong(tx, [id])).length > 0) await disposeLanded(context, tx, [id]);
  return ok(kept);
}

/**
 * Takes a declaration back, for who filed it or declares in it. Before release, while it waits for slips or is cleared:
 * its status, the notice, guarantee and quota in one transaction. After release on the grounds and within the time that
 * the pack gives: at once where the pack leaves it to the window, otherwise a desk is asked. The same again is
 * answered as before. Refuses `clearance/not-found`, `cancel-not-yours`, `under-control`, `released-already` where the
 * pack knows no such ground after release, `cancellation-late`, `applied-otherwise`, `nothing-to-cancel` where nothing
 * was accepted or the goods went another way, and `cancelled-otherwise` where ground or reason differ from those kept.
 */
export async function cancel(
  context: Context,
  principal: Principal,
  id: string,
  asked: CancellationBody,
): Promise<Result<Taken>> {
  const known = await found(context, id);
  if (known === undefined) return refuse('clearance/not-found', { pointer: '/id' });
  const { record, declaration, parcel } = known;
  if (!may(principal, 'consignment.cancel', record))
    return may(principal, 'consignment.read', record)
      ? refuse('clearance/cancel-not-yours')
      : refuse('clearance/not-found', { pointer: '/id' });
  const answer = (data: Cancelled): Taken['answer'] => ({ id, ...view(principal, { ...record, data }) });
  if (parcel !== undefined && isReleased(parcel.status)) {
    const asking = await cancelReleased(context, principal, parcel, record, asked);
    if (!asking.ok) return asking;
    const { version, status, since } = parcel;
    if (asking.value !== null)
      return ok({ made: false, answer: answer({ declaration, version, status, since, application: asking.value }) });
  }
  const done = await context.db.tx((tx) => apply(context, tx, principal, id, asked));
  if (!done.ok) return done;
  const { version, at } = done.value;
  const cancellation = cancellationFrom(done.value);
  return ok({ made: true, answer: answer({ declaration, version, status: 'cancelled', since: at, cancellation }) });
}
