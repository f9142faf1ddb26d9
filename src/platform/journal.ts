import { column, type Db, type Tx } from './db.ts';
import type { Worker } from './module.ts';
import { type Fields, rowsOf } from './rows.ts';
import type { Place } from './sealing.ts';
import { Tail } from './tail.ts';

/** What an entry may carry: ids, codes, amounts, digests; never a name or an address. */
export type EntryData = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** One change of state, about to be written. */
export interface Entry {
  /** `clearance.decided`: the module and what happened. */
  readonly kind: string;
  /** The id of what changed. */
  readonly subject: string;
  /** When it happened, RFC 3339; left out, the moment of writing. */
  readonly at?: string;
  readonly data?: EntryData;
  /** Whether the entry is history that a demonstration made up. */
  readonly seeded?: boolean;
}

/** One change of state, as read back. */
export interface JournalEntry {
  readonly tx: bigint;
  readonly seq: bigint;
  readonly at: string;
  readonly kind: string;
  readonly subject: string;
  readonly data: EntryData;
  readonly seeded: boolean;
}

/**
 * Appends entries in the caller's transaction, in their order; sets of entries with the same moment go in one
 * statement. The SQL function `platform.append` does the same for a store that is already in SQL.
 */
export async function append(tx: Tx, entries: readonly Entry[]): Promise<void> {
  for (let from = 0; from < entries.length; ) {
    const { at, seeded = false } = entries[from]!;
    let until = from + 1;
    while (until < entries.length && entries[until]!.at === at && (entries[until]!.seeded ?? false) === seeded)
      until += 1;
    const set = entries.slice(from, until);
    await tx.query(
      'select platform.append($1::text[], $2::uuid[], $3::text[], coalesce($4::timestamptz, clock_timestamp()), $5)',
      [
        column.text(set.map((entry) => entry.kind)),
        column.uuid(set.map((entry) => entry.subject)),
        column.text(set.map((entry) => (entry.data === undefined ? null : JSON.stringify(entry.data)))),
        at ?? null,
        seeded,
      ],
    );
    from = until;
  }
}

const fields = [
  ['kind', 'text'],
  ['subject', 'uuid'],
  ['data', 'text'],
  ['seeded', 'bool'],
] as const;
const datedFields = [...fields, ['at', 'timestamptz']] as const;
const copyInto = (columns: Fields<never>): string =>
  `copy platform.journal (${columns.map(([name]) => name).join(', ')}) from stdin (format binary)`;

/**
 * Appends many entries for less than `append`: first those without a moment, then those with one, each in their order.
 * All of it is sent at once.
 */
export async function appendMany(tx: Tx, entries: readonly Entry[]): Promise<void> {
  const rows = entries.map(({ kind, subject, at = null, data = {}, seeded = false }) => ({
    kind,
    subject,
    at,
    data: JSON.stringify(data),
    seeded,
  }));
  const now = rows.filter(({ at }) => at === null);
  const dated = rows.filter(({ at }) => at !== null);
  await Promise.all([
    now.length > 0 ? tx.copy(copyInto(fields), rowsOf(fields, now)) : null,
    dated.length > 0 ? tx.copy(copyInto(datedFields), rowsOf(datedFields, dated)) : null,
  ]);
}

const ofSubjectMax = 500;

/** The entries of one subject in the order they were written, at most the first 500. */
export async function entriesOf(tx: Tx, subject: string): Promise<JournalEntry[]> {
  const rows = await tx.query<PageRow>(
    `select tx, seq, at, kind, subject, data, seeded from platform.journal where subject = $1 order by seq limit ${ofSubjectMax}`,
    [subject],
  );
  return rows.map(entryOf);
}

/** The last entry of a kind of each of these subjects that has one. */
export async function lastOf(tx: Tx, kind: string, subjects: readonly string[]): Promise<JournalEntry[]> {
  const rows = await tx.query<PageRow>(
    `select distinct on (subject) tx, seq, at, kind, subject, data, seeded from platform.journal
      where subject = any ($1::uuid[]) and kind = $2 order by subject, seq desc`,
    [column.uuid([...subjects]), kind],
  );
  return rows.map(entryOf);
}

/**
 * Makes every entry of this transaction belong to a moment of the past and marks it as seeded: only for the history
 * that a demonstration makes up.
 */
export async function writeAsHistory(tx: Tx, instant: string): Promise<void> {
  await tx.query(`select set_config('portolan.seeded_at', $1, true)`, [instant]);
}

