import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { shipper } from '../support/parcels.ts';
import { openWindow } from '../support/window.ts';

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const ask: typeof window.ask = (asked) => window.ask(asked);
const goods = shipper(window, clock, 'WAY');
const post = (url: string, as: string, body: unknown) => ask({ method: 'POST', url, as, body });
const harbour = { office: 'XP000101', place: 'XP-CAPO-AIR', operator: ids.operator };
const border = { office: 'XP000202', place: 'XP-STAGNONE', operator: ids.post };

const sent = await goods.file('ordinary', { pieces: 2 }, (body) => {
  Object.assign(body.declaration, {
    movement: 'export',
    nature: 'sale',
    dispatch: 'XP',
    destination: 'XL',
    scheme: null,
  });
  delete body.declaration.guarantor;
  delete body.declaration.route;
  delete body.declaration.zone;
});

test('S10 the same message satisfies export and transit, and is the draft of the import behind the border', async () => {
  const parcel = await ask({ url: `/v1/consignments/${sent.id}`, as: sent.filer });
  assert.equal(parcel.body.status, 'cleared', parcel.text);
  const next = await ask({ url: `/v1/consignments/${sent.id}/as?movement=transit`, as: sent.filer });
  assert.equal(next.status, 200, next.text);
  assert.deepEqual(next.body.missing, ['declaration.id', 'guarantor']);
  assert.deepEqual(next.body.consignment.declaration.goods, sent.body.declaration.goods);
  assert.deepEqual(next.body.consignment.transports, sent.body.transports);
  const abroad = await ask({ url: `/v1/consignments/${sent.id}/as?movement=import`, as: sent.filer });
  assert.equal(abroad.body.economy, 'xl', abroad.text);
  assert.equal(abroad.body.consignment.declaration.declarant, undefined);
  assert.deepEqual(abroad.body.missing.slice(0, 2), ['declaration.id', 'declarant']);
  assert.deepEqual(abroad.body.consignment.declaration.consignee, sent.body.declaration.consignee);
});

test('S10 nothing is asked twice: what is filed for transit says only what was really missing', async () => {
  const next = await ask({ url: `/v1/consignments/${sent.id}/as?movement=transit`, as: sent.filer });
  const { declaration, ...slips } = next.body.consignment;
  const body = { ...slips, declaration: { ...declaration, id: 'WAY-TRANSIT-1', guarantor: ids.guarantor } };
  const filed = await post('/v1/consignments', sent.filer, body);
  assert.equal(filed.status, 201, filed.text);
  assert.equal(filed.body.determination.route, 'transit', filed.text);
  const landed = await goods.land([sent]);
  assert.ok(landed.released >= 1, JSON.stringify(landed));
  const { id } = filed.body;
  const at = () => ask({ url: `/v1/consignments/${id}`, as: sent.filer });
  assert.equal((await at()).body.status, 'released');

  const way = { reference: 'W-1', master: 'W-1', procedure: 'transit', from: harbour, via: ['XP000201'], to: border };
  const document = { ...way, carrier: ids.carrier, pieces: sent.barcodes };
  const prepared = await post('/v1/transfers', ids.carrier, document);
  assert.equal(prepared.status, 201, prepared.text);
  const transfer = `/v1/transfers/${prepared.body.id}`;
  const gone = await post(`${transfer}/departure`, ids.carrier, { departed: clock.instant() });
  assert.equal(gone.body.due, '2026-11-28T06:00:00.000Z', gone.text);
  const value = BigInt((await at()).body.declaredValue.amount.replace('.', ''));
  assert.equal(BigInt(gone.body.guarantee.held.amount.replace('.', '')), (value * 35n + 50n) / 100n);
  const come = (reference: string, pieces: readonly string[]) =>
    post(`${transfer}/arrivals`, ids.post, { reference, operator: ids.post, arrived: clock.instant(), pieces });
  await come('W-A', sent.barcodes.slice(0, 1));
  assert.equal((await at()).body.status, 'released', 'one of two pieces is not the parcel');
  const whole = await come('W-B', sent.barcodes.slice(1));
  assert.equal(whole.body.status, 'closed');
  assert.equal((await at()).body.status, 'left');
  assert.deepEqual(whole.body.guarantee, undefined, 'the keeper of a place sees no money');
  const { rebuild } = await import('#modules/clearance/index.ts');
  assert.equal((await rebuild(window.context)).differing, 0);
});

test('who only reads a parcel declares it no further', async () => {
  const stranger = await ask({ url: `/v1/consignments/${sent.id}/as?movement=transit`, as: ids.seller });
  assert.equal(stranger.status, 404);
  const carrier = await ask({ url: `/v1/consignments/${sent.id}/as?movement=transit`, as: ids.carrier });
  assert.equal(carrier.status, 403);
  const again = await ask({ url: `/v1/consignments/${sent.id}/as?movement=export`, as: sent.filer });
  assert.equal(again.status, 400);
});
