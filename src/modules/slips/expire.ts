import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import { late, slipOfRow } from './late.ts';
import { meetAtDeadline } from './meet.ts';
import type { Reason } from './model.ts';
import * as store from './store.ts';

/** Slips looked at in one transaction of the sweep. */
const sweepMax = 500;

/**
 * Ends the waiting of slips whose deadline has passed. A declaration that was held back for the others is handed in as
 * it stands; a slip whose parcel came whole meanwhile is held against it; what is left is work that a person sees. A
 * slip that comes after all is still taken.
 */
export async function expire(context: Context): Promise<number> {
  return context.db.tx(async (tx) => {
    const rows = await store.overdue(tx, context.clock.instant(), sweepMax);
    if (rows.length === 0) return 0;
    const held = rows.filter(({ kind, parcel }) => kind === 'declaration' && parcel === null);
    await meetAtDeadline(
      context,
      tx,
      held.map(({ id }) => id),
    );
    const others = rows.filter(({ kind }) => kind !== 'declaration').map(slipOfRow);
    await store.settle(tx, await late(context, tx, others));
    // What was found out just now counts, and not what stood there before.
    const left = (
      await store.lockSlips(
        tx,
        rows.map(({ id }) => id),
      )
    ).filter(({ kind, state, parcel }) => state !== 'used' && (parcel === null || kind === 'declaration'));
    await store.settle(
      tx,
      left.map(({ id, reasons, parcel }) => ({
        id,
        state: 'expired',
        reasons: JSON.parse(reasons) as Reason[],
        parcel,
      })),
    );
    await append(
      tx,
      left.map(({ id, kind }) => ({ kind: 'slips.expired', subject: id, data: { slip: kind } })),
    );
    return rows.length;
  });
}
