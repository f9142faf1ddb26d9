/** One request of a key, as its holder sees it. */
export interface Logged {
  /** The id of the request: `instance` of a problem names it. */
  readonly request: string;
  readonly at: string;
  readonly method: string;
  /** The address without its query. */
  readonly path: string;
  readonly status: number;
  /** The code of the problem that it was answered with; null where there was none. */
  readonly problem: string | null;
}

/** How many requests of a key are kept, and for how many days at most. */
export const ringSize = 500;
export const keptDays = 30;

/** The longest address that is kept. */
export const pathMax = 200;
