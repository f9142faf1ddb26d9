import { column, type Tx } from '#platform/db.ts';

export interface ArrivalHead {
  id: string;
  filer: string;
  reference: string;
  manifest: string | null;
  place: string;
  landed: string;
  received: string;
  complete: boolean;
  digest: Buffer;
}

/** Writes an arrival's head; answers the one that stands already under this reference, if any. */
export async function writeArrival(tx: Tx, head: ArrivalHead): Promise<{ id: string; digest: Buffer } | undefined> {
  const written = await tx.query(
    `insert into clearance.arrivals (id, filer, reference, manifest, place, landed, received, complete, digest)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (filer, reference) do nothing returning id`,
    [
      head.id,
      head.filer,
      head.reference,
      head.manifest,
      head.place,
      head.landed,
      head.received,
      head.complete,
      head.digest,
    ],
  );
  if (written.length > 0) return undefined;
  const standing = await tx.query<{ id: string; digest: Buffer }>(
    `select id, digest from clearance.arrivals where filer = $1 and reference = $2`,
    [head.filer, head.reference],
  );
  return standing[0];
}

/** The pieces an operator scanned. */
export async function writeTallies(tx: Tx, arrival: string, barcodes: readonly string[]): Promise<void> {
  await tx.query(
    `insert into clearance.tallies (arrival, barcode) select $1::uuid, barcode from unnest($2::text[]) as t(barcode) on conflict do nothing`,
    [arrival, column.text([...barcodes])],
  );
}

/**
 * All pieces of the master bill except the missing ones, and the extra ones besides; what was tallied before is left
 * out.
 */
export async function writeTalliesExcept(
  tx: Tx,
  arrival: string,
  manifest: string,
  missing: readonly string[],
  extra: readonly string[],
): Promise<void> {
  await tx.query(
    `insert into clearance.tallies (arrival, barcode)
     select $1::uuid, barcode from clearance.manifest_pieces
      where manifest = $2 and barcode <> all ($3::text[])
        and not exists (select 1 from clearance.tallies t where t.barcode = manifest_pieces.barcode)
     union select $1::uuid, barcode from unnest($4::text[]) as t(barcode)
     on conflict do nothing`,
    [arrival, manifest, column.text([...missing]), column.text([...extra])],
  );
}

/**
 * Lets this transaction plan its statements for the arrays it really brings. A plan kept from the days when the tables
 * were empty reads them from end to end, and planning costs nothing beside two thousand parcels.
 */
export async function planAfresh(tx: Tx): Promise<void> {
  await tx.query(
    `select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)`,
  );
}

/**
 * Takes the next pieces of a tally that nobody has looked at, with the parcels they belong to. Whoever works on the
 * same arrival at this moment waits for the end of this transaction and goes on behind it.
 */
export async function takeTallies(
  tx: Tx,
  arrival: string,
  limit: number,
): Promise<{ barcode: string; id: string | null }[]> {
  return tx.query(
    `with head as (
       select id, worked from clearance.arrivals where id = $1 for update
     ), todo as (
       select t.barcode from head join clearance.tallies t on t.arrival = head.id and t.barcode > head.worked
        order by t.barcode limit $2
     ), done as (
       update clearance.arrivals a set worked = last.barcode
         from (select max(barcode) as barcode from todo) last where a.id = $1 and last.barcode is not null
     )
     select todo.barcode, p.id from todo left join clearance.pieces p on p.barcode = todo.barcode`,
    [arrival, limit],
  );
}

/** Pieces that landed without any data, written once each. */
export async function writeOverlanded(
  tx: Tx,
  arrival: string,
  at: string,
  pieces: readonly { id: string; barcode: string }[],
): Promise<{ id: string; barcode: string }[]> {
  return tx.query(
    `insert into clearance.overlanded (id, barcode, arrival, at)
     select id, barcode, $1::uuid, $2::timestamptz from unnest($3::uuid[], $4::text[]) as t(id, barcode)
     on conflict (barcode) do nothing returning id, barcode`,
    [arrival, at, column.uuid(pieces.map((piece) => piece.id)), column.text(pieces.map((piece) => piece.barcode))],
  );
}

/** The barcode of a piece that landed without data, by the id under which its disposal case stands. */
export async function overlandedBarcode(tx: Tx, id: string): Promise<string | undefined> {
  const [row] = await tx.query<{ barcode: string }>('select barcode from clearance.overlanded where id = $1', [id]);
  return row?.barcode;
}

/** Parcels among these whose pieces were tallied before the declaration came. */
export async function talliedAmong(tx: Tx, ids: readonly string[]): Promise<{ id: string; barcode: string }[]> {
  return tx.query(
    `select p.id, p.barcode
       from unnest($1::uuid[]) as q(id)
      cross join lateral (select x.id, x.barcode from clearance.pieces x where x.id = q.id offset 0) p
      where exists (select 1 from clearance.tallies t where t.barcode = p.barcode)`,
    [column.uuid([...ids])],
  );
}

