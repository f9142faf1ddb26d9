import assert from 'node:assert/strict';
import { after, mock, test } from 'node:test';
import Fastify from 'fastify';
import type { App } from '#platform/http.ts';
import { receivers, slowMs } from './receivers.ts';

const app = Fastify() as unknown as App;
receivers(app);
after(() => app.close());
const ask = async (kind: string): Promise<number> =>
  (await app.inject({ method: 'POST', url: `/demo/receivers/${kind}` })).statusCode;

test('a receiver takes, fails or is gone, each every time', async () => {
  assert.deepEqual(await Promise.all(['taking', 'failing', 'gone'].map(ask)), [204, 500, 410]);
});

test('the slow receiver answers later than any webhook is waited for', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let answered = 0;
    const asked = ask('slow').then((status) => (answered = status));
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    mock.timers.tick(slowMs - 1);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    assert.equal(answered, 0);
    mock.timers.tick(1);
    assert.equal(await asked, 204);
    assert.ok(slowMs > 10_000);
  } finally {
    mock.timers.reset();
  }
});
