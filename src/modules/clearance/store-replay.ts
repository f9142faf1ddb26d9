import type { Tx } from '#platform/db.ts';

export type ReplayState = 'planning' | 'running' | 'done' | 'cancelled' | 'failed';

/** A replay as it is kept, without its key. */
export interface ReplayRow {
  readonly id: string;
  readonly draft: string;
  readonly title: string;
  readonly pack: string;
  readonly version: string;
  readonly leaf: string;
  readonly epoch: bigint;
  readonly from: string;
  readonly until: string;
  readonly low: string;
  readonly high: string;
  readonly assumed: string | null;
  readonly started: string;
  readonly startedBy: string;
  readonly state: ReplayState;
  readonly ended: string | null;
  readonly result: string | null;
}

const columns = `id, draft, title, pack, version, leaf, epoch, from_day as "from", until_day as "until", low, high, assumed,
  started, started_by as "startedBy", state, ended, result`;

export const addReplay = (
  tx: Tx,
  one: Omit<ReplayRow, 'state' | 'ended' | 'result'> & { key: Buffer },
): Promise<unknown> =>
  tx.query(
    `insert into clearance.replays
       (id, draft, title, pack, version, leaf, epoch, from_day, until_day, low, high, assumed, key, started, started_by,
        state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'planning')`,
    [
      one.id,
      one.draft,
      one.title,
      one.pack,
      one.version,
      one.leaf,
      one.epoch,
      one.from,
      one.until,
      one.low,
      one.high,
      one.assumed,
      one.key,
      one.started,
      one.startedBy,
    ],
  );

export async function replayById(tx: Tx, id: string): Promise<ReplayRow | undefined> {
  const [row] = await tx.query<ReplayRow>(`select ${columns} from clearance.replays where id = $1`, [id]);
  return row;
}

/** The replays of a draft, the last one first. */
export const replaysOf = (tx: Tx, draft: string): Promise<ReplayRow[]> =>
  tx.query<ReplayRow>(`select ${columns} from clearance.replays where draft = $1 order by id desc limit 100`, [draft]);

/** The replay that was done last. */
export async function lastDone(tx: Tx): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `select id from clearance.replays where state = 'done' order by id desc limit 1`,
  );
  return row?.id;
}

/** The replay that is to be worked on: those that wait follow in the order in which they were asked for. */
export async function openReplay(tx: Tx): Promise<ReplayRow | undefined> {
  const [row] = await tx.query<ReplayRow>(
    `select ${columns} from clearance.replays where ended is null order by id limit 1`,
  );
  return row;
}

/** Moves a replay on, unless it has ended meanwhile; true when it moved. */
export async function moveReplay(
  tx: Tx,
  id: string,
  to: { state: ReplayState; ended: string | null; result: string | null },
): Promise<boolean> {
  const rows = await tx.query(
    `update clearance.replays set state = $2, ended = $3, result = $4 where id = $1 and ended is null returning id`,
    [id, to.state, to.ended, to.result],
  );
  return rows.length > 0;
}

/** Holds a replay that has not ended for the rest of the transaction; false where it has. */
export async function holdReplay(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query('select id from clearance.replays where id = $1 and ended is null for update', [id]);
  return rows.length > 0;
}

/** The days among these whose parcels stand in an archive, with how many they were. */
export const archivedIn = (tx: Tx, low: string, high: string): Promise<{ day: string; parcels: bigint }[]> =>
  tx.query<{ day: string; parcels: bigint }>(
    'select day, parcels from clearance.archived_days where low < $2 and high > $1 order by day',
    [low, high],
  );

/**
 * Cuts the ids from `low` up to `high` into ranges of so many parcels. The first begins and the last ends at the edge,
 * so that whatever has an id between the two falls into exactly one.
 */
export const cutRanges = (tx: Tx, replay: string, low: string, high: string, parcels: number): Promise<unknown> =>
  tx.query(
    `insert into clearance.replay_ranges (replay, low, high)
     select $1, low, coalesce(lead(low) over (order by low), $3) from (
       select $2::uuid as low
       union
       select id from (
         select id, row_number() over (order by id) as place from clearance.declarations where id >= $2 and id < $3
       ) d where place % $4::int = 0
     ) edges where low < $3`,
    [replay, low, high, parcels],
  );

