import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dayOf } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { formatMoney } from '#kernel/money.ts';
import { must } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { fixedClock } from '#platform/clock.ts';
import type { JournalEntry } from '#platform/journal.ts';
import { accountOf, claim, free, openAccount } from '#modules/accounts/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { tries } from '../../../test/support/long.ts';
import { openWindow } from '../../../test/support/window.ts';
import { simulatedBank } from './bank.ts';
import type { PaymentAdapter } from './model.ts';
import type { Bill } from './model-bills.ts';
import { cancel, issue, reissue } from './service.ts';
import { collectReleased, dueOf, keepBills, periodOf } from './service-bills.ts';
import { payBill } from './service-orders.ts';
import { makeRefunds, pay } from './service-pay.ts';
import { latest } from './store.ts';
import { billsOf } from './store-bills.ts';
import { decideUnpaid, unpaidCase } from './unpaid.ts';

const clock = fixedClock('2026-01-05T08:00:00.000Z');
const { context } = await openWindow({ clock });
const { db } = context;
const currency = 'XPN';
const { home } = context.reference.current().get(packsPart);

const who = (more: Partial<Principal>): Principal => ({
  subject: 's',
  name: '',
  client: null,
  party: null,
  authority: null,
  roles: [],
  representations: [],
  mandates: [],
  scopes: [],
  assurance: 'password',
  on: clock.instant().slice(0, 10),
  ...more,
});
const mandate = { authority: 'tax', element: '*', purpose: 'tax', reference: 'r', from: '2020-01-01', until: null };
const officer = (): Principal => who({ authority: 'tax', roles: ['officer'], mandates: [mandate] });
const reasons = { ground: 'g', reason: 'r', remedy: 'm' };

/** One payer with a guarantor of its own, and what is done to its notices. */
function books(name: string) {
  const [payer, guarantor] = [`P-${name}`, `G-${name}`];
  const principal = (): Principal => who({ party: payer, roles: ['payer'] });
  const parcels: string[] = [];
  let references = 0;
  const key = { kind: 'guarantee', owner: guarantor, period: '' };
  const body = (minor: bigint) => ({
    method: 'simulated-bank',
    reference: `R-${(references += 1)}`,
    amount: formatMoney({ currency, minor }),
  });
  const hold = async (id: string, amount: bigint): Promise<boolean> =>
    (await claim(db, [{ hold: id, ...key, unit: currency, amount, ceiling: null }]))[0]!.granted;
  const bills = async (): Promise<Bill[]> => billsOf(db, [payer], { state: null, before: null, size: 100 });
  const pick = (at: number): string | undefined => parcels[at % Math.max(parcels.length, 1)];
  const released = (id: string): JournalEntry => ({
    tx: 0n,
    seq: 0n,
    at: clock.instant(),
    kind: 'clearance.released',
    subject: id,
    data: {},
    seeded: false,
  });
  const step = {
    async release(at: number): Promise<void> {
      const id = newId(clock.now());
      const amount = BigInt(at) + 1n;
      assert.ok(await hold(id, amount));
      const notice = { id, version: 1, payer, guarantor, currency, amount, charges: '[]', secured: true };
      await db.tx((tx) => issue(tx, [{ ...notice, issued: clock.instant() }]));
      await db.tx((tx) => collectReleased(context, tx, [released(id)]));
      parcels.push(id);
    },
    async alone(at: number): Promise<void> {
      const id = pick(at);
      const notice = id && (await latest(db, id));
      if (notice) await pay(context, principal(), notice.id, body(notice.amount));
    },
    async takeBack(at: number): Promise<void> {
      const id = pick(at);
      if (id === undefined || (await bills()).some(({ state }) => state === 'called')) return;
      await db.tx(async (tx) => {
        await cancel(tx, [id], clock.instant());
        await free(tx, [{ hold: id, kind: 'guarantee' }]);
      });
    },
    async again(at: number): Promise<void> {
      const id = pick(at);
      const notice = id && (await latest(db, id));
      if (!notice || notice.state !== 'secured' || (await bills()).some(({ state }) => state === 'called')) return;
      const amount = BigInt(at) * 2n + 1n;
      await db.tx(async (tx) => {
        await free(tx, [{ hold: notice.id, kind: 'guarantee' }]);
        const claimed = await claim(tx, [{ hold: notice.id, ...key, unit: currency, amount, ceiling: null }]);
        assert.ok(claimed[0]!.granted);
        const next = { ...notice, version: notice.version + 1, amount, secured: true, issued: clock.instant() };
        await reissue(tx, next);
        await collectReleased(context, tx, [{ ...released(notice.id), kind: 'treasury.reissued' }]);
      });
    },
    async month(): Promise<void> {
      clock.advance(31 * 86_400_000);
      while (await keepBills(context));
    },
    async bill(at: number): Promise<void> {
      const all = (await bills()).filter(({ standing }) => standing > 0n);
      const one = all[at % Math.max(all.length, 1)];
      if (one) await payBill(context, principal(), one.id, body(one.standing));
    },
    async call(at: number): Promise<void> {
      const all = (await bills()).filter(({ overdue, state }) => overdue !== null && state !== 'settled');
      const one = all[at % Math.max(all.length, 1)];
      const work = one && (await unpaidCase(db, one.id));
      const move = one?.state === 'called' ? ('reverse' as const) : ('call' as const);
      if (one && work) must(await decideUnpaid(context, officer(), one.id, { move, stamp: work.stamp, ...reasons }));
    },
  };
  return { step, bills, parcels, guarantor, account: () => accountOf(db, key) };
}

