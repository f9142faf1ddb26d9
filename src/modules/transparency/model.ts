import { Type, type Static } from 'typebox';
import { leafHash } from '#kernel/merkle.ts';
import type { Catalogue } from '#kernel/result.ts';

export const refusals = {
  'transparency/segment-unknown': { status: 404, title: 'No segment has this number' },
} as const satisfies Catalogue;

/** A segment holds at most so many entries, and what came in about a second where there are fewer. */
export const entriesMax = 10_000;
export const everyMs = 1_000;

/** A part of the journal that was closed: what it holds can be recomputed from the journal by everybody who has it. */
export interface Segment {
  /** Counted from 0: the place of its leaf in the log. */
  readonly number: bigint;
  /** Transaction and sequence of its first and last entry. */
  readonly firstTx: bigint;
  readonly firstSeq: bigint;
  readonly lastTx: bigint;
  readonly lastSeq: bigint;
  readonly entries: number;
  /** The root of the tree (RFC 9162, SHA-256) over its entries in their order; hexadecimal, like every hash here. */
  readonly root: string;
  /** When it was closed, by the clock of the database, to the millisecond. */
  readonly sealed: string;
  /** The hash of the leaf before it; of nothing but zeros for the first one. */
  readonly previous: string;
  /** The hash of its own leaf. */
  readonly hash: string;
}

/** What stands before the first segment. */
export const noHash = '0'.repeat(64);

/**
 * The leaf of a segment: seven facts, each on a line that ends with a line feed. Its bytes never change, wherever in a
 * log they come to stand.
 */
export const leafOf = (one: Omit<Segment, 'hash'>): string =>
  [
    'portolan-segment/v1',
    `${one.number}`,
    `${one.firstTx} ${one.firstSeq}`,
    `${one.lastTx} ${one.lastSeq}`,
    `${one.entries}`,
    one.root,
    one.previous,
    one.sealed,
    '',
  ].join('\n');

/** The hash of a segment's leaf, as RFC 9162 hashes leaves. */
export const hashOf = (one: Omit<Segment, 'hash'>): string => leafHash(leafOf(one)).toString('hex');

const hash = (description: string) => Type.String({ pattern: '^[0-9a-f]{64}$', description });
const number = Type.Integer({ minimum: 0, description: 'Counted from 0.' });

const PlaceView = Type.Object({ transaction: Type.String(), sequence: Type.String() }, { additionalProperties: false });

/** A segment as everybody may see it: it names nobody, and no entry can be read from it. */
export const SegmentView = Type.Object(
  {
    number,
    sealed: Type.String({ format: 'date-time', description: 'When it was closed.' }),
    entries: Type.Integer({
      minimum: 1,
      maximum: entriesMax,
      description: 'How many entries of the journal it holds.',
    }),
    first: PlaceView,
    last: PlaceView,
    root: hash('The root of the Merkle tree (RFC 9162, SHA-256) over its entries.'),
    previous: hash('The hash of the leaf before; zeros for the first segment.'),
    hash: hash('The hash of the leaf.'),
    leaf: Type.String({ description: 'The leaf itself: SHA-256 over a zero byte and these bytes is the hash.' }),
  },
  { additionalProperties: false },
);
export type SegmentView = Static<typeof SegmentView>;

/** A page of segments, newest first. */
export const SegmentsView = Type.Object(
  {
    segments: Type.Array(SegmentView),
    next: Type.Union([number, Type.Null()], { description: '`before` of the page after this one; null at the end.' }),
  },
  { additionalProperties: false },
);
export type SegmentsView = Static<typeof SegmentsView>;

/** A segment as it leaves. */
export const viewOf = (one: Segment): SegmentView => ({
  number: Number(one.number),
  sealed: one.sealed,
  entries: one.entries,
  first: { transaction: `${one.firstTx}`, sequence: `${one.firstSeq}` },
  last: { transaction: `${one.lastTx}`, sequence: `${one.lastSeq}` },
  root: one.root,
  previous: one.previous,
  hash: one.hash,
  leaf: leafOf(one),
});
