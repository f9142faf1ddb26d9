import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { emptyDb } from '../../test/support/db.ts';
import { tries } from '../../test/support/long.ts';
import { formatDecimal } from '#kernel/decimal.ts';
import { isDuplicate } from './db.ts';
import { rowsOf } from './rows.ts';

const { db } = await emptyDb();
await db.query(
  `create table copied (number int4 primary key, words text, id uuid, whole int8, short int2, yes bool, bytes bytea,
     at timestamptz, day date, exact numeric)`,
);
const fields = [
  ['number', 'int4'],
  ['words', 'text'],
  ['id', 'uuid'],
  ['whole', 'int8'],
  ['short', 'int2'],
  ['yes', 'bool'],
  ['bytes', 'bytea'],
  ['at', 'timestamptz'],
  ['day', 'date'],
  ['exact', 'numeric'],
] as const;
const copy = 'copy copied (number, words, id, whole, short, yes, bytes, at, day, exact) from stdin (format binary)';

const text = fc.string({ unit: 'binary', maxLength: 60 }).map((value) => value.replaceAll('\0', ''));
const instant = fc
  .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const row = fc.record({
  words: fc.option(text),
  id: fc.option(fc.uuid()),
  whole: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  short: fc.option(fc.integer({ min: -32_768, max: 32_767 })),
  yes: fc.option(fc.boolean()),
  bytes: fc.option(fc.uint8Array({ maxLength: 60 }).map((value) => Buffer.from(value))),
  at: fc.option(instant),
  day: fc.option(instant.map((value) => value.slice(0, 10))),
  exact: fc.option(
    fc.record({ digits: fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), scale: fc.integer({ min: 0, max: 12 }) }),
  ),
});
const numbered = (words: string | null, number: number) => ({
  number,
  words,
  id: null,
  whole: null,
  short: null,
  yes: null,
  bytes: null,
  at: null,
  day: null,
  exact: null,
});

test('rows that are copied in arrive as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (given) => {
      const rows = given.map((one, number) => ({ number, ...one }));
      await db.query('truncate copied');
      await db.copy(copy, rowsOf(fields, rows));
      const told = rows.map((one) => ({ ...one, exact: one.exact === null ? null : formatDecimal(one.exact) }));
      assert.deepEqual(await db.query('select * from copied order by number'), told);
    }),
    { numRuns: tries(60) },
  );
});

test('a text larger than the room that was made arrives whole, and the rows behind it too', async () => {
  const rows = [numbered('é'.repeat(1_500_000), 1), numbered('small', 2)];
  await db.query('truncate copied');
  await db.copy(copy, rowsOf(fields, rows));
  assert.deepEqual(await db.query('select * from copied order by number'), rows);
});

test('a key that stands already fails the copy and its transaction, and the connection goes on', async () => {
  await db.query('truncate copied');
  await db.copy(copy, rowsOf(fields, [numbered('first', 1)]));
  const failing = db.tx(async (tx) => {
    await Promise.all([
      tx.copy(copy, rowsOf(fields, [numbered('other', 2)])),
      tx.copy(copy, rowsOf(fields, [numbered('again', 1)])),
      tx.query('select 1').catch(() => undefined),
    ]);
  });
  await assert.rejects(failing, isDuplicate);
  assert.deepEqual(await db.query('select words from copied'), [{ words: 'first' }]);
});

test('a value that is not of its type throws before anything is sent', () => {
  assert.throws(() => rowsOf([['id', 'uuid']], [{ id: '00000000-0000-7000-8000-00000000000g' }]), TypeError);
  assert.throws(() => rowsOf([['id', 'uuid']], [{ id: '0000000000-0000-7000-8000-000000000' }]), TypeError);
  assert.throws(() => rowsOf([['short', 'int2']], [{ short: 40_000 }]), RangeError);
  assert.throws(() => rowsOf([['at', 'timestamptz']], [{ at: 'yesterday' }]), RangeError);
});
