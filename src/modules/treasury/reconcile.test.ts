import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { tries } from '../../../test/support/long.ts';
import { type Movement, reconcile, type StatementLine } from './reconcile.ts';

const movement = (id: string, amount: bigint, currency = 'XPN'): Movement => ({
  id,
  bank: `B-${id}`,
  currency,
  amount,
});
const line = (reference: string, amount: bigint, more: Partial<StatementLine> = {}): StatementLine => ({
  number: 1,
  booked: '2026-03-02',
  bank: '',
  reference,
  currency: 'XPN',
  amount,
  ...more,
});
const verdicts = (lines: StatementLine[], moved: Movement[], matched: string[] = []) =>
  reconcile(lines, moved, new Set(matched)).map(({ verdict }) => verdict);

test('a line is matched by its reference, ours or the bank’s, and its exact amount, once', () => {
  const moved = [movement('a', 500n), movement('b', -20n)];
  assert.deepEqual(verdicts([line('a', 500n), line('', -20n, { bank: 'B-b' })], moved), ['matched', 'matched']);
  assert.deepEqual(verdicts([line('a', 500n), line('a', 500n)], moved), ['matched', 'doubled']);
  assert.deepEqual(verdicts([line('a', 500n)], moved, ['a']), ['doubled'], 'an earlier statement had it');
});

test('what differs says how: unknown, partial, too much, another currency, money that went the other way', () => {
  const moved = [movement('a', 500n), movement('b', -20n)];
  const lines = [
    line('c', 500n),
    line('a', 499n),
    line('a', 501n),
    line('a', 500n, { currency: 'EUR' }),
    line('a', -500n),
    line('b', -10n),
  ];
  const found = ['unknown', 'partial', 'over', 'other-currency', 'reversed', 'partial'];
  assert.deepEqual(verdicts(lines, moved), found);
});

test('of any statement, matched and unmatched lines come to the file, and no movement is matched twice', () => {
  const amount = fc.bigInt({ min: -50n, max: 50n }).filter((one) => one !== 0n);
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const currency = fc.constantFrom('XPN', 'EUR');
  const file = fc.array(
    fc
      .record({ id, amount, currency, own: fc.boolean() })
      .map((one) =>
        line(one.own ? one.id : '', one.amount, { currency: one.currency, bank: one.own ? '' : `B-${one.id}` }),
      ),
    { maxLength: 40 },
  );
  const movements = fc.uniqueArray(
    fc.record({ id, amount, currency }).map((one) => movement(one.id, one.amount, one.currency)),
    { selector: (one) => one.id },
  );
  const total = (lines: readonly StatementLine[], of: string): bigint =>
    lines.reduce((sum, one) => (one.currency === of ? sum + one.amount : sum), 0n);
  fc.assert(
    fc.property(file, movements, fc.subarray(['a', 'b', 'c']), (lines, moved, before) => {
      const judged = reconcile(lines, moved, new Set(before));
      const matched = judged.filter(({ verdict }) => verdict === 'matched');
      const open = judged.filter(({ verdict }) => verdict !== 'matched');
      for (const unit of ['XPN', 'EUR']) assert.equal(total(matched, unit) + total(open, unit), total(lines, unit));
      const names = matched.map((one) => one.movement);
      assert.equal(new Set(names).size, names.length);
      for (const one of matched) {
        assert.ok(!before.includes(one.movement!));
        const there = moved.find(({ id: name }) => name === one.movement)!;
        assert.deepEqual([there.amount, there.currency], [one.amount, one.currency]);
      }
      assert.deepEqual(
        reconcile(lines, moved, new Set([...before, ...names.map(String)])).filter(
          ({ verdict }) => verdict === 'matched',
        ),
        [],
      );
    }),
    { numRuns: tries(500) },
  );
});
