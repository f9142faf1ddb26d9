import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountOf, holdOf } from '#modules/accounts/index.ts';
import { act, casesOf, reverse } from '#modules/cases/index.ts';
import { decideHeld, decideRedetermination, rebuild } from '#modules/clearance/index.ts';
import { parcelFrom, reviewAgain } from '#modules/clearance/read.ts';
import { versionsOf } from '#modules/clearance/store-read.ts';
import { ids } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { noticeOf } from '#modules/treasury/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { openWindow, type Told } from '../support/window.ts';

/** A declaration through its whole life: amended, cancelled after release, its charges determined again. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const { file, land } = shipper(window, clock, 'VER');
const reasons = { ground: 'Customs Code, art. 64', reason: 'the invoice', remedy: 'clearance/object-to-change' };

const priced =
  (amount: string) =>
  (body: any): void => {
    for (const one of [body.declaration.goods[0].price, body.orders[0].total, body.payments[0].amount])
      one.amount = amount;
  };
const changed = (parcel: Filed, change: (body: any) => void): any => {
  const body = structuredClone(parcel.body);
  change(body);
  return body;
};
const amend = (parcel: Filed, consignment: object, more: object = {}, as = parcel.filer): Promise<Told> =>
  window.ask({
    method: 'POST',
    url: `/v1/consignments/${parcel.id}/amendments`,
    as,
    body: { version: 1, ground: 'value-changed', reason: 'The invoice was another.', consignment, ...more },
  });
const cancel = (parcel: Filed, ground: string, as = parcel.filer): Promise<Told> =>
  window.ask({
    method: 'POST',
    url: `/v1/consignments/${parcel.id}/cancellation`,
    as,
    body: { ground, reason: 'So it is.' },
  });
const redetermine = (parcel: Filed, lines: object[], more: object = {}, as = parcel.filer): Promise<Told> =>
  window.ask({
    method: 'POST',
    url: `/v1/consignments/${parcel.id}/redeterminations`,
    as,
    body: { version: 1, ground: 'wrong-value', reason: 'The discount was forgotten.', lines, ...more },
  });
async function read(id: string, as: string, what = ''): Promise<any> {
  const told = await window.ask({ url: `/v1/consignments/${id}${what}`, as });
  assert.equal(told.status, 200, told.text);
  return told.body;
}
const officer = (authority = 'customs') =>
  principalOfClient(context.reference.current(), window.key(authority), clock.instant().slice(0, 10))!;
const held = async (id: string, kind: string): Promise<bigint> => {
  const hold = await holdOf(db, { hold: id, kind });
  return (hold?.reserved ?? 0n) + (hold?.consumed ?? 0n);
};
const guaranteed = async (owner: string): Promise<bigint> =>
  (await accountOf(db, { kind: 'guarantee', owner, period: '' }))!.reserved;
async function step(id: string, move: string): Promise<string> {
  const one = (await casesOf(db, [id])).find(({ closed }) => closed === null)!;
  const done = await db.tx((tx) =>
    act(context, tx, officer(), { case: one.id, stamp: one.stamp, move, decision: reasons }),
  );
  return done.ok ? 'ok' : done.error.code;
}
async function decide(id: string, amount: string): Promise<string> {
  const one = (await casesOf(db, [id])).find(({ closed }) => closed === null)!;
  const accepted = { lines: [{ line: 1, price: { currency: 'XPN', amount } }] };
  const done = await decideRedetermination(context, officer(), {
    case: one.id,
    stamp: one.stamp,
    ...reasons,
    accepted,
  });
  return done.ok ? 'ok' : done.error.code;
}
async function undo(id: string, procedure: string, at = -1): Promise<string> {
  const one = (await casesOf(db, [id])).filter((each) => each.procedure === procedure).at(at)!;
  const done = await db.tx((tx) =>
    reverse(context, tx, officer(), { case: one.id, stamp: one.stamp, decision: reasons }),
  );
  return done.ok ? 'ok' : done.error.code;
}
/** Every version of a parcel, worked out again from what is stored with it, gives its digest. */
async function replays(id: string): Promise<number> {
  const rows = await versionsOf(db, id);
  for (const row of rows) {
    const stored = parcelFrom(row);
    assert.equal((await reviewAgain(context, stored)).digest, stored.digest, `${id} ${stored.version}`);
  }
  return rows.length;
}

