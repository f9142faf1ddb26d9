import { type Clock, instantOf, systemClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { knock } from '#platform/knock.ts';
import type { Worker } from '#platform/module.ts';
import { answerWithinMs, daysKept, slotMs } from './model.ts';
import * as store from './store.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const listening = new WeakMap<Context, string>();

/**
 * Measures the window that answers at HOST and PORT from now on. A window that is only put together is not measured.
 */
export function measure(context: Context, port: number = context.config.port): void {
  const { host } = context.config;
  const any = host === '0.0.0.0' || host === '::';
  const reached = any ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  listening.set(context, `http://${reached}:${port}/health`);
}

/**
 * Asks the window once in every ten seconds over HTTP, as anybody would, and notes whether it answered. It measures by
 * the real clock also where a demonstration has moved the legal one. Nothing that happens to it makes a day look
 * better: a slot it could not ask in, or could not note, counts as down.
 */
export function heartbeat(context: Context, clock: Clock = systemClock): Worker {
  let last = -1;
  return {
    name: 'operations-heartbeat',
    idleMs: 1_000,
    async step(db) {
      const address = listening.get(context);
      const slot = Math.floor(clock.now() / slotMs);
      if (address === undefined || slot === last) return false;
      last = slot;
      const began = slot * slotMs;
      const minute = Math.floor(began / minuteMs) * minuteMs;
      const answered = await knock(address, answerWithinMs);
      try {
        await store.beat(db, instantOf(minute), 1 << ((began - minute) / slotMs), answered);
      } catch (error) {
        context.log.warn('heartbeat-not-noted', { reason: error instanceof Error ? error.message : '' });
      }
      return false;
    },
  };
}

/** Forgets what was measured long ago. */
export const forgetting = (clock: Clock = systemClock): Worker => ({
  name: 'operations-forgetting',
  idleMs: 3_600_000,
  async step(db) {
    await store.forget(db, instantOf(clock.now() - daysKept * dayMs));
    return false;
  },
});
