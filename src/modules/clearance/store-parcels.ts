import { column, type Tx } from '#platform/db.ts';

export interface Moved {
  id: string;
  version: number;
  was: string;
  status: string;
  since: string;
  presented: number;
  pieces: number;
}

/**
 * Brings parcels to the state that their pieces, their control and their security allow: released when every piece is
 * presented, nothing holds them and the charges are paid or secured. The rows are locked first and counted afterwards,
 * so that two tallies of one parcel at the same moment see each other. A tally is looked up for each piece, which the
 * limit of one enforces: a plan that joins them reads a large tally from end to end. What is settled is looked up in a
 * hash, which a join with it becomes only where the planner guesses how many there are. Answers what changed.
 */
export async function moveParcels(tx: Tx, ids: readonly string[], at: string): Promise<Moved[]> {
  const list = column.uuid([...new Set(ids)].sort());
  await tx.query(
    `insert into clearance.parcels (id, version, status, since, presented)
     select d.id, d.version, d.status, d.received, 0 from unnest($1::uuid[]) as q(id)
      cross join lateral (select * from clearance.declarations x where x.id = q.id order by x.version limit 1) d
      order by d.id
     on conflict (id) do update set presented = parcels.presented`,
    [list],
  );
  return tx.query<Moved>(
    `with settled as materialized (select id, settled from treasury.settled($1::uuid[])),
     state as (
       select p.id, p.status as was, d.pieces, n.presented,
              p.status = 'cleared' and d.pieces > 0 and n.presented >= d.pieces and (d.secured or p.id in (select s.id from settled s where s.settled)) as go
         from clearance.parcels p
         join clearance.declarations d on d.id = p.id and d.version = p.version and d.id = any ($1::uuid[])
        cross join lateral (
          select count(distinct x.barcode)::int2 as presented
            from clearance.pieces x
           cross join lateral (select from clearance.tallies t where t.barcode = x.barcode limit 1) tallied
           where x.id = p.id) n
        where p.id = any ($1::uuid[])
     )
     update clearance.parcels p
        set presented = s.presented,
            status = case when s.go then 'released' else p.status end,
            since = case when s.go then $2::timestamptz else p.since end
       from state s where p.id = s.id and (s.go or p.presented <> s.presented)
     returning p.id, p.version, s.was, p.status, p.since, p.presented, s.pieces`,
    [list, at],
  );
}

/** Sets the state of parcels that a person decided on; the current version may change with it. */
export async function setStatus(
  tx: Tx,
  ids: readonly string[],
  status: string,
  at: string,
  version: number | null = null,
): Promise<{ id: string; version: number; status: string; since: string; presented: number }[]> {
  return tx.query(
    `insert into clearance.parcels (id, version, status, since, presented)
     select d.id, coalesce($4::int2, d.version), $2, $3::timestamptz, 0 from unnest($1::uuid[]) as q(id)
      cross join lateral (select * from clearance.declarations x where x.id = q.id order by x.version limit 1) d
      order by d.id
     on conflict (id) do update set status = excluded.status, since = excluded.since, version = coalesce($4::int2, parcels.version)
     returning id, version, status, since, presented`,
    [column.uuid([...ids].sort()), status, at, version],
  );
}

export interface Unsecured {
  id: string;
  filer: string;
  guarantor: string;
  currency: string;
  border_minor: bigint;
  day: string;
}

/**
 * Parcels among these that lack nothing but security for their charges. They stay as they are until the transaction
 * ends, so that no guarantee is claimed for one that is cancelled at this moment.
 */
export async function unsecuredAmong(tx: Tx, ids: readonly string[]): Promise<Unsecured[]> {
  return tx.query<Unsecured>(
    `select d.id, d.filer, coalesce(d.guarantor, d.declarant) as guarantor, d.currency, d.border_minor, d.day
       from clearance.parcels p join clearance.declarations d on d.id = p.id and d.version = p.version
       join treasury.settled($1::uuid[]) s on s.id = p.id
      where p.id = any($1::uuid[]) and p.status = 'cleared' and d.pieces > 0 and p.presented >= d.pieces
        and not d.secured and not s.settled
      order by p.id for update of p`,
    [column.uuid([...ids].sort())],
  );
}
