import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { accountOf, holdOf } from '#modules/accounts/index.ts';
import { act, casesOf, reverse } from '#modules/cases/index.ts';
import { decideHeld, rebuild } from '#modules/clearance/index.ts';
import { ids, type Kind } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { noticeOf } from '#modules/treasury/index.ts';
import { openSession } from '#platform/db.ts';
import { fixedClock } from '#platform/clock.ts';
import { tries } from '../support/long.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { browser, openWindow, type Told } from '../support/window.ts';

/** A declaration is taken back before release: what it held is given back, and what was decided otherwise stands. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const { file, land } = shipper(window, clock, 'CNC');
const reasons = { ground: 'Customs Code, art. 46', reason: 'agencies/looked-at', remedy: 'clearance/object-to-change' };
const asked = { ground: 'order-cancelled', reason: 'The buyer has changed her mind.' };

const cancel = (parcel: Pick<Filed, 'id' | 'filer'>, as = parcel.filer, body: object = asked): Promise<Told> =>
  window.ask({ method: 'POST', url: `/v1/consignments/${parcel.id}/cancellation`, as, body });
async function cancelled(parcel: Filed): Promise<any> {
  const told = await cancel(parcel);
  assert.equal(told.status, 201, told.text);
  return told.body;
}
async function refused(parcel: Pick<Filed, 'id' | 'filer'>, status: number, code: string, as?: string): Promise<void> {
  const told = await cancel(parcel, as);
  assert.deepEqual([told.status, told.body.code], [status, code], told.text);
}
async function read(id: string, as: string): Promise<any> {
  const told = await window.ask({ url: `/v1/consignments/${id}`, as });
  assert.equal(told.status, 200, told.text);
  return told.body;
}
const scan = async (parcel: Filed): Promise<string> =>
  (await window.ask({ url: `/v1/scans/${parcel.barcodes[0]}`, as: ids.operator })).body.answer;
const holding = async (id: string): Promise<bigint[]> =>
  Promise.all(['guarantee', 'quota'].map(async (kind) => (await holdOf(db, { hold: id, kind }))?.reserved ?? 0n));
const guarantee = async (owner: string): Promise<bigint> => {
  const { reserved, consumed } = (await accountOf(db, { kind: 'guarantee', owner, period: '' }))!;
  return reserved + consumed;
};
/** What is used of all accounts, by kind. */
const sums = async (): Promise<unknown> =>
  db.query(
    'select kind, sum(reserved) as reserved, sum(consumed) as consumed from accounts.accounts where reserved + consumed > 0 group by 1 order by 1',
  );
const officer = (authority: string) =>
  principalOfClient(context.reference.current(), window.key(authority), clock.instant().slice(0, 10))!;
const caseAbout = async (id: string, procedure: string) =>
  (await casesOf(db, [id])).filter((one) => one.procedure === procedure).at(-1);
async function decide(id: string, move: 'release' | 'release-changed' | 'deny', accepted?: any): Promise<boolean> {
  const { id: held, stamp } = (await caseAbout(id, 'held-parcel'))!;
  const decision = { case: held, move, stamp, ...reasons, ...(accepted ? { accepted } : {}) };
  return (await decideHeld(context, officer('customs'), decision)).ok;
}
async function undo(id: string, procedure = 'held-parcel') {
  const { id: held, stamp } = (await caseAbout(id, procedure))!;
  const decision = { case: held, stamp, decision: reasons };
  return db.tx((tx) => reverse(context, tx, officer('customs'), decision));
}

// Wrist-watches of a rare kind go under control in this window, so that every decision of a person can be tried.
const watched = await window.ask({
  method: 'PUT',
  url: '/v1/administration/watch-rules/watches',
  as: 'customs',
  body: { condition: 'commodity == "910219"', ground: 'demo/watch-brands', desk: 'customs', source: 'art. 46' },
});
assert.equal(watched.status, 200, watched.text);
const underControl = (): Promise<Filed> =>
  file('low-value', {}, (body) => (body.declaration.goods[0].commodity = '910219'));
