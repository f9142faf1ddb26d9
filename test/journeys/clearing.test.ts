import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountOf, holdOf } from '#modules/accounts/index.ts';
import { casesOf, reverse } from '#modules/cases/index.ts';
import { type Accepted, decideHeld } from '#modules/clearance/index.ts';
import { ids, type Kind, parcel as invent, type ParcelOptions } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { noticeOf } from '#modules/treasury/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { browser, openWindow, type Told } from '../support/window.ts';

/** What happens to parcels between their door and their release, told through the doors of a whole window. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const reasons = { ground: 'Customs Code, art. 46', reason: 'agencies/looked-at', remedy: 'clearance/object-to-change' };

let numbered = 0;
interface Made {
  readonly filer: string;
  body: any;
  readonly barcodes: readonly string[];
  readonly house: string;
}
/** An invented parcel with a number of its own, of a stated kind; a price takes the place of the invented one. */
function make(kind: Kind, options: Partial<ParcelOptions> & { price?: string; commodity?: string } = {}): Made {
  const { price, commodity, ...more } = options;
  numbered += 1;
  const made = invent({
    seed: 11,
    index: numbered,
    at: clock.now(),
    run: 'CLR',
    kind,
    buyer: 1_000 + numbered,
    ...more,
  });
  // Through text, since an invented order and its payment share one amount.
  const body: any = JSON.parse(made.raw);
  const [goods] = body.declaration.goods;
  if (commodity !== undefined) goods.commodity = commodity;
  if (price !== undefined) {
    goods.price.amount = price;
    for (const order of body.orders ?? []) order.total.amount = price;
    for (const payment of body.payments ?? []) payment.amount.amount = price;
  }
  return { filer: made.filer, body, barcodes: made.barcodes, house: made.house };
}

const file = (made: Made, as = made.filer): Promise<Told> =>
  window.ask({ method: 'POST', url: '/v1/consignments', as, body: made.body });
async function filed(made: Made, as = made.filer): Promise<any> {
  const told = await file(made, as);
  assert.equal(told.status, 201, told.text);
  return told.body;
}
async function read(id: string, as: string): Promise<any> {
  const told = await window.ask({ url: `/v1/consignments/${id}`, as });
  assert.equal(told.status, 200, told.text);
  return told.body;
}

let bills = 0;
/** Hands in a master bill over these parcels and lands all of their pieces. */
async function land(...all: Made[]): Promise<any> {
  bills += 1;
  const master = `618-CLR-${bills}`;
  const lines = all.map(({ house, barcodes }) => ({ house, pieces: barcodes.length, barcodes }));
  const bill = { master, carrier: ids.carrier, mode: 'air', lines };
  const taken = await window.ask({ method: 'POST', url: '/v1/manifests', as: ids.carrier, body: bill });
  assert.equal(taken.status, 201, taken.text);
  const pieces = all.flatMap(({ barcodes }) => barcodes);
  const body = {
    reference: master,
    master,
    operator: ids.operator,
    place: 'XP-CAPO-AIR',
    landed: clock.instant(),
    pieces,
  };
  const landed = await window.ask({ method: 'POST', url: '/v1/arrivals', as: ids.operator, body });
  assert.equal(landed.status, 201, landed.text);
  return landed.body;
}

const officer = (authority: string) =>
  principalOfClient(context.reference.current(), window.key(authority), clock.instant().slice(0, 10))!;
const caseAbout = async (id: string, procedure = 'held-parcel') =>
  (await casesOf(db, [id])).filter((one) => one.procedure === procedure).at(-1)!;
async function decide(id: string, move: 'release' | 'release-changed' | 'deny', accepted?: Accepted, by = 'customs') {
  const { id: held, stamp } = await caseAbout(id);
  const decision = { case: held, move, stamp, ...reasons, ...(accepted ? { accepted } : {}) };
  return decideHeld(context, officer(by), decision);
}
async function undo(id: string, by = 'customs') {
  const { id: held, stamp } = await caseAbout(id);
  return db.tx((tx) => reverse(context, tx, officer(by), { case: held, stamp, decision: reasons }));
}
const guarantee = async (owner: string): Promise<bigint> => {
  const { reserved, consumed } = (await accountOf(db, { kind: 'guarantee', owner, period: '' }))!;
  return reserved + consumed;
};
const holding = async (id: string, kind: string): Promise<bigint> =>
  (await holdOf(db, { hold: id, kind }))?.reserved ?? 0n;
const failed = (body: any) => body.decision.checks.filter((one: any) => one.result === 'failed');

// Wrist-watches of a rare kind go under control in this window, so that every decision of a person can be tried on
// them.
const watches = '910219';
const watched = await window.ask({
  method: 'PUT',
  url: '/v1/administration/watch-rules/watches',
  as: 'customs',
  body: {
    condition: `commodity == "${watches}"`,
    ground: 'demo/watch-brands',
    desk: 'customs',
    source: 'Customs Code, art. 46',
  },
});
assert.equal(watched.status, 200, watched.text);

const nothingUsed = { yearly: { currency: 'XPN', amount: '0.00' } };