test('S18 an amendment before release is a further version: decided anew, every account moved by the difference', async () => {
  const before = await guaranteed(ids.guarantor);
  const parcel = await file('low-value', {}, priced('100.00'));
  const first = await read(parcel.id, parcel.filer);
  clock.advance(3_600_000);
  const body = changed(parcel, priced('80.00'));
  const told = await amend(parcel, body);
  assert.equal(told.status, 201, told.text);
  const { version, status, declaration, decision, amendment } = told.body;
  assert.deepEqual([version, status, declaration, decision.outcome], [2, 'cleared', parcel.declaration, 'cleared']);
  assert.deepEqual(amendment, { at: clock.instant(), ground: 'value-changed', reason: 'The invoice was another.' });
  assert.equal(told.body.received, first.received, 'it was received when it was received');
  assert.equal(decision.day, first.day, 'under the law of the day on which it was accepted');
  const now = await read(parcel.id, parcel.filer);
  assert.deepEqual([now.version, now.body.declaration.goods[0].price.amount], [2, '80.00']);
  assert.equal(now.acceptedValue.amount, '80.00');
  const notice = (await noticeOf(db, parcel.id))!;
  const border = BigInt(now.border.amount.replace('.', ''));
  assert.deepEqual([notice.version, notice.state, notice.amount], [2, 'secured', border]);
  assert.equal(await held(parcel.id, 'guarantee'), border);
  assert.equal((await guaranteed(ids.guarantor)) - before, border);
  assert.ok((await held(parcel.id, 'quota')) < 10_000n + 10_000n);
  assert.equal((await amend(parcel, body)).text, told.text, 'the same again is answered as before');
  assert.ok(now.timeline.some(({ kind }: any) => kind === 'clearance.amended'));
  assert.equal(await replays(parcel.id), 2);
  assert.equal((await land([parcel])).released, 1);
  assert.equal((await read(parcel.id, parcel.filer)).status, 'released');
  const { rows } = (await window.ask({ url: '/v1/consignments?limit=1', as: parcel.filer })).body;
  assert.equal(rows[0].declaredValue.amount, '80.00', 'the list shows the version that stands');
  const again = await window.ask({ method: 'POST', url: '/v1/consignments', as: parcel.filer, body: parcel.body });
  assert.deepEqual([again.status, again.body.version], [201, 1], 'the first submission keeps its first answer');
});

test('what would not be accepted is refused with its reasons, and the declaration stands as it was', async () => {
  const parcel = await file('low-value');
  const rows = await window.rows();
  const over = await amend(parcel, changed(parcel, priced('900.00')));
  assert.deepEqual([over.status, over.body.code], [409, 'clearance/amendment-not-accepted'], over.text);
  assert.ok(over.body.errors.length >= 1, over.text);
  const slips = await amend(
    parcel,
    changed(parcel, (body) => (body.declaration.goods[0].price.amount = '1.00')),
  );
  assert.equal(slips.body.code, 'clearance/amendment-not-accepted', 'order and payment say otherwise');
  const refused = async (change: (body: any) => void, code: string, more: object = {}): Promise<any> => {
    const told = await amend(parcel, changed(parcel, change), more);
    assert.equal(told.body.code, code, told.text);
    return told.body;
  };
  await refused(() => undefined, 'clearance/amendment-same');
  const other = await refused((body) => (body.declaration.goods[0].commodity = '950300'), 'clearance/other-goods');
  assert.equal(other.errors[0].pointer, '/consignment/declaration/goods/0/commodity');
  await refused((body) => (body.declaration.goods[0].line = 9), 'clearance/other-goods');
  await refused((body) => (body.declaration.id += '-X'), 'clearance/amendment-beyond');
  await refused((body) => (body.declaration.seller = ids.smallest), 'clearance/amendment-beyond');
  const moved = await refused(priced('20.00'), 'clearance/version-moved', { version: 7 });
  assert.match(moved.detail, /version 1/);
  await refused((body) => body.declaration.goods.push({ ...body.declaration.goods[0] }), 'clearance/line-repeated');
  for (const more of [{ ground: 'whim' }, { reason: ' ' }, { version: 0 }, { extra: 1 }])
    assert.equal((await amend(parcel, changed(parcel, priced('20.00')), more)).status, 400);
  assert.deepEqual(await window.rows(), rows);
});

