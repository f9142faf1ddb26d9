import { createHash } from 'node:crypto';
import { ArchiveError } from './archive.ts';
import { copied, quoted } from './backup.ts';
import { type BackupTable, type Manifest, type Partition, readTables } from './backup-file.ts';
import { column, openSession, type Session, type Tx } from './db.ts';
import { type Applied, appliedIn, type Migration, runStep } from './migrate.ts';

/** How the steps of a backup, or of a database, stand to those of this program. */
export interface Standing {
  /** `older`: this program goes further. `newer`: it goes further than this program. `other`: it went astray. */
  readonly kind: 'same' | 'older' | 'newer' | 'other';
  /** Of this program's steps those that were run, and those that are missing. */
  readonly run: readonly Migration[];
  readonly missing: readonly Migration[];
  /** `module/number` of what this program does not know, or knows with another text. */
  readonly strange: readonly string[];
}

/** Holds the steps of a backup, or of a database, against those of this program. Pure. */
export function standingOf(steps: readonly Applied[], program: readonly Migration[]): Standing {
  const named = ({ module, number }: { module: string; number: number }): string => `${module}/${number}`;
  const known = new Map(program.map((step) => [named(step), step]));
  const there = new Map(steps.map((step) => [named(step), step]));
  const unknown = steps.filter((step) => !known.has(named(step))).map(named);
  const differing = steps.filter((step) => (known.get(named(step))?.hash ?? step.hash) !== step.hash).map(named);
  const run = program.filter((step) => there.has(named(step)));
  const missing = program.filter((step) => !there.has(named(step)));
  // A step that is missing below one that was run was never a version of this program.
  const gaps = missing.filter((step) => steps.some((one) => one.module === step.module && one.number > step.number));
  if (differing.length + gaps.length > 0)
    return { kind: 'other', run, missing, strange: [...differing, ...gaps.map(named)] };
  if (unknown.length > 0) return { kind: 'newer', run, missing, strange: unknown };
  return { kind: missing.length === 0 ? 'same' : 'older', run, missing, strange: [] };
}

/** The schemas of a window that a database holds already; a restore goes into none of them. */
export async function schemasIn(db: Tx, names: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    'select nspname::text as name from pg_namespace where nspname = any($1::text[]) order by 1',
    [column.text([...names])],
  );
  return rows.map(({ name }) => name);
}

const value = String.raw`(?:'(?:[^']|'')*'|-?[\d.]+|MINVALUE|MAXVALUE|NULL|true|false)`;
const list = String.raw`\(${value}(?:, ${value})*\)`;
const boundPattern = new RegExp(
  String.raw`^(?:DEFAULT|FOR VALUES (?:FROM ${list} TO ${list}|IN ${list}|WITH \(modulus \d+, remainder \d+\)))$`,
);
const optionPattern = /^[a-z_]+=[a-z0-9.]+$/;
const storages: Readonly<Record<string, string>> = { p: 'plain', e: 'external', m: 'main', x: 'extended' };

/** A file's own words go into SQL only where they are what PostgreSQL writes there; throws an ArchiveError else. */
export function checkCut({ schema, name }: BackupTable, { bound, options }: Partition): void {
  if (!boundPattern.test(bound) || !options.every((one) => optionPattern.test(one)))
    throw new ArchiveError(`The file cuts ${schema}.${name} in a way that this program does not know: ${bound}`);
}

/** How a partition keeps its rows, where that is otherwise than in the whole. */
export function keepingSql({ schema, name }: BackupTable, { options, storage }: Partition): string[] {
  const table = `${quoted(schema)}.${quoted(name)}`;
  return [
    ...options.map((one) => `alter table ${table} set (${one})`),
    ...Object.entries(storage).map(
      ([name_, kind]) =>
        `alter table ${table} alter column ${quoted(name_)} set storage ${storages[kind] ?? 'extended'}`,
    ),
  ];
}

function partitionSql(one: BackupTable, partition: Partition): string[] {
  checkCut(one, partition);
  const [table, whole] = [one.name, partition.of].map((name) => `${quoted(one.schema)}.${quoted(name)}`);
  return [`create table ${table} partition of ${whole} ${partition.bound}`, ...keepingSql(one, partition)];
}

