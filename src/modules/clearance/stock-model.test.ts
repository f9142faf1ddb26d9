import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isUuid, newId } from '#kernel/id.ts';
import { parcel } from '../../../test/support/pack.ts';
import { figureName, stockChecks, type StockFigure, stockHold, stockText, stockUnits } from './stock-model.ts';

const quantity = fc
  .tuple(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 999_999 }))
  .map(([whole, part]) => `${whole}.${String(part).padStart(6, '0')}`);

test('a quantity is counted to the millionth and read back as it was, without places that say nothing', () => {
  fc.assert(
    fc.property(quantity, (text) => {
      const units = stockUnits(text);
      assert.equal(stockUnits(stockText(units)), units);
      assert.doesNotMatch(stockText(units), /\.$|\.\d*0$/);
    }),
  );
  assert.deepEqual(
    ['0', '100', '0.5', '40.500000'].map((text) => stockText(stockUnits(text))),
    ['0', '100', '0.5', '40.5'],
  );
});

test('each goods line holds under an id of its own, which is the same whenever it is asked and near that of its parcel', () => {
  const ids = Array.from({ length: 20 }, () => newId(1_790_000_000_000));
  const holds = ids.flatMap((id) => Array.from({ length: 99 }, (_, line) => stockHold(id, line + 1)));
  assert.equal(new Set(holds).size, holds.length);
  assert.ok(holds.every(isUuid));
  assert.equal(stockHold(ids[0]!, 7), stockHold(ids[0]!, 7));
  assert.ok(holds.every((hold) => hold.startsWith(ids[0]!.slice(0, 13))));
});

test('a goods line is covered by a figure of at least what it takes, and every other one says why it is not', () => {
  const money = { currency: 'XPN', amount: '9.00' };
  const body = parcel([{ price: money }], {});
  const drawing = (many: string) => {
    const [goods] = body.declaration.goods;
    const line = { ...goods!, quantity: many, unit: 'C62', stock: { book: 'B', item: '1' } };
    return { ...body, declaration: { ...body.declaration, id: 'D', declarant: 'A', goods: [line] } };
  };
  const reason = (many: string, figure?: StockFigure): string | undefined =>
    stockChecks(drawing(many) as never, figure === undefined ? {} : { [figureName(1)]: figure })[0]?.reason;
  const of = (amount: string, fault?: string): StockFigure => ({
    currency: 'C62',
    amount,
    ...(fault ? { fault } : {}),
  });
  assert.equal(reason('2', of('2')), 'clearance/stock-drawn');
  assert.equal(reason('2', of('1.999999')), 'clearance/stock-not-enough');
  assert.equal(reason('2'), 'clearance/stock-line-unknown');
  assert.equal(reason('0', of('5')), 'clearance/stock-nothing-asked');
  assert.equal(reason('2', of('0', 'clearance/stock-other-unit')), 'clearance/stock-other-unit');
  assert.deepEqual(stockChecks(body as never, {}), []);
});