test('under control, after control, after release, taken back or undecided, nothing is amended', async () => {
  const watched = await window.ask({
    method: 'PUT',
    url: '/v1/administration/watch-rules/watches',
    as: 'customs',
    body: { condition: 'commodity == "910219"', ground: 'demo/watch-brands', desk: 'customs', source: 'art. 46' },
  });
  assert.equal(watched.status, 200, watched.text);
  const watches = (body: any): void => {
    body.declaration.goods[0].commodity = '910219';
  };
  const code = async (parcel: Filed): Promise<string> =>
    (
      await amend(
        parcel,
        changed(parcel, (body) => (body.declaration.goods[0].origin = 'GR')),
      )
    ).body.code;
  const control = await file('low-value', {}, watches);
  assert.equal(await code(control), 'clearance/under-control');
  const one = (await casesOf(db, [control.id]))[0]!;
  const lifted = { case: one.id, stamp: one.stamp, move: 'release', ...reasons } as const;
  assert.ok((await decideHeld(context, officer(), lifted)).ok);
  assert.equal(await code(control), 'clearance/control-announced');
  const released = await file('low-value');
  await land([released]);
  assert.equal(await code(released), 'clearance/released-already');
  const taken = await file('low-value');
  assert.equal((await cancel(taken, 'order-cancelled')).status, 201);
  assert.equal(await code(taken), 'clearance/cancelled');
  assert.equal(await code(await file('slip-missing')), 'clearance/nothing-to-amend');
  // An amendment that the targeting rules select is accepted, and its control is a case.
  const clean = await file('low-value', {}, (body) => (body.declaration.goods[0].commodity = '910211'));
  const selected = await amend(clean, changed(clean, watches), { ground: 'classification-corrected' });
  assert.deepEqual([selected.status, selected.body.status], [201, 'control'], selected.text);
  assert.equal((await casesOf(db, [clean.id])).length, 1);
  assert.equal(await code(clean), 'clearance/under-control');
});

test('pieces and orders follow the amendment; a piece that has landed stays', async () => {
  const parcel = await file('several-pieces', { pieces: 2 });
  const [first, second] = parcel.barcodes as [string, string];
  const landed = await land([parcel], [second]);
  assert.equal(landed.released, 0);
  const without = (barcode: string) =>
    changed(parcel, (body) => {
      body.transports[0].pieces = body.transports[0].pieces.filter((one: any) => one.barcode !== barcode);
    });
  const lost = await amend(parcel, without(first), { ground: 'transport-changed' });
  assert.equal(lost.body.code, 'clearance/piece-landed', lost.text);
  const told = await amend(parcel, without(second), { ground: 'transport-changed' });
  assert.equal(told.status, 201, told.text);
  assert.equal((await read(parcel.id, parcel.filer)).status, 'released', 'every piece that is left has landed');
  const scan = await window.ask({ url: `/v1/scans/${second}`, as: ids.operator });
  assert.equal(scan.body.answer, 'unknown');
});

