import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { newId } from '#kernel/id.ts';
import type { Db } from '#platform/db.ts';
import { testDb } from '../../../test/support/db.ts';
import type { Claim } from './model.ts';
import {
  accountOf,
  accountsAmong,
  change,
  changeCeiling,
  claim,
  consume,
  free,
  holdOf,
  openAccount,
  raise,
  reserveAgain,
  restore,
  statementOf,
} from './service.ts';
import { tries } from '../../../test/support/long.ts';

const { db, open } = await testDb({ modules: ['accounts'] });
let ids = 0;
const id = (): string => newId(1_700_000_000_000 + (ids += 1));
const quota = (owner: string, amount: bigint, ceiling: bigint | null = 100n, hold = id()): Claim => ({
  hold,
  kind: 'quota',
  owner,
  period: '2026',
  unit: 'XPD',
  amount,
  ceiling,
});
const guarantee = (owner: string, amount: bigint, hold = id()): Claim => ({
  ...quota(owner, amount, null, hold),
  kind: 'guarantee',
  period: '',
});
const key = (owner: string) => ({ kind: 'quota', owner, period: '2026' });
const figures = async (owner: string) => {
  const account = await accountOf(db, key(owner));
  return account === undefined ? undefined : [account.reserved, account.consumed];
};

test('claims that all fit are granted at once, each told what was used before it', async () => {
  const answers = await claim(db, [quota('fits', 30n), quota('fits', 50n), quota('other', 5n), quota('fits', 20n)]);
  assert.deepEqual(
    answers.map((one) => [one.granted, one.used]),
    [
      [true, 0n],
      [true, 30n],
      [true, 0n],
      [true, 80n],
    ],
  );
  assert.deepEqual(await figures('fits'), [100n, 0n]);
});

test('of a group that does not fit, the one that is too large is refused alone and a smaller one behind it is granted', async () => {
  const answers = await claim(db, [
    quota('greedy', 60n),
    quota('greedy', 50n),
    quota('greedy', 40n),
    quota('greedy', 1n),
  ]);
  assert.deepEqual(
    answers.map((one) => [one.granted, one.used, one.reason]),
    [
      [true, 0n, null],
      [false, 60n, 'over-ceiling'],
      [true, 60n, null],
      [false, 100n, 'over-ceiling'],
    ],
  );
  assert.deepEqual(await figures('greedy'), [100n, 0n]);
});

test('the first claim of an account is held to its ceiling too', async () => {
  const [answer] = await claim(db, [quota('first', 101n)]);
  assert.deepEqual(answer, { granted: false, used: 0n, reason: 'over-ceiling' });
  assert.deepEqual(await figures('first'), [0n, 0n]);
});

test('a claim without a ceiling needs an account, and keeps to the ceiling of that account', async () => {
  assert.equal((await claim(db, [guarantee('bank', 5n)]))[0]!.reason, 'no-account');
  await openAccount(db, { kind: 'guarantee', owner: 'bank', unit: 'XPD', ceiling: 10n });
  const answers = await claim(db, [guarantee('bank', 6n), guarantee('bank', 6n), guarantee('bank', 4n)]);
  assert.deepEqual(
    answers.map((one) => one.granted),
    [true, false, true],
  );
});

test('an opened account keeps its own ceiling against a claim that brings a higher one', async () => {
  await openAccount(db, { ...key('own'), unit: 'XPD', ceiling: 10n });
  assert.equal((await claim(db, [quota('own', 11n, 1_000n)]))[0]!.reason, 'over-ceiling');
  assert.equal((await claim(db, [quota('own', 9n, 5n)]))[0]!.reason, 'over-ceiling');
  assert.equal((await accountOf(db, key('own')))!.ceiling, 10n);
});

test('a claim in another unit is refused, also within one group', async () => {
  const answers = await claim(db, [quota('unit', 1n), { ...quota('unit', 1n), unit: 'XLC' }]);
  assert.deepEqual(
    answers.map((one) => one.reason),
    [null, 'other-unit'],
  );
});

