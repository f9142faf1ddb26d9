import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Catalogue } from '#kernel/result.ts';
import type { Context } from './context.ts';
import type { Db } from './db.ts';
import type { Log } from './log.ts';
import type { Part } from './snapshot.ts';

/** Something done beside requests: a follower of the journal, a sweep of deadlines. */
export interface Worker {
  readonly name: string;
  /** How long it rests when a step found nothing to do. */
  readonly idleMs: number;
  /** Whether those processes run it too that only serve: it keeps up what a process holds in memory. */
  readonly everywhere?: boolean;
  /** Goods wait for it: while it is busy, those that can wait take a step a second and no more. */
  readonly goesFirst?: boolean;
  /** Nobody waits for what it does: sums, statistics, what is learned. */
  readonly canWait?: boolean;
  /** It reads the journal from a place of its own, under its name. */
  readonly follows?: true;
  /**
   * One bounded step. True when there may be more to do at once; `caught-up` when it did all there was, so that more
   * may gather before the next; false when there was nothing.
   */
  step(db: Db): Promise<boolean | 'caught-up'>;
}

/** What a module gives to app.ts; everything but name and refusals may be left out. */
export interface Module {
  readonly name: string;
  readonly refusals: Catalogue;
  readonly reference?: readonly Part<unknown>[];
  /** Procedures for `cases`; their shape is that module's affair. */
  readonly procedures?: readonly unknown[];
  api?(app: FastifyInstance, context: Context): void | Promise<void>;
  pages?(app: FastifyInstance, context: Context): void | Promise<void>;
  work?(context: Context): readonly Worker[];
}

const restMaxMs = 30_000;
const waitMs = 1_000;
/**
 * How long entries gather: a step costs about as much for one as for a hundred. It differs by the worker's name, since
 * followers that all step at one moment, and then all rest, keep the parcels of that moment waiting.
 */
const gatherMs = ({ name, canWait }: Worker): number => (canWait ? 350 : 70) + 3 * name.length;

/** Until when those that can wait do so, on the clock of this process. */
interface Turn {
  until: number;
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

async function run(worker: Worker, db: Db, log: Log, signal: AbortSignal, turn: Turn): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const busy = await worker.step(db);
      failures = 0;
      if (busy && worker.goesFirst) turn.until = performance.now() + waitMs;
      if (!busy) await rest(worker.idleMs, signal);
      else if (worker.canWait && performance.now() < turn.until) await rest(waitMs, signal);
      else if (busy === 'caught-up') await rest(gatherMs(worker), signal);
    } catch (error) {
      failures += 1;
      log.error('worker-failed', error, { worker: worker.name, failures });
      await rest(Math.min(500 * 2 ** failures, restMaxMs), signal);
    }
  }
}

/**
 * Runs workers beside each other until the signal; it resolves when the step that each was in has ended. A step that
 * throws is logged and tried again after one second, then two, then four, at most thirty.
 */
export async function work(db: Db, workers: readonly Worker[], log: Log, signal: AbortSignal): Promise<void> {
  const turn = { until: 0 };
  await Promise.all(workers.map((worker) => run(worker, db, log, signal, turn)));
}
