import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putRule } from '#modules/risk/index.ts';
import { anonymous } from '#platform/auth.ts';
import { fixedClock } from '#platform/clock.ts';
import { shipper } from '../support/parcels.ts';
import { openWindow, type Told } from '../support/window.ts';

/** Find my parcel, over HTTP: who waits for a parcel finds it, learns why it is held, and does something about it. */

const clock = fixedClock('2026-09-10T08:00:00.000Z');
const window = await openWindow({ clock });
const ship = shipper(window, clock, 'FND');
const post = (url: string, body: unknown): Promise<Told> => window.ask({ method: 'POST', url, body });
const administrator = { ...anonymous('2026-01-01'), roles: ['administrator' as const], assurance: 'passkey' as const };
const rule = { condition: 'commodity == "910211"', share: '100', ground: 'demo/watch-brands', desk: 'customs' };
const put = await putRule(window.context, administrator, 'every-watch', {
  ...rule,
  source: 'Customs Code, art. 46',
  from: '2020-01-01',
});
assert.ok(put.ok);
const held = () =>
  ship.file('low-value', {}, (body) => {
    body.declaration.goods[0].commodity = '910211';
  });
const one = await held();
const proof = { number: one.house, fact: one.body.declaration.consignee.address.postcode };
const told = await post('/v1/enquiries', proof);
console.log(JSON.stringify(told.body, null, 1), one.body.declaration.consignee);
const full = await window.ask({ url: `/v1/consignments/${one.id}`, as: one.filer });
console.log(JSON.stringify(full.body.determination?.steps ?? Object.keys(full.body), null, 0).slice(0, 3000));
console.log(JSON.stringify(full.body.decision, null, 0).slice(0, 6000));
test('x', () => undefined);