/** Declared by the smallest seller, whose guarantee does not reach for it. */
const unsecured = async (): Promise<Filed> => {
  const parcel = await file('ordinary', { standing: own }, (body) => {
    for (const amount of [body.declaration.goods[0].price, body.orders[0].total, body.payments[0].amount])
      amount.amount = '900.00';
    Object.assign(body.declaration, { representation: 'self' });
  });
  assert.equal((await read(parcel.id, parcel.filer)).secured, false);
  return parcel;
};
const own = { filer: ids.smallest, declarant: ids.smallest, guarantor: null };

test('a cleared parcel is taken back by its filer: quota, guarantee and notice are given back, and its ground is told', async () => {
  await window.ask({ url: '/v1/events', as: ids.agent });
  const before = await sums();
  const parcel = await file('low-value');
  assert.ok((await holding(parcel.id)).every((amount) => amount > 0n));
  clock.advance(60_000);
  const answer = await cancelled(parcel);
  assert.deepEqual(answer, {
    id: parcel.id,
    declaration: parcel.declaration,
    version: 1,
    status: 'cancelled',
    since: clock.instant(),
    cancellation: { at: clock.instant(), ...asked },
  });
  assert.deepEqual(await sums(), before);
  assert.deepEqual(await holding(parcel.id), [0n, 0n]);
  assert.equal((await noticeOf(db, parcel.id))?.state, 'cancelled');
  const shown = await read(parcel.id, parcel.filer);
  assert.deepEqual([shown.status, shown.cancellation], ['cancelled', answer.cancellation]);
  const [moment] = shown.timeline.filter((one: any) => one.kind === 'clearance.cancelled');
  assert.deepEqual([moment.at <= shown.timeline.at(-1).at, moment.data.ground], [true, asked.ground]);
  const list = await window.ask({ url: '/v1/consignments?status=cancelled', as: parcel.filer });
  assert.deepEqual([list.body.rows.map(({ id }: any) => id), list.body.counts.cancelled], [[parcel.id], 1]);
  await window.settle();
  const { events } = (await window.ask({ url: '/v1/events?kind=clearance.cancelled', as: ids.agent })).body;
  assert.deepEqual(
    events.map(({ parcel: id, status, ground }: any) => [id, status, ground]),
    [[parcel.id, 'cancelled', asked.ground]],
  );
  const entries = await db.query<{ data: string }>('select data::text from platform.journal where subject = $1', [
    parcel.id,
  ]);
  assert.ok(
    entries.every(({ data }) => !data?.includes('changed her mind')),
    'words stay out of the journal',
  );
});

test('the same again is answered as before and moves nothing; another ground or reason is refused by its field', async () => {
  const parcel = await file('low-value');
  const first = await cancel(parcel);
  const rows = await window.rows();
  clock.advance(60_000);
  assert.equal((await cancel(parcel)).text, first.text);
  for (const field of ['ground', 'reason']) {
    const told = await cancel(parcel, parcel.filer, { ...asked, [field]: 'declared-twice' });
    assert.deepEqual([told.body.code, told.body.errors[0].pointer], ['clearance/cancelled-otherwise', `/${field}`]);
  }
  const again = { method: 'POST', url: '/v1/consignments', as: parcel.filer } as const;
  assert.equal((await window.ask({ ...again, body: parcel.body })).body.status, 'cleared', 'the answer it got first');
  const other = structuredClone(parcel.body);
  other.declaration.goods[0].quantity = '7';
  assert.equal((await window.ask({ ...again, body: other })).body.code, 'clearance/cancelled');
  assert.deepEqual(await window.rows(), rows);
  const raced = await file('low-value');
  const told = await Promise.all(Array.from({ length: 6 }, () => cancel(raced)));
  assert.equal(new Set(told.map(({ text }) => text)).size, 1, 'also when six come at once');
  for (const body of [{}, { ...asked, ground: 'whim' }, { ...asked, reason: ' ' }, { ...asked, extra: 1 }])
    assert.equal((await cancel(await file('gift'), ids.post, body)).status, 400);
});

