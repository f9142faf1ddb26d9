import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Consignment } from '#modules/rulebook/index.ts';
import { firstDifference, onlyAddsSlips } from './differences.ts';
import { sound } from './review.ts';

const amount = { currency: 'EUR', amount: '9.00' };
const parcel: Consignment = {
  orders: [{ platform: 'P', number: 'O-1', total: amount }],
  declaration: {
    id: 'D-1',
    movement: 'import',
    nature: 'sale',
    declarant: 'D',
    goods: [{ line: 1, description: { text: 'Cup', language: 'en' }, quantity: '1', unit: 'PCE', price: amount }],
  },
};

test('two submissions that say the same differ nowhere, in whatever order their members stand', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, inside]) => [key, turned(inside)]),
    );
  };
  fc.assert(fc.property(json, (value) => assert.equal(firstDifference(value, turned(value)), undefined)));
});

test('a difference is named by a pointer that leads to it, on whichever side the member is missing', () => {
  const left = { a: [{ 'b/c': 1, 'd~e': 2 }], f: null };
  const cases: [unknown, string][] = [
    [{ a: [{ 'b/c': 9, 'd~e': 2 }], f: null }, '/a/0/b~1c'],
    [{ a: [{ 'b/c': 1, 'd~e': 9 }], f: null }, '/a/0/d~0e'],
    [{ a: [{ 'b/c': 1, 'd~e': 2 }] }, '/f'],
    [{ a: [{ 'b/c': 1, 'd~e': 2 }], f: null, g: 1 }, '/g'],
    [{ a: { 0: { 'b/c': 1, 'd~e': 2 } }, f: null }, '/a'],
    [{ a: [{ 'b/c': '1', 'd~e': 2 }], f: null }, '/a/0/b~1c'],
    [7, '/'],
  ];
  for (const [right, pointer] of cases) {
    assert.equal(firstDifference(left, right), pointer);
    assert.equal(firstDifference(right, left), pointer);
  }
});

test('a later submission completes an earlier one when it only adds slips to it', () => {
  const payment = { provider: 'B', reference: 'R', order: 'O-1', method: 'card' as const, amount };
  const more = { ...parcel, payments: [payment] };
  assert.equal(onlyAddsSlips(parcel, more), true);
  assert.equal(onlyAddsSlips(more, parcel), false, 'one that takes a slip away does not');
  const dearer = { ...more, payments: [{ ...payment, amount: { ...amount, amount: '1.00' } }] };
  assert.equal(onlyAddsSlips(more, dearer), false, 'nor one that changes a slip');
  const moved = { ...more, declaration: { ...parcel.declaration, nature: 'gift' as const } };
  assert.equal(onlyAddsSlips(parcel, moved), false, 'nor one that changes the declaration');
});

test('a parcel whose slips and lines are told apart is sound, and each confusion is named', () => {
  assert.ok(sound(parcel).ok);
  const { declaration, orders } = parcel;
  const [line] = declaration.goods;
  const unsound: [Consignment, string, string][] = [
    [
      { ...parcel, declaration: { ...declaration, goods: [line!, line!] } },
      'clearance/line-repeated',
      '/declaration/goods/1/line',
    ],
    [
      { ...parcel, declaration: { ...declaration, freight: { currency: 'JPY', amount: '1.5' } } },
      'clearance/amount-invalid',
      '/declaration/freight/amount',
    ],
    [
      { ...parcel, orders: [{ ...orders![0]!, placed: '2023-02-29T00:00:00Z' }] },
      'clearance/day-invalid',
      '/orders/0/placed',
    ],
    [
      { ...parcel, declaration: { ...declaration, documents: [{ type: 'A', number: '1', issued: '2026-04-31' }] } },
      'clearance/day-invalid',
      '/declaration/documents/0/issued',
    ],
  ];
  for (const [body, code, pointer] of unsound) {
    const told = sound(body);
    assert.deepEqual(told.ok ? null : [told.error.code, told.error.pointer], [code, pointer]);
  }
});
