import type { Tx } from '#platform/db.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { farEndsOf } from './store-read.ts';

/** A parcel with the person at its far end, as its newest version names him; null where it names nobody. */
export interface FarEnd {
  readonly id: string;
  readonly consignee: NonNullable<Consignment['declaration']['consignee']> | null;
}

/**
 * The parcels with this waybill, order number, barcode or declaration id, each with its consignee, for whoever asks
 * somebody to show that he is that person. Nothing of the answer leaves the window.
 */
export const consigneesOf = async (tx: Tx, mark: string): Promise<FarEnd[]> =>
  (await farEndsOf(tx, mark)).map(({ id, body }) => ({
    id,
    consignee: (JSON.parse(body) as Consignment).declaration.consignee ?? null,
  }));
