import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { codeOf, openDb } from './db.ts';
import { hydrate, nativeFolder, runnerFor, StartError, type Runner } from './postgres-binaries.ts';
import { checkSpace, lockFolder, prepare, socketFolderFor, spoken } from './postgres-folder.ts';
import { clearStale, isRunning, readPostmaster, runningOn, until } from './postgres-process.ts';

export { StartError } from './postgres-binaries.ts';

/** How the server runs; what is left out is durable and sized for one machine of its own. */
export interface PostgresOptions {
  readonly sharedBuffers?: string;
  readonly connections?: number;
  /** False gives up durability, which is right for tests alone. */
  readonly durable?: boolean;
}

/** A server that runs. */
export interface RunningPostgres {
  readonly url: string;
  readonly pid: number;
  /** Whether it was already there, left behind by a window that was killed. */
  readonly adopted: boolean;
  /** Ends the server, at once or nearly: open work is rolled back, committed work is kept. Again does nothing. */
  stop(): Promise<void>;
  /** Called once when the server ends without having been stopped, with the last words of its log. */
  onExit(listener: (words: string) => void): void;
}

const startWithinMs = 120_000;
const stopWithinMs = 3_500;

/** The server gets no environment but this: nothing set for us reaches it. */
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

function initialise(folder: string, data: string, binaries: string, runner: Runner): Promise<void> {
  const args = ['-D', data, '-U', 'portolan', '--locale=C', '--encoding=UTF8', '--auth=trust', '--no-instructions'];
  const [command, all] = runner.command(join(binaries, 'initdb'), args);
  return new Promise((resolve, reject) => {
    const child = spawn(command, all, {
      ...runner.identity,
      env: environment,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (words += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(spoken(folder, words))));
  });
}

/** The cluster's folder, made when it is not there. It appears under its name only when it is whole. */
async function cluster(folder: string, binaries: string): Promise<{ data: string; runner: Runner }> {
  const data = join(folder, 'postgres');
  const binary = join(binaries, 'postgres');
  if (existsSync(data)) return { data, runner: runnerFor(data, binary) };
  const half = join(folder, 'postgres.new');
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { mode: 0o700 });
  const runner = runnerFor(half, binary);
  await initialise(folder, half, binaries, runner);
  renameSync(half, data);
  return { data, runner };
}

/** The settings that decide how durable and how fast a server is, in PostgreSQL's words. */
export function performanceSettings(options: PostgresOptions): Record<string, string> {
  const durable = options.durable === false ? 'off' : 'on';
  return {
    fsync: durable,
    synchronous_commit: durable,
    full_page_writes: durable,
    shared_buffers: options.sharedBuffers ?? '512MB',
    wal_buffers: '64MB',
    max_wal_size: '4GB',
    // A new file of the log has to be filled and flushed before anything is written to it, and every commit waits so
    // long. Files that are done with are therefore kept, also through quiet hours, for the next peak.
    min_wal_size: '4GB',
    // Left to itself, Linux keeps what is written for thirty seconds and then writes it all at once, and every commit
    // waits for the disk meanwhile. So it is handed on as it comes.
    backend_flush_after: '1MB',
    checkpoint_timeout: '15min',
    jit: 'off',
  };
}

function settings(socketFolder: string, options: PostgresOptions): Record<string, string> {
  return {
    ...performanceSettings(options),
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    max_connections: String(options.connections ?? 60),
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
  };
}

const logMax = 20 * 2 ** 20;

function openLog(folder: string): { fd: number; words: () => string } {
  const path = join(folder, 'postgres.log');
  const size = existsSync(path) ? statSync(path).size : 0;
  if (size > logMax) renameSync(path, `${path}.1`);
  const from = size > logMax ? 0 : size;
  const words = (): string => readFileSync(path).subarray(from).toString('utf8').slice(-4_000);
  return { fd: openSync(path, 'a', 0o600), words };
}

interface Launched {
  readonly pid: number;
  readonly socketFolder: string;
  readonly words: () => string;
  readonly onExit: (listener: () => void) => void;
}

