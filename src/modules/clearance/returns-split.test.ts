import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Decimal, formatDecimal, parseDecimal, subtractDecimal } from '#kernel/decimal.ts';
import { registerCurrency } from '#kernel/money.ts';
import type { Charge, Consignment, Step } from '#modules/rulebook/index.ts';
import { cut, cutDecimal, giveable, type Part } from './returns-split.ts';

registerCurrency('XPN', 2);
type Line = Consignment['declaration']['goods'][number];

const decimal = (text: string): Decimal => parseDecimal(text)!;
const plus = (a: Decimal, b: Decimal): Decimal => subtractDecimal(a, { digits: -b.digits, scale: b.scale });
const amount = (minor: number) => ({
  currency: 'XPN',
  amount: formatDecimal({ digits: BigInt(minor), scale: 2 }),
});
const charge = (id: string, minor: number, more: Partial<Charge> = {}): Charge => ({
  id,
  base: null,
  rate: null,
  amount: amount(minor),
  liable: 'declarant',
  collect: 'border',
  due: 'release',
  secured: true,
  rule: `charge.${id}`,
  source: `law of ${id}`,
  lines: [],
  waived: null,
  ...more,
});
const goods = (...prices: number[]): Line[] =>
  prices.map((price, index) => ({
    line: index + 1,
    description: { text: 'Thing' },
    quantity: '1',
    unit: 'C62',
    price: amount(price),
  })) as Line[];
const step = (rule: string, line: number, result: string): Step => ({
  rule,
  layer: 'xp',
  source: '',
  inputs: { line: String(line) },
  result,
});
const worked = (charges: Charge[], steps: Step[] = []) => ({ charges, steps });
const told = (found: ReturnType<typeof giveable>) =>
  Object.fromEntries(found.map(({ charge: id, lines }) => [id, [...lines.values()]]));

/** The parts of a quantity, one after the other. */
function partsOf(pieces: readonly number[], scale: number): Part[] {
  const of = { digits: BigInt(pieces.reduce((sum, one) => sum + one, 0)), scale };
  let before: Decimal = { digits: 0n, scale: 0 };
  return pieces.map((piece) => {
    const upTo = plus(before, { digits: BigInt(piece), scale });
    const part = { line: 1, of, before, upTo };
    before = upTo;
    return part;
  });
}

const split = fc.tuple(
  fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 12 }),
  fc.integer({ min: 0, max: 6 }),
);

test('the parts of any split sum to the whole, none is below nought, and no order of them changes the sum', () => {
  fc.assert(
    fc.property(split, fc.bigInt(0n, 10n ** 14n), ([pieces, scale], whole) => {
      for (const order of [pieces, pieces.toReversed()]) {
        const parts = partsOf(order, scale).map((part) => cut(whole, part));
        assert.equal(
          parts.reduce((sum, one) => sum + one, 0n),
          whole,
        );
        assert.ok(parts.every((part) => part >= 0n));
      }
    }),
  );
});

test('a weight is cut like an amount, and its parts sum to what the line weighs', () => {
  fc.assert(
    fc.property(split, fc.integer({ min: 0, max: 10 ** 9 }), ([pieces, scale], grams) => {
      const weight = formatDecimal({ digits: BigInt(grams), scale: 3 });
      const sum = partsOf(pieces, scale)
        .map((part) => cutDecimal(weight, part)!)
        .reduce(plus);
      assert.equal(subtractDecimal(sum, decimal(weight)).digits, 0n);
    }),
  );
  assert.equal(cutDecimal(undefined, partsOf([1], 0)[0]!), null);
});

test('a charge that says what it gives back is asked for that, and never for more than was charged', () => {
  const entry = worked([charge('vat', 10_920, { collect: 'withheld' }), charge('fee', 300)]);
  const back = worked([charge('vat-refund', 10_920, { collect: 'none' })]);
  assert.deepEqual(told(giveable(goods(120_000), entry, back)), { vat: [10_920n] });
  const more = worked([charge('vat-refund', 99_999)]);
  const [vat] = giveable(goods(120_000), entry, more);
  assert.deepEqual(
    [vat!.lines.get(1), vat!.collect, vat!.rule, vat!.source],
    [10_920n, 'withheld', 'charge.vat-refund', 'law of vat-refund'],
  );
});

test('a charge that remains keeps what it says, and one that the return does not name stays whole', () => {
  const entry = worked([charge('duty', 300), charge('vat', 2_000), charge('fee', 500)]);
  const back = worked([charge('duty', 300), charge('vat', 0, { waived: 'sent-back' })]);
  assert.deepEqual(told(giveable(goods(10_000), entry, back)), { vat: [2_000n] });
  const partly = worked([charge('duty', 100), charge('vat', 2_500)]);
  assert.deepEqual(told(giveable(goods(10_000), entry, partly)), { duty: [200n] }, 'more remaining gives nothing back');
});

test('a person gives back all that the goods bore', () => {
  const entry = worked([charge('duty', 300), charge('vat', 2_000)]);
  assert.deepEqual(told(giveable(goods(10_000), entry, null)), { duty: [300n], vat: [2_000n] });
});

test('each line gives back what it bore: as its steps say, else by price, of the lines that bore it', () => {
  const steps = [step('charge.duty', 1, '4.005'), step('charge.duty', 2, '0'), step('charge.duty', 3, '8.01')];
  const entry = worked([charge('duty', 1_202), charge('fee', 100, { lines: [2, 3] })], steps);
  assert.deepEqual(told(giveable(goods(100, 5_000, 200), entry, null)), { duty: [400n, 0n, 802n], fee: [0n, 97n, 3n] });
});
