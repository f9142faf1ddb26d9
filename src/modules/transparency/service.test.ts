import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leafHash, rootOf } from '#kernel/merkle.ts';
import { append } from '#platform/journal.ts';
import { entriesBetween, entryText } from '#platform/sealing.ts';
import { testDb, type TestDb } from '../../../test/support/db.ts';
import { untilFollowable } from '../../../test/support/settle.ts';
import { entriesMax, hashOf, leafOf, noHash } from './model.ts';
import { lastSegment, sealer } from './service.ts';
import { verify } from './service-verify.ts';
import * as store from './store.ts';

type Db = TestDb['db'];
const subject = '0197a000-0000-7000-8000-000000000001';

const write = (db: Db, many: number): Promise<void> =>
  db.tx((tx) =>
    append(
      tx,
      Array.from({ length: many }, (_, number) => ({ kind: 'test/made', subject, data: { number } })),
    ),
  );

/** Seals everything that was written, one segment after each of these numbers of entries. */
async function sealed(...sizes: readonly number[]): Promise<Db> {
  const { db } = await testDb({ modules: ['transparency'] });
  const worker = sealer();
  for (const many of sizes) {
    await write(db, many);
    await untilFollowable(db);
    await worker.step(db);
  }
  return db;
}

const faults = async (db: Db) => (await verify(db)).faults;
/** An entry by its place in the order of the journal, from 0. */
const nth = (place: number): string =>
  `(tx, seq) = (select tx, seq from platform.journal order by tx, seq offset ${place} limit 1)`;

test('each segment goes on where the one before ended, and its leaf names that one', async () => {
  const db = await sealed(3, 1, 5);
  const segments = await store.from(db, 0n, 10);
  assert.deepEqual(
    segments.map(({ number, entries }) => [number, entries]),
    [
      [0n, 3],
      [1n, 1],
      [2n, 5],
    ],
  );
  let previous = noHash;
  for (const segment of segments) {
    assert.equal(segment.previous, previous);
    assert.equal(segment.hash, hashOf(segment));
    previous = segment.hash;
  }
  const { number, ...rest } = segments[1]!;
  assert.equal(
    leafOf({ number, ...rest }),
    `portolan-segment/v1\n1\n${rest.firstTx} ${rest.firstSeq}\n${rest.lastTx} ${rest.lastSeq}\n1\n${rest.root}\n${rest.previous}\n${rest.sealed}\n`,
  );
  const { firstTx: tx, firstSeq } = segments[0]!;
  const last = { tx: segments[0]!.lastTx, seq: segments[0]!.lastSeq };
  const entries = await entriesBetween(db, { tx, seq: firstSeq - 1n }, last, 100);
  assert.equal(
    rootOf(Buffer.concat(entries.map((one) => leafHash(entryText(one))))).toString('hex'),
    segments[0]!.root,
  );
  assert.deepEqual(await verify(db).then((all) => [all.segments, all.entries, all.unsealed, all.faults]), [
    3n,
    9n,
    0n,
    [],
  ]);
});

test('an empty journal has no segment, and nothing new closes none', async () => {
  const db = await sealed();
  assert.equal(await sealer().step(db), false);
  assert.equal(await lastSegment(db), null);
  assert.deepEqual((await verify(db)).faults, []);
  await write(db, 2);
  assert.equal((await verify(db)).unsealed, 2n);
});

test('a segment is full at its limit, and the next one follows at once', async () => {
  const db = await sealed();
  for (let made = 0; made < 11; made += 1) await write(db, 1_000);
  await untilFollowable(db);
  const worker = sealer();
  assert.equal(await worker.step(db), true);
  assert.equal(await worker.step(db), false);
  assert.deepEqual(
    (await store.from(db, 0n, 10)).map(({ entries }) => entries),
    [entriesMax, 1_000],
  );
  assert.deepEqual(await faults(db), []);
});

test('sealers beside each other seal every entry once', async () => {
  const { db, open } = await testDb({ modules: ['transparency'] });
  const workers = [open(2), open(2), open(2)].map((own) => ({ own, worker: sealer() }));
  for (let round = 0; round < 15; round += 1) {
    await write(db, 3);
    await Promise.all(workers.map(({ own, worker }) => worker.step(own)));
  }
  await untilFollowable(db);
  await sealer().step(db);
  const { entries, unsealed, faults: found } = await verify(db);
  assert.deepEqual([entries, unsealed, found], [45n, 0n, []]);
});

