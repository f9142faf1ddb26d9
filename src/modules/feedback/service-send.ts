import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#kernel/id.ts';
import { instantOf, msOfInstant, systemClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import type { Worker } from '#platform/module.ts';
import type { Outbound, Posted } from '#platform/outbound.ts';
import type { Told } from './model.ts';
import { wayOut } from './reach.ts';
import { answerText, isTaken, type Verdict, verdict } from './schedule.ts';
import { today, toldToParty } from './service-tell.ts';
import { signedHeaders } from './signature.ts';
import { eventsAfter, eventsBetween } from './store.ts';
import * as store from './store-send.ts';

/**
 * What sending needs of the world. Its time is the machine's and not the law's: a receiver holds the timestamp of a
 * message against its own clock.
 */
export interface Means {
  readonly outbound: Outbound;
  /** Milliseconds since 1970. */
  now(): number;
  /** Within [0, 1). */
  random(): number;
}

/** One attempt: which events to whom, and under which id. */
interface Job {
  readonly webhook: store.DueRow;
  readonly attempt: string;
  readonly batch: string;
  readonly after: bigint;
  readonly upto: bigint;
  readonly kinds: readonly string[] | null;
  /** Counted with this one. */
  readonly attempts: number;
  readonly replay: boolean;
}

/** An attempt that nobody has ended by then was cut off; it is longer than any exchange may take. */
const leaseMs = 30_000;
const runningMax = 16;
const tickMs = 200;

/** Takes the next attempt that is due; `passed` where there was nothing for the webhook after all. */
async function take(tx: Tx, now: number, except: readonly string[]): Promise<Job | 'passed' | null> {
  const webhook = await store.takeDue(tx, instantOf(now), except);
  if (webhook === undefined) return null;
  const begin = async (job: Omit<Job, 'webhook' | 'attempt'>): Promise<Job> => {
    const own = newId(now);
    const { batch, upto, kinds, attempts } = job.replay ? { ...webhook, kinds: webhook.batch_kinds } : job;
    await store.beginAttempt(tx, webhook.id, {
      attempt: own,
      until: instantOf(now + leaseMs),
      batch,
      upto,
      kinds,
      attempts,
    });
    return { ...job, webhook, attempt: own };
  };
  const letter = await store.nextReplay(tx, webhook.id);
  if (letter) return begin({ ...letter, attempts: 1, replay: true });
  const { batch, upto, cursor: after, attempts } = webhook;
  if (batch !== null && upto !== null)
    return begin({ batch, after, upto, kinds: webhook.batch_kinds, attempts: attempts + 1, replay: false });
  const { rows, reached } = await eventsAfter(tx, webhook.party, after, webhook.kinds, webhook.size);
  const end = rows.at(-1)?.number;
  if (end !== undefined)
    return begin({ batch: newId(now), after, upto: end, kinds: webhook.kinds, attempts: 1, replay: false });
  const to = reached ?? webhook.last;
  if (to > after) await store.pass(tx, webhook.id, to);
  return 'passed';
}

/** The body of a message, whose shape is the one that the Standard Webhooks specification recommends. */
const bodyOf = (events: readonly Told[]): string =>
  JSON.stringify({ type: 'portolan.events', timestamp: events.at(-1)?.at, data: { events } });

async function post(job: Job, events: readonly Told[], means: Means): Promise<Posted> {
  const { url, secret, old_secret: old } = job.webhook;
  const body = bodyOf(events);
  const secrets = old === null ? [secret] : [secret, old];
  const headers = signedHeaders(secrets, job.batch, Math.floor(means.now() / 1_000), body);
  return means.outbound.post(url, headers, body);
}

/** Writes down what came of an attempt; nothing where another attempt has taken its place meanwhile. */
async function settle(tx: Tx, job: Job, how: Verdict | 'nothing', ended: store.Ended, events: number): Promise<void> {
  const { webhook, batch } = job;
  const note = (kind: string): Promise<void> =>
    append(tx, [{ kind: `feedback.${kind}`, subject: webhook.id, data: { batch, events } }]);
  if (how === 'nothing') return void (await store.goOn(tx, ended, { end: 'nothing', pause: false }));
  if (how.is === 'delivered') return void (await store.goOn(tx, ended, { end: 'delivered', pause: false }));
  if (how.is === 'again')
    return void (await store.tryAgain(tx, ended, instantOf(msOfInstant(ended.at) + how.afterMs), false));
  if (how.is === 'gone') {
    if (await store.tryAgain(tx, ended, ended.at, true)) await note('gone');
    return;
  }
  await store.park(tx, ended, events);
  if (!(await store.goOn(tx, ended, { end: 'parked', pause: how.pause }))) return;
  await note('parked');
  if (how.pause) await note('paused');
}

async function settleReplay(tx: Tx, job: Job, taken: boolean, ended: store.Ended, events: number): Promise<void> {
  const done = await store.endReplay(tx, ended, job.batch, taken ? 'delivered' : 'parked');
  const data = { batch: job.batch, events };
  if (done && taken) await append(tx, [{ kind: 'feedback.replayed', subject: job.webhook.id, data }]);
}

/**
 * Sends a batch and writes down what came of it. What the party may see is asked now, under the newest reference: of
 * whom it represents no more nothing is sent, though it was kept for it.
 */
async function attempt(context: Context, means: Means, job: Job): Promise<void> {
  const { webhook } = job;
  const rows = await eventsBetween(context.db, webhook.party, job.after, job.upto, job.kinds);
  const events = toldToParty(await context.reference.refresh(), webhook.party, rows, today(context));
  const posted = events.length === 0 ? null : await post(job, events, means);
  const at = instantOf(means.now());
  const ended = { id: webhook.id, attempt: job.attempt, at, answer: posted ? answerText(posted) : 'nothing-to-tell' };
  await context.db.tx((tx) => {
    if (job.replay) return settleReplay(tx, job, posted === null || isTaken(posted), ended, events.length);
    const so = { attempts: job.attempts, parkedInRow: webhook.parked_in_row };
    return settle(tx, job, posted ? verdict(posted, so, means.random()) : 'nothing', ended, events.length);
  });
}

const usual = (context: Context): Means => ({
  outbound: wayOut(context.config),
  now: () => systemClock.now(),
  random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
});

/**
 * Sends what webhooks have not been told. Attempts run beside each other, one for a webhook at a time, so that a slow
 * receiver delays nobody but itself; no transaction is open while a receiver is waited for.
 */
export function sender(context: Context, means: Means = usual(context)): Worker {
  const running = new Map<string, Promise<void>>();
  const start = (job: Job): void => {
    const { id } = job.webhook;
    const run = attempt(context, means, job)
      // The attempt ends by itself after its time, and the batch goes out again under its id.
      .catch((error: unknown) => context.log.error('webhook-attempt-failed', error, { webhook: id }))
      .finally(() => running.delete(id));
    running.set(id, run);
  };
  return {
    name: 'feedback-webhooks',
    idleMs: tickMs,
    async step(db) {
      let busy = false;
      while (running.size < runningMax) {
        const job = await db.tx((tx) => take(tx, means.now(), [...running.keys()]));
        if (job === null) break;
        busy = true;
        if (job !== 'passed') start(job);
      }
      if (running.size === 0) return busy;
      // Whoever becomes due meanwhile does not wait for the slowest.
      await Promise.race([...running.values(), delay(tickMs, undefined, { ref: false })]);
      return true;
    },
  };
}
