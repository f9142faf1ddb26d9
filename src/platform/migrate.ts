import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { codeOf, type Connection, type Db, type Tx } from './db.ts';

/** A module's schema: its name is the PostgreSQL schema, its folder holds `001-what.sql`, `002-…` and so on. */
export interface Schema {
  readonly name: string;
  readonly folder: URL;
}

/** One step forward of one schema. */
export interface Migration {
  readonly module: string;
  readonly number: number;
  readonly file: string;
  readonly sql: string;
  readonly hash: string;
}

/** A schema that this program cannot take over; the message says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

const lock = 7_205_759_100_001n;
const filePattern = /^(\d{3})-[a-z0-9]+(?:-[a-z0-9]+)*\.sql$/;
const platform: Schema = { name: 'platform', folder: new URL('./sql/', import.meta.url) };

/** Reads a schema's steps in order; throws when a file is misnamed or a number is missing. */
export async function readMigrations(schema: Schema): Promise<Migration[]> {
  const files = (await readdir(schema.folder)).sort();
  return Promise.all(
    files.map(async (file, index) => {
      const number = Number(filePattern.exec(file)?.[1]);
      if (number !== index + 1) {
        const expected = String(index + 1).padStart(3, '0');
        throw new MigrationError(`In ${schema.name} the file ${file} stands where ${expected}-<what>.sql must.`);
      }
      const sql = await readFile(new URL(file, schema.folder), 'utf8');
      return { module: schema.name, number, file, sql, hash: hash('sha256', sql, 'hex') };
    }),
  );
}

/** A step that a database went through. */
export interface Applied {
  readonly module: string;
  readonly number: number;
  readonly hash: string;
}

/** Every step of this program in the order in which they run, platform first. */
export const stepsOf = async (schemas: readonly Schema[]): Promise<Migration[]> =>
  (await Promise.all([platform, ...schemas].map(readMigrations))).flat();

/** The steps that a database went through; none where there is no window in it. */
export async function appliedIn(connection: Tx): Promise<Applied[]> {
  const [row] = await connection.query<{ there: boolean }>(
    `select to_regclass('platform.migrations') is not null as there`,
  );
  if (row?.there !== true) return [];
  return connection.query<Applied>('select module, number, hash from platform.migrations order by module, number');
}

function compare(steps: readonly Migration[], applied: readonly Applied[]): void {
  const known = new Map(steps.map((step) => [`${step.module} ${step.number}`, step]));
  for (const row of applied) {
    const step = known.get(`${row.module} ${row.number}`);
    if (step === undefined) {
      throw new MigrationError(
        `The database is newer than this program: it holds step ${row.number} of ${row.module}. ` +
          'Start the newer program, or restore a backup made before it.',
      );
    }
    if (step.hash !== row.hash) {
      throw new MigrationError(
        `${step.module}/${step.file} is not the file that made this database. ` +
          'A step is never changed after it ran: put the old text back and write a new step.',
      );
    }
  }
}

/** Runs one step in the transaction that the caller has opened. */
export async function runStep(connection: Pick<Connection, 'query' | 'simple'>, step: Migration): Promise<void> {
  await connection.simple(`create schema if not exists "${step.module}"`);
  await connection.simple(step.sql);
  await connection.query('insert into platform.migrations (module, number, hash) values ($1, $2, $3)', [
    step.module,
    step.number,
    step.hash,
  ]);
}

async function apply(connection: Connection, step: Migration): Promise<void> {
  try {
    await connection.simple('begin');
    await runStep(connection, step);
    await connection.simple('commit');
  } catch (error) {
    await connection.simple('rollback').catch(() => undefined);
    if (codeOf(error) === '') throw error;
    const position = error instanceof Error && 'position' in error ? Number(error.position) : 1;
    const line = step.sql.slice(0, position - 1).split('\n').length;
    const words = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`${step.module}/${step.file} line ${line}: ${words}`, { cause: error });
  }
}

/**
 * Brings the database to the schemas of this program, platform first, each step in a transaction of its own under one
 * advisory lock, so that processes that start together wait for each other. Gives the steps it ran. Throws a
 * MigrationError when the database is newer, or when a step that already ran has another text.
 */
export async function migrate(db: Db, schemas: readonly Schema[]): Promise<Migration[]> {
  const steps = await stepsOf(schemas);
  const connection = await db.connection();
  try {
    await connection.query(`select pg_advisory_lock(${lock})`);
    const applied = await appliedIn(connection);
    compare(steps, applied);
    const done = new Set(applied.map((row) => `${row.module} ${row.number}`));
    const missing = steps.filter((step) => !done.has(`${step.module} ${step.number}`));
    for (const step of missing) await apply(connection, step);
    return missing;
  } finally {
    await connection.query(`select pg_advisory_unlock(${lock})`).catch(() => undefined);
    connection.release();
  }
}