test('the same claim again is answered as the first was, in a later call and within one', async () => {
  const hold = id();
  await claim(db, [quota('again', 10n)]);
  const first = await claim(db, [quota('again', 20n, 100n, hold), quota('again', 20n, 100n, hold)]);
  await claim(db, [quota('again', 30n)]);
  const later = await claim(db, [quota('again', 20n, 100n, hold)]);
  assert.deepEqual(first, [
    { granted: true, used: 10n, reason: null },
    { granted: true, used: 10n, reason: null },
  ]);
  assert.deepEqual(later, [first[0]]);
  assert.deepEqual(await figures('again'), [60n, 0n]);
  assert.equal((await claim(db, [quota('again', 21n, 100n, hold)]))[0]!.reason, 'other-claim');
});

test('what is refused leaves no hold, and what was freed may be claimed again', async () => {
  const hold = id();
  await claim(db, [quota('free', 101n, 100n, hold)]);
  assert.equal(await holdOf(db, { hold, kind: 'quota' }), undefined);
  assert.equal((await claim(db, [quota('free', 70n, 100n, hold)]))[0]!.granted, true);
  assert.deepEqual(await free(db, [{ hold, kind: 'quota' }]), [{ hold, kind: 'quota', amount: 70n }]);
  assert.deepEqual(await free(db, [{ hold, kind: 'quota' }]), []);
  assert.deepEqual(await figures('free'), [0n, 0n]);
  assert.equal((await claim(db, [quota('free', 80n, 100n, hold)]))[0]!.granted, true);
  assert.deepEqual(await figures('free'), [80n, 0n]);
});

test('consuming is final, once; restoring gives back what was consumed and never more', async () => {
  const hold = id();
  const holds = [{ hold, kind: 'quota' }];
  await claim(db, [quota('goods', 40n, 100n, hold)]);
  assert.equal((await restore(db, [{ ...holds[0]!, amount: 5n }])).length, 0);
  await consume(db, holds);
  await consume(db, holds);
  assert.deepEqual(await figures('goods'), [0n, 40n]);
  assert.deepEqual(await free(db, holds), []);
  await restore(db, [{ ...holds[0]!, amount: 15n }]);
  assert.deepEqual(await figures('goods'), [0n, 25n]);
  assert.deepEqual(await restore(db, [{ ...holds[0]!, amount: 99n }]), [{ ...holds[0]!, amount: 25n }]);
  assert.deepEqual(await figures('goods'), [0n, 0n]);
});

test('an amended amount moves the account by the difference, down always and up under the ceiling', async () => {
  const hold = id();
  const to = (amount: bigint) => change(db, { hold, kind: 'quota', amount, ceiling: null });
  assert.equal(await to(1n), false);
  await claim(db, [quota('amend', 40n, 100n, hold), quota('amend', 50n)]);
  assert.equal(await to(51n), false);
  assert.equal(await to(50n), true);
  assert.deepEqual(await figures('amend'), [100n, 0n]);
  assert.equal(await to(10n), true);
  await consume(db, [{ hold, kind: 'quota' }]);
  assert.equal(await to(20n), true);
  assert.deepEqual(await figures('amend'), [50n, 20n]);
});

test('what was freed is reserved again where there is still room', async () => {
  const [a, b] = [id(), id()];
  const holds = [a, b].map((hold) => ({ hold, kind: 'quota' }));
  await claim(db, [quota('undo', 60n, 100n, a), quota('undo', 40n, 100n, b)]);
  await free(db, holds);
  await claim(db, [quota('undo', 50n)]);
  const again = await reserveAgain(db, holds);
  assert.deepEqual(
    new Map(again.map((one) => [one.hold, one.granted])),
    new Map([
      [a, false],
      [b, true],
    ]),
  );
  assert.deepEqual(await figures('undo'), [90n, 0n]);
});