async function launch(
  folder: string,
  data: string,
  binaries: string,
  runner: Runner,
  options: PostgresOptions,
): Promise<Launched> {
  const socketFolder = socketFolderFor(folder, runner);
  if (!(await clearStale(data, socketFolder))) {
    throw new StartError(`Processes of an earlier PostgreSQL still end in ${folder}: try again in a moment.`);
  }
  const flags = Object.entries(settings(socketFolder, options)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, args] = runner.command(join(binaries, 'postgres'), ['-D', data, ...flags]);
  const { fd, words } = openLog(folder);
  // Detached, so that Ctrl-C reaches us alone and we end the server in order.
  const stdio = ['ignore', fd, fd] as const;
  const child = spawn(command, args, {
    ...runner.identity,
    env: environment,
    cwd: '/',
    detached: true,
    stdio: [...stdio],
  });
  closeSync(fd);
  let ended = false;
  child.once('error', () => (ended = true));
  child.once('exit', () => (ended = true));
  child.unref();
  const ready = await until(() => ended || readPostmaster(data)?.status === 'ready', startWithinMs);
  if (ended || !ready || child.pid === undefined) {
    if (!ended) child.kill('SIGQUIT');
    throw spoken(folder, words());
  }
  const { pid } = child;
  return { pid, socketFolder, words, onExit: (listener) => void child.once('exit', listener) };
}

function adoptedOf(folder: string, found: { pid: number; socketFolder: string }): Launched {
  const onExit = (listener: () => void): void => {
    const watch = setInterval(() => {
      if (isRunning(found.pid)) return;
      clearInterval(watch);
      listener();
    }, 500);
    watch.unref();
  };
  const words = (): string => readFileSync(join(folder, 'postgres.log'), 'utf8').slice(-4_000);
  return { pid: found.pid, socketFolder: found.socketFolder, words, onExit };
}

function signal(pid: number, name: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has already ended.
  }
}

/** The address of a database behind a socket's folder, as PostgreSQL's own tools take it too. */
export const urlOf = (socketFolder: string, database: string = 'portolan'): string =>
  `postgres://portolan@localhost/${database}?host=${encodeURIComponent(socketFolder)}`;

function runningOf(server: Launched, adopted: boolean, lock: Server): RunningPostgres {
  let stopping: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    signal(server.pid, 'SIGINT');
    if (!(await until(() => !isRunning(server.pid), stopWithinMs))) {
      // Committed work is in the write-ahead log; the next start reads it back.
      signal(server.pid, 'SIGQUIT');
      await until(() => !isRunning(server.pid), 1_000);
    }
    lock.close();
  };
  return {
    url: urlOf(server.socketFolder),
    pid: server.pid,
    adopted,
    stop: () => (stopping ??= end()),
    onExit: (listener) => server.onExit(() => stopping === undefined && listener(server.words())),
  };
}

async function createDatabase(socketFolder: string): Promise<void> {
  const db = openDb({ url: urlOf(socketFolder, 'postgres'), size: 1 });
  try {
    const there = await db.query(`select 1 from pg_database where datname = 'portolan'`);
    if (there.length === 0) await db.query('create database portolan');
  } finally {
    await db.close();
  }
}

/**
 * Runs PostgreSQL on a data folder: makes the cluster when there is none, adopts a server that a killed window left
 * behind, refuses a folder that another window uses. It listens on a socket that only this user may enter. Throws a
 * StartError whose one sentence says what to do.
 */
export async function startPostgres(dataFolder: string, options: PostgresOptions = {}): Promise<RunningPostgres> {
  const native = nativeFolder();
  const folder = prepare(dataFolder);
  const lock = await lockFolder(folder);
  try {
    const data = join(folder, 'postgres');
    const found = existsSync(data) ? await runningOn(data) : undefined;
    if (found !== undefined) return runningOf(adoptedOf(folder, found), true, lock);
    checkSpace(folder, !existsSync(data));
    hydrate(native);
    const binaries = join(native, 'bin');
    const { runner } = await cluster(folder, binaries);
    const server = await launch(folder, data, binaries, runner, options);
    const running = runningOf(server, false, lock);
    await createDatabase(server.socketFolder).catch(async (error: unknown) => {
      await running.stop();
      throw error;
    });
    return running;
  } catch (error) {
    lock.close();
    if (error instanceof StartError || codeOf(error) === '') throw error;
    throw spoken(folder, `${codeOf(error)} ${error instanceof Error ? error.message : ''}`);
  }
}
