import type { Tx } from '#platform/db.ts';
import { noHash, type Segment } from './model.ts';

const columns = `s.number, s.first_tx as "firstTx", s.first_seq as "firstSeq", s.last_tx as "lastTx",
  s.last_seq as "lastSeq", s.entries, encode(s.root, 'hex') as root, s.sealed,
  coalesce(encode(p.hash, 'hex'), '${noHash}') as previous, encode(s.hash, 'hex') as hash`;

const table = 'transparency.segments s left join transparency.segments p on p.number = s.number - 1';

/** Segments below a number, newest first. */
export const below = (tx: Tx, before: bigint | null, limit: number): Promise<Segment[]> =>
  tx.query<Segment>(
    `select ${columns} from ${table} where $1::bigint is null or s.number < $1 order by s.number desc limit $2`,
    [before, limit],
  );

/** Segments from a number on, in their order. */
export const from = (tx: Tx, number: bigint, limit: number): Promise<Segment[]> =>
  tx.query<Segment>(`select ${columns} from ${table} where s.number >= $1 order by s.number limit $2`, [number, limit]);

/** The last segment, and what time it is now, to the millisecond. */
export async function newest(tx: Tx): Promise<{ readonly last: Segment | undefined; readonly now: string }> {
  const [[last], [clock]] = await Promise.all([
    below(tx, null, 1),
    tx.query<{ now: string }>(`select date_trunc('milliseconds', clock_timestamp()) as now`),
  ]);
  return { last, now: clock!.now };
}

export const add = (tx: Tx, one: Segment): Promise<unknown> =>
  tx.query(
    `insert into transparency.segments
       (number, first_tx, first_seq, last_tx, last_seq, entries, root, sealed, hash)
     values ($1, $2::xid8, $3, $4::xid8, $5, $6, decode($7, 'hex'), $8, decode($9, 'hex'))`,
    [
      one.number,
      String(one.firstTx),
      one.firstSeq,
      String(one.lastTx),
      one.lastSeq,
      one.entries,
      one.root,
      one.sealed,
      one.hash,
    ],
  );
