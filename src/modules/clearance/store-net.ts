import { column, type Tx } from '#platform/db.ts';

/** The version that stands of a parcel, with what its row says of it and where the parcel is. */
export interface NetRow {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly day: string;
  readonly declarant: string;
  readonly seller: string | null;
  readonly platform: string | null;
  readonly carrier: string | null;
  readonly route: string | null;
  readonly accepted: string | null;
  readonly body: string;
}

/**
 * The versions that stand of these parcels, of those that have left their first outcome: a parcel that never did was
 * not released. First and last id keep the days apart that none of them was filed on.
 */
export const netRows = (tx: Tx, ids: readonly string[]): Promise<NetRow[]> => {
  const sorted = [...ids].sort();
  return tx.query<NetRow>(
    `select d.id, d.version, p.status, d.day, d.declarant, d.seller, d.platform, d.carrier, d.route, d.accepted, d.body
       from clearance.parcels p
       join clearance.declarations d on d.id = p.id and d.version = p.version and d.id >= $2 and d.id <= $3
      where p.id = any($1::uuid[]) order by d.id`,
    [column.uuid(sorted), sorted[0], sorted.at(-1)],
  );
};

/** What came back of one line of a parcel, over all returns; weights as far as they were told. */
export interface ReturnedSum {
  readonly id: string;
  readonly line: number;
  readonly quantity: string;
  readonly value: bigint;
  readonly net: string;
  readonly gross: string;
}

export const returnedSums = (tx: Tx, ids: readonly string[]): Promise<ReturnedSum[]> =>
  tx.query<ReturnedSum>(
    `select id, line, sum(quantity)::text as quantity, sum(value_minor)::int8 as value,
            coalesce(sum(net_weight), 0)::text as net, coalesce(sum(gross_weight), 0)::text as gross
       from clearance.returned_lines where id = any($1::uuid[]) group by id, line`,
    [column.uuid([...ids])],
  );

/** Who declares in each of these parcels. */
export const declarantsOf = (tx: Tx, ids: readonly string[]): Promise<{ id: string; declarant: string }[]> =>
  tx.query(
    `select d.id, d.declarant from unnest($1::uuid[]) as u(id)
      cross join lateral (select x.id, x.declarant from clearance.declarations x where x.id = u.id
                           order by x.version desc limit 1) d`,
    [column.uuid([...ids])],
  );