test('S07 before filing, goods and route give the obligations that will apply', async () => {
  const { body } = make('low-value');
  const rows = await window.rows();
  const told = await window.ask({
    method: 'POST',
    url: '/v1/assessments',
    body: { consignment: body, assumed: nothingUsed },
  });
  assert.equal(told.status, 200);
  assert.equal(told.body.route, 'low-value');
  const low = told.body.obligations.map((one: any) => one.id);
  assert.ok(low.includes('seller-information') && low.includes('keep-records'));
  body.declaration.route = 'ordinary';
  const dear = await window.ask({ method: 'POST', url: '/v1/assessments', body: { consignment: body } });
  const ordinary = dear.body.obligations.map((one: any) => one.id);
  assert.ok(!ordinary.includes('seller-information') && ordinary.includes('keep-records'));
  assert.deepEqual(await window.rows(), rows, 'a dry run stores nothing');
});

test('S07 each obligation names its authority and legal reference', async () => {
  const { body } = make('low-value', { price: '140.00', commodity: '950300' });
  const told = await window.ask({
    method: 'POST',
    url: '/v1/assessments',
    body: { consignment: body, assumed: nothingUsed },
  });
  const found = told.body.obligations.map((one: any) => [one.id, one.authority, one.reference]);
  assert.deepEqual(found.toSorted(), [
    ['keep-records', 'customs', 'Customs Code, art. 115: three years'],
    ['product-safety', 'market', 'Market Act, art. 21: a responsible person in Ponenta'],
    ['seller-information', 'commerce', 'Electronic Commerce Order, art. 15'],
    ['tax-record', 'tax', 'Consumption Tax Act, art. 40'],
  ]);
  assert.ok(told.body.obligations.every((one: any) => one.source.length > 5));
});

test('S33 one address and one identity open every service of the window', async () => {
  const as = ids.post;
  const gift = make('gift');
  const answer = await filed(gift, as);
  assert.equal(answer.status, 'cleared');
  const master = 'EMS-ONE';
  const bill = {
    master,
    carrier: as,
    mode: 'post',
    lines: [{ house: gift.house, pieces: 1, barcodes: gift.barcodes }],
  };
  const tally = {
    reference: master,
    master,
    operator: as,
    place: 'XP-POST-HALL',
    landed: clock.instant(),
    pieces: gift.barcodes,
  };
  const statuses: [string, number][] = [];
  const use = async (method: 'GET' | 'POST', url: string, body?: unknown) => {
    const told = await window.ask({ method, url, as, ...(body === undefined ? {} : { body }) });
    statuses.push([url, told.status]);
    return told.body;
  };
  assert.equal((await use('GET', '/v1/me')).party, as);
  await use('POST', '/v1/assessments', { consignment: gift.body });
  await use('POST', '/v1/manifests', bill);
  assert.equal((await use('POST', '/v1/arrivals', tally)).released, 1);
  assert.equal((await use('GET', `/v1/scans/${gift.barcodes[0]}`)).answer, 'go');
  assert.equal((await use('GET', `/v1/consignments/${answer.id}`)).status, 'released');
  assert.ok((await use('GET', '/v1/consignments')).rows.some((one: any) => one.id === answer.id));
  const parcels = await window.app.inject({ url: '/parcels', headers: { authorization: `Bearer ${window.key(as)}` } });
  statuses.push(['/parcels', parcels.statusCode]);
  assert.deepEqual(
    statuses.map(([, status]) => status),
    [200, 200, 201, 201, 200, 200, 200, 200],
    JSON.stringify(statuses),
  );
});

test('S10 one account and one message satisfy import: nothing else is sent before the parcel is released', async () => {
  const made = make('low-value');
  const answer = await filed(made);
  assert.deepEqual([answer.status, answer.secured, answer.decision.remedy], ['cleared', true, 'clearance/none-needed']);
  assert.equal((await land(made)).released, 1);
  assert.equal((await read(answer.id, made.filer)).status, 'released');
});

test('the same message with another movement is decided for export and for transit', async () => {
  const out = make('low-value');
  Object.assign(out.body.declaration, { movement: 'export', dispatch: 'XP', destination: 'XL', seller: null });
  delete out.body.declaration.route;
  const exported = await filed(out);
  assert.deepEqual([exported.status, exported.determination.route], ['cleared', 'export-simple']);
  const through = make('low-value');
  Object.assign(through.body.declaration, { movement: 'transit', dispatch: 'XL', destination: 'EU' });
  delete through.body.declaration.route;
  const carried = await filed(through);
  assert.deepEqual([carried.status, carried.determination.route], ['cleared', 'transit']);
});

test('a declaration is created by message with the standard data of the field and keeps the bytes that came', async () => {
  const made = make('permit');
  const answer = await filed(made);
  assert.equal(answer.version, 1);
  assert.equal(answer.declaration, made.body.declaration.id);
  const kept = await read(answer.id, made.filer);
  assert.deepEqual(kept.body, made.body);
  const [row] = await db.query<{ body: string; movement: string }>(
    'select body, movement from clearance.declarations where id = $1',
    [answer.id],
  );
  assert.equal(row?.body, JSON.stringify(made.body));
  assert.equal(row?.movement, 'import');
});

