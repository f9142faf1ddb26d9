import type { RecordRef } from '#platform/auth.ts';
import type { Tx } from '#platform/db.ts';
import type { Amount, Consignment } from '#modules/rulebook/index.ts';
import type { Status } from './model.ts';
import { parcelFrom, recordOf } from './read.ts';
import * as store from './store-flows.ts';

/** What is known of a parcel without deciding it again: where it stands, its papers by number, its amounts. */
export interface Brief {
  readonly id: string;
  readonly declaration: string;
  readonly filer: string;
  readonly seller: readonly string[];
  readonly received: string;
  readonly status: Status;
  readonly since: string;
  /** By when the slips that it waits for are to be there. */
  readonly due: string | null;
  readonly outcome: string;
  readonly route: string | null;
  readonly missing: readonly string[];
  readonly value: Amount | null;
  readonly border: Amount | null;
  readonly secured: boolean;
  readonly pieces: number;
  readonly presented: number;
  readonly orders: readonly { readonly platform: string; readonly number: string }[];
  readonly waybills: readonly string[];
}

const numbers = ({ orders = [], transports = [] }: Consignment): Pick<Brief, 'orders' | 'waybills'> => ({
  orders: orders.map(({ platform, number }) => ({ platform, number })),
  waybills: [...new Set(transports.map(({ document }) => document))],
});

/** These parcels in brief, each with who stands around it; two statements however many there are. */
export async function briefsOf(
  tx: Tx,
  ids: readonly string[],
): Promise<Map<string, { readonly record: RecordRef; readonly brief: Brief }>> {
  const found = new Map<string, { record: RecordRef; brief: Brief }>();
  if (ids.length === 0) return found;
  for (const row of await store.parcelsBy(tx, ids)) {
    const parcel = parcelFrom(row);
    const { id, declaration, filer, received, status, since, outcome, route, secured, pieces, presented } = parcel;
    const record = recordOf(parcel);
    const brief: Brief = {
      id,
      declaration,
      filer,
      received,
      status,
      since,
      outcome,
      route,
      secured,
      pieces,
      presented,
      seller: record.parties.seller ?? [],
      due: null,
      missing: parcel.missing,
      value: parcel.acceptedValue ?? parcel.declaredValue,
      border: parcel.border,
      ...numbers(parcel.body),
    };
    found.set(id, { record, brief });
  }
  const rest = ids.filter((id) => !found.has(id));
  for (const row of rest.length === 0 ? [] : await store.waitingBy(tx, rest)) {
    const { id, declaration, filer, received, due } = row;
    const body = JSON.parse(row.body) as Consignment;
    const record = recordOf({ id, filer, desk: null, body });
    const brief: Brief = {
      id,
      declaration,
      filer,
      received,
      due,
      seller: record.parties.seller ?? [],
      status: 'waiting',
      since: received,
      outcome: 'waiting',
      route: null,
      missing: JSON.parse(row.missing) as string[],
      value: null,
      border: null,
      secured: false,
      presented: 0,
      pieces: (body.transports ?? []).reduce((sum, { pieces }) => sum + pieces.length, 0),
      ...numbers(body),
    };
    found.set(id, { record, brief });
  }
  return found;
}

/** What one provider says was paid for a parcel, as its declaration has it. */
export interface DeclaredPayment {
  readonly provider: string;
  readonly platform: string | null;
  readonly order: string;
  readonly amount: Amount;
}

/** The orders, payments and transports of these parcels, as their current declarations have them. */
export async function papersOf(
  tx: Tx,
  ids: readonly string[],
): Promise<Map<string, Pick<Consignment, 'orders' | 'payments' | 'transports'>>> {
  const rows = await store.bodiesBy(tx, ids);
  return new Map(rows.map(({ id, body }) => [id, JSON.parse(body) as Consignment]));
}

/** Every mark of these parcels, and what was paid for them, for whoever joins to them what others tell. */
export async function marksOf(
  tx: Tx,
  ids: readonly string[],
): Promise<Map<string, { readonly marks: store.ParcelMark[]; readonly payments: DeclaredPayment[] }>> {
  return new Map(
    [...(await papersOf(tx, ids))].map(([id, { orders = [], payments = [], transports = [] }]) => {
      const marks: store.ParcelMark[] = [
        ...orders.map(({ platform, number }) => ({ kind: 'order' as const, sender: platform, number })),
        ...transports.map(({ document }) => ({ kind: 'waybill' as const, sender: '', number: document })),
        ...transports.flatMap(({ pieces }) =>
          pieces.map(({ barcode }) => ({ kind: 'barcode' as const, sender: '', number: barcode })),
        ),
      ];
      const paid = payments.map(({ provider, order, amount }) => ({
        provider,
        platform: orders.find(({ number }) => number === order)?.platform ?? null,
        order,
        amount,
      }));
      return [id, { marks, payments: paid }];
    }),
  );
}
