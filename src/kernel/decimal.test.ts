import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  addDecimal,
  compareDecimal,
  divideDecimal,
  formatDecimal,
  fromMinor,
  multiplyDecimal,
  parseDecimal,
  roundDecimal,
  roundings,
  subtractDecimal,
  toMinor,
  type Decimal,
} from './decimal.ts';

const decimal = fc.record(
  {
    digits: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
    scale: fc.integer({ min: 0, max: 12 }),
  },
  { noNullPrototype: true },
);

const read = (text: string): Decimal => {
  const value = parseDecimal(text);
  assert.ok(value, text);
  return value;
};

test('a decimal reads back as it was written', () => {
  fc.assert(fc.property(decimal, (value) => assert.deepEqual(read(formatDecimal(value)), value)));
});

test('only plain decimal text is read', () => {
  for (const text of [
    '',
    '-',
    '+1',
    '01',
    '1.',
    '.5',
    '1e3',
    '1,5',
    ' 1',
    '1 ',
    'NaN',
    'Infinity',
    '٣',
    '0x1',
    '--1',
  ]) {
    assert.equal(parseDecimal(text), undefined, text);
  }
  assert.equal(parseDecimal('9'.repeat(41)), undefined);
  assert.equal(formatDecimal(read('-0.00')), '0.00');
});

test('sums, differences and products are exact', () => {
  assert.equal(formatDecimal(addDecimal(read('0.1'), read('0.20'))), '0.30');
  assert.equal(formatDecimal(subtractDecimal(read('1'), read('0.001'))), '0.999');
  assert.equal(formatDecimal(multiplyDecimal(read('-1.5'), read('0.25'))), '-0.375');
  fc.assert(
    fc.property(decimal, decimal, (a, b) => assert.equal(compareDecimal(subtractDecimal(addDecimal(a, b), b), a), 0)),
  );
});

test('every rounding mode does what its name says on both sides of zero', () => {
  const rows: [string, Record<(typeof roundings)[number], string>][] = [
    ['2.5', { 'half-up': '3', 'half-even': '2', up: '3', down: '2', ceiling: '3', floor: '2' }],
    ['3.5', { 'half-up': '4', 'half-even': '4', up: '4', down: '3', ceiling: '4', floor: '3' }],
    ['-2.5', { 'half-up': '-3', 'half-even': '-2', up: '-3', down: '-2', ceiling: '-2', floor: '-3' }],
    ['2.4', { 'half-up': '2', 'half-even': '2', up: '3', down: '2', ceiling: '3', floor: '2' }],
    ['-2.6', { 'half-up': '-3', 'half-even': '-3', up: '-3', down: '-2', ceiling: '-2', floor: '-3' }],
    ['-0.4', { 'half-up': '0', 'half-even': '0', up: '-1', down: '0', ceiling: '0', floor: '-1' }],
    ['2.0', { 'half-up': '2', 'half-even': '2', up: '2', down: '2', ceiling: '2', floor: '2' }],
  ];
  for (const [text, expected] of rows) {
    for (const mode of roundings) assert.equal(formatDecimal(roundDecimal(read(text), 0, mode)), expected[mode], mode);
  }
});

test('a rounded value lies less than one step away, and at most half a step where the mode is to the nearest', () => {
  fc.assert(
    fc.property(decimal, fc.integer({ min: 0, max: 6 }), fc.constantFrom(...roundings), (value, scale, mode) => {
      const away = subtractDecimal(roundDecimal(value, scale, mode), value);
      const absolute = { digits: away.digits < 0n ? -away.digits : away.digits, scale: away.scale };
      assert.ok(compareDecimal(absolute, { digits: 1n, scale }) < 0);
      if (mode.startsWith('half')) assert.ok(compareDecimal(absolute, { digits: 5n, scale: scale + 1 }) <= 0);
    }),
  );
});

test('a quotient times its divisor misses the dividend by less than one step of the divisor', () => {
  fc.assert(
    fc.property(
      decimal,
      decimal,
      fc.integer({ min: 0, max: 8 }),
      fc.constantFrom(...roundings),
      (a, b, scale, mode) => {
        fc.pre(b.digits !== 0n);
        const miss = subtractDecimal(multiplyDecimal(divideDecimal(a, b, scale, mode), b), a);
        const step = multiplyDecimal(b, { digits: 1n, scale });
        const absolute = (value: Decimal): Decimal => ({
          ...value,
          digits: value.digits < 0n ? -value.digits : value.digits,
        });
        assert.ok(compareDecimal(absolute(miss), absolute(step)) < 0);
      },
    ),
  );
  assert.equal(formatDecimal(divideDecimal(read('1'), read('-3'), 4, 'half-up')), '-0.3333');
  assert.throws(() => divideDecimal(read('1'), read('0.0'), 2, 'down'), RangeError);
});

test('minor units round once, by the mode named', () => {
  assert.equal(toMinor(read('12.345'), 2, 'half-up'), 1235n);
  assert.equal(toMinor(read('12.345'), 2, 'half-even'), 1234n);
  assert.equal(toMinor(read('12'), 3, 'down'), 12_000n);
  assert.equal(formatDecimal(fromMinor(-5n, 2)), '-0.05');
});