test('the same submission gets the same answer, byte for byte, at any time', async () => {
  const made = make('low-value');
  const first = await file(made);
  assert.equal((await file(made)).text, first.text);
  await land(made);
  clock.advance(60_000);
  const rows = await window.rows();
  assert.equal((await file(made)).text, first.text, 'also after its release');
  assert.deepEqual(await window.rows(), rows);
  const at = make('low-value');
  const raced = await Promise.all(Array.from({ length: 8 }, () => file(at)));
  assert.equal(new Set(raced.map(({ text }) => text)).size, 1, 'also when eight come at once');
});

test('S38 a parcel is reviewed by its checklist and released without a full declaration', async () => {
  const made = make('simplified');
  const [line] = made.body.declaration.goods;
  assert.equal(line.commodity, undefined, 'no commodity code is declared');
  const answer = await filed(made);
  const results = answer.decision.checks.map((one: any) => one.result);
  assert.deepEqual([answer.status, [...new Set(results)]], ['cleared', ['passed']]);
  assert.ok(answer.decision.checks.every((one: any) => one.id && one.reason && one.rule));
  assert.equal((await land(made)).released, 1);
  const kept = await read(answer.id, made.filer);
  assert.deepEqual([kept.status, kept.version, kept.decision.automated], ['released', 1, true]);
});

test('S37 a short list of categories maps to commodity codes', async () => {
  const charged = async (change: object) => {
    const made = make('simplified', { price: '20.00' });
    Object.assign(made.body.declaration.goods[0], { category: undefined, ...change });
    return (await filed(made)).determination;
  };
  const byCategory = await charged({ category: 'book' });
  const byCode = await charged({ commodity: '490199', edition: 'HS2022' });
  assert.deepEqual([byCategory.charges[0].rate, byCategory.totals], ['0.05', byCode.totals]);
  assert.equal((await charged({ category: 'mug' })).charges[0].rate, '0.12');
});

test('S37 misuse of a category is caught', async () => {
  const unknown = make('simplified', { price: '20.00' });
  unknown.body.declaration.goods[0].category = 'treasure';
  const lost = await filed(unknown);
  assert.notEqual(lost.status, 'cleared');
  const dear = make('simplified', { price: '80.01' });
  const over = await filed(dear);
  assert.notEqual(over.status, 'cleared', 'above the cap of a category');
  const code = over.decision.checks.find((one: any) => one.result !== 'passed');
  assert.ok(code.reason && code.source.includes('Commerce Order'), JSON.stringify(code));
  assert.equal((await filed(make('simplified', { price: '80.00' }))).status, 'cleared', 'at the cap it may be used');
  const both = make('simplified', { price: '20.00' });
  Object.assign(both.body.declaration.goods[0], { category: 'book', commodity: '691200' });
  const told = await filed(both);
  assert.notEqual(told.status, 'cleared', 'a category that its own code contradicts');
});

test('S37 where the law needs it, the full code is asked for', async () => {
  const ordinary = make('simplified', { price: '20.00' });
  ordinary.body.declaration.route = 'ordinary';
  const dear = make('simplified', { price: '80.01' });
  for (const [made, reason] of [
    [ordinary, 'category-needs-code'],
    [dear, 'category-above-cap'],
  ] as const) {
    const asked = await filed(made);
    assert.deepEqual(
      [asked.status, asked.decision.ground, asked.decision.remedy],
      ['lodged', reason, 'clearance/correct-and-lodge-again'],
    );
    const [check] = failed(asked);
    assert.equal(check.params.pointer, '/declaration/goods/0/category');
    Object.assign(made.body.declaration, { id: `${made.body.declaration.id}-2` });
    Object.assign(made.body.declaration.goods[0], {
      category: undefined,
      commodity: check.params.commodity,
      edition: 'HS2022',
    });
    assert.equal((await filed(made)).status, 'cleared', 'with the full code it passes');
  }
});

test('S34 slips that match are found by the number of their order', async () => {
  const made = make('merged-orders');
  const answer = await filed(made);
  assert.equal(answer.status, 'cleared');
  const matches = answer.decision.checks.filter((one: any) => one.id.startsWith('match.'));
  assert.ok(matches.length >= 6 && matches.every((one: any) => one.result === 'passed'));
  for (const { number } of made.body.orders) {
    const list = await window.ask({ url: `/v1/consignments?order=${number}`, as: made.filer });
    assert.deepEqual(
      list.body.rows.map((one: any) => one.id),
      [answer.id],
    );
  }
});

