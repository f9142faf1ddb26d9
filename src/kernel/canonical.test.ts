import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { canonicalBytes, canonicalText, digestOf } from './canonical.ts';

test('the sample of RFC 8785 §3.2.2 and the order of §3.2.3 come out as printed there', () => {
  const sample = {
    numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  const expected =
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}';
  assert.equal(canonicalText(sample), expected);
  const order = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
  const values = [...canonicalText(order).matchAll(/:(\d)/g)].map((match) => match[1]).join('');
  assert.equal(values, '2467153');
});

test('the order in which members were written never shows, and the text reads back', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
      const text = canonicalText(value);
      assert.equal(canonicalText(JSON.parse(text)), text);
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
        assert.equal(canonicalText(Object.fromEntries(Object.entries(value).toReversed())), text);
      }
    }),
  );
});

test('what has no canonical bytes throws', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const hole = [1, , 3]; // oxlint-disable-line no-sparse-arrays -- the hole is the case
  const bad = [
    undefined,
    { a: undefined },
    Number.NaN,
    Infinity,
    1n,
    'a\ud800',
    { '\udc00': 1 },
    new Map(),
    cycle,
    hole,
  ];
  for (const value of bad) assert.throws(() => canonicalText(value), TypeError);
  assert.equal(canonicalText(-0), '0');
});

test('the digest is that of the UTF-8 bytes', () => {
  assert.equal(Buffer.from(canonicalBytes({ b: 'é', a: 1 })).toString('hex'), '7b2261223a312c2262223a22c3a9227d');
  assert.equal(digestOf({}), '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
});
