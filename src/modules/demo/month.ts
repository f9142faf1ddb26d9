import { addDays, dayIn } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { casesOf, reverse } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { closeNow, mergedChecklists, startRun } from '#modules/statistics/index.ts';
import { castPrincipal, officers } from './decisions.ts';
import type { HistoryDay } from './history.ts';

const decision = {
  ground: 'demo/ground-control',
  reason: 'demo/reason-taken-back',
  remedy: 'clearance/object-to-denial',
};

/**
 * On the first day of a month the tax office closes the one before, and customs takes a release of it back, so that
 * something is corrected afterwards. Done again it changes nothing more than that.
 */
export async function closeMonth(context: Context, day: HistoryDay): Promise<void> {
  const { timeZone } = context.reference.current().get(packsPart).home;
  const today = dayIn(instantOf(day.filedAt), timeZone);
  const month = addDays(today, -1).slice(0, 7);
  if (today.startsWith(month)) return;
  must(await startRun(context, await castPrincipal(context, 'dora'), { month }));
  await closeNow(context);
  await takeBack(context, month);
}

/** Takes the release of the first parcel back that somebody had under control and let go. */
async function takeBack(context: Context, month: string): Promise<void> {
  const merged = await mergedChecklists(context, month);
  const held = await casesOf(context.db, merged);
  const one = held.find(({ desk, closed }) => desk !== null && officers[desk] !== undefined && closed !== null);
  if (one === undefined) return;
  const officer = await castPrincipal(context, officers[one.desk!]!);
  await context.db.tx(async (tx) =>
    must(await reverse(context, tx, officer, { case: one.id, stamp: one.stamp, decision })),
  );
}
