import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { claim, consume } from '#modules/accounts/index.ts';
import { secure } from '#modules/treasury/index.ts';
import { agreedToStand } from './claim.ts';
import { planAfresh } from './store-arrive.ts';
import { moveParcels, type Moved, unsecuredAmong } from './store-parcels.ts';

/**
 * Releases those of these parcels that may go: every piece presented, no open control, charges paid or secured. The
 * others keep their state, and the journal says how far each has come.
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

/**
 * Asks the guarantors again for parcels that have landed and lack nothing but security. It is a transaction of its own,
 * since guarantees are locked after every other account: the release that follows finds the notices secured.
 */
export async function secureLanded(context: Context, ids: readonly string[]): Promise<string[]> {
  const snapshot = context.reference.current();
  return context.db.tx(async (tx) => {
    await planAfresh(tx);
    const wanting = (await unsecuredAmong(tx, ids)).filter(({ filer, guarantor, day }) =>
      agreedToStand(snapshot, filer, guarantor, day),
    );
    if (wanting.length === 0) return [];
    const granted = await claim(
      tx,
      wanting.map(({ id, guarantor, currency, border_minor }) => ({
        hold: id,
        kind: 'guarantee',
        owner: guarantor,
        period: '',
        unit: currency,
        amount: border_minor,
        ceiling: null,
      })),
    );
    const asked = wanting.filter((_, index) => granted[index]?.granted === true);
    const secured = await secure(
      tx,
      asked.map(({ id, guarantor }) => ({ id, guarantor })),
      context.clock.instant(),
    );
    return secured.filter((one) => one.secured).map((one) => one.id);
  });
}