test('an amendment to another consignee and another guarantor moves both accounts to them', async () => {
  const parcel = await file('low-value', {}, priced('60.00'));
  const other = changed(parcel, (body) => {
    body.declaration.consignee.identity.number = 'XP999000111';
    body.declaration.guarantor = null;
  });
  const before = await guaranteed(ids.guarantor);
  const border = await held(parcel.id, 'guarantee');
  const quotaOf = async () =>
    (
      await db.query<{ owner: string; reserved: bigint }>(
        `select a.owner, h.reserved from accounts.holds h join accounts.accounts a on a.id = h.account
          where h.hold = $1 and h.kind = 'quota'`,
        [parcel.id],
      )
    )[0]!;
  const quota = await quotaOf();
  const told = await amend(parcel, other, { ground: 'clerical-error' });
  assert.equal(told.status, 201, told.text);
  assert.equal((await guaranteed(ids.guarantor)) - before, -border);
  const now = await quotaOf();
  assert.notEqual(now.owner, quota.owner);
  assert.equal(now.reserved, quota.reserved);
});

test('amended to a lower value it no longer waits for money and goes', async () => {
  const standing = { filer: ids.smallest, declarant: ids.smallest, guarantor: null };
  const self = (body: any) => Object.assign(body.declaration, { representation: 'self' });
  const parcel = await file('ordinary', { standing }, (body) => {
    priced('900.00')(body);
    self(body);
  });
  assert.equal((await land([parcel])).unsecured, 1);
  const told = await amend(parcel, changed(parcel, priced('200.00')));
  assert.deepEqual([told.status, told.body.secured], [201, true], told.text);
  assert.equal((await read(parcel.id, parcel.filer)).status, 'released');
});

test('ten amendments of one version at once: one of them is made', async () => {
  const parcel = await file('low-value', {}, priced('100.00'));
  const told = await Promise.all(
    Array.from({ length: 10 }, (_, index) => amend(parcel, changed(parcel, priced(`${50 + index}.00`)))),
  );
  assert.equal(told.filter(({ status }) => status === 201).length, 1);
  assert.ok(told.every(({ status, body }) => status === 201 || body.code === 'clearance/version-moved'));
  assert.equal(await replays(parcel.id), 2);
  assert.equal((await noticeOf(db, parcel.id))?.version, 2);
});

test('the history tells who, when, why and what changed, as far as the reader sees it', async () => {
  const parcel = await file('low-value', {}, priced('100.00'));
  assert.equal((await amend(parcel, changed(parcel, priced('80.00')))).status, 201);
  const { versions } = await read(parcel.id, parcel.filer, '/versions');
  assert.deepEqual(
    versions.map(({ version, kind, party, ground }: any) => [version, kind, party, ground]),
    [
      [1, 'filed', parcel.filer, null],
      [2, 'amended', parcel.filer, 'value-changed'],
    ],
  );
  const [first, second] = versions;
  assert.deepEqual(
    second.changes.find(({ pointer }: any) => pointer === '/declaration/goods/0/price/amount'),
    { pointer: '/declaration/goods/0/price/amount', before: '100.00', after: '80.00' },
  );
  assert.ok(BigInt(first.border.amount.replace('.', '')) > BigInt(second.border.amount.replace('.', '')));
  const carrier = await read(parcel.id, ids.carrier, '/versions');
  assert.deepEqual(carrier.versions[1].changes, [], 'a carrier sees no price, nor that it changed');
  assert.equal(carrier.versions[1].ground, undefined);
  const stranger = await window.ask({ url: `/v1/consignments/${parcel.id}/versions`, as: ids.smallest });
  assert.equal(stranger.status, 404);
});

test('S18 what was declared twice is cancelled after release at once, and everything it used is given back', async () => {
  const parcel = await file('low-value', {}, priced('70.00'));
  const twice = structuredClone(parcel.body);
  twice.declaration.id += '-TWICE';
  const second = await window.ask({ method: 'POST', url: '/v1/consignments', as: parcel.filer, body: twice });
  assert.equal(second.body.status, 'cleared', second.text);
  await land([parcel]);
  assert.equal((await read(second.body.id, parcel.filer)).status, 'released');
  assert.ok((await held(second.body.id, 'quota')) > 0n);
  const told = await cancel({ ...parcel, id: second.body.id }, 'declared-twice');
  assert.deepEqual([told.status, told.body.status], [201, 'cancelled'], told.text);
  assert.equal((await cancel({ ...parcel, id: second.body.id }, 'declared-twice')).text, told.text);
  assert.deepEqual([await held(second.body.id, 'quota'), await held(second.body.id, 'guarantee')], [0n, 0n]);
  assert.equal((await noticeOf(db, second.body.id))?.state, 'cancelled');
  assert.deepEqual(await casesOf(db, [second.body.id]), [], 'its goods are declared by the other one');
  // The other one is alone now: whether it was declared twice is for a person to say.
  const other = await cancel(parcel, 'declared-twice');
  assert.deepEqual([other.status, other.body.status], [202, 'released'], other.text);
});

