import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { emptyDb } from '../../test/support/db.ts';
import { inOrder } from './backup.ts';
import type { Db } from './db.ts';
import { append, follow } from './journal.ts';
import { migrate, type Migration } from './migrate.ts';
import { continueNumbering, standingOf } from './restore.ts';

const step = (module: string, number: number, hash = `${module}${number}`): Migration => ({
  module,
  number,
  hash,
  file: `${number}.sql`,
  sql: '',
});
const program = [step('platform', 1), step('platform', 2), step('cases', 1), step('home', 1)];

test('the steps of a backup are the program’s, a beginning of them, more, or others', () => {
  const kind = (steps: readonly Migration[]): string => standingOf(steps, program).kind;
  assert.equal(kind(program), 'same');
  assert.equal(kind(program.slice(0, 3)), 'older');
  assert.equal(kind([step('platform', 1), step('cases', 1)]), 'older');
  assert.equal(kind([...program, step('cases', 2)]), 'newer');
  assert.equal(kind([...program.slice(0, 3), step('slips', 1)]), 'newer');
  assert.equal(kind([...program.slice(0, 3), step('home', 1, 'changed')]), 'other');
  assert.equal(kind([step('platform', 2), step('cases', 1)]), 'other', 'a step below one that ran is missing');
  const { missing, run } = standingOf(program.slice(0, 3), program);
  assert.deepEqual([run.length, missing.map(({ module }) => module)], [3, ['home']]);
});

test('tables are written after those that they point to, and a circle of them is a bug', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 20 }),
      fc.infiniteStream(fc.nat()),
      (ids, more) => {
        const tables = ids.map((id) => ({
          key: `t${id}`,
          // Only to smaller ones, so that there is no circle.
          references: ids
            .filter((other) => other < id && (more.next().value ?? 0) % 3 === 0)
            .map((other) => `t${other}`),
        }));
        const keys = inOrder(tables).map(({ key }) => key);
        assert.equal(keys.length, tables.length);
        for (const { key, references } of tables)
          for (const other of references) assert.ok(keys.indexOf(other) < keys.indexOf(key));
      },
    ),
  );
  assert.throws(
    () =>
      inOrder([
        { key: 'a', references: ['b'] },
        { key: 'b', references: ['a'] },
      ]),
    /in a circle/,
  );
});

/** What a follower reads until it has read so many; other tests on the server may hold it back for a moment. */
async function readAll(db: Db, name: string, many: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  const follower = follow(name, null, async (_tx, entries) => void seen.push(...entries.map(({ data }) => data['n'])));
  for (let tries = 0; tries < 2_000 && seen.length < many; tries += 1) if (!(await follower.step(db))) await delay(5);
  return seen;
}

test('a journal that came from a server which had counted further goes on: nothing is missed, nothing read twice', async () => {
  const { db } = await emptyDb();
  await migrate(db, []);
  assert.equal(await continueNumbering(db), false, 'where nothing is ahead nothing is changed');
  const subject = '0197a000-0000-7000-8000-000000000001';
  // As other tools bring it: rows with the numbers of another server, and a follower that had read the first of them.
  await db.query(
    `insert into platform.journal (tx, at, kind, subject, data, seeded)
     select n::text::xid8, now(), 'test.made', $1, format('{"n":%s}', n), false from generate_series(5000000001, 5000000003) n`,
    [subject],
  );
  await db.query(`insert into platform.cursors (name, tx, seq) values ('reader', '5000000001', 1)`);

  assert.equal(await continueNumbering(db), true);
  assert.equal(await continueNumbering(db), false);
  await db.tx((tx) => append(tx, [{ kind: 'test.made', subject, data: { n: 'new' } }]));
  await db.tx((tx) => append(tx, [{ kind: 'test.made', subject, data: { n: 'newer' } }]));
  assert.deepEqual(await readAll(db, 'reader', 4), [5_000_000_002, 5_000_000_003, 'new', 'newer']);
  assert.equal((await readAll(db, 'another', 5)).length, 5);
  const rows = await db.query<{ tx: bigint }>('select tx from platform.journal order by tx desc limit 2');
  assert.ok(rows.every(({ tx }) => tx > 5_000_000_003n));
});
