import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { free, restore } from '#modules/accounts/index.ts';
import { casesOf } from '#modules/cases/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { cancel as cancelNotices } from '#modules/treasury/index.ts';
import { disposal, endDisposal, openDisposal } from './disposal.ts';
import { type Cancellation, type CancellationBody, cancellationFrom, type Status } from './model.ts';
import { recordOf } from './read.ts';
import { standingsOf } from './standing.ts';
import { talliedAmong } from './store-arrive.ts';
import * as store from './store-cancel.ts';
import { parcelOf, waitingOf } from './store-read.ts';

/** What a cancellation answers, and answers again when it is repeated. */
export interface Cancelled {
  readonly declaration: string;
  readonly version: number;
  readonly status: 'cancelled';
  readonly since: string;
  readonly cancellation: Cancellation;
}

/**
 * Gives back everything that parcels hold: their notices are cancelled, what was paid is to be refunded, guarantee and
 * quota are free again. A release that was reversed before had used up the quota, and what never comes in restores it.
 */
export async function giveBack(context: Context, tx: Tx, ids: readonly string[]): Promise<void> {
  await cancelNotices(tx, ids, context.clock.instant());
  await free(
    tx,
    ids.flatMap((hold) => [
      { hold, kind: 'guarantee' },
      { hold, kind: 'quota' },
    ]),
  );
  await restore(
    tx,
    ids.map((hold) => ({ hold, kind: 'quota', amount: null })),
  );
}

/**
 * Opens a disposal case for those of these cancelled parcels of which a piece is there that no other declaration
 * covers: the goods may not enter on a declaration that was taken back.
 */
export async function disposeLanded(context: Context, tx: Tx, ids: readonly string[]): Promise<void> {
  const landed = await store.landedUncovered(tx, ids);
  const open = new Set((await casesOf(tx, landed)).filter(isOpenDisposal).map(({ subject }) => subject));
  const fresh = landed.filter((id) => !open.has(id));
  const standings = await standingsOf(
    tx,
    fresh.map((id) => ({ id, version: 1 })),
  );
  await openDisposal(
    context,
    tx,
    fresh.map((subject, index) => {
      const { parties = {}, desk = null } = standings[index]?.record ?? {};
      return { subject, cause: 'cancelled', desk, parties };
    }),
  );
}

const isOpenDisposal = ({ procedure, closed }: { procedure: string; closed: string | null }): boolean =>
  procedure === disposal.name && closed === null;

/** Ends the disposal of cancelled parcels whose pieces one of these parcels now covers: they were declared anew. */
export async function coverAgain(context: Context, tx: Tx, ids: readonly string[]): Promise<void> {
  const beside = await store.cancelledBeside(tx, ids);
  if (beside.length === 0) return;
  const uncovered = new Set(await store.landedUncovered(tx, beside));
  await endDisposal(
    context,
    tx,
    beside.filter((id) => !uncovered.has(id)),
    'declare',
  );
}

interface Found {
  readonly declaration: string;
  readonly record: RecordRef;
}

async function found(context: Context, id: string): Promise<Found | undefined> {
  // In this order: what waited a moment ago may be decided by now, and never the other way round.
  const row = (await waitingOf(context.db, id)) ?? (await parcelOf(context.db, id));
  if (row === undefined) return undefined;
  const { filer, declaration } = row;
  const desk = 'desk' in row ? row.desk : null;
  return { declaration, record: recordOf({ id, filer, desk, body: JSON.parse(row.body) as Consignment }) };
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
 * Takes a declaration back before release, for who filed it or declares in it, while it waits for slips or is cleared:
 * its status, the notice, guarantee and quota in one transaction. The same again is answered as before. Refuses
 * `clearance/not-found`, `cancel-not-yours`, `under-control`, `released-already`, `nothing-to-cancel` where nothing was
 * accepted or the goods went another way, and `cancelled-otherwise` where ground or reason differ from those kept.
 */
export async function cancel(
  context: Context,
  principal: Principal,
  id: string,
  asked: CancellationBody,
): Promise<Result<{ id: string } & Partial<Cancelled>>> {
  const known = await found(context, id);
  if (known === undefined) return refuse('clearance/not-found', { pointer: '/id' });
  const { record, declaration } = known;
  if (!may(principal, 'consignment.cancel', record))
    return may(principal, 'consignment.read', record)
      ? refuse('clearance/cancel-not-yours')
      : refuse('clearance/not-found', { pointer: '/id' });
  const done = await context.db.tx((tx) => apply(context, tx, principal, id, asked));
  if (!done.ok) return done;
  const { version, at } = done.value;
  const data: Cancelled = {
    declaration,
    version,
    status: 'cancelled',
    since: at,
    cancellation: cancellationFrom(done.value),
  };
  return ok({ id, ...view(principal, { ...record, data }) });
}
