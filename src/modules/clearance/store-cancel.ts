import { column, type Tx } from '#platform/db.ts';
import type { Ground } from './cancel-model.ts';

/** A cancellation as it is kept. */
export interface CancellationRow {
  readonly id: string;
  /** The version that was cancelled. */
  readonly version: number;
  /** Whether its slips were still waiting for others, without a decision. */
  readonly waited: boolean;
  readonly at: string;
  /** The party that cancelled, and the subject that did it for it. */
  readonly party: string;
  readonly by: string;
  readonly ground: Ground;
  readonly reason: string;
}

export async function cancellationOf(tx: Tx, id: string): Promise<CancellationRow | undefined> {
  const [row] = await tx.query<CancellationRow>(
    'select id, version, waited, at, party, by, ground, reason from clearance.cancellations where id = $1',
    [id],
  );
  return row;
}

export async function writeCancellation(tx: Tx, row: CancellationRow): Promise<void> {
  await tx.query(
    `insert into clearance.cancellations (id, version, waited, at, party, by, ground, reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [row.id, row.version, row.waited, row.at, row.party, row.by, row.ground, row.reason],
  );
}

/** A row of the projection as a cancellation has left it. */
export interface Cancelled {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly since: string;
  readonly presented: number;
}

const moved = 'returning id, version, status, since, presented';

/**
 * Ends the waiting of slips that have no decision; undefined where none wait under this id. Whoever decides them holds
 * the same row, so that one of the two comes first.
 */
export async function cancelWaiting(tx: Tx, id: string, at: string): Promise<Cancelled | undefined> {
  const [row] = await tx.query<Cancelled>(
    `with ended as (
       update clearance.waiting set decided = $2::timestamptz where id = $1 and decided is null returning id
     )
     insert into clearance.parcels (id, version, status, since, presented)
     select id, 1, 'cancelled', $2::timestamptz, 0 from ended ${moved}`,
    [id, at],
  );
  return row;
}

/**
 * Cancels a parcel that is cleared at this moment; undefined where it stands otherwise. Whoever releases it holds the
 * same row of the projection, which is made here when the parcel never left its first outcome.
 */
export async function cancelCleared(tx: Tx, id: string, at: string): Promise<Cancelled | undefined> {
  const [row] = await tx.query<Cancelled>(
    `insert into clearance.parcels (id, version, status, since, presented)
     select d.id, d.version, 'cancelled', $2::timestamptz, 0
       from (select * from clearance.declarations x where x.id = $1 order by x.version limit 1) d
      where d.status = 'cleared' or exists (select 1 from clearance.parcels p where p.id = d.id)
     on conflict (id) do update set status = excluded.status, since = excluded.since where parcels.status = 'cleared'
     ${moved}`,
    [id, at],
  );
  return row;
}

/** Those of these parcels that are cancelled. All stay as they are until the transaction ends. */
export async function cancelledAmong(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string; status: string }>(
    'select id, status from clearance.parcels where id = any($1::uuid[]) order by id for update',
    [column.uuid([...ids])],
  );
  return rows.flatMap(({ id, status }) => (status === 'cancelled' ? [id] : []));
}

/** Cancelled parcels that carry a piece which one of these parcels carries too. */
export async function cancelledBeside(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select distinct c.id
       from unnest($1::uuid[]) as q(id)
       join clearance.pieces p on p.id = q.id
       join clearance.pieces o on o.barcode = p.barcode and o.id <> p.id
       join clearance.parcels c on c.id = o.id and c.status = 'cancelled'`,
    [column.uuid([...ids])],
  );
  return rows.map(({ id }) => id);
}

/**
 * Those of these cancelled parcels of which a piece has landed that no other declaration covers. Goods that were to be
 * exported and stay are at home.
 */
export async function landedUncovered(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select distinct p.id from clearance.pieces p
      where p.id = any($1::uuid[])
        and exists (select 1 from clearance.tallies t where t.barcode = p.barcode)
        and (select x.movement from clearance.declarations x where x.id = p.id order by x.version limit 1) <> 'export'
        and not exists (
          select 1 from clearance.pieces o
           cross join lateral (select x.status from clearance.declarations x where x.id = o.id order by x.version limit 1) d
            left join clearance.parcels s on s.id = o.id
           where o.barcode = p.barcode and o.id <> p.id and coalesce(s.status, d.status) not in ('cancelled', 'lodged'))`,
    [column.uuid([...ids])],
  );
  return rows.map(({ id }) => id);
}
