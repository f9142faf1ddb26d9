import { setImmediate as pause } from 'node:timers/promises';
import { leafHash, rootOf } from '#kernel/merkle.ts';
import type { Tx } from '#platform/db.ts';
import { beginning, entriesAfter, entriesBetween, entryText, type Place, placeOf } from '#platform/sealing.ts';
import { hashOf, noHash, type Segment } from './model.ts';
import { sealerName } from './service.ts';
import * as store from './store.ts';

/** What is not as it was sealed. */
export type Fault =
  /** Segments from this number up to that one are gone. */
  | { readonly kind: 'gone'; readonly segment: bigint; readonly until: bigint }
  /** What is stored of the segment is not what its leaf was made of. */
  | { readonly kind: 'leaf'; readonly segment: bigint }
  /** The journal has another number of entries there than were sealed. */
  | { readonly kind: 'count'; readonly segment: bigint; readonly sealed: number; readonly found: number }
  /** The journal has as many entries there, and not the same ones. */
  | { readonly kind: 'root'; readonly segment: bigint }
  /** Sealing stands further than the last segment: those at the end are gone. */
  | { readonly kind: 'end'; readonly segment: bigint }
  /** Somebody noted another hash for this segment, or one for a segment that is not there. */
  | { readonly kind: 'noted'; readonly segment: bigint };

/** What came of recomputing the sealed journal. */
export interface Verified {
  readonly segments: bigint;
  readonly entries: bigint;
  /** Entries that came since, and are not sealed yet. */
  readonly unsealed: bigint;
  /** The root of the log over the leaves of all segments, hexadecimal. */
  readonly root: string;
  readonly faults: readonly Fault[];
}

/** The hash of a segment's leaf that somebody wrote down earlier. */
export interface Noted {
  readonly segment: bigint;
  readonly hash: string;
}

const pageOf = 500;
const firstOf = ({ firstTx: tx, firstSeq: seq }: Segment): Place => ({ tx, seq });
const lastOf = ({ lastTx: tx, lastSeq: seq }: Segment): Place => ({ tx, seq });
const isSame = (one: Place | undefined, other: Place): boolean => one?.tx === other.tx && one.seq === other.seq;

/** Recomputes one segment from the journal: everything after the segment before it, up to its own last entry. */
async function recomputed(tx: Tx, segment: Segment, after: Place): Promise<Fault | undefined> {
  const { number, entries: sealed } = segment;
  // One more than were sealed is asked for, so that one that came between is seen.
  const found = await entriesBetween(tx, after, lastOf(segment), sealed + 1);
  if (found.length !== sealed) return { kind: 'count', segment: number, sealed, found: found.length };
  const root = rootOf(Buffer.concat(found.map((entry) => leafHash(entryText(entry)))));
  const same = root.toString('hex') === segment.root && isSame(found[0], firstOf(segment));
  return same ? undefined : { kind: 'root', segment: number };
}

/** Goes through all segments in their order, and hands each with what is wrong about it. */
async function* examined(tx: Tx): AsyncGenerator<{ segment: Segment; faults: Fault[] }> {
  let before: Pick<Segment, 'number' | 'hash'> & { readonly end: Place } = {
    number: -1n,
    hash: noHash,
    end: beginning,
  };
  for (;;) {
    const page = await store.from(tx, before.number + 1n, pageOf);
    if (page.length === 0) return;
    for (const segment of page) {
      const { number, hash } = segment;
      const gone = number !== before.number + 1n;
      const faults: Fault[] = [];
      if (gone) faults.push({ kind: 'gone', segment: before.number + 1n, until: number - 1n });
      else if (hashOf({ ...segment, previous: before.hash }) !== hash) faults.push({ kind: 'leaf', segment: number });
      // Behind a gap only its own word says where a segment begins.
      const after = gone ? { tx: segment.firstTx, seq: segment.firstSeq - 1n } : before.end;
      const differs = await recomputed(tx, segment, after);
      if (differs !== undefined) faults.push(differs);
      before = { number, hash, end: lastOf(segment) };
      yield { segment, faults };
      await pause();
    }
  }
}

/**
 * Recomputes every segment from the journal, and the chain of their leaves, and says what is not as it was sealed. It
 * reads beside a running window. What it cannot see alone is a history that was written again whole, seals included:
 * for that, hand in a hash that somebody noted earlier.
 */
export async function verify(
  db: Tx,
  noted: readonly Noted[] = [],
  progress: (segments: bigint, entries: bigint, of: bigint) => void = () => undefined,
): Promise<Verified> {
  // Taken before the segments are read: what is sealed meanwhile lies behind it.
  const place = await placeOf(db, sealerName);
  const [newest] = await store.below(db, null, 1);
  const all = newest === undefined ? 0n : newest.number + 1n;
  const faults: Fault[] = [];
  const hashes: Buffer[] = [];
  const wanted = new Map(noted.map((one) => [one.segment, one.hash]));
  let [segments, entries] = [0n, 0n];
  let last: Segment | undefined;
  for await (const { segment, faults: found } of examined(db)) {
    faults.push(...found);
    const hash = wanted.get(segment.number);
    if (hash !== undefined && hash !== segment.hash) faults.push({ kind: 'noted', segment: segment.number });
    wanted.delete(segment.number);
    hashes.push(Buffer.from(segment.hash, 'hex'));
    segments += 1n;
    entries += BigInt(segment.entries);
    last = segment;
    progress(segments, entries, all);
  }
  const end = last === undefined ? beginning : lastOf(last);
  if (end.tx < place.tx || (end.tx === place.tx && end.seq < place.seq))
    faults.push({ kind: 'end', segment: last === undefined ? 0n : last.number + 1n });
  for (const segment of wanted.keys()) faults.push({ kind: 'noted', segment });
  const unsealed = await entriesAfter(db, end);
  return { segments, entries, unsealed, root: rootOf(Buffer.concat(hashes)).toString('hex'), faults };
}
