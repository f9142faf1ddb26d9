import type { Tx } from '#platform/db.ts';

/** A stored version with the parcel's present state beside it, as the database gives it. */
export interface ParcelRow {
  id: string;
  version: number;
  filer: string;
  declaration: string;
  received: string;
  day: string;
  exported: string | null;
  status: string;
  since: string;
  presented: number;
  pieces: number;
  outcome: string;
  route: string | null;
  desk: string | null;
  secured: boolean;
  currency: string | null;
  declared_value_minor: bigint | null;
  accepted_value_minor: bigint | null;
  border_minor: bigint;
  pack: string;
  pack_version: string;
  epoch: bigint;
  engine: number;
  digest: Buffer;
  accounts: string;
  checks: string;
  missing: string;
  charges: string;
  accepted: string | null;
  decided_by: string;
  body: string;
}

export const columns = `d.id, d.version, d.filer, d.declaration, d.received, d.day, coalesce(p.status, d.status) as status,
  coalesce(p.since, d.received) as since, coalesce(p.presented, 0::int2) as presented, d.pieces, d.outcome, d.route, d.desk,
  d.secured, d.currency, case when d.nature = 'return' then (
    select r.exported from clearance.returned_exports r where r.id = d.id) end as exported, d.declared_value_minor, d.accepted_value_minor, d.border_minor, d.pack, d.pack_version, d.epoch,
  d.engine, d.digest, d.accounts, d.checks, d.missing, d.charges, d.accepted, d.decided_by, d.body`;

/** The current version of a parcel. */
export async function parcelOf(tx: Tx, id: string): Promise<ParcelRow | undefined> {
  const rows = await tx.query<ParcelRow>(
    `select ${columns} from clearance.declarations d left join clearance.parcels p on p.id = d.id
      where d.id = $1 order by d.version desc limit 1`,
    [id],
  );
  return rows[0];
}

/** Every version of a parcel, oldest first. */
export async function versionsOf(tx: Tx, id: string): Promise<ParcelRow[]> {
  return tx.query<ParcelRow>(
    `select ${columns} from clearance.declarations d left join clearance.parcels p on p.id = d.id
      where d.id = $1 order by d.version`,
    [id],
  );
}

export interface WaitingRead {
  id: string;
  filer: string;
  declaration: string;
  seller: string | null;
  received: string;
  due: string | null;
  missing: string;
  snapshot: string;
  body: string;
}

/** Slips without a decision: those that wait, and those that were cancelled while they did. */
export async function waitingOf(tx: Tx, id: string): Promise<WaitingRead | undefined> {
  const rows = await tx.query<WaitingRead>(
    `select id, filer, declaration, seller, received, due, missing, snapshot, body from clearance.waiting w
      where id = $1 and (decided is null or exists (${cancelledWaiting}))`,
    [id],
  );
  return rows[0];
}

const cancelledWaiting = 'select 1 from clearance.cancellations c where c.id = w.id and c.waited';

export interface ListFilter {
  /** Registered identifiers as whom the reader may look; null for an authority that may see every parcel. */
  parties: readonly string[] | null;
  status: string | null;
  order: string | null;
  from: string | null;
  until: string | null;
  before: string | null;
  limit: number;
}

export interface ListRow {
  id: string;
  declaration: string;
  received: string;
  status: string;
  since: string;
  outcome: string;
  route: string | null;
  filer: string;
  seller: string | null;
  currency: string | null;
  value_minor: bigint | null;
  border_minor: bigint;
  secured: boolean;
  pieces: number;
  presented: number;
  desk: string | null;
}

/** One page of parcels, newest first, of those that one of these parties filed or sold. */
export async function listParcels(tx: Tx, filter: ListFilter): Promise<ListRow[]> {
  return tx.query<ListRow>(
    `with mine as (
       select d.* from clearance.declarations d
        where d.version = 1
          and ($1::text[] is null or d.filer = any($1) or d.seller = any($1))
          and ($2::uuid is null or d.id < $2)
          and ($3::date is null or d.day >= $3)
          and ($4::date is null or d.day < $4)
          and ($5::text is null or d.id in (select o.id from clearance.orders o where o.number = $5))
     ), page as (
       select d.id, d.declaration, d.received, coalesce(p.status, d.status) as status, coalesce(p.since, d.received) as since,
              coalesce(p.version, d.version) as version, d.filer, d.seller, coalesce(p.presented, 0::int2) as presented
         from mine d left join clearance.parcels p on p.id = d.id
        where ($6::text is null or coalesce(p.status, d.status) = $6)
        order by d.id desc limit $7
     )
     select d.id, d.declaration, d.received, d.status, d.since, v.outcome, v.route, d.filer, d.seller, v.currency,
            coalesce(v.accepted_value_minor, v.declared_value_minor) as value_minor, v.border_minor, v.secured, v.pieces,
            d.presented, v.desk
       from page d
      cross join lateral (select * from clearance.declarations x where x.id = d.id and x.version = d.version limit 1) v
      order by d.id desc`,
    [filter.parties, filter.before, filter.from, filter.until, filter.order, filter.status, filter.limit],
  );
}

