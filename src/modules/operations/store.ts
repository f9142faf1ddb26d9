import type { Tx } from '#platform/db.ts';
import type { Measured } from './availability.ts';
import type { Incident, Told } from './model.ts';

/** Notes that a slot was asked, and whether it was answered. Two that ask in the same slot count as one. */
export const beat = (tx: Tx, minute: string, bit: number, answered: boolean): Promise<unknown> =>
  tx.query(
    `insert into operations.minutes as m (minute, asked, answered) values ($1, $2, $3)
     on conflict (minute) do update set asked = m.asked | excluded.asked, answered = m.answered | excluded.answered`,
    [minute, bit, answered ? bit : 0],
  );

export const forget = (tx: Tx, before: string): Promise<unknown> =>
  tx.query('delete from operations.minutes where minute < $1', [before]);

/** Slots by day in UTC, from a day on. */
export const measured = (tx: Tx, from: string): Promise<Measured[]> =>
  tx.query(
    `select (minute at time zone 'UTC')::date as day, sum(bit_count(answered::bit(6)))::int4 as answered,
       sum(bit_count((asked & ~answered)::bit(6)))::int4 as unanswered
     from operations.minutes where minute >= $1::date group by 1 order by 1`,
    [from],
  );

/** When the first slot began that was ever asked and is still kept: the lowest bit of the first minute. */
export async function measuredSince(tx: Tx): Promise<string | null> {
  const [row] = await tx.query<{ since: string }>(
    `select minute + log(2, asked & -asked)::int * interval '10 seconds' as since
     from operations.minutes order by minute limit 1`,
  );
  return row?.since ?? null;
}

/** A backup that was made. */
export interface Backup {
  readonly at: string;
  readonly finished: string;
  readonly bytes: bigint;
  readonly rows: bigint;
  readonly sha256: string;
}

export const addBackup = (tx: Tx, one: Backup): Promise<unknown> =>
  tx.query(
    `insert into operations.backups (at, finished, bytes, rows, sha256) values ($1, $2, $3, $4, $5)
     on conflict (at) do nothing`,
    [one.at, one.finished, one.bytes, one.rows, one.sha256],
  );

/** Notes what a drill of a backup found; a backup made elsewhere is not known here, and stays so. */
export const noteDrill = (tx: Tx, at: string, drilled: string, proved: boolean): Promise<unknown> =>
  tx.query('update operations.backups set drilled = $2, proved = $3 where at = $1', [at, drilled, proved]);

/** What is known of keeping the window. */
export interface Keeping {
  /** Up to when the last backup holds everything. */
  readonly backup: string | null;
  /** When a drill last proved a backup. */
  readonly proved: string | null;
  /** When a drill found that something was missing, where that is the last one. */
  readonly failed: string | null;
}

export async function lastKept(tx: Tx): Promise<Keeping> {
  const [row] = await tx.query<Keeping>(
    `select max(at) as backup, max(drilled) filter (where proved) as proved,
       max(drilled) filter (where not proved) as failed
     from operations.backups`,
  );
  const { backup, proved, failed } = row!;
  return { backup, proved, failed: failed !== null && (proved === null || failed > proved) ? failed : null };
}

type IncidentRow = Omit<Incident, 'words'> & { words: string };

function incidentOf({ words: text, ...row }: IncidentRow): Incident {
  const words: Record<string, Told> = JSON.parse(text);
  return { ...row, words };
}

const columns = 'id, began, ended, words';

/** Incidents that lasted at or began after a moment, newest first. */
export const incidents = async (tx: Tx, since: string, limit: number): Promise<Incident[]> =>
  (
    await tx.query<IncidentRow>(
      `select ${columns} from operations.incidents where coalesce(ended, 'infinity') >= $1::timestamptz
       order by began desc, id limit $2`,
      [since, limit],
    )
  ).map(incidentOf);

export async function incident(tx: Tx, id: string): Promise<Incident | undefined> {
  const [row] = await tx.query<IncidentRow>(`select ${columns} from operations.incidents where id = $1`, [id]);
  return row && incidentOf(row);
}

/** Enters an incident, or what is now known of it. */
export const putIncident = (tx: Tx, one: Incident, at: string): Promise<unknown> =>
  tx.query(
    `insert into operations.incidents (id, began, ended, words, entered, changed) values ($1, $2, $3, $4, $5, $5)
     on conflict (id) do update set began = excluded.began, ended = excluded.ended, words = excluded.words,
       changed = excluded.changed`,
    [one.id, one.began, one.ended, JSON.stringify(one.words), at],
  );
