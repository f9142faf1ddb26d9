import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { registerCurrency } from '#kernel/money.ts';
import { tries } from '../../../test/support/long.ts';
import { feesFor } from './calculate.ts';
import type { Fee, Quantities } from './model.ts';

registerCurrency('XPN', 2);
const fee = (id: string, more: Partial<Fee>): Fee => ({
  id,
  name: {
    text: id,
    language: 'en',
  },
  unit: 'tonne',
  daily: false,
  amount: '3.335',
  ...more,
});
const cargo = (more: Partial<Quantities['amounts']> = {}, days = 0): Quantities => ({
  amounts: { consignment: '1', container: '0', tonne: '0', 'cubic-metre': '0', piece: '0', ...more },
  days,
});
const asked = (fees: Fee[], of: Quantities) => {
  const { lines, total } = feesFor({ fees, currency: 'XPN' }, of, 'half-up');
  return [...lines.map(({ id, amount, days, minimum }) => [id, amount.amount, days, minimum]), total.amount];
};

test('a fee is quantity times rate, rounded once, and never less than its minimum', () => {
  const handling = fee('handling', {});
  assert.deepEqual(asked([handling], cargo({ tonne: '2.5' })), [['handling', '8.34', null, false], '8.34']);
  const least = fee('handling', { minimum: '20.00' });
  assert.deepEqual(asked([least], cargo({ tonne: '2.5' })), [['handling', '20.00', null, true], '20.00']);
  assert.deepEqual(asked([least], cargo()), ['0.00'], 'nothing to handle asks no minimum');
});

test('storage is charged by the day after its free days', () => {
  const storage = fee('storage', { unit: 'container', daily: true, freeDays: 5, amount: '12.00' });
  assert.deepEqual(asked([storage], cargo({ container: '2' }, 5)), ['0.00']);
  assert.deepEqual(asked([storage], cargo({ container: '2' }, 8)), [['storage', '72.00', 3, false], '72.00']);
});

test('the total is the sum of its lines, and no longer stay or greater cargo costs less', () => {
  const some = fc.record({
    unit: fc.constantFrom('consignment' as const, 'container' as const, 'tonne' as const),
    daily: fc.boolean(),
    freeDays: fc.nat(9),
    amount: fc.nat(99_999).map((one) => `${Math.floor(one / 1_000)}.${String(one % 1_000).padStart(3, '0')}`),
    minimum: fc.option(fc.nat(50).map(String), { nil: undefined }),
  });
  const fees = fc
    .array(some, { minLength: 1, maxLength: 8 })
    .map((all) =>
      all.map(({ minimum, ...one }, index) =>
        fee(`f-${index}`, { ...one, ...(minimum === undefined ? {} : { minimum }) }),
      ),
    );
  const minor = (text: string): bigint => BigInt(text.replace('.', ''));
  fc.assert(
    fc.property(fees, fc.nat(50), fc.nat(50), fc.nat(40), (all, tonnes, more, days) => {
      const of = (tonne: number, stay: number) =>
        feesFor({ fees: all, currency: 'XPN' }, cargo({ tonne: String(tonne), container: '1' }, stay), 'half-up');
      const { lines, total } = of(tonnes, days);
      assert.equal(
        lines.reduce((sum, one) => sum + minor(one.amount.amount), 0n),
        minor(total.amount),
      );
      assert.ok(minor(of(tonnes + more, days).total.amount) >= minor(total.amount));
      assert.ok(minor(of(tonnes, days + more).total.amount) >= minor(total.amount));
    }),
    { numRuns: tries(300) },
  );
});
