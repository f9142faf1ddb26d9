import type { Tx } from './db.ts';

/** How far behind a follower is. */
export interface Lag {
  readonly name: string;
  /** Seconds since the first entry that it has not read was written; nought when it has read everything. */
  readonly seconds: number;
}

/** Followers that have not read every entry about subjects with ids from `low` up to `high`. */
export async function followersBefore(tx: Tx, low: string, high: string): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `with last as (
       select tx, seq from platform.journal where subject >= $1 and subject < $2 order by tx desc, seq desc limit 1
     )
     select c.name from platform.cursors c, last where (c.tx, c.seq) < (last.tx, last.seq) order by 1`,
    [low, high],
  );
  return rows.map(({ name }) => name);
}

/**
 * How far behind each follower is, by name. Entries that a demonstration made up lie in the past, so there it counts
 * since the follower last moved.
 */
export const followersLag = (db: Tx): Promise<Lag[]> =>
  db.query<Lag>(
    `select c.name, coalesce(greatest(extract(epoch from clock_timestamp() - unread.since), 0), 0)::float8 as seconds
     from platform.cursors c
     left join lateral (
       select case when j.seeded then c.moved else j.at end as since from platform.journal j
       where (j.tx, j.seq) > (c.tx, c.seq) and j.tx < (select platform.horizon()) order by j.tx, j.seq limit 1
     ) unread on true
     order by 1`,
  );

/**
 * Whether a follower has read every entry that was written up to a moment. Only what lies behind its place is read, in
 * order: looked for by its moment, the answer would cost the whole journal.
 */
export async function hasRead(tx: Tx, name: string, until: string): Promise<boolean> {
  const [row] = await tx.query<{ read: boolean }>(
    `select not exists (
       select from (
         select j.at from platform.journal j where (j.tx, j.seq) > (c.tx, c.seq) order by j.tx, j.seq offset 0
       ) unread where unread.at <= $2::timestamptz
     ) as read from platform.cursors c where c.name = $1`,
    [name, until],
  );
  return row?.read ?? false;
}