test('two declarations of the same goods are not both cancelled for the other, however close they come', async () => {
  for (let round = 0; round < 4; round += 1) {
    const parcel = await file('low-value');
    const twice = structuredClone(parcel.body);
    twice.declaration.id += '-TWICE';
    const { body } = await window.ask({ method: 'POST', url: '/v1/consignments', as: parcel.filer, body: twice });
    await land([parcel]);
    const told = await Promise.all([parcel.id, body.id].map((id) => cancel({ ...parcel, id }, 'declared-twice')));
    assert.deepEqual(
      told.map(({ status }) => status).toSorted((one, other) => one - other),
      [201, 202],
    );
  }
});

test('a released declaration is cancelled by a person where the law leaves it to one, with everything given back', async () => {
  const parcel = await file('low-value');
  await land([parcel]);
  const asked = await cancel(parcel, 'declared-in-error');
  assert.deepEqual([asked.status, asked.body.status, asked.body.application.kind], [202, 'released', 'cancellation']);
  assert.equal((await cancel(parcel, 'declared-in-error')).text, asked.text, 'the same again opens nothing');
  const other = await cancel(parcel, 'not-delivered');
  assert.equal(other.body.code, 'clearance/applied-otherwise', other.text);
  assert.equal((await redetermine(parcel, [{ line: 1, origin: 'GR' }])).body.code, 'clearance/applied-otherwise');
  assert.ok((await held(parcel.id, 'quota')) > 0n);
  assert.equal(await step(parcel.id, 'grant'), 'ok');
  const shown = await read(parcel.id, parcel.filer);
  assert.deepEqual([shown.status, shown.cancellation.ground], ['cancelled', 'declared-in-error']);
  assert.deepEqual([await held(parcel.id, 'quota'), await held(parcel.id, 'guarantee')], [0n, 0n]);
  const cases = await casesOf(db, [parcel.id]);
  assert.ok(
    cases.some(({ procedure, closed }) => procedure === 'disposal' && closed === null),
    'the goods are here',
  );
  assert.equal(await undo(parcel.id, 'late-cancellation'), 'clearance/cancelled');
  const refused = await file('low-value');
  await land([refused]);
  await cancel(refused, 'not-delivered');
  assert.equal(await step(refused.id, 'refuse'), 'ok');
  assert.equal((await read(refused.id, refused.filer)).status, 'released');
});

test('a ground the law does not know, and one whose time has passed, are refused by name', async () => {
  const parcel = await file('low-value');
  await land([parcel]);
  assert.equal((await cancel(parcel, 'order-cancelled')).body.code, 'clearance/released-already');
  clock.advance(61 * 86_400_000);
  const late = await cancel(parcel, 'not-delivered');
  assert.deepEqual([late.status, late.body.code], [409, 'clearance/cancellation-late'], late.text);
  assert.match(late.body.detail, /2027-01-19/);
  assert.equal((await cancel(parcel, 'declared-in-error')).status, 202);
  clock.advance(-61 * 86_400_000);
});

test('when the time that the law gives has passed, no charges are determined again', async () => {
  const parcel = await file('low-value', {}, priced('100.00'));
  await land([parcel]);
  clock.advance(4 * 366 * 86_400_000);
  const rows = await window.rows();
  const late = await redetermine(parcel, [{ line: 1, price: { currency: 'XPN', amount: '90.00' } }]);
  assert.deepEqual([late.status, late.body.code], [409, 'clearance/redetermination-late'], late.text);
  assert.match(late.body.detail, /2029-11-19/, 'the last of three years');
  assert.deepEqual(await window.rows(), rows);
  clock.advance(-4 * 366 * 86_400_000);
});