test('an account is opened once, its ceiling changed by its own entry, and another unit refused', async () => {
  const account = { kind: 'guarantee', owner: 'once', unit: 'XPD', ceiling: 10n };
  const first = await openAccount(db, account);
  assert.deepEqual(await openAccount(db, { ...account, ceiling: 99n }), first);
  const other = await openAccount(db, { ...account, unit: 'XLC' });
  assert.equal(!other.ok && other.error.code, 'accounts/open-otherwise');
  const raised = await changeCeiling(db, { kind: 'guarantee', owner: 'once', period: '' }, 20n);
  assert.equal(raised.ok && raised.value.ceiling, 20n);
  const entries = await db.query<{ kind: string }>(
    `select kind from platform.journal where data::jsonb ->> 'owner' = 'once' order by tx, seq`,
  );
  assert.deepEqual(
    entries.map((entry) => entry.kind),
    ['accounts.opened', 'accounts.ceiling-changed'],
  );
  const none = await changeCeiling(db, key('nobody'), 1n);
  assert.equal(!none.ok && none.error.code, 'accounts/not-found');
});

test('a ceiling rises by what comes in and falls by what is missing, never below what is used and never in another unit', async () => {
  const hold = id();
  const by = (amount: bigint, unit = 'C62') => raise(db, [{ kind: 'stock', owner: 'B1', period: '1', unit, amount }]);
  const stands = { kind: 'stock', owner: 'B1', period: '1', unit: 'C62', reserved: 0n, consumed: 0n };
  assert.deepEqual(await by(-1n), [], 'nothing is missing of what never came in');
  assert.deepEqual(await by(40n), [{ ...stands, ceiling: 40n }]);
  assert.deepEqual(await by(20n), [{ ...stands, ceiling: 60n }]);
  assert.deepEqual(await by(20n, 'KGM'), []);
  const asked = { hold, kind: 'stock', owner: 'B1', period: '1', unit: 'C62', ceiling: null };
  assert.equal((await claim(db, [{ ...asked, amount: 61n }]))[0]!.reason, 'over-ceiling');
  assert.equal((await claim(db, [{ ...asked, amount: 50n }]))[0]!.granted, true);
  assert.deepEqual(await by(-11n), []);
  assert.deepEqual(await by(-10n), [{ ...stands, ceiling: 50n, reserved: 50n }]);
  assert.deepEqual(
    (await accountsAmong(db, [{ kind: 'stock', owner: 'B1', period: '1' }, key('nobody at all')])).map(
      (one) => one.ceiling,
    ),
    [50n],
  );
});

test('a statement pages through what things hold, the latest first', async () => {
  const claims = Array.from({ length: 5 }, () => quota('paged', 1n));
  await claim(db, claims);
  const first = await statementOf(db, key('paged'), { size: 3 });
  const second = await statementOf(db, key('paged'), { size: 3, before: first.next! });
  assert.deepEqual(
    [...first.holds, ...second.holds].map((one) => one.hold),
    claims.map((one) => one.hold).toReversed(),
  );
  assert.equal(second.next, null);
});

test('an amount below zero is a bug and throws, and nothing of its batch stands', async () => {
  await assert.rejects(claim(db, [quota('below', 5n), quota('below', -1n)]));
  assert.equal(await figures('below'), undefined);
});

test('the hot path reads its tables by their keys, however small they were when it was planned', async () => {
  const fresh = (await testDb({ modules: ['accounts'] })).db;
  await fresh.tx(async (tx) => {
    await tx.query('select pg_stat_force_next_flush()');
    const before = await scans(tx);
    for (let call = 0; call < 20; call += 1) {
      const mine = Array.from({ length: 8 }, () => quota(`scan-${call}`, 1n));
      await claim(tx, mine);
      await consume(tx, mine);
    }
    assert.equal(await scans(tx), before);
  });
});
const scans = async (tx: Pick<Db, 'query'>): Promise<bigint> =>
  (
    await tx.query<{ scans: bigint }>(
      `select coalesce(sum(seq_scan), 0)::bigint as scans from pg_stat_xact_user_tables where schemaname = 'accounts'`,
    )
  )[0]!.scans;

