import { hash } from 'node:crypto';

/**
 * Merkle trees as RFC 9162 §2.1 (and RFC 6962 before it) builds them, over SHA-256. A tree is given by the hashes of
 * its leaves in their order. Everything here is pure; what is no tree, no place in it or no hash throws a RangeError.
 */

/** The bytes of one hash. */
export const hashBytes = 32;

const sha256 = (bytes: string | Uint8Array): Buffer => hash('sha256', bytes, 'buffer');

/** The root of a tree without leaves: the hash of nothing. */
export const emptyRoot: Uint8Array = sha256('');

/** The hash of a leaf: SHA-256 over 0x00 and its bytes; a text is taken as UTF-8. */
export const leafHash = (leaf: string | Uint8Array): Buffer =>
  sha256(typeof leaf === 'string' ? `\0${leaf}` : Buffer.concat([Buffer.from([0]), leaf]));

/** The hash of a node: SHA-256 over 0x01 and the hashes of its two children. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  sha256(Buffer.concat([Buffer.from([1]), left, right]));

function sizeOf(hashes: Uint8Array): number {
  if (hashes.length % hashBytes !== 0) throw new RangeError(`${hashes.length} bytes are no list of hashes`);
  return hashes.length / hashBytes;
}

/**
 * The root over hashes that stand one after the other. Level by level, neighbours become their node and one that is
 * left over goes up as it is, which gives the same root as the recursion of the RFC; therefore the root over the roots
 * of consecutive parts of 2^n leaves each (the last may be shorter) is the root over all of them.
 */
export function rootOf(hashes: Uint8Array): Buffer {
  let many = sizeOf(hashes);
  if (many === 0) return Buffer.from(emptyRoot);
  const level = Buffer.from(hashes);
  const pair = Buffer.alloc(1 + 2 * hashBytes, 1);
  while (many > 1) {
    for (let from = 0; from + 1 < many; from += 2) {
      level.copy(pair, 1, from * hashBytes, (from + 2) * hashBytes);
      sha256(pair).copy(level, (from / 2) * hashBytes);
    }
    if (many % 2 === 1) level.copyWithin(((many - 1) / 2) * hashBytes, (many - 1) * hashBytes, many * hashBytes);
    many = Math.ceil(many / 2);
  }
  return Buffer.from(level.subarray(0, hashBytes));
}

const part = (hashes: Uint8Array, from: number, until: number): Uint8Array =>
  hashes.subarray(from * hashBytes, until * hashBytes);

/** The largest power of two below `size`, where the RFC splits a tree. */
const splitOf = (size: number): number => 2 ** Math.ceil(Math.log2(size) - 1);

/** The hashes that lead from one leaf to the root, from below (RFC 9162 §2.1.3.1). `index` counts from nought. */
export function inclusionProof(hashes: Uint8Array, index: number): Buffer[] {
  const size = sizeOf(hashes);
  if (!Number.isInteger(index) || index < 0 || index >= size)
    throw new RangeError(`a tree of ${size} has no leaf ${index}`);
  if (size === 1) return [];
  const split = splitOf(size);
  const [left, right] = [part(hashes, 0, split), part(hashes, split, size)];
  return index < split
    ? [...inclusionProof(left, index), rootOf(right)]
    : [...inclusionProof(right, index - split), rootOf(left)];
}

/** The root that a proof of inclusion leads to; undefined where the proof is not one for this place (§2.1.3.2). */
export function rootByInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Buffer | undefined {
  if (!Number.isInteger(index) || !Number.isInteger(size) || index < 0 || index >= size) return undefined;
  let [at, last] = [index, size - 1];
  let found: Buffer = Buffer.from(leaf);
  for (const step of proof) {
    if (last === 0 || step.length !== hashBytes) return undefined;
    if (at % 2 === 1 || at === last) {
      found = nodeHash(step, found);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else found = nodeHash(found, step);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? found : undefined;
}

function subproof(hashes: Uint8Array, old: number, whole: boolean): Buffer[] {
  const size = sizeOf(hashes);
  if (old === size) return whole ? [] : [rootOf(hashes)];
  const split = splitOf(size);
  const [left, right] = [part(hashes, 0, split), part(hashes, split, size)];
  return old <= split
    ? [...subproof(left, old, whole), rootOf(right)]
    : [...subproof(right, old - split, false), rootOf(left)];
}

/** The hashes that show that the tree of the first `old` leaves, at least one, grew into this one (§2.1.4.1). */
export function consistencyProof(hashes: Uint8Array, old: number): Buffer[] {
  const size = sizeOf(hashes);
  if (!Number.isInteger(old) || old < 1 || old > size)
    throw new RangeError(`a tree of ${size} never had ${old} leaves`);
  return subproof(hashes, old, true);
}

interface Tree {
  readonly size: number;
  readonly root: Uint8Array;
}

const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/**
 * Whether a proof shows that the first tree grew into the second one (§2.1.4.2). A first tree without leaves shows
 * nothing and is refused; whoever accepts a first tree of a log says so himself.
 */
export function isConsistent(old: Tree, grown: Tree, proof: readonly Uint8Array[]): boolean {
  const sound = Number.isInteger(old.size) && Number.isInteger(grown.size) && old.size >= 1 && old.size <= grown.size;
  if (!sound || proof.some((step) => step.length !== hashBytes)) return false;
  if (old.size === grown.size) return proof.length === 0 && same(old.root, grown.root);
  let [at, last] = [old.size - 1, grown.size - 1];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  // A first tree that is whole is itself where the proof begins.
  const [first, ...steps] = at === 0 ? [old.root, ...proof] : proof;
  if (first === undefined) return false;
  let before: Buffer = Buffer.from(first);
  let now = before;
  for (const step of steps) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [before, now] = [nodeHash(step, before), nodeHash(step, now)];
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else now = nodeHash(now, step);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(before, old.root) && same(now, grown.root);
}
