import { type Day, dayIn } from '#kernel/effective.ts';
import type { Pack } from './pack.ts';
import type { Run } from './run.ts';

function instantDay(pack: Pack, instant: string | null | undefined): Day | undefined {
  if (typeof instant !== 'string') return undefined;
  try {
    return dayIn(instant, pack.timeZone);
  } catch {
    // The text has the form of an instant and the calendar lacks it: then nobody said when it was.
    return undefined;
  }
}

/**
 * The day of a clock: as given, else from the slips or the legal day in the order that the pack names. Where none of
 * them says it, the day is a missing fact.
 */
export function clockDay(run: Run, clock: string): { day: Day; from: string } | undefined {
  const given = run.input.days?.[clock];
  if (given !== undefined) return { day: given, from: 'given' };
  const { payments, orders } = run.consignment;
  for (const source of run.pack.program.clocks.get(clock) ?? []) {
    const day =
      source === 'paid'
        ? instantDay(run.pack, payments?.[0]?.paid)
        : source === 'ordered'
          ? instantDay(run.pack, orders?.[0]?.placed)
          : run.input.on;
    if (day !== undefined) return { day, from: source };
  }
  run.missing.push(`days.${clock}`);
  return undefined;
}
