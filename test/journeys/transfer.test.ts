import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountOf, changeCeiling } from '#modules/accounts/index.ts';
import { ids, parcel as invent } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { shipper } from '../support/parcels.ts';
import { openWindow } from '../support/window.ts';

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const ask: typeof window.ask = (asked) => window.ask(asked);

export const franco = { office: 'XP000101', place: 'XP-PORTO-FRANCO', zone: 'porto-franco', operator: ids.operator };
export const vallombra = { office: 'XP000201', place: 'XP-VALLOMBRA', zone: 'vallombra', operator: ids.dryPort };
const stagnone = { office: 'XP000202', place: 'XP-STAGNONE', operator: ids.post };

const held = async (): Promise<bigint> => {
  const [row] = await window.context.db.query<{ reserved: bigint }>(
    `select reserved from accounts.accounts where kind = 'guarantee' and owner = $1`,
    [ids.carrier],
  );
  return row!.reserved;
};
const minor = (money: { amount: string }): bigint => BigInt(money.amount.replace('.', ''));
const see = async (id: string, as: string = ids.carrier) => ask({ url: `/v1/transfers/${id}`, as });
const ndjson = (head: object, lines: readonly unknown[]) =>
  [head, ...lines].map((one) => JSON.stringify(one)).join('\n');
const post = (url: string, as: string, body: unknown) => ask({ method: 'POST', url, as, body });
const lines = (url: string, as: string, head: object, list: readonly unknown[]) =>
  ask({ method: 'POST', url, as, raw: ndjson(head, list), type: 'application/x-ndjson' });

const many = 10_000;
const made = Array.from({ length: many }, (_, index) =>
  invent({ seed: 7, index, at: clock.now(), run: 'TEN', kind: 'simplified', pieces: 1, buyers: 1_000_000 }),
);
const pieces = made.map(({ barcodes }) => barcodes[0]!);
const short = pieces.slice(100, 107);
const over = [...pieces.slice(9_000, 9_002), 'TEN-NOBODY-KNOWS'];
const onward = pieces.slice(0, 100);

test('S40 ten thousand parcels move between two zones as one transfer under a master bill', async () => {
  const filed = await ask({
    method: 'POST',
    url: '/v1/consignments/bulk',
    as: ids.agent,
    raw: made.map(({ raw }) => raw).join('\n'),
    type: 'application/x-ndjson',
  });
  assert.equal(filed.text.match(/"status":201/g)?.length, many);
  const bill = { master: '618-TEN', carrier: ids.carrier, mode: 'air' };
  const house = made.map((one) => ({ house: one.house, pieces: 1, barcodes: one.barcodes }));
  assert.equal((await lines('/v1/manifests', ids.carrier, bill, house)).status, 201);
  const document = {
    reference: 'T-TEN',
    master: 'T-618-TEN',
    from: franco,
    to: vallombra,
    carrier: ids.carrier,
    conveyance: 'XP-LORRY-7',
    seals: ['S-1', 'S-2'],
    allOf: { master: '618-TEN', except: over.slice(0, 2) },
  };
  const began = performance.now();
  const prepared = await post('/v1/transfers', ids.carrier, document);
  assert.equal(prepared.status, 201, prepared.text);
  assert.equal(prepared.body.counts.origin, many - 2);
  assert.equal(await held(), 0n);
  const { id } = prepared.body;
  const left = await post(`/v1/transfers/${id}/departure`, ids.carrier, { departed: clock.instant() });
  assert.equal(left.status, 200, left.text);
  assert.equal(left.body.counts['under-way'], many - 2);
  assert.equal(left.body.due, '2026-11-23T06:00:00.000Z');
  assert.equal(await held(), minor(left.body.guarantee.held));
  assert.ok((await held()) > 0n);
  assert.ok(performance.now() - began < 20_000);
  assert.deepEqual((await post('/v1/transfers', ids.carrier, document)).body, left.body);
});

