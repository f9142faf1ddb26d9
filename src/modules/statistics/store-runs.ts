import type { Tx } from '#platform/db.ts';

/** How far the closing of a month is: cut into ranges, being worked on, or ended. */
export type RunState = 'planning' | 'running' | 'done' | 'failed';

/** The closing of a month, for everybody or for one declarant. */
export interface RunRow {
  readonly id: string;
  readonly month: string;
  readonly declarant: string | null;
  readonly epoch: bigint;
  readonly started: string;
  /** The same moment as the journal dates it. */
  readonly asked: string;
  readonly startedBy: string;
  readonly state: RunState;
  readonly ended: string | null;
}

const columns = 'id, month, declarant, epoch, started, asked, started_by as "startedBy", state, ended';

export const addRun = (tx: Tx, run: Omit<RunRow, 'state' | 'ended' | 'asked'>): Promise<unknown> =>
  tx.query(
    `insert into statistics.runs (id, month, declarant, epoch, started, started_by, state)
     values ($1, $2::text::date, $3, $4, $5, $6, 'planning')`,
    [run.id, run.month, run.declarant, run.epoch, run.started, run.startedBy],
  );

export async function runById(tx: Tx, id: string): Promise<RunRow | undefined> {
  const [row] = await tx.query<RunRow>(`select ${columns} from statistics.runs where id = $1`, [id]);
  return row;
}

/** The runs of everybody, or those that concern one of these declarants, the last one first. */
export const runList = (tx: Tx, declarants: readonly string[] | null): Promise<RunRow[]> =>
  tx.query<RunRow>(
    `select ${columns} from statistics.runs
      where $1::text[] is null or declarant is null or declarant = any($1::text[]) order by id desc limit 50`,
    [declarants],
  );

/** The run that is to be worked on: those that wait follow in the order in which they were asked for. */
export async function openRun(tx: Tx): Promise<RunRow | undefined> {
  const [row] = await tx.query<RunRow>(
    `select ${columns} from statistics.runs where ended is null order by id limit 1`,
  );
  return row;
}

/** Whether a run over this month, for this declarant or for everybody, is under way. */
export async function runUnderWay(tx: Tx, month: string, declarant: string | null): Promise<boolean> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('statistics.runs'))`);
  const [row] = await tx.query<{ open: boolean }>(
    `select exists (select from statistics.runs
       where ended is null and month = $1::text::date and declarant is not distinct from $2) as open`,
    [month, declarant],
  );
  return row!.open;
}

/** Months before this one in which checklists wait and that nobody has asked to close for everybody, oldest first. */
export async function monthsWaiting(tx: Tx, before: string): Promise<string[]> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('statistics.runs'))`);
  const rows = await tx.query<{ month: string }>(
    `select distinct p.month from statistics.pending p
      where p.month < $1::text::date
        and not exists (select from statistics.runs r
                         where r.month = p.month and r.declarant is null and r.state <> 'failed')
      order by p.month`,
    [before],
  );
  return rows.map(({ month }) => month);
}

/** Moves a run on, unless it has ended meanwhile; true when it moved. */
export async function moveRun(
  tx: Tx,
  id: string,
  to: { readonly state: RunState; readonly ended: string | null },
): Promise<boolean> {
  const rows = await tx.query(
    'update statistics.runs set state = $2, ended = $3 where id = $1 and ended is null returning id',
    [id, to.state, to.ended],
  );
  return rows.length > 0;
}

/** Holds a run that has not ended for the rest of the transaction; false where it has. */
export async function holdRun(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query('select id from statistics.runs where id = $1 and ended is null for update', [id]);
  return rows.length > 0;
}

const lowest = '00000000-0000-0000-0000-000000000000';
const highest = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Cuts the pending checklists of a run into ranges of so many. */
export const cutRanges = (tx: Tx, run: RunRow, checklists: number): Promise<unknown> =>
  tx.query(
    `insert into statistics.ranges (run, low, high)
     select $1, low, coalesce(lead(low) over (order by low), '${highest}') from (
       select '${lowest}'::uuid as low
       union
       select id from (
         select id, row_number() over (order by id) as place from statistics.pending
          where month <= $2::text::date and ($3::text is null or declarant = $3)
       ) p where place % $4::int = 0
     ) edges`,
    [run.id, run.month, run.declarant, checklists],
  );

/** A range that nobody has done and nobody is at, held for the rest of the transaction, of a run that goes on. */
export async function takeRange(tx: Tx, run: string): Promise<{ low: string; high: string } | undefined> {
  const [row] = await tx.query<{ low: string; high: string }>(
    `select g.low, g.high from statistics.ranges g join statistics.runs r on r.id = g.run
      where g.run = $1 and g.checklists is null and r.ended is null
      order by g.low limit 1 for update of g skip locked`,
    [run],
  );
  return row;
}

export const rangeDone = (tx: Tx, run: string, low: string, checklists: number): Promise<unknown> =>
  tx.query('update statistics.ranges set checklists = $3 where run = $1 and low = $2', [run, low, checklists]);

/** How far a run has come. */
export interface Progress {
  readonly ranges: number;
  readonly done: number;
  readonly checklists: number;
}

export async function progressOf(tx: Tx, run: string): Promise<Progress> {
  const [row] = await tx.query<Progress>(
    `select count(*)::int as ranges, count(checklists)::int as done, coalesce(sum(checklists), 0)::int as checklists
       from statistics.ranges where run = $1`,
    [run],
  );
  return row!;
}

/** Marks the summaries of a run as filed, and gives them. */
export async function fileSummaries(tx: Tx, run: string, at: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'update statistics.summaries set filed = $2 where run = $1 and filed is null returning id',
    [run, at],
  );
  return rows.map(({ id }) => id);
}
