import type { Tx } from '#platform/db.ts';
import type { QueueCount } from './model.ts';
import * as queues from './store-queue.ts';

/** How many cases are open, unclaimed and overdue, by procedure and state; a desk, or null for all. */
export const countsOf = (tx: Tx, desk: string | null, now: string): Promise<QueueCount[]> =>
  queues.counts(tx, desk, now);

/** When the oldest case that is still open was opened; null when none is. */
export const oldestOpen = (tx: Tx): Promise<string | null> => queues.oldestOpen(tx);

/** Who is the subject of cases, among the ids from `low` up to `high`, and whether one of them is still open. */
export const subjectsBetween = (tx: Tx, low: string, high: string): Promise<{ subject: string; open: boolean }[]> =>
  queues.subjectsBetween(tx, low, high);

/** The number of the last move of each of these cases, for whoever watches them. */
export const stampsOf = (tx: Tx, ids: readonly string[]): Promise<{ id: string; stamp: number }[]> =>
  queues.stamps(tx, ids);
