import { hash } from 'node:crypto';
import { map, type ModuleName } from '#modules/map.ts';
import { schemas } from '#modules/schemas.ts';
import { openDb, type Db } from '#platform/db.ts';
import { migrate, readMigrations, type Schema } from '#platform/migrate.ts';
import { isRunning } from '#platform/postgres-process.ts';
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
const opened: Db[] = [];
const made: string[] = [];

/** Closes and drops every database that was made here, and lets go of the server. */
export async function dropAll(): Promise<void> {
  const running = await server;
  server = undefined;
  await Promise.allSettled(opened.splice(0).map((db) => db.close()));
  if (running === undefined) return;
  for (const name of made.splice(0)) await running.admin.query(`drop database if exists ${name} with (force)`);
  await running.leave();
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

async function sweep(admin: Db, keep: string): Promise<void> {
  const rows = await admin.query<{ name: string }>(
    `select datname as name from pg_database where datname ~ '^(t_|c_\\d+_|n_\\d+_)' order by oid`,
  );
  const templates = rows.map((row) => row.name).filter((name) => name.startsWith('t_') && name !== keep);
  const orphans = rows
    .map((row) => row.name)
    .filter((name) => !name.startsWith('t_') && !isRunning(Number(name.split('_')[1])));
  for (const name of [...orphans, ...templates.slice(0, Math.max(0, templates.length - templatesMax))]) {
    await admin.query(`drop database if exists ${name} with (force)`);
  }
}

async function template(running: TestServer, set: readonly Schema[]): Promise<string> {
  const name = await nameOf(set);
  await running.admin.query(`select pg_advisory_lock(${lock})`);
  try {
    const there = await running.admin.query('select 1 from pg_database where datname = $1', [name]);
    if (there.length > 0) return name;
    await sweep(running.admin, name);
    const half = `n_${process.pid}_${name}`;
    await running.admin.query(`drop database if exists ${half} with (force)`);
    await running.admin.query(`create database ${half} template template0`);
    const db = openDb({ url: running.url(half), size: 1 });
    await migrate(db, set).finally(() => db.close());
    await running.admin.query(`alter database ${half} rename to ${name}`);
    return name;
  } finally {
    await running.admin.query(`select pg_advisory_unlock(${lock})`);
  }
}

/** An empty database without any schema, for tests of the migrations themselves. */
export async function emptyDb(): Promise<TestDb> {
  return make('template0');
}

async function make(from: string): Promise<TestDb> {
  server ??= testServer();
  const running = await server;
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
  server ??= testServer();
  return make(await template(await server, set));
}
