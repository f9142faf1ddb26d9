import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { tries } from '../support/long.ts';
import { openWindow, type Told } from '../support/window.ts';

/** What carriers, warehouses and payment providers tell of a parcel, and its three flows on one screen. */

const clock = fixedClock('2026-03-10T08:00:00.000Z');
const window = await openWindow({ clock });
const goods = shipper(window, clock, 'TRD');

const get = (url: string, as: string): Promise<Told> => window.ask({ url, as });
const tell = (body: object, as: string): Promise<Told> =>
  window.ask({ method: 'POST', url: '/v1/movement-events', as, body });

let numbered = 0;
/** An event with an id of its own. */
const event = (step: string, about: object, more: object = {}) => {
  numbered += 1;
  return { event: `E-${numbered}`, by: ids.carrier, step, about, at: '2026-03-10T07:30:00Z', ...more };
};
const told = async (body: object, as: string = ids.carrier): Promise<Told> => {
  const answer = await tell(body, as);
  assert.equal(answer.status, 201, answer.text);
  return answer;
};
const standing = { filer: ids.seller, declarant: ids.seller, guarantor: ids.guarantor };
const file = (): Promise<Filed> => goods.file('low-value', { standing, seller: ids.seller });
const orderOf = ({ body }: Filed) => ({ order: { platform: body.orders[0].platform, number: body.orders[0].number } });
const providerOf = ({ body }: Filed): string => body.payments[0].provider;
const flowOf = async (id: string, as: string): Promise<any> => {
  const { status, body, text } = await get(`/v1/flows/${id}`, as);
  assert.equal(status, 200, text);
  return body;
};

test('S16 the timeline of a parcel goes on to delivery, each step where and when its source says', async () => {
  const parcel = await file();
  await goods.land([parcel]);
  const about = { barcode: parcel.barcodes[0] };
  await told(event('delivered', about, { at: '2026-03-10T09:59:00+02:00', place: 'XP-CALASERENA' }));
  await told(event('out-for-delivery', about, { at: '2026-03-10T08:10:00+02:00', expected: '2026-03-10T12:00:00Z' }));
  await window.settle();
  const { timeline } = (await get(`/v1/consignments/${parcel.id}`, ids.seller)).body;
  const steps = timeline.filter((one: any) => one.kind === 'trade.goods');
  assert.deepEqual(
    steps.map(({ at, data }: any) => [data.step, at, data.zone]),
    [
      ['out-for-delivery', '2026-03-10T06:10:00.000Z', '+02:00'],
      ['delivered', '2026-03-10T07:59:00.000Z', '+02:00'],
    ],
  );
  assert.ok(timeline.some((one: any) => one.kind === 'clearance.released'));
  const flow = await flowOf(parcel.id, ids.seller);
  assert.deepEqual([flow.goods.step, flow.goods.place], ['delivered', 'XP-CALASERENA']);
  assert.deepEqual(flow.troubles, [], 'what was expected and came is not late');
});

