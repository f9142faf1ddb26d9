import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parcel } from '#modules/demo/index.ts';
import { rebuild } from '#modules/clearance/index.ts';
import { measure } from '#modules/operations/index.ts';
import { schemas } from '#modules/schemas.ts';
import { createArchive, readArchive } from '#platform/archive.ts';
import { writeBackup } from '#platform/backup.ts';
import { systemClock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import { type Db, openDb } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { migrate, type Schema } from '#platform/migrate.ts';
import { startPostgres } from '#platform/postgres.ts';
import { createApp, type Portolan } from '../../src/app.ts';
import { portolan, type Ran } from '../support/command.ts';
import { emptyDb } from '../support/db.ts';
import { settle } from '../support/settle.ts';
import { openWindow } from '../support/window.ts';

/** A window is kept in one file while parcels come in, and restored elsewhere with everything it had acknowledged. */

const folder = mkdtempSync('/tmp/portolan-keep-');
chmodSync(folder, 0o755);
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends.toReversed()) await end();
  rmSync(folder, { recursive: true, force: true });
});

const window = await openWindow();
const filer = 'XP-POST';
const filed = new Map<string, string>();
let next = 0;

async function file(app: Portolan['app'] = window.app): Promise<string> {
  next += 1;
  const at = Date.parse('2026-11-20T06:00:00Z');
  const { raw } = parcel({ seed: 77, index: next, at, run: 'KEEP', kind: 'gift' });
  const headers = { authorization: `Bearer ${window.key(filer)}`, 'content-type': 'application/json' };
  const told = await app.inject({ method: 'POST', url: '/v1/consignments', headers, payload: raw });
  assert.equal(told.statusCode, 201, told.body);
  const { id }: { id: string } = told.json();
  filed.set(id, told.body);
  return id;
}

const read = (app: Portolan['app'], id: string) =>
  app.inject({ url: `/v1/consignments/${id}`, headers: { authorization: `Bearer ${window.key(filer)}` } });

const figures = (db: Db) =>
  db.query<{ name: string; sum: bigint }>(
    'select name, sum(count)::int8 as sum from home.figures group by 1 order by 1',
  );

const kept = join(folder, 'kept.portolan');
const data = join(folder, 'data');
let acknowledged: readonly string[] = [];

let keeping: Promise<Ran> | undefined;

/** Files parcels, and makes the one backup of this file while further ones come in. */
async function backup(): Promise<Ran> {
  // A server that has run for a while counts higher than the fresh one that the backup will be restored to.
  for (let more = 0; more < 400; more += 1) await window.test.db.query('select pg_current_xact_id()');
  for (let more = 0; more < 40; more += 1) await file();
  await window.settle();
  for (let more = 0; more < 20; more += 1) await file();
  acknowledged = [...filed.keys()];
  const stopped = new AbortController();
  const load = Promise.all(
    [1, 2, 3, 4].map(async () => {
      while (!stopped.signal.aborted) await file();
    }),
  );
  const ran = await portolan({ DATABASE_URL: window.test.url }, 'backup', kept);
  stopped.abort();
  await load;
  return ran;
}
const keep = (): Promise<Ran> => (keeping ??= backup());

test('a backup under load holds every parcel that was acknowledged before it began, and says how far it goes', async () => {
  const { code, out, err } = await keep();
  assert.equal(code, 0, err);
  assert.match(out, /Everything that was acknowledged before \S+Z is in/);
  assert.match(err, /rows in/);
  assert.ok(filed.size > acknowledged.length, 'parcels came in meanwhile');
});

test('restored into an empty folder, every one of them is there, and the window goes on', async () => {
  await keep();
  const restored = await portolan({ PORTOLAN_DATA: data }, 'restore', kept);
  assert.equal(restored.code, 0, restored.err);
  assert.match(restored.out, /nothing has to be taken forward/);
  const postgres = await startPostgres(data, { sharedBuffers: '32MB' });
  ends.push(() => postgres.stop());
  const db = openDb({ url: postgres.url, size: 8 });
  ends.push(() => db.close());
  const config = readConfig({ PORTOLAN_ECONOMY: 'xp', PORTOLAN_DATA: '/nonexistent' }, ['--empty']);
  const { app, context, workers } = await createApp({ config, db, clock: systemClock, log: silentLog });
  ends.push(() => app.close());
  for (const id of acknowledged) {
    const there = await read(app, id);
    assert.equal(there.statusCode, 200, id);
    assert.equal(there.body, (await read(window.app, id)).body);
  }
  const [numbering] = await db.query<{ shift: bigint }>('select shift from platform.numbering');
  assert.ok(numbering!.shift > 0n, 'the new server counted less than the old one');

  // Followers had read forty parcels and not the rest: they read the rest now, once, and what is new after it.
  const [before] = await db.query<{ count: bigint }>('select count(*) from clearance.declarations');
  await settle(db, workers);
  const [decided] = (await figures(db)).filter(({ name }) => name === 'cleared');
  assert.equal(decided!.sum, before!.count);
  for (let more = 0; more < 10; more += 1) await file(app);
  await settle(db, workers);
  const [then] = (await figures(db)).filter(({ name }) => name === 'cleared');
  assert.equal(then!.sum, before!.count + 10n);
  assert.deepEqual(await db.query('select platform.is_ahead() as ahead'), [{ ahead: false }]);
  // Whoever read news from the window that was lost stands before every number that this one gives.
  const last = 'select last from feedback.sequence';
  const [lost, here] = [
    (await window.test.db.query<{ last: bigint }>(last))[0]!,
    (await db.query<{ last: bigint }>(last))[0]!,
  ];
  assert.ok(here.last > lost.last + 4_000_000_000n);
  assert.equal((await rebuild(context)).differing, 0);
});

