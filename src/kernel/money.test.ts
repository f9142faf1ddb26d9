import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  addMoney,
  allocate,
  compareMoney,
  exponent,
  formatMoney,
  isCurrency,
  minorMax,
  parseMoney,
  registerCurrency,
  subtractMoney,
  zero,
} from './money.ts';

const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'CNY');
const minor = fc.bigInt({ min: -minorMax, max: minorMax });

test('money travels and comes back the same', () => {
  fc.assert(
    fc.property(currency, minor, (code, amount) => {
      const money = { currency: code, minor: amount };
      assert.deepEqual(parseMoney(formatMoney(money)), { ok: true, value: money });
    }),
  );
});

test('an amount is refused by what is wrong with it', () => {
  const code = (name: string, amount: string): string => {
    const result = parseMoney({ currency: name, amount });
    return result.ok ? String(result.value.minor) : `${result.error.code} ${result.error.pointer}`;
  };
  assert.equal(code('EUR', '12.5'), '1250');
  assert.equal(code('EUR', '-0.01'), '-1');
  assert.equal(code('EUR', '1.005'), 'money/amount-too-precise /amount');
  assert.equal(code('JPY', '1.0'), 'money/amount-too-precise /amount');
  assert.equal(code('EUR', '1e2'), 'money/amount-malformed /amount');
  assert.equal(code('EUR', '9'.repeat(39)), 'money/amount-out-of-range /amount');
  assert.equal(code('QQQ', '1'), 'money/currency-unknown /currency');
  assert.equal(code('constructor', '1'), 'money/currency-unknown /currency');
});

test('sums undo differences, and currencies never mix', () => {
  fc.assert(
    fc.property(currency, minor, minor, (code, a, b) => {
      const left = { currency: code, minor: a };
      const right = { currency: code, minor: b };
      assert.deepEqual(subtractMoney(addMoney(left, right), right), left);
      assert.equal(compareMoney(left, right), a < b ? -1 : a > b ? 1 : 0);
      assert.deepEqual(addMoney(left, zero(code)), left);
    }),
  );
  assert.throws(() => addMoney(zero('EUR'), zero('USD')), RangeError);
  assert.throws(() => compareMoney(zero('EUR'), zero('USD')), RangeError);
});

test('a fictional currency is registered once, and never with another exponent', () => {
  assert.equal(isCurrency('XQA'), false);
  assert.throws(() => exponent('XQA'), RangeError);
  registerCurrency('XQA', 3);
  registerCurrency('XQA', 3);
  assert.deepEqual(parseMoney({ currency: 'XQA', amount: '1.5' }), {
    ok: true,
    value: { currency: 'XQA', minor: 1500n },
  });
  assert.throws(() => registerCurrency('XQA', 2), RangeError);
  assert.throws(() => registerCurrency('EUR', 3), RangeError);
  assert.throws(() => registerCurrency('eur', 2), RangeError);
});

test('parts sum to the whole, none is more than one share away, and only the largest takes what is left', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(minor, weights, (whole, list) => {
      const parts = allocate(whole, list);
      assert.equal(
        parts.reduce((sum, part) => sum + part, 0n),
        whole,
      );
      const total = list.reduce((sum, weight) => sum + weight, 0n);
      const largest = list.indexOf(list.reduce((most, weight) => (weight > most ? weight : most), 0n));
      parts.forEach((part, index) => {
        if (index !== largest) assert.equal(part, total === 0n ? 0n : (whole * list[index]!) / total);
      });
    }),
  );
  assert.deepEqual(allocate(100n, [1n, 1n, 1n]), [34n, 33n, 33n]);
  assert.deepEqual(allocate(-100n, [1n, 2n]), [-33n, -67n]);
  assert.deepEqual(allocate(7n, [0n, 0n]), [7n, 0n]);
  assert.throws(() => allocate(1n, []), RangeError);
  assert.throws(() => allocate(1n, [-1n, 2n]), RangeError);
});