test('slips that wait for others are taken back; what comes afterwards decides nothing', async () => {
  const parcel = await file('slip-missing');
  assert.equal((await read(parcel.id, parcel.filer)).status, 'waiting');
  const answer = await cancelled(parcel);
  assert.deepEqual([answer.status, answer.version], ['cancelled', 1]);
  const shown = await read(parcel.id, parcel.filer);
  assert.deepEqual([shown.status, shown.cancellation.ground], ['cancelled', asked.ground]);
  const list = await window.ask({ url: '/v1/consignments?status=cancelled', as: parcel.filer });
  assert.ok(list.body.waiting.some(({ id }: any) => id === parcel.id));
  const others = await window.ask({ url: '/v1/consignments?status=waiting', as: parcel.filer });
  assert.ok(!others.body.waiting.some(({ id }: any) => id === parcel.id));
  const [order] = parcel.body.orders;
  const payment = {
    provider: ids.payments,
    reference: 'P-LATE',
    order: order.number,
    method: 'card',
    amount: order.total,
  };
  const body = { ...parcel.body, payments: [{ ...payment, paid: clock.instant() }] };
  const late = await window.ask({ method: 'POST', url: '/v1/consignments', as: parcel.filer, body });
  assert.deepEqual([late.status, late.body.code], [409, 'clearance/cancelled']);
  assert.deepEqual((await cancel(parcel)).body, answer);
  const landed = await land([parcel]);
  assert.deepEqual(landed.overLanded, parcel.barcodes, 'without a decision its pieces are without data');
});

test('a slip on its way and a cancellation: one of the two comes first, and nothing is held for what was taken back', async () => {
  for (let round = 0; round < 8; round += 1) {
    const parcel = await file('slip-missing');
    const [order] = parcel.body.orders;
    const payment = { provider: ids.payments, reference: `P-${round}`, order: order.number, method: 'card' };
    const body = { ...parcel.body, payments: [{ ...payment, amount: order.total, paid: clock.instant() }] };
    const [late, told] = await Promise.all([
      window.ask({ method: 'POST', url: '/v1/consignments', as: parcel.filer, body }),
      cancel(parcel),
    ]);
    assert.equal(told.status, 201, told.text);
    assert.ok(late.body.status === 'cleared' || late.body.code === 'clearance/cancelled', late.text);
    assert.deepEqual(await holding(parcel.id), [0n, 0n]);
    assert.equal((await read(parcel.id, parcel.filer)).status, 'cancelled');
  }
});

test('under control, after release, and where nothing was accepted, it is refused and nothing moves', async () => {
  const held = await underControl();
  const released = await file('low-value');
  await land([released]);
  const rejected = await file('low-value', {}, (body) => (body.payments[0].amount.amount = '1.00'));
  const denied = await file('prohibited');
  const rows = await window.rows();
  await refused(held, 409, 'clearance/under-control');
  await refused(released, 409, 'clearance/released-already');
  const told = await cancel(released);
  assert.match(told.body.detail, /re-determination, or return the goods/);
  await refused(rejected, 409, 'clearance/nothing-to-cancel');
  await refused(denied, 409, 'clearance/nothing-to-cancel');
  await refused({ id: '01900000-0000-7000-8000-000000000001', filer: ids.agent }, 404, 'clearance/not-found');
  assert.deepEqual(await window.rows(), rows);
});

test('who filed or declares may take it back, also through a representation; who only reads may not, and a stranger learns nothing', async () => {
  const parcel = await file(
    'low-value',
    { seller: ids.seller, standing: { ...own, filer: ids.agent, declarant: ids.seller } },
    (body) => Object.assign(body.declaration, { representation: 'indirect' }),
  );
  await refused(parcel, 403, 'clearance/cancel-not-yours', ids.carrier);
  await refused(parcel, 403, 'clearance/cancel-not-yours', ids.platform);
  await refused(parcel, 403, 'clearance/cancel-not-yours', 'customs');
  await refused(parcel, 404, 'clearance/not-found', ids.smallest);
  const nobody = await window.ask({ method: 'POST', url: `/v1/consignments/${parcel.id}/cancellation`, body: asked });
  assert.equal(nobody.status, 401);
  assert.equal((await cancel(parcel, ids.seller)).status, 201, 'the declarant whom the filer represents');
  const represented = await file('low-value', {
    seller: ids.seller,
    standing: { filer: ids.seller, declarant: ids.seller, guarantor: null },
  });
  assert.equal((await cancel(represented, ids.agent)).status, 201, 'the agent for whom it represents');
});

