import { addDays, dayIn } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { lastReplay, replayNow, startReplay } from '#modules/clearance/index.ts';
import { changesFor } from '#modules/rulebook/index.ts';
import { castPrincipal } from './decisions.ts';
import { historyDays } from './history.ts';

/**
 * Holds the proposed change of law against the month of the history, as the tax office would, to the end. It is done
 * once.
 */
export async function replayHistory(context: Context): Promise<void> {
  const officer = await castPrincipal(context, 'dora');
  const [change] = await changesFor(context, officer);
  if (change === undefined || (await lastReplay(context, officer)) !== undefined) return;
  const until = addDays(dayIn(context.clock.instant(), 'UTC'), 1);
  const period = { from: addDays(until, -historyDays - 2), until };
  must(await startReplay(context, officer, change.id, period));
  await replayNow(context);
}
