import type { Catalogue } from '#kernel/result.ts';

export const refusals = {
  'home/too-many-watch': { status: 503, title: 'Too many pages follow the figures at this moment' },
} as const satisfies Catalogue;

/** One thing that happened, as everybody may know it. */
export interface News {
  readonly number: bigint;
  readonly at: string;
  /** A status of the portal: `released`, `control`, `denied` … */
  readonly what: string;
  readonly route: string | null;
  readonly ground: string | null;
}

/** Parcels between a place and an office, and how many of them wait for a person. */
export interface LaneCount {
  readonly origin: string;
  readonly office: string;
  readonly volume: number;
  readonly waiting: number;
}

/** The figures of the home page. */
export interface Figures {
  readonly today: Readonly<Record<string, number>>;
  readonly month: Readonly<Record<string, number>>;
  /** Parcels that wait for a person at this moment. */
  readonly waiting: number;
}

/** How far back the chart and the long figures look. */
export const daysShown = 30;
/** How many news are kept. */
export const newsKept = 200;
