import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { emptyDb } from '../../test/support/db.ts';
import { openSession, type Session } from './db.ts';
import {
  attachParts,
  daysOfParts,
  digestOfParts,
  dropParts,
  holdParts,
  type PartsManifest,
  verifyParts,
  writeParts,
} from './parts.ts';

const folder = mkdtempSync('/tmp/portolan-parts-');
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends) await end();
  rmSync(folder, { recursive: true, force: true });
});

const days = ['20260101', '20260102'];

/** Two tables cut by day, two days each, and one that is cut otherwise. */
async function cut(): Promise<Session> {
  const { url } = await emptyDb();
  const session = await openSession(url);
  ends.push(() => session.close());
  await session.simple(`
    create schema yard;
    create table yard.visits (day date, number int, note text, primary key (day, number)) partition by range (day);
    create index visits_note on yard.visits (note) where number > 1;
    create table yard.loads (day date not null, weight numeric) partition by range (day);
    create table yard.gates (name text) partition by list (name);
    create table yard.gates_20260101 partition of yard.gates for values in ('east');`);
  for (const [index, day] of days.entries())
    for (const table of ['visits', 'loads']) {
      const [from, until] = [index + 1, index + 2].map((one) => `'2026-01-0${one}'`);
      await session.simple(
        `create table yard.${table}_${day} partition of yard.${table} for values from (${from}) to (${until})`,
      );
    }
  await session.simple(`
    insert into yard.visits select d, n, 'note ' || n from generate_series(date '2026-01-01', '2026-01-02', '1 day') d,
      generate_series(1, 500) n;
    insert into yard.loads select date '2026-01-01', n * 0.1 from generate_series(1, 7) n;`);
  return session;
}

const of = (day: string) => ({ program: '0', economy: 'xp', schema: 'yard', day });
const count = async (session: Session, table: string): Promise<bigint> =>
  (await session.query<{ n: bigint }>(`select count(*) as n from yard.${table}`))[0]!.n;

async function without(session: Session, manifest: PartsManifest): Promise<boolean> {
  await session.simple('begin');
  const same = await holdParts(session, manifest);
  if (same) await dropParts(session, manifest);
  await session.simple(same ? 'commit' : 'rollback');
  return same;
}

async function back(session: Session, path: string, manifest: PartsManifest): Promise<void> {
  await session.simple('begin');
  await attachParts(session, path, manifest).catch(async (error: unknown) => {
    await session.simple('rollback');
    throw error;
  });
  await session.simple('commit');
}

test('a day of every table that is cut by day goes into one file, out of the database, and back', async () => {
  const session = await cut();
  assert.deepEqual(await daysOfParts(session, 'yard', '2026-01-02'), ['2026-01-01']);
  assert.deepEqual(await daysOfParts(session, 'yard', '2027-01-01'), ['2026-01-01', '2026-01-02']);
  const path = join(folder, 'day.parcels');
  const written = await writeParts(session, path, of('2026-01-01'));
  assert.deepEqual(
    written.tables.map(({ name, rows }) => [name, rows]),
    [
      ['loads_20260101', 7],
      ['visits_20260101', 500],
    ],
  );
  const manifest = await verifyParts(path);
  assert.equal(digestOfParts(manifest), digestOfParts(written));
  assert.equal(await without(session, manifest), true);
  assert.deepEqual([await count(session, 'visits'), await count(session, 'loads')], [500n, 0n]);
  await back(session, path, manifest);
  assert.deepEqual([await count(session, 'visits'), await count(session, 'loads')], [1_000n, 7n]);
  const again = await writeParts(session, join(folder, 'again.parcels'), of('2026-01-01'));
  assert.deepEqual(
    again.tables.map(({ sha256 }) => sha256),
    manifest.tables.map(({ sha256 }) => sha256),
    'byte for byte what it was',
  );
  const [index] = await session.query<{ n: bigint }>(
    `select count(*) as n from pg_inherits i join pg_class c on c.oid = i.inhparent where c.relname = 'visits_note'`,
  );
  assert.equal(index!.n, 2n, 'its indexes are part of those of the whole');
  assert.ok(readdirSync(folder).every((name) => !name.endsWith('.part')));
});

test('a day that was written to since is not held, nor one with another table', async () => {
  const session = await cut();
  const path = join(folder, 'since.parcels');
  const manifest = await writeParts(session, path, of('2026-01-02'));
  await session.simple(`insert into yard.loads values ('2026-01-02', 1)`);
  assert.equal(await without(session, manifest), false);
  await session.simple(`delete from yard.loads where day = '2026-01-02'`);
  await session.simple(`update yard.visits set note = 'x' where day = '2026-01-02' and number = 7`);
  assert.equal(await without(session, manifest), false);
  await session.simple(`alter table yard.visits add column late int`);
  assert.equal(await without(session, manifest), false);
  assert.equal(await count(session, 'visits'), 1_000n);
});

test('a file goes back into tables that gained a column, and is refused by those that lost one', async () => {
  const session = await cut();
  const path = join(folder, 'older.parcels');
  const manifest = await writeParts(session, path, of('2026-01-01'));
  assert.equal(await without(session, manifest), true);
  await session.simple(`alter table yard.visits add column gate text not null default 'unknown'`);
  await session.simple('alter table yard.loads rename column weight to mass');
  await assert.rejects(back(session, path, manifest), /was written by Portolan 0; yard\.loads has no weight any more/);
  assert.equal(await count(session, 'visits'), 500n, 'nothing of it is there');
  await session.simple('alter table yard.loads rename column mass to weight');
  await back(session, path, manifest);
  assert.deepEqual(
    await session.query(`select gate, count(*) as n from yard.visits where day = '2026-01-01' group by 1`),
    [{ gate: 'unknown', n: 500n }],
  );
});
