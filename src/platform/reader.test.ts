import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { tries } from '../../test/support/long.ts';
import { limits, parseStrict } from './body.ts';
import { readerOf } from './reader.ts';
import { misfit } from './validation.ts';

const closed = (properties: Record<string, TSchema>): TSchema =>
  Type.Object(properties, { additionalProperties: false });
const Inner = closed({
  a: Type.String({ pattern: '^[a-z":\\\\ ]*$' }),
  b: Type.Optional(Type.Integer({ maximum: 9 })),
});
const Outer = closed({
  one: Inner,
  many: Type.Optional(Type.Array(Inner, { maxItems: 3 })),
  maybe: Type.Optional(Type.Union([Inner, Type.Null()])),
  words: Type.Optional(Type.Array(Type.String())),
  kind: Type.Optional(Type.Union([Type.Literal('x'), Type.Literal('y')])),
});
const { read } = readerOf(Outer);
const validator = Compile(Outer);

/** What the two steps say that a reader stands for. */
function slowly(text: string): unknown {
  const parsed = parseStrict(text, limits);
  if (!parsed.ok) return parsed;
  const bad = misfit(validator, parsed.value);
  return bad ? { ok: false, error: bad } : parsed;
}

const fine = fc.constantFrom('a', 'a":b', 'a\\', '":', ':', ' ', '', 'a: "b": c');
const wild = fc.constantFrom('a', '":', '\\', 'é', '\u0000', '\ud800');
const objects = (word: fc.Arbitrary<string>, more: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> => {
  const inner = fc.record({ a: word, b: fc.integer({ min: 0, max: 9 }), ...more }, { requiredKeys: ['a'] });
  const members = {
    one: inner,
    many: fc.array(inner, { maxLength: 3 }),
    maybe: fc.option(inner),
    words: fc.array(word),
    kind: fc.constantFrom('x', 'y'),
    ...more,
  };
  return fc.record(members, { requiredKeys: ['one'] });
};
const outer = fc.oneof(objects(fine, {}), objects(wild, { 'c:': fc.constantFrom(null, 1.5, 2 ** 60) }));
const space = fc.constantFrom('', ' ', '\n', '\t ');

test('a reader says of every text what parsing strictly and checking the schema say', () => {
  let accepted = 0;
  fc.assert(
    fc.property(outer, space, space, fc.boolean(), (value, before, after, twice) => {
      let text = JSON.stringify(value).replaceAll(/(?<=[{,])"(\w+)":/g, `"$1"${before}:${after}`);
      if (twice) text = text.replace('{"', '{"a":"b","');
      const told = read(text);
      if (told.ok) accepted += 1;
      assert.deepEqual(told, slowly(text));
    }),
    { numRuns: tries(2_000) },
  );
  assert.ok(accepted > 50);
});

test('a key that stands twice is refused at its place, whatever quote marks and colons stand in the texts', () => {
  for (const text of [
    '{"one":{"a":"x","a":"y"}}',
    '{"one":{"a":"\\":","a":"y"}}',
    '{"one" : {"a":":"},"one":{"a":"y"}}',
    '{"one":{"a":"\\\\"},"words":[":"],"one":{"a":""}}',
  ]) {
    const told = read(text);
    assert.equal(told.ok ? 'read' : told.error.code, 'http/key-repeated', text);
  }
});

test('a text or a list without a bound in its schema keeps to that of every body', () => {
  const { read: loose } = readerOf(closed({ words: Type.Array(Type.String()) }));
  const code = (value: unknown): string => {
    const told = loose(JSON.stringify(value));
    return told.ok ? 'read' : told.error.code;
  };
  assert.equal(code({ words: ['x'.repeat(limits.stringLength)] }), 'read');
  assert.equal(code({ words: ['x'.repeat(limits.stringLength + 1)] }), 'http/text-too-long');
  assert.equal(code({ words: Array(limits.listLength + 1).fill('x') }), 'http/list-too-long');
});

test('a schema that cannot be counted is read all the same', () => {
  const { read: either } = readerOf(closed({ one: Type.Union([Inner, closed({ z: Type.Integer() })]) }));
  assert.deepEqual(either('{"one":{"z":1}}'), { ok: true, value: { one: { z: 1 } } });
  assert.equal(either('{"one":{"z":1,"y":2}}').ok, false);
});
