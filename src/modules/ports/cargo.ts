import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { find, parcelView, type ParcelView } from '#modules/clearance/index.ts';

/** Where a parcel is, for whoever may see that it is anywhere. */
export type CargoStatus = Pick<ParcelView, 'id'> &
  Partial<Pick<ParcelView, 'declaration' | 'status' | 'since' | 'presented' | 'pieces' | 'barcodes'>>;

/** Where cargo is, by declaration, waybill, barcode, order or container; only what this principal may see. */
export async function cargoUnder(context: Context, principal: Principal, mark: string): Promise<CargoStatus[]> {
  const found: CargoStatus[] = [];
  for (const id of await find(context, principal, mark)) {
    const seen = await parcelView(context, principal, id);
    if (!seen.ok) continue;
    const { declaration, status, since, presented, pieces, barcodes } = seen.value;
    const part = { declaration, status, since, presented, pieces, barcodes };
    const there = Object.entries(part).filter(([, value]) => value !== undefined);
    found.push({ id, ...(Object.fromEntries(there) as Omit<CargoStatus, 'id'>) });
  }
  return found;
}