test('S34 a mismatch names its field, its reason and who can correct it', async () => {
  const tried: [string, (body: any) => void, string, string][] = [
    [
      'a payment that is too small',
      (body) => (body.payments[0].amount.amount = '1.00'),
      'match.payment-amount',
      'payment-provider',
    ],
    ['an order of another total', (body) => (body.orders[0].total.amount = '1.00'), 'match.order-total', 'platform'],
    ['an order of another seller', (body) => (body.orders[0].seller = ids.smallest), 'match.seller', 'platform'],
    [
      'a transport of another order',
      (body) => (body.transports[0].orders = ['O-ELSEWHERE']),
      'match.transport-order',
      'carrier',
    ],
    [
      'a transport of another weight',
      (body) => (body.transports[0].grossWeight = '99.000'),
      'match.gross-weight',
      'carrier',
    ],
  ];
  for (const [what, change, id, party] of tried) {
    const made = make('low-value');
    change(made.body);
    const answer = await filed(made);
    assert.deepEqual([answer.status, answer.decision.outcome], ['lodged', 'rejected'], what);
    const check = failed(answer).find((one: any) => one.id === id);
    assert.ok(check, `${what}: ${JSON.stringify(failed(answer))}`);
    assert.equal(check.params.party, party, what);
    assert.match(check.params.pointer, /^\/(orders|payments|transports)\/0\//, what);
    assert.match(check.source, /Commerce Order of Ponenta, art\. 11/);
    assert.ok(check.reason.length > 3 && answer.decision.remedy === 'clearance/correct-and-lodge-again');
  }
});

test('what was rejected holds nothing and is lodged again under another number', async () => {
  const before = await guarantee(ids.guarantor);
  const made = make('low-value', { buyer: 5 });
  made.body.payments[0].amount.amount = '1.00';
  const answer = await filed(made);
  assert.equal(answer.decision.outcome, 'rejected');
  assert.equal(await guarantee(ids.guarantor), before);
  assert.equal(await holding(answer.id, 'quota'), 0n);
});

test('slips that were missing complete the parcel under its first number, and nothing that was said may change with them', async () => {
  const made = make('slip-missing');
  const first = await filed(made);
  assert.deepEqual([first.status, first.decision.checks.map((one: any) => one.params.slip)], ['waiting', ['payment']]);
  assert.equal((await file(made)).body.id, first.id);
  const waiting = await window.ask({ url: '/v1/consignments?status=waiting', as: made.filer });
  assert.ok(waiting.body.waiting.some((one: any) => one.id === first.id));
  const [order] = made.body.orders;
  const payment = {
    provider: ids.payments,
    reference: 'P-LATE',
    order: order.number,
    method: 'card',
    amount: order.total,
    paid: clock.instant(),
  };
  const other = structuredClone(made);
  other.body.declaration.goods[0].quantity = '7';
  other.body.payments = [payment];
  const differing = await file(other);
  assert.deepEqual([differing.status, differing.body.errors[0].pointer], [409, '/declaration/goods/0/quantity']);
  made.body.payments = [payment];
  const whole = await filed(made);
  assert.deepEqual([whole.id, whole.status, whole.secured], [first.id, 'cleared', true]);
  assert.equal((await file(made)).text, JSON.stringify(whole), 'and again the same');
  const rest = await window.ask({ url: '/v1/consignments?status=waiting', as: made.filer });
  assert.ok(!rest.body.waiting.some((one: any) => one.id === first.id));
  assert.equal((await land(made)).released, 1);
});

test('S11 one authority receives the data for all: each reads what its law names, from the one submission', async () => {
  const made = make('ordinary');
  const { id } = await filed(made);
  const customs = await read(id, 'customs');
  assert.equal(customs.body.declaration.consignee.name.text, made.body.declaration.consignee.name.text);
  const tax = await read(id, 'tax');
  assert.deepEqual(
    [tax.body.declaration.goods.length, tax.border, tax.body.declaration.consignee, tax.body.transports],
    [1, customs.border, undefined, undefined],
  );
  const exchange = await read(id, 'exchange');
  assert.deepEqual([exchange.body.payments.length, exchange.body.declaration.goods?.[0]?.description], [1, undefined]);
  assert.doesNotMatch(JSON.stringify([tax, exchange]), new RegExp(made.body.declaration.consignee.address.lines[0]));
});

test('S11 results are notified through the same window, with reason, source and remedy', async () => {
  const made = make('permit-missing', { commodity: '120991' });
  const answer = await filed(made);
  const { decision, timeline } = await read(answer.id, made.filer);
  assert.deepEqual(
    [decision.outcome, decision.ground, decision.desk],
    ['control', 'needs-plant-health-certificate', 'quarantine'],
  );
  assert.ok(decision.remedy && decision.checks.some((one: any) => one.source.includes('Quarantine Act')));
  assert.ok(timeline.some((one: any) => one.kind === 'clearance.decided' && one.data.outcome === 'control'));
});

test('S16 each consignment has a timeline from its order to its release', async () => {
  const made = make('low-value');
  const { id } = await filed(made);
  clock.advance(3 * 3_600_000);
  await land(made);
  const { timeline } = await read(id, made.filer);
  const kinds = timeline.map((one: any) => one.kind);
  const expected = ['order.placed', 'payment.paid', 'clearance.lodged', 'clearance.decided', 'clearance.released'];
  assert.deepEqual(
    kinds.filter((kind: string) => expected.includes(kind)),
    expected,
  );
  const times = timeline.map((one: any) => Date.parse(one.at));
  assert.deepEqual(
    times,
    times.toSorted((a: number, b: number) => a - b),
  );
});

test('S16 each step shows how long it took', async () => {
  const person = await signedIn('timekeeper', ['filer'], { party: ids.agent });
  const made = make('low-value');
  const { id } = await filed(made);
  const { body } = await person.get(`/parcels/${id}`);
  const [order] = made.body.orders;
  const [payment] = made.body.payments;
  const minutes = (Date.parse(payment.paid) - Date.parse(order.placed)) / 60_000;
  assert.match(body, new RegExp(`${minutes} minutes?`), 'from order to payment');
});

test('S09 a bank that is not connected yet is simulated, and its receipt says so', async () => {
  const { made, id, notice } = await unsecured();
  const pay = { method: 'simulated-bank', reference: 'R-SIM', amount: notice.amount };
  const receipt = await window.ask({ method: 'POST', url: `/v1/notices/${id}/payments`, as: ids.smallest, body: pay });
  assert.deepEqual([receipt.status, receipt.body.state, receipt.body.simulated], [200, 'paid', true]);
  const again = await window.ask({ url: `/v1/notices/${id}`, as: ids.smallest });
  assert.equal(again.body.payments[0].simulated, true);
  await window.settle();
  assert.equal((await read(id, made.filer)).status, 'released');
});

/** A parcel of the smallest seller, whose guarantee does not reach for it; it has landed and waits for its charges. */
async function unsecured() {
  const made = make('ordinary', { price: '900.00' });
  Object.assign(made.body.declaration, { declarant: ids.smallest, representation: 'self', guarantor: null });
  const answer = await filed(made, ids.smallest);
  assert.deepEqual([answer.status, answer.secured], ['cleared', false]);
  const landed = await land(made);
  assert.deepEqual([landed.released, landed.unsecured], [0, 1]);
  const { body: notice } = await window.ask({ url: `/v1/notices/${answer.id}`, as: ids.smallest });
  assert.equal(notice.state, 'due');
  return { made: { ...made, filer: ids.smallest }, id: answer.id as string, notice };
}

test('a parcel that nothing secures is cleared and not released; paying its notice releases it', async () => {
  const { made, id, notice } = await unsecured();
  await window.settle();
  assert.equal((await read(id, made.filer)).status, 'cleared', 'time alone releases nothing');
  const pay = (reference: string) =>
    window.ask({
      method: 'POST',
      url: `/v1/notices/${id}/payments`,
      as: ids.smallest,
      body: { method: 'simulated-bank', reference, amount: notice.amount },
    });
  assert.equal((await pay('R-1')).status, 200);
  assert.equal((await pay('R-1')).status, 200, 'the same payment again is the same receipt');
  assert.deepEqual([(await pay('R-2')).status, (await pay('R-2')).body.code], [409, 'treasury/already-paid']);
  await window.settle();
  const parcel = await read(id, made.filer);
  assert.equal(parcel.status, 'released');
  assert.equal(parcel.timeline.filter((one: any) => one.kind === 'treasury.paid').length, 1);
  const scan = await window.ask({ url: `/v1/scans/${made.barcodes[0]}`, as: ids.operator });
  assert.equal(scan.body.answer, 'go');
});

test('the yearly limit holds to the minor unit: at it the parcel passes, above it the offender alone goes another way', async () => {
  const buyer = 70_001;
  const raced = await Promise.all(
    Array.from({ length: 23 }, () => filed(make('low-value', { buyer, price: '150.00' }))),
  );
  const cleared = raced.filter((one) => one.status === 'cleared');
  assert.equal(cleared.length, 20, 'twenty times 150.00 is the limit of 3000.00');
  const over = raced.filter((one) => one.status !== 'cleared');
  assert.ok(
    over.every((one) => one.decision.ground === 'over-yearly-limit' && one.determination.otherRoute === 'ordinary'),
  );
  const batch = await Promise.all([
    filed(make('low-value', { price: '150.00' })),
    filed(make('low-value', { buyer, price: '0.01' })),
    filed(make('low-value', { price: '150.00' })),
  ]);
  assert.deepEqual(
    batch.map((one) => one.decision.outcome),
    ['cleared', 'other-route', 'cleared'],
  );
  assert.equal(await holding(batch[1].id, 'quota'), 0n, 'what goes another way holds nothing');
  const owners = await db.query<{ used: bigint }>(
    `select reserved + consumed as used from accounts.accounts where kind = 'quota' and reserved + consumed > 299900`,
  );
  assert.deepEqual(
    owners.map(({ used }) => used),
    [300_000n],
  );
  const dear = make('ordinary', { buyer, price: '500.00' });
  assert.equal((await filed(dear)).status, 'cleared', 'the ordinary way counts on no limit');
});

test('a parcel sent again takes nothing of a limit, and those beside it are granted as if it were not there', async () => {
  const buyer = 70_002;
  const usual = { buyer, price: '150.00' };
  const first = make('low-value', usual);
  const { id } = await filed(first);
  const used = async (): Promise<bigint[]> =>
    (
      await db.query<{ used: bigint }>(
        `select a.reserved + a.consumed as used from accounts.accounts a
           join accounts.holds h on h.account = a.id where h.hold = $1 and h.kind = 'quota'`,
        [id],
      )
    ).map((row) => row.used);
  // The writer decides the first two alone, and what comes meanwhile together.
  const beside = (...bodies: Made[]): Promise<Told[]> =>
    Promise.all([make('low-value'), make('low-value'), ...bodies].map((made) => file(made)));
  const alone = await beside(first, make('low-value'), first, make('low-value'), first);
  assert.deepEqual(
    [alone[2], alone[4], alone[6]].map((told) => told?.body.id),
    [id, id, id],
  );
  assert.deepEqual(await used(), [15_000n]);
  await Promise.all(Array.from({ length: 18 }, () => filed(make('low-value', usual))));
  const [, , again, last, twice] = await beside(first, make('low-value', usual), first);
  assert.deepEqual([again?.body.id, twice?.body.id], [id, id]);
  assert.equal(last?.body.status, 'cleared', 'what is left of the limit is for the parcel that is new');
  assert.deepEqual(await used(), [300_000n]);
  const [, , , over] = await beside(first, make('low-value', { buyer, price: '0.01' }));
  assert.equal(over?.body.decision.outcome, 'other-route');
  assert.deepEqual(await used(), [300_000n]);
  const [held] = await db.query(
    `select count(*)::int as many from accounts.holds where kind = 'quota' and account = (
       select account from accounts.holds where hold = $1 and kind = 'quota')`,
    [id],
  );
  assert.deepEqual(held, { many: 20 });
});

test('prohibited goods are denied, hold nothing, and open a disposal case', async () => {
  const before = await guarantee(ids.guarantor);
  const made = make('prohibited');
  const answer = await filed(made);
  assert.deepEqual(
    [answer.status, answer.decision.ground, answer.decision.desk],
    ['denied', 'prohibited-arms', 'customs'],
  );
  assert.equal(answer.decision.remedy, 'clearance/object-to-denial');
  const disposal = await caseAbout(answer.id, 'disposal');
  assert.deepEqual([disposal.state, disposal.facts['cause'], disposal.desk], ['open', 'denied', 'customs']);
  assert.equal(await guarantee(ids.guarantor), before);
  assert.equal(await noticeOf(db, answer.id), undefined);
  assert.equal((await land(made)).released, 0);
});

test('permit goods without their document go under control on the desk of the authority that gives it', async () => {
  const made = make('permit-missing');
  const { id } = await filed(made);
  const held = await caseAbout(id);
  assert.deepEqual([held.state, held.desk, held.claimedBy], ['open', 'quarantine', null]);
  const landed = await land(made);
  assert.deepEqual([landed.released, landed.held], [0, 1]);
  const wrong = await decide(id, 'release', undefined, 'customs');
  assert.equal(wrong.ok, false, 'another authority does not take the decision');
  const done = await decide(id, 'release', undefined, 'quarantine');
  assert.ok(done.ok);
  const parcel = await read(id, made.filer);
  assert.deepEqual([parcel.status, parcel.presented], ['released', 1]);
  assert.equal((await filed(make('permit'))).status, 'cleared', 'with it they pass');
});

async function underControl(price = '100.00'): Promise<{ id: string; made: Made }> {
  const made = make('low-value', { price, commodity: watches });
  const answer = await filed(made);
  assert.deepEqual([answer.status, answer.decision.ground], ['control', 'risk/selected']);
  return { id: answer.id, made };
}

test('a decision without its reasons, by who may not, or on a view that is stale is refused and moves nothing', async () => {
  const { id } = await underControl();
  const { id: held, stamp } = await caseAbout(id);
  const rows = await window.rows();
  const given = { case: held, move: 'deny' as const, stamp, ...reasons };
  const blank = await decideHeld(context, officer('customs'), { ...given, reason: ' ', remedy: '' });
  assert.ok(!blank.ok);
  assert.deepEqual(
    [blank.error, ...(blank.error.more ?? [])].map(({ code, pointer }) => [code, pointer]),
    [
      ['cases/reasons-missing', '/decision/reason'],
      ['cases/reasons-missing', '/decision/remedy'],
    ],
  );
  for (const [by, code] of [
    ['quarantine', 'cases/not-yours'],
    ['tax', 'cases/not-yours'],
    ['court-of-accounts', 'cases/not-yours'],
    [ids.agent, 'cases/not-yours'],
    [ids.carrier, 'cases/not-found'],
  ]) {
    const refused = await decideHeld(context, officer(by!), given);
    assert.deepEqual(refused.ok ? 'ok' : refused.error.code, code, by);
  }
  const same = { lines: [{ line: 1, price: { currency: 'XPN', amount: '100.00' } }] };
  const unchanged = await decideHeld(context, officer('customs'), {
    ...given,
    move: 'release-changed',
    accepted: same,
  });
  assert.equal(unchanged.ok ? 'ok' : unchanged.error.code, 'clearance/nothing-changed');
  const nowhere = { lines: [{ line: 9, origin: 'CN' }] };
  const lost = await decideHeld(context, officer('customs'), { ...given, move: 'release-changed', accepted: nowhere });
  assert.equal(lost.ok ? 'ok' : lost.error.code, 'clearance/accepted-line-unknown');
  for (const commodity of ['930700', '120991']) {
    const accepted = { lines: [{ line: 1, commodity }] };
    const barred = await decideHeld(context, officer('customs'), { ...given, move: 'release-changed', accepted });
    assert.equal(barred.ok ? 'ok' : barred.error.code, 'clearance/accepted-barred', commodity);
  }
  assert.deepEqual(await window.rows(), rows);
  const [one, two] = await Promise.all([
    decideHeld(context, officer('customs'), given),
    decideHeld(context, officer('customs'), { ...given, move: 'release' }),
  ]);
  assert.equal(Number(one.ok) + Number(two.ok), 1, 'of two officers one decides');
  assert.equal(one.ok ? !two.ok && two.error.code : one.error.code, 'cases/changed-meanwhile');
});

test('released with another value, code and origin: declared and accepted stand side by side, and everything moves by the difference', async () => {
  const before = await guarantee(ids.guarantor);
  const { id, made } = await underControl('100.00');
  assert.deepEqual([await holding(id, 'guarantee'), await holding(id, 'quota')], [12_00n, 100_00n]);
  await land(made);
  const accepted = {
    lines: [{ line: 1, price: { currency: 'XPN', amount: '120.00' }, commodity: '490199', origin: 'GB' }],
  };
  const done = await decide(id, 'release-changed', accepted);
  assert.ok(done.ok, JSON.stringify(done));
  const parcel = await read(id, made.filer);
  assert.deepEqual([parcel.status, parcel.version, parcel.outcome], ['released', 2, 'released-changed']);
  assert.deepEqual(
    [parcel.declaredValue.amount, parcel.acceptedValue.amount, parcel.border.amount],
    ['100.00', '120.00', '6.00'],
  );
  assert.deepEqual(parcel.accepted, accepted);
  assert.deepEqual(parcel.body.declaration.goods[0].commodity, watches, 'what was declared stays');
  assert.deepEqual([parcel.decision.automated, parcel.decision.by], [false, officer('customs').subject]);
  const notice = (await noticeOf(db, id))!;
  assert.deepEqual([notice.version, notice.amount, notice.state], [2, 6_00n, 'secured']);
  assert.equal(await holding(id, 'guarantee'), 6_00n);
  assert.equal(await guarantee(ids.guarantor), before + 6_00n);
  assert.deepEqual((await holdOf(db, { hold: id, kind: 'quota' }))?.consumed, 120_00n);
});

test('a release with changes is reversed: the version before holds again, with its charges and accounts', async () => {
  const before = await guarantee(ids.guarantor);
  const { id, made } = await underControl('100.00');
  const accepted = { lines: [{ line: 1, price: { currency: 'XPN', amount: '140.00' } }] };
  assert.ok((await decide(id, 'release-changed', accepted)).ok);
  assert.deepEqual([await holding(id, 'guarantee'), await holding(id, 'quota')], [16_80n, 140_00n]);
  assert.equal((await read(id, made.filer)).status, 'cleared', 'it has not landed yet');
  assert.ok((await undo(id)).ok);
  const parcel = await read(id, made.filer);
  assert.deepEqual(
    [parcel.status, parcel.version, parcel.border.amount, parcel.accepted],
    ['control', 3, '12.00', null],
  );
  assert.deepEqual([await holding(id, 'guarantee'), await holding(id, 'quota')], [12_00n, 100_00n]);
  assert.equal((await noticeOf(db, id))?.amount, 12_00n);
  assert.equal((await land(made)).released, 0, 'it is under control again');
  assert.ok((await decide(id, 'release')).ok, 'and can be decided again');
  assert.equal((await read(id, made.filer)).status, 'released');
  assert.equal(await guarantee(ids.guarantor), before + 12_00n);
});

test('a denial gives back every account and opens a disposal case; its reversal takes both back', async () => {
  const before = await guarantee(ids.guarantor);
  const { id, made } = await underControl('100.00');
  await land(made);
  assert.ok((await decide(id, 'deny')).ok);
  assert.equal((await read(id, made.filer)).status, 'denied');
  assert.deepEqual(
    [await holding(id, 'guarantee'), await holding(id, 'quota'), await guarantee(ids.guarantor)],
    [0n, 0n, before],
  );
  assert.equal((await noticeOf(db, id))?.state, 'cancelled');
  assert.equal((await caseAbout(id, 'disposal')).state, 'open');
  assert.ok((await undo(id)).ok);
  assert.deepEqual(
    [(await read(id, made.filer)).status, (await caseAbout(id, 'disposal')).state],
    ['control', 'withdrawn'],
  );
  assert.deepEqual([await holding(id, 'guarantee'), await holding(id, 'quota')], [12_00n, 100_00n]);
  assert.equal((await noticeOf(db, id))?.state, 'secured');
  assert.ok((await decide(id, 'release')).ok);
  assert.equal((await read(id, made.filer)).status, 'released');
  assert.equal((await undo(id)).ok, true, 'even a release can be reversed by who took it');
  assert.equal((await read(id, made.filer)).status, 'control');
});

/** A person who signs in with a password that he set himself. */
async function signedIn(name: string, roles: string[], at: { party?: string; authority?: string }) {
  const made = await window.ask({
    method: 'POST',
    url: '/v1/administration/users',
    as: 'customs',
    body: { name, shown: name, roles, ...at },
  });
  assert.equal(made.status, 201, made.text);
  const person = browser(window);
  const link = new URL(made.body.link).pathname;
  const password = 'rope and lantern and tide';
  const set = await person.post(link, link, { password, again: password });
  assert.equal(set.statusCode, 303);
  return person;
}

test('an officer takes a case from the queue and decides it on its page, once', async () => {
  const person = await signedIn('nives', ['officer'], { authority: 'customs' });
  const { id } = await underControl();
  const held = await caseAbout(id);
  const page = `/cases/${held.id}`;
  assert.match((await person.get('/queue?view=unclaimed')).body, new RegExp(held.id));
  assert.equal((await person.post(page, `${page}/claim`, { stamp: String(held.stamp) })).statusCode, 303);
  const { stamp } = await caseAbout(id);
  const step = {
    move: 'deny',
    stamp: String(stamp),
    'decision.ground': 'art. 46',
    'decision.reason': 'A copy.',
    'decision.remedy': 'clearance/object-to-denial',
  };
  assert.equal((await person.bare(`${page}/step`, step)).statusCode, 403, 'a form without its token');
  assert.equal(
    (await person.post(page, `${page}/step`, { ...step, stamp: String(held.stamp) })).statusCode,
    409,
    'stale',
  );
  assert.equal((await person.post(page, `${page}/step`, { ...step, 'decision.reason': ' ' })).statusCode, 422);
  assert.equal((await caseAbout(id)).state, 'open');
  assert.equal((await person.post(page, `${page}/step`, step)).statusCode, 303);
  assert.equal((await caseAbout(id)).state, 'denied');
  assert.equal((await read(id, 'customs')).status, 'denied');
});

test('what landed before it was declared is released afterwards, and its disposal case ends', async () => {
  const made = make('low-value');
  const landed = await land(made);
  assert.deepEqual([landed.released, landed.overLanded], [0, made.barcodes]);
  const [over] = await db.query<{ id: string }>('select id from clearance.overlanded where barcode = $1', [
    made.barcodes[0],
  ]);
  assert.equal((await caseAbout(over!.id, 'disposal')).state, 'open');
  const scan = () => window.ask({ url: `/v1/scans/${made.barcodes[0]}`, as: ids.operator });
  assert.equal((await scan()).body.answer, 'unknown');
  const { id } = await filed(made);
  await window.settle();
  assert.equal((await read(id, made.filer)).status, 'released');
  assert.equal((await scan()).body.answer, 'go');
  assert.equal((await caseAbout(over!.id, 'disposal')).state, 'declared');
});

test('a parcel of a seller who is not registered, or no longer, is rejected with that reason', async () => {
  const made = make('low-value');
  made.body.declaration.seller = 'XL-GHOST';
  made.body.orders[0].seller = 'XL-GHOST';
  const answer = await filed(made);
  assert.deepEqual(
    [answer.status, answer.decision.outcome, answer.decision.ground],
    ['lodged', 'rejected', 'parties/not-registered'],
  );
  const gone = { name: 'Tide Toys', language: 'en', roles: ['seller'], status: 'suspended' };
  const changed = await window.ask({
    method: 'PUT',
    url: '/v1/administration/parties/XL-S-010',
    as: 'customs',
    body: gone,
  });
  assert.equal(changed.status, 200, changed.text);
  const later = make('low-value', { seller: 'XL-S-010' });
  assert.equal((await filed(later)).decision.ground, 'parties/suspended');
});

test('a representation that was ended files nothing once its end was acknowledged, however many race it', async () => {
  const list = await window.ask({ url: '/v1/administration/representations?limit=500', as: 'customs' });
  const ours = list.body.items.find((one: any) => one.representative === ids.agent && one.represented === ids.seller);
  const stand = () => {
    const made = make('low-value', { seller: ids.seller });
    Object.assign(made.body.declaration, { declarant: ids.seller, representation: 'indirect' });
    return made;
  };
  assert.equal((await filed(stand())).status, 'cleared');
  let over = 0;
  const end = window
    .ask({ method: 'DELETE', url: `/v1/administration/representations/${ours.id}`, as: 'customs' })
    .then(({ status }) => assert.equal(status, 200))
    .then(() => (over = 1));
  const raced = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      if (index >= 40) await end;
      const late = over === 1;
      return { late, told: await file(stand()) };
    }),
  );
  await end;
  assert.ok(raced.some(({ late }) => late) && raced.some(({ late }) => !late));
  for (const { late, told } of raced) {
    const refused = told.status === 403 || told.body.decision.outcome === 'rejected';
    if (late) assert.ok(refused, told.text);
    else assert.ok(refused || told.body.status === 'cleared');
  }
  const [after] = await db.query<{ many: bigint }>(
    `select count(*) as many from clearance.declarations d join platform.journal j on j.subject = d.id and j.kind = 'clearance.decided'
     where d.declarant = $1 and d.outcome = 'cleared' and (j.tx, j.seq) > (select tx, seq from platform.journal where kind = 'parties.representation-revoked')`,
    [ids.seller],
  );
  assert.equal(after?.many, 0n, 'nothing was decided under it behind its end');
});

test('after all of this the projection is what the journal makes of it', async () => {
  const { rebuild } = await import('#modules/clearance/index.ts');
  assert.equal((await rebuild(context)).differing, 0);
});
