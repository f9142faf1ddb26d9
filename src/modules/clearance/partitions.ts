import { addDays, dayIn } from '#kernel/effective.ts';
import type { Context } from '#platform/context.ts';
import { ensureDays } from './store.ts';

/**
 * Makes the partitions of some days back (for the demonstration's history) up to two days ahead. Partition days are
 * UTC.
 */
export async function ensurePartitions(context: Context, daysBack = 0): Promise<void> {
  const today = dayIn(context.clock.instant(), 'UTC');
  const days = Array.from({ length: daysBack + 3 }, (_, index) => addDays(today, index - daysBack));
  await context.db.tx((tx) => ensureDays(tx, days));
}
