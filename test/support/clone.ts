import { hash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { map, type ModuleName } from '#modules/map.ts';
import { schemas } from '#modules/schemas.ts';
import { systemClock } from '#platform/clock.ts';
import { openDb, type Db } from '#platform/db.ts';
import { migrate, readMigrations, type Schema } from '#platform/migrate.ts';
import { isRunning } from '#platform/postgres-process.ts';
import { root } from './files.ts';
import { testServer, type TestServer } from './server.ts';

/** A database of a test's own, dropped when its file ends. */
export interface TestDb {
  readonly db: Db;
  readonly url: string;
  /** Further connections of their own, for races; they are closed with the database. */
  readonly open: (size?: number) => Db;
}

const lock = 7_205_759_100_003n;
const templatesMax = 12;
let server: Promise<TestServer> | undefined;
let clones = 0;
let turn: Promise<void> = Promise.resolve();
const opened: Db[] = [];
const made: string[] = [];

/** Closes and drops every database that was made here, and lets go of the server. */
export async function dropAll(): Promise<void> {
  const there = await server;
  server = undefined;
  await Promise.allSettled(opened.splice(0).map((db) => db.close()));
  if (there === undefined) return;
  for (const name of made.splice(0)) await there.admin.query(`drop database if exists ${name} with (force)`);
  await there.leave();
}

function closure(names: readonly ModuleName[]): Set<string> {
  const all = new Set<string>(names);
  for (const name of names) for (const other of closure(map[name])) all.add(other);
  return all;
}

async function nameOf(set: readonly Schema[]): Promise<string> {
  const platform = { name: 'platform', folder: new URL('../../src/platform/sql/', import.meta.url) };
  const steps = (await Promise.all([platform, ...set].map(readMigrations))).flat();
  return `t_${hash('sha256', steps.map((step) => `${step.module} ${step.hash}`).join('\n'), 'hex').slice(0, 16)}`;
}

/** Drops what ended processes left behind, and templates that nobody asked for lately. */
async function sweep(admin: Db, keep: string): Promise<void> {
  const rows = await admin.query<{ name: string }>(
    `select datname as name from pg_database where datname ~ '^(t_|f_|c_\\d+_|n_\\d+_)' order by oid`,
  );
  const names = rows.map((row) => row.name);
  const templates = names.filter((name) => name.startsWith('t_') && name !== keep);
  // Filled ones by what fills them: a window's does not take the place of the demonstration's.
  const alike = keep.slice(0, keep.lastIndexOf('_') + 1);
  const filled = keep.startsWith('f_') ? names.filter((name) => name.startsWith(alike) && name !== keep) : [];
  const orphans = names.filter((name) => /^[cn]_/.test(name) && !isRunning(Number(name.split('_')[1])));
  const many = Math.max(0, templates.length - templatesMax);
  for (const name of [...orphans, ...filled, ...templates.slice(0, many)])
    await admin.query(`drop database if exists ${name} with (force)`);
}

/** One test process after another, so that each template is made once and none is swept while it is copied. */
async function alone<T>({ admin }: TestServer, work: () => Promise<T>): Promise<T> {
  // Within this process too: to the server it is one session, which its own lock does not keep out.
  const before = turn;
  const { promise, resolve } = Promise.withResolvers<void>();
  turn = promise;
  await before;
  await admin.query(`select pg_advisory_lock(${lock})`);
  try {
    return await work();
  } finally {
    await admin.query(`select pg_advisory_unlock(${lock})`).finally(resolve);
  }
}

/** Makes a template out of `from`, unless it is there; it bears its name only when it is whole. */
async function template(
  running: TestServer,
  name: string,
  from: string,
  fill: (db: Db) => Promise<unknown>,
): Promise<void> {
  const there = await running.admin.query('select 1 from pg_database where datname = $1', [name]);
  if (there.length > 0) return;
  await sweep(running.admin, name);
  const half = `n_${process.pid}_${name}`;
  await running.admin.query(`drop database if exists ${half} with (force)`);
  await running.admin.query(`create database ${half} template ${from}`);
  const db = openDb({ url: running.url(half), size: 4 });
  await fill(db).finally(() => db.close());
  await running.admin.query(`alter database ${half} rename to ${name}`);
}

async function migrated(running: TestServer, set: readonly Schema[]): Promise<string> {
  const name = await nameOf(set);
  await template(running, name, 'template0', (db) => migrate(db, set));
  return name;
}

async function serverOfRun(): Promise<TestServer> {
  server ??= testServer();
  return server;
}

/** An empty database without any schema, for tests of the migrations themselves. */
export async function emptyDb(): Promise<TestDb> {
  return make(await serverOfRun(), 'template0');
}

async function make(running: TestServer, from: string): Promise<TestDb> {
  clones += 1;
  const name = `c_${process.pid}_${clones}`;
  await running.admin.query(`create database ${name} template ${from}`);
  made.push(name);
  const open = (size = 4): Db => {
    const db = openDb({ url: running.url(name), size });
    opened.push(db);
    return db;
  };
  return { db: open(), url: running.url(name), open };
}

/**
 * A clone of the migrated database, on a real PostgreSQL. `modules` names those whose schemas are wanted, with what
 * they may call; left out, all of them. Call it once at the top of a test file, or in a test that needs its own.
 */
export async function testDb(options: { modules?: readonly ModuleName[] } = {}): Promise<TestDb> {
  const wanted = options.modules === undefined ? undefined : closure(options.modules);
  const set = schemas.filter(({ name }) => wanted === undefined || wanted.has(name));
  const there = await serverOfRun();
  return make(there, await alone(there, () => migrated(there, set)));
}

/** What a filled template hangs on: the sources and packs that filled it, and the hour, since histories end now. */
function ageOf(): string {
  const files = globSync(['src/**/*.{ts,sql}', 'packs/**/*.*'], { cwd: root }).sort();
  const texts = files.map((path) => readFileSync(join(root, path), 'utf8'));
  return hash('sha256', [systemClock.instant().slice(0, 13), ...texts].join('\n'), 'hex').slice(0, 16);
}

/**
 * A clone of a database with something in it, which `fill` put there once for all test files of the run. It is for what
 * takes long to put together and is only looked at, or changed by each file in its own clone.
 */
export async function filledDb(what: string, fill: (db: Db) => Promise<unknown>): Promise<TestDb> {
  const there = await serverOfRun();
  const name = `f_${what}_${ageOf()}`;
  return alone(there, async () => {
    await template(there, name, await migrated(there, schemas), fill);
    return make(there, name);
  });
}
