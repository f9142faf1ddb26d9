import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { availabilityOf } from './availability.ts';

const noon = Date.parse('2026-11-24T12:00:00Z');
const daySlots = 8_640;

test('a day is available for the slots that were answered; those nobody asked in count as down and are told apart', () => {
  const since = '2026-11-22T00:00:00.000Z';
  const rows = [
    { day: '2026-11-22', answered: daySlots, unanswered: 0 },
    { day: '2026-11-23', answered: daySlots - 100, unanswered: 60 },
    { day: '2026-11-24', answered: daySlots / 2 - 1, unanswered: 0 },
  ];
  const { days, available } = availabilityOf(rows, since, noon);
  assert.equal(days.length, 30);
  assert.deepEqual(days.at(-1), {
    day: '2026-11-24',
    available: '0.9997',
    unansweredSeconds: 0,
    unmeasuredSeconds: 10,
  });
  assert.deepEqual(days.at(-2), {
    day: '2026-11-23',
    available: '0.9884',
    unansweredSeconds: 600,
    unmeasuredSeconds: 400,
  });
  assert.equal(days.at(-3)?.available, '1.0000');
  assert.equal(days.at(-4)?.available, null, 'before the first measurement nothing is said');
  assert.equal(available, '0.9953');
});

test('a window that was never measured says so, and one that stood still for a day says nought', () => {
  assert.equal(availabilityOf([], null, noon).available, null);
  const { days, available } = availabilityOf([], '2026-11-23T12:00:00.000Z', noon);
  assert.equal(available, '0.0000');
  assert.equal(days.at(-1)?.unmeasuredSeconds, 43_200);
  assert.equal(days.at(-2)?.unmeasuredSeconds, 43_200);
});

test('only what was always answered says 1, and no day is longer than it is', () => {
  fc.assert(
    fc.property(fc.nat(9_000), fc.nat(9_000), (answered, unanswered) => {
      const rows = [{ day: '2026-11-23', answered, unanswered }];
      const day = availabilityOf(rows, '2026-11-01T00:00:00.000Z', noon).days.at(-2)!;
      assert.equal(day.available === '1.0000', answered >= daySlots);
      assert.ok(day.unansweredSeconds + day.unmeasuredSeconds <= 86_400);
      assert.ok(day.unansweredSeconds >= 0 && day.unmeasuredSeconds >= 0);
    }),
  );
});