// A model of one kind of account in a few lines, against which every sequence of calls is held.
interface Held {
  owner: string;
  amount: bigint;
  reserved: bigint;
  consumed: bigint;
  used: bigint;
}
class Model {
  readonly ceiling: bigint;
  readonly holds = new Map<string, Held>();
  constructor(ceiling: bigint) {
    this.ceiling = ceiling;
  }
  used(owner: string): bigint {
    let sum = 0n;
    for (const one of this.holds.values()) if (one.owner === owner) sum += one.reserved + one.consumed;
    return sum;
  }
  live(hold: string): Held | undefined {
    const one = this.holds.get(hold);
    return one !== undefined && one.reserved + one.consumed > 0n ? one : undefined;
  }
  claim(hold: string, owner: string, amount: bigint): [boolean, bigint] {
    const there = this.live(hold);
    if (there !== undefined) return [there.owner === owner && there.amount === amount, there.used];
    const used = this.used(owner);
    if (used + amount > this.ceiling) return [false, used];
    this.holds.set(hold, { owner, amount, reserved: amount, consumed: 0n, used });
    return [true, used];
  }
}

const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('claim' as const),
      claims: fc.array(fc.record({ hold: fc.nat(11), owner: fc.nat(2), amount: fc.bigInt({ min: 1n, max: 60n }) }), {
        minLength: 1,
        maxLength: 8,
      }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constantFrom('consume' as const, 'free' as const, 'restore' as const),
      holds: fc.array(fc.nat(11), { minLength: 1, maxLength: 4 }),
      amount: fc.option(fc.bigInt({ min: 0n, max: 70n }), { nil: null }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('change' as const),
      hold: fc.nat(11),
      amount: fc.bigInt({ min: 1n, max: 120n }),
    }),
  },
);

test('any sequence of claims, consumption, freeing, restoring and changes keeps to the model: never over the ceiling, always back', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 14 }), async (commands) => {
      run += 1;
      const owner = (index: number): string => `model-${run}-${index}`;
      const holds = Array.from({ length: 12 }, id);
      const model = new Model(100n);
      await db.tx(async (tx) => {
        for (const one of commands) {
          if (one.what === 'claim') {
            const asked = one.claims.map((each) => quota(owner(each.owner), each.amount, 100n, holds[each.hold]));
            const got = await claim(tx, asked);
            // Groups are answered account by account; within one account in the order of the claims.
            for (const [index, each] of one.claims.entries())
              if (got[index]!.granted && model.live(holds[each.hold]!) === undefined)
                model.claim(holds[each.hold]!, owner(each.owner), each.amount);
            for (const [index, each] of one.claims.entries()) {
              const stands = model.live(holds[each.hold]!);
              const same = stands?.owner === owner(each.owner) && stands.amount === each.amount;
              assert.equal(got[index]!.granted, same);
              if (got[index]!.reason === 'over-ceiling') assert.ok(got[index]!.used + each.amount > 100n);
            }
          } else if (one.what === 'change') {
            const there = model.live(holds[one.hold]!);
            const granted = await change(tx, {
              hold: holds[one.hold]!,
              kind: 'quota',
              amount: one.amount,
              ceiling: null,
            });
            if (there === undefined) assert.equal(granted, false);
            else {
              const more = one.amount - there.reserved - there.consumed;
              assert.equal(granted, more <= 0n || model.used(there.owner) + more <= 100n);
              if (granted) {
                there.amount = one.amount;
                if (there.reserved > 0n) there.reserved = one.amount;
                else there.consumed = one.amount;
              }
            }
          } else {
            const keys = one.holds.map((hold) => ({ hold: holds[hold]!, kind: 'quota', amount: one.amount }));
            await { consume, free, restore }[one.what](tx, keys);
            for (const hold of new Set(one.holds)) {
              const there = model.live(holds[hold]!);
              if (there === undefined) continue;
              // Of one hold named twice in a call, the first amount counts: all amounts of a call are the same here.
              if (one.what === 'consume') [there.consumed, there.reserved] = [there.consumed + there.reserved, 0n];
              else if (one.what === 'free') there.reserved = 0n;
              else there.consumed -= one.amount === null || one.amount > there.consumed ? there.consumed : one.amount;
            }
          }
          for (const index of [0, 1, 2]) {
            const account = await accountOf(tx, key(owner(index)));
            const total = (account?.reserved ?? 0n) + (account?.consumed ?? 0n);
            assert.equal(total, model.used(owner(index)));
            assert.ok(total <= 100n);
          }
        }
      });
    }),
    { numRuns: tries(120) },
  );
});

