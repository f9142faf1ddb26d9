/**
 * Who waits to be decided, each filer in a lane of his own: lanes are served in turn, one parcel each a round, so that
 * whoever brings a million parcels makes nobody wait longer who brings one.
 */
export class Lanes<T> {
  /** In the order in which they are served next; a lane in which nobody waits is not there. */
  readonly #lanes = new Map<string, T[]>();
  readonly #limits: LaneLimits;
  #waiting = 0;

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  /** How many wait in all lanes. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * How many may wait in one lane at this moment: as many as there is room left in all, so that whoever brings more
   * than the others leaves them as much again, and who stays below the floor finds room however much they bring.
   */
  get limit(): number {
    const { lane, floor, all } = this.#limits;
    return Math.min(lane, Math.max(floor, all - this.#waiting));
  }

  /** Puts one at the end of its lane; false where the lane is full, and then it does not wait. */
  add(name: string, one: T, bounded = true): boolean {
    const lane = this.#lanes.get(name);
    if (bounded && lane !== undefined && lane.length >= this.limit) return false;
    if (lane === undefined) this.#lanes.set(name, [one]);
    else lane.push(one);
    this.#waiting += 1;
    return true;
  }

  /** Takes at most `most`, a round of one from each lane after the other; who is not `ready` keeps his place. */
  take(most: number, ready: (one: T) => boolean): T[] {
    const taken: T[] = [];
    for (let went = -1; taken.length > went && taken.length < most; ) {
      went = taken.length;
      // The lanes of this round: one that is served moves to the end, and is not met again in it.
      const round = [...this.#lanes];
      for (const [name, lane] of round) {
        const at = lane.findIndex(ready);
        if (at < 0) continue;
        taken.push(...lane.splice(at, 1));
        // Whoever was served is served last of all the next time.
        this.#lanes.delete(name);
        if (lane.length > 0) this.#lanes.set(name, lane);
        if (taken.length === most) break;
      }
    }
    this.#waiting -= taken.length;
    return taken;
  }
}

export interface LaneLimits {
  /** How many may wait in one lane when there is room enough. */
  readonly lane: number;
  /** How many may always wait in one lane. */
  readonly floor: number;
  /** How many may wait in all lanes, as far as their floors allow. */
  readonly all: number;
}
