import assert from 'node:assert/strict';
import { test } from 'node:test';
import { act, casesOf } from '#modules/cases/index.ts';
import { decideHeld } from '#modules/clearance/index.ts';
import { ids } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { shipper } from '../support/parcels.ts';
import { openWindow } from '../support/window.ts';

/** News of parcels as a party reads them itself, from a cursor that it keeps. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { file, land } = shipper(window, clock, 'EVT');

const read = async (as: string, query = ''): Promise<any> => {
  const told = await window.ask({ url: `/v1/events${query}`, as });
  assert.equal(told.status, 200, told.text);
  return told.body;
};
const kindsOf = (page: any): string[] => page.events.map((one: any) => one.kind);
const about = (page: any, id: string): any[] => page.events.filter((one: any) => one.parcel === id);
const stored = async (): Promise<bigint> =>
  (await context.db.query<{ count: bigint }>('select count(*) as count from feedback.events'))[0]!.count;

test('nothing is kept for parties that never asked', async () => {
  await file('low-value');
  await window.settle();
  assert.equal(await stored(), 0n);
});

test('S16 each decision and each status of a parcel is told to its filer in order, from the moment he asked', async () => {
  const first = await read(ids.agent);
  assert.deepEqual(first.events, []);
  const parcel = await file('low-value');
  const held = await file('permit-missing');
  clock.advance(3_600_000);
  await land([parcel]);
  await window.settle();
  const page = await read(ids.agent, `?after=${first.next}`);
  const [decided, released, ...more] = about(page, parcel.id);
  assert.deepEqual(more, []);
  assert.deepEqual(
    [decided.kind, decided.status, decided.outcome, decided.route, decided.declaration, decided.version],
    ['clearance.decided', 'cleared', 'cleared', 'low-value', parcel.declaration, 1],
  );
  assert.deepEqual([released.kind, released.status, released.presented], ['clearance.released', 'released', 1]);
  assert.ok(BigInt(decided.sequence) < BigInt(released.sequence));
  const [control] = about(page, held.id);
  assert.equal(control.outcome, 'control');
  assert.ok(control.reasons.length > 0);
  for (const reason of control.reasons) assert.deepEqual(Object.keys(reason), ['check', 'result', 'code', 'params']);
});

test('a page ends where the next begins, whatever its size, and the same cursor gives the same events', async () => {
  const whole = await read(ids.agent, '?limit=500');
  const pieces: any[] = [];
  let cursor = '0';
  for (let more = true; more; ) {
    const page = await read(ids.agent, `?limit=1&after=${cursor}`);
    assert.ok(page.events.length <= 1);
    pieces.push(...page.events);
    cursor = page.next;
    more = page.more;
  }
  assert.deepEqual(pieces, whole.events);
  assert.ok(whole.events.length >= 3);
  assert.equal(new Set(whole.events.map((one: any) => one.id)).size, whole.events.length);
  assert.deepEqual(await read(ids.agent, '?limit=500'), whole);
});

test('kinds that were asked for come alone, and the cursor passes the others', async () => {
  const page = await read(ids.agent, '?kind=clearance.released,treasury.paid');
  assert.deepEqual(new Set(kindsOf(page)), new Set(['clearance.released']));
  assert.equal(page.more, false);
  assert.equal((await read(ids.agent)).next, page.next);
  const wrong = await window.ask({ url: '/v1/events?kind=clearance.invented', as: ids.agent });
  assert.deepEqual([wrong.status, wrong.body.code], [400, 'feedback/kind-unknown']);
});

test('a cursor from before what is kept is refused, since something was missed', async () => {
  const told = await window.ask({ url: '/v1/events?after=1', as: ids.agent });
  assert.deepEqual([told.status, told.body.code], [410, 'feedback/cursor-too-old']);
});

test('no event carries a name, an address, a price of the goods or the document', async () => {
  const parcel = await file('ordinary');
  await window.settle();
  const text = JSON.stringify(about(await read(ids.agent, '?limit=500'), parcel.id));
  const { consignee, consignor, goods } = parcel.body.declaration;
  for (const word of [
    consignee.name.text,
    consignee.address.city,
    consignor.name.text,
    goods[0].description.text,
    goods[0].price.amount,
  ])
    assert.ok(!text.includes(word), word);
});

test('a carrier learns that a parcel moved and not what was decided; a stranger learns nothing', async () => {
  const from = (await read(ids.carrier)).next;
  const stranger = (await read(ids.smallest)).next;
  const parcel = await file('low-value');
  await land([parcel]);
  await window.settle();
  const [decided, released] = about(await read(ids.carrier, `?after=${from}`), parcel.id);
  assert.deepEqual([decided.status, released.status], ['cleared', 'released']);
  for (const name of ['outcome', 'route', 'reasons', 'border', 'secured']) assert.ok(!(name in decided), name);
  assert.deepEqual(about(await read(ids.smallest, `?after=${stranger}`), parcel.id), []);
});

test('a parcel that waits for a slip says which', async () => {
  const from = (await read(ids.agent, '?limit=500')).next;
  const parcel = await file('slip-missing');
  await window.settle();
  const [waiting] = about(await read(ids.agent, `?after=${from}`), parcel.id);
  assert.deepEqual([waiting.kind, waiting.status, waiting.missing], ['clearance.waiting', 'waiting', ['payment']]);
});

test('one event has one id for everybody', async () => {
  const parcel = await file('low-value');
  await window.settle();
  const [one] = about(await read(ids.agent, '?limit=500'), parcel.id);
  const [other] = about(await read(ids.carrier, '?limit=500'), parcel.id);
  assert.equal(one.id, other.id);
});

test('the sellers of every order of a parcel are told, not only of the first', async () => {
  const first = (await read(ids.seller)).next;
  const before = (await read(ids.smallest)).next;
  const parcel = await file('merged-orders', {}, (body) => {
    delete body.declaration.seller;
    body.orders[0].seller = ids.seller;
    body.orders[1].seller = ids.smallest;
  });
  await window.settle();
  assert.equal(about(await read(ids.seller, `?after=${first}`), parcel.id).length, 1);
  assert.equal(about(await read(ids.smallest, `?after=${before}`), parcel.id).length, 1);
});

test('what a person decides is told with the new status, and so is a question that is put to the filer', async () => {
  const from = (await read(ids.agent, '?limit=500')).next;
  const parcel = await file('permit-missing');
  const [held] = (await casesOf(context.db, [parcel.id])).filter((one) => one.procedure === 'held-parcel');
  const officer = principalOfClient(
    context.reference.current(),
    window.key(held!.desk!.split('/')[0]!),
    clock.instant().slice(0, 10),
  )!;
  const reasons = {
    ground: 'Customs Code, art. 46',
    reason: 'agencies/looked-at',
    remedy: 'clearance/object-to-change',
  };
  const asked = await context.db.tx((tx) =>
    act(context, tx, officer, { case: held!.id, move: 'ask', stamp: held!.stamp, note: 'Which permit?' }),
  );
  assert.equal(asked.ok, true);
  const stamp = held!.stamp + 1;
  const decided = await decideHeld(context, officer, { case: held!.id, move: 'deny', stamp, ...reasons });
  assert.equal(decided.ok, true);
  await window.settle();
  const events = about(await read(ids.agent, `?after=${from}`), parcel.id);
  assert.deepEqual(
    events.map((one) => [one.kind, one.status]).filter(([kind]) => kind.startsWith('clearance.')),
    [
      ['clearance.decided', 'control'],
      ['clearance.denied', 'denied'],
    ],
  );
  const question = events.find((one) => one.kind === 'cases.moved');
  assert.deepEqual(question.case, { id: held!.id, procedure: 'held-parcel', move: 'ask', state: 'awaiting-answer' });
  assert.ok(!JSON.stringify(events).includes('Which permit?'), 'what was written stands on the page of the case');
  assert.ok(events.every((one) => one.status !== undefined || one.notice !== undefined || one.case !== undefined));
});

test('the events of one parcel stand in the order in which they happened', async () => {
  const { events } = await read(ids.agent, '?limit=500');
  const last = new Map<string, string>();
  for (const { parcel, at, sequence } of events) {
    assert.ok((last.get(parcel) ?? '') <= at, `${parcel} ${sequence}`);
    last.set(parcel, at);
  }
});

test('what a representation ended today gave is not told any more, also of what happened before', async () => {
  const of = ids.seller;
  const parcel = await file('low-value', {
    seller: of,
    standing: { filer: ids.post, declarant: ids.post, guarantor: null },
  });
  await window.settle();
  assert.equal(about(await read(ids.agent, '?limit=500'), parcel.id).length, 1);
  const listed = await window.ask({ url: '/v1/administration/representations?limit=500', as: ids.agent });
  const one = listed.body.items.find((it: any) => it.represented === of && it.representative === ids.agent);
  const ended = await window.ask({
    method: 'DELETE',
    url: `/v1/administration/representations/${one.id}`,
    as: ids.agent,
  });
  assert.equal(ended.status, 200, ended.text);
  assert.deepEqual(about(await read(ids.agent, '?limit=500'), parcel.id), []);
});

test('days that are kept no longer are dropped whole, and a reader from then on is told so', async () => {
  const { next } = await read(ids.agent, '?limit=500');
  const old = (BigInt(next) >> 40n) - 14n;
  await context.db.query(`select feedback.ensure_day(date '1970-01-01' + $1::int)`, [Number(old - 1n)]);
  const parts = async () =>
    (
      await context.db.query<{ count: bigint }>(
        `select count(*) as count from pg_inherits where inhparent = 'feedback.events'::regclass`,
      )
    )[0]!.count;
  const before = await parts();
  await window.workers.find(({ name }) => name === 'feedback-days')!.step(context.db);
  assert.equal(await parts(), before - 1n);
  const gone = await window.ask({ url: `/v1/events?after=${(old << 40n) - 1n}`, as: ids.agent });
  assert.equal(gone.body.code, 'feedback/cursor-too-old');
});

test('an authority has no inbox of a party, and nobody has one without saying who he is', async () => {
  const officer = await window.ask({ url: '/v1/events', as: 'customs' });
  assert.deepEqual([officer.status, officer.body.code], [403, 'feedback/party-needed']);
  const nobody = await window.ask({ url: '/v1/events' });
  assert.deepEqual([nobody.status, nobody.body.code], [401, 'parties/sign-in-needed']);
});
