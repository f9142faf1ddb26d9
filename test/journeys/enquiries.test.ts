import assert from 'node:assert/strict';
import { test } from 'node:test';
import { act, casesOf } from '#modules/cases/index.ts';
import { decideHeld } from '#modules/clearance/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { putRule } from '#modules/risk/index.ts';
import { anonymous } from '#platform/auth.ts';
import { fixedClock } from '#platform/clock.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { openWindow, type Told } from '../support/window.ts';

/** Find my parcel, over HTTP: who waits for a parcel finds it, learns why it is held, and does something about it. */

const clock = fixedClock('2026-09-10T08:00:00.000Z');
const window = await openWindow({ clock });
const ship = shipper(window, clock, 'FND');
const post = (url: string, body: unknown, as?: string): Promise<Told> =>
  window.ask({ method: 'POST', url, body, ...(as === undefined ? {} : { as }) });

const { context } = window;
const officer = () => principalOfClient(context.reference.current(), window.key('customs'), '2026-09-10')!;
const administrator = { ...anonymous('2026-01-01'), roles: ['administrator' as const], assurance: 'passkey' as const };
const put = await putRule(context, administrator, 'every-watch', {
  condition: 'commodity == "910211"',
  share: '100',
  ground: 'demo/watch-brands',
  desk: 'customs',
  source: 'Customs Code, art. 46',
  from: '2020-01-01',
});
assert.ok(put.ok);

const held = (): Promise<Filed> =>
  ship.file('low-value', {}, (body) => {
    body.declaration.goods[0].commodity = '910211';
  });
const proofOf = ({ house, body }: Filed) => ({
  number: house,
  fact: body.declaration.consignee.address.postcode as string,
});
const found = async (one: Filed): Promise<any> => {
  const told = await post('/v1/enquiries', proofOf(one));
  assert.equal(told.status, 200, told.text);
  return told.body.parcels[0];
};
const step = (one: Filed, name: string, text = ''): Promise<Told> =>
  post('/v1/enquiries/steps', { ...proofOf(one), step: name, text });
const pageOf = async (path: string, cookie: string) =>
  window.app.inject({ method: 'GET', url: path, headers: { cookie, accept: 'text/html' } });

test('S28 where a parcel is and who holds it is answered from the live record, by waybill, barcode or order number', async () => {
  const one = await held();
  const numbers = [one.house, one.barcodes[0]!, one.body.orders[0].number];
  for (const number of numbers) {
    const told = await post('/v1/enquiries', { ...proofOf(one), number });
    assert.equal(told.status, 200, told.text);
    assert.equal(told.body.parcels[0].id, one.id);
  }
  const before = await found(one);
  assert.deepEqual([before.status, before.desk, before.place], ['under-control', 'customs', null]);
  assert.equal(before.cases[0].clock.source, 'Customs Code of Ponenta, art. 47');
  await ship.land([one]);
  assert.equal((await found(one)).place.code, 'XP-CAPO-AIR');
});

test('S28 whoever found a parcel sees nothing of its sender, its payment, the rule that held it, or his own address', async () => {
  const one = await held();
  const told = await post('/v1/enquiries', proofOf(one));
  const { declaration, orders, payments } = one.body;
  const hidden = [
    declaration.consignee.name.text,
    declaration.consignee.address.lines[0],
    declaration.consignee.address.postcode,
    declaration.consignee.identity?.number,
    declaration.seller,
    declaration.declarant,
    orders[0].number,
    payments[0].reference,
    'every-watch',
    'demo/watch-brands',
  ].filter((text) => text !== undefined);
  assert.deepEqual(
    hidden.filter((text) => told.text.includes(text)),
    [],
  );
});

test('S28 a number nobody has and a fact that is wrong are answered alike and after the same time, and soon not at all', async () => {
  const one = await held();
  const timed = async (number: string, fact: string): Promise<[number, string, number]> => {
    const began = performance.now();
    const told = await post('/v1/enquiries', { number, fact });
    const { instance: _instance, ...body } = told.body;
    return [told.status, JSON.stringify(body), performance.now() - began];
  };
  const facts = ['9999', 'Nobody'];
  const [wrong, unknown] = await Promise.all(
    [one.house, 'NO-SUCH-NUMBER'].map((number) => Promise.all(facts.map((fact) => timed(number, fact)))),
  );
  assert.ok(wrong && unknown);
  for (const [status, body] of [...wrong, ...unknown]) assert.deepEqual([status, body], [404, wrong[0]![1]]);
  const times = [...wrong, ...unknown].map(([, , ms]) => ms);
  assert.ok(Math.min(...times) >= 399, String(times));
  assert.ok(Math.max(...times) - Math.min(...times) < 150, String(times));
  for (const number of [one.house, 'NO-SUCH-NUMBER']) {
    const more = await Promise.all(['1', '2', '3', '4', '5'].map((fact) => timed(number, fact)));
    assert.deepEqual(
      more.map(([status]) => status).toSorted((a, b) => a - b),
      [404, 404, 404, 404, 429],
      number,
    );
  }
  // Who knows the fact is held up too, until the hour is over.
  assert.equal((await post('/v1/enquiries', proofOf(one))).status, 429);
});

