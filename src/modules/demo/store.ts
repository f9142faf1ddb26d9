import { column, type Db, type Tx } from '#platform/db.ts';

/** What a demonstration remembers of itself. */
export interface State {
  readonly seed: number;
  readonly began: string;
  readonly key: string;
  readonly days: number;
  readonly seeded: string | null;
  readonly shiftMs: number;
  readonly paused: boolean;
  readonly next: number;
  readonly landed: number;
  readonly streamDay: string | null;
  readonly streamCount: number;
}

const columns = `seed, began, key, days_done::int4 as days, seeded, shift_ms::float8 as "shiftMs", paused,
  next::float8 as next, landed::float8 as landed, stream_day as "streamDay", stream_count as "streamCount"`;

/** The state of the demonstration; undefined in a window that is none, also before there is any schema. */
export async function stateOf(tx: Tx): Promise<State | undefined> {
  const [there] = await tx.query<{ there: boolean }>(`select to_regclass('demo.state') is not null as there`);
  if (there?.there !== true) return undefined;
  return (await tx.query<State>(`select ${columns} from demo.state`))[0];
}

/** Makes this window a demonstration, unless it holds anybody's parties or parcels already. */
export async function begin(db: Db, given: { seed: number; began: string; key: string }): Promise<State | undefined> {
  await db.query(
    `insert into demo.state (seed, began, key) select $1, $2, $3
      where platform.is_untouched() on conflict do nothing`,
    [given.seed, given.began, given.key],
  );
  return stateOf(db);
}

export const dayDone = (tx: Tx, days: number): Promise<unknown> =>
  tx.query('update demo.state set days_done = greatest(days_done, $1)', [days]);

export const seedDone = (tx: Tx, at: string): Promise<unknown> =>
  tx.query('update demo.state set seeded = coalesce(seeded, $1)', [at]);

/** Lets the planner see what the history filled, rather than wait until the server finds time for it. */
export const gatherStatistics = (db: Db): Promise<unknown> => db.query('analyze');

/** Moves the legal clock on, and gives how far it is moved now. */
export async function moveClock(tx: Tx, byMs: number): Promise<number> {
  const [row] = await tx.query<{ ms: number }>(
    'update demo.state set shift_ms = shift_ms + $1::int8 returning shift_ms::float8 as ms',
    [byMs],
  );
  return row?.ms ?? 0;
}

export const pause = (tx: Tx, paused: boolean): Promise<unknown> =>
  tx.query('update demo.state set paused = $1', [paused]);

/** Takes the next parcel of the stream; undefined when it is paused or has sent as many as a day may have. */
export async function takeNext(tx: Tx, day: string, most: number): Promise<number | undefined> {
  const rows = await tx.query<{ index: number }>(
    `update demo.state set next = next + 1, stream_day = $1::date,
            stream_count = case when stream_day = $1::date then stream_count + 1 else 1 end
      where not paused and seeded is not null and (stream_day is distinct from $1::date or stream_count < $2)
      returning (next - 1)::float8 as index`,
    [day, most],
  );
  return rows[0]?.index;
}

export const landedUntil = (tx: Tx, count: number): Promise<unknown> =>
  tx.query('update demo.state set landed = greatest(landed, $1::int8)', [count]);

/** One aircraft that somebody let land. */
export interface Aircraft {
  readonly number: number;
  readonly began: string;
  readonly parcels: number;
  readonly stage: 'filing' | 'landing' | 'done';
  readonly filed: number;
  readonly filingMs: number | null;
  readonly landingMs: number | null;
  readonly released: number | null;
  readonly held: number | null;
  readonly ended: string | null;
}

const aircraftColumns = `number, began, parcels, stage, filed, filing_ms as "filingMs", landing_ms as "landingMs", released, held, ended`;

/** The last aircraft, newest first. */
export const lastAircraft = (tx: Tx, limit: number): Promise<Aircraft[]> =>
  tx.query<Aircraft>(`select ${aircraftColumns} from demo.aircraft order by number desc limit $1`, [limit]);

/** Lets an aircraft begin; undefined while another one is on its way. */
export async function beginAircraft(tx: Tx, began: string, parcels: number): Promise<Aircraft | undefined> {
  const rows = await tx.query<Aircraft>(
    `insert into demo.aircraft (number, began, parcels, stage)
     select coalesce(max(number), 0) + 1, $1::timestamptz, $2, 'filing' from demo.aircraft
     on conflict ((true)) where ended is null do nothing returning ${aircraftColumns}`,
    [began, parcels],
  );
  return rows[0];
}

export const aircraftFiled = (tx: Tx, number: number, filed: number): Promise<unknown> =>
  tx.query('update demo.aircraft set filed = $2 where number = $1', [number, filed]);

export const aircraftLanding = (tx: Tx, number: number, filingMs: number | null): Promise<unknown> =>
  tx.query(`update demo.aircraft set stage = 'landing', filing_ms = $2, filed = parcels where number = $1`, [
    number,
    filingMs,
  ]);

export const aircraftDone = (
  tx: Tx,
  number: number,
  outcome: { landingMs: number | null; released: number; held: number; ended: string },
): Promise<unknown> =>
  tx.query(
    `update demo.aircraft set stage = 'done', landing_ms = $2, released = $3, held = $4, ended = $5 where number = $1`,
    [number, outcome.landingMs, outcome.released, outcome.held, outcome.ended],
  );

/** Drops the schemas of a demonstration with everything in them. The caller has made sure that it is one. */
export async function drop(db: Db, schemas: readonly string[]): Promise<void> {
  await db.tx(async (tx) => {
    const there = await tx.query<{ name: string }>(
      'select nspname as name from pg_namespace where nspname = any($1::text[])',
      [column.text([...schemas])],
    );
    for (const { name } of there) await tx.query(`drop schema "${name.replaceAll('"', '""')}" cascade`);
  });
}
