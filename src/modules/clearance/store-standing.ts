import { column, type Tx } from '#platform/db.ts';

/** Who stands around one version of a parcel, as far as its row says, and what was found wrong with it. */
export interface StandingRow {
  readonly place: number;
  readonly id: string;
  readonly declaration: string;
  readonly filer: string;
  readonly desk: string | null;
  readonly checks: string;
  readonly missing: string;
  readonly declarant: string | null;
  readonly importer: string | null;
  readonly seller: string | null;
  readonly place_operator: string | null;
  readonly postal_operator: string | null;
  readonly guarantor: string | null;
  readonly carrier: string | null;
  readonly platform: string | null;
  /** The document, where it may name further sellers, carriers or platforms than the row. */
  readonly body: string | null;
}

/**
 * The rows of these parcels' versions, by their place in the question. A row names the first of several orders and
 * transport documents; a document that says a seller, carrier or platform beside those is given whole. A look at the
 * text is cheaper than taking every document apart.
 */
export const standingRows = (
  tx: Tx,
  parcels: readonly { readonly id: string; readonly version: number }[],
): Promise<StandingRow[]> =>
  tx.query<StandingRow>(
    `select u.place::int as place, u.id, d.declaration, d.filer, d.desk, d.checks, d.missing, d.declarant, d.importer,
            d.seller, d.place_operator, d.postal_operator, d.guarantor, d.carrier, d.platform,
            case when replace(replace(replace(d.body,
                   '"seller":"' || coalesce(d.seller, '') || '"', ''),
                   '"carrier":"' || coalesce(d.carrier, '') || '"', ''),
                   '"platform":"' || coalesce(d.platform, '') || '"', '')
                 ~ '"(seller|carrier|platform)"|\\\\u00' then d.body end as body
       from unnest($1::uuid[], $2::int2[]) with ordinality as u(id, version, place)
      cross join lateral (select * from clearance.declarations f
        where f.id = u.id and f.version <= u.version order by f.version desc limit 1) d`,
    [column.uuid(parcels.map(({ id }) => id)), column.int2(parcels.map(({ version }) => version))],
  );

/** Parcels among these that were handed in and have no decision, or had none when something happened to them. */
export const waitingStanding = (
  tx: Tx,
  ids: readonly string[],
): Promise<{ id: string; declaration: string; filer: string; missing: string; body: string }[]> =>
  tx.query(
    `select w.id, w.declaration, w.filer, w.missing, w.body from unnest($1::uuid[]) as u(id)
      cross join lateral (select * from clearance.waiting f where f.id = u.id limit 1) w`,
    [column.uuid([...ids])],
  );
