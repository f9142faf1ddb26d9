import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Line, lineBytesMax, linesOf } from './ndjson.ts';

async function read(chunks: readonly Buffer[]): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of linesOf(Readable.from(chunks))) lines.push(line);
  return lines;
}
const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

test('lines are the same however the bytes arrive, also through the middle of a letter', async () => {
  const text = fc.array(
    fc.string({ unit: 'grapheme' }).map((one) => one.replaceAll('\n', '')),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (all, size) => {
      const wanted = all.flatMap((one, index) => (/^[ \t\r]*$/.test(one) ? [] : [{ number: index + 1, text: one }]));
      assert.deepEqual(await read(cut(Buffer.from(all.join('\n')), size)), wanted);
    }),
  );
});

test('a line that is too long or not UTF-8 does not stop those after it', async () => {
  const long = 'x'.repeat(lineBytesMax + 1);
  const bytes = Buffer.concat([Buffer.from(`a\n${long}\n`), Buffer.from([0xff, 10]), Buffer.from('\nb\n')]);
  for (const size of [1_000, 70_000])
    assert.deepEqual(await read(cut(bytes, size)), [
      { number: 1, text: 'a' },
      { number: 2, unreadable: 'http/body-too-large' },
      { number: 3, unreadable: 'http/body-encoding' },
      { number: 5, text: 'b' },
    ]);
  assert.deepEqual(await read([Buffer.from('x'.repeat(lineBytesMax))]), [
    { number: 1, text: 'x'.repeat(lineBytesMax) },
  ]);
});
