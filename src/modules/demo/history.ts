import { consumerNumber } from './people.ts';
import { type Invented, parcel, type ParcelOptions } from './parcels.ts';
import { Chance } from './random.ts';
import { ids } from './roles.ts';

/** How many parcels the history holds, and over how many days. */
export const historyParcels = 2_000;
export const historyDays = 30;

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Some days are busier: a rhythm of a week, in parts of a whole that need not be seven. */
const rhythm = [8, 10, 11, 10, 12, 6, 4] as const;

/** One day of history: what was filed, on which master bills, and what landed. */
export interface HistoryDay {
  readonly number: number;
  /** When its parcels had been filed, in milliseconds since 1970. */
  readonly filedAt: number;
  /** When its goods landed; null for the last day, whose goods are still under way. */
  readonly landsAt: number | null;
  readonly parcels: readonly HistoryParcel[];
}

export interface HistoryParcel extends Invented {
  readonly index: number;
  readonly at: number;
}

const weightUntil = (day: number): number => {
  let sum = 0;
  for (let one = 0; one < day; one += 1) sum += rhythm[one % rhythm.length]!;
  return sum;
};

/** The master bill of a day: one by air, one by post. */
export const masterOf = (run: string, day: number, post: boolean): string =>
  `${post ? 'EMS' : '618'}-${run}${String(day).padStart(3, '0')}`;

/** What makes some parcels belong to people of the cast; everything else is left to chance. */
function special(index: number): Partial<ParcelOptions> {
  const own = (filer: string, guarantor: string | null): Partial<ParcelOptions> => ({
    seller: filer,
    standing: { filer, declarant: filer, guarantor },
  });
  // The small workshop stands on the guarantor; the smallest seller on its own little account, which is soon used up.
  if (index % 40 === 7) return own(ids.seller, ids.guarantor);
  if (index % 66 === 13) return own(ids.smallest, null);
  // The consumer is her own importer: nobody secures her charges, so her parcels wait until she has paid.
  if (index % 331 === 100) {
    return {
      kind: 'ordinary',
      buyer: consumerNumber,
      importer: ids.consumer,
      seller: ids.seller,
      standing: { filer: ids.agent, declarant: ids.agent, guarantor: null },
    };
  }
  return {};
}

/** The days of history that end at a moment. The same seed and moment give the same history, byte for byte. */
export function historyDay(seed: number, began: number, number: number): HistoryDay {
  const whole = weightUntil(historyDays + 1);
  const edge = (day: number): number => Math.floor((historyParcels * weightUntil(day)) / whole);
  const filedAt = number === historyDays ? began - hourMs : began - (historyDays - number) * dayMs;
  const from = edge(number);
  const parcels = Array.from({ length: edge(number + 1) - from }, (_, place) => {
    const index = from + place;
    const at = filedAt - new Chance(seed, index, 1).below(6 * 60) * minuteMs;
    return { ...historyParcel(seed, index, at, number), index, at };
  });
  return { number, filedAt, landsAt: number === historyDays ? null : filedAt + 15 * hourMs, parcels };
}

const run = 'H';

/** One parcel of the history. `complete` is the same one with the payment slip that it first came without. */
export function historyParcel(seed: number, index: number, at: number, day: number, complete = false): Invented {
  const options: ParcelOptions = { seed, index, at, run, buyers: 1_400, complete, ...special(index) };
  const post = parcel(options).kind === 'gift';
  return parcel({ ...options, master: masterOf(run, day, post) });
}

/**
 * How a day's goods differed from the paper: which pieces were missing, which came without data, which came a day
 * late.
 */
export interface Differences {
  readonly missing: readonly string[];
  readonly late: readonly string[];
  readonly extra: readonly string[];
}

export function differences(seed: number, day: HistoryDay, post: boolean): Differences {
  const chance = new Chance(seed, day.number, 2);
  const mine = day.parcels.filter(({ kind }) => (kind === 'gift') === post);
  const barcodes = mine.flatMap((one) => one.barcodes);
  // The second piece of two often comes with the next aircraft.
  const late = mine.flatMap(({ barcodes: [, second] }) =>
    second !== undefined && chance.permille(500) ? [second] : [],
  );
  const missing = barcodes.filter((barcode) => !late.includes(barcode) && chance.permille(12));
  const extra = !post && day.number % 5 === 2 ? [`XX${run}${String(day.number).padStart(3, '0')}9`] : [];
  return { missing, late, extra };
}