export interface WaitingListed {
  id: string;
  declaration: string;
  received: string;
  due: string | null;
  missing: string;
  filer: string;
  seller: string | null;
}

/** The newest slips without a decision: those that wait, or those that were cancelled while they did. */
export async function listWaiting(
  tx: Tx,
  parties: readonly string[] | null,
  status: 'waiting' | 'cancelled',
  limit: number,
): Promise<WaitingListed[]> {
  const which = status === 'waiting' ? 'decided is null' : `exists (${cancelledWaiting})`;
  return tx.query<WaitingListed>(
    `select id, declaration, received, due, missing, filer, seller from clearance.waiting w
      where ${which} and ($1::text[] is null or filer = any($1) or seller = any($1))
      order by id desc limit $2`,
    [parties, limit],
  );
}

/** Parcels by their present status: what stands now, not what happened. */
export async function statusCounts(
  tx: Tx,
  parties: readonly string[] | null,
): Promise<{ status: string; count: bigint }[]> {
  return tx.query<{ status: string; count: bigint }>(
    `select status, count(*) as count from (
       select coalesce(p.status, d.status) as status
         from clearance.declarations d left join clearance.parcels p on p.id = d.id
        where d.version = 1 and ($1::text[] is null or d.filer = any($1) or d.seller = any($1))
       union all
       select 'waiting' from clearance.waiting where decided is null and ($1::text[] is null or filer = any($1) or seller = any($1))
       union all
       select 'cancelled' from clearance.cancellations c join clearance.waiting w on w.id = c.id
        where c.waited and ($1::text[] is null or w.filer = any($1) or w.seller = any($1))
     ) t group by status`,
    [parties],
  );
}

export interface PieceRead {
  barcode: string;
  document: string;
  weight: string | null;
  manifest: string | null;
  master: string | null;
  tallied: string | null;
  place: string | null;
  operator: string | null;
}

/** Each piece of a parcel with the manifest that announced it and the tally that found it. */
export async function piecesOf(tx: Tx, id: string): Promise<PieceRead[]> {
  return tx.query<PieceRead>(
    `select p.barcode, p.document, p.weight, m.id as manifest, m.master, a.landed as tallied, a.place, a.filer as operator
       from clearance.pieces p
       left join lateral (select mp.manifest from clearance.manifest_pieces mp where mp.barcode = p.barcode limit 1) mp on true
       left join clearance.manifests m on m.id = mp.manifest
       left join lateral (
         select a.landed, a.place, a.filer from clearance.tallies t join clearance.arrivals a on a.id = t.arrival
          where t.barcode = p.barcode order by a.landed limit 1) a on true
      where p.id = $1 order by p.barcode`,
    [id],
  );
}

/** Complete tallies of the manifests on which a parcel's pieces stand: a piece missing from one is short-landed. */
export async function completeArrivalsOf(
  tx: Tx,
  id: string,
): Promise<{ barcode: string; landed: string; operator: string; place: string }[]> {
  return tx.query(
    `select distinct on (p.barcode) p.barcode, a.landed, a.filer as operator, a.place
       from clearance.pieces p
       join clearance.manifest_pieces mp on mp.barcode = p.barcode
       join clearance.arrivals a on a.manifest = mp.manifest and a.complete
      where p.id = $1 and not exists (select 1 from clearance.tallies t where t.barcode = p.barcode)
      order by p.barcode, a.landed`,
    [id],
  );
}

/** Identifiers of parcels that carry this waybill, order or barcode. */
export async function findParcels(tx: Tx, mark: string): Promise<{ id: string }[]> {
  return tx.query(
    `select id from clearance.pieces where document = $1 and document <> barcode
     union select id from clearance.orders where number = $1
     union select id from clearance.pieces where barcode = $1
     union select id from clearance.keys where declaration = $1 limit 20`,
    [mark],
  );
}

/** Parcels with a piece in this container, by the carriers' manifests, in which one of these parties stands. */
export async function inContainer(
  tx: Tx,
  container: string,
  parties: readonly string[] | null,
): Promise<{ id: string }[]> {
  return tx.query(
    `select distinct d.id
       from clearance.manifest_containers c
       join clearance.manifest_pieces m on m.manifest = c.manifest and m.house = c.house
       join clearance.pieces p on p.barcode = m.barcode
       join clearance.declarations d on d.id = p.id
        and ($2::text[] is null or array[d.filer, d.declarant, d.seller, d.platform, d.carrier] && $2::text[])
      where c.container = $1 order by d.id limit 100`,
    [container, parties],
  );
}
