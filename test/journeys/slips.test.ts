import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ids, type Kind, parcel as invent } from '#modules/demo/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { meet } from '#modules/slips/meet.ts';
import { fixedClock } from '#platform/clock.ts';
import type { Tx } from '#platform/db.ts';
import { type Slip, slipsOf } from '../support/slips.ts';
import { openWindow, type Told } from '../support/window.ts';

/** The slips of a parcel from senders of their own, told through the doors of a whole window. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { db } = window.context;

let numbered = 0;
/** A parcel of its own number, whole and taken apart. */
function make(kind: Kind = 'low-value'): {
  filer: string;
  body: Consignment;
  slips: Slip[];
  of: (kind: string) => Slip;
} {
  numbered += 1;
  const made = invent({ seed: 5, index: numbered, at: clock.now(), run: 'SLP', kind, buyer: 2_000 + numbered });
  const body = JSON.parse(made.raw) as Consignment;
  const slips = slipsOf(body, made.filer);
  return { filer: made.filer, body, slips, of: (one) => slips.find((slip) => slip.kind === one)! };
}

const send = (slip: Slip, more: object = {}): Promise<Told> =>
  window.ask({ method: 'POST', url: `/v1/${slip.kind}s`, as: slip.as, body: { ...slip.body, ...more } });
async function sent(slip: Slip, more: object = {}): Promise<any> {
  const told = await send(slip, more);
  assert.equal(told.status, 201, told.text);
  return told.body;
}
async function stands(slip: Slip, as = slip.as): Promise<any> {
  const told = await window.ask({ url: slip.url, as });
  assert.equal(told.status, 200, told.text);
  return told.body;
}
test('S34 order, payment and transport come from three senders by themselves and make the parcel that their declaration files', async () => {
  const { slips, of, body, filer } = make();
  assert.deepEqual(
    slips.map(({ kind, as }) => [kind, as]),
    [
      ['order', ids.platform],
      ['payment', ids.payments],
      ['transport', ids.carrier],
      ['declaration', filer],
    ],
  );
  for (const slip of slips) await sent(slip);
  await window.settle();
  for (const slip of slips) assert.equal((await stands(slip)).state, 'used', slip.kind);
  const { parcel } = await stands(of('declaration'));
  const read = await window.ask({ url: `/v1/consignments/${parcel}`, as: filer });
  assert.deepEqual([read.status, read.body.status, read.body.outcome], [200, 'cleared', 'cleared']);
  assert.deepEqual(read.body.body, body, 'the parcel is the one that would have come whole');
});

/** What a parcel was decided on, apart from ids. */
const decidedOn = async (id: string): Promise<unknown> => {
  const [row] = await db.query(
    `select outcome, status, route, border_minor, secured, pieces, accounts, checks, charges, missing, encode(digest, 'hex') as digest
       from clearance.declarations where id = $1 and version = 1`,
    [id],
  );
  return row;
};
async function whole(made: ReturnType<typeof make>): Promise<any> {
  const told = await window.ask({ method: 'POST', url: '/v1/consignments', as: made.filer, body: made.body });
  assert.equal(told.status, 201, told.text);
  return told.body;
}

test('a declaration that came first waits with its deadline and what it lacks, and is decided by the last slip', async () => {
  const { of, filer } = make();
  await sent(of('declaration'));
  await window.settle();
  const first = await stands(of('declaration'));
  const waiting = await window.ask({ url: `/v1/consignments/${first.parcel}`, as: filer });
  assert.deepEqual([first.state, waiting.body.status], ['received', 'waiting']);
  assert.deepEqual(waiting.body.missing, ['order', 'payment', 'transport']);
  assert.equal(first.due, '2026-11-22T06:00:00.000Z', 'the 48 hours of the pack');
  await sent(of('payment'));
  await sent(of('transport'));
  await window.settle();
  const read = await window.ask({ url: `/v1/consignments/${first.parcel}`, as: filer });
  assert.deepEqual(read.body.missing, ['order']);
  assert.deepEqual(
    [(await stands(of('payment'))).state, await stands(of('order'), ids.platform).catch(() => null)],
    ['matched', null],
  );
  await sent(of('order'));
  await window.settle();
  assert.equal((await window.ask({ url: `/v1/consignments/${first.parcel}`, as: filer })).body.status, 'cleared');
});

