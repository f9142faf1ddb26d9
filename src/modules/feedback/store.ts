import { column, type Tx } from '#platform/db.ts';
import { type EventKind, keptDays } from './model.ts';

/** An event as it stands with one party. */
export interface EventRow {
  readonly number: bigint;
  readonly id: string;
  readonly kind: string;
  readonly parcel: string;
  readonly at: string;
  readonly places: string;
  readonly data: string;
  readonly seeded: boolean;
}

const kept = `interval '${keptDays} days'`;
const columns = 'number, id, kind, parcel, at, places, data, seeded';

/**
 * The parties that events are kept for: who reads his inbox, whose people asked to be
 * told, and who has a webhook that is not long forgotten.
 */
export async function subscribers(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ party: string }>(
    `select party from feedback.inboxes where read > clock_timestamp() - ${kept}
     union select party from feedback.wishes where state <> 'ended'
     union select party from feedback.webhooks where state = 'active' or since > clock_timestamp() - ${kept}
     order by party`,
  );
  return rows.map(({ party }) => party);
}

/** Keeps events in their order. */
export async function keep(
  tx: Tx,
  rows: readonly (Omit<EventRow, 'number'> & { readonly party: string })[],
): Promise<void> {
  await tx.query('select feedback.keep($1, $2, $3, $4, $5, $6, $7, $8)', [
    column.text(rows.map((row) => row.party)),
    column.uuid(rows.map((row) => row.id)),
    column.text(rows.map((row) => row.kind)),
    column.uuid(rows.map((row) => row.parcel)),
    column.timestamptz(rows.map((row) => row.at)),
    column.text(rows.map((row) => row.places)),
    column.text(rows.map((row) => row.data)),
    column.bool(rows.map((row) => row.seeded)),
  ]);
}

/** Opens a party's inbox, or notes that it was read; an hour is exact enough for that, and spares a write a reading. */
export async function openInbox(tx: Tx, party: string): Promise<void> {
  await tx.query(
    `insert into feedback.inboxes as i (party) values ($1)
     on conflict (party) do update set read = excluded.read where i.read < excluded.read - interval '1 hour'`,
    [party],
  );
}

/** Since when a party's inbox is open; undefined where it never was, or was left unread too long. */
export async function inboxOf(tx: Tx, party: string): Promise<{ opened: string } | undefined> {
  const rows = await tx.query<{ opened: string }>(
    `select opened from feedback.inboxes where party = $1 and read > clock_timestamp() - ${kept}`,
    [party],
  );
  return rows[0];
}

/**
 * The greatest number given, a number that every later one exceeds (the day before's first, since whoever gives numbers
 * at this moment may have begun before midnight), and the first that is still kept.
 */
export async function bounds(tx: Tx): Promise<{ last: bigint; passed: bigint; oldest: bigint }> {
  const [row] = await tx.query<{ last: bigint; passed: bigint; oldest: bigint }>(
    `select s.last, greatest(s.last, feedback.first_number(d.today - 1)) as passed,
            feedback.first_number(d.today - ${keptDays}) as oldest
       from feedback.sequence s, (select (clock_timestamp() at time zone 'UTC')::date as today) d`,
  );
  return row!;
}

/** How many events are looked at for those of the wanted kinds: bounds the work, not the answer. */
const scanned = 2_000;

/** What was found, and how far was looked; null where nothing is left beyond. */
export interface Scan {
  readonly rows: readonly EventRow[];
  readonly reached: bigint | null;
}

/** Events of a party beyond a number, in the direction asked for. */
async function scan(
  tx: Tx,
  way: { readonly sign: '<' | '>'; readonly order: 'asc' | 'desc' },
  asked: { party: string; from: bigint; kinds: readonly string[] | null; limit: number },
): Promise<Scan> {
  const { party, from, kinds, limit } = asked;
  const looked = kinds === null ? limit : scanned;
  const all = await tx.query<EventRow & { wanted: boolean }>(
    `with page as materialized (
       select ${columns} from feedback.events where party = $1 and number ${way.sign} $2 order by number ${way.order} limit $3)
     select ${columns}, ($4::text[] is null or kind = any($4::text[])) as wanted from page
      where $4::text[] is null or kind = any($4::text[]) or number = (select ${way.order === 'asc' ? 'max' : 'min'}(number) from page)
      order by number ${way.order}`,
    [party, from, looked, kinds],
  );
  const wanted = all.filter((row) => row.wanted);
  if (wanted.length >= limit) return { rows: wanted.slice(0, limit), reached: wanted[limit - 1]!.number };
  if (kinds === null) return { rows: wanted, reached: null };
  const [full] = await tx.query<{ more: boolean }>(
    `select exists (select from feedback.events where party = $1 and number ${way.sign} $2) as more`,
    [party, all.at(-1)?.number ?? from],
  );
  return { rows: wanted, reached: full?.more === true ? (all.at(-1)?.number ?? null) : null };
}

/** A party's events after a number, oldest first. */
export const eventsAfter = (
  tx: Tx,
  party: string,
  after: bigint,
  kinds: readonly string[] | null,
  limit: number,
): Promise<Scan> => scan(tx, { sign: '>', order: 'asc' }, { party, from: after, kinds, limit });

/** A party's events before a number, newest first. */
export const eventsBefore = (
  tx: Tx,
  party: string,
  before: bigint,
  kinds: readonly EventKind[] | null,
  limit: number,
): Promise<Scan> => scan(tx, { sign: '<', order: 'desc' }, { party, from: before, kinds, limit });

/** A party's events after one number up to another, of these kinds. */
export const eventsBetween = (
  tx: Tx,
  party: string,
  after: bigint,
  upto: bigint,
  kinds: readonly string[] | null,
): Promise<EventRow[]> =>
  tx.query<EventRow>(
    `select ${columns} from feedback.events where party = $1 and number > $2 and number <= $3
        and ($4::text[] is null or kind = any($4::text[])) order by number`,
    [party, after, upto, kinds],
  );

/**
 * Makes the partitions of today and the next two days and drops those that are kept no longer. Processes take turns by
 * a statement before: within one, what another made while it waited is not seen.
 */
export async function turnDays(tx: Tx): Promise<number> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('feedback.ensure_day'))`);
  await tx.query(
    `select feedback.ensure_day((clock_timestamp() at time zone 'UTC')::date + ahead) from generate_series(0, 2) as ahead`,
  );
  const [row] = await tx.query<{ dropped: number }>(
    `select feedback.drop_before((clock_timestamp() at time zone 'UTC')::date - ${keptDays}) as dropped`,
  );
  return row?.dropped ?? 0;
}
