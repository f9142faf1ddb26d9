import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountOf } from '#modules/accounts/index.ts';
import { ids } from '#modules/demo/index.ts';
import { cancel } from '#modules/treasury/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { camt } from '../support/camt.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { openWindow, type Told } from '../support/window.ts';

/** What becomes of charges after release: the month's bill, its payment, an unpaid one, and the bank's paper. */

const dayMs = 86_400_000;
const clock = fixedClock('2026-03-10T08:00:00.000Z');
const window = await openWindow({ clock });
const { db } = window.context;
const goods = shipper(window, clock, 'TRY');

const get = (url: string, as: string): Promise<Told> => window.ask({ url, as });
const post = (url: string, as: string, body: unknown): Promise<Told> => window.ask({ method: 'POST', url, as, body });
const reserved = async () => (await accountOf(db, { kind: 'guarantee', owner: ids.guarantor, period: '' }))!;
const guaranteed = (body: any): void => {
  body.declaration.guarantor = ids.guarantor;
};
const days = (count: number): void => clock.advance(count * dayMs);

/** Parcels under the guarantor that have landed and are released, with what each owes. */
async function released(many: number): Promise<{ parcel: Filed; owed: bigint }[]> {
  const parcels: Filed[] = [];
  for (let one = 0; one < many; one += 1) {
    parcels.push(await goods.file('low-value', { standing, seller: ids.seller }, guaranteed));
  }
  const landed = await goods.land(parcels);
  assert.equal(landed.released, many, JSON.stringify(landed));
  await window.settle();
  return Promise.all(
    parcels.map(async (parcel) => {
      const { body } = await get(`/v1/notices/${parcel.id}`, ids.seller);
      return { parcel, owed: BigInt(body.amount.amount.replace('.', '')) };
    }),
  );
}
const standing = { filer: ids.seller, declarant: ids.seller, guarantor: ids.guarantor };
const money = (minor: bigint) => ({
  currency: 'XPN',
  amount: `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`,
});
const sum = (all: readonly { owed: bigint }[]): bigint => all.reduce((total, { owed }) => total + owed, 0n);
const latest = async (as = ids.seller): Promise<any> => (await get('/v1/bills', as)).body.bills[0];
const payment = (reference: string, minor: bigint, method = 'simulated-bank') => ({
  method,
  reference,
  amount: money(minor),
});
async function nextMonth(): Promise<void> {
  const now = new Date(clock.now());
  const next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1, 6);
  clock.advance(next - clock.now());
  await window.settle();
}

test('S19 the secured charges of a month stand on one bill, and paying it settles every notice and frees the guarantee exactly', async () => {
  const before = await reserved();
  const march = await released(3);
  assert.equal((await reserved()).reserved, before.reserved + sum(march));
  const collecting = await latest();
  assert.deepEqual(
    [collecting.state, collecting.from, collecting.until, collecting.notices, collecting.standing],
    ['collecting', '2026-03-01', '2026-04-01', 3, money(sum(march))],
  );
  const pay = `/v1/bills/${collecting.id}/payments`;
  const early = await post(pay, ids.seller, payment('early', sum(march)));
  assert.deepEqual([early.status, early.body.code], [409, 'treasury/bill-collecting']);
  await nextMonth();
  const { body: bill } = await get(`/v1/bills/${collecting.id}`, ids.seller);
  assert.deepEqual([bill.state, bill.due, bill.amount], ['open', '2026-04-15', money(sum(march))]);
  assert.match(bill.source, /Tax Act.*art\. 18\(2\)|tax-act/i);
  const charged = bill.charges.reduce(
    (total: bigint, one: any) => total + BigInt(one.amount.amount.replace('.', '')),
    0n,
  );
  assert.equal(charged, sum(march), 'its charges by law come to what it asks');
  const { body: paged } = await get(`/v1/bills/${bill.id}/lines`, ids.seller);
  assert.deepEqual(paged.lines.map(({ id }: any) => id).sort(), march.map(({ parcel }) => parcel.id).sort());
  const wrong = await post(pay, ids.seller, payment('wrong', sum(march) + 1n));
  assert.deepEqual([wrong.status, wrong.body.code], [400, 'treasury/bill-differs']);
  const stranger = await post(pay, ids.smallest, payment('x', sum(march)));
  assert.deepEqual([stranger.status, stranger.body.code], [404, 'treasury/bill-not-found']);
  const paid = await Promise.all(
    ['a', 'a', 'a'].map((reference) => post(pay, ids.seller, payment(reference, sum(march)))),
  );
  assert.ok(
    paid.every(({ status, body }) => status === 200 && body.id === paid[0]!.body.id),
    paid[0]!.text,
  );
  assert.equal(paid[0]!.body.simulated, true);
  const { body: after } = await get(`/v1/bills/${bill.id}`, ids.seller);
  assert.deepEqual([after.state, after.standing, after.payments.length], ['settled', money(0n), 1]);
  for (const { parcel } of march) assert.equal((await get(`/v1/notices/${parcel.id}`, ids.seller)).body.state, 'paid');
  assert.equal((await reserved()).reserved, before.reserved);
});