test('S57 money, goods and clearance of a seller stand on one screen, with what went wrong', async () => {
  const [fine, unpaid, differing, late] = [await file(), await file(), await file(), await file()];
  const held = await goods.file('permit-missing', { standing, seller: ids.seller });
  const by = providerOf(fine);
  const paid = (parcel: Filed, step: string, more: object = {}) => event(step, orderOf(parcel), { by, ...more });
  const [{ amount }] = fine.body.payments;
  await told(paid(fine, 'payment-captured', { amount }), by);
  await told(paid(unpaid, 'payment-failed'), by);
  await told(paid(differing, 'payment-captured', { amount: { ...amount, amount: '1.00' } }), by);
  await told(event('departed', { waybill: late.house }, { expected: '2026-03-10T07:45:00Z', simulated: true }));
  await window.settle();
  const { flows } = (await get('/v1/flows', ids.seller)).body;
  const wrong = (parcel: Filed): string[] => flows.find(({ id }: any) => id === parcel.id)?.troubles;
  assert.deepEqual([fine, unpaid, differing, late, held].map(wrong), [
    [],
    ['payment-failed'],
    ['mismatch'],
    ['late'],
    ['held'],
  ]);
  const order = flows.map(({ troubles }: any) => troubles.length > 0);
  assert.deepEqual(
    order,
    order.toSorted((a: boolean, b: boolean) => Number(b) - Number(a)),
    'what went wrong comes first',
  );
  const one = flows.find(({ id }: any) => id === fine.id);
  assert.deepEqual(
    [one.money.step, one.money.amount, one.goods, one.status],
    ['payment-captured', amount, null, 'cleared'],
  );
  assert.equal(flows.find(({ id }: any) => id === late.id).goods.simulated, true);
  const byMark = (await get(`/v1/flows?mark=${fine.body.orders[0].number}`, ids.seller)).body.flows;
  assert.ok(byMark.some(({ id }: any) => id === fine.id));
  const only = (await get('/v1/flows?exception=mismatch', ids.seller)).body.flows;
  assert.deepEqual(
    only.map(({ id }: any) => id),
    [differing.id],
  );
});

test('S53 merchant, warehouse and carrier see the same parcel, each in his own view, a moment after it was told', async () => {
  const parcel = await goods.file('low-value', { standing, seller: ids.seller }, (body) => {
    body.declaration.placeOperator = ids.operator;
  });
  const by = providerOf(parcel);
  await told(event('payment-captured', orderOf(parcel), { by }), by);
  await told(
    event('received', { barcode: parcel.barcodes[0] }, { by: ids.operator, place: 'XP-CAPO-AIR' }),
    ids.operator,
  );
  await window.settle();
  const [merchant, warehouse, carrier] = [
    await flowOf(parcel.id, ids.seller),
    await flowOf(parcel.id, ids.operator),
    await flowOf(parcel.id, parcel.body.transports[0].carrier),
  ];
  for (const view of [merchant, warehouse, carrier]) {
    assert.deepEqual([view.id, view.status, view.goods.step], [parcel.id, 'cleared', 'received']);
    assert.deepEqual(view.waybills, [parcel.house]);
  }
  assert.deepEqual([merchant.money.step, merchant.value !== undefined], ['payment-captured', true]);
  for (const view of [warehouse, carrier])
    assert.deepEqual([view.money, view.toldMoney, view.value, view.orders, view.seller], Array(5).fill(undefined));
  assert.equal((await get(`/v1/flows/${parcel.id}`, ids.smallest)).status, 404, 'a stranger sees nothing');
  const mine = (await get('/v1/flows', ids.operator)).body.flows;
  assert.ok(
    mine.some(({ id }: any) => id === parcel.id),
    'the warehouse has it on its screen',
  );
});

test('an event that came before its parcel is kept, and joined when the parcel is decided', async () => {
  const early = event('picked-up', { barcode: 'TRDEARLY1' });
  const first = await told(early);
  assert.deepEqual((await told(early)).body, first.body, 'the same again is the same');
  const other = await tell({ ...early, step: 'departed' }, ids.carrier);
  assert.deepEqual([other.status, other.body.errors[0].pointer], [409, '/step']);
  await window.settle();
  const parcel = await goods.file('low-value', { standing, seller: ids.seller }, (body) => {
    body.transports[0].pieces[0].barcode = 'TRDEARLY1';
  });
  await window.settle();
  assert.equal((await flowOf(parcel.id, ids.seller)).goods.step, 'picked-up');
});