test('a buyer answers what the desk asked, and his parcel is released', async () => {
  const one = await held();
  await ship.land([one]);
  const asked = async (name: string, more: object) => {
    const [row] = await casesOf(context.db, [one.id]);
    return context.db.tx((tx) =>
      act(context, tx, officer(), { case: row!.id, stamp: row!.stamp, move: name, ...more }),
    );
  };
  assert.ok((await asked('ask', { note: 'Is the watch new?' })).ok);
  const view = await found(one);
  assert.deepEqual([view.cases[0].state, view.cases[0].said.at(-1).note], ['awaiting-answer', 'Is the watch new?']);
  const told = await step(one, 'fact', 'Yes, it is new.');
  assert.equal(told.status, 201, told.text);
  assert.equal(told.body.cases[0].state, 'answered');
  const decision = { ground: 'Customs Code, art. 47', reason: 'In order.', remedy: 'clearance/none-needed' };
  assert.ok((await asked('release', { decision })).ok);
  const after = await found(one);
  assert.equal(after.status, 'released');
  assert.deepEqual(
    after.cases[0].said.map((said: any) => [said.move, said.by]),
    [
      ['ask', 'desk'],
      ['answer', 'you'],
      ['release', 'desk'],
    ],
  );
});

test('an objection is a case with a clock, told in the case it is against, and made once and in time', async () => {
  const one = await held();
  assert.equal((await step(one, 'object', '  ')).body.code, 'enquiries/nothing-said');
  const told = await step(one, 'object', 'It is a present from my mother.');
  assert.equal(told.status, 201, told.text);
  const [control, objection] = told.body.cases;
  assert.deepEqual(
    [control.procedure, control.said[0].kind, objection.procedure, objection.said[0].kind, objection.clock.name],
    ['held-parcel', 'objection', 'objection', 'objection', 'decision'],
  );
  assert.deepEqual([told.body.objection.source], ['Customs Code of Ponenta, art. 102']);
  assert.equal((await step(one, 'object', 'Again.')).body.code, 'enquiries/objected-already');
  const clean = await ship.file('low-value');
  assert.equal((await step(clean, 'object', 'No.')).body.code, 'enquiries/nothing-to-object');
});

test('a question lies on the desk, its sender does not read it, and the reply is read where it was asked', async () => {
  const one = await held();
  const told = await step(one, 'question', 'When will it come?');
  const asked = told.body.cases.find(({ procedure }: any) => procedure === 'enquiry');
  assert.deepEqual([asked.state, asked.desk, asked.said[0].note], ['open', 'customs', 'When will it come?']);
  for (const [as, status] of [
    ['customs', 200],
    [one.filer, 404],
  ] as const) {
    const page = await window.ask({ url: `/cases/${asked.id}`, as, headers: { accept: 'text/html' } });
    assert.equal(page.status, status, as);
    assert.equal(page.text.includes('When will it come?'), status === 200);
  }
});

test('a parcel that is given up while it is held says so in the disposal case that its denial opens', async () => {
  const one = await held();
  const told = await step(one, 'give-up');
  assert.equal(told.status, 201, told.text);
  assert.ok(!told.body.can.includes('give-up'));
  assert.equal((await step(one, 'give-up')).body.code, 'enquiries/not-now');
  const [control] = told.body.cases;
  const denied = await decideHeld(context, officer(), {
    case: control.id,
    move: 'deny',
    stamp: 1,
    ground: 'Customs Code, art. 52',
    reason: 'Given up.',
    remedy: 'clearance/object-to-denial',
  });
  assert.ok(denied.ok);
  const after = await found(one);
  const disposal = after.cases.find(({ procedure }: any) => procedure === 'disposal');
  assert.deepEqual(
    [disposal.state, disposal.said[0].by, disposal.said[0].note],
    ['chosen', 'you', 'clearance/given-up'],
  );
});

test('S67 the page explains the very decision: what came out, what it is for, what it looked at, how, and what may change', async () => {
  const one = await held();
  const opened = await window.app.inject({
    method: 'POST',
    url: '/find-my-parcel',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    payload: new URLSearchParams({ ...proofOf(one), csrf: await token() }).toString(),
  });
  assert.equal(opened.statusCode, 303, opened.body);
  const cookie = String(opened.headers['set-cookie']).split(';')[0]!;
  assert.match(String(opened.headers['set-cookie']), /HttpOnly; SameSite=Lax/);
  const { body } = await pageOf('/find-my-parcel/parcel', cookie);
  for (const words of ['Explain this decision', 'What it is for', 'What it looked at', 'How it works', 'may change'])
    assert.ok(body.includes(words), words);
  assert.match(body, /the lot decides/);
  assert.ok(!body.includes('every-watch'));
  const link = await window.app.inject({
    method: 'POST',
    url: '/find-my-parcel/link',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    payload: new URLSearchParams({ of: '0', csrf: await token() }).toString(),
  });
  const path = /\/find-my-parcel\/link\/[\w-]{43}/.exec(link.body)?.[0] ?? '';
  const shared = await pageOf(path, '');
  assert.equal(shared.statusCode, 200);
  assert.match(shared.body, /Customs of Ponenta/);
  // The link names itself in the page, and what is drawn for it may hold any three letters.
  const says = shared.body.replaceAll(path, '');
  const { declaration } = one.body;
  for (const hidden of [one.house, declaration.goods[0].description.text, declaration.consignee.name.text, 'XPN'])
    assert.ok(!says.includes(hidden), hidden);
  assert.equal((await pageOf(`${path.slice(0, -1)}_`, '')).statusCode, 404);
});

async function token(): Promise<string> {
  return /name="csrf" value="([^"]+)"/.exec((await pageOf('/find-my-parcel', '')).body)?.[1] ?? '';
}
