import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { newId } from '#kernel/id.ts';
import type { Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { fixedClock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import type { Context } from '#platform/context.ts';
import { isDuplicate } from '#platform/db.ts';
import { createHttp } from '#platform/http.ts';
import { silentLog } from '#platform/log.ts';
import { accountOf, claim, openAccount } from '#modules/accounts/index.ts';
import { testDb } from '../../../test/support/db.ts';
import { api } from './api.ts';
import { simulatedBank } from './bank.ts';
import { type NewNotice, type PaymentAdapter, refusals } from './model.ts';
import {
  cancel,
  issue,
  noticeList,
  noticeOf,
  noticesOf,
  noticeView,
  reinstate,
  reissue,
  secure,
  settled,
} from './service.ts';
import { completeLost, makeRefunds, pay } from './service-pay.ts';
import { paymentsOf } from './store.ts';
import { tries } from '../../../test/support/long.ts';

const { db } = await testDb({ modules: ['treasury'] });
const clock = fixedClock('2026-03-01T08:00:00.000Z');
const context = { db, clock, log: silentLog } as unknown as Context;
let ids = 0;
const id = (): string => newId(1_700_000_000_000 + (ids += 1));

const payer: Principal = {
  subject: 'p1',
  name: '',
  client: null,
  party: 'XP-PAYER',
  authority: null,
  roles: ['payer'],
  representations: [],
  mandates: [],
  scopes: [],
  assurance: 'password',
  on: '2026-03-01',
};
const other: Principal = { ...payer, subject: 'p2', party: 'XP-OTHER' };
const agent = (scope: string[]): Principal => ({
  ...other,
  representations: [
    {
      represented: 'XP-PAYER',
      representative: 'XP-OTHER',
      kind: 'direct',
      scope,
      from: '2020-01-01',
      until: null,
      chain: [],
    },
  ],
});
const euros = (amount: string) => ({ currency: 'EUR', amount });
const body = (reference: string, amount = '12.34') => ({ method: 'simulated-bank', reference, amount: euros(amount) });
const code = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);
const state = async (notice: string) => (await noticeOf(db, notice))?.state;
const journal = async (notice: string): Promise<string[]> =>
  (
    await db.query<{ kind: string }>('select kind from platform.journal where subject = $1 order by tx, seq', [notice])
  ).map((row) => row.kind);

async function issued(more: Partial<NewNotice> = {}): Promise<string> {
  const notice: NewNotice = {
    id: id(),
    version: 1,
    payer: 'XP-PAYER',
    guarantor: null,
    currency: 'EUR',
    amount: 1_234n,
    charges: '[{"id":"duty"}]',
    secured: false,
    issued: clock.instant(),
    ...more,
  };
  await db.tx((tx) => issue(tx, [notice]));
  return notice.id;
}

await openAccount(db, { kind: 'guarantee', owner: 'XP-BANK', unit: 'EUR', ceiling: 10_000n });
const reserved = async () => (await accountOf(db, { kind: 'guarantee', owner: 'XP-BANK', period: '' }))!.reserved;
const guarantee = (hold: string, amount = 1_234n) => ({
  hold,
  kind: 'guarantee',
  owner: 'XP-BANK',
  period: '',
  unit: 'EUR',
  amount,
  ceiling: null,
});
async function secured(): Promise<string> {
  const one = id();
  assert.equal((await claim(db, [guarantee(one)]))[0]!.granted, true);
  return issued({ id: one, guarantor: 'XP-BANK', secured: true });
}

test('notices are issued in sets, due or secured, and only what is due is not settled', async () => {
  const [due, safe, none] = [await issued(), await secured(), id()];
  assert.deepEqual(
    new Map((await settled(db, [due, safe, none, due])).map((one) => [one.id, one.settled])),
    new Map([
      [due, false],
      [safe, true],
      [none, true],
    ]),
  );
  await assert.rejects(issued({ id: due, amount: 1n }), isDuplicate);
  assert.equal((await noticeOf(db, due))!.amount, 1_234n);
  assert.deepEqual(await journal(due), ['treasury.issued']);
});

test('a notice is paid with its exact amount in its own currency and with nothing else', async () => {
  const one = await issued();
  const minor = fc.bigInt({ min: 0n, max: 5_000n }).filter((amount) => amount !== 1_234n);
  await fc.assert(
    fc.asyncProperty(minor, fc.constantFrom('EUR', 'XPD'), async (amount, currency) => {
      const text = `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`;
      const asked = { ...body('wrong'), amount: { currency, amount: text } };
      const differs = currency === 'EUR' ? 'treasury/amount-differs' : 'treasury/currency-differs';
      assert.equal(code(await pay(context, payer, one, asked)), differs);
    }),
    { numRuns: tries(30) },
  );
  assert.equal(code(await pay(context, payer, one, body('a', '12.340'))), 'treasury/amount-differs');
  assert.equal(code(await pay(context, payer, one, { ...body('a'), method: 'gold' })), 'treasury/method-unknown');
  assert.deepEqual(await paymentsOf(db, one), []);
  const receipt = await pay(context, payer, one, body('a'));
  assert.ok(receipt.ok && receipt.value.simulated === true && receipt.value.bank?.startsWith('SIMULATED-'));
  assert.equal(await state(one), 'paid');
  assert.deepEqual((await settled(db, [one]))[0], { id: one, settled: true });
  assert.deepEqual(await journal(one), ['treasury.issued', 'treasury.paid']);
});

test('the same payment again is answered with the same receipt and pays nothing more; another content names the field', async () => {
  const one = await issued();
  const first = await pay(context, payer, one, body('twice'));
  clock.advance(5_000);
  assert.deepEqual(await pay(context, payer, one, body('twice')), first);
  const differing = await pay(context, payer, one, body('twice', '12.35'));
  assert.deepEqual(differing, { ok: false, error: { code: 'treasury/payment-differs', pointer: '/amount/amount' } });
  assert.equal(code(await pay(context, payer, one, body('new'))), 'treasury/already-paid');
  assert.equal((await paymentsOf(db, one)).length, 1);
});

test('of many who pay at the same moment one payment is made, however often it is asked for', async () => {
  const one = await issued();
  let asked = 0;
  const bank: PaymentAdapter = { ...simulatedBank, pay: (order) => ((asked += 1), simulatedBank.pay(order)) };
  const paying = ['a', 'a', 'b', 'a', 'c'].map((reference) => pay(context, payer, one, body(reference), [bank]));
  const answers = await Promise.all(paying);
  const paid = answers.filter((answer) => answer.ok);
  assert.ok(paid.length > 0 && asked <= paid.length);
  assert.equal(new Set(paid.map((answer) => answer.ok && answer.value.id)).size, 1);
  const payments = (await paymentsOf(db, one)).map((each) => each.state);
  assert.deepEqual(payments, ['paid']);
  assert.deepEqual(await journal(one), ['treasury.issued', 'treasury.paid']);
});

test('only the payer, the guarantor, or who represents one of them for paying, pays; a stranger is not told that the notice exists', async () => {
  const one = await issued();
  assert.equal(code(await pay(context, other, one, body('x'))), 'treasury/not-found');
  assert.equal(code(await pay(context, agent(['read']), one, body('x'))), 'treasury/not-yours');
  assert.equal(code(await pay(context, { ...payer, roles: ['carrier'] }, one, body('x'))), 'treasury/not-yours');
  assert.equal(code(await pay(context, { ...agent(['pay']), on: '2019-01-01' }, one, body('x'))), 'treasury/not-found');
  assert.equal(code(await pay(context, agent(['pay', 'read']), one, body('x'))), 'ok');
  assert.equal((await paymentsOf(db, one))[0]!.party, 'XP-OTHER');
  const safe = await secured();
  assert.equal(code(await pay(context, { ...payer, party: 'XP-BANK' }, safe, body('x'))), 'ok');
});

test('paying a secured notice gives the guarantor’s account back what it held, once', async () => {
  const before = await reserved();
  const one = await secured();
  assert.equal(await reserved(), before + 1_234n);
  assert.equal(code(await pay(context, payer, one, body('g'))), 'ok');
  assert.equal(code(await pay(context, payer, one, body('g'))), 'ok');
  assert.equal(await reserved(), before);
});

test('an answer of the bank that was lost is fetched again under the same id, by the payer or by the window', async () => {
  const orders: string[] = [];
  const bank = (works: () => boolean): PaymentAdapter => ({
    ...simulatedBank,
    pay: (order) => {
      orders.push(order.id);
      return works() ? simulatedBank.pay(order) : Promise.reject(new Error('the line broke'));
    },
  });
  const [one, two] = [await issued(), await issued()];
  for (const each of [one, two])
    assert.equal(code(await pay(context, payer, each, body('lost'), [bank(() => false)])), 'treasury/bank-silent');
  assert.equal(await state(one), 'due');
  assert.equal(code(await pay(context, payer, one, body('other'))), 'treasury/payment-running');
  assert.equal(code(await pay(context, payer, one, body('lost'), [bank(() => true)])), 'ok');
  assert.equal(orders[0], orders[2]);
  assert.equal(await completeLost(context, [bank(() => true)]), 0);
  clock.advance(61_000);
  assert.equal(await completeLost(context, [bank(() => true)]), 1);
  assert.equal(orders[1], orders[3]);
  assert.equal(await state(two), 'paid');
});

test('a bank that refuses leaves the notice due, and the payer may try again', async () => {
  const one = await issued();
  const bank: PaymentAdapter = {
    ...simulatedBank,
    pay: () => Promise.resolve({ outcome: 'refused', reference: 'NO', simulated: true }),
  };
  assert.equal(code(await pay(context, payer, one, body('r'), [bank])), 'treasury/bank-refused');
  assert.equal(await state(one), 'due');
  assert.equal(code(await pay(context, payer, one, body('r'))), 'ok');
});

test('money that arrives for a notice that was cancelled while the bank was asked goes back', async () => {
  const one = await issued();
  const bank: PaymentAdapter = {
    ...simulatedBank,
    pay: async (order) => {
      await cancel(db, [one], clock.instant());
      return simulatedBank.pay(order);
    },
  };
  assert.equal(code(await pay(context, payer, one, body('v'), [bank])), 'ok');
  assert.equal(await state(one), 'cancelled');
  assert.equal((await noticeOf(db, one))!.refund, 1_234n);
  assert.equal(await makeRefunds(context), 1);
  assert.equal(await makeRefunds(context), 0);
  assert.equal((await paymentsOf(db, one))[0]!.refunded, 1_234n);
  assert.equal(code(await pay(context, payer, one, body('w'))), 'treasury/nothing-due');
  assert.deepEqual(await journal(one), [
    'treasury.issued',
    'treasury.cancelled',
    'treasury.paid-in-vain',
    'treasury.refunded',
  ]);
});

test('a denial cancels what is owed and gives back what was paid; its reversal brings each back as far as it can', async () => {
  const [due, safe, unsafe, paid, refunded] = [
    await issued(),
    await secured(),
    await secured(),
    await issued(),
    await issued(),
  ];
  for (const one of [paid, refunded]) await pay(context, payer, one, body('d'));
  await cancel(db, [due, safe, unsafe, refunded], clock.instant());
  assert.equal(await makeRefunds(context), 1);
  await cancel(db, [paid], clock.instant());
  const all = [due, safe, unsafe, paid, refunded];
  assert.deepEqual(await Promise.all(all.map(state)), ['cancelled', 'cancelled', 'cancelled', 'paid', 'refunded']);
  await reinstate(db, all, [false, true, false, false, false]);
  assert.deepEqual(await Promise.all(all.map(state)), ['due', 'secured', 'due', 'paid', 'due']);
  assert.equal(await makeRefunds(context), 0);
  assert.equal(code(await pay(context, payer, refunded, body('again'))), 'ok');
});

test('a refund that was called off while the bank made it leaves the notice due', async () => {
  const one = await issued();
  await pay(context, payer, one, body('called-off'));
  await cancel(db, [one], clock.instant());
  const bank: PaymentAdapter = {
    ...simulatedBank,
    refund: async (order) => {
      await reinstate(db, [one], [false]);
      return simulatedBank.refund(order);
    },
  };
  assert.equal(await makeRefunds(context, [bank]), 1);
  assert.equal(await state(one), 'due');
});

test('money that came in vain counts when what the notice was cancelled for is reversed before it went back', async () => {
  const [due, safe] = [await issued(), await secured()];
  for (const one of [due, safe]) {
    const bank: PaymentAdapter = {
      ...simulatedBank,
      pay: async (order) => {
        await cancel(db, [one], clock.instant());
        return simulatedBank.pay(order);
      },
    };
    assert.equal(code(await pay(context, payer, one, body('vain'), [bank])), 'ok');
    assert.equal(await state(one), 'cancelled');
  }
  await reinstate(db, [due, safe], [false, true]);
  assert.deepEqual(await Promise.all([due, safe].map(state)), ['paid', 'paid']);
  assert.equal(await makeRefunds(context), 0);
  assert.equal((await paymentsOf(db, due))[0]!.refunded, 0n);
  await cancel(db, [due], clock.instant());
  assert.equal(await makeRefunds(context), 1);
  assert.equal(await state(due), 'refunded');
});

test('a further version asks the balance, or gives back what was paid too much', async () => {
  const version = (one: string, number: number, amount: bigint): NewNotice => ({
    id: one,
    version: number,
    payer: 'XP-PAYER',
    guarantor: null,
    currency: 'EUR',
    amount,
    charges: '[]',
    secured: false,
    issued: clock.instant(),
  });
  const one = await issued();
  await reissue(db, version(one, 2, 2_000n));
  assert.deepEqual([(await noticeOf(db, one))!.amount, await state(one)], [2_000n, 'due']);
  await pay(context, payer, one, body('b', '20.00'));
  await reissue(db, version(one, 3, 2_500n));
  assert.deepEqual([(await noticeOf(db, one))!.amount, await state(one)], [500n, 'due']);
  await pay(context, payer, one, body('c', '5.00'));
  await reissue(db, version(one, 4, 1_000n));
  assert.deepEqual([(await noticeOf(db, one))!.refund, await state(one)], [1_500n, 'paid']);
  await makeRefunds(context);
  await makeRefunds(context);
  const refunds = (await paymentsOf(db, one)).reduce((sum, each) => sum + each.refunded, 0n);
  assert.equal(refunds, 1_500n);
  assert.equal((await noticeOf(db, one))!.refund, 0n);
  const free = id();
  await reissue(db, version(free, 2, 0n));
  assert.equal(await noticeOf(db, free), undefined);
});

test('what is due asks the guarantee account again and is secured where it still reaches', async () => {
  await openAccount(db, { kind: 'guarantee', owner: 'XP-SMALL', unit: 'EUR', ceiling: 1_500n });
  const [a, b, c] = [await issued(), await issued(), await issued()];
  const asked = [a, b].map((one) => ({ id: one, guarantor: 'XP-SMALL' }));
  const answers = await secure(db, [...asked, { id: c, guarantor: null }], clock.instant());
  assert.deepEqual(
    new Map(answers.map((one) => [one.id, one.secured])),
    new Map([
      [a, true],
      [b, false],
      [c, false],
    ]),
  );
  assert.equal((await noticeOf(db, a))!.guarantor, 'XP-SMALL');
  assert.deepEqual(await Promise.all([b, c].map(state)), ['due', 'due']);
});

test('a notice is seen by its payer with its charges, and lists hold the latest version of each', async () => {
  const one = await issued({ payer: 'XP-LISTED' });
  const two = await issued({ payer: 'XP-THIRD', guarantor: 'XP-LISTED', secured: true });
  const listed = { ...payer, party: 'XP-LISTED' };
  const seen = await noticeView(db, listed, one);
  assert.ok(seen.ok);
  assert.deepEqual(seen.value.amount, euros('12.34'));
  assert.deepEqual(seen.value.charges, [{ id: 'duty' }]);
  assert.equal(code(await noticeView(db, other, one)), 'treasury/not-found');
  const page = await noticesOf(db, ['XP-LISTED', 'XP-THIRD'], { size: 1 });
  assert.deepEqual([page.notices.map((each) => each.id), page.next], [[two], two]);
  const next = await noticesOf(db, ['XP-LISTED', 'XP-THIRD'], { size: 1, before: page.next! });
  assert.deepEqual([next.notices.map((each) => each.id), next.next], [[one], null]);
  const list = await noticeList(context, listed, { state: 'due' });
  assert.deepEqual(
    list.notices.map((each) => each.id),
    [one],
  );
});

test('over HTTP a notice is read and paid, and what is wrong points at its field', async () => {
  const one = await issued();
  const config = readConfig({ PORTOLAN_DATA: '/nonexistent' }, []);
  let who = payer;
  const full = { ...context, config, identify: () => Promise.resolve(who) } as unknown as Context;
  const app = await createHttp(full, { refusals });
  api(app, full);
  const url = `/v1/notices/${one}`;
  const post = (payload: object) => app.inject({ method: 'POST', url: `${url}/payments`, payload });
  try {
    const read = await app.inject({ url });
    assert.deepEqual([read.statusCode, read.json<{ amount: object }>().amount], [200, euros('12.34')]);
    const wrong = await post(body('h', '12.35'));
    assert.deepEqual([wrong.statusCode, wrong.json<{ code: string }>().code], [400, 'treasury/amount-differs']);
    assert.equal(wrong.json<{ errors: { pointer: string }[] }>().errors[0]!.pointer, '/amount/amount');
    assert.equal((await post({ ...body('h'), amount: { currency: 'EUR', amount: 12.34 } })).statusCode, 400);
    assert.equal((await post({ ...body('h'), extra: 1 })).statusCode, 400);
    const paid = await post(body('h'));
    assert.deepEqual([paid.statusCode, paid.json<{ simulated: boolean }>().simulated], [200, true]);
    assert.equal((await app.inject({ url: '/v1/notices/nonsense' })).statusCode, 400);
    who = other;
    assert.equal((await app.inject({ url })).statusCode, 404);
  } finally {
    await app.close();
  }
});
