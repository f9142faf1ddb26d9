import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ids } from '#modules/demo/index.ts';
import { instantOf, systemClock } from '#platform/clock.ts';
import { run } from '../../src/cli/run.ts';
import { shipper } from '../support/parcels.ts';
import { openWindow } from '../support/window.ts';

const window = await openWindow();
await window.app.listen({ port: 0, host: '127.0.0.1' });
const bound = window.app.server.address();
const to = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
const folder = mkdtempSync(join(tmpdir(), 'portolan-simulate-'));
after(() => rmSync(folder, { recursive: true }));

test('a simulated carrier and payment provider tell of the parcels of a file at the intake of everybody, and say so', async () => {
  const parcels = shipper(window, systemClock, 'SIMCLI');
  const filed = [await parcels.file('low-value'), await parcels.file('low-value')];
  const file = join(folder, 'parcels.ndjson');
  writeFileSync(file, filed.map(({ body }) => JSON.stringify(body)).join('\n'));
  const from = instantOf(systemClock.now() - 720_000);
  let out = '';
  const terminal = { out: (text: string) => void (out += text), err: () => {}, live: false, clock: systemClock };
  const simulate = (as: string, party: string) =>
    run(['simulate', file, '--to', to, '--key', window.key(party), '--as', as, '--delivered', '--at', from], terminal);
  assert.equal(await simulate('carrier', ids.carrier), 0, out);
  assert.equal(await simulate('payments', ids.payments), 0, out);
  assert.equal(await simulate('carrier', ids.carrier), 0, 'told again it is the same');
  await window.settle();
  for (const { id, filer } of filed) {
    const { body } = await window.ask({ url: `/v1/flows/${id}`, as: filer });
    assert.ok(body.toldGoods.length >= 2 && body.toldMoney.length >= 2, JSON.stringify(body));
    for (const one of [...body.toldGoods, ...body.toldMoney]) assert.equal(one.simulated, true);
  }
});