test('the same slip again gets the same receipt; another one is refused by its field; a correction names the version it saw', async () => {
  const { of } = make();
  const order = of('order');
  const first = await send(order);
  assert.equal((await send(order)).text, first.text);
  const placed = '2026-11-18T01:02:03Z';
  const other = await send(order, { placed });
  assert.deepEqual(
    [other.status, other.body.code, other.body.errors[0].pointer],
    [409, 'slips/key-replayed', '/placed'],
  );
  const unseen = await send(order, { placed, replaces: 2 });
  assert.deepEqual([unseen.status, unseen.body.code], [409, 'slips/version-differs']);
  const corrected = await sent(order, { placed, replaces: 1 });
  assert.equal(corrected.version, 2);
  assert.deepEqual(await sent(order, { placed, replaces: 1 }), corrected, 'the correction again');
  assert.equal((await send(order)).text, first.text, 'a straggler of the first version changes nothing');
  assert.equal((await stands(order)).content.order.placed, placed);
  const nothing = await send(of('payment'), { replaces: 1 });
  assert.deepEqual([nothing.status, nothing.body.code], [409, 'slips/nothing-to-replace']);
});

test('S34 a field that differs is told to the sender whose field it is, and his correction lets a new declaration through', async () => {
  const made = make();
  const { of, slips } = made;
  const payment: Slip = {
    ...of('payment'),
    body: { ...of('payment').body, amount: { currency: 'XPN', amount: '1.00' } },
  };
  const currency = (of('order').body['total'] as any).currency;
  payment.body['amount'] = { currency, amount: '1.00' };
  for (const slip of slips) await sent(slip.kind === 'payment' ? payment : slip);
  await window.settle();
  const told = await stands(payment);
  assert.equal(told.state, 'contradicts');
  assert.deepEqual(
    told.reasons.map(({ field, found }: any) => [field, found]),
    [['/amount', `1.00 ${currency}`]],
  );
  assert.ok(!('expected' in told.reasons[0]) && !('parcel' in told), 'the provider learns nothing of the order');
  for (const kind of ['order', 'transport']) assert.equal((await stands(of(kind))).state, 'matched', kind);
  const [entry] = await db.query<{ data: string }>(
    `select data from platform.journal where subject = $1 and kind = 'slips.contradicts'`,
    [told.id],
  );
  assert.deepEqual(JSON.parse(entry!.data), { slip: 'payment', parcel: null, fields: ['/amount'] });
  const declared = await stands(of('declaration'));
  const parcel = await window.ask({ url: `/v1/consignments/${declared.parcel}`, as: made.filer });
  assert.deepEqual([declared.state, parcel.body.outcome], ['used', 'rejected']);
  await sent(of('payment'), { replaces: 1 });
  const again = of('declaration');
  const anew: Slip = { ...again, body: { ...again.body, id: `${String(again.body['id'])}-2` }, url: `${again.url}-2` };
  await sent(anew);
  await window.settle();
  assert.equal((await stands(anew)).state, 'used');
  const cleared = await window.ask({ url: `/v1/consignments/${(await stands(anew)).parcel}`, as: made.filer });
  assert.equal(cleared.body.outcome, 'cleared');
  const late = await send(payment, { replaces: 2 });
  assert.deepEqual([late.status, late.body.code], [409, 'slips/used']);
});

