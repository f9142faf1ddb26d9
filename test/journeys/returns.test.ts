import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountOf, holdOf } from '#modules/accounts/index.ts';
import { act, casesOf, reverse, sweep } from '#modules/cases/index.ts';
import { decideRedetermination, rebuild } from '#modules/clearance/index.ts';
import { ids } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { noticeOf } from '#modules/treasury/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { openWindow, type Told } from '../support/window.ts';

/** Goods go back after their release: what they bore is given back by the pack, line by line and part by part. */

const clock = fixedClock('2026-11-02T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const { file, land } = shipper(window, clock, 'RET');
const dayMs = 86_400_000;
let numbered = 0;

const applying = (parcel: Pick<Filed, 'id' | 'filer'>, more: object = {}, as = parcel.filer): Promise<Told> =>
  window.ask({
    method: 'POST',
    url: `/v1/consignments/${parcel.id}/returns`,
    as,
    body: { reference: `RET-${(numbered += 1)}`, ground: 'changed-mind', ...more },
  });
async function applied(parcel: Pick<Filed, 'id' | 'filer'>, more: object = {}, as?: string): Promise<any> {
  const told = await applying(parcel, more, as);
  assert.equal(told.status, 201, told.text);
  return told.body;
}
const backing = (id: string, more: object = {}): Promise<Told> =>
  window.ask({
    method: 'POST',
    url: `/v1/returns/${id}/arrivals`,
    as: ids.operator,
    body: { operator: ids.operator, place: 'XP-CAPO-AIR', back: clock.instant(), condition: 'as-sent', ...more },
  });
async function back(id: string, more: object = {}): Promise<any> {
  const told = await backing(id, more);
  assert.equal(told.status, 201, told.text);
  return told.body;
}
async function refusedWith(told: Promise<Told>, status: number, code: string, pointer?: string): Promise<void> {
  const { status: found, body, text } = await told;
  assert.deepEqual([found, body.code], [status, code], text);
  if (pointer !== undefined) assert.equal(body.errors[0].pointer, pointer);
}
async function read(parcel: Pick<Filed, 'id' | 'filer'>): Promise<any> {
  const told = await window.ask({ url: `/v1/consignments/${parcel.id}`, as: parcel.filer });
  assert.equal(told.status, 200, told.text);
  return told.body;
}
const returned = async (id: string, as: string): Promise<any> =>
  (await window.ask({ url: `/v1/returns/${id}`, as })).body;
const quota = async (hold: string): Promise<bigint> => (await holdOf(db, { hold, kind: 'quota' }))?.consumed ?? 0n;
const held = async (hold: string): Promise<bigint> => (await holdOf(db, { hold, kind: 'guarantee' }))?.reserved ?? 0n;
const guarantee = async (owner: string): Promise<bigint> =>
  (await accountOf(db, { kind: 'guarantee', owner, period: '' }))!.reserved;
const officer = () =>
  principalOfClient(context.reference.current(), window.key('customs'), clock.instant().slice(0, 10))!;
const caseOf = async (parcel: string, id: string) => (await casesOf(db, [parcel])).find((one) => one.id === id)!;
const reasons = { ground: 'Customs Code, art. 71', reason: 'agencies/looked-at', remedy: 'clearance/object-to-return' };
async function decide(parcel: string, id: string, move: 'refund' | 'refuse-refund') {
  const { stamp } = await caseOf(parcel, id);
  return db.tx((tx) => act(context, tx, officer(), { case: id, stamp, move, decision: reasons }));
}

/** A released import with two lines: eight of one thing and three of another, on the low-value route. */
async function released(kind: 'low-value' | 'ordinary' = 'low-value', options: object = {}): Promise<Filed> {
  const parcel = await file(kind, options, (body) => {
    const [first] = body.declaration.goods;
    Object.assign(first, { quantity: '8', netWeight: '1.000', price: { ...first.price, amount: '41.53' } });
    delete first.grossWeight;
    body.declaration.goods = [
      first,
      { ...first, line: first.line + 1, quantity: '3', netWeight: '0.500', price: { ...first.price, amount: '17.11' } },
    ];
    for (const amount of [body.orders[0].total, body.payments[0]?.amount]) if (amount) amount.amount = '58.64';
  });
  await land([parcel]);
  assert.equal((await read(parcel)).status, 'released');
  return parcel;
}
const linesOf = ({ body }: Filed): number[] => body.declaration.goods.map(({ line }: any) => line);
async function pay(parcel: Filed): Promise<string> {
  const { amount, payer } = (await window.ask({ url: `/v1/notices/${parcel.id}`, as: parcel.filer })).body;
  const told = await window.ask({
    method: 'POST',
    url: `/v1/notices/${parcel.id}/payments`,
    as: payer,
    body: { method: 'simulated-bank', reference: `PAY-${(numbered += 1)}`, amount },
  });
  assert.equal(told.status, 200, told.text);
  return amount.amount;
}
const minor = (amount: { amount: string }): bigint => BigInt(amount.amount.replace('.', ''));

test('all of it comes back in time: the charge is never made, guarantee and yearly limit are free again, the parcel is returned', async () => {
  const before = await guarantee(ids.guarantor);
  const parcel = await released('low-value');
  const { border } = await read(parcel);
  assert.ok(minor(border) > 0n);
  assert.equal(await held(parcel.id), minor(border));
  assert.ok((await quota(parcel.id)) > 0n);
  clock.advance(3 * dayMs);
  const application = await applied(parcel);
  assert.equal(application.state, 'applied');
  assert.equal(application.law.granted, true);
  assert.deepEqual(application.refund.border, border);
  assert.ok(application.given.every(({ source }: any) => source !== ''));
  assert.equal(application.due, '2026-12-02T22:00:00.000Z', 'thirty days, of which the day of release is not one');
  assert.equal((await read(parcel)).status, 'released', 'until the goods are back');
  clock.advance(dayMs);
  const done = await back(application.id);
  assert.equal((await returned(application.id, parcel.filer)).state, 'refunded');
  assert.ok(done.state === undefined || done.state === 'refunded');
  assert.equal((await read(parcel)).status, 'returned');
  assert.deepEqual([await held(parcel.id), await quota(parcel.id)], [0n, 0n]);
  assert.equal(await guarantee(ids.guarantor), before);
  const notice = (await noticeOf(db, parcel.id))!;
  assert.deepEqual([notice.state, notice.amount, notice.refund], ['paid', 0n, 0n]);
  await refusedWith(applying(parcel), 409, 'clearance/return-nothing-left');
});

test('in three parts what was paid comes back to the unit, and so does the yearly limit: the last part takes the rest', async () => {
  const parcel = await released();
  const paid = await pay(parcel);
  const counted = await quota(parcel.id);
  const [first, second] = linesOf(parcel);
  let refunds = 0n;
  for (const lines of [
    [{ line: first, quantity: '3' }],
    [
      { line: first, quantity: '3' },
      { line: second, quantity: '1' },
    ],
  ]) {
    const { id } = await applied(parcel, { lines });
    await back(id);
    refunds += minor((await returned(id, parcel.filer)).refund.border);
    assert.equal((await read(parcel)).status, 'released');
    assert.ok((await quota(parcel.id)) > 0n && (await quota(parcel.id)) < counted);
  }
  const { id } = await applied(parcel);
  await back(id);
  refunds += minor((await returned(id, parcel.filer)).refund.border);
  assert.equal(refunds, BigInt(paid.replace('.', '')));
  assert.deepEqual([await quota(parcel.id), (await read(parcel)).status], [0n, 'returned']);
  await window.settle();
  const { payments } = (await window.ask({ url: `/v1/notices/${parcel.id}`, as: parcel.filer })).body;
  assert.deepEqual(
    payments.map(({ state, refunded }: any) => [state, refunded.amount]),
    [['refunded', paid]],
  );
  const [sums] = await db.query<any>(
    `select sum(quantity)::text as quantity, sum(value_minor)::text as value, trim_scale(sum(net_weight))::text as net
       from clearance.returned_lines where id = $1`,
    [parcel.id],
  );
  assert.deepEqual(sums, { quantity: '11', value: '5864', net: '1.5' });
});

test('applied for too late the goods may still go back, and the answer says why nothing is given back', async () => {
  const parcel = await released();
  const counted = await quota(parcel.id);
  clock.advance(21 * dayMs);
  const late = await applied(parcel);
  assert.deepEqual([late.law.granted, late.refund.border.amount, late.given], [false, '0.00', []]);
  assert.equal(late.law.reason, 'applied-too-late');
  await back(late.id);
  const done = await returned(late.id, parcel.filer);
  assert.deepEqual([done.state, done.refund.border.amount], ['refused', '0.00']);
  assert.deepEqual([(await read(parcel)).status, await quota(parcel.id)], ['returned', counted]);
  assert.ok((await held(parcel.id)) > 0n, 'what was secured stays secured');
});

test('goods that do not come back in time lapse, and may be applied for again', async () => {
  const parcel = await released();
  const one = await applied(parcel);
  clock.advance(32 * dayMs);
  await sweep(context);
  assert.equal((await returned(one.id, parcel.filer)).state, 'lapsed');
  await refusedWith(backing(one.id), 409, 'clearance/return-ended');
  const again = await applied(parcel);
  assert.equal(again.law.granted, false);
});

test('who neither sells, filed nor declares sends nothing back, and nothing goes back that is not released', async () => {
  const parcel = await released();
  await refusedWith(applying(parcel, {}, ids.carrier), 403, 'clearance/return-not-yours');
  await refusedWith(applying(parcel, {}, ids.smallest), 404, 'clearance/not-found');
  const waiting = await file('low-value');
  await refusedWith(applying(waiting), 409, 'clearance/return-not-released');
  const [first] = linesOf(parcel);
  const line = (quantity: string, at = first) => ({ lines: [{ line: at, quantity }] });
  await refusedWith(applying(parcel, line('8.5')), 409, 'clearance/return-more-than-left', '/lines/0/quantity');
  await refusedWith(applying(parcel, line('0')), 400, 'clearance/return-quantity-zero', '/lines/0/quantity');
  await refusedWith(applying(parcel, line('1', 77)), 400, 'clearance/return-line-unknown', '/lines/0/line');
  const twice = { lines: [...line('1').lines, ...line('1').lines] };
  await refusedWith(applying(parcel, twice), 400, 'clearance/return-line-repeated', '/lines/1/line');
  await applied(parcel, line('6'));
  await refusedWith(applying(parcel, line('3')), 409, 'clearance/return-more-than-left', '/lines/0/quantity');
});

test('goods are back after their release and not yet tomorrow, as the operator of the place itself tells, by a return that is known', async () => {
  const parcel = await released();
  const { id } = await applied(parcel);
  clock.advance(500);
  const late = await released();
  const { id: other } = await applied(late);
  const stands = await window.rows();
  const backAt = (instant: number) => ({ back: new Date(instant).toISOString().replace('.000Z', 'Z') });
  await refusedWith(backing(id, backAt(clock.now() + 2 * dayMs)), 400, 'clearance/not-yet', '/back');
  await refusedWith(backing(id, { operator: ids.carrier }), 403, 'clearance/not-yours', '/operator');
  await refusedWith(backing(id.replace(/^./, '9')), 404, 'clearance/return-unknown', '/id');
  await refusedWith(backing(other, backAt(clock.now() - 500)), 400, 'clearance/return-before-release', '/back');
  assert.deepEqual(await window.rows(), stands);
});

test('the same again is answered as before, and said otherwise it is refused by its field', async () => {
  const parcel = await released();
  const body = { reference: 'ONCE', lines: [{ line: linesOf(parcel)[0], quantity: '2' }] };
  const told = await Promise.all(Array.from({ length: 5 }, () => applying(parcel, body)));
  assert.equal(new Set(told.map(({ text }) => text)).size, 1, told[0]!.text);
  const rows = await window.rows();
  assert.equal((await applying(parcel, body)).text, told[0]!.text);
  assert.deepEqual(await window.rows(), rows);
  await refusedWith(applying(parcel, { ...body, ground: 'faulty' }), 409, 'clearance/return-known', '/ground');
  const other = await released();
  await refusedWith(applying(other, body), 409, 'clearance/return-known', '/id');
  const { id } = told[0]!.body;
  const arrivals = await Promise.all(Array.from({ length: 5 }, () => backing(id)));
  assert.deepEqual(
    new Set(arrivals.map(({ status }) => status)),
    new Set([201]),
    arrivals.map(({ text }) => text).join(),
  );
  await refusedWith(backing(id, { place: 'ELSEWHERE' }), 409, 'clearance/return-back-otherwise', '/place');
  assert.equal((await db.query('select 1 from clearance.returned_lines where return = $1', [id])).length, 1);
});

test('goods that are not as sent wait for an officer, whose refusal can be reversed and whose grant cannot', async () => {
  const parcel = await released();
  const paid = await pay(parcel);
  const { id } = await applied(parcel);
  await back(id, { condition: 'damaged' });
  assert.equal((await returned(id, parcel.filer)).state, 'doubt');
  assert.equal((await read(parcel)).status, 'returned', 'the goods are back whatever is decided');
  assert.ok((await decide(parcel.id, id, 'refuse-refund')).ok);
  assert.equal((await returned(id, parcel.filer)).state, 'refused');
  const undo = async () => {
    const { stamp } = await caseOf(parcel.id, id);
    return db.tx((tx) => reverse(context, tx, officer(), { case: id, stamp, decision: reasons }));
  };
  assert.ok((await undo()).ok);
  assert.ok((await decide(parcel.id, id, 'refund')).ok);
  const done = await returned(id, parcel.filer);
  assert.deepEqual([done.state, done.refund.border.amount], ['refunded', paid]);
  const refused = await undo();
  assert.equal(!refused.ok && refused.error.code, 'clearance/return-given-back');
});

test('of goods that went back in part no charges are determined again: it is not applied for, granted or undone', async () => {
  const redetermination = (parcel: Filed): Promise<Told> => {
    const lines = [{ line: linesOf(parcel)[0], price: { currency: 'XPN', amount: '31.53' } }];
    const body = { version: 1, ground: 'wrong-value', reason: 'The discount was forgotten.', lines };
    return window.ask({ method: 'POST', url: `/v1/consignments/${parcel.id}/redeterminations`, as: 'customs', body });
  };
  const caseAt = async (parcel: Filed) =>
    (await casesOf(db, [parcel.id])).findLast(({ procedure }) => procedure === 'redetermination')!;
  async function grant(parcel: Filed): Promise<string> {
    const { id, stamp } = await caseAt(parcel);
    const accepted = { lines: [{ line: linesOf(parcel)[0]!, price: { currency: 'XPN', amount: '31.53' } }] };
    const done = await decideRedetermination(context, officer(), { case: id, stamp, ...reasons, accepted });
    return done.ok ? 'ok' : done.error.code;
  }
  const [fresh, asked, granted] = [await released(), await released(), await released()];
  for (const parcel of [asked, granted]) assert.equal((await redetermination(parcel)).status, 202);
  assert.equal(await grant(granted), 'ok');
  for (const parcel of [fresh, asked, granted])
    await back((await applied(parcel, { lines: [{ line: linesOf(parcel)[0], quantity: '1' }] })).id);
  const stands = await window.rows();
  await refusedWith(redetermination(fresh), 409, 'clearance/goods-returned');
  assert.equal(await grant(asked), 'clearance/goods-returned');
  const { id, stamp } = await caseAt(granted);
  const undone = await db.tx((tx) => reverse(context, tx, officer(), { case: id, stamp, decision: reasons }));
  assert.equal(undone.ok ? '' : undone.error.code, 'clearance/goods-returned');
  assert.deepEqual(await window.rows(), stands);
});

test('the seller applies too, and the journal carries codes and no words', async () => {
  const parcel = await released();
  const { seller } = parcel.body.declaration;
  const { id } = await applied(parcel, { reason: 'It does not fit the buyer.' }, seller);
  await back(id);
  const entries = await db.query<{ kind: string; data: string }>(
    `select kind, data::text from platform.journal where subject in ($1, $2) order by seq`,
    [parcel.id, id],
  );
  assert.ok(entries.every(({ data }) => !data?.includes('fit')));
  const kinds = entries.map(({ kind }) => kind);
  for (const kind of ['clearance.return-applied', 'clearance.returned', 'treasury.reissued'])
    assert.ok(kinds.includes(kind), kinds.join());
});

test('what was rebuilt from the journal stands as it stood', async () => {
  const select = 'select * from clearance.parcels order by id';
  const before = await db.query(select);
  await rebuild(context);
  assert.deepEqual(await db.query(select), before);
});
