import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fewest, type Group as Shown, resultOf } from './replay-result.ts';
import { keyOf, Sums } from './replay-tally.ts';

const group = fc.record({
  parcels: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3_000 })),
  changed: fc.nat(9),
  before: fc.bigInt({ min: 0n, max: 100_000n }),
  after: fc.bigInt({ min: 0n, max: 100_000n }),
});
type Group = typeof group extends fc.Arbitrary<infer T> ? T : never;

function sumsOf(kind: string, groups: readonly Group[]): Sums {
  const sums = new Sums();
  for (const [index, { parcels, changed, before, after }] of groups.entries())
    sums.add(keyOf(kind, `of ${index}`), parcels, changed, before, after);
  return sums;
}

const minor = ({ amount }: { amount: string }): bigint => BigInt(amount.replace('.', ''));
const totalOf = (all: readonly Shown[]) => [
  all.reduce((sum, { parcels }) => sum + parcels, 0),
  all.reduce((sum, { before }) => sum + minor(before), 0n),
  all.reduce((sum, { after }) => sum + minor(after), 0n),
];
const wanted = (all: readonly Group[]) => [
  all.reduce((sum, { parcels }) => sum + parcels, 0),
  all.reduce((sum, { before }) => sum + before, 0n),
  all.reduce((sum, { after }) => sum + after, 0n),
];

test('countries with fewer than five parcels are put together until there are five, and nothing is lost by it', () => {
  fc.assert(
    fc.property(fc.array(group, { maxLength: 12 }), (groups) => {
      const { countries } = resultOf(sumsOf('country', groups), 'EUR', []);
      assert.deepEqual(totalOf(countries), wanted(groups));
      const few = countries.filter(({ parcels }) => parcels < fewest);
      assert.ok(few.length === 0 || countries.length === 1, JSON.stringify(few));
    }),
  );
});

test('sellers are told in bands of five at least, and fewer than five sellers not at all', () => {
  fc.assert(
    fc.property(fc.array(group, { maxLength: 40 }), (groups) => {
      const { sellers } = resultOf(sumsOf('seller', groups), 'EUR', []);
      if (groups.length < fewest) return assert.deepEqual(sellers, []);
      assert.deepEqual(totalOf(sellers), wanted(groups));
      for (const [index, band] of sellers.entries()) {
        assert.ok(band.sellers >= fewest, JSON.stringify(band));
        assert.ok(band.affected <= band.sellers && band.more + band.less <= band.sellers);
        assert.equal(band.until, sellers[index + 1]?.from ?? null, 'no gap between two bands');
      }
    }),
  );
});

test('what two ranges came to is the same whichever is put in first, also through text', () => {
  fc.assert(
    fc.property(fc.array(group), fc.array(group), (one, other) => {
      const [a, b] = [sumsOf('desk', one), sumsOf('desk', other)];
      const [left, right] = [new Sums(), new Sums()];
      for (const text of [a.write(), b.write()]) left.merge(text);
      for (const text of [b.write(), a.write()]) right.merge(text);
      assert.deepEqual(resultOf(left, 'EUR', []), resultOf(right, 'EUR', []));
    }),
  );
});
