import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { newId } from '#kernel/id.ts';
import { openDb, type Db } from './db.ts';
import { append, enterFollowers, follow, writeAsHistory, type Entry, type JournalEntry } from './journal.ts';
import { followersLag } from './followers.ts';
import { migrate } from './migrate.ts';
import { startPostgres } from './postgres.ts';
import { tries } from '../../test/support/long.ts';

// A follower stops before the oldest open transaction of the whole server, so these tests have a server to themselves:
// on the one of the run, a transaction of any other test would hold them back.
const folder = mkdtempSync('/tmp/portolan-journal-');
const server = await startPostgres(folder, { durable: false, sharedBuffers: '32MB', connections: 60 });
const opened: Db[] = [];
let made = 0;

after(async () => {
  await Promise.all(opened.map((db) => db.close()));
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ownDb(): Promise<{ db: Db; open: (size?: number) => Db }> {
  made += 1;
  const name = `journal_${made}`;
  const admin = openDb({ url: server.url, size: 1 });
  await admin.query(`create database ${name}`).finally(() => admin.close());
  const open = (size = 4): Db => {
    const db = openDb({ url: server.url.replace('/portolan?', `/${name}?`), size });
    opened.push(db);
    return db;
  };
  const db = open();
  await migrate(db, []);
  return { db, open };
}

const subject = newId(1_790_000_000_000);
const entry = (number: number, kind = 'test/counted'): Entry => ({ kind, subject, data: { number } });
const numbersOf = (entries: readonly JournalEntry[]): unknown[] => entries.map((one) => one.data['number']);

async function drain(db: Db, name: string, kinds: readonly string[] | null = null): Promise<unknown[]> {
  const seen: unknown[] = [];
  const follower = follow(name, kinds, async (_tx, entries) => void seen.push(...numbersOf(entries)));
  while (await follower.step(db));
  return seen;
}

test('entries come back as they were written, with the moment given or that of writing', async () => {
  const { db } = await ownDb();
  const at = '2026-01-05T08:00:00.000Z';
  await db.tx((tx) =>
    append(tx, [
      {
        kind: 'test/old',
        subject,
        at,
        seeded: true,
        data: { amount: '12.34', open: true, codes: ['a', 'b'], none: null },
      },
      { kind: 'test/new', subject },
    ]),
  );
  const seen: JournalEntry[] = [];
  await follow('all', null, async (_tx, entries) => void seen.push(...entries)).step(db);
  const { tx, seq, ...rest } = seen[0]!;
  assert.equal(typeof tx, 'bigint');
  assert.deepEqual(rest, {
    at,
    kind: 'test/old',
    subject,
    data: { amount: '12.34', open: true, codes: ['a', 'b'], none: null },
    seeded: true,
  });
  assert.equal(seen[1]?.seeded, false);
  assert.deepEqual(seen[1]?.data, {});
  assert.ok(seen[1] !== undefined && seen[1].at > at && seen[1].tx === tx && seen[1].seq > seq);
});

test('a transaction that writes as history dates and marks all its entries, and the next one none', async () => {
  const { db } = await ownDb();
  const [before] = await db.query('select platform.is_untouched() as untouched');
  assert.deepEqual(before, { untouched: true });
  await db.tx(async (tx) => {
    await writeAsHistory(tx, '2026-01-05T08:00:00.000Z');
    await append(tx, [entry(1), { ...entry(2), at: '2026-01-04T08:00:00.000Z', seeded: true }]);
  });
  await db.tx((tx) => append(tx, [entry(3)]));
  const rows = await db.query(`select at < '2026-01-06' as past, at < '2026-01-05' as own, seeded from platform.journal
    order by tx, seq`);
  assert.deepEqual(rows, [
    { past: true, own: false, seeded: true },
    { past: true, own: true, seeded: true },
    { past: false, own: false, seeded: false },
  ]);
  assert.deepEqual(await db.query('select platform.is_untouched() as untouched'), [{ untouched: false }]);
});

test('nothing is read past a transaction that is still open, and nothing is skipped when it ends late', async () => {
  const { db, open } = await ownDb();
  const slow = await open(1).connection();
  await slow.simple('begin');
  await append(slow, [entry(1)]);
  await db.tx((tx) => append(tx, [entry(2)]));
  assert.deepEqual(await drain(db, 'held'), []);
  await append(slow, [entry(3)]);
  await slow.simple('commit');
  slow.release();
  assert.deepEqual(await drain(db, 'held'), [1, 3, 2]);
});

test('whatever commits, rolls back or stays open in whatever order, each committed entry is read once and in order', async () => {
  const { db, open } = await ownDb();
  const writers = open(6);
  let number = 0;
  let round = 0;
  const plan = fc.array(
    fc.record({ writer: fc.nat({ max: 4 }), act: fc.constantFrom('write', 'write', 'commit', 'rollback', 'read') }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      round += 1;
      const name = `round-${round}`;
      const before = await drain(db, name);
      const seen: unknown[] = [];
      const committed: number[] = [];
      const open_ = new Map<number, { connection: Awaited<ReturnType<Db['connection']>>; numbers: number[] }>();
      const end = async (writer: number, how: 'commit' | 'rollback'): Promise<void> => {
        const held = open_.get(writer);
        if (held === undefined) return;
        await held.connection.simple(how);
        held.connection.release();
        open_.delete(writer);
        if (how === 'commit') committed.push(...held.numbers);
      };
      for (const { writer, act } of steps) {
        if (act === 'read') seen.push(...(await drain(db, name)));
        if (act === 'commit' || act === 'rollback') await end(writer, act);
        if (act !== 'write') continue;
        if (!open_.has(writer)) {
          const connection = await writers.connection();
          await connection.simple('begin');
          open_.set(writer, { connection, numbers: [] });
        }
        number += 1;
        open_.get(writer)!.numbers.push(number);
        await append(open_.get(writer)!.connection, [entry(number)]);
      }
      for (const writer of open_.keys()) await end(writer, 'commit');
      seen.push(...(await drain(db, name)));
      const all = await db.query<{ number: number }>(
        `select (data::json->>'number')::int as number from platform.journal order by tx, seq`,
      );
      assert.deepEqual(
        [...before, ...seen],
        all.map((row) => row.number),
      );
      assert.deepEqual(new Set(seen), new Set(committed));
    }),
    { numRuns: tries(25) },
  );
});

test('a follower that asks for some kinds still moves past the others', async () => {
  const { db } = await ownDb();
  await db.tx((tx) =>
    append(
      tx,
      Array.from({ length: 2_500 }, (_, index) => entry(index, index === 2_400 ? 'test/rare' : 'test/often')),
    ),
  );
  assert.deepEqual(await drain(db, 'rare', ['test/rare']), [2_400]);
  assert.deepEqual(await drain(db, 'rare', ['test/rare']), []);
  const [cursor] = await db.query(
    `select seq = (select max(seq) from platform.journal) as at_end from platform.cursors`,
  );
  assert.deepEqual(cursor, { at_end: true });
});

test('a follower that was entered and never began is seen to lag', async () => {
  const { db } = await ownDb();
  await db.tx((tx) => append(tx, [entry(7)]));
  for (let times = 0; times < 2; times += 1) await enterFollowers(db, ['early', 'late']);
  assert.deepEqual(await drain(db, 'early', null), [7]);
  await enterFollowers(db, ['early']);
  const lags = await followersLag(db);
  assert.deepEqual(
    lags.map(({ name, seconds }) => [name, seconds > 0]),
    [
      ['early', false],
      ['late', true],
    ],
  );
});

test('a handler that throws is given the same entries again, and its writes are gone', async () => {
  const { db } = await ownDb();
  await db.query('create table told (n int)');
  await db.tx((tx) => append(tx, [entry(7)]));
  let calls = 0;
  const follower = follow('failing', null, async (tx, entries) => {
    calls += 1;
    await tx.query('insert into told values ($1)', [entries[0]?.data['number']]);
    if (calls === 1) throw new Error('first time');
  });
  await assert.rejects(follower.step(db), /first time/);
  assert.equal(await follower.step(db), 'caught-up');
  assert.deepEqual(await db.query('select n from told'), [{ n: 7 }]);
});

test('two processes with the same follower share the work and double nothing', async () => {
  const { db, open } = await ownDb();
  await db.query('create table counted (n int)');
  const handler = async (tx: Pick<Db, 'query'>, entries: readonly JournalEntry[]): Promise<void> => {
    for (const one of entries) await tx.query('insert into counted values ($1)', [one.data['number']]);
  };
  const others = [open(1), open(1)];
  for (let number = 0; number < 40; number += 1) await db.tx((tx) => append(tx, [entry(number)]));
  const run = async (other: Db): Promise<void> => {
    const follower = follow('shared', null, handler);
    for (let turns = 0; turns < 10; turns += 1) await follower.step(other);
  };
  await Promise.all(others.map(run));
  assert.deepEqual(await db.query('select count(*)::int as n, count(distinct n)::int as d from counted'), [
    { n: 40, d: 40 },
  ]);
});
