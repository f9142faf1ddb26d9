import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { testDb } from '../../test/support/db.ts';
import { work, type Worker } from './module.ts';
import type { Log } from './log.ts';

test('workers run until the signal, one that throws is logged and does not stop the other', async () => {
  const { db } = await testDb({ modules: [] });
  const stop = new AbortController();
  const failed: string[] = [];
  const log: Log = { info: () => undefined, warn: () => undefined, error: (event) => void failed.push(event) };
  let steps = 0;
  const steady: Worker = {
    name: 'steady',
    idleMs: 1,
    async step() {
      steps += 1;
      if (steps === 50) stop.abort();
      return steps % 2 === 0;
    },
  };
  const failing: Worker = { name: 'failing', idleMs: 1, step: () => Promise.reject(new Error('no')) };
  await work(db, [steady, failing], log, stop.signal);
  assert.ok(steps >= 50);
  assert.deepEqual(failed, ['worker-failed']);
});

test('what can wait takes hardly a step while what goes first is busy, and goes on where that rests', async () => {
  const { db } = await testDb({ modules: [] });
  const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const stepsBeside = async (busy: boolean): Promise<number> => {
    const stop = AbortSignal.timeout(400);
    let steps = 0;
    const step = async (): Promise<boolean> => {
      await delay(1);
      return busy;
    };
    const patient: Worker = {
      name: 'patient',
      idleMs: 1,
      canWait: true,
      async step() {
        await delay(1);
        steps += 1;
        return true;
      },
    };
    await work(db, [{ name: 'first', idleMs: 1, goesFirst: true, step }, patient], log, stop);
    return steps;
  };
  assert.ok((await stepsBeside(true)) <= 2);
  assert.ok((await stepsBeside(false)) > 20);
});
