import { column, type Tx } from '#platform/db.ts';

export interface DepartureHead {
  id: string;
  filer: string;
  reference: string;
  manifest: string | null;
  place: string;
  departed: string;
  received: string;
  listed: Buffer;
}

/** Writes a departure's head; answers the one that stands already under this reference, if any. */
export async function writeDeparture(tx: Tx, head: DepartureHead): Promise<DepartureHead | undefined> {
  const written = await tx.query(
    `insert into clearance.departures (id, filer, reference, manifest, place, departed, received, listed)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (filer, reference) do nothing returning id`,
    [head.id, head.filer, head.reference, head.manifest, head.place, head.departed, head.received, head.listed],
  );
  if (written.length > 0) return undefined;
  const [standing] = await tx.query<DepartureHead>(
    `select id, filer, reference, manifest, place, departed, received, listed from clearance.departures
      where filer = $1 and reference = $2`,
    [head.filer, head.reference],
  );
  return standing;
}

/** The pieces that the operator names one by one. */
export const writePieces = (tx: Tx, departure: string, barcodes: readonly string[]): Promise<unknown> =>
  tx.query(
    `insert into clearance.departure_pieces (departure, barcode)
     select $1::uuid, barcode from unnest($2::text[]) as t(barcode) on conflict do nothing`,
    [departure, column.text([...barcodes])],
  );

/** All pieces of the master bill that have not left yet except the missing ones, and the extra ones besides. */
export const writePiecesExcept = (
  tx: Tx,
  departure: string,
  manifest: string,
  missing: readonly string[],
  extra: readonly string[],
): Promise<unknown> =>
  tx.query(
    `insert into clearance.departure_pieces (departure, barcode)
     select $1::uuid, barcode from clearance.manifest_pieces
      where manifest = $2 and barcode <> all ($3::text[]) and clearance.piece_left(barcode) is null
     union select $1::uuid, barcode from unnest($4::text[]) as t(barcode)
     on conflict do nothing`,
    [departure, manifest, column.text([...missing]), column.text([...extra])],
  );

/** Takes the next pieces of a departure that nobody has looked at; whoever works on it at this moment waits. */
export async function takePieces(tx: Tx, departure: string, limit: number): Promise<string[]> {
  const rows = await tx.query<{ barcode: string }>(
    `with head as (
       select id, worked from clearance.departures where id = $1 for update
     ), todo as (
       select t.barcode from head join clearance.departure_pieces t on t.departure = head.id and t.barcode > head.worked
        order by t.barcode limit $2
     ), done as (
       update clearance.departures d set worked = last.barcode
         from (select max(barcode) as barcode from todo) last where d.id = $1 and last.barcode is not null
     )
     select barcode from todo`,
    [departure, limit],
  );
  return rows.map(({ barcode }) => barcode);
}

export interface PieceStanding {
  barcode: string;
  /** Null where no declaration names the piece. */
  id: string | null;
  status: string | null;
  /** Whether an earlier departure took it away. */
  gone: boolean;
}

/**
 * How the parcels of these pieces stand. Their rows are locked first, so that nothing is put under control, cancelled
 * or sent away twice while it leaves. A parcel without a row has not left its first outcome.
 */
export async function pieceStandings(tx: Tx, departure: string, barcodes: readonly string[]): Promise<PieceStanding[]> {
  const list = column.text([...barcodes]);
  await tx.query(
    `select id from clearance.parcels
      where id in (select x.id from unnest($1::text[]) as q(barcode)
                     cross join lateral (select id from clearance.pieces p where p.barcode = q.barcode offset 0) x)
      order by id for update`,
    [list],
  );
  return tx.query<PieceStanding>(
    `select q.barcode, x.id, coalesce(p.status, d.status) as status,
            exists (select from clearance.departure_pieces t
                      join clearance.departures o on o.id = t.departure and t.barcode <= o.worked
                     where t.barcode = q.barcode and t.departure <> $1
                       and not exists (select from clearance.kept_back k
                                        where k.departure = t.departure and k.barcode = t.barcode)) as gone
       from unnest($2::text[]) as q(barcode)
       left join clearance.pieces x on x.barcode = q.barcode
       left join clearance.parcels p on p.id = x.id
       left join lateral (select v.status from clearance.declarations v
                           where v.id = x.id order by v.version limit 1) d on true`,
    [departure, list],
  );
}

export interface KeptBack {
  barcode: string;
  id: string | null;
  status: string | null;
}

/** Pieces that may not leave, with the status that forbids it. */
export const writeKeptBack = (tx: Tx, departure: string, kept: readonly KeptBack[], at: string): Promise<unknown> =>
  tx.query(
    `insert into clearance.kept_back (departure, barcode, id, status, at)
     select $1::uuid, barcode, id, status, $2::timestamptz
       from unnest($3::text[], $4::uuid[], $5::text[]) as t(barcode, id, status) on conflict do nothing`,
    [
      departure,
      at,
      column.text(kept.map(({ barcode }) => barcode)),
      column.uuid(kept.map(({ id }) => id)),
      column.text(kept.map(({ status }) => status)),
    ],
  );

export interface Leaving {
  id: string;
  version: number;
  status: string;
  since: string;
  presented: number;
  pieces: number;
  departed: number;
}

