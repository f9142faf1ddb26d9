import { column, type Tx } from '#platform/db.ts';

/** One piece of a parcel as it stands, with what the parcel may come to. */
export interface MovingPiece {
  readonly barcode: string;
  readonly id: string;
  readonly filer: string;
  readonly declarant: string;
  readonly movement: string;
  readonly status: string;
  readonly currency: string | null;
  /** Charges at the border and value declared, in minor units of the currency. */
  readonly border_minor: bigint;
  readonly value_minor: bigint;
  /** How many pieces the parcel has, and which of them this one is, from 0 in the order of their barcodes. */
  readonly pieces: number;
  readonly place: number;
}

/**
 * The pieces behind these barcodes, the newest parcel of each first: for whoever moves goods between two offices.
 * A barcode that nobody has declared has no row, and nor has one whose parcel is archived or waits for its slips.
 */
export const movingPieces = (tx: Tx, barcodes: readonly string[]): Promise<MovingPiece[]> =>
  tx.query(
    `select x.barcode, x.id, d.filer, d.declarant, d.movement, coalesce(p.status, d.status) as status, d.currency,
            d.border_minor, coalesce(d.accepted_value_minor, d.declared_value_minor, 0) as value_minor, d.pieces,
            (select count(*) from clearance.pieces y where y.id = x.id and y.barcode < x.barcode)::int as place
       from unnest($1::text[]) as q(barcode)
      cross join lateral (select * from clearance.pieces z where z.barcode = q.barcode offset 0) x
       left join clearance.parcels p on p.id = x.id
      cross join lateral (
        select * from clearance.declarations v where v.id = x.id and v.version = coalesce(p.version, 1) limit 1
      ) d
      order by x.barcode, x.id desc`,
    [column.text([...barcodes])],
  );

/** The pieces of a master bill that was handed in, by their barcodes; none where there is no such bill. */
export const piecesOfMaster = async (tx: Tx, master: string): Promise<string[]> =>
  (
    await tx.query<{ barcode: string }>(
      `select p.barcode from clearance.manifests m join clearance.manifest_pieces p on p.manifest = m.id
        where m.master = $1 order by p.barcode`,
      [master],
    )
  ).map(({ barcode }) => barcode);

/** The parcels that each of these pieces belongs to; a piece without data has one row without a parcel. */
export const parcelsOfPieces = (
  tx: Tx,
  barcodes: readonly string[],
): Promise<{ barcode: string; id: string | null }[]> =>
  tx.query(
    `select q.barcode, p.id from unnest($1::text[]) as q(barcode) left join clearance.pieces p on p.barcode = q.barcode`,
    [column.text([...barcodes])],
  );

/** Ends the way through of those among these parcels that were released for it; answers the rows as they stand now. */
export const endTransit = (
  tx: Tx,
  ids: readonly string[],
  at: string,
): Promise<{ id: string; version: number; status: string; since: string; presented: number }[]> =>
  tx.query(
    `update clearance.parcels p set status = 'left', since = $2::timestamptz
      where p.id = any ($1::uuid[]) and p.status = 'released'
        and exists (
          select from clearance.declarations d where d.id = p.id and d.version = p.version and d.movement = 'transit'
        )
     returning p.id, p.version, p.status, p.since, p.presented`,
    [column.uuid([...ids].sort()), at],
  );
