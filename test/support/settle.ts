import { setTimeout as delay } from 'node:timers/promises';
import type { Db } from '#platform/db.ts';
import type { Worker } from '#platform/module.ts';

const restMs = 5;
const restsMax = 12_000;

/** What runs by itself and never ends: the quiet stream of a demonstration, and what watches its clock. */
const endless = (worker: Worker): boolean => worker.name.startsWith('demo.');

/**
 * Waits until everything that is committed now may be followed. Followers stop before the oldest open transaction of
 * the whole server, and that may be one of another test, on another database.
 */
export async function untilFollowable(db: Db): Promise<void> {
  const [now] = await db.query<{ next: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as next');
  for (let rests = 0; rests < restsMax; rests += 1) {
    const [open] = await db.query<{ none: boolean }>(
      'select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 as none',
      [now!.next],
    );
    if (open?.none === true) return;
    await delay(restMs);
  }
  throw new Error('a transaction of this server has been open for a minute, so nothing behind it can be followed');
}

/** Runs every worker until none has anything to do: all that was committed before has been followed then. */
export async function settle(db: Db, workers: readonly Worker[]): Promise<void> {
  const ending = workers.filter((worker) => !endless(worker));
  for (let busy = true; busy; ) {
    await untilFollowable(db);
    busy = false;
    for (const worker of ending) busy = (await worker.step(db)) !== false || busy;
  }
}
