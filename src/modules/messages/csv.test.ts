import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cellOf, readCsv, saidIn } from './csv.ts';

const text = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((one) => one.isWellFormed() && !/[^\t\n\r\P{Cc}]|\uFEFF/u.test(one) && !/\r(?!\n)/.test(one));

test('what is written as a table is read as it was, whatever stands in its cells', () => {
  const rows = fc.array(fc.array(text, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(rows, fc.constantFrom('\n', '\r\n'), fc.boolean(), (given, end, last) => {
      const written = given.map((row) => row.map(cellOf).join(',')).join(end) + (last ? end : '');
      const read = readCsv(Buffer.from(written));
      assert.ok(read.ok, JSON.stringify(read));
      assert.deepEqual(
        read.value.map((row) => row.map((cell) => saidIn(cell.text))),
        given,
      );
    }),
  );
});

test('a formula is written with a mark before it, and read without', () => {
  for (const formula of ['=1+1', '+1', '-1', '@a', '\tx', "'=1"]) {
    assert.equal(cellOf(formula)[0], "'");
    assert.equal(saidIn(cellOf(formula)), formula);
  }
  assert.equal(saidIn("'tis"), "'tis");
});

test('each cell knows its line and column, also behind a line end inside quotes', () => {
  const read = readCsv(Buffer.from('\uFEFFa,b\r\n"1\n2",3\n\n4,\n'));
  assert.ok(read.ok);
  const places = read.value.flatMap((row) => row.map((cell) => `${cell.line}:${cell.column}`));
  assert.deepEqual(places, ['1:1', '1:2', '2:1', '3:2', '5:1', '5:2']);
});

test('what is no UTF-8 is no table', () => {
  const read = readCsv(Buffer.from([0x61, 0xff, 0x0a]));
  assert.equal(read.ok ? '' : read.error.code, 'http/body-encoding');
});