test('an entry that was changed, put in, removed or moved is found in its segment', async () => {
  const db = await sealed(3, 4, 2);
  const tried = async (change: string): Promise<unknown> => {
    await db.query('create table kept as select * from platform.journal');
    await db.query(change);
    const found = await faults(db);
    await db.query('truncate platform.journal');
    await db.query('insert into platform.journal overriding system value select * from kept');
    await db.query('drop table kept');
    return found;
  };
  for (const change of [
    `data = data || ' '`,
    `kind = 'test/other'`,
    `subject = '0197a000-0000-7000-8000-000000000002'`,
    `at = at + interval '1 microsecond'`,
    `at = 'infinity'`,
    'seeded = not seeded',
  ])
    assert.deepEqual(await tried(`update platform.journal set ${change} where ${nth(4)}`), [
      { kind: 'root', segment: 1n },
    ]);
  assert.deepEqual(await tried(`delete from platform.journal where ${nth(8)}`), [
    { kind: 'count', segment: 2n, sealed: 2, found: 1 },
  ]);
  assert.deepEqual(
    await tried(`insert into platform.journal (tx, at, kind, subject, data, seeded)
      select tx, at, kind, subject, data, seeded from platform.journal where ${nth(0)}`),
    [{ kind: 'count', segment: 1n, sealed: 4, found: 5 }],
    'what is put in behind a segment falls into the next one',
  );
  assert.deepEqual(await tried(`update platform.journal set tx = '4000000000' where ${nth(0)}`), [
    { kind: 'count', segment: 0n, sealed: 3, found: 2 },
  ]);
  assert.deepEqual(await faults(db), []);
});

test('a segment that was changed or removed is found, at the end too', async () => {
  const db = await sealed(1, 1, 1, 1);
  const again = async (change: string): Promise<unknown> => {
    await db.query('create table kept as select * from transparency.segments');
    await db.query(change);
    const found = await faults(db);
    await db.query('truncate transparency.segments');
    await db.query('insert into transparency.segments select * from kept');
    await db.query('drop table kept');
    return found;
  };
  const gone = (segment: bigint, until: bigint) => ({ kind: 'gone', segment, until });
  assert.deepEqual(await again('delete from transparency.segments where number in (1, 2)'), [gone(1n, 2n)]);
  assert.deepEqual(await again('delete from transparency.segments where number = 0'), [gone(0n, 0n)]);
  assert.deepEqual(await again('delete from transparency.segments where number = 3'), [{ kind: 'end', segment: 3n }]);
  assert.deepEqual(await again('truncate transparency.segments'), [{ kind: 'end', segment: 0n }]);
  const moved = `update transparency.segments set sealed = sealed - interval '1 hour' where number = 1`;
  assert.deepEqual(await again(moved), [{ kind: 'leaf', segment: 1n }]);
  const forged = 'update transparency.segments set root = sha256(root) where number = 2';
  assert.deepEqual(await again(forged), [
    { kind: 'leaf', segment: 2n },
    { kind: 'root', segment: 2n },
  ]);
});

test('a history that was written again whole, seals included, is found by a hash that somebody noted', async () => {
  const db = await sealed(2, 2, 2);
  const [, noted] = await store.from(db, 0n, 3);
  await db.query(`update platform.journal set data = '{}' where ${nth(0)}`);
  await db.query('truncate transparency.segments');
  await db.query(`update platform.cursors set tx = '0', seq = 0`);
  await untilFollowable(db);
  await sealer().step(db);
  assert.deepEqual(await faults(db), [], 'alone it looks sound');
  const { faults: found } = await verify(db, [{ segment: noted!.number, hash: noted!.hash }]);
  assert.deepEqual(found, [{ kind: 'noted', segment: 1n }]);
  const [now] = await store.from(db, 0n, 1);
  assert.deepEqual((await verify(db, [{ segment: 0n, hash: now!.hash }])).faults, []);
});
