import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import * as store from './store-rebuild.ts';

/** What `rebuild` found: rows made from the journal, and rows that stood otherwise before. */
export interface Rebuilt {
  parcels: number;
  differing: number;
}

/**
 * Makes the projection of parcels again from the journal and puts it in the place of the one kept beside the traffic.
 * The two must be the same; how many rows differed is said, not hidden.
 */
export function rebuild(context: Context): Promise<Rebuilt> {
  return context.db.tx(async (tx: Tx) => {
    const differing = await store.compareProjection(tx);
    const parcels = await store.replaceProjection(tx);
    return { parcels, differing };
  });
}
