import type { Day } from '#kernel/effective.ts';
import { deadlinesInForce, type Pack } from '#modules/rulebook/index.ts';

const ownSource = (pack: string, procedure: string): string => `${pack}/${procedure}`;

/** Whether the source of a clock is no law but the window's own practice for this procedure. */
export const isOwnPractice = (source: string, procedure: string): boolean => source.endsWith(ownSource('', procedure));

/**
 * The facts that set a clock of a case: the hours that the pack gives from an event on this day, with their law; where
 * it gives none, hours of the window's own practice for this procedure, which pages say in words.
 */
export function clock(
  pack: Pack,
  on: Day,
  after: string,
  name: string,
  own: { readonly procedure: string; readonly hours: number },
): Record<string, string | number> {
  const law = deadlinesInForce(pack, on).find((one) => one.after === after);
  return {
    [`${name}Hours`]: law?.hours ?? own.hours,
    [`${name}Source`]: law?.source ?? ownSource(pack.id, own.procedure),
  };
}