test('a slip that comes after its parcel came whole is held against what was used, and changes nothing', async () => {
  const made = make();
  const answer = await whole(made);
  const before = await decidedOn(answer.id);
  await sent(made.of('transport'));
  const order = made.of('order');
  await sent({ ...order, body: { ...order.body, placed: '2026-11-01T00:00:00Z' } });
  await sent({ ...made.of('payment'), body: { ...made.of('payment').body, reference: 'ANOTHER-PAYMENT' } });
  await window.settle();
  assert.equal((await stands(made.of('transport'))).state, 'used');
  const told = await stands(order);
  assert.deepEqual(
    [told.state, told.reasons[0].code, told.reasons[0].field],
    ['contradicts', 'slips/differs-from-used', '/placed'],
  );
  const second = await stands({ ...made.of('payment'), url: `/v1/payments/${ids.payments}/ANOTHER-PAYMENT` });
  assert.deepEqual([second.state, second.reasons[0].field], ['contradicts', '/amount'], 'paid twice');
  assert.deepEqual(await decidedOn(answer.id), before);
});

test('what nothing came of until its deadline is work that is seen, and is still taken when it comes after all', async () => {
  const { of } = make();
  await sent(of('payment'));
  await sent(of('declaration'));
  await window.settle();
  clock.advance(73 * 3_600_000);
  await window.settle();
  for (const kind of ['payment', 'declaration']) assert.equal((await stands(of(kind))).state, 'expired', kind);
  const seen = await window.ask({ url: '/v1/slips?state=expired', as: 'customs' });
  assert.ok(seen.body.rows.some((row: any) => row.number === of('payment').body['reference']));
  assert.ok(seen.body.counts.expired >= 2);
  await sent(of('order'));
  await sent(of('transport'));
  await window.settle();
  assert.equal((await stands(of('declaration'))).state, 'used');
});

test('the parcel is the same in every figure, reason and digest as the one that came whole', async () => {
  for (const kind of [
    'low-value',
    'gift',
    'permit',
    'ordinary',
    'cash-on-delivery',
    'several-pieces',
    'merged-orders',
  ] as const) {
    const made = make(kind);
    const apart = await openApart(made);
    const together = await whole(renamed(made));
    assert.deepEqual(await decidedOn(apart), await decidedOn(together.id), kind);
  }
});

test('a declaration whose route cannot be told yet is held back until all it names has come, or its deadline', async () => {
  const incomplete = (): ReturnType<typeof make> => {
    const made = make();
    // Without the consignee nobody knows which way in is open.
    delete made.body.declaration.consignee;
    delete made.body.declaration.route;
    return {
      ...made,
      slips: slipsOf(made.body, made.filer),
      of: (one) => slipsOf(made.body, made.filer).find(({ kind }) => kind === one)!,
    };
  };
  const made = incomplete();
  const { of } = made;
  for (const kind of ['declaration', 'transport', 'order']) {
    await sent(of(kind));
    await window.settle();
  }
  assert.deepEqual(
    [(await stands(of('declaration'))).state, (await stands(of('order'))).state],
    ['matched', 'matched'],
  );
  assert.equal((await decisions(of('declaration').body['id'])).length, 0);
  await sent(of('payment'));
  await window.settle();
  const { parcel } = await stands(of('declaration'));
  const together = await whole(renamed(made));
  assert.equal(together.decision.outcome, 'cannot-decide');
  assert.deepEqual(await decidedOn(parcel), await decidedOn(together.id));

  const alone = incomplete();
  await sent(alone.of('declaration'));
  await window.settle();
  assert.equal((await decisions(alone.of('declaration').body['id'])).length, 0);
  clock.advance(49 * 3_600_000);
  await window.settle();
  const answered = await stands(alone.of('declaration'));
  const parcelOf = await window.ask({ url: `/v1/consignments/${answered.parcel}`, as: alone.filer });
  assert.deepEqual([answered.state, parcelOf.body.outcome], ['used', 'cannot-decide']);
});

/** Hands a parcel in by its slips and gives the number of the parcel that was decided. */
async function openApart(made: ReturnType<typeof make>): Promise<string> {
  for (const slip of made.slips) await sent(slip);
  await window.settle();
  const { parcel, state } = await stands(made.of('declaration'));
  assert.equal(state, 'used');
  return parcel;
}