/** A range that nobody has done and nobody is at, held for the rest of the transaction, of a replay that goes on. */
export async function takeRange(
  tx: Tx,
  replay: string,
): Promise<{ low: string; high: string; key: Buffer } | undefined> {
  const [row] = await tx.query<{ low: string; high: string; key: Buffer }>(
    `select g.low, g.high, r.key from clearance.replay_ranges g join clearance.replays r on r.id = g.replay
      where g.replay = $1 and g.tally is null and r.ended is null
      order by g.low limit 1 for update of g skip locked`,
    [replay],
  );
  return row;
}

export const rangeDone = (tx: Tx, replay: string, low: string, parcels: number, tally: string): Promise<unknown> =>
  tx.query('update clearance.replay_ranges set parcels = $3, tally = $4 where replay = $1 and low = $2', [
    replay,
    low,
    parcels,
    tally,
  ]);

/** How far a replay has come. */
export interface Progress {
  readonly ranges: number;
  readonly done: number;
  readonly parcels: number;
}

export async function progressOf(tx: Tx, replay: string): Promise<Progress> {
  const [row] = await tx.query<Progress>(
    `select count(*)::int as ranges, count(tally)::int as done, coalesce(sum(parcels), 0)::int as parcels
       from clearance.replay_ranges where replay = $1`,
    [replay],
  );
  return row!;
}

/** What the ranges came to, a few hundred at a time in the order of their ids. */
export const talliesAfter = (tx: Tx, replay: string, after: string | null): Promise<{ low: string; tally: string }[]> =>
  tx.query<{ low: string; tally: string }>(
    `select low, tally from clearance.replay_ranges
      where replay = $1 and ($2::uuid is null or low > $2) order by low limit 200`,
    [replay, after],
  );

/** What ranges came to is of no use once it is summed up: sellers stand in it one by one. */
export const dropRanges = (tx: Tx, replay: string): Promise<unknown> =>
  tx.query('delete from clearance.replay_ranges where replay = $1', [replay]);

export const addExamples = (
  tx: Tx,
  replay: string,
  examples: readonly { handle: string; parcel: string }[],
): Promise<unknown> =>
  tx.query(
    `insert into clearance.replay_examples (replay, handle, parcel)
     select $1, handle, parcel from unnest($2::text[], $3::uuid[]) as u(handle, parcel)`,
    [replay, examples.map(({ handle }) => handle), examples.map(({ parcel }) => parcel)],
  );

export async function exampleOf(tx: Tx, replay: string, handle: string): Promise<string | undefined> {
  const [row] = await tx.query<{ parcel: string }>(
    'select parcel from clearance.replay_examples where replay = $1 and handle = $2',
    [replay, handle],
  );
  return row?.parcel;
}

/** What is read of a parcel to decide it again. */
export interface ReplayedRow {
  readonly id: string;
  readonly version: number;
  readonly day: string;
  readonly outcome: string;
  readonly route: string | null;
  readonly border: bigint;
  readonly accounts: string;
  readonly exported: string | null;
  readonly checks: string;
  readonly accepted: string | null;
  readonly body: string;
}

/** The version that stands of every parcel from `low` up to `high` that was decided and not cancelled. */
export const replayedBetween = (tx: Tx, low: string, high: string): Promise<ReplayedRow[]> =>
  tx.query<ReplayedRow>(
    `select * from (
       select distinct on (d.id) d.id, d.version, d.day, d.outcome, d.route, d.border_minor as border, d.accounts, d.checks,
              d.accepted, d.body, case when d.nature = 'return' then (
                select r.exported from clearance.returned_exports r where r.id = d.id) end as exported
         from clearance.declarations d where d.id >= $1 and d.id < $2
        order by d.id desc, d.version desc
     ) d where d.id not in (select c.id from clearance.cancellations c where c.id >= $1 and c.id < $2)`,
    [low, high],
  );

/** How many parcels from `low` up to `high` were cancelled, and how many have no decision since they wait for slips. */
export async function leftOutBetween(
  tx: Tx,
  low: string,
  high: string,
): Promise<{ cancelled: number; waiting: number }> {
  const [row] = await tx.query<{ cancelled: number; waiting: number }>(
    `select (select count(*) from clearance.cancellations where id >= $1 and id < $2)::int as cancelled,
       (select count(*) from clearance.waiting w where id >= $1 and id < $2 and decided is null
          and not exists (select from clearance.cancellations c where c.id = w.id))::int as waiting`,
    [low, high],
  );
  return row!;
}