test('what was paid on it is given back', async () => {
  const parcel = await unsecured();
  const { body: notice } = await window.ask({ url: `/v1/notices/${parcel.id}`, as: ids.smallest });
  const pay = { method: 'simulated-bank', reference: 'R-1', amount: notice.amount };
  const url = `/v1/notices/${parcel.id}/payments`;
  assert.equal((await window.ask({ method: 'POST', url, as: ids.smallest, body: pay })).body.state, 'paid');
  await cancelled(parcel);
  await window.settle();
  const { body: after } = await window.ask({ url: `/v1/notices/${parcel.id}`, as: ids.smallest });
  assert.deepEqual([after.state, after.payments[0].refunded], ['refunded', notice.amount]);
  const { timeline } = await read(parcel.id, ids.smallest);
  assert.ok(timeline.some(({ kind }: any) => kind === 'treasury.refunded'));
});

test('a piece that lands afterwards is held and opens one disposal case; declared anew it goes, and the case ends', async () => {
  const parcel = await file('several-pieces', { pieces: 2 });
  await cancelled(parcel);
  assert.equal(await caseAbout(parcel.id, 'disposal'), undefined, 'goods that are not there are nobody’s work');
  const landed = await land([parcel], [parcel.barcodes[1]!]);
  assert.deepEqual([landed.released, landed.notCleared], [0, 1]);
  const disposal = (await caseAbout(parcel.id, 'disposal'))!;
  assert.deepEqual(
    [disposal.state, disposal.facts['cause'], disposal.parties.filer],
    ['open', 'cancelled', [parcel.filer]],
  );
  assert.equal(await scan(parcel), 'hold');
  const tally = { master: landed.master, operator: ids.operator, place: 'XP-CAPO-AIR', landed: clock.instant() };
  const second = { ...tally, reference: `${landed.master}-2`, pieces: parcel.barcodes };
  assert.equal((await window.ask({ method: 'POST', url: '/v1/arrivals', as: ids.operator, body: second })).status, 201);
  assert.equal((await casesOf(db, [parcel.id])).length, 1);
  const body = structuredClone(parcel.body);
  body.declaration.id += '-NEW';
  const anew = await window.ask({ method: 'POST', url: '/v1/consignments', as: parcel.filer, body });
  assert.equal(anew.body.status, 'cleared', anew.text);
  await window.settle();
  assert.equal((await read(anew.body.id, parcel.filer)).status, 'released');
  assert.equal(await scan(parcel), 'go');
  assert.equal((await caseAbout(parcel.id, 'disposal'))?.state, 'declared');
});

test('goods that were declared anew before they landed are released, and nobody looks for those of the first declaration', async () => {
  const parcel = await file('low-value');
  await cancelled(parcel);
  const body = structuredClone(parcel.body);
  body.declaration.id += '-NEW';
  const anew = await window.ask({ method: 'POST', url: '/v1/consignments', as: parcel.filer, body });
  assert.equal((await land([parcel])).released, 1);
  assert.equal((await read(anew.body.id, parcel.filer)).status, 'released');
  assert.equal(await scan(parcel), 'go');
  assert.deepEqual(await casesOf(db, [parcel.id]), []);
});

test('taken back when it has landed and only its charges are missing, the goods become a case at once; its decision can be reversed', async () => {
  const parcel = await unsecured();
  assert.equal((await land([parcel])).unsecured, 1);
  await cancelled(parcel);
  const disposal = (await caseAbout(parcel.id, 'disposal'))!;
  assert.equal(disposal.facts['cause'], 'cancelled');
  const step = { case: disposal.id, stamp: disposal.stamp, move: 're-export', decision: reasons };
  const done = await db.tx((tx) => act(context, tx, officer('customs'), step));
  assert.ok(done.ok, JSON.stringify(done));
  assert.equal((await read(parcel.id, parcel.filer)).status, 'left');
  assert.ok((await undo(parcel.id, 'disposal')).ok);
  assert.equal((await read(parcel.id, parcel.filer)).status, 'cancelled');
  await window.settle();
  assert.equal((await read(parcel.id, parcel.filer)).status, 'cancelled', 'nothing lets it go afterwards');
});

