import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ArchiveError, type ArchiveWriter, createArchive } from './archive.ts';
import {
  backupFormat,
  type BackupHead,
  type BackupTable,
  headName,
  type Manifest,
  manifestName,
  type Partition,
  pieceName,
} from './backup-file.ts';
import { codeOf, column, openSession, type Session } from './db.ts';
import { appliedIn } from './migrate.ts';

const packed = promisify(gzip);
const pieceBytes = 2 << 20;

/** Which server counts a database's transactions is that server's affair; see sql/004-numbering.sql. */
const notCarried = 'platform.numbering';

/** A table that was found in the database, not yet read. */
export interface FoundTable extends Pick<BackupTable, 'schema' | 'name' | 'columns' | 'partition'> {
  readonly bytes: number;
  readonly key: string;
  readonly references: readonly string[];
}

/** How far a backup is; the whole is an estimate. */
export interface BackupProgress {
  readonly bytes: number;
  readonly estimate: number;
  readonly rows: number;
}

/** What a backup was made of. */
export interface Kept {
  readonly manifest: Manifest;
  readonly sha256: string;
  readonly bytes: number;
}

/** A name as SQL takes it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const tables = `
  select n.nspname::text as schema, c.relname::text as name, pg_table_size(c.oid)::float8 as bytes,
    n.nspname || '.' || coalesce(p.relname, c.relname) as key,
    (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
    p.relname::text as whole, pg_get_expr(c.relpartbound, c.oid) as bound, coalesce(c.reloptions, '{}') as options,
    (select json_object_agg(a.attname, a.attstorage) from pg_attribute a
      join pg_attribute b on b.attrelid = p.oid and b.attname = a.attname
      where a.attrelid = c.oid and a.attnum > 0 and a.attstorage <> b.attstorage) as storage,
    array(select distinct m.nspname || '.' || r.relname from pg_constraint f
      join pg_class r on r.oid = f.confrelid join pg_namespace m on m.oid = r.relnamespace
      where f.conrelid = c.oid and f.contype = 'f' and f.confrelid not in (c.oid, coalesce(p.oid, c.oid))) as references
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
  where c.relkind = 'r' and n.nspname = any($1::text[])
  order by 1, 2`;

type TableRow = Omit<FoundTable, 'partition'> & {
  whole: string | null;
  bound: string;
  options: string[];
  storage: string | null;
};

function partitionOf(row: TableRow): Partition | null {
  if (row.whole === null) return null;
  const storage: Record<string, string> = row.storage === null ? {} : JSON.parse(row.storage);
  return { of: row.whole, bound: row.bound, options: row.options, storage };
}

/** Tables in an order in which each stands after those that its foreign keys point to. */
export function inOrder<T extends { readonly key: string; readonly references: readonly string[] }>(
  found: readonly T[],
): T[] {
  const ordered: T[] = [];
  const placed = new Set<string>();
  let rest = [...found];
  while (rest.length > 0) {
    const waiting = new Set(rest.map(({ key }) => key));
    const free = rest.filter(({ references }) => references.every((one) => placed.has(one) || !waiting.has(one)));
    if (free.length === 0) throw new Error(`foreign keys in a circle: ${[...waiting].join(', ')}`);
    ordered.push(...free);
    rest = rest.filter((one) => !free.includes(one));
    for (const { key } of free) if (!rest.some((one) => one.key === key)) placed.add(key);
  }
  return ordered;
}

/** Every table of these schemas, each after those that its foreign keys point to. */
export async function tablesIn(session: Session, schemas: readonly string[]): Promise<FoundTable[]> {
  const rows = await session.query<TableRow>(tables, [column.text([...schemas])]);
  const found = rows.map((row) => ({ ...row, partition: partitionOf(row) }));
  return inOrder(found.filter(({ schema, name }) => `${schema}.${name}` !== notCarried));
}

interface Begun {
  readonly at: string;
  readonly server: string;
  readonly numbered: boolean;
}

/** Opens the one snapshot that everything is read in; what is acknowledged before this moment can be seen in it. */
async function begin(session: Session, program: string, economy: string): Promise<BackupHead> {
  await session.simple('begin isolation level repeatable read read only');
  const [row] = await session.query<Begun>(
    `select clock_timestamp() as at, current_setting('server_version') as server,
       to_regprocedure('platform.horizon()') is not null as numbered`,
  );
  const { at, server, numbered } = row!;
  const horizon = numbered ? 'platform.horizon()' : 'pg_snapshot_xmin(pg_current_snapshot())';
  const [journal] = await session.query<{ below: bigint }>(`select ${horizon} as below`);
  const steps = await appliedIn(session);
  return { format: backupFormat, program, server, economy, at, steps, journalBelow: String(journal!.below) };
}

/** Gathers what the server sends into pieces, and packs and writes each when it is full. */
class Pieces {
  readonly #archive: ArchiveWriter;
  readonly #table: FoundTable;
  readonly #hash = createHash('sha256');
  #slab: Buffer = Buffer.allocUnsafeSlow(pieceBytes);
  #spare: Buffer | undefined;
  #used = 0;
  bytes = 0;
  count = 0;

  constructor(archive: ArchiveWriter, table: FoundTable) {
    this.#archive = archive;
    this.#table = table;
  }

