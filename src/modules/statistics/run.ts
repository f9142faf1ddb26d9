import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dayOf } from '#kernel/effective.ts';
import type { Clock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Db, Tx } from '#platform/db.ts';
import { hasRead } from '#platform/followers.ts';
import { Hands } from '#platform/hands.ts';
import { append } from '#platform/journal.ts';
import type { Worker } from '#platform/module.ts';
import { createReference } from '#platform/snapshot.ts';
import { netOf } from '#modules/clearance/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { Books } from './book.ts';
import { follower, followerName } from './follow.ts';
import { publishChanged } from './publish.ts';
import * as books from './store-book.ts';
import * as store from './store-runs.ts';
import { writeBookings } from './write.ts';

/**
 * Checklists of one range: what a kill costs at most, how finely progress is told, and for how long a range holds the
 * lines of a summary against corrections.
 */
const rangeChecklists = 2_000;

/** Books one range of a run that nobody has booked; false when none is left, or the run has ended. */
export const workRange = (db: Db, run: store.RunRow, law: Books): Promise<boolean> =>
  db.tx(async (tx) => {
    const range = await store.takeRange(tx, run.id);
    if (range === undefined) return false;
    const { id, month, declarant } = run;
    const taken = await books.takePending(tx, { ...range, month, declarant });
    const nets = new Map(
      (
        await netOf(
          tx,
          taken.map((one) => one.id),
        )
      ).map((net) => [net.id, net]),
    );
    const checklists: books.ChecklistRow[] = [];
    const rows: books.BookingRow[] = [];
    for (const { month: _, ...one } of taken.sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const booked = { run: id, month, released: one.released };
      const { rule, summary, reason, parts } = law.target(booked, nets.get(one.id));
      checklists.push({ ...one, run: id, month, rule: rule?.id ?? null, summary, reason, entry: 0 });
      for (const [part, of] of parts.entries()) rows.push({ ...of, id: one.id, entry: 0, part, period: month });
    }
    if (checklists.length > 0) await books.copyChecklists(tx, checklists);
    await store.rangeDone(tx, id, range.low, checklists.length);
    await writeBookings(tx, law, rows);
    return true;
  });

/** The law by which a run merges. */
async function lawOf(db: Db, { epoch }: store.RunRow): Promise<Books> {
  const snapshot = await createReference(db, [packsPart]).at(epoch);
  return new Books(snapshot.get(packsPart).home);
}

/** Cuts what is pending into ranges, once everything that was released before the run was asked for is pending. */
async function plan(tx: Tx, run: store.RunRow, checklists: number): Promise<boolean> {
  if (!(await store.holdRun(tx, run.id)) || !(await hasRead(tx, followerName, run.asked))) return false;
  await store.cutRanges(tx, run, checklists);
  return store.moveRun(tx, run.id, { state: 'running', ended: null });
}

/** Files the summaries of a run all of whose ranges are booked, and publishes what everybody may read of its month. */
async function finish(tx: Tx, run: store.RunRow, law: Books, at: string): Promise<void> {
  if (!(await store.holdRun(tx, run.id))) return;
  const { ranges, done, checklists } = await store.progressOf(tx, run.id);
  if (done < ranges) return;
  const filed = await store.fileSummaries(tx, run.id, at);
  await books.numberLines(tx, filed);
  // What one declarant has closed alone would be told by what it adds.
  if (run.declarant === null) await publishChanged(tx, dayOf(run.month), law.currency, at);
  await store.moveRun(tx, run.id, { state: 'done', ended: at });
  const data = { month: run.month, declarant: run.declarant, summaries: filed.length, checklists };
  await append(tx, [{ kind: 'statistics.month-closed', subject: run.id, data }]);
}

/**
 * What each process of a run does: cuts it into ranges, or books ranges until none is left, and who booked the last one
 * files what the run came to. All of it is done here, since nothing of it may disturb who files a parcel.
 */
export async function workAll(db: Db, id: string, clock: Clock): Promise<void> {
  const run = await store.runById(db, id);
  if (run?.state === 'planning') await db.tx((tx) => plan(tx, run, rangeChecklists));
  if (run?.state !== 'running') return;
  const law = await lawOf(db, run);
  while (await workRange(db, run, law));
  await db.tx((tx) => finish(tx, run, law, clock.instant()));
}

/** A run that could not be worked on is ended, and the reason stands in the log; what it booked stays booked. */
async function fail(context: Context, id: string): Promise<void> {
  const ended = context.clock.instant();
  await context.db.tx(async (tx) => {
    if (!(await store.moveRun(tx, id, { state: 'failed', ended }))) return;
    await books.numberLines(tx, await store.fileSummaries(tx, id, ended));
    await append(tx, [{ kind: 'statistics.month-failed', subject: id, data: {} }]);
  });
}

const entry = fileURLToPath(new URL('./run-child.ts', import.meta.url));

/**
 * Closes the month that was asked for first. Where the address of the database is known, processes of their own do it;
 * a window that is only put together in one process books one range a step.
 */
export function runWorker(context: Context, checklists = rangeChecklists): Worker {
  const { db, config, clock } = context;
  const hands = new Hands(context, entry);
  let known: { readonly id: string; readonly law: Books } | undefined;
  return {
    name: 'statistics-runs',
    idleMs: 500,
    async step() {
      const run = await store.openRun(db);
      if (run === undefined) return false;
      const { ranges, done } = await store.progressOf(db, run.id);
      if (config.databaseUrl !== undefined) {
        // A process that found that it has to wait for the journal would only be started again and again.
        const ready = run.state === 'running' || (await hasRead(db, followerName, run.asked));
        if (ready && !hands.hire(run.id, Math.max(1, ranges - done))) await fail(context, run.id);
        return false;
      }
      if (run.state === 'planning') return db.tx((tx) => plan(tx, run, checklists));
      if (known?.id !== run.id) known = { id: run.id, law: await lawOf(db, run) };
      const { law } = known;
      if (done < ranges) return workRange(db, run, law);
      await db.tx((tx) => finish(tx, run, law, clock.instant()));
      return true;
    },
  };
}

const restMs = 20;

/** Closes everything that was asked for, in this process, until nothing is left. */
export async function closeNow(context: Context): Promise<void> {
  const { databaseUrl: _, ...config } = context.config;
  const reader = follower(context);
  const worker = runWorker({ ...context, config });
  for (;;) {
    const busy = (await reader.step(context.db)) || (await worker.step(context.db));
    if (!busy && (await store.openRun(context.db)) === undefined) return;
    // What is still being written by others cannot be followed yet.
    if (!busy) await delay(restMs);
  }
}
