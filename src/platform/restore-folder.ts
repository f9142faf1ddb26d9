import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ArchiveError } from './archive.ts';
import { openDb } from './db.ts';
import { type PostgresOptions, startPostgres } from './postgres.ts';
import { lockFolder, prepare } from './postgres-folder.ts';

/** What a window leaves in its folder beside the database; it does not make a folder full. */
const leftovers = new Set(['postgres.log', 'postgres.log.1', 'run', 'restoring', 'lost+found']);

/** What stands in a data folder that a restore may not go into; undefined where it may. */
export function occupied(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  if (!statSync(folder).isDirectory()) return `${folder} is a file, not a folder.`;
  const version = join(folder, 'postgres', 'PG_VERSION');
  if (existsSync(version)) {
    const major = readFileSync(version, 'utf8').trim();
    return `${folder} holds a window already (PostgreSQL ${major}), and it stays as it is.`;
  }
  const other = readdirSync(folder).find((name) => !leftovers.has(name));
  return other === undefined ? undefined : `${folder} is not empty: it holds ${other}.`;
}

/**
 * Lets `fill` fill the database of a server on a folder beside the one that is wanted, and gives it its place only when
 * that is done and on the disk: a restore that is cut short leaves no window that looks like one. Throws an
 * ArchiveError where the folder is not empty.
 */
export async function restoreFolder(
  dataFolder: string,
  options: PostgresOptions,
  fill: (url: string) => Promise<void>,
): Promise<void> {
  const full = occupied(dataFolder);
  if (full !== undefined) throw new ArchiveError(full);
  const folder = prepare(dataFolder);
  const lock = await lockFolder(folder);
  const half = join(folder, 'restoring');
  try {
    rmSync(half, { recursive: true, force: true });
    mkdirSync(half, { mode: 0o700 });
    const { uid, gid } = statSync(folder);
    if (process.getuid?.() === 0) chownSync(half, uid, gid);
    const postgres = await startPostgres(half, options);
    try {
      await fill(postgres.url);
      const db = openDb({ url: postgres.url, size: 1 });
      // A server that is stopped has little time to write; this one has written everything before.
      await db.query('checkpoint').finally(() => db.close());
    } finally {
      await postgres.stop();
    }
    renameSync(join(half, 'postgres'), join(folder, 'postgres'));
  } finally {
    rmSync(half, { recursive: true, force: true });
    lock.close();
  }
}