test('S40 split, short and surplus pieces are handled on arrival, and the guarantee is free to the unit', async () => {
  const { body: list } = await ask({ url: '/v1/transfers', as: ids.carrier });
  const { id } = list.rows[0];
  const whole = await held();
  const part = { reference: 'T-TEN-B', master: 'T-618-TEN-B', at: clock.instant(), to: stagnone, pieces: onward };
  const parted = await post(`/v1/transfers/${id}/splits`, ids.carrier, part);
  assert.equal(parted.status, 201, parted.text);
  assert.equal(parted.body.counts['under-way'], 100);
  assert.equal(await held(), whole, 'the guarantee goes on with the pieces');
  assert.deepEqual((await see(id)).body.splits, [{ id: parted.body.id, master: 'T-618-TEN-B' }]);

  clock.advance(5 * 3_600_000);
  const began = performance.now();
  const seals = ['S-1', 'S-2'].map((number) => ({ number, state: 'whole' }));
  const tally = { reference: 'A-1', operator: ids.dryPort, arrived: clock.instant(), seals };
  const arrived = await post(`/v1/transfers/${id}/arrivals`, ids.dryPort, {
    ...tally,
    allExcept: { missing: short, extra: over },
  });
  assert.equal(arrived.status, 202, arrived.text);
  await window.settle();
  assert.ok(performance.now() - began < 30_000);
  const there = (await see(id)).body;
  assert.deepEqual(there.counts, {
    origin: 0,
    'under-way': 0,
    arrived: many - 2 - 100 - 7 + 3,
    missing: 7,
    elsewhere: 100,
    over: 3,
    all: many + 1,
  });
  assert.equal(there.status, 'arrived');
  assert.equal(await held(), minor(there.guarantee.held) + minor((await see(parted.body.id)).body.guarantee.held));
  const [releasedRow] = await window.context.db.query<{ released: bigint }>(
    `select count(*) as released from clearance.parcels where status = 'released'`,
  );
  assert.equal(Number(releasedRow!.released), many - 100 - 7, 'whatever arrived was presented and released');

  const rest = {
    reference: 'A-2',
    operator: ids.post,
    arrived: clock.instant(),
    allExcept: { missing: [], extra: [] },
  };
  const onTime = await post(`/v1/transfers/${parted.body.id}/arrivals`, ids.post, rest);
  assert.equal(onTime.body.status, 'closed', onTime.text);
  assert.equal(await held(), minor((await see(id)).body.guarantee.held));
  const late = { reference: 'A-3', operator: ids.dryPort, arrived: clock.instant(), pieces: short };
  const found = await post(`/v1/transfers/${id}/arrivals`, ids.dryPort, late);
  assert.equal(found.body.status, 'closed');
  assert.deepEqual(
    found.body.differences.map((one: any) => one.state),
    ['found'],
  );
  assert.equal(await held(), 0n);
});

const goods = shipper(window, clock, 'TRA');
let numbered = 0;
/** A transfer of a few parcels, prepared and under way. */
async function underWay(barcodes: readonly string[], more: object = {}): Promise<string> {
  numbered += 1;
  const mark = `T-SMALL-${numbered}`;
  const body = { reference: mark, master: mark, from: franco, to: vallombra, carrier: ids.carrier, pieces: barcodes };
  const prepared = await post('/v1/transfers', ids.carrier, { ...body, ...more });
  assert.equal(prepared.status, 201, prepared.text);
  const { id } = prepared.body;
  const left = await post(`/v1/transfers/${id}/departure`, ids.carrier, { departed: clock.instant() });
  assert.equal(left.status, 200, left.text);
  return id;
}
const arrive = (id: string, more: object, reference = `A-${id}-${(numbered += 1)}`) =>
  post(`/v1/transfers/${id}/arrivals`, ids.dryPort, {
    reference,
    operator: ids.dryPort,
    arrived: clock.instant(),
    ...more,
  });
const cleared = async (count: number) =>
  (await Promise.all(Array.from({ length: count }, () => goods.file('simplified', { pieces: 1 })))).map((one) => ({
    id: one.id,
    barcode: one.barcodes[0]!,
  }));
/** What an officer of customs says of the last case of a transfer, and what the window answers. */
async function judge(id: string, move: string) {
  const { act, caseOf, reverse } = await import('#modules/cases/index.ts');
  const { differences } = (await see(id, 'customs')).body;
  const one = (await caseOf(window.context.db, differences.at(-1).case))!;
  const officer = await principal();
  const decision = {
    ground: 'Customs Code, art. 87',
    reason: 'As found on the spot.',
    remedy: 'Objection within 30 days.',
  };
  const step = { case: one.id, stamp: one.stamp, decision };
  return window.context.db.tx((tx) =>
    move === 'reverse'
      ? reverse(window.context, tx, officer, step)
      : act(window.context, tx, officer, { ...step, move }),
  );
}
async function decide(id: string, move: string): Promise<void> {
  const done = await judge(id, move);
  assert.ok(done.ok, JSON.stringify(done));
}
async function principal() {
  const request: any = { headers: { authorization: `Bearer ${window.key('customs')}` } };
  return window.context.identify(request);
}
const sweepCases = async () => {
  const { sweep } = await import('#modules/cases/index.ts');
  await sweep(window.context);
};

