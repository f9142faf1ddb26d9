import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { openWindow, type Told } from '../support/window.ts';

/** Services and licences: filed with their contract, assessed, reviewed, paid, counted. */

const clock = fixedClock('2026-09-10T08:00:00.000Z');
const window = await openWindow({ clock });
const get = (url: string, as: string): Promise<Told> => window.ask({ url, as });
const post = (url: string, as: string, body: unknown): Promise<Told> => window.ask({ method: 'POST', url, as, body });

/** The agent buys from a studio abroad; it is the customer at home. */
const service = (reference: string, more: Record<string, unknown> = {}) => ({
  reference,
  filer: ids.agent,
  kind: 'digital',
  cpc: '8314',
  contract: {
    number: 'C-2026-7',
    day: '2026-08-01',
    sha256: 'ab'.repeat(32),
  },
  supplier: {
    identifier: ids.smallest,
    country: 'XL',
  },
  customer: {
    identifier: ids.agent,
    country: 'XP',
  },
  period: {
    from: '2026-08-01',
    until: '2026-08-31',
  },
  value: {
    currency: 'EUR',
    amount: '1000.01',
  },
  placeOfSupply: 'XP',
  receipt: {
    reference: 'PAY-1',
    day: '2026-09-01',
  },
  ...more,
});
const licence = { right: 'trade-mark', subject: 'The lantern mark', registration: 'XL-TM-4711' };
const file = (body: object, as: string = ids.agent): Promise<Told> => post('/v1/services', as, body);
const reasons = { ground: 'Consumption Tax Act, art. 31', reason: 'As declared', remedy: 'clearance/none-needed' };

test('S03 S17 a licence of intellectual property is filed with contract, receipt and subject, and charged by the pack to the last unit', async () => {
  const told = await file(service('L-1', { kind: 'licence', licence }));
  assert.equal(told.status, 201, told.text);
  // 1,000.01 EUR at 2.05 is 2,050.0205: 12 % of it and 10 % of it, each rounded once.
  assert.deepEqual(
    told.body.charges.map(({ id, amount }: any) => [id, amount.amount]),
    [
      ['service-tax', '246.00'],
      ['withholding', '205.00'],
    ],
  );
  assert.deepEqual([told.body.state, told.body.class, told.body.owed.amount], ['accepted', 'SH', '451.00']);
  assert.deepEqual((await file(service('L-1', { kind: 'licence', licence }))).body.id, told.body.id);
  const other = await file(service('L-1', { kind: 'licence', licence, cpc: '73' }));
  assert.deepEqual([other.status, other.body.code], [409, 'services/differs']);
});

test('S17 a transaction of services is settled by paying its notice, and counted by month, direction and kind', async () => {
  const { body } = await file(service('S-1', { value: { currency: 'XPN', amount: '200.00' } }));
  const { body: notice } = await get(`/v1/notices/${body.id}`, ids.agent);
  assert.deepEqual([notice.state, notice.amount.amount], ['due', '24.00']);
  const pay = { method: 'simulated-bank', reference: 'S-1', amount: notice.amount };
  assert.equal((await post(`/v1/notices/${body.id}/payments`, ids.agent, pay)).status, 200);
  await window.settle();
  assert.equal((await get(`/v1/services/${body.id}`, ids.agent)).body.state, 'settled');
  const { body: counts } = await get('/v1/service-counts', 'tax');
  const digital = counts.counts.find(({ kind }: any) => kind === 'digital');
  assert.deepEqual(
    [digital.month, digital.direction, digital.count, digital.value.amount, digital.charged.amount],
    ['2026-09', 'import', 1, '200.00', '24.00'],
  );
});

test('a service that goes abroad is charged nothing and settled at once', async () => {
  const out = service('X-1', {
    supplier: { identifier: ids.agent, country: 'XP' },
    customer: { identifier: ids.smallest, country: 'XL' },
    placeOfSupply: 'XL',
  });
  const told = await file(out);
  assert.deepEqual([told.body.state, told.body.direction, told.body.charges], ['settled', 'export', []], told.text);
});

test('S17 a large transaction is reviewed by the tax office: accepted with reasons, taken back, refused', async () => {
  const { body } = await file(service('B-1', { value: { currency: 'XPN', amount: '10000.00' } }));
  assert.equal(body.state, 'under-review');
  assert.equal((await get(`/v1/notices/${body.id}`, ids.agent)).status, 404);
  const decide = (move: string, stamp: number, as = 'tax') =>
    post(`/v1/services/${body.id}/decisions`, as, { move, stamp, ...reasons });
  assert.equal((await decide('accept', body.case.stamp, 'customs')).body.code, 'cases/not-yours');
  const accepted = await decide('accept', body.case.stamp);
  assert.equal(accepted.status, 200, accepted.text);
  assert.equal((await get(`/v1/notices/${body.id}`, ids.agent)).body.amount.amount, '1200.00');
  const back = await decide('reverse', accepted.body.stamp);
  assert.equal(back.status, 200, back.text);
  assert.equal((await get(`/v1/notices/${body.id}`, ids.agent)).body.state, 'cancelled');
  const refused = await decide('refuse', back.body.stamp);
  assert.equal(refused.status, 200, refused.text);
  const end = (await get(`/v1/services/${body.id}`, ids.smallest)).body;
  assert.equal(end.state, 'refused');
});

test('what does not make sense names its field, and a stranger sees nothing', async () => {
  const wrong: [string, object, string][] = [
    ['services/licence-missing', service('W-1', { kind: 'licence' }), '/licence'],
    ['services/licence-unasked', service('W-2', { licence }), '/licence'],
    ['services/period', service('W-3', { period: { from: '2026-08-31', until: '2026-08-01' } }), '/period/until'],
    [
      'services/contract-day',
      service('W-4', { contract: { number: 'C', day: '2026-09-11', sha256: 'ab'.repeat(32) } }),
      '/contract/day',
    ],
    [
      'services/one-at-home',
      service('W-5', { supplier: { identifier: ids.smallest, country: 'XP' } }),
      '/supplier/country',
    ],
    ['services/amount', service('W-6', { value: { currency: 'EUR', amount: '0.00' } }), '/value'],
    ['services/no-law', service('W-7', { value: { currency: 'CHF', amount: '1.00' } }), '/value/currency'],
    ['services/not-yours', service('W-8', { filer: ids.seller }), '/filer'],
  ];
  for (const [code, body, pointer] of wrong) {
    const told = await file(body);
    assert.deepEqual([told.body.code, told.body.errors?.[0]?.pointer ?? pointer], [code, pointer], told.text);
  }
  const { body } = await file(service('W-9'));
  assert.equal((await get(`/v1/services/${body.id}`, ids.seller)).status, 404);
});
