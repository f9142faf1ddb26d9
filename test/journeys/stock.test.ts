import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountOf, changeCeiling } from '#modules/accounts/index.ts';
import { act, casesOf, reverse } from '#modules/cases/index.ts';
import { decideHeld } from '#modules/clearance/index.ts';
import { parcelFrom, reviewAgain } from '#modules/clearance/read.ts';
import { versionsOf } from '#modules/clearance/store-read.ts';
import { amendStock } from '#modules/clearance/stock-amend.ts';
import { stockBack } from '#modules/clearance/stock-draw.ts';
import { ids } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { noticeOf } from '#modules/treasury/index.ts';
import { append } from '#platform/journal.ts';
import { fixedClock } from '#platform/clock.ts';
import { bondedPlace, book, type Ware } from '../support/stock.ts';
import { openWindow } from '../support/window.ts';

/** Goods lie in a bonded place: entered by an import, drawn by parcels, gone through the gate, counted. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const place = bondedPlace(window, clock, 'STK');

const shirt: Ware = { commodity: '610910', origin: 'TR', unit: 'C62', quantity: '100', price: '1500.00' };
const soap: Ware = { commodity: '340111', origin: 'XL', unit: 'KGM', quantity: '40.5', price: '810.00' };
const watch: Ware = { commodity: '910219', origin: 'XL', unit: 'C62', quantity: '3', price: '90.00' };
const one = (ware: Ware, item: string, quantity: string, price = '15.00') => ({ ...ware, item, quantity, price });
const guarantee = async (): Promise<bigint> =>
  (await accountOf(db, { kind: 'guarantee', owner: ids.operator, period: '' }))!.reserved;

const officer = () =>
  principalOfClient(context.reference.current(), window.key('customs'), clock.instant().slice(0, 10))!;
const reasons = { ground: 'Customs Code, art. 66', reason: 'Found so.', remedy: 'Object within thirty days.' };
const watched = await window.ask({
  method: 'PUT',
  url: '/v1/administration/watch-rules/watches',
  as: 'customs',
  body: { condition: 'commodity == "910219"', ground: 'demo/watch-brands', desk: 'customs', source: 'art. 46' },
});
assert.equal(watched.status, 200, watched.text);
assert.equal((await place.open()).status, 201);
const bulk = await place.filled([shirt, soap]);
const watches = await place.filled([watch]);
const entered = [
  { item: '1', import: bulk.id, line: 1, quantity: '100' },
  { item: '2', import: bulk.id, line: 2, quantity: '40.5' },
];

async function decideHeldFreely(id: string): Promise<void> {
  const found = (await casesOf(db, [id])).find(({ procedure }) => procedure === 'held-parcel')!;
  const decision = { case: found.id, move: 'release' as const, stamp: found.stamp, ...reasons };
  assert.ok((await decideHeld(context, officer(), decision)).ok);
}

test('a book is opened once: the same again is the book, other particulars are refused by their field', async () => {
  const again = await place.open();
  assert.deepEqual([again.status, again.body.number], [201, book]);
  const other = await place.open({ office: 'XP000102' });
  assert.deepEqual(
    [other.status, other.body.code, other.body.errors[0].pointer],
    [409, 'clearance/book-known', '/office'],
  );
  for (const [more, code] of [
    [{ number: 'BK-2', office: 'XP999999' }, 'clearance/book-office-unknown'],
    [{ number: 'BK-2', zone: 'atlantis' }, 'clearance/book-zone-unknown'],
    [{ number: 'BK-2', operator: ids.post }, 'clearance/not-yours'],
  ] as const)
    assert.equal((await place.open(more)).body.code, code);
});

test('goods are entered that an import brought in for a book, their charges suspended and secured, once and no more than it declared', async () => {
  const asked = { reference: 'E-1' };
  const told = await place.enter(entered, asked);
  assert.equal(told.status, 201, told.text);
  assert.equal(told.body.lines, 2);
  const secured = await guarantee();
  assert.ok(secured > 0n, 'the guarantee stands for what is suspended');
  const rows = await window.rows();
  assert.deepEqual((await place.enter(entered, asked)).body, told.body);
  assert.deepEqual(await window.rows(), rows);
  const other = await place.enter([entered[0]!], asked);
  assert.equal(other.body.code, 'clearance/stock-reference-known');
  await decideHeldFreely(watches.id);
  const third = await place.enter([{ item: '3', import: watches.id, line: 1, quantity: '3' }]);
  assert.equal(third.status, 201, third.text);
  const { line } = await place.line('2');
  assert.deepEqual(line.unitValue, { currency: 'XPN', amount: '20.00' });
  assert.deepEqual([line.owner, line.commodity, line.origin, line.unit], [ids.seller, '340111', 'XL', 'KGM']);
  assert.deepEqual([line.figures.entered, line.figures.onHand, line.figures.free], ['40.5', '40.5', '40.5']);
  const more = await place.enter([{ ...entered[1]!, quantity: '0.000001' }]);
  assert.deepEqual(
    [more.body.code, more.body.errors[0].pointer],
    ['clearance/stock-import-exceeded', '/lines/0/quantity'],
  );
});

test('an entry is refused by its line and writes nothing where the import does not cover it', async () => {
  const low = await place.file('low-value');
  const waiting = await place.filled([shirt]);
  const ordinary = await place.file('low-value');
  await place.land([ordinary]);
  const [first] = entered;
  const rows = await window.rows();
  for (const [line, code, pointer] of [
    [{ ...first, import: bulk.id.replace(/^./, '9') }, 'clearance/stock-import-unknown', '/lines/0/import'],
    [{ ...first, import: low.id }, 'clearance/stock-import-not-released', '/lines/0/import'],
    [{ ...first, import: ordinary.id }, 'clearance/stock-import-not-suspended', '/lines/0/import'],
    [{ ...first, import: waiting.id, line: 9 }, 'clearance/stock-import-line-unknown', '/lines/0/line'],
    [{ ...first, import: waiting.id, quantity: '0' }, 'clearance/stock-nothing', '/lines/0/quantity'],
    [{ ...first, import: waiting.id, owner: ids.smallest }, 'clearance/stock-owner-not-named', '/lines/0/owner'],
    [{ ...first, import: waiting.id, item: '2' }, 'clearance/stock-line-differs', '/lines/0/item'],
  ] as const) {
    const told = await place.enter([line]);
    assert.deepEqual([told.body.code, told.body.errors[0].pointer], [code, pointer]);
  }
  assert.deepEqual(await window.rows(), rows);
});

test('parcels draw their lines of the book exactly; the one that asks for more than is left is rejected alone, with the line and what is left', async () => {
  const two = await place.file('low-value', {}, place.draws([one(shirt, '1', '3'), one(soap, '2', '0.25', '5.00')]));
  const read = async (id: string, as: string) => (await window.ask({ url: `/v1/consignments/${id}`, as })).body;
  const shown = await read(two.id, two.filer);
  assert.deepEqual([shown.status, shown.route], ['cleared', 'bonded'], JSON.stringify(shown.decision));
  assert.deepEqual((await place.line('1')).line.figures.reserved, '3');
  assert.deepEqual((await place.line('2')).line.figures.reserved, '0.25');
  const large = await place.file('low-value', {}, place.draws([one(shirt, '1', '98'), one(soap, '2', '0.25', '5.00')]));
  const { decision, status, determination } = await read(large.id, large.filer);
  assert.deepEqual([status, decision.outcome, decision.ground], ['lodged', 'rejected', 'clearance/stock-not-enough']);
  const check = decision.checks.find(({ id }: any) => id === 'stock/line/1');
  assert.deepEqual(check.params, { line: '1', book, item: '1', asked: '98', left: '97', unit: 'C62' });
  assert.equal(determination.route, 'bonded');
  assert.deepEqual((await place.line('2')).line.figures.reserved, '0.25', 'nothing of it stays reserved');
  for (const { id } of [two, large]) {
    const stored = parcelFrom((await versionsOf(db, id))[0]!);
    assert.equal((await reviewAgain(context, stored)).digest, stored.digest, 'decided again it comes out the same');
  }
  const lines = [
    [{ ...one(shirt, '1', '1'), origin: 'CN' }, 'clearance/stock-other-goods'],
    [{ ...one(shirt, '1', '1'), unit: 'KGM' }, 'clearance/stock-other-unit'],
    [one(shirt, '77', '1'), 'clearance/stock-line-unknown'],
    [{ ...one(shirt, '1', '1'), book: 'BK-9' }, 'clearance/stock-line-unknown'],
  ] as const;
  for (const [line, ground] of lines) {
    const parcel = await place.file('low-value', {}, place.draws([line]));
    assert.equal((await read(parcel.id, parcel.filer)).decision.ground, ground);
  }
  const mine = place.draws([one(shirt, '1', '1')], { seller: ids.smallest });
  const stranger = await place.file('low-value', {}, (body) => {
    mine(body);
    for (const order of body.orders) order.seller = ids.smallest;
  });
  assert.equal((await read(stranger.id, stranger.filer)).decision.ground, 'clearance/stock-other-owner');
  const bare = await place.file('low-value', {}, (body) => {
    place.draws([one(shirt, '1', '1')])(body);
    delete body.declaration.goods[0].stock;
  });
  assert.equal((await read(bare.id, bare.filer)).status, 'lodged', 'the law wants the line of the book named');
});

test('what is cancelled frees its stock', async () => {
  const figures = async () => (await place.line('1')).line.figures;
  const before = await figures();
  const parcel = await place.file('low-value', {}, place.draws([one(shirt, '1', '10')]));
  assert.equal((await figures()).free, String(Number(before.free) - 10));
  const asked = { ground: 'order-cancelled', reason: 'The buyer has changed her mind.' };
  const told = await place.ask(`/v1/consignments/${parcel.id}/cancellation`, asked, parcel.filer);
  assert.equal(told.status, 201, told.text);
  assert.deepEqual(await figures(), before);
});

test('what is denied frees its stock too, and its denial stands where others have it meanwhile', async () => {
  const figures = async () => (await place.line('3')).line.figures;
  const parcel = await place.file('low-value', {}, place.draws([one(watch, '3', '2', '60.00')]));
  assert.deepEqual([(await figures()).reserved, (await figures()).free], ['2', '1']);
  const held = async () => (await casesOf(db, [parcel.id])).find(({ procedure }) => procedure === 'held-parcel')!;
  const found = await held();
  const decision = { case: found.id, move: 'deny' as const, stamp: found.stamp, ...reasons };
  assert.ok((await decideHeld(context, officer(), decision)).ok);
  assert.deepEqual([(await figures()).reserved, (await figures()).free], ['0', '3']);
  const undo = async () => {
    const { id, stamp } = await held();
    return db.tx((tx) => reverse(context, tx, officer(), { case: id, stamp, decision: reasons }));
  };
  const other = await place.file('low-value', {}, place.draws([one(watch, '3', '2', '60.00')]));
  const refused = await undo();
  assert.equal(!refused.ok && refused.error.code, 'clearance/stock-not-enough');
  const given = (await casesOf(db, [other.id])).find(({ procedure }) => procedure === 'held-parcel')!;
  const denied = { case: given.id, move: 'deny' as const, stamp: given.stamp, ...reasons };
  assert.ok((await decideHeld(context, officer(), denied)).ok);
  assert.ok((await undo()).ok);
  assert.deepEqual([(await figures()).reserved, (await figures()).free], ['2', '1']);
});

test('the gate consumes what a parcel reserved, and the guarantee follows what is on hand', async () => {
  const before = (await place.line('1')).line.figures;
  const secured = await guarantee();
  const parcel = await place.file('low-value', {}, place.draws([one(shirt, '1', '20', '90.00')]));
  const early = await place.leave([parcel]);
  assert.equal(early.kept, 1, 'before it is released it may not leave');
  await place.land([parcel]);
  const left = await place.leave([parcel]);
  assert.equal(left.departed, 1);
  const { line, movements } = await place.line('1');
  assert.equal(line.figures.onHand, String(Number(before.onHand) - 20));
  assert.deepEqual([line.figures.reserved, line.figures.gone], [before.reserved, '20']);
  assert.deepEqual([movements[0].kind, movements[0].quantity, movements[0].parcel], ['gone', '20', parcel.id]);
  assert.ok((await guarantee()) < secured);
});

test('what a return brings back lies in the book again, line by line and once', async () => {
  const before = (await place.line('1')).line.figures;
  const parcel = await place.file('low-value', {}, place.draws([one(shirt, '1', '5', '40.00')]));
  await place.land([parcel]);
  await place.leave([parcel]);
  const made = parcel.id.replace(/^./, '9');
  await db.query(
    'insert into clearance.returned_lines (id, return, line, quantity, value_minor) values ($1, $2, 1, 2, 1600)',
    [parcel.id, made],
  );
  const data = { return: made, version: 1, refund: '0.00', currency: 'XPN', status: 'left' };
  await db.tx((tx) => append(tx, [{ kind: 'clearance.returned', subject: parcel.id, data }]));
  await window.settle();
  // Told again, it moves nothing: the goods of a return come back once.
  await db.tx((tx) => stockBack(tx, [{ id: parcel.id, return: made, at: clock.instant() }], 'XPN'));
  const { line } = await place.line('1');
  assert.equal(line.figures.onHand, String(Number(before.onHand) - 3));
  assert.deepEqual([line.figures.gone, line.figures.returned], [String(Number(before.gone) + 5), '2']);
});

async function decide(difference: string, move: string) {
  const [found] = await casesOf(db, [difference]);
  return db.tx((tx) => act(context, tx, officer(), { case: found!.id, move, stamp: found!.stamp, decision: reasons }));
}

test('a count that differs opens a case: what is missing is charged and written off, and reversed it stands as before', async () => {
  const before = (await place.line('2')).line.figures;
  const told = await place.count([{ item: '2', quantity: '39.5', explanation: 'A box fell.' }]);
  assert.equal(told.status, 201, told.text);
  const [line] = told.body.lines;
  assert.deepEqual([line.expected, line.counted, line.difference], ['40.5', '39.5', '-1']);
  assert.deepEqual((await place.line('2')).line.figures, before, 'nothing moves before it is decided');
  assert.deepEqual((await place.line('2')).counts[0].explanation, 'A box fell.');
  assert.equal((await decide(line.case, 'enter-surplus')).ok, false);
  assert.equal((await decide(line.case, 'charge-shortage')).ok, true);
  const after = (await place.line('2')).line.figures;
  assert.deepEqual([after.shortage, after.onHand], ['1', '39.5']);
  const notice = (await noticeOf(db, line.case))!;
  assert.deepEqual([notice.state, notice.payer], ['due', ids.operator]);
  assert.ok(notice.amount > 0n);
  const [found] = await casesOf(db, [line.case]);
  const undone = await db.tx((tx) =>
    reverse(context, tx, officer(), { case: found!.id, stamp: found!.stamp, decision: reasons }),
  );
  assert.ok(undone.ok);
  assert.equal((await place.line('2')).line.figures.onHand, '40.5');
  assert.equal((await noticeOf(db, line.case))!.state, 'cancelled');
  assert.equal((await decide(line.case, 'charge-shortage')).ok, true, 'and it may be decided anew');
  assert.equal((await noticeOf(db, line.case))!.state, 'due');
});

test('what is over is entered; what parcels have reserved is not written off', async () => {
  const { line: before } = await place.line('1');
  const onHand = Number(before.figures.onHand);
  const more = await place.count([{ item: '1', quantity: String(onHand + 2) }], 'customs');
  assert.equal(more.status, 201, more.text);
  assert.equal((await decide(more.body.lines[0].case, 'enter-surplus')).ok, true);
  const now = (await place.line('1')).line.figures;
  assert.deepEqual([now.surplus, now.onHand], ['2', String(onHand + 2)]);
  const less = await place.count([{ item: '1', quantity: '1' }]);
  const refused = await decide(less.body.lines[0].case, 'charge-shortage');
  assert.deepEqual(!refused.ok && refused.error.code, 'clearance/stock-reserved');
  assert.equal((await decide(less.body.lines[0].case, 'accept-explanation')).ok, true);
  assert.deepEqual((await place.line('1')).line.figures, now);
});

test('a count that names what the book lacks, the same twice, or another count’s reference is refused and writes nothing', async () => {
  const once = { item: '1', quantity: '1' };
  const first = await place.ask('/v1/stock/counts', {
    reference: 'C-ONCE',
    book,
    counted: clock.instant(),
    lines: [{ item: '2', quantity: (await place.line('2')).line.figures.onHand }],
  });
  assert.equal(first.status, 201, first.text);
  const count = (lines: readonly object[], more: object = {}) =>
    place.ask('/v1/stock/counts', { reference: 'C-BAD', book, counted: clock.instant(), lines, ...more });
  const rows = await window.rows();
  for (const [told, code, pointer] of [
    [await count([once, { item: '77', quantity: '1' }]), 'clearance/stock-item-unknown', '/lines/1/item'],
    [await count([once, once]), 'clearance/stock-item-repeated', '/lines/1/item'],
    [await count([once], { reference: 'C-ONCE' }), 'clearance/stock-reference-known', '/reference'],
    [await count([once], { book: 'BK-77' }), 'clearance/book-unknown', '/book'],
  ] as const)
    assert.deepEqual([told.body.code, told.body.errors?.[0].pointer], [code, pointer], told.text);
  assert.deepEqual(await window.rows(), rows);
});

test('goods whose suspended charges the operator’s guarantee does not reach are not entered, and then they are', async () => {
  const brought = await place.filled([soap]);
  const key = { kind: 'guarantee', owner: ids.operator, period: '' };
  const { ceiling, reserved } = (await accountOf(db, key))!;
  await db.tx((tx) => changeCeiling(tx, key, reserved));
  const rows = await window.rows();
  const lines = [{ item: '2', import: brought.id, line: 1, quantity: '40.5' }];
  const short = await place.enter(lines);
  assert.deepEqual([short.status, short.body.code], [409, 'clearance/stock-not-secured'], short.text);
  assert.equal(short.body.errors[0].pointer, '/operator');
  assert.deepEqual(await window.rows(), rows);
  await db.tx((tx) => changeCeiling(tx, key, ceiling));
  assert.equal((await place.enter(lines)).status, 201);
});

test('the keeper sees his book, the owner his lines, an authority by its mandate, and a stranger nothing', async () => {
  const books = async (as: string) => (await window.ask({ url: '/v1/stock/books', as })).body.books.length;
  assert.deepEqual(
    [await books(ids.operator), await books(ids.seller), await books('customs'), await books(ids.smallest)],
    [1, 1, 1, 0],
  );
  const shown = await window.ask({ url: `/v1/stock/books/${book}`, as: ids.seller });
  assert.deepEqual(
    shown.body.lines.map(({ item }: any) => item),
    ['1', '2', '3'],
  );
  for (const url of [`/v1/stock/books/${book}`, `/v1/stock/books/${book}/lines/1`])
    assert.equal((await window.ask({ url, as: ids.smallest })).status, 404);
  for (const [as, status, code] of [
    [ids.seller, 404, 'clearance/book-unknown'],
    ['tax', 403, 'clearance/not-yours'],
  ] as const) {
    const counted = await place.count([{ item: '1', quantity: '1' }], as);
    assert.deepEqual([counted.status, counted.body.code], [status, code], 'only its keeper and officers count it');
  }
});

test('a thousand lines and more are entered as NDJSON, and of fifty parcels at once exactly those get the last pieces that fit', async () => {
  const many = await place.filled([{ ...shirt, quantity: '1200', price: '9000.00' }]);
  const head = { reference: 'E-LONG', operator: ids.operator, book };
  const line = { item: '9', import: many.id, line: 1, quantity: '0.025' };
  const raw = [head, ...Array.from({ length: 1_200 }, () => line)].map((part) => JSON.stringify(part)).join('\n');
  const asked = { method: 'POST', url: '/v1/stock/entries', as: ids.operator, raw } as const;
  const told = await window.ask({ ...asked, type: 'application/x-ndjson' });
  assert.deepEqual([told.status, told.body.lines], [201, 1_200], told.text);
  assert.equal((await place.line('9')).line.figures.onHand, '30');
  const filed = await Promise.all(
    Array.from({ length: 50 }, () => place.file('low-value', {}, place.draws([one(shirt, '9', '1', '9.00')]))),
  );
  const stand = await Promise.all(
    filed.map(async ({ id, filer }) => (await window.ask({ url: `/v1/consignments/${id}`, as: filer })).body),
  );
  assert.equal(stand.filter(({ status }) => status === 'cleared').length, 30);
  assert.ok(
    stand.every(({ status, decision }) => status === 'cleared' || decision.ground === 'clearance/stock-not-enough'),
  );
  assert.deepEqual(
    [(await place.line('9')).line.figures.reserved, (await place.line('9')).line.figures.free],
    ['30', '0'],
  );
});

test('a further version moves what a parcel draws by the difference: more where the book has it, less always, another item whole', async () => {
  const parcel = await place.file('low-value', {}, place.draws([one(soap, '2', '1', '20.00'), one(shirt, '1', '1')]));
  const of = async (item: string) => (await place.line(item)).line.figures;
  const before = [await of('1'), await of('2')].map(({ reserved }) => Number(reserved));
  const amended = async (lines: readonly object[]) => {
    const body = structuredClone(parcel.body);
    body.declaration.goods = lines;
    return db.tx((tx) => amendStock(tx, { id: parcel.id, filer: parcel.filer, body }));
  };
  const [first, second] = parcel.body.declaration.goods;
  const more = await amended([{ ...first, quantity: '2.5' }, second]);
  assert.equal(more['stock/1']?.amount, '2.5');
  assert.equal(Number((await of('2')).reserved), before[1]! + 1.5);
  const swapped = await amended([{ ...first, quantity: '0.5' }]);
  assert.deepEqual(Object.keys(swapped), ['stock/1']);
  assert.equal(Number((await of('2')).reserved), before[1]! - 0.5);
  assert.equal(Number((await of('1')).reserved), before[0]! - 1);
  const free = Number((await of('2')).free);
  const large = await amended([{ ...first, quantity: '5000' }]);
  assert.equal(Number(large['stock/1']?.amount), free + 0.5, 'what it could have');
});

test('a parcel that waits for a slip reserves nothing until it is decided', async () => {
  const reserved = async () => (await place.line('1')).line.figures.reserved;
  const before = Number(await reserved());
  const parcel = await place.file('slip-missing', {}, place.draws([one(shirt, '1', '2')]));
  assert.equal(Number(await reserved()), before);
  const [order] = parcel.body.orders;
  const payment = {
    provider: ids.payments,
    reference: 'P-STK',
    order: order.number,
    method: 'card',
    amount: order.total,
  };
  const body = { ...parcel.body, payments: [{ ...payment, paid: clock.instant() }] };
  const told = await place.ask('/v1/consignments', body, parcel.filer);
  assert.equal(told.body.status, 'cleared', told.text);
  assert.equal(Number(await reserved()), before + 2);
});
