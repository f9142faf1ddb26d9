import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { consume } from '#modules/accounts/index.ts';
import { moveParcels, type Moved } from './store-arrive.ts';

/**
 * Releases those of these parcels that may go: every piece presented, no open control, charges paid or secured. The others
 * keep their state, and the journal says how far each has come.
 */
export async function release(
  context: Context,
  tx: Tx,
  ids: readonly string[],
  why: Record<string, string>,
): Promise<Moved[]> {
  const moved = await moveParcels(tx, ids, context.clock.instant());
  const released = moved.filter((parcel) => parcel.status === 'released' && parcel.was !== 'released');
  if (released.length > 0)
    await consume(
      tx,
      released.map((parcel) => ({ hold: parcel.id, kind: 'quota' })),
    );
  await append(
    tx,
    moved.map((parcel) => ({
      kind: parcel.status === 'released' && parcel.was !== 'released' ? 'clearance.released' : 'clearance.presented',
      subject: parcel.id,
      data: {
        ...why,
        status: parcel.status,
        since: parcel.since,
        version: parcel.version,
        presented: parcel.presented,
        pieces: parcel.pieces,
      },
    })),
  );
  return moved;
}
