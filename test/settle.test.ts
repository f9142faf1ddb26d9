import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#kernel/id.ts';
import { append, follow } from '#platform/journal.ts';
import { emptyDb, testDb } from './support/db.ts';
import { settle } from './support/settle.ts';

test('settling waits for an open transaction on another database, and what was committed before has been followed then', async () => {
  const { db } = await testDb({ modules: [] });
  const other = await (await emptyDb()).db.connection();
  await other.simple('begin');
  await other.query('select pg_current_xact_id()');
  await db.tx((tx) => append(tx, [{ kind: 'test/one', subject: newId(1_790_000_000_000) }]));
  const seen: string[] = [];
  const follower = follow('settled', null, async (_tx, entries) => void seen.push(...entries.map(({ kind }) => kind)));
  assert.equal(await follower.step(db), false, 'it cannot be followed yet');
  let ended = false;
  const settled = settle(db, [follower]).then(() => assert.ok(ended));
  await delay(50);
  ended = true;
  await other.simple('commit');
  other.release();
  await settled;
  assert.deepEqual(seen, ['test/one']);
});
