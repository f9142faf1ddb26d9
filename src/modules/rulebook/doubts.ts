/** More combinations than the parcels of a busy day bring; past it what was kept is forgotten. */
const keptMax = 10_000;

/** What was used of the doubtful, a bit for each number. */
export type Marks = number[];

/** The ids for what was used so far, and for what may be used besides: further marks, or a row of a table. */
interface Kept {
  ids: readonly string[];
  readonly next: Map<number | string, Kept>;
}

/**
 * The ids of a pack's rules and values whose source nobody has confirmed. Each has a number, so that a parcel marks
 * what it used instead of keeping a set; rows of tables are too many for that and are listed. What the same marks and
 * rows come to is worked out once for all parcels.
 */
export class Doubts {
  readonly #numbers = new Map<string, number>();
  #kept: Kept = { ids: [], next: new Map() };
  #count = 0;

  numberOf(id: string): number {
    const number = this.#numbers.get(id) ?? this.#numbers.size;
    this.#numbers.set(id, number);
    return number;
  }

  /** Room for the marks of one parcel, none of them set. */
  noMarks(): Marks {
    const marks: Marks = [];
    for (let word = 0; word << 5 < this.#numbers.size; word += 1) marks.push(0);
    return marks;
  }

  /** The ids that are marked and those of the rows, in the order of the alphabet. */
  used(marks: Marks, rows: readonly string[]): readonly string[] {
    if (this.#count > keptMax) [this.#kept, this.#count] = [{ ids: [], next: new Map() }, 0];
    let kept = this.#kept;
    for (let word = 0; word < marks.length; word += 1) {
      const bits = marks[word]!;
      kept = kept.next.get(bits) ?? this.#keep(kept, bits, this.#marked(word, bits));
    }
    for (const row of rows) kept = kept.next.get(row) ?? this.#keep(kept, row, [row]);
    return kept.ids;
  }

  #keep(before: Kept, key: number | string, more: readonly string[]): Kept {
    const fresh = more.filter((id) => !before.ids.includes(id));
    const ids = fresh.length === 0 ? before.ids : [...before.ids, ...fresh].sort();
    const kept = { ids, next: new Map() };
    before.next.set(key, kept);
    this.#count += 1;
    return kept;
  }

  #marked(word: number, bits: number): string[] {
    return [...this.#numbers].flatMap(([id, number]) =>
      number >> 5 === word && (bits & (1 << (number & 31))) !== 0 ? [id] : [],
    );
  }
}

export function markUsed(marks: Marks, number: number): void {
  marks[number >> 5] = (marks[number >> 5] ?? 0) | (1 << (number & 31));
}
