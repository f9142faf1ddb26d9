import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { testDb } from '../../test/support/db.ts';
import { codeOf, column, instantOfText, isDuplicate, isOutage, openDb, type Tx } from './db.ts';
import { tries } from '../../test/support/long.ts';

const { db, open } = await testDb({ modules: [] });

test('whole numbers, decimals, days, instants and JSON arrive without passing a JS number or a local date', async () => {
  const [row] = await db.query(
    `select 9007199254740993::int8 as whole, 1.10::numeric as rate, date '2026-01-05' as day, 7::int4 as small,
      timestamptz '2026-01-05 10:00:00.5+02' as at, '{"a":1.0}'::json as doc, '{"a":1}'::jsonb as docs,
      array[1::int8, null] as wholes, array[timestamptz '2026-01-05 10:00+00'] as ats, array['a,b', null] as texts,
      '\\x00ff'::bytea as bytes, '5'::xid8 as tx, array[date '2026-01-05'] as days, array[1.50] as rates`,
  );
  assert.deepEqual(row, {
    whole: 9007199254740993n,
    rate: '1.10',
    day: '2026-01-05',
    small: 7,
    at: '2026-01-05T08:00:00.500Z',
    doc: '{"a":1.0}',
    docs: '{"a": 1}',
    wholes: [1n, null],
    ats: ['2026-01-05T10:00:00.000Z'],
    texts: ['a,b', null],
    bytes: Buffer.from([0, 255]),
    tx: 5n,
    days: ['2026-01-05'],
    rates: ['1.50'],
  });
});

test('an instant shows three digits, or six where finer ones are stored', () => {
  assert.equal(instantOfText('2026-01-05 08:00:00+00'), '2026-01-05T08:00:00.000Z');
  assert.equal(instantOfText('2026-01-05 08:00:00.1234+00'), '2026-01-05T08:00:00.123400Z');
  assert.equal(instantOfText('infinity'), 'infinity');
});

const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));
const instant = fc
  .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const uuid = fc.uuid();
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> =>
  fc.array(fc.option(arbitrary), { maxLength: 20 });

test('columns sent as binary arrays arrive as they were', async () => {
  const rows = fc.record({
    texts: nullable(text),
    uuids: nullable(uuid),
    wholes: nullable(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    smalls: nullable(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    shorts: nullable(fc.integer({ min: -32_768, max: 32_767 })),
    bools: nullable(fc.boolean()),
    bytes: nullable(fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value))),
    ats: nullable(instant),
    days: nullable(instant.map((value) => value.slice(0, 10))),
  });
  await fc.assert(
    fc.asyncProperty(rows, async (value) => {
      const [row] = await db.query(
        `select $1::text[] as texts, $2::uuid[] as uuids, $3::int8[] as wholes, $4::int4[] as smalls, $5::bool[] as bools,
          $6::bytea[] as bytes, $7::timestamptz[] as ats, $8::date[] as days, $9::int2[] as shorts`,
        [
          column.text(value.texts),
          column.uuid(value.uuids),
          column.int8(value.wholes),
          column.int4(value.smalls),
          column.bool(value.bools),
          column.bytea(value.bytes),
          column.timestamptz(value.ats),
          column.date(value.days),
          column.int2(value.shorts),
        ],
      );
      assert.deepEqual(row, { ...value });
    }),
    { numRuns: tries(60) },
  );
});

test('a column keeps what it was while others are made', async () => {
  const first = column.text(Array.from({ length: 50 }, (_, index) => `first ${index}`));
  for (let times = 0; times < 2_000; times += 1) column.text(['x'.repeat(2_000)]);
  const [row] = await db.query<{ texts: string[] }>('select $1::text[] as texts', [first]);
  assert.equal(row?.texts[49], 'first 49');
});

test('what is not of the type throws before it is sent', () => {
  for (const value of [
    '',
    'g',
    '0'.repeat(36),
    '00000000-0000-7000-8000-00000000000',
    '00000000-0000-7000-8000-0000000000000',
  ]) {
    assert.throws(() => column.uuid([value]), TypeError, value);
  }
  assert.throws(() => column.int4([2 ** 31]), RangeError);
  assert.throws(() => column.int8([2n ** 63n]), RangeError);
  assert.throws(() => column.timestamptz(['2026-01-05']), RangeError);
});

test('a transaction that throws leaves nothing, and one that returns stays', async () => {
  await db.query('create table kept (a int primary key)');
  await assert.rejects(
    db.tx(async (tx) => {
      await tx.query('insert into kept values (1)');
      throw new Error('no');
    }),
    /no/,
  );
  await db.tx((tx) => tx.query('insert into kept values (2)'));
  assert.deepEqual(await db.query('select a from kept'), [{ a: 2 }]);
  const lost: unknown = await db.query('insert into kept values (2)').catch((error: unknown) => error);
  assert.ok(isDuplicate(lost) && !isOutage(lost));
});

test('two transactions that deadlock both end well', async () => {
  await db.query('create table pair (a int primary key, n int); insert into pair values (1, 0), (2, 0)');
  const add = (tx: Tx, a: number): Promise<unknown> => tx.query('update pair set n = n + 1 where a = $1', [a]);
  let met = 0;
  const both = Promise.withResolvers<void>();
  const cross = (first: number, second: number): Promise<void> =>
    db.tx(async (tx) => {
      await add(tx, first);
      met += 1;
      if (met === 2) both.resolve();
      await both.promise;
      await add(tx, second);
    });
  await Promise.all([cross(1, 2), cross(2, 1)]);
  assert.ok(met > 2, 'one of them was started again');
  assert.deepEqual(await db.query('select sum(n)::int as n from pair'), [{ n: 4 }]);
});

test('a simple message gives one list of rows a statement, and the connection can go on', async () => {
  const connection = await db.connection();
  try {
    assert.deepEqual(await connection.simple('begin; select 1 as a; select 2 as b, 3 as c'), [
      [],
      [{ a: 1 }],
      [{ b: 2, c: 3 }],
    ]);
    await assert.rejects(connection.simple('select nothing'), (error) => codeOf(error) === '42703');
    await connection.simple('rollback');
    assert.deepEqual(await connection.query('select $1::int as a', [4]), [{ a: 4 }]);
  } finally {
    connection.release();
    connection.release();
  }
});

test('a connection that the server ends is an outage for its query, and the pool goes on', async () => {
  const lone = open(1);
  const connection = await lone.connection();
  const [self] = await connection.query<{ pid: number }>('select pg_backend_pid() as pid');
  const sleeping = connection.query('select pg_sleep(30)').catch((error: unknown) => error);
  await db.query('select pg_terminate_backend($1)', [self!.pid]);
  assert.ok(isOutage(await sleeping));
  connection.release();
  assert.deepEqual(await lone.query('select 1 as a'), [{ a: 1 }]);
});

test('closing ends also a connection that somebody still holds', async () => {
  const lone = open(2);
  const held = await lone.connection();
  const [self] = await held.query<{ pid: number }>('select pg_backend_pid() as pid');
  await lone.close();
  const gone = (): Promise<unknown[]> => db.query('select 1 from pg_stat_activity where pid = $1', [self?.pid]);
  while ((await gone()).length > 0);
  assert.ok(isOutage(await held.query('select 1').catch((error: unknown) => error)));
});

test('a database that is not there is an outage', async () => {
  const away = openDb({ url: 'postgres://nobody@localhost/none?host=/nonexistent', size: 1 });
  assert.ok(isOutage(await away.query('select 1').catch((error: unknown) => error)));
  await away.close();
});
