import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as holds, nat, property, uniqueArray } from 'fast-check';
import { instantOf } from '#platform/clock.ts';
import { testDb } from '../../../test/support/db.ts';
import { currentKeys, keyMs, keysAt } from './keys.ts';

const start = 1_800_000_000_000;
const row = (ms: number) => ({ kid: `k${ms}`, jwk: '{}', made: instantOf(ms) });

test('a key is shown for an hour before it signs, and for a day after another one does', () => {
  const [old, next] = [row(start), row(start + keyMs.signs)];
  const at = (ms: number) => {
    const { rows, over } = keysAt([next, old], ms);
    return [rows.map(({ kid }) => kid), over.map(({ kid }) => kid)];
  };
  const turn = start + keyMs.signs + keyMs.before;
  assert.deepEqual(at(turn - 1), [[old.kid, next.kid], []]);
  assert.deepEqual(at(turn), [[next.kid, old.kid], []]);
  assert.deepEqual(at(turn + keyMs.after - 1), [[next.kid, old.kid], []]);
  assert.deepEqual(at(turn + keyMs.after), [[next.kid], [old.kid]]);
});

test('whatever keys there are: one signs, none is lost, and what signed within a day is still shown', () => {
  holds(
    property(uniqueArray(nat(400), { minLength: 1, maxLength: 6 }), nat(10_000), (days, hours) => {
      const made = days.map((day) => start + day * 24 * 3_600_000).sort((a, b) => b - a);
      const now = made[0]! + hours * 3_600_000;
      const all = made.map(row);
      const { rows, over } = keysAt(all, now);
      assert.equal(new Set([...rows, ...over]).size, all.length);
      const before = keysAt(
        all.filter((one) => one.made <= instantOf(now - keyMs.after)),
        now - keyMs.after,
      ).rows[0];
      if (before !== undefined) assert.ok(rows.includes(before));
    }),
  );
});

test('the first key is made by one of many who need it at once, and the next when it is time', async () => {
  const { db } = await testDb({ modules: ['cases', 'parties', 'issuer'] });
  const made = await Promise.all([1, 2, 3].map(() => currentKeys(db, start)));
  assert.deepEqual(new Set(made.map((rows) => rows.map(({ kid }) => kid).join())).size, 1);
  const later = await currentKeys(db, start + keyMs.signs);
  assert.deepEqual([later.length, later[0]!.kid], [2, made[0]![0]!.kid]);
  const end = await currentKeys(db, start + keyMs.signs + keyMs.before + keyMs.after);
  assert.deepEqual(
    end.map(({ kid }) => kid),
    [later[1]!.kid],
  );
});
