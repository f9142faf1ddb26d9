import { hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { tries } from './model.ts';
import * as store from './store.ts';

export const hashOf = (text: string): Buffer => Buffer.from(hash('sha256', text, 'hex'), 'hex');

/**
 * Counts a try under each of these names and says whether one of them has had more than it may in the last hour. Only
 * hashes are kept. For every public form that somebody could guess by or flood.
 */
export async function tooOften(context: Context, limits: Readonly<Record<string, number>>): Promise<boolean> {
  const now = context.clock.now();
  const since = instantOf(now - tries.minutes * 60_000);
  let over = false;
  for (const [name, most] of Object.entries(limits)) {
    const many = await store.countTry(context.db, hashOf(name), instantOf(now), since);
    over = many > most || over;
  }
  return over;
}

/** How long an answer takes that says no, whatever it took to find out. */
const noMs = 400;

/** Gives an answer that says no at the same time after the question, so that time does not say why. */
export async function atOneTime<T extends { readonly ok: boolean }>(asked: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const answer = await asked();
  if (!answer.ok) await delay(Math.max(0, noMs - (performance.now() - began)));
  return answer;
}
