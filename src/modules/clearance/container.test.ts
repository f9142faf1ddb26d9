import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isContainer } from './container.ts';

test('a container’s number is known by its check digit', () => {
  for (const number of ['CSQU3054383', 'MSKU6011672', 'HLXU2008419']) assert.ok(isContainer(number), number);
});

test('no other last digit, category or shape is taken', () => {
  for (let last = 0; last < 10; last += 1) assert.equal(isContainer(`CSQU305438${last}`), last === 3);
  for (const wrong of ['CSQX3054383', 'csqu3054383', 'CSQU305438', 'CSQU30543833', '']) assert.ok(!isContainer(wrong));
});
