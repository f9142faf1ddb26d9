import { setImmediate as pause } from 'node:timers/promises';
import { hashBytes, rootOf } from '#kernel/merkle.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import type { Follower } from '#platform/journal.ts';
import { followHashes, type HashedPage } from '#platform/sealing.ts';
import {
  entriesMax,
  everyMs,
  hashOf,
  noHash,
  type Segment,
  type SegmentsView,
  type SegmentView,
  viewOf,
} from './model.ts';
import * as store from './store.ts';

/** As many leaves as a tile of a log has; their roots make the same root as all of them. */
const partBytes = 256 * hashBytes;

/** The root over many leaves, a part at a time: requests that are answered by the same process do not wait for it. */
async function rootInParts(hashes: Buffer): Promise<Buffer> {
  const roots: Buffer[] = [];
  for (let start = 0; start < hashes.length; start += partBytes) {
    roots.push(rootOf(hashes.subarray(start, start + partBytes)));
    await pause();
  }
  return rootOf(Buffer.concat(roots));
}

async function close(tx: Tx, { count, first, last, hashes }: HashedPage): Promise<void> {
  const [{ last: before, now }, root] = await Promise.all([store.newest(tx), rootInParts(hashes)]);
  const segment: Omit<Segment, 'hash'> = {
    number: before === undefined ? 0n : before.number + 1n,
    firstTx: first.tx,
    firstSeq: first.seq,
    lastTx: last.tx,
    lastSeq: last.seq,
    entries: count,
    root: root.toString('hex'),
    sealed: now,
    previous: before?.hash ?? noHash,
  };
  await store.add(tx, { ...segment, hash: hashOf(segment) });
}

/** The name of the sealer among the followers of the journal. */
export const sealerName = 'transparency-sealer';

/**
 * Closes segments: every entry of the journal falls into exactly one, in the order in which followers read them. It
 * closes what there is about once a second, and at once where that is more than a segment holds.
 */
export const sealer = (): Follower => followHashes(sealerName, { most: entriesMax, idleMs: everyMs }, close);

/** The last segment that was closed; null before the first one. */
export async function lastSegment(tx: Tx): Promise<SegmentView | null> {
  const [last] = await store.below(tx, null, 1);
  return last === undefined ? null : viewOf(last);
}

/** A page of segments, newest first, below a number where one is given. */
export async function segmentsBelow({ db }: Context, before: bigint | null, limit: number): Promise<SegmentsView> {
  const found = await store.below(db, before, limit);
  const lowest = found.at(-1)?.number ?? 0n;
  return { segments: found.map(viewOf), next: lowest > 0n ? Number(lowest) : null };
}

/** One segment by its number. */
export async function segmentOf({ db }: Context, number: bigint): Promise<Result<SegmentView>> {
  const [found] = await store.from(db, number, 1);
  return found?.number === number ? ok(viewOf(found)) : refuse('transparency/segment-unknown');
}
