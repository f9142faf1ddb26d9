import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { isUnreadable, lineBytesMax, meterOf, readLines, readObjects, readTable } from './read.ts';

const folder = await mkdtemp(join(tmpdir(), 'portolan-read-'));
after(() => rm(folder, { recursive: true, force: true }));

async function path(name: string, content: string | Buffer): Promise<string> {
  const where = join(folder, name);
  await writeFile(where, content);
  return where;
}

test('a packed table gives the same rows as a plain one, and the meter counts what lay on the disk', async () => {
  const csv = '\u{feff}a,b\n1,"x\ny"\n\n2,z\n';
  const format = { delimiter: ',' };
  const plain = await path('t.csv', csv);
  const packed = await path('t.csv.gz', gzipSync(csv));
  const meter = await meterOf([packed]);
  const rows = await Array.fromAsync(readTable(packed, format, meter));
  assert.equal(meter.read, meter.total);
  const cells = rows.map((row) => (isUnreadable(row) ? row.code : row.cells));
  assert.deepEqual(cells, [
    { a: '1', b: 'x\ny' },
    { a: '2', b: 'z' },
  ]);
  const same = await Array.fromAsync(readTable(plain, format, await meterOf([plain])));
  assert.deepEqual(
    same.map((row) => row.line),
    rows.map((row) => row.line),
  );
});

test('numbers of NDJSON keep the digits they were written with', async () => {
  const file = await path('n.ndjson', '{"price":1.10,"big":12345678901234567890,"no":null,"yes":true}\n');
  const [row] = await Array.fromAsync(readObjects(file, await meterOf([file])));
  assert.ok(row !== undefined && !isUnreadable(row));
  assert.deepEqual(row.cells, { price: '1.10', big: '12345678901234567890', yes: 'true' });
});

test('a line beyond the limit, a line that is not UTF-8 and one that is not JSON are told apart; the others are read', async () => {
  const long = `{"a":"${'x'.repeat(lineBytesMax)}"}`;
  const bytes = Buffer.concat([
    Buffer.from(`{"a":"1"}\n${long}\n`),
    Buffer.from([0x7b, 0xff, 0x0a]),
    Buffer.from('nope\n\n{"a":"2"}'),
  ]);
  const file = await path('bad.ndjson', bytes);
  const rows = await Array.fromAsync(readObjects(file, await meterOf([file])));
  assert.deepEqual(
    rows.map((row) => (isUnreadable(row) ? `${row.line} ${row.code}` : `${row.line} ${row.cells['a']}`)),
    ['1 1', '2 file/line-too-long', '3 file/not-utf8', '4 file/not-json', '6 2'],
  );
});

test('a file of one endless line does not fill the memory', async () => {
  const file = await path('endless.ndjson', Buffer.alloc(20_000_000, 0x61));
  const lines = await Array.fromAsync(readLines(file, await meterOf([file])));
  assert.deepEqual(
    lines.map((line) => (isUnreadable(line) ? line.code : line.text.length)),
    ['file/line-too-long'],
  );
});

test('a row with too few cells is named with its line, and the next row is read', async () => {
  const file = await path('short.csv', 'a,b\n1\n2,3\n');
  const rows = await Array.fromAsync(readTable(file, { delimiter: ',' }, await meterOf([file])));
  assert.deepEqual(
    rows.map((row) => (isUnreadable(row) ? `${row.line} ${row.code}` : row.cells['b'])),
    ['2 file/columns-differ', '3'],
  );
});

test('a quote mark that never closes is told, not swallowed', async () => {
  const file = await path('quote.csv', 'a,b\n1,2\n"3,4\n5,6\n');
  const rows = await Array.fromAsync(readTable(file, { delimiter: ',' }, await meterOf([file])));
  assert.equal(rows.filter(isUnreadable).length, 1);
  assert.equal(rows.length, 2);
});
