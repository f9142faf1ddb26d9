import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { shipper } from '../support/parcels.ts';
import { browser, openWindow, type Told } from '../support/window.ts';

/** What ports charge: published by their operators, read by anybody. */

const clock = fixedClock('2026-09-10T08:00:00.000Z');
const window = await openWindow({ clock });
const get = (url: string): Promise<Told> => window.ask({ url });
const words = (text: string) => ({ text, language: 'en' });
const tariff = (from: string, handling: string, more: Record<string, unknown> = {}) => ({
  operator: ids.operator,
  port: 'XP-CAPO-SEA',
  name: words('Capo Sereno, harbour'),
  from,
  currency: 'XPN',
  source: 'Tariff sheet 2026/1',
  fees: [
    {
      id: 'handling',
      name: words('Handling'),
      unit: 'tonne',
      daily: false,
      amount: handling,
      minimum: '20.00',
    },
    {
      id: 'storage',
      name: words('Storage'),
      unit: 'container',
      daily: true,
      freeDays: 5,
      amount: '12.00',
    },
  ],
  ...more,
});
const publish = (body: object, as: string = ids.operator): Promise<Told> =>
  window.ask({ method: 'POST', url: '/v1/port-tariffs', as, body });
const port = `/v1/port-tariffs/${ids.operator}/XP-CAPO-SEA`;

test('S24 a port’s tariff is public, dated and versioned: what was published is never rewritten', async () => {
  const first = await publish(tariff('2026-09-10', '3.335'));
  assert.deepEqual([first.status, first.body.version], [201, 1], first.text);
  assert.equal((await publish(tariff('2026-09-10', '3.335'))).body.id, first.body.id, 'the same again is the same');
  const past = await publish(tariff('2026-09-10', '4.00'));
  assert.deepEqual([past.status, past.body.code], [409, 'ports/past']);
  const next = await publish(tariff('2026-10-01', '4.00'));
  assert.equal(next.body.version, 2, next.text);
  const { body: today } = await get(port);
  assert.deepEqual([today.tariff.version, today.coming.map(({ from }: any) => from)], [1, ['2026-10-01']]);
  const { body: later } = await get(`${port}?on=2026-10-01`);
  assert.deepEqual([later.tariff.version, later.tariff.fees[0].amount, later.coming], [2, '4.00', []]);
  assert.equal((await publish(tariff('2026-11-01', '1.00'), ids.seller)).body.code, 'ports/not-yours');
  const carrier = await publish(tariff('2026-11-01', '1.00', { operator: ids.carrier }), ids.carrier);
  assert.equal(carrier.body.code, 'ports/not-an-operator');
  const twice = tariff('2026-11-01', '1.00');
  const doubled = await publish({ ...twice, fees: [twice.fees[0], twice.fees[0]] });
  assert.deepEqual([doubled.body.code, doubled.body.errors[0].pointer], ['ports/fee-twice', '/fees/1/id']);
});

test('a tariff with free days that nobody counts, a minimum that is no amount, or an unknown currency is not published', async () => {
  const sound = tariff('2026-12-01', '2.00');
  const [handling, storage] = sound.fees;
  for (const [more, code, pointer] of [
    [{ currency: 'QQQ' }, 'ports/currency-unknown', '/currency'],
    [{ fees: [storage, { ...handling, freeDays: 2 }] }, 'ports/free-days', '/fees/1/freeDays'],
    [{ fees: [{ ...handling, minimum: '1.2345' }] }, 'ports/amount', '/fees/0/minimum'],
  ] as const) {
    const told = await publish({ ...sound, ...more });
    assert.deepEqual([told.status, told.body.code, told.body.errors[0].pointer], [400, code, pointer], told.text);
  }
  const { body } = await get(port);
  assert.ok(body.coming.every(({ from }: any) => from !== '2026-12-01'));
});

test('S24 anybody works out what a cargo would pay, line by line, on any day, without signing in', async () => {
  const { body } = await get(`${port}/fees?tonne=12.5&container=2&days=8`);
  assert.deepEqual(
    body.lines.map(({ id, amount }: any) => [id, amount.amount]),
    [
      ['handling', '41.69'],
      ['storage', '72.00'],
    ],
  );
  assert.equal(body.total.amount, '113.69');
  assert.equal((await get(`${port}/fees?tonne=1`)).body.total.amount, '20.00', 'its minimum');
  assert.equal((await get(`${port}/fees?tonne=12.5&on=2026-10-02`)).body.total.amount, '50.00');
  assert.equal((await get(`${port}/fees?tonne=1&on=2026-01-01`)).status, 404);
});

test('the pages say the same to a browser without a name', async () => {
  const { get: open } = browser(window);
  assert.match((await open('/ports')).body, /Capo Sereno, harbour/);
  const page = (await open(`/ports/${ids.operator}/XP-CAPO-SEA?tonne=12.5&container=2&days=8&consignment=1`)).body;
  for (const seen of [/113\.69/, /becomes <bdi[^>]*>4\.00 XPN/, /5 days free/]) assert.match(page, seen);
  const wrong = await open(`/ports/${ids.operator}/XP-CAPO-SEA?tonne=much&consignment=1`);
  assert.equal(wrong.statusCode, 422);
  assert.match(wrong.body, /Enter a figure/);
});

test('where a parcel is, is told by declaration, waybill or barcode to whoever may see it, and to nobody else', async () => {
  const goods = shipper(window, clock, 'PRT');
  const parcel = await goods.file('low-value');
  await goods.land([parcel]);
  for (const mark of [parcel.declaration, parcel.house, parcel.barcodes[0]!]) {
    const { body } = await window.ask({ url: `/v1/cargo/${mark}`, as: parcel.filer });
    assert.deepEqual(
      body.parcels.map(({ id, status }: any) => [id, status]),
      [[parcel.id, 'released']],
      mark,
    );
  }
  const carrier = await window.ask({ url: `/v1/cargo/${parcel.house}`, as: ids.carrier });
  assert.equal(carrier.body.parcels[0].status, 'released');
  const stranger = await window.ask({ url: `/v1/cargo/${parcel.house}`, as: ids.smallest });
  assert.deepEqual([stranger.status, stranger.body.parcels], [200, []]);
  assert.equal((await get(`/v1/cargo/${parcel.house}`)).status, 401);
});

test('what lies in a container is told to whoever may see it, each his own', async () => {
  const goods = shipper(window, clock, 'BOX');
  const mine = await goods.file('low-value');
  const others = await goods.file('gift');
  assert.notEqual(mine.filer, others.filer);
  await goods.land([mine, others], [], 'CSQU3054383');
  const inBox = async (as: string): Promise<string[]> =>
    (await window.ask({ url: '/v1/cargo/CSQU3054383', as })).body.parcels.map(({ id }: any) => id);
  assert.deepEqual(await inBox(mine.filer), [mine.id]);
  assert.deepEqual(await inBox(others.filer), [others.id]);
  assert.deepEqual((await inBox('customs')).toSorted(), [mine.id, others.id].toSorted());
  assert.deepEqual(await inBox(ids.smallest), []);
});