test('a notice that is paid alone or taken back leaves the bill by as much', async () => {
  const before = await reserved();
  const april = await released(2);
  await nextMonth();
  const bill = await latest();
  const [first, second] = april;
  const alone = await post(`/v1/notices/${first!.parcel.id}/payments`, ids.seller, payment('alone', first!.owed));
  assert.equal(alone.status, 200, alone.text);
  assert.deepEqual((await get(`/v1/bills/${bill.id}`, ids.seller)).body.standing, money(second!.owed));
  const whole = await post(`/v1/bills/${bill.id}/payments`, ids.seller, payment('whole', sum(april)));
  assert.deepEqual([whole.status, whole.body.code], [400, 'treasury/bill-differs']);
  const rest = await post(`/v1/notices/${second!.parcel.id}/payments`, ids.guarantor, payment('rest', second!.owed));
  assert.equal(rest.status, 200, rest.text);
  await window.settle();
  assert.equal((await get(`/v1/bills/${bill.id}`, ids.seller)).body.state, 'settled');
  assert.equal((await reserved()).reserved, before.reserved);
});

test('S19 a bill that nobody pays becomes work; the guarantee is called with reasons, the call can be taken back, and paying makes it whole', async () => {
  const before = await reserved();
  const owed = sum(await released(2));
  await nextMonth();
  const bill = await latest();
  const decide = (as: string, move: string, stamp: number, ground = 'Consumption Tax Act, art. 19') =>
    post(`/v1/bills/${bill.id}/decisions`, as, {
      move,
      stamp,
      ground,
      reason: 'Not paid by the due day',
      remedy: 'agencies/object-to-decision',
    });
  assert.equal((await decide('tax', 'call', 0)).body.code, 'treasury/not-overdue');
  days(15);
  await window.settle();
  const { body: late } = await get(`/v1/bills/${bill.id}`, 'tax');
  assert.ok(late.overdue !== null && late.case.state === 'open');
  assert.equal((await decide('customs', 'call', late.case.stamp)).body.code, 'cases/not-yours');
  const blank = await decide('tax', 'call', late.case.stamp, ' ');
  assert.equal(blank.body.code, 'cases/reasons-missing', blank.text);
  const called = await decide('tax', 'call', late.case.stamp);
  assert.equal(called.status, 200, called.text);
  const drawn = await reserved();
  assert.deepEqual([drawn.reserved, drawn.consumed], [before.reserved, before.consumed + owed]);
  const back = await decide('tax', 'reverse', called.body.stamp);
  assert.equal(back.status, 200, back.text);
  const restored = await reserved();
  assert.deepEqual([restored.reserved, restored.consumed], [before.reserved + owed, before.consumed]);
  const again = await decide('tax', 'call', back.body.stamp);
  assert.equal(again.status, 200, again.text);
  const paid = await post(`/v1/bills/${bill.id}/payments`, ids.guarantor, payment('stands-good', owed));
  assert.equal(paid.status, 200, paid.text);
  const whole = await reserved();
  assert.deepEqual([whole.reserved, whole.consumed], [before.reserved, before.consumed]);
  const { body: end } = await get(`/v1/bills/${bill.id}`, ids.guarantor);
  assert.deepEqual([end.state, end.case.state], ['settled', 'settled']);
});

test('a guarantor raises his ceiling by a payment, once for one reference, and nobody raises another’s', async () => {
  const url = `/v1/guarantees/${ids.guarantor}/top-ups`;
  const { ceiling } = await reserved();
  const first = await post(url, ids.guarantor, payment('more', 1_000_00n));
  assert.equal(first.status, 200, first.text);
  assert.deepEqual((await post(url, ids.guarantor, payment('more', 1_000_00n))).body, first.body);
  const other = await post(url, ids.guarantor, payment('more', 1_000_01n));
  assert.deepEqual([other.status, other.body.errors[0].pointer], [409, '/amount/amount']);
  assert.equal((await reserved()).ceiling, ceiling! + 1_000_00n);
  const euro = { ...payment('euro', 1n), amount: { currency: 'EUR', amount: '1.00' } };
  assert.equal((await post(url, ids.guarantor, euro)).body.code, 'treasury/top-up-currency');
  assert.equal((await post(url, ids.smallest, payment('x', 1n))).body.code, 'treasury/guarantee-not-found');
  const { body: seen } = await get(`/v1/guarantees/${ids.guarantor}`, 'tax');
  assert.equal(seen.topUps[0].amount.amount, '1000.00');
});