test('S18 charges are determined again after release, with a balance to pay, and the first version stands beside', async () => {
  const parcel = await file('low-value', {}, priced('100.00'));
  await land([parcel]);
  const before = await read(parcel.id, parcel.filer);
  const quota = await held(parcel.id, 'quota');
  const told = await redetermine(parcel, [{ line: 1, price: { currency: 'XPN', amount: '140.00' } }], {}, 'customs');
  assert.equal(told.status, 202, told.text);
  assert.equal(await decide(parcel.id, '140.00'), 'ok');
  const now = await read(parcel.id, parcel.filer);
  assert.deepEqual([now.version, now.status, now.outcome], [2, 'released', 'released-changed']);
  assert.equal(now.body.declaration.goods[0].price.amount, '100.00', 'what was declared is kept');
  assert.equal(now.acceptedValue.amount, '140.00');
  assert.equal((await held(parcel.id, 'quota')) - quota, 4_000n);
  const notice = (await noticeOf(db, parcel.id))!;
  const border = BigInt(now.border.amount.replace('.', ''));
  assert.ok(border > BigInt(before.border.amount.replace('.', '')));
  assert.deepEqual([notice.version, notice.amount, notice.state], [2, border, 'secured']);
  assert.equal(await held(parcel.id, 'guarantee'), border);
  const { versions } = await read(parcel.id, parcel.filer, '/versions');
  const { kind, authority, ground, reason, changes } = versions[1];
  assert.deepEqual([kind, authority, ground, reason], ['redetermined', 'customs', reasons.ground, reasons.reason]);
  assert.deepEqual(
    changes.map(({ pointer }: any) => pointer),
    ['/declaration/goods/0/price/amount'],
  );
  assert.equal(await replays(parcel.id), 2);
  assert.equal(await undo(parcel.id, 'redetermination'), 'ok');
  const restored = await read(parcel.id, parcel.filer);
  assert.deepEqual([restored.version, restored.border, restored.status], [3, before.border, 'released']);
  assert.equal(await held(parcel.id, 'quota'), quota);
  assert.equal(await replays(parcel.id), 3);
});

test('what was paid too much is given back when the declarant asked for it', async () => {
  const standing = { filer: ids.smallest, declarant: ids.smallest, guarantor: null };
  const parcel = await file('ordinary', { standing }, (body) => {
    priced('900.00')(body);
    Object.assign(body.declaration, { representation: 'self' });
  });
  const { body: notice } = await window.ask({ url: `/v1/notices/${parcel.id}`, as: ids.smallest });
  const pay = { method: 'simulated-bank', reference: 'R-1', amount: notice.amount };
  await window.ask({ method: 'POST', url: `/v1/notices/${parcel.id}/payments`, as: ids.smallest, body: pay });
  await land([parcel]);
  await window.settle();
  assert.equal((await read(parcel.id, parcel.filer)).status, 'released');
  const asked = await redetermine(parcel, [{ line: 1, price: { currency: 'XPN', amount: '450.00' } }]);
  assert.equal(asked.status, 202, asked.text);
  assert.equal(await decide(parcel.id, '450.00'), 'ok');
  await window.settle();
  const { border } = await read(parcel.id, parcel.filer);
  const { body: after } = await window.ask({ url: `/v1/notices/${parcel.id}`, as: ids.smallest });
  const minor = (one: any): bigint => BigInt(one.amount.replace('.', ''));
  assert.equal(minor(after.payments[0].refunded), minor(notice.amount) - minor(border), 'to the unit');
  assert.equal(after.state, 'paid');
});

