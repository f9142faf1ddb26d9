import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { endTransit } from './store-moving.ts';

/**
 * Goods that came through and have arrived whole where they leave: their parcels are supervised no longer. Parcels of
 * another movement, and those that were not released for transit, stay as they are.
 */
export async function leaveTransit(context: Context, tx: Tx, ids: readonly string[], place: string): Promise<void> {
  const left = await endTransit(tx, ids, context.clock.instant());
  await append(
    tx,
    left.map(({ id, ...row }) => ({ kind: 'clearance.left', subject: id, data: { ...row, place } })),
  );
}
