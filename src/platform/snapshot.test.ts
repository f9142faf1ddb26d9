import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDb } from '../../test/support/db.ts';
import type { Tx } from './db.ts';
import { beginUnderEpoch, createReference, type Part } from './snapshot.ts';

const table = 'create table rate (value int, from_epoch bigint, until_epoch bigint)';

function ratesPart(): Part<{ values: number[] }> & { loads: number } {
  return {
    name: 'rates',
    loads: 0,
    async load(tx, epoch) {
      this.loads += 1;
      const rows = await tx.query<{ value: number }>(
        'select value from rate where from_epoch <= $1 and (until_epoch is null or $1 < until_epoch) order by value',
        [epoch],
      );
      const values = rows.map((row) => row.value);
      return { version: values.join(','), data: { values } };
    },
  };
}

const change = (value: number) => async (tx: Tx, epoch: bigint) => {
  await tx.query('update rate set until_epoch = $1 where until_epoch is null', [epoch]);
  await tx.query('insert into rate values ($1, $2, null)', [value, epoch]);
};

async function prepared() {
  const { db, open } = await testDb({ modules: [] });
  await db.query(table);
  const part = ratesPart();
  const reference = createReference(db, [part]);
  return { db, open, part, reference };
}

test('a published epoch is in memory when publishing returns, and any past one reads back', async () => {
  const { part, reference } = await prepared();
  assert.throws(() => reference.current(), /not been loaded/);
  await reference.refresh();
  await reference.publish(change(10));
  const first = reference.current();
  await reference.publish(change(20));
  assert.deepEqual(reference.current().get(part), { values: [20] });
  assert.deepEqual(first.get(part), { values: [10] });
  assert.equal(reference.current().epoch, first.epoch + 1n);
  assert.notEqual(reference.current().digest, first.digest);
  const fresh = createReference((await prepared()).db, []);
  await assert.rejects(async () => fresh.current());
  const past = await reference.at(first.epoch);
  assert.equal(past.digest, first.digest);
});

test('a past epoch that was never in memory gives the digest it had', async () => {
  const { db, part, reference } = await prepared();
  for (const value of [1, 2, 3]) await reference.publish(change(value));
  const other = createReference(db, [part]);
  await other.refresh();
  const past = await other.at(2n);
  assert.deepEqual(past.get(part), { values: [2] });
  assert.equal(past.digest, (await reference.at(2n)).digest);
});

test('a snapshot cannot be changed', async () => {
  const { part, reference } = await prepared();
  await reference.publish(change(1));
  assert.throws(() => reference.current().get(part).values.push(2), TypeError);
});

test('a change that fails leaves epoch and snapshot as they were', async () => {
  const { reference } = await prepared();
  await reference.publish(change(1));
  const failing = reference.publish(async (tx, epoch) => {
    await change(2)(tx, epoch);
    throw new Error('no');
  });
  await assert.rejects(failing, /no/);
  assert.equal((await reference.refresh()).epoch, 1n);
});

test('publishing waits for a batch that is under way, and the batch after it sees the new epoch', async () => {
  const { open, reference } = await prepared();
  await reference.publish(change(1));
  const batch = await open(2).connection();
  const begun = await batch.simple(beginUnderEpoch);
  assert.deepEqual(begun.at(-1), [{ epoch: 1n }]);
  let published = false;
  const publishing = reference.publish(change(2)).then(() => (published = true));
  const next = await open(1).connection();
  // The waiting publisher stands in the queue of the lock before the next batch does.
  const waiting = `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  while ((await batch.query<{ n: number }>(waiting))[0]?.n === 0);
  const after = next.simple(beginUnderEpoch);
  assert.equal(published, false);
  await batch.simple('commit');
  assert.deepEqual((await after).at(-1), [{ epoch: 2n }]);
  await next.simple('rollback');
  await publishing;
  assert.equal(reference.current().epoch, 2n);
  batch.release();
  next.release();
});

test('a refresh asked for while another runs sees what was published before it was asked', async () => {
  const { db, part } = await prepared();
  const other = createReference(db, [part]);
  const reference = createReference(db, [part]);
  const refreshes: Promise<void>[] = [];
  for (let value = 1; value <= 20; value += 1) {
    await other.publish(change(value));
    const epoch = other.current().epoch;
    refreshes.push(reference.refresh().then((snapshot) => assert.ok(snapshot.epoch >= epoch)));
  }
  await Promise.all(refreshes);
  assert.equal(reference.current().epoch, 20n);
});

test('an epoch that did not move loads nothing again', async () => {
  const { part, reference } = await prepared();
  await reference.refresh();
  const { loads } = part;
  await reference.refresh();
  assert.equal(part.loads, loads);
});
