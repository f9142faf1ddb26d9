import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { factsOf, knows } from './match.ts';

const consignee = (name: string, language: string, more: object = {}) => ({
  name: { text: name, language },
  address: { lines: ['Harbour Street 4'], postcode: 'ab1 2CD', country: 'XP' },
  private: true,
  ...more,
});

test('a postcode is known however it is written, and so is a family’s name in its own script or in Latin letters', () => {
  const facts = factsOf({ ...consignee('Zoë van der Meer', 'nl') });
  for (const given of ['AB12CD', 'ab1-2cd ', 'Meer', 'meer', 'van der Meer', 'Zoe van der Meer'])
    assert.ok(knows(facts, given), given);
  for (const given of ['Zoë', 'van', '', ' ', '-', 'AB1', 'Harbour Street 4', 'XP'])
    assert.ok(!knows(facts, given), given);
  const chinese = factsOf({
    ...consignee('王 小明', 'zh'),
    name: { text: '王小明', language: 'zh', latin: 'Wang Xiaoming' },
  });
  assert.ok(knows(chinese, '王小明') && knows(chinese, 'WANG'));
  assert.ok(!knows(chinese, '王') && !knows(chinese, 'Xiaoming'));
});

test('of a document only its last four signs count, and only where there are more that stay unsaid', () => {
  const facts = (number: string) => factsOf(consignee('Ada Low', 'en', { identity: { type: 'ID', number } }));
  assert.ok(knows(facts('X-1234567'), '4567'));
  assert.ok(!knows(facts('X-1234567'), '1234567'));
  assert.ok(!knows(facts('4567'), '4567'));
});

test('nothing but signs is never a fact, whatever stands in the record', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.stringMatching(/^[\s\p{P}]*$/u), (name, postcode, given) => {
      const facts = factsOf({ ...consignee(name, 'en'), address: { lines: ['1'], postcode, country: 'XP' } });
      assert.ok(!knows(facts, given));
    }),
  );
});
