import { addDays, dayOf } from '#kernel/effective.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import { type DayView, daysShown, slotMs } from './model.ts';

/** What was measured on a day: slots that were answered, and slots that were asked and not answered. */
export interface Measured {
  readonly day: string;
  readonly answered: number;
  readonly unanswered: number;
}

const dayMs = 86_400_000;
const places = 10_000;

/** A share with four places, cut and never rounded up: only what was always there says 1. */
function shareOf(part: number, whole: number): string {
  if (part >= whole) return '1.0000';
  return `0.${String(Math.floor((part * places) / whole)).padStart(4, '0')}`;
}

/**
 * Availability by day, oldest first. Every slot since the first measurement counts, whether it was asked or not: a
 * window that is down, and what measures it with it, is not available. The slot that runs at the moment is left out.
 */
export function availabilityOf(
  rows: readonly Measured[],
  since: string | null,
  now: number,
): { days: DayView[]; available: string | null } {
  const today = dayOf(instantOf(now).slice(0, 10));
  const first = since === null ? Number.POSITIVE_INFINITY : msOfInstant(since);
  const over = Math.floor(now / slotMs) * slotMs;
  const measured = new Map(rows.map((row) => [row.day, row]));
  let part = 0;
  let whole = 0;
  const days = Array.from({ length: daysShown }, (_, index) => {
    const day = addDays(today, index - daysShown + 1);
    const begins = msOfInstant(`${day}T00:00:00Z`);
    const slots = Math.max(0, Math.floor((Math.min(begins + dayMs, over) - Math.max(begins, first)) / slotMs));
    const row = measured.get(day);
    const answered = Math.min(row?.answered ?? 0, slots);
    const unanswered = Math.min(row?.unanswered ?? 0, slots - answered);
    part += answered;
    whole += slots;
    return {
      day,
      available: slots === 0 ? null : shareOf(answered, slots),
      unansweredSeconds: (unanswered * slotMs) / 1_000,
      unmeasuredSeconds: ((slots - answered - unanswered) * slotMs) / 1_000,
    };
  });
  return { days, available: whole === 0 ? null : shareOf(part, whole) };
}