/** A piece without data whose declaration came after all: names the parcel, so that its disposal case can be closed. */
export async function declareOverlanded(
  tx: Tx,
  pairs: readonly { id: string; barcode: string }[],
): Promise<{ id: string; declared: string }[]> {
  return tx.query(
    `update clearance.overlanded o set declared = t.id from unnest($1::uuid[], $2::text[]) as t(id, barcode)
      where o.barcode = t.barcode and o.declared is null returning o.id, o.declared`,
    [column.uuid(pairs.map((pair) => pair.id)), column.text(pairs.map((pair) => pair.barcode))],
  );
}

/** Pieces of a master bill that no tally has found, by their barcodes, beginning after one. */
export async function shortLanded(
  tx: Tx,
  manifest: string,
  after: string,
  limit: number,
): Promise<{ barcode: string; id: string | null }[]> {
  return tx.query(
    `select mp.barcode, p.id from clearance.manifest_pieces mp left join clearance.pieces p on p.barcode = mp.barcode
      where mp.manifest = $1 and mp.barcode > $2
        and not exists (select 1 from clearance.tallies t where t.barcode = mp.barcode)
      order by mp.barcode limit $3`,
    [manifest, after, limit],
  );
}

/** Ends an arrival; false when it was ended before. */
export async function finishArrival(tx: Tx, id: string, at: string): Promise<boolean> {
  const ended = await tx.query(
    `update clearance.arrivals set finished = $2 where id = $1 and finished is null returning id`,
    [id, at],
  );
  return ended.length > 0;
}

export async function unfinishedArrivals(tx: Tx): Promise<{ id: string }[]> {
  return tx.query(`select id from clearance.arrivals where finished is null order by id limit 100`);
}

export interface ArrivalRead {
  id: string;
  filer: string;
  reference: string;
  manifest: string | null;
  master: string | null;
  carrier: string | null;
  place: string;
  landed: string;
  received: string;
  complete: boolean;
  finished: string | null;
}

export async function arrivalOf(tx: Tx, id: string): Promise<ArrivalRead | undefined> {
  const rows = await tx.query<ArrivalRead>(
    `select a.*, m.master, m.filer as carrier from clearance.arrivals a
       left join clearance.manifests m on m.id = a.manifest where a.id = $1`,
    [id],
  );
  return rows[0];
}

/** What became of the parcels of an arrival's pieces. An archived parcel was at rest: whole, and paid or secured. */
export async function arrivalCounts(
  tx: Tx,
  id: string,
): Promise<{ status: string; complete: boolean; secured: boolean; count: bigint }[]> {
  return tx.query(
    `with mine as (
       select distinct p.id from clearance.tallies t join clearance.pieces p on p.barcode = t.barcode where t.arrival = $1
     )
     select s.status, coalesce(s.presented >= d.pieces, true) as complete,
            coalesce(d.secured, true) or coalesce(z.settled, false) as secured, count(*) as count
       from mine join clearance.parcels s on s.id = mine.id
       left join clearance.declarations d on d.id = s.id and d.version = s.version
       left join treasury.settled(array(select id from mine)) z on z.id = s.id
      group by 1, 2, 3`,
    [id],
  );
}

export async function overlandedOf(tx: Tx, arrival: string): Promise<{ id: string; barcode: string }[]> {
  return tx.query(`select id, barcode from clearance.overlanded where arrival = $1 order by barcode limit 1000`, [
    arrival,
  ]);
}

/** How many pieces an arrival's tally has, and how many of them have been looked at. */
export async function talliesOf(tx: Tx, arrival: string): Promise<{ tallied: number; handled: number }> {
  const rows = await tx.query<{ tallied: number; handled: number }>(
    `select count(*)::int as tallied, (count(*) filter (where t.barcode <= a.worked))::int as handled
       from clearance.arrivals a join clearance.tallies t on t.arrival = a.id where a.id = $1`,
    [arrival],
  );
  return rows[0]!;
}

export interface ScanRead {
  barcode: string;
  id: string;
  /** Null for a parcel that is archived and never landed. */
  status: string | null;
  pieces: number | null;
  presented: number;
}

/** What stands behind one barcode at the gate; of a parcel that is archived, what stands of it in the projection. */
export async function scanOf(tx: Tx, barcode: string): Promise<ScanRead[]> {
  return tx.query<ScanRead>(
    `select x.barcode, x.id, coalesce(p.status, d.status) as status, coalesce(d.pieces, p.presented) as pieces,
            coalesce(p.presented, 0::int2) as presented
       from clearance.pieces x
       left join lateral (select * from clearance.declarations v where v.id = x.id order by v.version desc limit 1) d on true
       left join clearance.parcels p on p.id = x.id
      where x.barcode = $1`,
    [barcode],
  );
}
