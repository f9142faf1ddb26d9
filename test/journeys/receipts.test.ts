import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { openWindow, type Told } from '../support/window.ts';

/** Money from abroad: a payment provider says that it came, and it is held against what was exported. */

const clock = fixedClock('2026-03-10T08:00:00.000Z');
const window = await openWindow({ clock });
const goods = shipper(window, clock, 'EXC');

const get = (url: string, as: string): Promise<Told> => window.ask({ url, as });
const standing = { filer: ids.seller, declarant: ids.seller, guarantor: null };

/** An export of the small workshop that was presented and released, and what it was invoiced at. */
async function exported(order: string, price: string, currency = 'XPN'): Promise<Filed> {
  const parcel = await goods.file('low-value', { standing, seller: ids.seller }, (body) => {
    const { declaration } = body;
    Object.assign(declaration, { movement: 'export', dispatch: 'XP', destination: 'XL', guarantor: null });
    declaration.goods.length = 1;
    declaration.goods[0].price = { currency, amount: price };
    body.transports[0].orders = [order];
    for (const part of ['route', 'discount', 'freight', 'insurance', 'taxIncluded']) delete declaration[part];
    body.orders = [{ ...body.orders[0], platform: ids.platform, number: order, total: { currency, amount: price } }];
    body.payments = [{ ...body.payments[0], order, amount: { currency, amount: price } }];
  });
  const landed = await goods.land([parcel]);
  assert.equal(landed.released, 1, JSON.stringify(landed));
  await window.settle();
  return parcel;
}

const receipt = (reference: string, order: string, amount: string, currency = 'XPN') => ({
  provider: ids.payments,
  reference,
  exporter: ids.seller,
  received: '2026-03-10',
  order: {
    platform: ids.platform,
    number: order,
  },
  amount: {
    currency,
    amount,
  },
});
const report = (body: object, as: string = ids.payments): Promise<Told> =>
  window.ask({ method: 'POST', url: '/v1/receipts', as, body });
const account = async (as: string = ids.seller, more = ''): Promise<any> =>
  (await get(`/v1/exchange/${ids.seller}${more}`, as)).body;
const claimOf = async (order: string, currency = 'XPN') =>
  (await account(ids.seller, '?settled=yes')).claims.find(
    (one: any) => one.claim === `${ids.platform} ${order}` && one.exported.currency === currency,
  );

test('S19 money from abroad is matched to the export it was for: outstanding, settled, and too much, in the currency of the invoice', async () => {
  await exported('O-1', '100.00');
  assert.deepEqual((await claimOf('O-1')).outstanding.amount, '100.00');
  const first = await report(receipt('R-1', 'O-1', '60.00'));
  assert.deepEqual([first.status, first.body.state], [201, 'matched'], first.text);
  assert.deepEqual((await report(receipt('R-1', 'O-1', '60.00'))).body.id, first.body.id, 'the same again is the same');
  const other = await report(receipt('R-1', 'O-1', '61.00'));
  assert.deepEqual([other.status, other.body.errors[0].pointer], [409, '/amount/amount']);
  const half = await claimOf('O-1');
  assert.deepEqual([half.received.amount, half.outstanding.amount, half.state], ['60.00', '40.00', 'outstanding']);
  assert.equal(half.due, '2026-09-06', 'the exchange act gives 180 days');
  await report(receipt('R-2', 'O-1', '40.00'));
  assert.equal((await claimOf('O-1')).state, 'settled');
  await report(receipt('R-3', 'O-1', '0.01'));
  const over = await claimOf('O-1');
  assert.deepEqual([over.over.amount, over.state], ['0.01', 'over']);
  await report(receipt('R-4', 'O-1', '5.00', 'EUR'));
  const [euro, home] = (await account()).sums;
  assert.deepEqual([euro.currency, euro.received.amount, euro.over.amount], ['EUR', '5.00', '5.00']);
  assert.equal(home.received.amount, '100.01', 'nothing is converted');
});

test('money that came before its goods left waits, and is matched when they do', async () => {
  const early = await report(receipt('R-10', 'O-10', '30.00'));
  assert.equal(early.body.state, 'waiting');
  assert.equal((await account()).sums.find((one: any) => one.currency === 'XPN').waiting.amount, '30.00');
  await exported('O-10', '30.00');
  assert.equal((await claimOf('O-10')).state, 'settled');
  assert.equal((await account()).sums.find((one: any) => one.currency === 'XPN').waiting.amount, '0.00');
});

test('only a payment provider reports, in its own name; the exporter and the exchange office see it, others do not', async () => {
  assert.equal((await report(receipt('R-20', 'O-1', '1.00'), ids.seller)).body.code, 'receipts/not-yours');
  const notOne = await report({ ...receipt('R-21', 'O-1', '1.00'), provider: ids.agent }, ids.agent);
  assert.equal(notOne.body.code, 'receipts/not-a-provider', notOne.text);
  const both = { ...receipt('R-22', 'O-1', '1.00'), declaration: { filer: ids.seller, id: 'X' } };
  assert.equal((await report(both)).body.code, 'receipts/names-one');
  const tomorrow = await report({ ...receipt('R-23', 'O-1', '1.00'), received: '2026-03-11' });
  assert.equal(tomorrow.body.code, 'receipts/not-received-yet');
  const stolen = await report({ ...receipt('R-24', 'O-1', '1.00'), exporter: ids.smallest });
  assert.equal(stolen.body.code, 'receipts/exporter-differs');
  assert.equal((await get(`/v1/exchange/${ids.seller}`, 'exchange')).status, 200);
  assert.equal((await get(`/v1/exchange/${ids.seller}`, ids.smallest)).status, 404);
  assert.ok((await get('/v1/receipts', ids.payments)).body.receipts.length >= 5);
});
