import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf } from '#kernel/effective.ts';
import { shippedPack, tinyPack } from '../../../test/support/pack.ts';
import { clock, isOwnPractice } from './clocks.ts';

const on = dayOf('2026-11-20');
const own = { procedure: 'held-parcel', hours: 72 };

test('a clock rests on the pack’s law where it names one', async () => {
  const facts = clock(await shippedPack(['xp']), on, 'held', 'answer', own);
  assert.match(String(facts['answerSource']), /Customs Code/);
  assert.equal(isOwnPractice(String(facts['answerSource']), own.procedure), false);
});

test('a clock that no law sets is told apart as the window’s own practice, for its own procedure alone', () => {
  const facts = clock(tinyPack({}), on, 'held', 'answer', own);
  assert.equal(facts['answerHours'], 72);
  assert.equal(isOwnPractice(String(facts['answerSource']), own.procedure), true);
  assert.equal(isOwnPractice(String(facts['answerSource']), 'disposal'), false);
});
