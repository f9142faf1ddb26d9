import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { ArchiveError, readArchive } from './archive.ts';
import type { Applied } from './migrate.ts';

const unpacked = promisify(gunzip);

export const backupFormat = 'portolan-backup/1';
export const headName = 'backup.json';
export const manifestName = 'manifest.json';

/** What a backup says of itself at its beginning. */
export interface BackupHead {
  readonly format: typeof backupFormat;
  /** The version of the program that made it, and of the server that it was taken from. */
  readonly program: string;
  readonly server: string;
  readonly economy: string;
  /** Everything that was acknowledged before this moment of the server's clock is in it. */
  readonly at: string;
  /** The steps that the database had gone through. */
  readonly steps: readonly Applied[];
  /** Every entry of the journal whose transaction has a smaller number is in it, and every parcel that it tells of. */
  readonly journalBelow: string;
}

/** How a table that is one part of another one was cut from it. */
export interface Partition {
  readonly of: string;
  readonly bound: string;
  readonly options: readonly string[];
  /** Columns kept otherwise than in the whole: `p`, `e`, `m` or `x`, as PostgreSQL writes it. */
  readonly storage: Readonly<Record<string, string>>;
}

/** One table of a backup. */
export interface BackupTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly partition: Partition | null;
  readonly rows: number;
  /** Bytes of COPY BINARY before they were packed, and the SHA-256 of them. */
  readonly bytes: number;
  readonly sha256: string;
  readonly pieces: number;
}

/** Everything a backup says of itself: the last member before the checksum. */
export interface Manifest extends BackupHead {
  readonly tables: readonly BackupTable[];
  /** The last value of each sequence that gave any. */
  readonly sequences: readonly { readonly name: string; readonly last: string }[];
}

/** The folder of a table's pieces in the archive. */
export const folderOf = (table: { readonly schema: string; readonly name: string }): string =>
  `tables/${table.schema}.${table.name}`;

/** The name of one piece, counted from 1. */
export const pieceName = (table: { readonly schema: string; readonly name: string }, number: number): string =>
  `${folderOf(table)}/${String(number).padStart(6, '0')}.gz`;

/** What a file says of itself; bytes that are not what was written need not even be JSON. */
function parsed(path: string, content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    throw new ArchiveError(`${path} is damaged: what it says of itself cannot be read.`);
  }
}

/**
 * Reads a whole file of tables once, compares its checksum, and gives what it says of itself. Throws an ArchiveError
 * where it is not what was written, or is of another form.
 */
export async function verifyFile<M extends { readonly format: string }>(
  path: string,
  format: M['format'],
  progress?: (bytes: number) => void,
): Promise<M> {
  let known = false;
  let manifest: M | undefined;
  for await (const { name, content } of readArchive(path, progress)) {
    if (!known && name !== headName) throw new ArchiveError(`${path} is no backup of a window.`);
    if (name === headName) {
      const head = parsed(path, content) as M;
      if (head.format !== format)
        throw new ArchiveError(`${path} is of the form ${head.format}; what is read here is ${format}.`);
      known = true;
    }
    if (name === manifestName) manifest = parsed(path, content) as M;
  }
  if (manifest === undefined) throw new ArchiveError(`${path} is damaged: it has no manifest.`);
  return manifest;
}

/** Reads a whole backup once, compares its checksum, and gives what it says of itself. */
export const verifyBackup = (path: string, progress?: (bytes: number) => void): Promise<Manifest> =>
  verifyFile<Manifest>(path, backupFormat, progress);

/** The tables of a backup that was verified, one after the other, each with its pieces unpacked. */
export async function* readTables(
  path: string,
  manifest: Pick<Manifest, 'tables'>,
  progress?: (bytes: number) => void,
): AsyncGenerator<{ table: BackupTable; pieces: () => AsyncGenerator<Buffer> }> {
  const members = readArchive(path, progress);
  const next = async (expected: string): Promise<Buffer> => {
    const { value, done } = await members.next();
    if (done === true || value.name !== expected) throw new ArchiveError(`${path} is damaged: ${expected} is missing.`);
    return value.content;
  };
  try {
    await next(headName);
    for (const table of manifest.tables) {
      yield {
        table,
        async *pieces() {
          for (let number = 1; number <= table.pieces; number += 1) {
            yield await unpacked(await next(pieceName(table, number)));
          }
        },
      };
    }
  } finally {
    await members.return(undefined);
  }
}
