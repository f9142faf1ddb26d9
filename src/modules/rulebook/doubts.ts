/**
 * The ids of a pack's rules and values whose source nobody has confirmed. Each has a number, so that a parcel marks
 * what it used instead of keeping a set, and their order is worked out once for all parcels.
 */
export class Doubts {
  readonly #numbers = new Map<string, number>();

  numberOf(id: string): number {
    const number = this.#numbers.get(id) ?? this.#numbers.size;
    this.#numbers.set(id, number);
    return number;
  }

  /** In the order of the alphabet. */
  sorted(): Doubt[] {
    return [...this.#numbers.keys()].sort().map((id) => ({ id, number: this.numberOf(id) }));
  }
}

export interface Doubt {
  readonly id: string;
  readonly number: number;
}

/** What was used of it, a bit for each number; empty where nothing was. */
export type Marks = number[];

export function markUsed(marks: Marks, number: number): void {
  marks[number >> 5] = (marks[number >> 5] ?? 0) | (1 << (number & 31));
}

export const isMarked = (marks: Marks, number: number): boolean =>
  ((marks[number >> 5] ?? 0) & (1 << (number & 31))) !== 0;
