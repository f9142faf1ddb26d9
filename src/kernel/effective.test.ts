import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addDays, addMonths, covers, day, dayIn, dayOf, daysBetween, inForce, yearOf } from './effective.ts';

const anyDay = fc.integer({ min: 0, max: 60_000 }).map((count) => addDays(dayOf('1950-01-01'), count));

test('only days that the calendar has are days', () => {
  assert.equal(day('2026-02-28'), '2026-02-28');
  assert.equal(day('2024-02-29'), '2024-02-29');
  for (const text of [
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-4-1',
    '20260401',
    '2026-04-31',
    '0000-01-01',
    '',
  ]) {
    assert.equal(day(text), undefined, text);
  }
  assert.throws(() => dayOf('2026-02-30'), RangeError);
});

test('days added are days between', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: -4_000, max: 4_000 }), (from, count) => {
      assert.equal(daysBetween(from, addDays(from, count)), count);
    }),
  );
  assert.equal(addDays(dayOf('2026-12-31'), 1), '2027-01-01');
  assert.equal(yearOf(dayOf('2026-12-31')), '2026');
});

test('a month later is the same day, or the last one of a shorter month', () => {
  assert.equal(addMonths(dayOf('2026-01-31'), 1), '2026-02-28');
  assert.equal(addMonths(dayOf('2024-01-31'), 1), '2024-02-29');
  assert.equal(addMonths(dayOf('2026-11-15'), 3), '2027-02-15');
  assert.equal(addMonths(dayOf('2026-03-31'), -1), '2026-02-28');
});

test('a period covers its first day and not its last', () => {
  const period = { from: dayOf('2026-07-01'), until: dayOf('2027-01-01') };
  assert.equal(covers(period, dayOf('2026-06-30')), false);
  assert.equal(covers(period, dayOf('2026-07-01')), true);
  assert.equal(covers(period, dayOf('2026-12-31')), true);
  assert.equal(covers(period, dayOf('2027-01-01')), false);
});

test('on every day after the first, exactly the version that started last is in force, however they are ordered', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyDay, { minLength: 1, maxLength: 8 }), anyDay, (starts, on) => {
      const expected = starts
        .filter((from) => from <= on)
        .sort()
        .at(-1);
      assert.equal(
        inForce(
          starts.map((from) => ({ from })),
          on,
        )?.from,
        expected,
      );
    }),
  );
});

test('the day of an instant is the day of the place', () => {
  assert.equal(dayIn('2026-12-31T23:30:00.000Z', 'Europe/Berlin'), '2027-01-01');
  assert.equal(dayIn('2026-12-31T23:30:00.000Z', 'UTC'), '2026-12-31');
  assert.equal(dayIn('2026-01-01T04:00:00.000Z', 'America/New_York'), '2025-12-31');
  assert.throws(() => dayIn('never', 'Europe/Berlin'), RangeError);
});