test('whatever happens to bills and their notices, the guarantee holds exactly what they ask, and all of it comes back', async () => {
  const action = fc.record({
    what: fc.constantFrom('release', 'release', 'alone', 'takeBack', 'again', 'month', 'bill', 'call'),
    at: fc.nat(40),
  });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 24 }), async (actions) => {
      const one = books(`run-${(runs += 1)}`);
      must(await openAccount(db, { kind: 'guarantee', owner: one.guarantor, unit: currency, ceiling: 100_000n }));
      const holds = async (): Promise<void> => {
        const bills = await one.bills();
        const asked = (called: boolean): bigint =>
          bills
            .filter(({ state }) => (state === 'called') === called)
            .reduce((sum, { standing }) => sum + standing, 0n);
        const { reserved, consumed } = (await one.account())!;
        assert.deepEqual([reserved, consumed], [asked(false), asked(true)]);
      };
      for (const { what, at } of actions) {
        await one.step[what](at);
        await holds();
      }
      await one.step.month();
      for (let left = 50; left > 0 && (await one.bills()).some(({ standing }) => standing > 0n); left -= 1)
        await one.step.bill(0);
      while (await keepBills(context));
      const { reserved, consumed } = (await one.account())!;
      assert.deepEqual([reserved, consumed], [0n, 0n]);
      assert.ok((await one.bills()).every(({ state }) => state === 'settled'));
    }),
    { numRuns: tries(25) },
  );
});

test('a period is whole months, and its bill may be paid as many days after it as the pack says', () => {
  assert.deepEqual(periodOf(home, dayOf('2026-02-28')), { from: '2026-02-01', until: '2026-03-01' });
  assert.equal(dueOf(home, dayOf('2026-03-01'), dayOf('2026-03-01')).due, '2026-03-15');
  assert.equal(dueOf(home, dayOf('2026-03-01'), dayOf('2026-03-20')).due, '2026-04-03', 'issued late, it is due later');
});

test('money that came for a notice taken back while the bank was asked goes back, and the rest of the bill is paid', async () => {
  const one = books('in-vain');
  must(await openAccount(db, { kind: 'guarantee', owner: one.guarantor, unit: currency, ceiling: 100_000n }));
  await one.step.release(6);
  await one.step.release(2);
  await one.step.month();
  const [bill] = await one.bills();
  const [first, second] = one.parcels as [string, string];
  const bank: PaymentAdapter = {
    ...simulatedBank,
    pay: async (order) => {
      await one.step.takeBack(0);
      return simulatedBank.pay(order);
    },
  };
  const principal = who({ party: 'P-in-vain', roles: ['payer'] });
  const amount = formatMoney({ currency, minor: bill!.standing });
  must(await payBill(context, principal, bill!.id, { method: bank.method, reference: 'V', amount }, [bank]));
  assert.deepEqual([(await latest(db, first))!.state, (await latest(db, first))!.refund], ['cancelled', 7n]);
  assert.equal((await latest(db, second))!.state, 'paid');
  assert.equal((await one.bills())[0]!.state, 'settled');
  while ((await makeRefunds(context)) > 0);
  assert.equal((await latest(db, first))!.refund, 0n);
  assert.equal((await one.account())!.reserved, 0n);
});