test('an officer who had released it does not put it under control again', async () => {
  const price = { lines: [{ line: 1, price: { currency: 'XPN', amount: '140.00' } }] };
  for (const [move, accepted] of [['release'], ['release-changed', price]] as const) {
    const parcel = await underControl();
    assert.ok(await decide(parcel.id, move, accepted));
    await cancelled(parcel);
    const rows = await window.rows();
    const told = await undo(parcel.id);
    assert.equal(told.ok ? 'ok' : told.error.code, 'clearance/cancelled');
    assert.deepEqual(await window.rows(), rows);
    assert.deepEqual(await holding(parcel.id), [0n, 0n]);
  }
});

test('landing and cancelling at the same moment: one of the two comes first, and every account comes out even', async () => {
  const before = await guarantee(ids.guarantor);
  const parcels = await Promise.all(Array.from({ length: 16 }, () => file('low-value')));
  const master = '618-RACE';
  const lines = parcels.map(({ house, barcodes }) => ({ house, pieces: 1, barcodes }));
  const bill = { master, carrier: ids.carrier, mode: 'air', lines };
  await window.ask({ method: 'POST', url: '/v1/manifests', as: ids.carrier, body: bill });
  const tally = { master, operator: ids.operator, place: 'XP-CAPO-AIR', landed: clock.instant() };
  const told = await Promise.all(
    parcels.map(async (parcel, index) => {
      const body = { ...tally, reference: `${master}-${index}`, pieces: parcel.barcodes };
      const [one] = await Promise.all([
        cancel(parcel),
        window.ask({ method: 'POST', url: '/v1/arrivals', as: ids.operator, body }),
      ]);
      return one;
    }),
  );
  let still = 0n;
  for (const [index, parcel] of parcels.entries()) {
    const { status, border } = await read(parcel.id, parcel.filer);
    const won = told[index]!.status === 201;
    assert.equal(status, won ? 'cancelled' : 'released');
    assert.equal(await scan(parcel), won ? 'hold' : 'go');
    assert.equal((await caseAbout(parcel.id, 'disposal'))?.facts['cause'], won ? 'cancelled' : undefined);
    if (!won) still += BigInt(border.amount.replace('.', ''));
  }
  assert.equal(await guarantee(ids.guarantor), before + still);
});

