import type { Tx } from '#platform/db.ts';
import { free, restore } from '#modules/accounts/index.ts';

/** Gives the guarantors back what they held for these parcels, reserved or drawn on already. */
export async function releaseGuarantee(tx: Tx, ids: readonly string[]): Promise<void> {
  const holds = ids.map((hold) => ({ hold, kind: 'guarantee' }));
  await free(tx, holds);
  await restore(
    tx,
    holds.map((one) => ({ ...one, amount: null })),
  );
}