/** Parcels some of whose pieces left just now: those whose last piece did have left. */
export async function leaveParcels(tx: Tx, ids: readonly string[], at: string): Promise<Leaving[]> {
  return tx.query<Leaving>(
    `with state as (
       select q.id, n.pieces, n.departed, n.pieces = n.departed as whole
         from unnest($1::uuid[]) as q(id)
        cross join lateral (
          select count(*)::int4 as pieces, count(clearance.piece_left(x.barcode))::int4 as departed
            from clearance.pieces x where x.id = q.id offset 0) n
     ), moved as (
       update clearance.parcels p set status = 'left', since = $2::timestamptz
         from state s where p.id = s.id and s.whole and p.status = 'released'
       returning p.id, p.version, p.status, p.since, p.presented
     )
     select p.id, p.version, coalesce(m.status, p.status) as status, coalesce(m.since, p.since) as since, p.presented,
            s.pieces, s.departed
       from state s join clearance.parcels p on p.id = s.id left join moved m on m.id = s.id order by s.id`,
    [column.uuid([...new Set(ids)].sort()), at],
  );
}

/** Ends a departure; false when it was ended before. */
export async function finishDeparture(tx: Tx, id: string, at: string): Promise<boolean> {
  const ended = await tx.query(
    'update clearance.departures set finished = $2 where id = $1 and finished is null returning id',
    [id, at],
  );
  return ended.length > 0;
}

export const unfinishedDepartures = (tx: Tx): Promise<{ id: string }[]> =>
  tx.query('select id from clearance.departures where finished is null order by id limit 100');

export interface DepartureRead {
  id: string;
  filer: string;
  reference: string;
  master: string | null;
  carrier: string | null;
  place: string;
  departed: string;
  received: string;
  finished: string | null;
  pieces: number;
  handled: number;
  kept: number;
  parcels: number;
}

/** A departure with how far it has come. */
export async function departureOf(tx: Tx, id: string): Promise<DepartureRead | undefined> {
  const [row] = await tx.query<DepartureRead>(
    `select d.id, d.filer, d.reference, m.master, m.filer as carrier, d.place, d.departed, d.received, d.finished,
            n.pieces, n.handled, n.parcels,
            (select count(*)::int4 from clearance.kept_back k where k.departure = d.id) as kept
       from clearance.departures d left join clearance.manifests m on m.id = d.manifest
      cross join lateral (
        select count(distinct t.barcode)::int4 as pieces,
               (count(distinct t.barcode) filter (where t.barcode <= d.worked))::int4 as handled,
               (count(distinct x.id) filter (where p.status = 'left'))::int4 as parcels
          from clearance.departure_pieces t left join clearance.pieces x on x.barcode = t.barcode
          left join clearance.parcels p on p.id = x.id
         where t.departure = d.id) n
      where d.id = $1`,
    [id],
  );
  return row;
}

/** How many pieces a departure names. */
export async function pieceCount(tx: Tx, id: string): Promise<number> {
  const [row] = await tx.query<{ pieces: number }>(
    'select count(*)::int4 as pieces from clearance.departure_pieces where departure = $1',
    [id],
  );
  return row!.pieces;
}

/** The pieces that a departure kept back, by their barcodes. */
export const keptBackOf = (tx: Tx, departure: string, limit: number): Promise<KeptBack[]> =>
  tx.query('select barcode, id, status from clearance.kept_back where departure = $1 order by barcode limit $2', [
    departure,
    limit,
  ]);

/** Departures of these operators, or under master bills of these carriers; of everybody where none are named. */
const concerns = `($1::text[] is null or d.filer = any ($1::text[]) or m.filer = any ($1::text[]))`;

export interface DepartureListed {
  id: string;
  reference: string;
  filer: string;
  carrier: string | null;
  master: string | null;
  place: string;
  departed: string;
  pieces: number;
  kept: number;
}

/** Departures, newest first, beginning before one. */
export const listDepartures = (
  tx: Tx,
  parties: readonly string[] | null,
  before: string | null,
  limit: number,
): Promise<DepartureListed[]> =>
  tx.query(
    `select d.id, d.reference, d.filer, m.filer as carrier, m.master, d.place, d.departed,
            (select count(*)::int4 from clearance.departure_pieces t where t.departure = d.id) as pieces,
            (select count(*)::int4 from clearance.kept_back k where k.departure = d.id) as kept
       from clearance.departures d left join clearance.manifests m on m.id = d.manifest
      where ${concerns} and ($2::uuid is null or d.id < $2) order by d.id desc limit $3`,
    [parties === null ? null : column.text([...parties]), before, limit],
  );

export interface KeptBackListed {
  departure: string;
  barcode: string;
  id: string | null;
  /** How its parcel stands now; null where no declaration names the piece. */
  status: string | null;
  at: string;
  place: string;
  filer: string;
  carrier: string | null;
}

/**
 * The last pieces that were to leave and were kept back, as far as they still wait: those that left since, and those
 * whose parcel will not leave any more, are done with.
 */
export const stillKeptBack = (tx: Tx, parties: readonly string[] | null, limit: number): Promise<KeptBackListed[]> =>
  tx.query(
    `select distinct on (k.barcode) k.departure, k.barcode, x.id, coalesce(p.status, v.status) as status, k.at, d.place,
            d.filer, m.filer as carrier
       from (select * from clearance.kept_back order by departure desc limit 1000) k
       join clearance.departures d on d.id = k.departure
       left join clearance.manifests m on m.id = d.manifest
       left join lateral (select id from clearance.pieces q where q.barcode = k.barcode order by id desc limit 1) x on true
       left join clearance.parcels p on p.id = x.id
       left join lateral (select w.status from clearance.declarations w
                           where w.id = x.id order by w.version limit 1) v on true
      where ${concerns} and clearance.piece_left(k.barcode) is null
        and coalesce(p.status, v.status, '') not in ('cancelled', 'abandoned', 'returned', 'left')
      order by k.barcode, k.departure desc limit $2`,
    [parties === null ? null : column.text([...parties]), limit],
  );
