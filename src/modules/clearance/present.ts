import { newId } from '#kernel/id.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { disposeLanded } from './give-back.ts';
import { openDisposal } from './disposal.ts';
import { release, secureLanded } from './release.ts';
import * as store from './store-arrive.ts';
import { parcelsOfPieces } from './store-moving.ts';

/** Pieces that were tallied: their parcels move, those without data open a disposal case. Answers the parcels. */
export async function present(
  context: Context,
  tx: Tx,
  arrival: { readonly id: string; readonly place: string },
  pieces: readonly { readonly barcode: string; readonly id: string | null }[],
): Promise<string[]> {
  const ids = pieces.flatMap((piece) => (piece.id ? [piece.id] : []));
  const moved = ids.length > 0 ? await release(context, tx, ids, { arrival: arrival.id, place: arrival.place }) : [];
  const cancelled = moved.flatMap(({ id, status }) => (status === 'cancelled' ? [id] : []));
  if (cancelled.length > 0) await disposeLanded(context, tx, cancelled);
  const unknown = pieces.filter((piece) => piece.id === null);
  if (unknown.length > 0) {
    const now = context.clock.now();
    const landed = await store.writeOverlanded(
      tx,
      arrival.id,
      context.clock.instant(),
      unknown.map(({ barcode }) => ({ id: newId(now), barcode })),
    );
    await append(
      tx,
      landed.map(({ id, barcode }) => ({
        kind: 'clearance.over-landed',
        subject: id,
        data: { arrival: arrival.id, barcode, place: arrival.place },
      })),
    );
    await openDisposal(
      context,
      tx,
      landed.map(({ id }) => ({ subject: id, cause: 'over-landed' })),
    );
  }
  return ids;
}

/**
 * Presents a set of pieces that came by another way than a master bill, such as a batch transfer: tallied under the id
 * of that arrival, and treated as in any tally. A transaction of its own, since security is asked for behind it; the
 * same set again changes nothing.
 */
export async function presentPieces(
  context: Context,
  arrival: { readonly id: string; readonly place: string },
  barcodes: readonly string[],
  also: (tx: Tx) => Promise<void>,
): Promise<void> {
  const ids = await context.db.tx(async (tx) => {
    await store.planAfresh(tx);
    await store.writeTallies(tx, arrival.id, barcodes);
    const shown = await present(context, tx, arrival, await parcelsOfPieces(tx, barcodes));
    await also(tx);
    return shown;
  });
  await releaseSecured(context, ids);
}

/** What lacked nothing but security is released once its guarantor has granted it. */
export async function releaseSecured(context: Context, ids: readonly string[]): Promise<void> {
  const secured = await secureLanded(context, ids);
  if (secured.length > 0)
    await context.db.tx(async (tx) => {
      await store.planAfresh(tx);
      await release(context, tx, secured, { because: 'secured-on-landing' });
    });
}
