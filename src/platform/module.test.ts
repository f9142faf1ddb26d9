import assert from 'node:assert/strict';
import { test } from 'node:test';
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
