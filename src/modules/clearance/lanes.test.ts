import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Lanes } from './lanes.ts';

const limits = { lane: 100, floor: 4, all: 200 };
const everybody = (): boolean => true;

test('whoever brings one parcel is served in the next batch, however many others wait', () => {
  const lanes = new Lanes<string>(limits);
  for (let index = 0; index < 90; index += 1) lanes.add('platform', `p${index}`);
  lanes.add('seller', 's');
  assert.ok(lanes.take(4, everybody).includes('s'));
});

test('a batch takes a round of one from each lane, and goes on in the next where it stopped', () => {
  const lanes = new Lanes<string>(limits);
  for (const name of ['a', 'b', 'c']) for (const number of [1, 2]) lanes.add(name, `${name}${number}`);
  assert.deepEqual(lanes.take(2, everybody), ['a1', 'b1']);
  assert.deepEqual(lanes.take(3, everybody), ['c1', 'a2', 'b2']);
  assert.deepEqual(lanes.take(3, everybody), ['c2']);
  assert.equal(lanes.waiting, 0);
});

test('who is not ready keeps his place and holds up nobody', () => {
  const lanes = new Lanes<string>(limits);
  for (const one of ['x1', 'x2']) lanes.add('x', one);
  assert.deepEqual(
    lanes.take(2, (one) => one !== 'x1'),
    ['x2'],
  );
  assert.deepEqual(lanes.take(2, everybody), ['x1']);
});

test('in any history each one is taken once, in the order of its lane, and is refused only above the limit of its lane', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ add: fc.constantFrom('a', 'b', 'c', 'd', 'e') }) },
    { weight: 1, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 9 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const lanes = new Lanes<string>({ lane: 20, floor: 4, all: 40 });
      const waiting: Record<string, string[]> = {};
      let number = 0;
      for (const one of steps) {
        if ('add' in one) {
          const queue = (waiting[one.add] ??= []);
          number += 1;
          const { limit } = lanes;
          const took = lanes.add(one.add, `${one.add}${number}`);
          assert.equal(took, queue.length < limit);
          if (took) queue.push(`${one.add}${number}`);
          continue;
        }
        const before = Object.values(waiting).filter((queue) => queue.length > 0).length;
        const taken = lanes.take(one.take, everybody);
        for (const each of taken) assert.equal(waiting[each.charAt(0)]?.shift(), each);
        // Nobody is served twice before everybody who waited was served once.
        const first = taken.slice(0, before);
        assert.equal(new Set(first.map((each) => each.charAt(0))).size, first.length);
        const all = Object.values(waiting).reduce((sum, queue) => sum + queue.length, 0);
        assert.equal(lanes.waiting, all);
        assert.ok(taken.length === one.take || all === 0);
      }
    }),
  );
});
