import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { answersOf, areas, questions, scoresOf } from './questions.ts';

test('there are twenty questions, five of each area, and a better answer never lowers a score', () => {
  assert.deepEqual(
    areas.map((area) => questions.filter((one) => one.area === area).length),
    [5, 5, 5, 5],
  );
  const signs = fc.array(fc.constantFrom('-', '0', '1', '2'), { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(signs, fc.nat(19), (given, at) => {
      const before = scoresOf(given.join(''));
      const after = scoresOf(given.with(at, '2').join(''));
      for (const [index, { points, most }] of after.entries()) {
        assert.ok(points >= before[index]!.points && points <= most);
      }
    }),
  );
});

test('what is no list of twenty answers is refused', () => {
  assert.ok(answersOf('012-'.repeat(5)).ok);
  for (const text of ['', '3'.repeat(20), '0'.repeat(19), '0'.repeat(21), '<script>'])
    assert.ok(!answersOf(text).ok, text);
});
