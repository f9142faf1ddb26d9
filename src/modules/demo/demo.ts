import { randomBytes } from 'node:crypto';
import { refuse, ok, type Result } from '#kernel/result.ts';
import { type Clock, instantOf, msOfInstant, shiftedClock, systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { Context } from '#platform/context.ts';
import type { Db } from '#platform/db.ts';
import { caseQueue, sweepDeadlines } from './case-doors.ts';
import { ensurePartitions } from '#modules/clearance/index.ts';
import { openInbox } from '#modules/feedback/index.ts';
import { sendForeign } from './foreign.ts';
import { slipSystem } from './principals.ts';
import { ids } from './roles.ts';
import { enrolCast, type Progress, seedHistory } from './seed.ts';
import { sendApart } from './separate.ts';
import * as store from './store.ts';

/** A window that the demonstration made and runs in. */
export interface Demo {
  /** The machine's clock moved by the legal shift: it goes into the context of the whole window. */
  readonly clock: Clock;
  readonly seed: number;
  readonly key: string;
  readonly began: string;
  /** How far the legal clock stands before the real one, in milliseconds. */
  shiftMs: number;
  paused: boolean;
}

/** The seed of every demonstration, so that two people who start one speak of the same parcels. */
export const demoSeed = 20_260;

/**
 * Opens the demonstration: makes one of an empty window, goes on with the one this window is, and is null in any
 * other. It
 * stands between the migration and everything that writes, because a window that holds anything is never taken over.
 */
export async function openDemo(config: Config, db: Db): Promise<Demo | null> {
  if (!config.demo) return null;
  const known = await store.stateOf(db);
  const began = systemClock.instant();
  const key = `portolan_demo_${randomBytes(24).toString('base64url')}`;
  const state = known ?? (await store.begin(db, { seed: demoSeed, began, key }));
  if (state === undefined) return null;
  const demo: Demo = {
    clock: shiftedClock(systemClock, () => demo.shiftMs),
    seed: state.seed,
    key: state.key,
    began: state.began,
    shiftMs: state.shiftMs,
    paused: state.paused,
  };
  return demo;
}

/** Registers the cast, and clears the history as far as it is missing. */
export async function startDemo(context: Context, demo: Demo, progress?: Progress): Promise<void> {
  const state = await store.stateOf(context.db);
  if (state !== undefined && state.seeded === null) {
    await enrolCast(context, demo.key);
    // The seller of the bar has news from the first day on.
    await openInbox(context, slipSystem(context, ids.seller));
    await sendApart(context, state.seed);
    await sendForeign(context);
    await seedHistory(context, state, progress);
  }
}

/** Takes over what another process of this window changed. */
export async function refreshDemo(context: Context, demo: Demo): Promise<void> {
  const state = await store.stateOf(context.db);
  if (state === undefined) return;
  demo.shiftMs = state.shiftMs;
  demo.paused = state.paused;
}

export const steps = ['hour', 'day', 'deadline'] as const;
export type ClockStep = (typeof steps)[number];
const hourMs = 3_600_000;

/**
 * Moves the legal clock forward and lets every deadline fall that is due then, through the sweeper that always runs.
 */
export async function moveClock(context: Context, demo: Demo, step: ClockStep): Promise<Result<{ byMs: number }>> {
  const byMs = step === 'hour' ? hourMs : step === 'day' ? 24 * hourMs : await untilNextDeadline(context);
  if (byMs === undefined) return refuse('demo/no-deadline');
  demo.shiftMs = await store.moveClock(context.db, byMs);
  await ensurePartitions(context);
  await sweepDeadlines(context);
  return ok({ byMs });
}

/** The time until the earliest deadline that is still ahead, with a second on top so that it lies behind us then. */
async function untilNextDeadline(context: Context): Promise<number | undefined> {
  const now = context.clock.now();
  let nearest: number | undefined;
  for await (const { due } of caseQueue(context)) {
    const at = due === null ? 0 : msOfInstant(due);
    if (at > now && (nearest === undefined || at < nearest)) nearest = at;
  }
  return nearest === undefined ? undefined : nearest - now + 1_000;
}

export async function pauseStream(context: Context, demo: Demo, paused: boolean): Promise<void> {
  await store.pause(context.db, paused);
  demo.paused = paused;
}

/** The legal moment of the window, as its pages show it while the clock is moved. */
export const legalInstant = (demo: Demo): string => instantOf(demo.clock.now());

export { lastAircraft, type Aircraft } from './store.ts';

/**
 * Drops everything of a demonstration, so that the next start makes a new one. Any other window is refused. `schemas`
 * are those of the modules and of the platform.
 */
export async function resetDemo(db: Db, schemas: readonly string[]): Promise<Result<null>> {
  if ((await store.stateOf(db)) === undefined) return refuse('demo/not-a-demonstration');
  await store.drop(db, schemas);
  return ok(null);
}
