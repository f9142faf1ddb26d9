import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { newId } from '#kernel/id.ts';
import { testDb } from '../../../test/support/db.ts';
import { tries } from '../../../test/support/long.ts';
import type { Claim } from './model.ts';
import { giveBack, keep, reserve } from './reserve.ts';
import { accountOf, claim, consume, holdOf, openAccount } from './service.ts';
import { sums } from './store-audit.ts';

const { db, open } = await testDb({ modules: ['accounts'] });
let ids = 0;
const id = (): string => newId(1_700_000_000_000 + (ids += 1));
const at = '2026-11-23T08:15:00.000Z';
const quota = (owner: string, amount: bigint, ceiling: bigint | null = 100n): Claim => ({
  hold: id(),
  kind: 'quota',
  owner,
  period: '2026',
  unit: 'XPD',
  amount,
  ceiling,
});
const key = (owner: string) => ({ kind: 'quota', owner, period: '2026' });
const figures = async (owner: string) => {
  const account = await accountOf(db, key(owner));
  return account === undefined ? undefined : [account.reserved, account.consumed];
};

test('what is kept is held like any claim, and what is given back was never there', async () => {
  const asked = [quota('kept', 30n), quota('kept', 50n), quota('back', 20n)];
  await db.tx(async (tx) => {
    const reserved = await reserve(tx, asked);
    assert.deepEqual(
      reserved.map((one) => [one.granted, one.used]),
      [
        [true, 0n],
        [true, 30n],
        [true, 0n],
      ],
    );
    await giveBack(tx, [reserved[0]!, reserved[2]!]);
    await keep(tx, [{ ...reserved[1]!, at }]);
  });
  assert.deepEqual(await figures('kept'), [50n, 0n]);
  assert.deepEqual(await figures('back'), [0n, 0n]);
  assert.equal(await holdOf(db, { hold: asked[0]!.hold, kind: 'quota' }), undefined);
  assert.deepEqual(await consume(db, [{ hold: asked[1]!.hold, kind: 'quota' }]), [
    { hold: asked[1]!.hold, kind: 'quota', amount: 50n },
  ]);
});

test('of a sum that does not fit, the claim that is too large is refused alone, also on an account that was not there', async () => {
  const answers = await db.tx(async (tx) => {
    const reserved = await reserve(tx, [quota('greedy', 60n), quota('greedy', 50n), quota('greedy', 40n)]);
    await keep(
      tx,
      reserved.map((one) => ({ ...one, at })),
    );
    return reserved;
  });
  assert.deepEqual(
    answers.map((one) => [one.granted, one.used, one.reason]),
    [
      [true, 0n, null],
      [false, 60n, 'over-ceiling'],
      [true, 60n, null],
    ],
  );
  const [alone] = await db.tx((tx) => reserve(tx, [quota('first', 101n)]));
  assert.deepEqual([alone!.granted, alone!.reason], [false, 'over-ceiling']);
});

test('a sum without a ceiling needs an account, and keeps to its ceiling and its unit', async () => {
  await openAccount(db, { ...key('opened'), unit: 'XPD', ceiling: 10n });
  const asked = [quota('nobody', 1n, null), { ...quota('opened', 1n, null), unit: 'XLC' }, quota('opened', 11n, null)];
  const answers = await db.tx((tx) => reserve(tx, asked));
  assert.deepEqual(
    answers.map((one) => one.reason),
    ['no-account', 'other-unit', 'over-ceiling'],
  );
});

const asked = fc.array(
  fc.record({
    owner: fc.integer({ min: 0, max: 2 }),
    amount: fc.bigInt({ min: 0n, max: 60n }),
    ceiling: fc.constantFrom(100n, 80n),
    keeps: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

test('sums are granted as the same claims would be one by one, and the accounts agree with their holds', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 4 }), async (batches) => {
      run += 1;
      const claimsOf = (who: string, batch: (typeof batches)[number]): Claim[] =>
        batch.map(({ owner, amount, ceiling }) => quota(`${who}-${run}-${owner}`, amount, ceiling));
      for (const batch of batches) {
        const [summed, single] = await db.tx(async (tx) => {
          const reserved = await reserve(tx, claimsOf('sum', batch));
          const claimed = await claim(tx, claimsOf('one', batch));
          // Kept or not alike on both sides, so that the next batch finds the same figures.
          await keep(
            tx,
            reserved.map((one) => ({ ...one, at })),
          );
          return [reserved, claimed];
        });
        assert.deepEqual(
          summed.map(({ granted, used, reason }) => ({ granted, used, reason })),
          single,
        );
      }
    }),
    { numRuns: tries(30) },
  );
  assert.deepEqual(
    (await sums(db)).map(({ wrong }) => wrong),
    [0n],
  );
});

test('two writers that keep some and give back others never pass a ceiling, and leave what was kept', async () => {
  const other = open();
  await fc.assert(
    fc.asyncProperty(asked, asked, async (mine, theirs) => {
      const owner = id();
      const work = (on: typeof db, batch: typeof mine): Promise<bigint> =>
        on.tx(async (tx) => {
          const reserved = await reserve(
            tx,
            batch.map(({ owner: among, amount }) => quota(`${owner}-${among}`, amount, 100n)),
          );
          await giveBack(
            tx,
            reserved.filter((_, index) => !batch[index]!.keeps),
          );
          const kept = reserved.filter((one, index) => one.granted && batch[index]!.keeps);
          await keep(
            tx,
            kept.map((one) => ({ ...one, at })),
          );
          return kept.reduce((sum, one) => sum + one.claim.amount, 0n);
        });
      const kept = await Promise.all([work(db, mine), work(other, theirs)]);
      const now = await Promise.all([0, 1, 2].map((among) => figures(`${owner}-${among}`)));
      const stands = now.map((one) => one?.[0] ?? 0n);
      assert.ok(stands.every((one) => one <= 100n));
      assert.equal(
        stands.reduce((sum, one) => sum + one, 0n),
        kept.reduce((sum, one) => sum + one, 0n),
      );
    }),
    { numRuns: tries(25) },
  );
});
