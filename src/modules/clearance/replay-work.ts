import { fileURLToPath } from 'node:url';
import { addDays, type Day, dayOf } from '#kernel/effective.ts';
import type { Context } from '#platform/context.ts';
import type { Db, Tx } from '#platform/db.ts';
import { Hands } from '#platform/hands.ts';
import { append } from '#platform/journal.ts';
import type { Worker } from '#platform/module.ts';
import { draftOf, packsPart } from '#modules/rulebook/index.ts';
import { idsOf } from './archive.ts';
import { resultOf } from './replay-result.ts';
import { type Laws, Sums, Tally } from './replay-tally.ts';
import * as store from './store-replay.ts';

/** Parcels of one range: what a kill costs at most, and how finely progress is told. */
const rangeParcels = 5_000;

async function lawsOf(tx: Tx, { id, draft, leaf, epoch, assumed }: store.ReplayRow): Promise<Laws> {
  const found = await draftOf(tx, draft, leaf, epoch);
  if (found === undefined) throw new Error(`the replay ${id} stands on a draft that is not there`);
  return { current: found.current, candidate: found.candidate, assumed: assumed === null ? null : dayOf(assumed) };
}

/** Looks at one range of a replay that nobody has done; false when none is left, or the replay has ended. */
export const workRange = (db: Db, replay: string, laws: Laws): Promise<boolean> =>
  db.tx(async (tx) => {
    const range = await store.takeRange(tx, replay);
    if (range === undefined) return false;
    const tally = new Tally(laws, range.key);
    for (const row of await store.replayedBetween(tx, range.low, range.high)) tally.add(row);
    tally.leaveOut(await store.leftOutBetween(tx, range.low, range.high));
    await store.rangeDone(tx, replay, range.low, tally.parcels, tally.sums.write());
    return true;
  });

/** Works on a replay until nothing of it is left: what each of its processes does. */
export async function workAll(db: Db, id: string): Promise<void> {
  const replay = await store.replayById(db, id);
  if (replay === undefined) return;
  const laws = await db.tx((tx) => lawsOf(tx, replay));
  while (await workRange(db, id, laws));
}

/** Cuts the parcels of a replay into ranges, day by day, without the days that stand in an archive. */
async function plan(tx: Tx, replay: store.ReplayRow, parcels: number): Promise<void> {
  if (!(await store.holdReplay(tx, replay.id))) return;
  const archived = new Set((await store.archivedIn(tx, replay.low, replay.high)).map(({ day }) => day));
  const until = dayOf(replay.until);
  for (let day: Day = dayOf(replay.from); day < until; day = addDays(day, 1)) {
    const { low, high } = idsOf(day);
    const edge = high < replay.high ? high : replay.high;
    if (low < edge && !archived.has(day)) await store.cutRanges(tx, replay.id, low, edge, parcels);
  }
  await store.moveReplay(tx, replay.id, { state: 'running', ended: null, result: null });
}

/** Puts together what all ranges came to, and ends the replay. */
async function finish(context: Context, tx: Tx, replay: store.ReplayRow): Promise<void> {
  const { id, leaf, low, high } = replay;
  if (!(await store.holdReplay(tx, id))) return;
  const sums = new Sums();
  for (let after: string | null = null; ; ) {
    const tallies: { low: string; tally: string }[] = await store.talliesAfter(tx, id, after);
    for (const { tally } of tallies) sums.merge(tally);
    const last = tallies.at(-1);
    if (last === undefined) break;
    after = last.low;
  }
  const archived = await store.archivedIn(tx, low, high);
  const { currency } = context.reference.current().get(packsPart).all.get(leaf)!;
  const result = resultOf(sums, currency, archived);
  await store.addExamples(tx, id, [...sums.examples.values()].flat());
  await store.dropRanges(tx, id);
  await store.moveReplay(tx, id, { state: 'done', ended: context.clock.instant(), result: JSON.stringify(result) });
  const data = { parcels: result.parcels, changed: result.changed };
  await append(tx, [{ kind: 'clearance.replay-done', subject: id, data }]);
}

/** A replay that could not be worked on is ended, and the reason stands in the log. */
async function fail(context: Context, id: string): Promise<void> {
  await context.db.tx(async (tx) => {
    if (!(await store.moveReplay(tx, id, { state: 'failed', ended: context.clock.instant(), result: null }))) return;
    await store.dropRanges(tx, id);
    await append(tx, [{ kind: 'clearance.replay-failed', subject: id, data: {} }]);
  });
}

const entry = fileURLToPath(new URL('./replay-child.ts', import.meta.url));

/**
 * Works on the replay that was asked for first. Where the address of the database is known, processes of their own do
 * it; a window that is only put together in one process looks at one range a step.
 */
export function replayWorker(context: Context, parcels = rangeParcels): Worker {
  const { db, config } = context;
  const hands = new Hands(context, entry);
  const alone = config.databaseUrl === undefined;
  let known: { readonly id: string; readonly laws: Laws } | undefined;
  return {
    name: 'clearance-replays',
    idleMs: 500,
    async step() {
      const replay = await store.openReplay(db);
      if (replay === undefined) return false;
      if (replay.state === 'planning') {
        await db.tx((tx) => plan(tx, replay, parcels));
        return true;
      }
      const { ranges, done } = await store.progressOf(db, replay.id);
      if (done === ranges) {
        await db.tx((tx) => finish(context, tx, replay));
        return true;
      }
      if (alone) {
        if (known?.id !== replay.id) known = { id: replay.id, laws: await db.tx((tx) => lawsOf(tx, replay)) };
        return workRange(db, replay.id, known.laws);
      }
      if (!hands.hire(replay.id, ranges - done)) await fail(context, replay.id);
      return false;
    },
  };
}

/** Works on everything that was asked for, in this process, until nothing is left. */
export async function replayNow(context: Context): Promise<void> {
  const { databaseUrl: _, ...config } = context.config;
  const worker = replayWorker({ ...context, config });
  while (await worker.step(context.db));
}
