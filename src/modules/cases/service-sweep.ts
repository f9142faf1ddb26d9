import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { moveOf, procedureOf } from './registry.ts';
import { apply, type Asked, type Who } from './service-apply.ts';
import * as store from './store.ts';
import * as queues from './store-queue.ts';

const setMax = 100;

/**
 * One set: the clocks that fell due in cases that nobody else holds. Answers how many fell, and whether there was work.
 */
async function sweepSet(context: Context, tx: Tx, ids: readonly string[], now: string): Promise<number> {
  const due = await queues.firstDue(tx, ids, now);
  const fallen = new Map((await queues.fall(tx, due, now)).map((one) => [one.id, one.name]));
  const asked: Asked[] = [];
  for (const row of await store.casesOf(tx, [...fallen.keys()], false)) {
    const deadline = procedureOf(row.procedure, row.version).deadlines.find((one) => one.name === fallen.get(row.id))!;
    if (deadline.move === undefined) continue;
    asked.push({ row, rule: moveOf(row, deadline.move)! });
  }
  const who: Who = { by: 'clock', actor: 'clock', authority: null, at: now };
  for (const done of await apply(context, tx, who, asked)) {
    if (!done.ok) throw new Error(`a clock's move was refused: ${done.error.code}`);
  }
  return fallen.size;
}

/**
 * Falls every deadline that is due by the context's clock, in sets of at most 100 cases, each set in a transaction of
 * its own; any number of sweepers may run beside each other, and each deadline falls once. A set that fails is taken
 * again case by case, so that one case cannot hold up the others; the one that fails is logged and left for the next
 * sweep. Answers how many deadlines fell.
 */
export async function sweep(context: Context): Promise<number> {
  const { db, clock, log } = context;
  const now = clock.instant();
  const failed: string[] = [];
  let fell = 0;
  for (;;) {
    let ids: string[] = [];
    try {
      fell += await db.tx(async (tx) => {
        ids = await queues.lockDue(tx, now, failed, setMax);
        return ids.length === 0 ? 0 : sweepSet(context, tx, ids, now);
      });
    } catch (error) {
      if (ids.length === 0) throw error;
      for (const id of ids) {
        try {
          fell += await db.tx(async (tx) => {
            await store.casesOf(tx, [id], true);
            return sweepSet(context, tx, [id], now);
          });
        } catch (alone) {
          failed.push(id);
          log.error('deadline-failed', alone, { case: id });
        }
      }
    }
    if (ids.length === 0) return fell;
  }
}
