import type { Catalogue } from '#kernel/result.ts';

export const refusals = {
  'agencies/form-not-ours': { status: 403, title: 'This form did not come from a page of this window' },
  'agencies/not-an-officer': { status: 403, title: 'The queue is for officers of an authority with a mandate' },
  'agencies/too-many-watch': { status: 503, title: 'Too many pages watch cases at the moment' },
} as const satisfies Catalogue;

/** The ages of open cases, in days, by which the chart puts them together: each from its figure on. */
export const ageBands = [0, 1, 3, 7, 14, 30] as const;

/** How many cases the chart of ages looks at; beyond them it says that there are more. */
export const agedMax = 1_000;
