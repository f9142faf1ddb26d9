import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Element, readXml, type Written, writeXml, xmlLimits } from './xml.ts';

const read = (bytes: Buffer, sizes: readonly number[] = [], limits = xmlLimits) => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) chunks.push(bytes.subarray(at, (at += size)));
  return readXml(Readable.from([...chunks, bytes.subarray(at)].filter(({ length }) => length > 0)), () => 0, limits);
};

const plain = ({ name, uri, text, attributes, elements }: Element): Written => ({
  name,
  uri,
  text: elements.length === 0 ? text : text.trim(),
  attributes,
  elements: elements.map(plain),
});

const name = fc.constantFrom('a', 'b', 'Order', '订单', 'x-1');
const uri = fc.constantFrom('urn:one', 'urn:two');
const text = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((one) => !/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(one) && one.isWellFormed());
const attributes = fc.uniqueArray(fc.record({ name, uri: fc.constantFrom('', 'urn:three'), value: text }), {
  maxLength: 3,
  selector: (one) => one.uri + one.name,
});
const { element } = fc.letrec<{ element: Written }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 4 },
    fc.record({ name, uri, text, attributes, elements: fc.constant([]) }),
    fc.record({
      name,
      uri,
      text: fc.constant(''),
      attributes,
      elements: fc.array(tie('element'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

test('what is written is read as it was, however its bytes arrive', async () => {
  await fc.assert(
    fc.asyncProperty(element, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 }), async (root, sizes) => {
      const document = await read(Buffer.from(writeXml(root)), sizes);
      assert.ok(document.ok, JSON.stringify(document));
      // Records that were made up have no prototype.
      assert.deepEqual(plain(document.value.root), structuredClone(root));
    }),
    { numRuns: 200 },
  );
});

test('comments, CDATA and the five entities are read as what they say; a byte order mark says nothing', async () => {
  const document = await read(Buffer.from('\uFEFF<a x="&quot;"><!-- no --><b><![CDATA[<&]]>&lt;&#65;</b></a>'));
  assert.ok(document.ok);
  assert.equal(document.value.root.elements[0]?.text, '<&<A');
  assert.equal(document.value.root.attributes[0]?.value, '"');
});

test('a refusal names line, column and path', async () => {
  const document = await read(Buffer.from('<a>\n  <b>\n    <c>&nothing;</c></b></a>'));
  assert.ok(!document.ok);
  const { line, path } = document.error.params ?? {};
  assert.deepEqual([document.error.code, line, path], ['messages/xml-malformed', '3', '/a/b/c']);
});

test('a document that takes too long is not read to its end', async () => {
  let now = 0;
  const late = await readXml(Readable.from([Buffer.from('<a>'), Buffer.from('</a>')]), () => (now += 40_000));
  assert.equal(late.ok ? '' : late.error.code, 'messages/xml-too-slow');
});

test('a document beyond a bound is left before the rest of it comes', async () => {
  let taken = 0;
  const endless = (async function* () {
    for (;;) {
      taken += 1;
      yield Buffer.from(taken === 1 ? '<a>' : '<b/>'.repeat(1_000));
    }
  })();
  const document = await readXml(endless, () => 0, { ...xmlLimits, elements: 5_000 });
  assert.equal(document.ok ? '' : document.error.code, 'messages/xml-too-much');
  assert.ok(taken < 10);
});
