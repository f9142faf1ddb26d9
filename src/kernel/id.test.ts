import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isUuid, lowestIdAt, msOf, newId } from './id.ts';

const ms = fc.integer({ min: 0, max: 2 ** 48 - 1 });

test('an id is a UUIDv7 that carries its millisecond and stands above the edge of it', () => {
  fc.assert(
    fc.property(ms, (at) => {
      const id = newId(at);
      assert.ok(isUuid(id) && id[14] === '7', id);
      assert.equal(msOf(id), at);
      assert.ok(isUuid(lowestIdAt(at)));
      assert.ok(id >= lowestIdAt(at));
      if (at < 2 ** 48 - 1) assert.ok(id < lowestIdAt(at + 1));
    }),
  );
});

test('ids of one millisecond rise and never repeat', () => {
  const ids = Array.from({ length: 20_000 }, () => newId(1_790_000_000_000));
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(ids).size, ids.length);
});

test('ids of one millisecond rise also where ids of other moments are made in between', () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => {
    newId(1_790_000_000_000 + index);
    return newId(1_780_000_000_000);
  });
  assert.deepEqual([...ids].sort(), ids);
});

test('a moment outside 48 bits has no id', () => {
  for (const at of [-1, 2 ** 48, 1.5, Number.NaN]) assert.throws(() => newId(at), RangeError);
});

test('only the canonical form is an id', () => {
  for (const text of ['', newId(1).toUpperCase(), newId(1).slice(1), `${newId(1)}0`, `{${newId(1)}}`]) {
    assert.equal(isUuid(text), false, text);
  }
});
