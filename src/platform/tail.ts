import type { Place } from './sealing.ts';

const isBefore = (one: Place, other: Place): boolean =>
  one.tx < other.tx || (one.tx === other.tx && one.seq < other.seq);

/** How many followers' pages are kept for those that come a little later. */
const pagesKept = 3;
/** A follower so many pages further than what is kept does not wait until that has caught up. */
const pagesBehind = 2;

/**
 * The end of a journal in the memory of a process. Followers stand close to each other, and a page that one of them has
 * read serves all: what lies below the horizon never changes.
 */
export class Tail<E extends Place> {
  readonly #pageMax: number;
  #entries: E[] = [];
  /** What is kept lies behind this place. */
  #start: Place | undefined;
  #reading: Promise<void> | undefined;

  constructor(pageMax: number) {
    this.#pageMax = pageMax;
  }

  /**
   * What comes right behind a place, at most a page; nothing where nothing is there yet; undefined where the place lies
   * before what is kept. `read` gives the page behind a place, all of it below the horizon, in order.
   */
  async behind(place: Place, read: (place: Place) => Promise<E[]>): Promise<readonly E[] | undefined> {
    for (let turn = 0; ; turn += 1) {
      const farBehind = this.#start !== undefined && turn >= pagesBehind && isBefore(this.#end(), place);
      if (this.#start === undefined || farBehind) turn = this.#restart(place);
      if (isBefore(place, this.#start!)) return undefined;
      // Followers are near the end, so it is looked for from there.
      const from = this.#entries.findLastIndex((entry) => !isBefore(place, entry)) + 1;
      if (from < this.#entries.length) return this.#entries.slice(from, from + this.#pageMax);
      if (turn > 0 && !isBefore(this.#end(), place)) return [];
      await (this.#reading ??= this.#extend(read).finally(() => (this.#reading = undefined)));
    }
  }

  #end(): Place {
    return this.#entries.at(-1) ?? this.#start!;
  }

  /** Begins anew at a place: nothing was read behind it yet. */
  #restart(place: Place): 0 {
    this.#entries = [];
    this.#start = place;
    return 0;
  }

  async #extend(read: (place: Place) => Promise<E[]>): Promise<void> {
    const end = this.#end();
    const page = await read(end);
    // Another follower, far ahead, may have begun anew meanwhile.
    if (this.#end() !== end) return;
    this.#entries.push(...page);
    const over = this.#entries.length - pagesKept * this.#pageMax;
    if (over > 0) this.#start = this.#entries.splice(0, over).at(-1)!;
  }
}