test('who tells is the party itself, registered for the step; a bad event says which field and what to do', async () => {
  const about = { barcode: 'X1' };
  const refused = async (body: object, as: string = ids.carrier): Promise<string[]> => {
    const { body: problem } = await tell(body, as);
    return [problem.code, problem.errors?.[0]?.pointer];
  };
  assert.deepEqual(await refused(event('delivered', about), ids.seller), ['trade/not-yours', '/by']);
  assert.deepEqual(await refused(event('delivered', about, { by: ids.agent }), ids.agent), [
    'trade/not-in-role',
    '/step',
  ]);
  assert.deepEqual(await refused(event('payment-captured', about, { by: ids.operator }), ids.operator), [
    'trade/not-in-role',
    '/step',
  ]);
  assert.deepEqual(await refused(event('delivered', { ...about, waybill: 'W' })), ['trade/names-one', '/about']);
  assert.deepEqual(await refused(event('delivered', about, { at: '2026-02-30T10:00:00Z' })), [
    'trade/no-such-moment',
    '/at',
  ]);
  assert.deepEqual(await refused(event('delivered', about, { at: '2026-03-10T08:06:00Z' })), ['trade/not-yet', '/at']);
  const amount = { currency: 'XPN', amount: '1.00' };
  assert.deepEqual(await refused(event('delivered', about, { amount })), ['trade/amount-misplaced', '/amount']);
  assert.deepEqual(await refused(event('delivered', about, { place: 'Via del Molo 3' })), ['http/invalid', '/place']);
  const stranger = await window.ask({ method: 'POST', url: '/v1/movement-events', body: event('delivered', about) });
  assert.equal(stranger.status, 401);
});

test('many events come one a line, each answered in its order, and a bad line stops nothing', async () => {
  const parcel = await file();
  const about = { barcode: parcel.barcodes[0] };
  const lines = [event('picked-up', about), { nonsense: true }, event('departed', about)];
  const raw = lines.map((one) => JSON.stringify(one)).join('\n');
  const type = 'application/x-ndjson';
  const answer = await window.ask({ method: 'POST', url: '/v1/movement-events', as: ids.carrier, raw, type });
  const answers = answer.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map(({ line, status }) => [line, status]),
    [
      [1, 201],
      [2, 400],
      [3, 201],
    ],
  );
});

const tale = fc.uniqueArray(
  fc.record({
    minute: fc.nat({ max: 59 }),
    money: fc.boolean(),
    step: fc.nat({ max: 4 }),
    expected: fc.option(fc.nat({ max: 59 })),
  }),
  { selector: ({ minute, money }) => `${minute} ${money}`, minLength: 1, maxLength: 6 },
);
const goodsTold = ['picked-up', 'departed', 'arrived', 'out-for-delivery', 'delivered'];
const moneyTold = ['payment-authorised', 'payment-captured', 'payment-failed', 'payment-settled', 'payment-refunded'];

test('events told in any order and any number of times make the same timeline', async () => {
  const shuffled = tale.chain((events) =>
    fc.record({
      events: fc.constant(events),
      order: fc.shuffledSubarray(
        events.map((_, index) => index),
        { minLength: events.length },
      ),
      again: fc.array(fc.nat({ max: events.length - 1 }), { maxLength: 4 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ({ events, order, again }) => {
      const run = async (sequence: readonly number[]) => {
        const parcel = await file();
        const by = providerOf(parcel);
        for (const index of sequence) {
          const { minute, money, step, expected } = events[index]!;
          const at = `2026-03-10T06:${String(minute).padStart(2, '0')}:00Z`;
          const shared = { event: `${parcel.id}-${index}`, at };
          if (money) await told({ ...shared, by, step: moneyTold[step], about: orderOf(parcel) }, by);
          else
            await told({
              ...shared,
              by: ids.carrier,
              step: goodsTold[step],
              about: { barcode: parcel.barcodes[0] },
              ...(expected === null ? {} : { expected: `2026-03-11T06:${String(expected).padStart(2, '0')}:00Z` }),
            });
        }
        await window.settle();
        const { goods: last, money, toldGoods, toldMoney, troubles } = await flowOf(parcel.id, ids.seller);
        return { last, money, toldGoods, toldMoney, troubles };
      };
      const inOrder = await run(events.map((_, index) => index));
      assert.deepEqual(await run([...order, ...again]), inOrder);
    }),
    { numRuns: tries(6) },
  );
});
