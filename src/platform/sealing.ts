import type { Db, Tx } from './db.ts';
import { enterFollowers, type Follower } from './journal.ts';

/** A place in the journal, in the order in which followers read it; entries lie after one place and up to another. */
export interface Place {
  readonly tx: bigint;
  readonly seq: bigint;
}

/** Before every entry. */
export const beginning: Place = { tx: 0n, seq: 0n };

/** One entry of the journal as it is stored, for hashing. */
export interface StoredEntry {
  readonly tx: bigint;
  readonly seq: bigint;
  /** Seconds since 1970-01-01T00:00:00Z, with six decimals. */
  readonly at: string;
  readonly kind: string;
  readonly subject: string;
  /** The text that was stored, JSON with its spaces as they are. */
  readonly data: string;
  readonly seeded: boolean;
}

/**
 * The canonical text of one entry, whose UTF-8 bytes are a leaf of its segment's tree: on the first line
 * `portolan-entry/v1`, tx, seq, at, subject (a UUID in lower case), 1 for a seeded entry or else 0, and the number of
 * bytes of its kind, with one space between them; then the kind on a line of its own; then the data to the end. No two
 * entries have one text.
 */
export const entryText = ({ tx, seq, at, kind, subject, data, seeded }: StoredEntry): string =>
  `portolan-entry/v1 ${tx} ${seq} ${at} ${subject} ${seeded ? 1 : 0} ${Buffer.byteLength(kind)}\n${kind}\n${data}`;

/**
 * The hash of an entry's leaf (RFC 9162: 0x00 before the bytes) in SQL, over the same bytes as `entryText` makes: the
 * server hashes for less than sending the entries here costs.
 */
const leafHashed = `sha256('\\x00'::bytea || convert_to('portolan-entry/v1 ' || tx::text || ' ' || seq::text || ' ' ||
  extract(epoch from at)::text || ' ' || subject::text || case when seeded then ' 1 ' else ' 0 ' end ||
  octet_length(kind)::text || E'\\n' || kind || E'\\n' || data, 'UTF8'))`;

/** Consecutive entries of the journal, by the hashes of their leaves, 32 bytes each. */
export interface HashedPage {
  readonly count: number;
  readonly first: Place;
  readonly last: Place;
  readonly hashes: Buffer;
}

interface PageRow {
  readonly count: number;
  readonly tx: readonly bigint[];
  readonly seq: readonly bigint[];
  readonly hashes: Buffer;
}

const page = `
  with page as materialized (
    select tx, seq, at, kind, subject, data, seeded from platform.journal
    where (tx, seq) > ($1::xid8, $2::bigint) and tx < (select platform.horizon())
    order by tx, seq limit $3
  ), ends as (
    (select tx, seq from page order by tx, seq limit 1) union all
    (select tx, seq from page order by tx desc, seq desc limit 1)
  )
  select count(*)::int4 as count, string_agg(${leafHashed}, '' order by tx, seq) as hashes,
    (select array_agg(tx::text::bigint order by tx, seq) from ends) as tx,
    (select array_agg(seq order by tx, seq) from ends) as seq
  from page`;

async function sealStep(
  tx: Tx,
  name: string,
  most: number,
  handler: (tx: Tx, page: HashedPage) => Promise<void>,
): Promise<boolean> {
  const [cursor] = await tx.query<Place>(
    'select tx, seq from platform.cursors where name = $1 for update skip locked',
    [name],
  );
  if (cursor === undefined) return false;
  const [row] = await tx.query<PageRow>(page, [String(cursor.tx), cursor.seq, most]);
  if (row === undefined || row.count === 0) return false;
  const { count, hashes } = row;
  const [first, last] = [0, 1].map((end) => ({ tx: row.tx[end]!, seq: row.seq[end]! })) as [Place, Place];
  await handler(tx, { count, first, last, hashes });
  await tx.query('update platform.cursors set tx = $2::xid8, seq = $3, moved = clock_timestamp() where name = $1', [
    name,
    String(last.tx),
    last.seq,
  ]);
  return count === most;
}

/**
 * Follows every entry of the journal by its hash alone, as `follow` does: each entry once, in order, never past the
 * oldest open transaction, in the transaction that moves the cursor. The handler is given what there is, at most
 * `most` entries; after fewer it rests `idleMs`.
 */
export function followHashes(
  name: string,
  { most, idleMs }: { readonly most: number; readonly idleMs: number },
  handler: (tx: Tx, page: HashedPage) => Promise<void>,
): Follower {
  let registered = false;
  return {
    name,
    follows: true,
    idleMs,
    async step(db: Db) {
      if (!registered) {
        await enterFollowers(db, [name]);
        registered = true;
      }
      return db.tx((tx) => sealStep(tx, name, most, handler));
    },
  };
}

/** Where a follower stands; before everything where nobody of that name has begun. */
export async function placeOf(tx: Tx, name: string): Promise<Place> {
  const [cursor] = await tx.query<Place>('select tx, seq from platform.cursors where name = $1', [name]);
  return cursor ?? beginning;
}

/** The stored entries after one place and up to another one, in their order; at most `most`. */
export const entriesBetween = (tx: Tx, after: Place, until: Place, most: number): Promise<StoredEntry[]> =>
  tx.query<StoredEntry>(
    `select tx, seq, extract(epoch from at)::text as at, kind, subject, data, seeded from platform.journal
     where (tx, seq) > ($1::xid8, $2::bigint) and (tx, seq) <= ($3::xid8, $4::bigint) order by tx, seq limit $5`,
    [String(after.tx), after.seq, String(until.tx), until.seq, most],
  );

/** How many entries lie after a place. */
export async function entriesAfter(tx: Tx, after: Place): Promise<bigint> {
  const [row] = await tx.query<{ many: bigint }>(
    'select count(*) as many from platform.journal where (tx, seq) > ($1::xid8, $2::bigint)',
    [String(after.tx), after.seq],
  );
  return row!.many;
}
