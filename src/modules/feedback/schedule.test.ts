import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Posted } from '#platform/outbound.ts';
import { attemptsMax, parkedInRowMax } from './model.ts';
import { answerText, backoffMs, type Verdict, verdict } from './schedule.ts';

const answer = (status: number, retryAfterMs: number | null = null): Posted => ({
  answered: true,
  status,
  body: '',
  retryAfterMs,
});
const first = { attempts: 1, parkedInRow: 0 };

test('each wait is four times the one before it, from five seconds to six hours, and half of it is chance', () => {
  const waits = Array.from({ length: attemptsMax - 1 }, (_, index) => backoffMs(index + 1, 1 - Number.EPSILON));
  assert.deepEqual(waits.slice(0, 4), [5_000, 20_000, 80_000, 320_000]);
  assert.equal(waits.at(-1), 6 * 3_600_000);
  const day = waits.reduce((sum, wait) => sum + wait, 0);
  assert.ok(day > 24 * 3_600_000 && day < 36 * 3_600_000, 'a receiver may be away for a night');
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempts, random) => {
        const wait = backoffMs(attempts, random);
        const whole = backoffMs(attempts, 1);
        assert.ok(wait >= whole / 2 && wait <= whole && whole <= 6 * 3_600_000);
      },
    ),
  );
});

test('every status of success is a delivery, and nothing else is', () => {
  for (const status of [200, 201, 202, 204, 299])
    assert.deepEqual(verdict(answer(status), first, 0), { is: 'delivered' });
  for (const status of [100, 199, 300, 301, 302, 400, 401, 404, 409, 422, 429, 500, 503])
    assert.equal(verdict(answer(status), first, 0).is, 'again', String(status));
  for (const why of ['no-answer-in-time', 'connection-failed', 'name-unknown', 'not-public'] as const)
    assert.equal(verdict({ answered: false, why }, first, 0).is, 'again', why);
});

test('a receiver that asks for time gets it, within six hours, and never less than the usual wait', () => {
  const wait = (retryAfterMs: number): Verdict => verdict(answer(503, retryAfterMs), first, 0);
  assert.deepEqual(wait(60_000), { is: 'again', afterMs: 60_000 });
  assert.deepEqual(wait(1), { is: 'again', afterMs: 2_500 });
  assert.deepEqual(wait(10 ** 12), { is: 'again', afterMs: 6 * 3_600_000 });
});

test('410 ends the webhook at once, also at the first attempt', () => {
  assert.deepEqual(verdict(answer(410), first, 0), { is: 'gone' });
});

test('the last attempt parks the batch, and the last of several in a row pauses the webhook', () => {
  const last = { attempts: attemptsMax, parkedInRow: 0 };
  assert.deepEqual(verdict(answer(500), last, 0), { is: 'parked', pause: false });
  const row = { ...last, parkedInRow: parkedInRowMax - 1 };
  assert.deepEqual(verdict(answer(500), row, 0), { is: 'parked', pause: true });
  assert.deepEqual(verdict(answer(200), row, 0), { is: 'delivered' });
});

test('of an answer its status and the beginning of its body are kept, of silence the reason', () => {
  assert.equal(answerText({ answered: true, status: 500, body: 'x'.repeat(9_000), retryAfterMs: null }).length, 500);
  assert.equal(answerText(answer(204)), '204');
  assert.equal(answerText({ answered: false, why: 'no-answer-in-time' }), 'no-answer-in-time');
});