test('S49 the drill proves the backup against the window that runs, and finds what is not as it was', async () => {
  await keep();
  const { code, out, err } = await portolan({ DATABASE_URL: window.test.url }, 'drill', kept);
  assert.equal(code, 0, `${err}\n${out}`);
  assert.match(out, /^✔ {2}platform\.journal +[\d,]+ +[\d,]+$/m);
  assert.match(out, /^✔ {2}journal of the running window up to there/m);
  assert.match(out, /^✔ {2}accounts /m);
  assert.match(out, /^✔ {2}faults in [1-9]\d* sealed segments of the journal +0 +0$/m);
  assert.match(out, /^✔ {2}rows of the projection that the journal makes otherwise +0 +0$/m);
  assert.doesNotMatch(out, /✖/);
  const told = (await window.ask({ url: '/v1/status' })).body;
  assert.ok(told.lastBackup !== null && told.lastProved > told.lastBackup, 'everybody is told');
  await window.test.db.query(`update platform.journal set data = data || ' ' where subject = $1`, [acknowledged[0]]);
  const changed = await portolan({ DATABASE_URL: window.test.url }, 'drill', kept);
  assert.equal(changed.code, 2);
  assert.match(changed.out, /✖ {2}journal of the running window up to there/);
});

/** The same backup with its manifest changed, and a checksum that fits it. */
async function forged(name: string, change: (manifest: any) => void): Promise<string> {
  const path = join(folder, name);
  const archive = await createArchive(path);
  for await (const { name: member, content } of readArchive(kept)) {
    if (!member.endsWith('.json')) await archive.add(member, content);
    else {
      const value: any = JSON.parse(content.toString('utf8'));
      change(value);
      await archive.add(member, Buffer.from(JSON.stringify(value)));
    }
  }
  await archive.finish();
  return path;
}

const schemasOf = async (db: Db): Promise<number> =>
  (await db.query(`select 1 from pg_namespace where nspname in ('platform', 'clearance')`)).length;

test('a damaged file is refused before anything is touched', async () => {
  const { db, url } = await emptyDb();
  const bytes = readFileSync(kept);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = bytes[middle]! ^ 1;
  const path = join(folder, 'damaged.portolan');
  writeFileSync(path, bytes);
  const { code, err } = await portolan({ DATABASE_URL: url }, 'restore', path);
  assert.equal(code, 1);
  assert.match(err, /is damaged/);
  writeFileSync(path, bytes.subarray(0, middle));
  const cut = await portolan({ DATABASE_URL: url }, 'restore', path);
  assert.match(cut.err, /is damaged: it ends after \d+ bytes, too early/);
  const other = await portolan({ DATABASE_URL: url }, 'restore', import.meta.filename);
  assert.match(other.err, /is no backup/);
  assert.equal(await schemasOf(db), 0);
});

test('a file that does not hold what it says leaves an empty database and an empty folder empty', async () => {
  const { db, url } = await emptyDb();
  const path = await forged('lying.portolan', (value) => {
    const last = value.tables?.find((table: any) => `${table.schema}.${table.name}` === 'treasury.notices');
    if (last) last.rows += 1;
  });
  const { code, err } = await portolan({ DATABASE_URL: url }, 'restore', path);
  assert.equal(code, 1);
  assert.match(err, /treasury\.notices is not what was written/);
  assert.equal(await schemasOf(db), 0);
  const half = join(folder, 'half');
  const cut = await portolan({ PORTOLAN_DATA: half }, 'restore', path);
  assert.equal(cut.code, 1);
  assert.match(cut.err, /treasury\.notices is not what was written/);
  assert.deepEqual(readdirSync(half), [], 'and an empty folder empty');
});

test('a newer file, and one of other steps, are refused by what this program does not have', async () => {
  const { db, url } = await emptyDb();
  const newer = await forged('newer.portolan', (value) =>
    value.steps.push({ module: 'slips', number: 900, hash: 'a' }),
  );
  const told = await portolan({ DATABASE_URL: url }, 'restore', newer);
  assert.equal(told.code, 2);
  assert.match(told.out, /It is newer than this program: it went through slips\/900/);
  const other = await forged('other.portolan', (value) => (value.steps[0].hash = 'b'));
  const strange = await portolan({ DATABASE_URL: url }, 'restore', other);
  assert.equal(strange.code, 2);
  assert.match(strange.out, /not those of any version of this program/);
  assert.equal(await schemasOf(db), 0);
});