test('figures above the limit of the way in that was claimed lead to the other one, with its charges', async () => {
  const parcel = await file('low-value', {}, priced('100.00'));
  await land([parcel]);
  const told = await redetermine(parcel, [{ line: 1, price: { currency: 'XPN', amount: '400.00' } }]);
  assert.equal(told.status, 202, told.text);
  assert.equal(await decide(parcel.id, '400.00'), 'ok');
  const now = await read(parcel.id, parcel.filer);
  assert.equal(now.accepted.route, 'ordinary');
  assert.equal(now.determination.route, 'ordinary');
  assert.equal(await held(parcel.id, 'quota'), 0n, 'the ordinary way in counts on no yearly limit');
  assert.equal(await replays(parcel.id), 2);
});

test('only the last decision is undone: one that another followed is not, and the one that was is decided anew', async () => {
  const parcel = await file('low-value', {}, priced('100.00'));
  await land([parcel]);
  for (const [version, amount] of [
    [1, '140.00'],
    [2, '130.00'],
  ] as const) {
    const lines = [{ line: 1, price: { currency: 'XPN', amount } }];
    assert.equal((await redetermine(parcel, lines, { version })).status, 202);
    assert.equal(await decide(parcel.id, amount), 'ok');
  }
  const rows = await window.rows();
  assert.equal(await undo(parcel.id, 'redetermination', 0), 'clearance/version-moved');
  assert.deepEqual(await window.rows(), rows);
  assert.equal(await undo(parcel.id, 'redetermination', 1), 'ok');
  assert.equal((await read(parcel.id, parcel.filer)).acceptedValue.amount, '140.00');
  assert.equal(await undo(parcel.id, 'redetermination', 0), 'clearance/version-moved');
  assert.equal(await decide(parcel.id, '100.00'), 'ok');
  assert.equal((await read(parcel.id, parcel.filer)).acceptedValue.amount, '100.00');
  assert.equal(await replays(parcel.id), 5);
});

test('charges are not determined again on a value that the yearly limit has no room for, and nothing changes', async () => {
  const buyer = 80_001;
  const parcel = await file('low-value', { buyer }, priced('100.00'));
  await land([parcel]);
  await Promise.all(Array.from({ length: 19 }, () => file('low-value', { buyer }, priced('150.00'))));
  const last = await file('low-value', { buyer }, priced('49.00'));
  for (const { id, filer } of [parcel, last]) assert.equal((await read(id, filer)).determination.route, 'low-value');
  const lines = [{ line: 1, price: { currency: 'XPN', amount: '101.01' } }];
  assert.equal((await redetermine(parcel, lines)).status, 202);
  const rows = await window.rows();
  assert.equal(await decide(parcel.id, '101.01'), 'clearance/account-exhausted');
  assert.deepEqual(await window.rows(), rows);
  assert.equal(await decide(parcel.id, '101.00'), 'ok');
  assert.equal(await held(parcel.id, 'quota'), 10_100n);
});

test('before release, by strangers, on an old version, twice or without change, nothing is determined again', async () => {
  const parcel = await file('low-value', {}, priced('100.00'));
  const lines = [{ line: 1, price: { currency: 'XPN', amount: '90.00' } }];
  assert.equal((await redetermine(parcel, lines)).body.code, 'clearance/not-released');
  await land([parcel]);
  const rows = await window.rows();
  const refused = async (code: string, told: Promise<Told>) => assert.equal((await told).body.code, code);
  await refused('clearance/version-moved', redetermine(parcel, lines, { version: 4 }));
  await refused('clearance/redetermination-not-yours', redetermine(parcel, lines, {}, ids.carrier));
  await refused('clearance/not-found', redetermine(parcel, lines, {}, ids.smallest));
  await refused('clearance/redetermination-not-yours', redetermine(parcel, lines, {}, 'commerce'));
  await refused('clearance/nothing-changed', redetermine(parcel, [{ line: 1 }]));
  await refused('clearance/accepted-line-unknown', redetermine(parcel, [{ line: 8, origin: 'GR' }]));
  assert.deepEqual(await window.rows(), rows);
});

test('after all of this the projection is what the journal makes of it', async () => {
  await window.settle();
  assert.equal((await rebuild(context)).differing, 0);
});
