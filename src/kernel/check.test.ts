import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adverse, outcomes } from './check.ts';

test('every adverse outcome is an outcome, and no release is adverse', () => {
  for (const outcome of adverse) assert.ok(outcomes.includes(outcome));
  for (const outcome of outcomes.filter((one) => one.startsWith('released'))) assert.equal(adverse.has(outcome), false);
});
