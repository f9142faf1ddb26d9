import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { accountOf, holdOf } from '#modules/accounts/index.ts';
import { sweep } from '#modules/cases/index.ts';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { tries } from '../support/long.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { openWindow, type Told } from '../support/window.ts';

/**
 * Returns against a model that knows quantities only: parts applied for at once, in time and late, called off by the
 * clock, back or never. Whatever happens, never more is back than was declared, and limit, guarantee and notices come
 * out to the unit.
 */

const clock = fixedClock('2026-05-04T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const { file, land } = shipper(window, clock, 'RMO');
const dayMs = 86_400_000;
let numbered = 0;

const days = fc.integer({ min: 0, max: 14 });
const wish = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: 5 }));
/** One round: parts that are applied for at the same moment, and on what of them the goods come back, and when. */
const round = fc.record({
  wishes: fc.array(wish, { minLength: 1, maxLength: 4 }),
  wait: days,
  back: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  wait2: days,
});
const story = fc.record({
  quantities: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })),
  prices: fc.tuple(fc.integer({ min: 101, max: 6_000 }), fc.integer({ min: 101, max: 6_000 })),
  paid: fc.boolean(),
  rounds: fc.array(round, { minLength: 1, maxLength: 4 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

const price = (minor: number): string => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
const minor = ({ amount }: { amount: string }): bigint => BigInt(amount.replace('.', ''));

async function imported({ quantities, prices }: Story): Promise<Filed> {
  const parcel = await file('low-value', {}, (body) => {
    const [goods] = body.declaration.goods;
    delete goods.grossWeight;
    body.declaration.goods = quantities.map((quantity, index) => ({
      ...goods,
      // Taxed at the full rate: a piece of what is taxed less may come to less than half a cent.
      commodity: '691110',
      line: index + 1,
      quantity: String(quantity),
      netWeight: '0.100',
      price: { ...goods.price, amount: price(prices[index]!) },
    }));
    const total = price(prices[0] + prices[1]);
    for (const one of [body.orders[0].total, body.payments[0]?.amount]) if (one) one.amount = total;
  });
  await land([parcel]);
  return parcel;
}
const apply = (parcel: Filed, [line, quantity]: [number, number]): Promise<Told> =>
  window.ask({
    method: 'POST',
    url: `/v1/consignments/${parcel.id}/returns`,
    as: parcel.filer,
    body: {
      reference: `RMO-${(numbered += 1)}`,
      ground: 'changed-mind',
      lines: [{ line: line + 1, quantity: String(quantity) }],
    },
  });
const back = (id: string): Promise<Told> =>
  window.ask({
    method: 'POST',
    url: `/v1/returns/${id}/arrivals`,
    as: ids.operator,
    body: { operator: ids.operator, place: 'XP-CAPO-AIR', back: clock.instant(), condition: 'as-sent' },
  });
const read = async (url: string, as: string): Promise<any> => (await window.ask({ url, as })).body;
const consumed = async (hold: string): Promise<bigint> => (await holdOf(db, { hold, kind: 'quota' }))?.consumed ?? 0n;
const reserved = async (hold: string): Promise<bigint> =>
  (await holdOf(db, { hold, kind: 'guarantee' }))?.reserved ?? 0n;
const guarantee = async (): Promise<bigint> =>
  (await accountOf(db, { kind: 'guarantee', owner: ids.guarantor, period: '' }))!.reserved;

async function pay(parcel: Filed): Promise<void> {
  const { amount, payer } = await read(`/v1/notices/${parcel.id}`, parcel.filer);
  const told = await window.ask({
    method: 'POST',
    url: `/v1/notices/${parcel.id}/payments`,
    as: payer,
    body: { method: 'simulated-bank', reference: `RMO-PAY-${(numbered += 1)}`, amount },
  });
  assert.equal(told.status, 200, told.text);
}

/** One round: the parts that fit are taken, whoever comes first, and those that come back are back. */
async function play(parcel: Filed, released: number, model: Model, one: Story['rounds'][number]): Promise<void> {
  const wanted = await Promise.all(one.wishes.map((part) => apply(parcel, part)));
  const taken = [0n, 0n];
  const open: string[] = [];
  for (const [index, { status, body, text }] of wanted.entries()) {
    const [line, quantity] = one.wishes[index]!;
    if (status !== 201) {
      assert.match(body.code, /^clearance\/return-(more-than-left|nothing-left)$/, text);
      continue;
    }
    taken[line]! += BigInt(quantity);
    open.push(body.id);
    // Twenty days to apply, of which the day of release is not one.
    assert.equal(body.law.granted, (clock.now() - released) / dayMs <= 20, text);
  }
  for (const [line, of] of model.left.entries()) {
    assert.ok(taken[line]! <= of, 'never more than was left');
    const refused = one.wishes.some(
      ([at, quantity], index) => at === line && wanted[index]!.status !== 201 && taken[line]! + BigInt(quantity) <= of,
    );
    assert.ok(!refused, 'and nothing is refused that fits beside what was taken');
  }
  clock.advance(one.wait * dayMs);
  await sweep(context);
  for (const [index, id] of open.entries()) {
    if (!one.back[index]) continue;
    const told = await back(id);
    const { state, lines, refund } = await read(`/v1/returns/${id}`, parcel.filer);
    if (told.status === 409) assert.deepEqual([told.body.code, state], ['clearance/return-ended', 'lapsed']);
    else {
      assert.equal(told.status, 201, told.text);
      for (const { line, quantity } of lines) model.left[line - 1]! -= BigInt(quantity);
      model.given += minor(refund.border);
      if (state === 'refused') model.denied = true;
      assert.equal(minor(refund.border) > 0n, state === 'refunded');
    }
  }
  // What did not come back lapses, in the end, and may be applied for again.
  clock.advance(one.wait2 * dayMs);
  await sweep(context);
  const still = await Promise.all(open.map((id) => read(`/v1/returns/${id}`, parcel.filer)));
  if (still.some(({ state }) => state === 'applied')) {
    clock.advance(50 * dayMs);
    await sweep(context);
  }
}

interface Model {
  readonly left: bigint[];
  given: bigint;
  denied: boolean;
}

async function comesOut(one: Story): Promise<void> {
  const before = await guarantee();
  const parcel = await imported(one);
  const released = clock.now();
  const { border } = await read(`/v1/consignments/${parcel.id}`, parcel.filer);
  const counted = await consumed(parcel.id);
  if (one.paid) await pay(parcel);
  const model: Model = { left: one.quantities.map(BigInt), given: 0n, denied: false };
  for (const next of one.rounds) await play(parcel, released, model, next);
  await window.settle();
  const lines = await db.query<{ line: number; quantity: string }>(
    'select line, sum(quantity)::text as quantity from clearance.returned_lines where id = $1 group by 1 order by 1',
    [parcel.id],
  );
  const sums = new Map(lines.map(({ line, quantity }) => [line, BigInt(quantity)]));
  for (const [index, quantity] of one.quantities.entries())
    assert.equal(BigInt(quantity) - (sums.get(index + 1) ?? 0n), model.left[index]);
  const whole = model.left.every((left) => left === 0n);
  const { status } = await read(`/v1/consignments/${parcel.id}`, parcel.filer);
  assert.equal(status, whole ? 'returned' : 'released');
  if (whole && !model.denied) assert.deepEqual([model.given, await consumed(parcel.id)], [minor(border), 0n]);
  if (model.given === 0n) assert.equal(await consumed(parcel.id), counted);
  assert.ok(model.given <= minor(border));
  const held = one.paid ? 0n : minor(border) - model.given;
  assert.equal(await reserved(parcel.id), held);
  assert.equal((await guarantee()) - before, held);
  const { payments } = await read(`/v1/notices/${parcel.id}`, parcel.filer);
  if (one.paid) assert.equal(payments[0].refunded === null ? 0n : minor(payments[0].refunded), model.given);
}

test('returns come out as the model says, whatever comes at once, late or never', async () => {
  await fc.assert(fc.asyncProperty(story, comesOut), { numRuns: tries(25), endOnFailure: true });
});
