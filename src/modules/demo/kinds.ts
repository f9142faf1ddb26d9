/**
 * How often each kind of parcel comes in a thousand. The kinds are those that a window of an island economy really
 * sees;
 * the shares are our own estimate, stated here once, and the same in the seed, the stream, the aircraft and the
 * benchmark.
 */
export const shares = {
  /** One thing below the low-value limit, sold and paid by card. */
  'low-value': 540,
  /** One thing above it: charges at the border. */
  ordinary: 110,
  /** Two to five lines under one low value. */
  'several-lines': 110,
  /** Paid to the carrier at the door, so no payment slip comes before. */
  'cash-on-delivery': 70,
  /** From a private person to another, by post. */
  gift: 50,
  /** One declaration for two or three pieces. */
  'several-pieces': 25,
  /** One order that travels in three parcels, each its own declaration. */
  'split-order': 30,
  /** Two or three orders of one buyer in one parcel. */
  'merged-orders': 20,
  /** Goods that need a document, with it. */
  permit: 15,
  /** The same without it: a person looks at these. */
  'permit-missing': 6,
  prohibited: 2,
  /** Worth more than this way in allows: another route is named. */
  'over-limit': 7,
  /** By category instead of commodity code, as the pack's simplified route allows. */
  simplified: 10,
  /** The payment slip has not come yet. */
  'slip-missing': 5,
} as const;

export type Kind = keyof typeof shares;

/** What a thousand parcels are divided into. */
export const shareWhole = 1_000;

const isKind = (name: string): name is Kind => Object.hasOwn(shares, name);

let until = 0;
const slots = Object.keys(shares)
  .filter(isKind)
  .map((kind) => ({ kind, from: until, until: (until += shares[kind]) }));

/** Where a parcel stands in its thousand: its kind, and which of the parcels of that kind it is. */
export interface Place {
  readonly kind: Kind;
  readonly ordinal: number;
  /** Which thousand. */
  readonly block: number;
}

/**
 * The kind of a parcel by seed and index. Every thousand holds exactly the stated shares, in an order that looks like
 * chance: 617 and 1,000 have no common divisor, so that every slot is met once.
 */
export function placeOf(seed: number, index: number): Place {
  const block = Math.floor(index / shareWhole);
  const slot = ((index % shareWhole) * 617 + (Math.abs(seed) % shareWhole) * 73 + block * 389) % shareWhole;
  const { kind, from } = slots.find((one) => slot < one.until)!;
  return { kind, ordinal: slot - from, block };
}