test('a folder or a database that holds a window stays as it is', async () => {
  const held = await portolan({ PORTOLAN_DATA: data }, 'restore', kept);
  assert.equal(held.code, 1);
  assert.match(held.err, /holds a window already \(PostgreSQL \d+\), and it stays as it is/);
  const mine = join(folder, 'mine');
  mkdirSync(mine);
  writeFileSync(join(mine, 'letters.txt'), 'dear');
  const full = await portolan({ PORTOLAN_DATA: mine }, 'restore', kept);
  assert.match(full.err, /is not empty: it holds letters\.txt/);
  assert.equal(existsSync(join(mine, 'postgres')), false);
  const database = await portolan({ DATABASE_URL: window.test.url }, 'restore', kept);
  assert.equal(database.code, 1);
  assert.match(database.err, /The database is not empty: it holds .*clearance/);
  const again = await portolan({ DATABASE_URL: window.test.url }, 'backup', kept);
  assert.match(again.err, /is there already, and stays as it is/);
});

test('an older file is restored as it was, and then taken forward', async () => {
  const old = await emptyDb();
  const before: readonly Schema[] = schemas.filter(({ name }) => name !== 'home');
  await migrate(old.db, before);
  await old.db.query(
    `select platform.append(array['test.made'], array['0197a000-0000-7000-8000-000000000001'::uuid], '{"{}"}')`,
  );
  const path = join(folder, 'older.portolan');
  await writeBackup(old.url, path, { program: '0.0.1', economy: 'xp' });
  const { db, url } = await emptyDb();
  const looked = await portolan({ DATABASE_URL: url }, 'restore', path, '--check');
  assert.equal(looked.code, 0);
  assert.match(looked.out, /It is older than this program: .* taken forward by \w+ steps? \(home\/1/);
  assert.equal(await schemasOf(db), 0, '--check does nothing');
  const { code, err } = await portolan({ DATABASE_URL: url }, 'restore', path);
  assert.equal(code, 0, err);
  assert.deepEqual(await migrate(db, schemas), []);
  assert.deepEqual(await db.query('select kind from platform.journal'), [{ kind: 'test.made' }]);
});

test('the doctor finds a sound window sound, and says what is wrong with another one and what to do', async () => {
  const env = { DATABASE_URL: window.test.url };
  const { code, out } = await portolan(env, 'doctor', '--json');
  const { sound, findings }: { sound: boolean; findings: any[] } = JSON.parse(out);
  const state = (id: string) => findings.find((one) => one.id === id)?.state;
  for (const id of ['settings', 'folder', 'server', 'schema', 'numbering', 'clock', 'backup'])
    assert.equal(state(id), 'well', `${id}: ${out}`);
  assert.equal(state('drill'), 'wrong', 'the last drill found a journal that was changed');
  // The server of the tests gives up durability on purpose, so what it says is judged by the server itself.
  const [fsync] = await window.test.db.query<{ on: boolean }>(`select current_setting('fsync') = 'on' as on`);
  assert.equal(state('durable'), fsync?.on === true ? 'well' : 'wrong');
  assert.equal(code, sound ? 0 : 1);

  const { url } = await emptyDb();
  const none = await portolan({ DATABASE_URL: url }, 'doctor');
  assert.equal(none.code, 1);
  assert.match(none.out, /✖ There is no window in the database\.\n {4}npm start/);
  const gone = await portolan({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'doctor');
  assert.equal(gone.code, 1);
  assert.match(gone.out, /✖ The database cannot be used/);
  const nowhere = await portolan({ PORTOLAN_DATA: join(folder, 'nowhere') }, 'doctor');
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.out, /✖ There is no folder/);
});

test('S49 availability is measured by asking the window over HTTP, and everybody can read it', async () => {
  const origin = await window.app.listen({ host: '127.0.0.1', port: 0 });
  measure(window.context, Number(new URL(origin).port));
  const heartbeat = window.workers.find(({ name }) => name === 'operations-heartbeat');
  const before = systemClock.now();
  await heartbeat?.step(window.test.db);
  const rows = await window.test.db.query<{ minute: string; asked: number; answered: number }>(
    'select minute, asked, answered from operations.minutes',
  );
  assert.equal(rows.length, 1);
  assert.ok(rows[0]!.asked > 0 && rows[0]!.asked === rows[0]!.answered);
  assert.ok(Math.abs(Date.parse(rows[0]!.minute) - before) <= 61_000);
  const page = await window.app.inject({ url: '/status', headers: { accept: 'text/html' } });
  assert.equal(page.statusCode, 200);
  assert.match(page.body, /How this window runs/);
  const { days, measuredSince } = (await window.app.inject({ url: '/v1/status' })).json();
  assert.equal(days.length, 30);
  assert.ok(Math.abs(Date.parse(measuredSince) - before) <= 11_000);
});
