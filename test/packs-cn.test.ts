import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { dayOf } from '#kernel/effective.ts';
import { assess, claims } from '#modules/rulebook/engine.ts';
import type { Determination } from '#modules/rulebook/model.ts';
import { packsFolder, parcel, shippedPack } from './support/pack.ts';

const on = dayOf('2026-11-23');
const yuan = (amount: string) => ({ currency: 'CNY', amount });
const consignee = {
  name: { text: 'A. Buyer', language: 'en' },
  address: { lines: ['1 Renmin Road'], country: 'CN' },
  private: true,
};
const wine = { commodity: '22042100', price: yuan('300.00') };
const shirt = { commodity: '61091000', price: yuan('5.00') };

type Values = Record<string, { values: { value: string }[] }>;

/** The pack with an open question answered otherwise. */
async function answered(question: string, answer: string) {
  const values = JSON.parse(await readFile(`${packsFolder}/cn/values.json`, 'utf8')) as Values;
  const row = values[question]?.values[0];
  assert.ok(row);
  row.value = answer;
  return shippedPack(['cn'], { 'values.json': JSON.stringify(values) });
}

const charged = (determination: Determination): Record<string, string> =>
  Object.fromEntries(determination.charges.map((one) => [one.id, one.amount.amount]));

const entry = { on, event: 'entry', accounts: { yearly: yuan('0.00') } } as const;
const days = { released: dayOf('2026-11-01'), applied: dayOf('2026-11-10'), back: on };
const back = { ...entry, event: 'return', days } as const;

for (const [stage, wines, shirts] of [
  ['tax', { ct: '23.33', vat: '30.33' }, '1.37'],
  ['line', { ct: '23.33', vat: '30.33' }, '1.38'],
  ['total', { ct: '23.33', vat: '30.34' }, '1.37'],
] as const) {
  test(`OPEN-2: with each ${stage} rounded, wine of 300 and three shirts of 5 owe and get back the same`, async () => {
    const pack = await answered('switch.rounding-stage', stage);
    const bottle = parcel([wine], { consignee });
    const three = parcel([shirt, shirt, shirt], { consignee });
    assert.deepEqual(charged(assess(pack, { ...entry, consignment: bottle })), wines);
    assert.deepEqual(charged(assess(pack, { ...entry, consignment: three })), { vat: shirts });
    const refunds = { 'ct-refund': wines.ct, 'vat-refund': wines.vat };
    assert.deepEqual(charged(assess(pack, { ...back, consignment: bottle })), refunds);
    assert.deepEqual(charged(assess(pack, { ...back, consignment: three })), { 'vat-refund': shirts });
  });
}

test('with coupons not lowering the dutiable price, a discount changes nothing', async () => {
  const pack = await answered('switch.coupon-lowers-value', 'no');
  const bottle = parcel([wine], { consignee, discount: yuan('50.00') });
  const determination = assess(pack, { ...entry, consignment: bottle });
  assert.deepEqual(determination.values['dutiable'], yuan('300.00'));
  assert.deepEqual(charged(determination), { ct: '23.33', vat: '30.33' });
});

test('prices in another currency are rounded half-up to the fen before tax is worked out', async () => {
  const rates = 'currency,rate,from,until,source,article\nUSD,7.1234,2026-01-01,,rates-order,\n';
  const pack = await shippedPack(['cn'], { 'tables/rates.csv': rates });
  const dollars = { ...shirt, price: { currency: 'USD', amount: '33.33' } };
  const determination = assess(pack, { ...entry, consignment: parcel([dollars], { consignee }) });
  assert.deepEqual(determination.values['dutiable'], yuan('237.42'));
  assert.deepEqual(charged(determination), { vat: '21.61' });
});

test('one item over the limit owes V(t+v+c+tv)/(1-c) in all, within the rounding of three taxes', async () => {
  const tariff = 'commodity,duty,from,until,source,article\n330499,5%,2019-01-01,,example-rates,\n';
  const pack = await shippedPack(['cn'], { 'tables/tariff.csv': tariff });
  const bottle = { commodity: '33049900', price: yuan('6000.00'), statutoryQuantity: '100', statutoryUnit: 'MLT' };
  const determination = assess(pack, { ...entry, consignment: parcel([bottle], { consignee }) });
  assert.equal(determination.route, 'cbec-single-item');
  assert.deepEqual(charged(determination), { duty: '300.00', ct: '1111.76', vat: '963.53' });
  // 6,000 times (0.05 + 0.13 + 0.15 + 0.05 times 0.13) by 0.85 is 2,375.29.
  assert.equal(determination.totals?.elsewhere.amount, '2375.29');
});

test('the year of the buyer is asked for what the parcel takes of it, under the limit of the day', async () => {
  const pack = await shippedPack(['cn']);
  const known = { ...consignee, identity: { type: 'ID', number: 'CN000000001' } };
  const asked = (day: string, nature: 'sale' | 'gift') =>
    claims(pack, parcel([wine], { consignee: known, nature, freight: yuan('12.00') }), dayOf(day));
  const [before] = asked('2018-12-31', 'sale');
  const [after] = asked('2019-01-01', 'sale');
  assert.deepEqual([before?.amount, before?.limit, before?.period], [31200n, 2_000_000n, '2018']);
  assert.deepEqual([after?.amount, after?.limit, after?.period], [31200n, 2_600_000n, '2019']);
  assert.equal(after?.owner, before?.owner);
  assert.deepEqual(asked('2026-11-23', 'gift'), []);
});
