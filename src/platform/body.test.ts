import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseStrict, pointerOf } from './body.ts';

const refused = (text: string): string => {
  const result = parseStrict(text);
  if (result.ok) return 'accepted';
  const { code, pointer } = result.error;
  return pointer === undefined ? code : `${code} ${pointer}`;
};

test('every JSON document within the limits is read as JSON.parse reads it, however it is spaced', () => {
  const value = fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme', noNullPrototype: true } as object);
  fc.assert(
    fc.property(value, fc.constantFrom(0, 1, '\t', '\r\n'), (given, space) => {
      const text = JSON.stringify(given, null, space === '\r\n' ? 2 : space);
      fc.pre(!text.includes('__proto__') && !/\d{16}|e\+/.test(text));
      const spaced = space === '\r\n' ? text.replaceAll('\n', '\r\n') : text;
      assert.deepEqual(parseStrict(spaced), { ok: true, value: JSON.parse(text) });
    }),
  );
});

test('a repeated key is refused at its place, wherever it stands and however it is written', () => {
  const key = fc.string({ unit: fc.constantFrom('a', '"', '\\', ':', '/', '~', '{', ' '), minLength: 0, maxLength: 4 });
  const scalar = fc.constantFrom('1', '"a\\":"', 'null', '[{"k":1},"\\\\"]', '{"k":{"k":2}}');
  fc.assert(
    fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 5 }), scalar, fc.nat(), (keys, value, pick) => {
      const twice = keys[pick % keys.length]!;
      const members = [...keys, twice].map((name) => `${JSON.stringify(name)} :${value}`);
      const text = `{"list":[0,{${members.join(' ,')}}]}`;
      assert.equal(refused(text), `http/key-repeated ${pointerOf(['list', 1, twice])}`);
      assert.equal(refused(text.replace(/ ,[^]*$/, '}]}')), 'accepted');
    }),
  );
  assert.equal(refused('{"a":1,"\\u0061":2}'), 'http/key-repeated /a');
  assert.equal(refused('{"a":{"b":1},"c":{"b":1,"b":2}}'), 'http/key-repeated /c/b');
  assert.equal(refused('{"":1,"":2}'), 'http/key-repeated /');
});

test('what cannot be kept or is over a limit is refused where it stands', () => {
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  assert.equal(refused(deep(24)), 'accepted');
  assert.equal(refused(deep(25)), `http/body-too-deep ${'/0'.repeat(24)}`);
  assert.equal(refused(`{"a":${deep(500_000)}}`), `http/body-too-deep /a${'/0'.repeat(23)}`);
  assert.equal(refused(JSON.stringify({ a: ['x'.repeat(10_001)] })), 'http/text-too-long /a/0');
  assert.equal(refused(JSON.stringify({ a: Array.from({ length: 1_001 }, () => 0) })), 'http/list-too-long /a');
  const wide = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`k${index}`, 0]));
  assert.equal(refused(JSON.stringify({ a: wide })), 'http/list-too-long /a');
  assert.equal(refused('{"a":"\\u0000"}'), 'http/text-unusable /a');
  assert.equal(refused('{"a":"\\ud800"}'), 'http/text-unusable /a');
  assert.equal(refused('{"\\udc00":1}'), `http/text-unusable ${pointerOf(['\udc00'])}`);
  assert.equal(refused('{"a":"\\ud83d\\ude00"}'), 'accepted');
  assert.equal(refused('{"a":9007199254740993}'), 'http/number-too-large /a');
  assert.equal(refused('{"a":-1e999}'), 'http/number-too-large /a');
  assert.equal(refused('{"a":{"__proto__":{"b":1}}}'), 'http/key-forbidden /a/__proto__');
  assert.equal(refused(`{"${'k'.repeat(10_001)}":1}`), `http/text-too-long /${'k'.repeat(10_001)}`);
});

test('what is not JSON is refused with its line and column', () => {
  assert.equal(refused(''), 'http/body-missing');
  assert.equal(refused(' \n'), 'http/body-missing');
  assert.equal(refused('\ufeff{}'), 'http/body-byte-order-mark');
  for (const text of ['{', '{"a":1', '{"a":"x', "{'a':1}", '{"a":1,}', '{"a":01}', '[1] 2', 'NaN', '{"a":"\u0000"}']) {
    assert.equal(refused(text), 'http/body-malformed', text);
  }
  const result = parseStrict('{\n  "a": 1,\n  b: 2\n}');
  assert.deepEqual(!result.ok && result.error.params, { line: '3', column: '3' });
});