  take(chunk: Buffer): Promise<void> | undefined {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    if (this.#used + chunk.length > this.#slab.length) {
      const larger = Buffer.allocUnsafeSlow(this.#used + chunk.length);
      this.#slab.copy(larger, 0, 0, this.#used);
      this.#slab = larger;
    }
    chunk.copy(this.#slab, this.#used);
    this.#used += chunk.length;
    return this.#used >= pieceBytes ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    if (this.#used === 0) return;
    const filled = this.#slab;
    const full = filled.subarray(0, this.#used);
    // What the server had sent already goes into the other slab; the two take turns.
    this.#slab = this.#spare ?? Buffer.allocUnsafeSlow(pieceBytes);
    this.#spare = undefined;
    this.#used = 0;
    this.count += 1;
    const number = this.count;
    // The lightest packing: a window under load has better things to do with its cores.
    await this.#archive.add(pieceName(this.#table, number), await packed(full, { level: 1 }));
    this.#spare = filled;
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** The name of a table with its schema, and its columns, as COPY takes them. */
export const copied = ({ schema, name, columns }: Pick<BackupTable, 'schema' | 'name' | 'columns'>): string =>
  `${quoted(schema)}.${quoted(name)} (${columns.map(quoted).join(', ')})`;

/** Copies one table into an archive, in the transaction that is open. */
export async function copyTable(
  session: Session,
  archive: ArchiveWriter,
  table: FoundTable,
  progress: (bytes: number) => void,
): Promise<BackupTable> {
  const pieces = new Pieces(archive, table);
  // What was locked since a savepoint is let go with it: no table is locked longer than it is read.
  await session.simple('savepoint one');
  const take = (chunk: Buffer): Promise<void> | undefined => {
    const waits = pieces.take(chunk);
    progress(pieces.bytes);
    return waits;
  };
  const rows = await session
    .copyOut(`copy ${copied(table)} to stdout (format binary)`, take)
    .catch((error: unknown) => {
      if (codeOf(error) !== '42P01') throw error;
      throw new ArchiveError(`${table.schema}.${table.name} was dropped while the backup ran: make it again.`);
    });
  await pieces.flush();
  await session.simple('rollback to savepoint one');
  const { schema, name, columns, partition } = table;
  const { bytes, count } = pieces;
  return { schema, name, columns, partition, rows, bytes, sha256: pieces.digest(), pieces: count };
}

/** Reads a table as `copyTable` does, for its digest alone. */
export async function digestOfTable(
  session: Session,
  table: Pick<BackupTable, 'schema' | 'name' | 'columns'>,
  progress: (bytes: number) => void = () => undefined,
): Promise<{ readonly rows: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  const rows = await session.copyOut(`copy ${copied(table)} to stdout (format binary)`, (chunk) => {
    hash.update(chunk);
    progress(chunk.length);
    return undefined;
  });
  return { rows, sha256: hash.digest('hex') };
}

async function sequencesIn(session: Session, schemas: readonly string[]): Promise<Manifest['sequences']> {
  const rows = await session.query<{ schema: string; name: string; last: bigint }>(
    `select schemaname::text as schema, sequencename::text as name, last_value as last from pg_sequences
      where schemaname = any($1::text[]) and last_value is not null order by 1, 2`,
    [column.text([...schemas])],
  );
  return rows.map(({ schema, name, last }) => ({ name: `${quoted(schema)}.${quoted(name)}`, last: String(last) }));
}

async function copyAll(
  session: Session,
  archive: ArchiveWriter,
  head: BackupHead,
  progress: (at: BackupProgress) => void,
): Promise<Manifest> {
  const schemas = [...new Set(head.steps.map(({ module }) => module))];
  const found = await tablesIn(session, schemas);
  const estimate = found.reduce((sum, { bytes }) => sum + bytes, 0);
  await archive.add(headName, Buffer.from(JSON.stringify(head)));
  const done: BackupTable[] = [];
  let bytes = 0;
  let rows = 0;
  for (const table of found) {
    const one = await copyTable(session, archive, table, (more) => progress({ bytes: bytes + more, estimate, rows }));
    bytes += one.bytes;
    rows += one.rows;
    done.push(one);
  }
  const manifest = { ...head, tables: done, sequences: await sequencesIn(session, schemas) };
  await archive.add(manifestName, Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`));
  progress({ bytes: estimate, estimate, rows });
  return manifest;
}

/**
 * Writes everything that a window keeps into one file while it runs: every schema in one snapshot, table after table
 * over one connection, so that it takes neither a lock that anybody waits for nor more than one core. Throws an
 * ArchiveError where the file cannot be written; half a file never stands under its name.
 */
export async function writeBackup(
  url: string,
  path: string,
  made: { readonly program: string; readonly economy: string },
  progress: (at: BackupProgress) => void = () => undefined,
): Promise<Kept> {
  const archive = await createArchive(path);
  const session = await openSession(url).catch(async (error: unknown) => {
    await archive.abandon();
    throw error;
  });
  try {
    const head = await begin(session, made.program, made.economy);
    if (head.steps.length === 0) throw new ArchiveError('There is no window in this database.');
    // A table that is read from its middle would give the same rows in another order, and so another digest.
    await session.simple('set local synchronize_seqscans = off');
    const manifest = await copyAll(session, archive, head, progress);
    const { bytes } = archive;
    return { manifest, sha256: await archive.finish(), bytes };
  } catch (error) {
    await archive.abandon();
    throw error;
  } finally {
    await session.close();
  }
}
