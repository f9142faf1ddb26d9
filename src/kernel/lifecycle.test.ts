import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Result } from './result.ts';
import { allowed, next, replay, type Lifecycle } from './lifecycle.ts';

type State = 'lodged' | 'held' | 'released' | 'denied';
type Action = 'hold' | 'release' | 'deny';
const actions: Action[] = ['hold', 'release', 'deny'];
const moves: Lifecycle<State, Action> = {
  lodged: { hold: 'held', release: 'released' },
  held: { release: 'released', deny: 'denied' },
  released: {},
  denied: {},
};

test('recorded steps replay to the state that they led to', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...actions), { maxLength: 12 }), (tried) => {
      let state: State = 'lodged';
      const record: Action[] = [];
      for (const action of tried) {
        const step: Result<State> = next(moves, state, action);
        assert.equal(step.ok, allowed(moves, state).includes(action));
        if (!step.ok) continue;
        state = step.value;
        record.push(action);
      }
      assert.equal(replay(moves, 'lodged', record), state);
    }),
  );
});

test('a step that the table lacks is refused with state and action', () => {
  assert.deepEqual(next(moves, 'released', 'hold'), {
    ok: false,
    error: { code: 'lifecycle/move-not-allowed', params: { state: 'released', action: 'hold' } },
  });
  assert.equal(next<string, string>(moves, 'lodged', 'toString').ok, false);
  assert.equal(next<string, string>(moves, 'constructor', 'name').ok, false);
});

test('a record that was never legal throws', () => {
  assert.throws(() => replay(moves, 'lodged', ['deny']), /deny/);
});
