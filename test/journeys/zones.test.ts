import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { casesOf } from '#modules/cases/index.ts';
import { parcel as invent } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { packsFolder } from '../support/pack.ts';
import { openWindow } from '../support/window.ts';

/** Zones of one economy: an overlay of the pack and nothing else, told through the doors of a whole window. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');

/** A third zone, as somebody would write it who knows the law and no code. */
const folder = mkdtempSync(join(tmpdir(), 'portolan-zones-'));
after(() => rmSync(folder, { recursive: true, force: true }));
cpSync(join(packsFolder, 'xp'), join(folder, 'xp'), { recursive: true });
const order = { law: 'vallombra-order', article: 'art. 9' };
writeFileSync(
  join(folder, 'xp/zones/stagnone.json'),
  JSON.stringify({
    id: 'stagnone',
    from: '2026-06-01',
    source: order,
    name: { en: 'Stagnone Rail Zone', ar: 'منطقة ستانيوني للسكك الحديدية' },
    values: { 'low-value-limit': { unit: 'XPN', values: [{ from: '2026-06-01', value: '275.00', source: order }] } },
    acting: { quarantine: 'tax' },
  }),
);

const window = await openWindow({ clock, packs: folder });

let numbered = 0;
/** The same parcel every time but for its numbers and its buyer, filed in a zone. */
async function filed(zone: string | null, change: { price?: string; commodity?: string; category?: string } = {}) {
  numbered += 1;
  const options = { seed: 5, index: numbered, at: clock.now(), run: 'ZON', buyer: 2_000 + numbered } as const;
  const made = invent({ ...options, kind: 'low-value' });
  const body: any = JSON.parse(made.raw);
  const { price = '250.00', commodity = '610910', category } = change;
  const [goods] = body.declaration.goods;
  body.declaration.goods = [{ ...goods, commodity, price: { ...goods.price, amount: price } }];
  if (category !== undefined) {
    delete body.declaration.goods[0].commodity;
    body.declaration.goods[0].category = category;
  }
  for (const one of ['freight', 'insurance', 'discount', 'route']) delete body.declaration[one];
  for (const { total } of body.orders) total.amount = price;
  for (const { amount } of body.payments) amount.amount = price;
  if (zone !== null) body.declaration.zone = zone;
  const told = await window.ask({ method: 'POST', url: '/v1/consignments', as: made.filer, body });
  assert.equal(told.status, 201, told.text);
  return told.body;
}

const deskOf = async (id: string): Promise<string | null | undefined> => {
  const [one] = await window.context.db.tx((tx) => casesOf(tx, [id]));
  return one?.desk;
};

test('S41 a zone is configuration: thresholds, categories and agencies', async () => {
  const routes: unknown[] = [];
  for (const zone of ['porto-franco', 'vallombra', null]) {
    const { determination, status } = await filed(zone);
    routes.push([zone, status, determination.route, determination.charges.map((one: any) => one.id)]);
  }
  assert.deepEqual(routes, [
    ['porto-franco', 'cleared', 'low-value', ['tax']],
    ['vallombra', 'cleared', 'ordinary', ['duty', 'tax', 'service-fee']],
    [null, 'cleared', 'ordinary', ['duty', 'tax', 'service-fee']],
  ]);
  const byCategory: unknown[] = [];
  for (const zone of ['porto-franco', 'vallombra', null])
    byCategory.push((await filed(zone, { price: '90.00', category: 'bicycle-part' })).decision.outcome);
  assert.deepEqual(byCategory, ['rejected', 'cleared', 'rejected']);
  const desks: unknown[] = [];
  for (const zone of ['porto-franco', 'vallombra', null]) {
    const { id, status, decision } = await filed(zone, { price: '90.00', commodity: '060290' });
    desks.push([status, decision.desk, await deskOf(id)]);
  }
  assert.deepEqual(desks, [
    ['control', 'customs', 'customs'],
    ['control', 'quarantine', 'quarantine'],
    ['control', 'quarantine', 'quarantine'],
  ]);
});

test('S41 another zone needs no code: a file in the pack, and it clears, stands on the page and is compared', async () => {
  const inside = await filed('stagnone', { price: '270.00' });
  assert.deepEqual([inside.status, inside.determination.route], ['cleared', 'low-value']);
  assert.equal((await filed('vallombra', { price: '270.00' })).determination.route, 'ordinary');
  const plants = await filed('stagnone', { price: '90.00', commodity: '060290' });
  assert.deepEqual([plants.status, plants.decision.desk], ['control', 'tax']);
  const page = await window.ask({ url: '/rules/xp/zones/stagnone' });
  assert.equal(page.status, 200);
  assert.match(page.text, /275\.00[^]*Order on the Vallombra Dry Port Pilot Zone, art\. 9/);
});

test('what a zone changes stands beside what holds without it, each with its source', async () => {
  const page = await window.ask({ url: '/rules/xp/zones/porto-franco?on=2026-11-23' });
  assert.equal(page.status, 200);
  const rows = page.text.split('<tr').map((row) => row.replaceAll(/<[^>]*>/g, ' '));
  const row = (of: RegExp): string => rows.find((one) => of.test(one)) ?? assert.fail(String(of));
  const limit = row(/low-value-limit/);
  assert.match(limit, /150\.00[^]*art\. 4\(1\), as amended 2023[^]*300\.00[^]*Porto Franco Pilot Zone, art\. 3/);
  assert.match(row(/Fishing gear/), /not on the list[^]*950790[^]*annex/);
  assert.match(row(/Plant and Animal Health Service/), /Customs of Ponenta/);
  assert.match((await window.ask({ url: '/rules/xp' })).text, /href="\/rules\/xp\/zones\/vallombra/);
  assert.match((await window.ask({ url: '/rules/xp/zones/vallombra?on=2025-06-01' })).text, /zone is not in force/);
  assert.equal((await window.ask({ url: '/rules/xp/zones/nowhere' })).status, 404);
});
