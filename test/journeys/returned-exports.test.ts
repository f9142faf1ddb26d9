import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rebuild } from '#modules/clearance/index.ts';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { openWindow, type Told } from '../support/window.ts';

/** Goods that were exported come back within the relief: the export's own record says when they left. */

const clock = fixedClock('2026-03-02T06:00:00.000Z');
const window = await openWindow({ clock });
const { db } = window.context;
const { file, land } = shipper(window, clock, 'REX');
const dayMs = 86_400_000;
let numbered = 0;

const read = async ({ id, filer }: Pick<Filed, 'id' | 'filer'>): Promise<any> =>
  (await window.ask({ url: `/v1/consignments/${id}`, as: filer })).body;

/** An export of ten things of one kind that has left. */
async function exported(): Promise<Filed> {
  const parcel = await file('low-value', {}, (body) => {
    const [goods] = body.declaration.goods;
    Object.assign(body.declaration, { movement: 'export', destination: 'XL', dispatch: 'XP' });
    body.declaration.goods = [{ ...goods, quantity: '10', used: false }];
    delete body.declaration.route;
  });
  await land([parcel]);
  assert.equal((await read(parcel)).status, 'released', JSON.stringify((await read(parcel)).decision));
  const told = await window.ask({
    method: 'POST',
    url: '/v1/departures',
    as: ids.operator,
    body: {
      operator: ids.operator,
      place: 'XP-CAPO-AIR',
      left: clock.instant(),
      reference: `REX-${(numbered += 1)}`,
      pieces: parcel.barcodes,
    },
  });
  assert.equal(told.body.parcels, 1, told.text);
  return parcel;
}

const numbersOf = ({ body }: Filed): { type: string; number: string }[] => [
  { type: 'EXP', number: body.declaration.id },
];
/** An import that brings some of it back. */
const bringing = (of: Filed, quantity: string, more: object = {}): Promise<Filed> =>
  file('low-value', {}, (body) => {
    const [{ description, commodity, unit }] = of.body.declaration.goods;
    const [own] = body.declaration.goods;
    Object.assign(body.declaration, {
      nature: 'return',
      previousDocuments: numbersOf(of),
      goods: [{ ...own, description, commodity, unit, quantity, used: false, ...more }],
    });
    delete body.declaration.route;
  });

test('within the months, in its original state, it enters free; the rebate is to be repaid and the export says what came back', async () => {
  const parcel = await exported();
  clock.advance(60 * dayMs);
  const back = await bringing(parcel, '4');
  const stands = await read(back);
  assert.deepEqual(
    [stands.status, stands.route, stands.exported, stands.border.amount],
    ['cleared', 'returned-goods', '2026-03-02', '0.00'],
    JSON.stringify(stands.decision),
  );
  assert.ok(stands.determination.obligations.some(({ id }: any) => id === 'repay-rebate'));
  await land([back]);
  await window.settle();
  assert.equal((await read(parcel)).status, 'left', 'six of ten are still out');
  const rest = await bringing(parcel, '6');
  await land([rest]);
  await window.settle();
  const whole = await read(parcel);
  assert.equal(whole.status, 'returned');
  assert.equal(whole.timeline.filter(({ kind }: any) => kind === 'clearance.returned').length, 2);
  const lines = await db.query(
    'select return, quantity::text as quantity from clearance.returned_lines where id = $1 order by return',
    [parcel.id],
  );
  assert.deepEqual(lines, [
    { return: back.id, quantity: '4' },
    { return: rest.id, quantity: '6' },
  ]);
});

test('what this window does not know as left, or not in this quantity, is a missing fact; too late is another route', async () => {
  const parcel = await exported();
  const unknown = await bringing(
    { ...parcel, body: { declaration: { ...parcel.body.declaration, id: 'NOBODY' } } },
    '1',
  );
  const missing = async (one: Filed): Promise<unknown> => {
    const { outcome, missing: facts } = await read(one);
    return [outcome, facts];
  };
  assert.deepEqual(await missing(unknown), ['cannot-decide', ['days.exported']]);
  assert.deepEqual(await missing(await bringing(parcel, '11')), ['cannot-decide', ['days.exported']]);
  const first = await bringing(parcel, '7');
  assert.equal((await read(first)).status, 'cleared');
  assert.deepEqual(await missing(await bringing(parcel, '4')), ['cannot-decide', ['days.exported']]);
  const told: Told = await window.ask({
    method: 'POST',
    url: `/v1/consignments/${first.id}/cancellation`,
    as: first.filer,
    body: { ground: 'not-dispatched', reason: 'It is kept abroad after all.' },
  });
  assert.equal(told.status, 201, told.text);
  assert.equal((await read(await bringing(parcel, '4'))).status, 'cleared', 'what was taken back is free again');
  assert.equal((await read(await bringing(parcel, '1', { used: true }))).route, 'ordinary');
  clock.advance(190 * dayMs);
  assert.equal((await read(await bringing(parcel, '1'))).route, 'ordinary');
});

test('its decision is worked out again to the same bytes, and the projection from the journal', async () => {
  const parcel = await exported();
  const back = await bringing(parcel, '10');
  const { digest } = await read(back);
  const again = await window.ask({ method: 'POST', url: '/v1/consignments', as: back.filer, body: back.body });
  assert.equal(again.body.status, 'cleared', again.text);
  assert.equal((await read(back)).digest, digest);
  await land([back]);
  await window.settle();
  const select = 'select * from clearance.parcels order by id';
  const before = await db.query(select);
  await rebuild(window.context);
  assert.deepEqual(await db.query(select), before);
});
