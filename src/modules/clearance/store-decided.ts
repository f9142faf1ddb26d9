import { column, type Tx } from '#platform/db.ts';
import { type Status } from './model.ts';

/** A parcel that was decided with an order or a transport document, as it stands. */
export interface DecidedParcel {
  readonly id: string;
  readonly status: Status;
  readonly day: string;
  /** Account figures it was decided on, as JSON. */
  readonly accounts: string;
  /** The bytes received. */
  readonly body: string;
}

type Key = readonly [first: string, second: string];

/**
 * The parcels that were decided with these orders (platform, number) or transport documents (carrier, document), for
 * whoever holds slips of the same ones. Decided means decided for good: what the filer was asked to hand in anew is
 * not among them.
 */
export async function decidedWith(
  tx: Tx,
  orders: readonly Key[],
  transports: readonly Key[],
): Promise<(DecidedParcel & { kind: 'order' | 'transport'; first: string; second: string })[]> {
  return tx.query(
    `with named as (
       select 'order' as kind, o.platform as first, o.number as second, o.id
         from unnest($1::text[], $2::text[]) as i(platform, number)
         join clearance.orders o on o.platform = i.platform and o.number = i.number
       union all
       select 'transport', i.carrier, i.document, p.id
         from unnest($3::text[], $4::text[]) as i(carrier, document)
        cross join lateral (
          select x.id from clearance.pieces x where x.document = i.document and x.document <> x.barcode and x.carrier = i.carrier
          union
          select x.id from clearance.pieces x where x.barcode = i.document and x.document = i.document and x.carrier = i.carrier
        ) p
     )
     select n.kind, n.first, n.second, d.id, d.status, d.day, d.accounts, d.body
       from named n cross join lateral (select * from clearance.declarations v where v.id = n.id order by v.version desc limit 1) d
      where d.status <> 'lodged' order by d.id`,
    [
      column.text(orders.map(([platform]) => platform)),
      column.text(orders.map(([, number]) => number)),
      column.text(transports.map(([carrier]) => carrier)),
      column.text(transports.map(([, document]) => document)),
    ],
  );
}
