import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { leafHash } from '#kernel/merkle.ts';
import { testDb, type TestDb } from '../../test/support/db.ts';
import { tries } from '../../test/support/long.ts';
import { untilFollowable } from '../../test/support/settle.ts';
import { append } from './journal.ts';
import {
  beginning,
  entriesAfter,
  entriesBetween,
  entryText,
  followHashes,
  type HashedPage,
  placeOf,
} from './sealing.ts';

const ownDb = (): Promise<TestDb> => testDb({ modules: [] });
const subject = '0197a000-0000-7000-8000-000000000001';

/** Follows what may be followed now until nothing is left, and gives the pages. */
async function follows(db: TestDb['db'], name: string): Promise<HashedPage[]> {
  const pages: HashedPage[] = [];
  const follower = followHashes(name, { most: 4, idleMs: 1_000 }, async (_tx, page) => {
    pages.push({ ...page, hashes: Buffer.from(page.hashes) });
  });
  for (let before = -1; before < pages.length; ) {
    before = pages.length;
    await follower.step(db);
  }
  return pages;
}

/** Follows everything that was committed, whatever other tests of the server have open. */
async function drain(db: TestDb['db'], name: string): Promise<HashedPage[]> {
  await untilFollowable(db);
  return follows(db, name);
}

test('the text of an entry is the documented one, byte for byte', () => {
  const entry = { tx: 7n, seq: 12n, at: '1795647600.000500', subject, kind: 'test/é', seeded: false, data: '{ }' };
  assert.equal(
    entryText(entry),
    'portolan-entry/v1 7 12 1795647600.000500 0197a000-0000-7000-8000-000000000001 0 7\ntest/é\n{ }',
  );
});

test('two entries never have the same text, whatever their kind and data try', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '0', ' ', '1') });
  fc.assert(
    fc.property(text, text, text, text, (kind, data, otherKind, otherData) => {
      const rest = { tx: 1n, seq: 1n, at: '1.000000', subject, seeded: false };
      const same = entryText({ ...rest, kind, data }) === entryText({ ...rest, kind: otherKind, data: otherData });
      assert.equal(same, kind === otherKind && data === otherData);
    }),
  );
});

test('the server hashes each entry to what its documented text hashes to', async () => {
  const { db } = await ownDb();
  const written = fc.string({ unit: 'grapheme', maxLength: 20 }).map((one) => one.replaceAll('\0', ''));
  const entries = fc.array(
    fc.record({
      kind: written,
      data: written,
      seeded: fc.boolean(),
      at: fc.date({ min: new Date('1960-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
      micros: fc.nat({ max: 999 }),
    }),
    { minLength: 1, maxLength: 9 },
  );
  let round = 0;
  await fc.assert(
    fc.asyncProperty(entries, async (all) => {
      round += 1;
      await db.query('truncate platform.journal');
      for (const { kind, data, seeded, at, micros } of all)
        await db.query(
          `insert into platform.journal (at, kind, subject, data, seeded)
           values ($1::timestamptz + $2 * interval '1 microsecond', $3, $4, $5, $6)`,
          [at.toISOString(), micros, kind, subject, data, seeded],
        );
      const pages = await drain(db, `round-${round}`);
      const end = await placeOf(db, `round-${round}`);
      const stored = await entriesBetween(db, beginning, end, 100);
      assert.equal(stored.length, all.length);
      const hashes = Buffer.concat(pages.map((page) => page.hashes));
      assert.equal(
        hashes.toString('hex'),
        Buffer.concat(stored.map((entry) => leafHash(entryText(entry)))).toString('hex'),
      );
    }),
    { numRuns: tries(20) },
  );
});

test('pages are full while there is more, and each tells where it begins and ends', async () => {
  const { db } = await ownDb();
  for (let made = 0; made < 6; made += 1) await db.tx((tx) => append(tx, [{ kind: 'test/made', subject }]));
  assert.equal(await entriesAfter(db, beginning), 6n);
  const pages = await drain(db, 'pages');
  assert.deepEqual(
    pages.map(({ count, hashes }) => [count, hashes.length]),
    [
      [4, 128],
      [2, 64],
    ],
  );
  const places = await db.query('select tx, seq from platform.journal order by tx, seq');
  assert.deepEqual(
    pages.flatMap(({ first, last }) => [first, last]),
    [0, 3, 4, 5].map((index) => places[index]),
  );
  assert.equal(await entriesAfter(db, pages[0]!.last), 2n);
});

test('nothing is hashed past a transaction that is still open', async () => {
  const { db, open } = await ownDb();
  const slow = await open(1).connection();
  await slow.simple('begin');
  await append(slow, [{ kind: 'test/slow', subject }]);
  await db.tx((tx) => append(tx, [{ kind: 'test/quick', subject }]));
  assert.deepEqual(await follows(db, 'held'), []);
  await slow.simple('commit');
  slow.release();
  const [page] = await drain(db, 'held');
  assert.equal(page?.count, 2);
});

test('what the handler throws leaves the place where it was', async () => {
  const { db } = await ownDb();
  await db.tx((tx) => append(tx, [{ kind: 'test/made', subject }]));
  const failing = followHashes('failing', { most: 4, idleMs: 1_000 }, () => Promise.reject(new Error('not now')));
  await untilFollowable(db);
  await assert.rejects(failing.step(db), /not now/);
  assert.deepEqual(await placeOf(db, 'failing'), beginning);
  assert.equal((await drain(db, 'failing'))[0]?.count, 1);
});
