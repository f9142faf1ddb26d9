import { column, type Tx } from '#platform/db.ts';

/** A day whose parcels stand in a file. */
export interface ArchivedDay {
  readonly day: string;
  readonly low: string;
  readonly high: string;
  readonly parcels: bigint;
  readonly rows: bigint;
  readonly file: string;
  readonly digest: string;
  readonly archived: string;
}

/** The archived day among these, if any; the first of them. */
export async function archivedAmong(tx: Tx, days: readonly string[]): Promise<ArchivedDay | undefined> {
  const [row] = await tx.query<ArchivedDay>(
    `select day, low, high, parcels, rows, file, digest, archived from clearance.archived_days
      where day = any($1::text[]::date[]) order by day limit 1`,
    [column.text([...days])],
  );
  return row;
}

/** Every archived day, oldest first. */
export const archivedDays = (tx: Tx): Promise<ArchivedDay[]> =>
  tx.query<ArchivedDay>(
    'select day, low, high, parcels, rows, file, digest, archived from clearance.archived_days order by day',
  );

export const addArchived = (tx: Tx, one: Omit<ArchivedDay, 'archived'>): Promise<unknown> =>
  tx.query(
    `insert into clearance.archived_days (day, low, high, parcels, rows, file, digest, archived)
     values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())`,
    [one.day, one.low, one.high, one.parcels, one.rows, one.file, one.digest],
  );

export const removeArchived = (tx: Tx, day: string): Promise<unknown> =>
  tx.query('delete from clearance.archived_days where day = $1', [day]);

/** Parcels of one day that stand alike: how many, and the first of them. */
export interface StandingAlike {
  readonly status: string;
  readonly landed: boolean;
  readonly ids: readonly string[];
}

/**
 * Parcels with ids from `low` up to `high` from which something is still to come: those that wait, are cleared, are
 * under control, or were asked to be filed anew and have landed all the same.
 */
export const unfinished = (tx: Tx, low: string, high: string): Promise<StandingAlike[]> =>
  tx.query<StandingAlike>(
    `select status, landed, array_agg(id order by id) as ids from (
       select d.id, coalesce(p.status, d.status) as status, coalesce(p.presented, 0) > 0 as landed
         from clearance.declarations d left join clearance.parcels p on p.id = d.id
        where d.id >= $1 and d.id < $2 and d.version = 1
       union all
       select id, 'waiting', false from clearance.waiting where decided is null and id >= $1 and id < $2
     ) s where status in ('waiting', 'cleared', 'control') or (status = 'lodged' and landed)
     group by 1, 2 order by 1, 2`,
    [low, high],
  );

/** How many parcels were decided with ids from `low` up to `high`. */
export async function parcelsBetween(tx: Tx, low: string, high: string): Promise<bigint> {
  const [row] = await tx.query<{ many: bigint }>(
    'select count(*) as many from clearance.declarations where id >= $1 and id < $2 and version = 1',
    [low, high],
  );
  return row!.many;
}
