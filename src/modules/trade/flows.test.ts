import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { calendarText, type Due } from './calendar.ts';
import { troublesOf } from './flows.ts';
import type { Flow, Told } from './model.ts';

const now = '2026-03-10T08:00:00.000Z';
const told = (step: Told['step'], expected: string | null = null): Told => ({
  step,
  at: '2026-03-10T06:00:00.000Z',
  zone: 'Z',
  by: 'P',
  place: null,
  expected,
  simulated: false,
});

test('what is wrong with a parcel is told of what somebody sees of it, and of nothing else', () => {
  const withoutMoney: Partial<Flow> = { status: 'control', goods: told('departed', '2026-03-10T07:00:00.000Z') };
  const all: Partial<Flow> = { ...withoutMoney, money: told('payment-failed'), differs: true };
  assert.deepEqual(troublesOf(all, now), ['payment-failed', 'mismatch', 'held', 'late']);
  assert.deepEqual(troublesOf(withoutMoney, now), ['held', 'late']);
  assert.deepEqual(troublesOf({}, now), []);
});

test('what was expected is late until it is there, and slips once their day has passed', () => {
  const expected = '2026-03-10T07:00:00.000Z';
  assert.deepEqual(troublesOf({ goods: told('out-for-delivery', expected) }, now), ['late']);
  assert.deepEqual(troublesOf({ goods: told('delivered', expected) }, now), []);
  assert.deepEqual(troublesOf({ goods: told('delivery-failed') }, now), ['late']);
  assert.deepEqual(troublesOf({ status: 'waiting', due: '2026-03-10T07:00:00.000Z' }, now), ['slips', 'late']);
  assert.deepEqual(troublesOf({ status: 'waiting', due: '2026-03-11T07:00:00.000Z' }, now), ['slips']);
});

test('a calendar has no line beyond 75 octets, gives every title back whole, and no title ends a line of its own', () => {
  const dues = fc.array(
    fc.record({ title: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), whole: fc.boolean() }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(dues, (given) => {
      const all = given.map(
        ({ whole }, index): Due => ({
          kind: 'notice',
          id: String(index),
          address: `/notices/${index}`,
          name: '',
          at: whole ? '2026-03-31' : now,
        }),
      );
      const text = calendarText('https://window.example', 'Due', all, now, ({ id }) => given[Number(id)]!.title);
      const lines = text.split('\r\n');
      for (const line of lines) assert.ok(Buffer.byteLength(line) <= 75, line);
      const unfolded = text.replaceAll('\r\n ', '').split('\r\n');
      assert.equal(unfolded.filter((line) => line === 'BEGIN:VEVENT').length, all.length);
      const titles = unfolded
        .filter((line) => line.startsWith('SUMMARY:'))
        .map((line) => line.slice('SUMMARY:'.length).replaceAll(/\\(.)/gs, (_, one) => (one === 'n' ? '\n' : one)));
      assert.deepEqual(
        titles,
        given.map(({ title }) => title.replaceAll(/\r\n?/g, '\n')),
      );
    }),
  );
});