async function makeSchemas(session: Session, manifest: Manifest, steps: readonly Migration[]): Promise<void> {
  for (const step of steps) await runStep(session, step);
  for (const table of manifest.tables) {
    if (table.partition === null) continue;
    for (const sql of partitionSql(table, table.partition)) await session.simple(sql);
  }
  // The steps put some rows of their own; emptied in this transaction, tables also fill in the order of the file.
  const all = manifest.tables.map(({ schema, name }) => `${quoted(schema)}.${quoted(name)}`);
  await session.simple(`truncate ${all.join(', ')}`);
}

/** Fills one table from its pieces in a file; throws an ArchiveError where they are not what was written. */
export async function fillTable(
  session: Session,
  path: string,
  table: BackupTable,
  pieces: AsyncGenerator<Buffer>,
): Promise<void> {
  const hash = createHash('sha256');
  const source = hashed(pieces, (piece) => void hash.update(piece));
  const rows = await session.copyIn(`copy ${copied(table)} from stdin (format binary)`, source);
  if (rows !== table.rows || hash.digest('hex') !== table.sha256)
    throw new ArchiveError(`${path} is damaged: ${table.schema}.${table.name} is not what was written.`);
}

async function* hashed(pieces: AsyncGenerator<Buffer>, into: (piece: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    into(piece);
    yield piece;
  }
}

async function fill(
  session: Session,
  path: string,
  manifest: Manifest,
  progress?: (bytes: number) => void,
): Promise<void> {
  for await (const { table, pieces } of readTables(path, manifest, progress))
    await fillTable(session, path, table, pieces());
}

/**
 * Lets each schema that has a function `restored()` see to what a restore means for it, such as numbers that were given
 * to somebody outside after the backup and must not be given again.
 */
export async function tellSchemas(db: Tx, names: readonly string[]): Promise<void> {
  const rows = await db.query<{ name: string }>(
    `select n.nspname::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.proname = 'restored' and p.pronargs = 0 and n.nspname = any($1::text[]) order by 1`,
    [column.text([...names])],
  );
  for (const { name } of rows) await db.query(`select ${quoted(name)}.restored()`);
}

/**
 * Puts a verified backup into an empty database: the steps that it names, its rows, its sequences, in one transaction,
 * so that there is all of it or nothing. The schemas then stand where they stood; the caller takes them forward, and
 * calls `continueNumbering` after that.
 */
export async function restoreInto(
  url: string,
  path: string,
  manifest: Manifest,
  standing: Standing,
  progress?: (bytes: number) => void,
): Promise<void> {
  const session = await openSession(url);
  try {
    await session.simple('begin');
    const names = [...new Set(standing.run.map(({ module }) => module))];
    const there = await schemasIn(session, names);
    if (there.length > 0) throw new ArchiveError(`The database is not empty: it holds ${there.join(', ')}.`);
    await makeSchemas(session, manifest, standing.run);
    await fill(session, path, manifest, progress);
    for (const { name, last } of manifest.sequences)
      await session.query('select setval($1::regclass, $2::bigint)', [name, last]);
    await session.simple('commit');
    await session.simple('analyze');
  } finally {
    await session.close();
  }
}

/**
 * Lets the window's transaction numbers go on behind the greatest one stored, where a database came to a server that
 * has counted less: after a restore, by us or by other tools. Anywhere else it does nothing. Answers whether it did.
 */
export async function continueNumbering(db: Tx): Promise<boolean> {
  const [row] = await db.query<{ ahead: boolean }>('select platform.is_ahead() as ahead');
  if (row?.ahead !== true) return false;
  await db.query('select platform.continue_numbering()');
  return true;
}

/** The steps that a database went through, held against those of this program; undefined where no window is in it. */
export async function standingIn(db: Tx, program: readonly Migration[]): Promise<Standing | undefined> {
  const steps = await appliedIn(db);
  return steps.length === 0 ? undefined : standingOf(steps, program);
}
