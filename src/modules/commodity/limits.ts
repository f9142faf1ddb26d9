import { perMinute } from './model.ts';

/** More addresses than ask within a minute; past it the count begins anew, so that a flood costs no memory. */
const addressesMax = 10_000;
const minuteMs = 60_000;

/** Counts by address and minute what was asked for; each process counts for itself. */
export class Limit {
  #minute = 0;
  readonly #asked = new Map<string, number>();

  /** Takes so many from what an address may ask for in this minute; false where that would be too many. */
  take(address: string, many: number, now: number): boolean {
    const minute = Math.floor(now / minuteMs);
    if (minute !== this.#minute || this.#asked.size >= addressesMax) this.#asked.clear();
    this.#minute = minute;
    const before = this.#asked.get(address) ?? 0;
    if (before + many > perMinute) return false;
    this.#asked.set(address, before + many);
    return true;
  }
}