test('a bank that refuses takes nothing, and one whose answer is lost is asked again and pays once', async () => {
  const url = `/v1/guarantees/${ids.guarantor}/top-ups`;
  const { ceiling } = await reserved();
  const refused = await post(url, ids.guarantor, payment('no', 5_00n, 'simulated-refusing'));
  assert.deepEqual([refused.status, refused.body.code], [409, 'treasury/bank-refused']);
  const lost = await post(url, ids.guarantor, payment('lost', 5_00n, 'simulated-lost'));
  assert.deepEqual([lost.status, lost.body.code], [503, 'treasury/bank-silent']);
  assert.equal((await reserved()).ceiling, ceiling);
  clock.advance(61_000);
  await window.settle();
  assert.equal((await reserved()).ceiling, ceiling! + 5_00n);
  const again = await post(url, ids.guarantor, payment('lost', 5_00n, 'simulated-lost'));
  assert.deepEqual([again.status, again.body.state], [200, 'paid']);
});

async function handIn(raw: string, as = 'tax'): Promise<Told> {
  const type = raw.startsWith('<') ? 'application/xml' : 'text/csv';
  return window.ask({ method: 'POST', url: '/v1/bank-statements', as, raw, type });
}

test('S19 a bank’s statement is held against the window’s own account: matched exactly, everything else is work, and the same file changes nothing', async () => {
  await nextMonth();
  const day = clock.instant().slice(0, 10);
  const url = `/v1/guarantees/${ids.guarantor}/top-ups`;
  const paid: any[] = [];
  for (const reference of ['s-1', 's-2', 's-3', 's-4', 's-5'])
    paid.push((await post(url, ids.guarantor, payment(reference, 10_00n))).body);
  const [whole, partly, foreign, missing, twice] = paid;
  const entries = [
    { reference: whole.id, bank: whole.bank, amount: '10.00' },
    { reference: partly.id, amount: '9.99' },
    { bank: foreign.bank, amount: '10.00', currency: 'EUR' },
    { reference: twice.id, amount: '10.00' },
    { reference: twice.id, amount: '10.00' },
    { reference: 'nobody-knows', amount: '1.00' },
  ].map((one) => ({ ...one, booked: day }));
  const file = camt({ opening: '0.00', closing: '40.99', entries, from: day, until: day });
  assert.equal((await handIn(file, ids.guarantor)).body.code, 'treasury/statement-not-yours');
  const told = await handIn(file);
  assert.equal(told.status, 200, told.text);
  const found = Object.fromEntries(told.body.lines.map((one: any) => [one.number, [one.verdict, one.corrects]]));
  assert.deepEqual(found, {
    1: ['matched', null],
    2: ['partial', 'payer'],
    3: ['other-currency', 'payer'],
    4: ['matched', null],
    5: ['doubled', 'bank'],
    6: ['unknown', 'collector'],
  });
  assert.ok(told.body.missing.some((one: any) => one.movement === missing.id && one.corrects === 'bank'));
  assert.ok(!told.body.missing.some((one: any) => one.movement === whole.id));
  assert.equal(told.body.case.state, 'open');
  const rows = await window.rows();
  assert.deepEqual((await handIn(file)).body, told.body);
  assert.deepEqual(await window.rows(), rows, 'the same file again changes nothing');
  const url2 = `/v1/bank-statements/${told.body.id}/decisions`;
  const reasons = {
    ground: 'Consumption Tax Act, art. 41',
    reason: 'The bank corrects',
    remedy: 'clearance/none-needed',
  };
  const ended = await post(url2, 'tax', { stamp: told.body.case.stamp, ...reasons });
  assert.deepEqual([ended.status, ended.body.state], [200, 'cleared-up'], ended.text);
  const simulated = await get(`/v1/simulated-bank/statement?from=${day}&until=${day}`, 'tax');
  const second = await handIn(simulated.text);
  const verdicts = second.body.lines.map((one: any) => one.verdict);
  assert.deepEqual(verdicts.filter((one: string) => one === 'doubled').length, 2, second.text);
  assert.deepEqual(second.body.missing, [], 'what the first statement missed stands on the second');
});

test('a refund is listed from the moment it is asked for until the bank has made it', async () => {
  const [one] = await released(1);
  const { id } = one!.parcel;
  await post(`/v1/notices/${id}/payments`, ids.seller, payment('before-refund', one!.owed));
  await cancel(db, [id], clock.instant());
  const asked = (await get('/v1/refunds', ids.seller)).body.refunds.find((each: any) => each.notice === id);
  assert.deepEqual([asked.state, asked.amount], ['asked', money(one!.owed)]);
  await window.settle();
  const made = (await get('/v1/refunds', 'tax')).body.refunds.find((each: any) => each.notice === id);
  assert.deepEqual([made.state, made.amount, made.simulated], ['made', money(one!.owed), true]);
});