/** The same parcel of another person, under other numbers. */
function renamed<T extends { body: Consignment }>(made: T): T {
  const body = JSON.parse(JSON.stringify(made.body).replaceAll('SLP', 'SLW')) as Consignment;
  const { identity } = body.declaration.consignee ?? {};
  if (identity) identity.number += 'W';
  return { ...made, body };
}

/** These slips meet in a process that ends after the parcel was decided and before it has written that down. */
async function meetAndDie(came: readonly string[]): Promise<void> {
  const died = new Error('killed');
  const meeting = db.tx((tx) => {
    const mortal: Tx = {
      query: (sql, params) => (sql.startsWith('update slips.slips') ? Promise.reject(died) : tx.query(sql, params)),
      copy: (sql, rows) => tx.copy(sql, rows),
    };
    return meet(window.context, mortal, came);
  });
  await assert.rejects(meeting, died);
}
const decisions = async (declaration: unknown): Promise<unknown[]> =>
  db.query('select id from clearance.declarations where declaration = $1', [declaration]);

test('a process that ends between deciding and writing down loses nothing and doubles nothing', async () => {
  const { of, slips } = make();
  const came = [];
  for (const slip of slips) came.push((await sent(slip)).id);
  await meetAndDie(came);
  assert.equal((await decisions(of('declaration').body['id'])).length, 1);
  assert.equal((await stands(of('order'))).state, 'received');
  clock.advance(1_000);
  await window.settle();
  for (const slip of slips) assert.equal((await stands(slip)).state, 'used');
  assert.equal((await decisions(of('declaration').body['id'])).length, 1);
});

test('a correction that slipped in meanwhile is told that the parcel was decided with what stood before', async () => {
  const { of, slips } = make();
  const came = [];
  for (const slip of slips) came.push((await sent(slip)).id);
  await meetAndDie(came);
  const [decided] = await decisions(of('declaration').body['id']);
  await sent({ ...of('order'), body: { ...of('order').body, placed: '2026-11-02T00:00:00Z' } }, { replaces: 1 });
  await window.settle();
  const order = await stands(of('order'));
  assert.deepEqual([order.state, order.reasons[0].field], ['contradicts', '/placed']);
  for (const kind of ['payment', 'transport']) assert.equal((await stands(of(kind))).state, 'used', kind);
  assert.equal((await stands(of('declaration'))).state, 'contradicts');
  assert.deepEqual(await decisions(of('declaration').body['id']), [decided]);
});

const page = (url: string, as: string, language = 'en') =>
  window.app.inject({
    url,
    headers: { authorization: `Bearer ${window.key(as)}`, accept: 'text/html', 'accept-language': language },
  });

test('S34 a sender sees on a page what became of his slips and what differs in them, in his language', async () => {
  const { of, slips } = make();
  const order = of('order');
  const wrong = { ...(order.body['total'] as object), amount: '1.00' };
  for (const slip of slips)
    await sent(slip.kind === 'order' ? { ...order, body: { ...order.body, total: wrong } } : slip);
  await window.settle();
  const own = await page('/slips?state=contradicts', ids.platform);
  assert.equal(own.statusCode, 200);
  assert.ok(own.body.includes(String(order.body['number'])));
  assert.match(own.body, /the other slips say/);
  const arabic = await page('/slips?state=contradicts', ids.platform, 'ar');
  assert.match(arabic.body, /وفي القسائم الأخرى/);
  const provider = await page('/slips', ids.payments);
  assert.ok(provider.body.includes(String(of('payment').body['reference'])));
  assert.ok(!provider.body.includes(String(order.body['number'])), 'and nobody else’s');
  assert.ok((await page('/slips', 'customs')).body.includes(String(order.body['number'])));
  const nobody = await window.app.inject({ url: '/slips', headers: { accept: 'text/html' } });
  assert.equal(nobody.statusCode, 303);
});
