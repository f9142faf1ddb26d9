/** How much is sent; each can be set with `--size name=number`. */
export interface Sizes {
  readonly runs: number;
  /** Parcels that warm the window up before anything is measured. */
  readonly warm: number;
  /** Files of PostgreSQL's log, 16 MB each, that are there before anything is sent. */
  readonly logFiles: number;
  /** Parcels of a closed loop. */
  readonly parcels: number;
  readonly openSeconds: number;
  /** Requests a second of the open loops. */
  readonly rates: readonly number[];
  /** Parcels whose rows are copied for comparison. */
  readonly copied: number;
  readonly assessed: number;
  /** Lines of the retailer's orders whose parcels are written as messages; infinite is all of them. */
  readonly messaged: number;
  /** Parcels of a run of uploads. */
  readonly bulk: number;
  /** Parcels that the uploads of a mixed run have, of which they send as many as it lasts. */
  readonly mixedBulk: number;
  /** Seconds of each of the three parts of a mixed run. */
  readonly mixedSeconds: number;
  /** Parcels of a master bill. */
  readonly arrival: number;
  /** Scans a second while it is worked through. */
  readonly scanRate: number;
  /** Parcels that come as slips. */
  readonly slips: number;
  /** Parcels of the full database, and after how many minutes of filling it is full enough. */
  readonly grown: number;
  readonly fillMinutes: number;
  /** Parcels that a window decides and that are multiplied then. */
  readonly growthSeed: number;
  /** Seconds of each window against the empty and the full database, and the parcels made ready for it. */
  readonly growthSeconds: number;
  readonly growthParcels: number;
  /** Parcels of the database that a draft of the law is held against, and single parcels a second beside it. */
  readonly replayed: number;
  readonly replayRate: number;
  /** Checklists of the month that is closed, and single parcels a second beside it. */
  readonly monthly: number;
  readonly monthlyRate: number;
  /** Parcels of a run of each baseline. */
  readonly baseline: number;
  /** Parcels a second that single filers file in a mixed run. */
  readonly mixedRate: number;
}

export const whole: Sizes = {
  runs: 3,
  warm: 15_000,
  logFiles: 256,
  parcels: 40_000,
  openSeconds: 5,
  rates: [3_407, 10_000],
  copied: 10_000,
  assessed: 60_000,
  messaged: 20_000,
  bulk: 1_000_000,
  arrival: 100_000,
  scanRate: 200,
  slips: 60_000,
  grown: 10_000_000,
  fillMinutes: 10,
  growthSeed: 20_000,
  growthSeconds: 20,
  growthParcels: 250_000,
  replayed: 1_000_000,
  replayRate: 300,
  monthly: 2_000_000,
  monthlyRate: 300,
  baseline: 12_000,
  mixedBulk: 1_000_000,
  mixedSeconds: 10,
  mixedRate: 1_000,
};

/** Only show that everything works; their figures say nothing. */
export const tiny: Sizes = {
  runs: 1,
  warm: 50,
  logFiles: 1,
  parcels: 200,
  openSeconds: 1,
  rates: [100],
  copied: 100,
  assessed: 500,
  messaged: 100,
  bulk: 600,
  arrival: 2_100,
  scanRate: 50,
  slips: 200,
  grown: 2_000,
  fillMinutes: 1,
  growthSeed: 200,
  growthSeconds: 0.4,
  growthParcels: 2_000,
  replayed: 1_000,
  replayRate: 20,
  monthly: 1_000,
  monthlyRate: 20,
  baseline: 100,
  mixedBulk: 15_000,
  mixedSeconds: 0.2,
  mixedRate: 50,
};

/** The sizes with what was asked for on the command line, each as `name=number`. */
export function sized(base: Sizes, asked: readonly string[]): Sizes {
  const given = asked.map((text) => {
    const [name = '', value] = text.split('=');
    if (typeof base[name as keyof Sizes] !== 'number' || !/^\d+(\.\d+)?$/.test(value ?? ''))
      throw new Error(`--size knows ${Object.keys(base).join(', ')} with a number each, not ${text}`);
    return [name, Number(value)];
  });
  return { ...base, ...Object.fromEntries(given) };
}
