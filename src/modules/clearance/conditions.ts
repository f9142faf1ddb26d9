import { addDays, type Day } from '#kernel/effective.ts';
import { type ListedValue, type Pack, valuesInForce } from '#modules/rulebook/index.ts';

/**
 * Conditions that a pack may set for what happens to a declaration after its acceptance, each a dated value with its
 * source: `amendment-days`, `amendment-same-digits`, `amendment-law`, `cancellation-days.<ground>`,
 * `cancellation-by.<ground>` and `redetermination-days`.
 */
export const conditionOf = (pack: Pack, on: Day, id: string): ListedValue | undefined =>
  valuesInForce(pack, on).find((one) => one.id === id && one.zone === null && !one.announced);

/** The last day on which something may be done, in days from the acceptance; undefined where the pack sets no time. */
export function lastDayOf(pack: Pack, accepted: Day, id: string): Day | undefined {
  const days = conditionOf(pack, accepted, id);
  return days === undefined ? undefined : addDays(accepted, Number(days.value));
}
