/**
 * Numbers that look like chance and are the same on every machine: xoshiro128** (Blackman and Vigna, 2018), seeded
 * through the finaliser of MurmurHash3. Everything the demonstration invents comes from here, so that a parcel is named
 * by its seed and index alone.
 */
export class Chance {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** The same parts, in the same order, give the same row of numbers. Parts are whole numbers. */
  constructor(...parts: readonly number[]) {
    let hash = 0x9e3779b9;
    for (const part of parts)
      hash = mixed(Math.imul(hash ^ (part | 0), 0x85ebca6b) + Math.trunc(part / 2 ** 32) + 0x6d2b79f5);
    this.#a = mixed(hash + 1);
    this.#b = mixed(hash + 0x9e3779b9);
    this.#c = mixed(hash + 0x3c6ef372);
    // The one state that the generator never leaves is all zeros.
    this.#d = mixed(hash + 0xdaa66d2b) | 1;
  }

  /** The next 32 bits, as a whole number from 0. */
  next(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** A whole number from 0 up to but not including `count`, which is at most 2^32. */
  below(count: number): number {
    return Math.floor((this.next() / 2 ** 32) * count);
  }

  /** A whole number from `low` up to and including `high`. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True so many times in a thousand. */
  permille(share: number): boolean {
    return this.below(1_000) < share;
  }

  /** One of the list, which has at least one. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

function mixed(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
