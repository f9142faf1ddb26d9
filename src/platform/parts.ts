import { createHash } from 'node:crypto';
import { digestOf } from '#kernel/canonical.ts';
import { ArchiveError, createArchive } from './archive.ts';
import { copyTable, digestOfTable, type FoundTable, quoted, tablesIn } from './backup.ts';
import { type BackupTable, headName, manifestName, readTables, verifyFile } from './backup-file.ts';
import { column, type Session, type Tx } from './db.ts';
import { type Applied, appliedIn } from './migrate.ts';
import { checkCut, fillTable, keepingSql } from './restore.ts';

/**
 * One day of the tables that are cut by day, in a file of its own: written, read back, taken out of the database, put
 * back. Which tables those are stands in the catalogue: partitions by range whose name ends with the day.
 */

export const partsFormat = 'portolan-parts/1';

/** What a file with the parts of a day says of itself. */
export interface PartsManifest {
  readonly format: typeof partsFormat;
  readonly program: string;
  readonly economy: string;
  readonly schema: string;
  /** The day in UTC, YYYY-MM-DD. */
  readonly day: string;
  /** When it was read, by the server's clock, and the steps that the database had gone through. */
  readonly at: string;
  readonly steps: readonly Applied[];
  readonly tables: readonly BackupTable[];
}

/** The digest under which a file of parts is known: of what it says of itself, the digests of its rows included. */
export const digestOfParts = (manifest: PartsManifest): string => digestOf(manifest);

const ending = (day: string): string => `_${day.replaceAll('-', '')}`;

/** The days before one that have parts in a schema, in their order. */
export async function daysOfParts(tx: Tx, schema: string, before: string): Promise<string[]> {
  const rows = await tx.query<{ day: string }>(
    `select distinct to_date(right(c.relname, 8), 'YYYYMMDD') as day
       from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
       join pg_partitioned_table t on t.partrelid = p.oid and t.partstrat = 'r'
       join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname ~ '_\\d{8}$' and to_date(right(c.relname, 8), 'YYYYMMDD') < $2::date
      order by 1`,
    [schema, before],
  );
  return rows.map(({ day }) => day);
}

/** The parts of a day in a schema. */
export async function partsOf(session: Session, schema: string, day: string): Promise<FoundTable[]> {
  const tables = await tablesIn(session, [schema]);
  return tables.filter(
    ({ name, partition }) =>
      partition?.bound.startsWith('FOR VALUES FROM') === true && name === `${partition.of}${ending(day)}`,
  );
}

/** Writes the parts of a day into a new file, as one moment shows them. */
export async function writeParts(
  session: Session,
  path: string,
  of: { readonly program: string; readonly economy: string; readonly schema: string; readonly day: string },
): Promise<PartsManifest> {
  const archive = await createArchive(path);
  try {
    await session.simple('begin isolation level repeatable read read only');
    await session.simple('set local synchronize_seqscans = off');
    const [row] = await session.query<{ at: string }>('select clock_timestamp() as at');
    const head = { format: partsFormat, ...of, at: row!.at, steps: await appliedIn(session) } as const;
    await archive.add(headName, Buffer.from(JSON.stringify(head)));
    const tables: BackupTable[] = [];
    for (const table of await partsOf(session, of.schema, of.day))
      tables.push(await copyTable(session, archive, table, () => undefined));
    const manifest = { ...head, tables };
    await archive.add(manifestName, Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`));
    await archive.finish();
    return manifest;
  } catch (error) {
    await archive.abandon();
    throw error;
  } finally {
    await session.simple('rollback');
  }
}

/** Reads a file of parts whole, unpacks it, and compares it with its manifest; throws an ArchiveError else. */
export async function verifyParts(path: string): Promise<PartsManifest> {
  const manifest = await verifyFile<PartsManifest>(path, partsFormat);
  for await (const { table, pieces } of readTables(path, manifest)) {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of pieces()) {
      hash.update(piece);
      bytes += piece.length;
    }
    if (bytes !== table.bytes || hash.digest('hex') !== table.sha256)
      throw new ArchiveError(`${path} is damaged: ${table.schema}.${table.name} is not what was written.`);
  }
  return manifest;
}

const named = ({ schema, name }: Pick<BackupTable, 'schema' | 'name'>): string => `${quoted(schema)}.${quoted(name)}`;

/**
 * Lets nobody write to the parts of a day until the transaction ends, and says whether they are still, byte for byte,
 * what a file holds.
 */
export async function holdParts(session: Session, manifest: PartsManifest): Promise<boolean> {
  const { schema, day, tables } = manifest;
  const there = await partsOf(session, schema, day);
  const names = (all: readonly { name: string }[]): string =>
    all
      .map(({ name }) => name)
      .sort()
      .join(' ');
  if (names(there) !== names(tables)) return false;
  for (const table of tables) await session.simple(`lock table ${named(table)} in share mode`);
  await session.simple('set local synchronize_seqscans = off');
  for (const table of tables) {
    const found = there.find(({ name }) => name === table.name)!;
    if (found.columns.join(' ') !== table.columns.join(' ')) return false;
    const { rows, sha256 } = await digestOfTable(session, table);
    if (rows !== table.rows || sha256 !== table.sha256) return false;
  }
  return true;
}

/**
 * Takes the parts out of their tables and drops them, in the transaction that is open. Each table is locked for that
 * moment alone, and not waited for longer than half a second, since everybody who reads it waits behind us: then it
 * throws 55P03, and the caller begins again.
 */
export async function dropParts(session: Session, { tables }: PartsManifest): Promise<void> {
  await session.simple(`set local lock_timeout = '500ms'`);
  for (const table of tables) {
    const whole = named({ schema: table.schema, name: table.partition!.of });
    await session.simple(`alter table ${whole} detach partition ${named(table)}`);
    await session.simple(`drop table ${named(table)}`);
  }
}

/** What of a file has no place in the tables of now: columns that were there when it was written. */
async function strangeColumns(session: Session, { schema, columns, partition }: BackupTable): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    `select c as name from unnest($3::text[]) c where not exists (
       select from pg_attribute a join pg_class r on r.oid = a.attrelid join pg_namespace n on n.oid = r.relnamespace
       where n.nspname = $1 and r.relname = $2 and a.attname = c and a.attnum > 0 and not a.attisdropped)`,
    [schema, partition!.of, column.text([...columns])],
  );
  return rows.map(({ name }) => name);
}

/**
 * Puts the parts of a verified file back into their tables, in the transaction that is open; nobody waits for it but
 * who would change the tables themselves. Columns that came later get what their table gives a new row.
 */
export async function attachParts(session: Session, path: string, manifest: PartsManifest): Promise<void> {
  for await (const { table, pieces } of readTables(path, manifest)) {
    const { schema, partition } = table;
    if (partition === null) throw new ArchiveError(`${path} is damaged: ${table.name} is part of nothing.`);
    checkCut(table, partition);
    const strange = await strangeColumns(session, table);
    if (strange.length > 0)
      throw new ArchiveError(
        `${path} was written by Portolan ${manifest.program}; ${schema}.${partition.of} has no ${strange.join(', ')} any more.`,
      );
    const whole = named({ schema, name: partition.of });
    await session.simple(`create table ${named(table)} (like ${whole} including all)`);
    for (const sql of keepingSql(table, partition)) await session.simple(sql);
    await fillTable(session, path, table, pieces());
    await session.simple(`alter table ${whole} attach partition ${named(table)} ${partition.bound}`);
  }
}