test('what is missing waits until its time limit, then its charges are called, and what is found later is given back', async () => {
  const before = await held();
  const [first, second] = await cleared(2);
  const id = await underWay([first!.barcode, second!.barcode]);
  const each = minor((await see(id)).body.guarantee.held);
  const come = await arrive(id, { allExcept: { missing: [first!.barcode, second!.barcode], extra: [] } });
  assert.equal(come.body.counts.missing, 2, come.text);
  const told = await post(`/v1/transfers/${id}/explanation`, ids.carrier, { reason: 'A lorry is being unloaded.' });
  assert.equal(told.body.differences[0].state, 'answered', told.text);
  assert.equal((await post(`/v1/transfers/${id}/explanation`, ids.dryPort, { reason: 'x' })).status, 403);
  clock.advance(73 * 3_600_000);
  await sweepCases();
  assert.equal((await see(id)).body.differences[0].state, 'due');
  await decide(id, 'charge');
  const called = (await see(id)).body;
  assert.deepEqual([called.status, called.counts.missing, called.counts.elsewhere], ['closed', 0, 2]);
  const notice = await ask({ url: `/v1/notices/${called.differences[0].case}`, as: ids.carrier });
  assert.equal(minor(notice.body.amount), each, notice.text);
  assert.equal(notice.body.state, 'secured');
  assert.equal(await held(), before + each, 'the guarantee stands for the notice');
  assert.equal((await arrive(id, { pieces: [first!.barcode] })).status, 201);
  const less = await ask({ url: `/v1/notices/${called.differences[0].case}`, as: ids.carrier });
  assert.ok(minor(less.body.amount) < each);
  assert.equal(await held(), before + minor(less.body.amount));
  await decide(id, 'reverse');
  assert.equal((await see(id)).body.counts.missing, 1);
  assert.equal(await held(), before + minor(less.body.amount));
  await decide(id, 'excuse');
  assert.equal(await held(), before);
  assert.equal((await see(id)).body.status, 'closed');
});

test('what was excused is not made missing again where the guarantee does not reach for it, and then it is', async () => {
  const { db } = window.context;
  const [one] = await cleared(1);
  const id = await underWay([one!.barcode]);
  const { amount, currency } = (await see(id)).body.guarantee.held;
  assert.equal((await arrive(id, { allExcept: { missing: [one!.barcode], extra: [] } })).status, 201);
  clock.advance(73 * 3_600_000);
  await sweepCases();
  await decide(id, 'excuse');
  const key = { kind: 'guarantee', owner: ids.carrier, period: '' };
  const { ceiling, reserved, consumed } = (await accountOf(db, key))!;
  await db.tx((tx) => changeCeiling(tx, key, reserved + consumed + 1n));
  const rows = await window.rows();
  const refused = await judge(id, 'reverse');
  assert.ok(!refused.ok);
  assert.deepEqual(
    [refused.error.code, refused.error.params],
    ['logistics/guarantee-short', { needed: amount, free: '0.01', currency, guarantor: ids.carrier }],
  );
  assert.deepEqual(await window.rows(), rows);
  await db.tx((tx) => changeCeiling(tx, key, ceiling));
  await decide(id, 'reverse');
  assert.deepEqual([(await see(id)).body.counts.missing, await held()], [1, reserved + minor({ amount })]);
  await decide(id, 'excuse');
});

test('a broken seal keeps the goods from release until an officer has decided with reasons', async () => {
  const [one] = await cleared(1);
  const id = await underWay([one!.barcode], { seals: ['S-9', 'S-10'] });
  const seals = [
    { number: 'S-9', state: 'broken' },
    { number: 'S-11', state: 'whole' },
  ];
  const come = await arrive(id, { seals, allExcept: { missing: [], extra: [] } });
  assert.equal(come.body.arrivals[0].waits, true, come.text);
  const parcel = () => ask({ url: `/v1/consignments/${one!.id}`, as: ids.agent });
  assert.equal((await parcel()).body.status, 'cleared');
  const [factsRow] = await window.context.db.query<{ facts: string }>(
    `select facts from cases.cases where subject = $1`,
    [id],
  );
  assert.deepEqual((({ broken, missing, other }) => ({ broken, missing, other }))(JSON.parse(factsRow!.facts)), {
    broken: 'S-9',
    missing: 'S-10',
    other: 'S-11',
  });
  await decide(id, 'let-in');
  await window.settle();
  assert.equal((await parcel()).body.status, 'released');
});