test('a guarantee that is asked for on landing and a cancellation at that moment leave nothing reserved', async () => {
  const account = `kind = 'guarantee' and owner = '${ids.smallest}'`;
  const parcel = await unsecured();
  const before = await guarantee(ids.smallest);
  await db.query(`update accounts.accounts set ceiling = ceiling + 100000000 where ${account}`);
  // The account is held, so that whoever landed the goods waits for it in the middle of his transaction.
  const other = await openSession(window.test.url);
  await other.simple(`begin; select from accounts.accounts where ${account} for update`);
  const lockedOut = async (): Promise<bigint> => {
    await delay(5);
    const [, rows] = await other.simple(
      `select pg_stat_clear_snapshot(); select count(*) as many from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows?.[0]?.['many'] as bigint;
  };
  const landing = land([parcel]);
  while ((await lockedOut()) < 1n);
  const cancelling = cancel(parcel);
  const over = cancelling.then(() => 2n);
  while ((await Promise.race([over, lockedOut()])) < 2n);
  await other.simple('commit');
  await Promise.all([landing, other.close()]);
  const { status } = await cancelling;
  assert.ok([201, 409].includes(status));
  assert.equal((await read(parcel.id, parcel.filer)).status, status === 201 ? 'cancelled' : 'released');
  assert.equal((await guarantee(ids.smallest)) > before, status !== 201);
  await db.query(`update accounts.accounts set ceiling = ceiling - 100000000 where ${account}`);
});

test('whatever is filed, denied and taken back in whatever order, the accounts come back to what they were', async () => {
  const kinds: readonly (Kind | 'held')[] = ['low-value', 'ordinary', 'several-lines', 'gift', 'slip-missing', 'held'];
  const met = { cancelled: 0, denied: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ kind: fc.constantFrom(...kinds), buyer: fc.nat(2), first: fc.boolean() }), {
        minLength: 1,
        maxLength: 8,
      }),
      async (plan) => {
        const before = await sums();
        const buyer = 90_000 + met.cancelled + met.denied;
        const filed = await Promise.all(
          plan.map(async ({ kind, buyer: which, first }) => ({
            parcel: kind === 'held' ? await underControl() : await file(kind, { buyer: buyer + which }),
            held: kind === 'held',
            first,
          })),
        );
        for (const round of [true, false])
          await Promise.all(
            filed.map(async ({ parcel, held, first }) => {
              // Some held parcels are released by the officer first, and taken back then.
              if (held && first === round && !first) assert.ok(await decide(parcel.id, 'release'));
              if (first !== round) return;
              if (held && first) assert.ok(await decide(parcel.id, 'deny'));
              else assert.equal((await cancel(parcel)).status, 201);
              met[held && first ? 'denied' : 'cancelled'] += 1;
            }),
          );
        assert.deepEqual(await sums(), before);
      },
    ),
    {
      numRuns: tries(12),
      // What chance may leave out in a dozen runs: held parcels that are denied, and some that are released first.
      examples: [
        [
          [
            { kind: 'held', buyer: 0, first: true },
            { kind: 'held', buyer: 0, first: false },
            { kind: 'low-value', buyer: 0, first: true },
          ],
        ],
      ],
    },
  );
  assert.ok(met.denied > 0 && met.cancelled > 0, JSON.stringify(met));
});

/** A person who signs in with a password that she set herself. */
async function signedIn(name: string, party: string) {
  const body = { name, shown: name, roles: ['seller'], party };
  const made = await window.ask({ method: 'POST', url: '/v1/administration/users', as: 'customs', body });
  assert.equal(made.status, 201, made.text);
  const person = browser(window);
  const link = new URL(made.body.link).pathname;
  const password = 'rope and lantern and tide';
  assert.equal((await person.post(link, link, { password, again: password })).statusCode, 303);
  return person;
}

test('a seller takes a declaration back on its page: told what is missing, then done, and its ground stands there', async () => {
  const person = await signedIn('salma', ids.seller);
  const parcel = await file('low-value', {
    seller: ids.seller,
    standing: { filer: ids.seller, declarant: ids.seller, guarantor: null },
  });
  const page = `/parcels/${parcel.id}`;
  assert.match((await person.get(page)).body, /Take this declaration back/);
  assert.equal((await person.bare(`${page}/cancellation`, asked)).statusCode, 422, 'a form without its token');
  const empty = await person.post(page, `${page}/cancellation`, { reason: '' });
  assert.equal(empty.statusCode, 422);
  assert.match(empty.body, /error-summary[\s\S]*href="#cancel-ground-0"[\s\S]*href="#cancel-reason"/);
  assert.equal((await read(parcel.id, parcel.filer)).status, 'cleared');
  const done = await person.post(page, `${page}/cancellation`, asked);
  assert.deepEqual([done.statusCode, done.headers.location], [303, page]);
  const { body } = await person.get(page);
  assert.match(body, /The order was cancelled/);
  assert.match(body, /The buyer has changed her mind\./);
  assert.doesNotMatch(body, /Take this declaration back/);
  const again = await person.post('/parcels?status=cancelled', `${page}/cancellation`, {
    ...asked,
    reason: 'Another.',
  });
  assert.equal(again.statusCode, 422);
  assert.match((await person.get('/parcels?status=cancelled')).body, new RegExp(parcel.id));
});

test('after all of this the projection is what the journal makes of it', async () => {
  assert.equal((await rebuild(context)).differing, 0);
});
