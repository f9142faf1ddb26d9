import { type ChildProcess, fork } from 'node:child_process';
import cluster from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#platform/clock.ts';
import { type Config, ConfigError, environment } from '#platform/config.ts';
import { isOutage, openDb, unfit } from '#platform/db.ts';
import { Kept, restOf } from '#platform/kept.ts';
import { createLog } from '#platform/log.ts';
import { type RunningPostgres, startPostgres, StartError } from '#platform/postgres.ts';

/** What a window consists of: the processes that answer, and the one that works behind them. */
export type Part = 'serve' | 'work';

const log = createLog(systemClock, { process: 'main' });

/** What has been started, to be ended in the opposite order, whenever the signal comes. */
const ends: (() => Promise<unknown>)[] = [];
let ending: Promise<void> | undefined;

const stopWithinMs = 4_800;
const partWithinMs = 4_000;

async function endAll(): Promise<void> {
  for (const end of ends.splice(0).toReversed()) {
    await end().catch((error: unknown) => log.error('stop-failed', error));
  }
}

function stop(code: number): Promise<void> {
  ending ??= (async () => {
    // Whatever hangs, the process ends in time; what was acknowledged is durable.
    const limit = setTimeout(() => process.exit(code === 0 ? 1 : code), stopWithinMs);
    await endAll();
    clearTimeout(limit);
    process.exit(code);
  })();
  return ending;
}

/**
 * Runs PostgreSQL in the data folder, and again whenever it ends by itself: killed, or out of room on its disk. What
 * serves answers 503 meanwhile. Gives its address, which stays the same.
 */
async function runPostgres({ dataFolder, sharedBuffers, processes }: Config): Promise<string> {
  const begin = () => startPostgres(dataFolder, { sharedBuffers, connections: 60 + 12 * (processes - 1) });
  let running = begin();
  // A signal may come before it is up: it is waited for, and then stopped.
  ends.push(async () => (await running.catch(() => undefined))?.stop());
  const again = async (last: RunningPostgres): Promise<RunningPostgres> => {
    // It is gone; what is left of it is its hold on the folder.
    await last.stop();
    for (let rests = 0; ; rests += 1) {
      await delay(restOf(rests));
      if (ending !== undefined) return last;
      try {
        return watched(await begin());
      } catch (error) {
        log.warn('postgres-not-started', { reason: error instanceof Error ? error.message : String(error) });
      }
    }
  };
  const watched = (postgres: RunningPostgres): RunningPostgres => {
    postgres.onExit((words) => {
      log.error('postgres-ended', new Error(words));
      if (ending === undefined) running = again(postgres);
    });
    return postgres;
  };
  return watched(await running).url;
}

/** The address of the database: of PostgreSQL that runs under us, or of the operator's once it was looked at. */
async function openDatabase(config: Config): Promise<string> {
  if (config.databaseUrl === undefined) return runPostgres(config);
  await lookAt(config.databaseUrl);
  return config.databaseUrl;
}

async function lookAt(url: string): Promise<void> {
  const db = openDb({ url, size: 1 });
  try {
    const fault = await unfit(db);
    if (fault !== undefined) throw new StartError(fault);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`The database at DATABASE_URL cannot be used: ${reason}`);
  } finally {
    await db.close();
  }
}

/**
 * What works makes little rubbish at a time, and nobody waits for an answer while it clears it away: room for more of
 * it, or for twice what it holds, would be two hundred megabytes for half a percent of a machine's time.
 */
const workFlags = (): string[] => [...process.execArgv, '--max-semi-space-size=4', '--heap-growing-percent=30'];

/**
 * The C library of most Linux systems gives threads heaps of their own, from which little ever goes back to the system.
 * Nearly all that is asked of it here is asked by one thread; an operator who knows better says so himself.
 */
const oneHeap = { MALLOC_ARENA_MAX: '1' };

const entryOf = (part: Part): string => fileURLToPath(new URL(`${part}.ts`, import.meta.url));

/**
 * Starts one process of a part. Those that serve share one port, whose connections this process hands out in turn.
 * `--again` says that there was one before, so that what is said once is not said twice.
 */
function launch(part: Part, argv: readonly string[], env: Record<string, string>, again: boolean): ChildProcess {
  const args = again ? [...argv, '--again'] : [...argv];
  if (part === 'work') return fork(entryOf(part), args, { env, execArgv: workFlags() });
  cluster.setupPrimary({ exec: entryOf(part), args });
  return cluster.fork(env).process;
}

async function startPart(part: Part, many: number, argv: readonly string[], url: string): Promise<void> {
  const env = { ...oneHeap, ...environment(), DATABASE_URL: url };
  const kept = Array.from(
    { length: many },
    (_, at) => new Kept(many === 1 ? part : `${part}-${at + 1}`, (again) => launch(part, argv, env, again), log),
  );
  ends.push(() => Promise.all(kept.map((one) => one.stop(partWithinMs))));
  await Promise.all(kept.map(({ ready }) => ready)).catch((error: unknown) => {
    // It has said itself, in its own words, why it could not start.
    if (ending === undefined) log.warn('start-failed', { reason: String(error) });
    return stop(1);
  });
}

async function start(readSettings: () => Config, parts: readonly Part[], argv: readonly string[]): Promise<void> {
  const config = readSettings();
  const url = await openDatabase(config);
  for (const part of parts) {
    if (ending !== undefined) return;
    await startPart(part, part === 'serve' ? config.processes : 1, argv, url);
    if (part === 'serve' && ending === undefined) process.stdout.write(`Portolan is open at ${config.origin}\n`);
  }
}

/** What a person can act on is said in its one sentence; anything else is a bug and shows where it happened. */
function fail(error: unknown): void {
  if (ending !== undefined) return;
  if (error instanceof ConfigError || error instanceof StartError) process.stderr.write(`${error.message}\n`);
  else if (isOutage(error))
    process.stderr.write(`The database cannot be used: ${error instanceof Error ? error.message : String(error)}\n`);
  else log.error('start-failed', error);
  void stop(1);
}

/**
 * Runs the parts of a window as processes of their own, PostgreSQL too where the operator has none, until a signal; it
 * ends the process. Whatever of it ends is started again. `argv` is handed to each part.
 */
export function supervise(readSettings: () => Config, parts: readonly Part[], argv: readonly string[]): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => void stop(0));
  start(readSettings, parts, argv).catch(fail);
}