/** A reader of the journal with a cursor of its own. */
export interface Follower extends Worker {
  readonly follows: true;
  /** Reads one page; true when there may be more at once, `caught-up` when it read all there was. */
  step(db: Db): Promise<boolean | 'caught-up'>;
}

/**
 * Puts followers before the first entry of the journal, unless they have begun. A window does it for all of them before
 * they work: one whose first step fails then lags behind for everybody to see, and no day is archived before it has
 * read it.
 */
export const enterFollowers = (db: Tx, names: readonly string[]): Promise<unknown> =>
  db.query('insert into platform.cursors (name) select unnest($1::text[]) on conflict do nothing', [
    column.text([...names]),
  ]);

const pageMax = 1_000;

/**
 * The page after a place. Only transactions below the oldest one still open are read: all of them have ended, so
 * nothing can appear before the place later.
 */
const page = `
  select tx, seq, at, kind, subject, data, seeded from platform.journal
  where (tx, seq) > ($1::xid8, $2::bigint) and tx < (select platform.horizon())
  order by tx, seq limit ${pageMax}`;

/**
 * The same for a follower far behind: only what is of its kinds, and the last entry of the page also when nobody asked
 * for its kind, so that the cursor moves past what does not concern this follower.
 */
const pageOfKinds = `
  with page as materialized (${page})
  select * from page where $3::text[] is null or kind = any($3::text[])
    or (tx, seq) = (select tx, seq from page order by tx desc, seq desc limit 1)
  order by tx, seq`;

type PageRow = Omit<JournalEntry, 'data'> & { data: string };

const entryOf = ({ data, ...rest }: PageRow): JournalEntry => ({ ...rest, data: JSON.parse(data) as EntryData });

async function read(tx: Tx, sql: string, { tx: after, seq }: Place, ...more: unknown[]): Promise<JournalEntry[]> {
  return (await tx.query<PageRow>(sql, [String(after), seq, ...more])).map(entryOf);
}

const tails = new WeakMap<Db, Tail<JournalEntry>>();

function tailOf(db: Db): Tail<JournalEntry> {
  let tail = tails.get(db);
  if (tail === undefined) tails.set(db, (tail = new Tail(pageMax)));
  return tail;
}

type Handler = (tx: Tx, entries: readonly JournalEntry[]) => Promise<void>;

async function stepOf(
  tx: Tx,
  tail: Tail<JournalEntry>,
  name: string,
  kinds: readonly string[] | null,
  handler: Handler,
): Promise<boolean | 'caught-up'> {
  const [cursor] = await tx.query<Place>(
    'select tx, seq from platform.cursors where name = $1 for update skip locked',
    [name],
  );
  if (cursor === undefined) return false;
  const near = await tail.behind(cursor, (place) => read(tx, page, place));
  const entries = near ?? (await read(tx, pageOfKinds, cursor, kinds));
  const last = entries.at(-1);
  if (last === undefined) return false;
  const wanted = kinds === null ? entries : entries.filter(({ kind }) => kinds.includes(kind));
  if (wanted.length > 0) await handler(tx, wanted);
  await tx.query('update platform.cursors set tx = $2::xid8, seq = $3, moved = clock_timestamp() where name = $1', [
    name,
    String(last.tx),
    last.seq,
  ]);
  return near === undefined || near.length === pageMax ? true : 'caught-up';
}

/**
 * Follows the journal from its beginning. The handler runs in the transaction that moves the cursor, at most 1,000
 * entries at a time, in order: what it writes happens exactly once, what it throws is tried again. Any number of
 * processes may run the same follower; one of them works at a time. Null for `kinds` means every kind. One that
 * `canWait` takes its time while goods are landing.
 */
export function follow(
  name: string,
  kinds: readonly string[] | null,
  handler: Handler,
  { canWait = false }: Pick<Worker, 'canWait'> = {},
): Follower {
  let registered = false;
  return {
    name,
    follows: true,
    idleMs: 200,
    canWait,
    async step(db) {
      if (!registered) {
        await enterFollowers(db, [name]);
        registered = true;
      }
      try {
        return await db.tx((tx) => stepOf(tx, tailOf(db), name, kinds, handler));
      } catch (error) {
        // The server may be another one from now on: what was read of the last one is read again.
        tails.delete(db);
        throw error;
      }
    },
  };
}
