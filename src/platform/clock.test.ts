import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedClock, instantOf, microsOfInstant, msOfInstant, shiftedClock } from './clock.ts';

test('a fixed clock stands still until it is moved, and a shifted one goes along', () => {
  const clock = fixedClock('2026-11-23T08:00:00+01:00');
  let shift = 3_600_000;
  const ahead = shiftedClock(clock, () => shift);
  assert.equal(clock.instant(), '2026-11-23T07:00:00.000Z');
  assert.equal(ahead.instant(), '2026-11-23T08:00:00.000Z');
  clock.advance(1_500);
  shift = 0;
  assert.equal(ahead.now(), clock.now());
  assert.equal(clock.instant(), '2026-11-23T07:00:01.500Z');
});

test('an instant reads to the microsecond and only as RFC 3339', () => {
  assert.equal(microsOfInstant('1970-01-01T00:00:00.000001Z'), 1);
  assert.equal(microsOfInstant('1970-01-01T00:00:01.5Z'), 1_500_000);
  assert.equal(microsOfInstant('1969-12-31T23:59:59.999999Z'), -1);
  assert.equal(instantOf(msOfInstant('2026-02-28T23:59:59.999Z')), '2026-02-28T23:59:59.999Z');
  for (const text of ['2026-02-28', 'now', '2026-02-28 10:00:00Z', '2026-13-01T00:00:00Z', '2026-02-28T10:00:00']) {
    assert.throws(() => msOfInstant(text), RangeError, text);
  }
});
