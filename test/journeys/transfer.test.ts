import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ids, parcel as invent } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { shipper } from '../support/parcels.ts';
import { openWindow } from '../support/window.ts';

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { ask } = window;

export const franco = { office: 'XP000101', place: 'XP-PORTO-FRANCO', zone: 'porto-franco', operator: ids.operator };
export const vallombra = { office: 'XP000201', place: 'XP-VALLOMBRA', zone: 'vallombra', operator: ids.dryPort };
const stagnone = { office: 'XP000202', place: 'XP-STAGNONE', operator: ids.post };

const held = async (): Promise<bigint> => {
  const [row] = await window.context.db.query<{ reserved: bigint }>(
    `select reserved from accounts.accounts where kind = 'guarantee' and owner = $1`,
    [ids.carrier],
  );
  return row!.reserved;
};
const minor = (money: { amount: string }): bigint => BigInt(money.amount.replace('.', ''));
const see = async (id: string, as: string = ids.carrier) => ask({ url: `/v1/transfers/${id}`, as });
const ndjson = (head: object, lines: readonly unknown[]) =>
  [head, ...lines].map((one) => JSON.stringify(one)).join('\n');
const post = (url: string, as: string, body: unknown) => ask({ method: 'POST', url, as, body });
const lines = (url: string, as: string, head: object, list: readonly unknown[]) =>
  ask({ method: 'POST', url, as, raw: ndjson(head, list), type: 'application/x-ndjson' });

const many = 10_000;
const made = Array.from({ length: many }, (_, index) =>
  invent({ seed: 7, index, at: clock.now(), run: 'TEN', kind: 'simplified', pieces: 1, buyers: 1_000_000 }),
);
const pieces = made.map(({ barcodes }) => barcodes[0]!);
const short = pieces.slice(100, 107);
const over = [...pieces.slice(9_000, 9_002), 'TEN-NOBODY-KNOWS'];
const onward = pieces.slice(0, 100);

test('S40 ten thousand parcels move between two zones as one transfer under a master bill', async () => {
  const filed = await ask({
    method: 'POST',
    url: '/v1/consignments/bulk',
    as: ids.agent,
    raw: made.map(({ raw }) => raw).join('\n'),
    type: 'application/x-ndjson',
  });
  assert.equal(filed.text.match(/"status":201/g)?.length, many);
  const bill = { master: '618-TEN', carrier: ids.carrier, mode: 'air' };
  const house = made.map(({ house, barcodes }) => ({ house, pieces: 1, barcodes }));
  assert.equal((await lines('/v1/manifests', ids.carrier, bill, house)).status, 201);
  const document = {
    reference: 'T-TEN',
    master: 'T-618-TEN',
    from: franco,
    to: vallombra,
    carrier: ids.carrier,
    conveyance: 'XP-LORRY-7',
    seals: ['S-1', 'S-2'],
    allOf: { master: '618-TEN', except: over.slice(0, 2) },
  };
  const began = performance.now();
  const prepared = await post('/v1/transfers', ids.carrier, document);
  assert.equal(prepared.status, 201, prepared.text);
  assert.equal(prepared.body.counts.origin, many - 2);
  assert.equal(await held(), 0n);
  const { id } = prepared.body;
  const left = await post(`/v1/transfers/${id}/departure`, ids.carrier, { departed: clock.instant() });
  assert.equal(left.status, 200, left.text);
  assert.equal(left.body.counts['under-way'], many - 2);
  assert.equal(left.body.due, '2026-11-23T06:00:00.000Z');
  assert.equal(await held(), minor(left.body.guarantee.held));
  assert.ok((await held()) > 0n);
  console.log(`prepared and departed in ${Math.round(performance.now() - began)} ms`);
  assert.deepEqual((await post('/v1/transfers', ids.carrier, document)).body, left.body);
});

test('S40 split, short and surplus pieces are handled on arrival, and the guarantee is free to the unit', async () => {
  const { body: list } = await ask({ url: '/v1/transfers', as: ids.carrier });
  const { id } = list.rows[0];
  const whole = await held();
  const part = { reference: 'T-TEN-B', master: 'T-618-TEN-B', at: clock.instant(), to: stagnone, pieces: onward };
  const parted = await post(`/v1/transfers/${id}/splits`, ids.carrier, part);
  assert.equal(parted.status, 201, parted.text);
  assert.equal(parted.body.counts['under-way'], 100);
  assert.equal(await held(), whole, 'the guarantee goes on with the pieces');
  assert.deepEqual((await see(id)).body.splits, [{ id: parted.body.id, master: 'T-618-TEN-B' }]);

  clock.advance(5 * 3_600_000);
  const began = performance.now();
  const seals = ['S-1', 'S-2'].map((number) => ({ number, state: 'whole' }));
  const tally = { reference: 'A-1', operator: ids.dryPort, arrived: clock.instant(), seals };
  const arrived = await post(`/v1/transfers/${id}/arrivals`, ids.dryPort, {
    ...tally,
    allExcept: { missing: short, extra: over },
  });
  assert.equal(arrived.status, 202, arrived.text);
  await window.settle();
  console.log(`arrived in ${Math.round(performance.now() - began)} ms`);
  const there = (await see(id)).body;
  assert.deepEqual(there.counts, {
    origin: 0,
    'under-way': 0,
    arrived: many - 2 - 100 - 7 + 3,
    missing: 7,
    elsewhere: 100,
    over: 3,
    all: many + 1,
  });
  assert.equal(there.status, 'arrived');
  assert.equal(await held(), minor(there.guarantee.held) + minor((await see(parted.body.id)).body.guarantee.held));
  const [{ released }] = await window.context.db.query<{ released: bigint }>(
    `select count(*) as released from clearance.parcels where status = 'released'`,
  );
  assert.equal(Number(released), many - 100 - 7, 'whatever arrived was presented and released');

  const rest = {
    reference: 'A-2',
    operator: ids.post,
    arrived: clock.instant(),
    allExcept: { missing: [], extra: [] },
  };
  const onTime = await post(`/v1/transfers/${parted.body.id}/arrivals`, ids.post, rest);
  assert.equal(onTime.body.status, 'closed', onTime.text);
  assert.equal(await held(), minor((await see(id)).body.guarantee.held));
  const late = { reference: 'A-3', operator: ids.dryPort, arrived: clock.instant(), pieces: short };
  const found = await post(`/v1/transfers/${id}/arrivals`, ids.dryPort, late);
  assert.equal(found.body.status, 'closed');
  assert.deepEqual(
    found.body.differences.map((one: any) => one.state),
    ['found'],
  );
  assert.equal(await held(), 0n);
});