test('what never arrives is missing when its time is over, whoever should have counted it', async () => {
  const [one] = await cleared(1);
  const id = await underWay([one!.barcode]);
  clock.advance(72 * 3_600_000);
  await window.settle();
  const there = (await see(id)).body;
  assert.deepEqual(
    [there.status, there.counts.missing, there.differences[0].cause],
    ['arrived', 1, 'transfer-difference'],
  );
  assert.equal((await arrive(id, { pieces: [one!.barcode] })).body.status, 'closed');
});

test('a piece is open in one transfer at a time, and one that comes by another is elsewhere in its own', async () => {
  const before = await held();
  const [first, second] = await cleared(2);
  const id = await underWay([first!.barcode]);
  const again = { reference: 'T-AGAIN', master: 'T-AGAIN', from: franco, to: vallombra, carrier: ids.carrier };
  const none = await post('/v1/transfers', ids.carrier, { ...again, pieces: [first!.barcode] });
  assert.equal(none.status, 409);
  assert.equal(none.body.type.endsWith('logistics/nothing-to-move'), true, none.text);
  const some = await post('/v1/transfers', ids.carrier, {
    ...again,
    pieces: [first!.barcode, second!.barcode, 'NOBODY'],
  });
  assert.deepEqual(
    some.body.leftOut,
    [
      { barcode: 'NOBODY', code: 'logistics/piece-unknown' },
      { barcode: first!.barcode, code: 'logistics/piece-on-transfer' },
    ].toSorted((a, b) => (a.barcode < b.barcode ? -1 : 1)),
  );
  const other = some.body.id;
  await post(`/v1/transfers/${other}/departure`, ids.carrier, { departed: clock.instant() });
  const scan = await ask({ url: `/v1/transfers/scans/${first!.barcode}`, as: ids.dryPort });
  assert.equal(scan.body.answer, 'expected', scan.text);
  await arrive(other, { pieces: [first!.barcode, second!.barcode] });
  assert.deepEqual((await see(id)).body.counts.elsewhere, 1);
  assert.deepEqual((await see(id)).body.status, 'closed');
  assert.equal(await held(), before);
  const { body } = await ask({ url: `/v1/transfers/${id}/pieces`, as: ids.carrier });
  assert.equal(body.pieces[0].why, 'came-elsewhere');
});

test('each sees of a transfer what is his: strangers nothing, a declarant his own pieces, an officer all', async () => {
  const [one] = await cleared(1);
  const mine = await goods.file('simplified', {
    pieces: 1,
    seller: ids.seller,
    standing: { filer: ids.seller, declarant: ids.seller, guarantor: ids.guarantor },
  });
  const id = await underWay([one!.barcode, mine.barcodes[0]!]);
  assert.equal((await see(id, ids.platform)).status, 404);
  assert.equal((await see(id)).body.counts.all, 2);
  assert.equal((await see(id, ids.dryPort)).body.guarantee, undefined);
  const own = await see(id, ids.seller);
  assert.equal(own.body.counts.all, 1, own.text);
  assert.equal(own.body.leftOut.length, 0);
  const { body } = await ask({ url: `/v1/transfers/${id}/pieces`, as: ids.seller });
  assert.deepEqual(
    body.pieces.map((piece: any) => piece.barcode),
    mine.barcodes,
  );
  assert.equal((await see(id, 'customs')).body.counts.all, 2);
  assert.equal((await arrive(id, { pieces: [] }, 'X')).status, 201);
  const wrong = { reference: 'Y', operator: ids.operator, arrived: clock.instant(), pieces: [] };
  assert.equal((await post(`/v1/transfers/${id}/arrivals`, ids.operator, wrong)).status, 403);
  const listed = await ask({ url: '/v1/transfers?limit=1', as: ids.seller });
  assert.equal(listed.body.rows[0].counts.all, 1);
  assert.deepEqual((await ask({ url: '/v1/transfers', as: ids.platform })).body.rows, []);
});