const sums = `select count(*)::int as wrong from accounts.accounts a
  left join lateral (
    select coalesce(sum(h.reserved), 0) as reserved, coalesce(sum(h.consumed), 0) as consumed
    from accounts.holds h where h.account = a.id
  ) h on true
  where a.reserved <> h.reserved or a.consumed <> h.consumed
    or (a.ceiling is not null and a.reserved + a.consumed > a.ceiling)`;

test('many connections racing for the same accounts never exceed a ceiling, never deadlock, and everything returns', async () => {
  const racing = open(6);
  const owners = Array.from({ length: 5 }, (_, index) => `race-${index}`);
  for (const owner of ['race-bank-0', 'race-bank-1']) {
    await openAccount(db, { kind: 'guarantee', owner, unit: 'XPD', ceiling: 400n });
  }
  const shared = Array.from({ length: 10 }, id);
  let seed = 7;
  const dice = (sides: number): number => (seed = (seed * 16_807) % 2_147_483_647) % sides;
  const worker = async (): Promise<void> => {
    for (let round = 0; round < 12; round += 1) {
      const claims = Array.from({ length: 12 }, () => {
        const owner = owners[dice(owners.length)]!;
        const hold = dice(4) === 0 ? shared[dice(shared.length)]! : id();
        return quota(owner, BigInt(1 + dice(12)), 150n, hold);
      });
      const secured = claims.map((one) => guarantee(`race-bank-${dice(2)}`, one.amount, one.hold));
      // Without the retries of db.tx: a deadlock would be an error here.
      const connection = await racing.connection();
      try {
        await connection.simple('begin');
        const first = await claim(connection, claims);
        const granted = claims.filter((_, index) => first[index]!.granted);
        await claim(
          connection,
          secured.filter((_, index) => first[index]!.granted),
        );
        await connection.simple('commit');
        const back = granted.flatMap((one) => [
          { hold: one.hold, kind: 'guarantee' },
          { hold: one.hold, kind: 'quota' },
        ]);
        if (dice(2) === 0) await consume(connection, back);
        else await free(connection, back);
      } finally {
        connection.release();
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  assert.equal((await db.query<{ wrong: number }>(sums))[0]!.wrong, 0);
  const holds = await db.query<{ hold: string; kind: string }>('select hold, kind from accounts.holds');
  await free(db, holds);
  await restore(
    db,
    holds.map((one) => ({ ...one, amount: null })),
  );
  const [left] = await db.query<{ left: bigint }>(
    'select sum(reserved + consumed)::bigint as left from accounts.accounts',
  );
  assert.equal(left!.left, 0n);
});

test('two transactions claiming the same hold at once reserve it once', async () => {
  const hold = id();
  const two = open(2);
  for (let round = 0; round < 10; round += 1) {
    const mine = quota(`same-${round}`, 10n, 100n, id());
    const answers = await Promise.all([two.tx((tx) => claim(tx, [mine])), two.tx((tx) => claim(tx, [mine]))]);
    assert.deepEqual(answers[0], answers[1]);
    assert.deepEqual(await figures(`same-${round}`), [10n, 0n]);
  }
  assert.equal(await holdOf(db, { hold, kind: 'quota' }), undefined);
});
