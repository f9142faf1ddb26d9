import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { addBackup } from '#modules/operations/index.ts';
import { schemas } from '#modules/schemas.ts';
import { type BackupProgress, type Kept, writeBackup } from '#platform/backup.ts';
import { type Manifest, verifyBackup } from '#platform/backup-file.ts';
import { type Config, environment, programVersion, readConfig } from '#platform/config.ts';
import { codeOf, type Db, openDb } from '#platform/db.ts';
import { migrate, stepsOf } from '#platform/migrate.ts';
import { continueNumbering, restoreInto, type Standing, standingOf, tellSchemas } from '#platform/restore.ts';
import { occupied, restoreFolder } from '#platform/restore-folder.ts';
import { filesOf } from './args.ts';
import type { Command } from './command.ts';
import { FileError, type Meter } from './read.ts';
import { count, exit, Progress, type Terminal } from './terminal.ts';
import { besideWindow, inSentences } from './window.ts';

const oneFile = 'one file';
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** How far into a file something is. */
export function fileMeter(path: string): Meter {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new FileError(`There is no file ${path}.`);
  return { total: size, read: 0 };
}

function kept({ manifest, bytes, sha256 }: Kept, path: string): string {
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  return [
    `Everything that was acknowledged before ${manifest.at} is in ${path}.`,
    `${megabytes(bytes)}, ${count(manifest.tables.length)} tables, ${count(rows)} rows; the journal up to transaction ${manifest.journalBelow}.`,
    `SHA-256 before the checksum: ${sha256}`,
    'The file holds what the window knows of people, and it is not encrypted: keep it as you keep the window.',
    '',
  ].join('\n');
}

/** Tells the window that it was kept. One whose schema is older than this program is kept all the same. */
export async function tellWindow(url: string, tell: (db: Db) => Promise<unknown>): Promise<void> {
  const db = openDb({ url, size: 1 });
  try {
    await tell(db);
  } catch (error) {
    if (codeOf(error) !== '42P01') throw error;
  } finally {
    await db.close();
  }
}

async function backup(config: Config, path: string, terminal: Terminal): Promise<Kept> {
  return besideWindow(config, async (url) => {
    const meter: Meter & { total: number } = { total: 1, read: 0 };
    const progress = new Progress(terminal, meter, 'rows', 'written');
    const tick = ({ bytes, estimate, rows }: BackupProgress): void => {
      meter.total = estimate;
      meter.read = bytes;
      progress.tick(rows);
    };
    const made = await writeBackup(url, path, { program: programVersion(), economy: config.economy }, tick);
    const rows = made.manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    progress.end(rows);
    const { at } = made.manifest;
    const record = { at, finished: terminal.clock.instant(), bytes: BigInt(made.bytes), rows: BigInt(rows) };
    await tellWindow(url, (db) => addBackup(db, { ...record, sha256: made.sha256 }));
    return made;
  });
}

export const backupCommand: Command = {
  name: 'backup',
  takes: 'FILE',
  does: 'Writes everything that the window keeps into one file, while it runs.',
  options: [],
  async run(given, terminal) {
    const [file = ''] = filesOf(given, 1, 1, oneFile);
    const path = resolve(file);
    terminal.out(kept(await backup(readConfig(environment(), []), path, terminal), path));
    return exit.done;
  },
};

const steps = (many: number): string => (many === 1 ? 'one step' : `${many} steps`);

/** What a restore will do and what it will not do, before it does anything. */
export function planOf(manifest: Manifest, { kind, missing, strange }: Standing, path: string): string[] {
  const made = `${path} was made by Portolan ${manifest.program} at ${manifest.at}, for ${manifest.economy}.`;
  if (kind === 'newer') {
    return [
      made,
      `It is newer than this program: it went through ${strange.join(', ')}, which this program does not have.`,
      'It is not restored, since what those steps keep would be lost. Use the program that made it, or a newer one.',
    ];
  }
  if (kind === 'other') {
    return [
      made,
      `Its steps are not those of any version of this program: ${strange.join(', ')}.`,
      'It is not restored. Use the program that made it.',
    ];
  }
  const forward =
    kind === 'same'
      ? 'Its schemas are those of this program; nothing has to be taken forward.'
      : `It is older than this program: it is restored as it was, and then taken forward by ${steps(missing.length)} (${missing.map(({ module, number }) => `${module}/${number}`).join(', ')}). The older program cannot use it after that; the file stays as it is.`;
  return [
    made,
    forward,
    'Restored are parcels, cases, accounts, people and keys, the journal as it was written, and how far each follower had read.',
    'Not restored are what was acknowledged after that moment, settings of the environment, and packs of your own folders.',
  ];
}

/** Reads a backup whole, and throws where it is damaged. */
export async function readWhole(path: string, terminal: Terminal): Promise<Manifest> {
  const meter = fileMeter(path);
  const progress = new Progress(terminal, meter, 'bytes compared', 'of the file read');
  return inSentences(() =>
    verifyBackup(path, (read) => {
      meter.read = read;
      progress.tick(read);
    }),
  );
}

/** Fills the empty database at this address, and takes it forward to this program's schemas. */
export async function fillDatabase(
  url: string,
  path: string,
  manifest: Manifest,
  standing: Standing,
  terminal: Terminal,
): Promise<void> {
  const meter = fileMeter(path);
  const progress = new Progress(terminal, meter, 'bytes', 'of the file restored');
  await restoreInto(url, path, manifest, standing, (read) => {
    meter.read = read;
    progress.tick(read);
  });
  const db = openDb({ url, size: 2 });
  try {
    await migrate(db, schemas);
    await continueNumbering(db);
    await tellSchemas(
      db,
      schemas.map(({ name }) => name),
    );
  } finally {
    await db.close();
  }
}

async function restore(config: Config, path: string, terminal: Terminal, manifest: Manifest, standing: Standing) {
  const { databaseUrl, dataFolder, sharedBuffers } = config;
  const fill = (url: string): Promise<void> => fillDatabase(url, path, manifest, standing, terminal);
  await inSentences(() =>
    databaseUrl === undefined ? restoreFolder(dataFolder, { sharedBuffers }, fill) : fill(databaseUrl),
  );
}

export const restoreCommand: Command = {
  name: 'restore',
  takes: 'FILE',
  does: 'Restores a backup into an empty data folder, or into the empty database at DATABASE_URL.',
  options: [{ name: 'check', help: 'reads the file and says what would be done; does nothing' }],
  async run(given, terminal) {
    const [file = ''] = filesOf(given, 1, 1, oneFile);
    const path = resolve(file);
    const config = readConfig(environment(), []);
    const full = config.databaseUrl === undefined ? occupied(config.dataFolder) : undefined;
    if (full !== undefined && !given.switches.has('check')) {
      throw new FileError(`${full} Name an empty folder in PORTOLAN_DATA, or move that one away.`);
    }
    const manifest = await readWhole(path, terminal);
    const standing = standingOf(manifest.steps, await stepsOf(schemas));
    terminal.out(`${planOf(manifest, standing, path).join('\n')}\n`);
    if (full !== undefined) terminal.out(`${full} It would not be restored there.\n`);
    const refused = standing.kind === 'newer' || standing.kind === 'other';
    if (refused || given.switches.has('check')) return refused || full !== undefined ? exit.refused : exit.done;
    await restore(config, path, terminal, manifest, standing);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    terminal.out(
      `Restored: ${count(manifest.tables.length)} tables, ${count(rows)} rows. npm start opens the window.\n`,
    );
    return exit.done;
  },
};