test('a transfer that its guarantee does not cover does not depart, and says what is short', async () => {
  const [one] = await cleared(1);
  const { db } = window.context;
  await db.query(`update accounts.accounts set ceiling = reserved where owner = $1 and kind = 'guarantee'`, [
    ids.carrier,
  ]);
  const body = { reference: 'T-POOR', master: 'T-POOR', from: franco, to: vallombra, carrier: ids.carrier };
  const { id } = (await post('/v1/transfers', ids.carrier, { ...body, pieces: [one!.barcode] })).body;
  const poor = await post(`/v1/transfers/${id}/departure`, ids.carrier, { departed: clock.instant() });
  assert.equal(poor.status, 409);
  assert.match(poor.body.detail, /guarantee/);
  assert.equal((await see(id)).body.status, 'prepared');
  const back = await post(`/v1/transfers/${id}/withdrawal`, ids.carrier, undefined);
  assert.equal(back.body.status, 'withdrawn', back.text);
  await db.query(`update accounts.accounts set ceiling = 200000000 where owner = $1 and kind = 'guarantee'`, [
    ids.carrier,
  ]);
  await underWay([one!.barcode]);
});

test('a document that cannot be is refused with the field and the remedy', async () => {
  const body = {
    reference: 'T-BAD',
    master: 'T-BAD',
    from: franco,
    to: vallombra,
    carrier: ids.carrier,
    pieces: ['X'],
  };
  const cases: [object, string, string][] = [
    [{ to: { ...vallombra, office: 'XP999999' } }, 'logistics/office-unknown', '/to/office'],
    [{ to: { ...vallombra, zone: 'nowhere' } }, 'logistics/zone-unknown', '/to/zone'],
    [{ to: franco }, 'logistics/same-end', '/to/place'],
    [{ via: ['XP000201', 'XX'] }, 'logistics/office-unknown', '/via/1'],
    [{ pieces: undefined }, 'logistics/pieces-missing', '/pieces'],
    [{ guarantor: ids.guarantor }, 'logistics/guarantor-not-agreed', '/guarantor'],
    [{ carrier: ids.post }, 'logistics/not-yours', '/carrier'],
    [{ to: { ...vallombra, operator: ids.seller } }, 'clearance/role-not-registered', '/to/operator'],
  ];
  for (const [change, code, pointer] of cases) {
    const told = await post('/v1/transfers', ids.carrier, { ...body, ...change });
    assert.ok(told.status >= 400, told.text);
    assert.ok(told.text.includes(code) && told.text.includes(pointer), `${code} ${told.text}`);
  }
});

test('tallies, a split and a second document at the same moment leave each piece in one place and the guarantee exact', async () => {
  const before = await held();
  const some = (await cleared(24)).map(({ barcode }) => barcode);
  const id = await underWay(some.slice(0, 20));
  const other = await underWay(some.slice(20));
  const parting = { reference: 'T-RACE', master: 'T-RACE', at: clock.instant(), to: stagnone };
  const told = await Promise.all([
    arrive(id, { pieces: some.slice(0, 12) }),
    arrive(id, { pieces: some.slice(8, 16) }),
    arrive(other, { pieces: [...some.slice(10, 14), ...some.slice(20, 22)] }),
    post(`/v1/transfers/${id}/splits`, ids.carrier, { ...parting, pieces: some.slice(16, 20) }),
    post('/v1/transfers', ids.carrier, {
      reference: 'T-RACE-2',
      master: 'T-RACE-2',
      from: franco,
      to: vallombra,
      carrier: ids.carrier,
      pieces: some,
    }),
  ]);
  assert.deepEqual(
    [...new Set(told.map(({ status }) => status))].filter((status) => status >= 500),
    [],
  );
  const rows = await window.context.db.query<{ barcode: string; open: bigint; amount: bigint }>(
    `select barcode, count(*) as open, sum(amount)::bigint as amount from logistics.lines
      where barcode = any ($1::text[]) and state in ('under-way', 'missing') group by barcode`,
    [some],
  );
  assert.ok(rows.every(({ open }) => open === 1n));
  assert.equal(
    (await held()) - before,
    rows.reduce((sum, { amount }) => sum + amount, 0n),
  );
  assert.deepEqual(
    rows.map(({ barcode }) => barcode).toSorted(),
    [...some.slice(16, 20), ...some.slice(22)].toSorted(),
  );
});
