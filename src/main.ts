import { type Demo, demoTable, openDemo, startDemo } from '#modules/demo/index.ts';
import { firstAdministratorLink } from '#modules/parties/index.ts';
import { schemas } from '#modules/schemas.ts';
import { systemClock } from '#platform/clock.ts';
import { ConfigError, environment, readConfig, type Config } from '#platform/config.ts';
import type { Context } from '#platform/context.ts';
import { codeOf, isOutage, openDb, unfit, type Db } from '#platform/db.ts';
import { createLog } from '#platform/log.ts';
import { migrate, MigrationError } from '#platform/migrate.ts';
import { work } from '#platform/module.ts';
import { startPostgres, StartError } from '#platform/postgres.ts';
import { continueNumbering } from '#platform/restore.ts';
import { words } from '#portal/text.ts';
import { createApp } from './app.ts';

const log = createLog(systemClock);

/** What has been started, to be ended in the opposite order, whenever the signal comes. */
const ends: (() => Promise<unknown>)[] = [];
let ending: Promise<void> | undefined;

const stopWithinMs = 4_800;

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

async function openDatabase(config: Config): Promise<Db> {
  let url = config.databaseUrl;
  if (url === undefined) {
    const starting = startPostgres(config.dataFolder, { sharedBuffers: config.sharedBuffers });
    // A signal may come before it is up: it is waited for, and then stopped.
    ends.push(async () => (await starting.catch(() => undefined))?.stop());
    const postgres = await starting;
    postgres.onExit((last) => {
      log.error('postgres-ended', new Error(last));
      void stop(1);
    });
    url = postgres.url;
  }
  const db = openDb({ url, size: 12, onError: (error) => log.warn('connection-lost', { reason: error.message }) });
  ends.push(() => db.close());
  try {
    const fault = await unfit(db);
    if (fault !== undefined) throw new StartError(fault);
  } catch (error) {
    if (config.databaseUrl === undefined || error instanceof StartError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`The database at DATABASE_URL cannot be used: ${reason}`);
  }
  return db;
}

async function listen(config: Config, db: Db): Promise<void> {
  const demo = await openDemo(config, db);
  const { app, context, workers } = await createApp({ config, db, clock: demo?.clock ?? systemClock, log }, demo);
  ends.push(() => app.close());
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') {
      throw new StartError(`Port ${config.port} is already in use: stop what uses it, or set PORT to another number.`);
    }
    if (codeOf(error) === 'EACCES') {
      throw new StartError(`Port ${config.port} may not be used by this user: set PORT to a number above 1023.`);
    }
    if (codeOf(error) === 'EADDRNOTAVAIL')
      throw new StartError(`This machine has no address ${config.host}: correct HOST.`);
    throw error;
  }
  process.stdout.write(`Portolan is open at ${config.origin}\n`);
  if (demo) await startDemo(context, demo, progress);
  const stopped = new AbortController();
  const working = work(db, workers, log, stopped.signal);
  ends.push(() => {
    stopped.abort();
    return working;
  });
  await greet(context, demo);
}

/** History is being cleared: a line that goes on where a person watches, a few lines where a file does. */
function progress(done: number, of: number): void {
  const line = `Clearing the demonstration's history: day ${done} of ${of}`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}${done === of ? '\n' : ''}`);
  else if (done === of) process.stdout.write(`${line}\n`);
}

/**
 * What somebody needs who has just started a window: where its parcels stand, or how its first administrator comes in.
 */
async function greet(context: Context, demo: Demo | null): Promise<void> {
  if (demo) return void process.stdout.write(`${await demoTable(context, demo, words('en'))}\n`);
  const link = await firstAdministratorLink(context);
  if (link)
    process.stdout.write(
      `Nobody administers this window yet. This link makes the first administrator, once:\n${link}\n`,
    );
}

async function main(): Promise<void> {
  const config = readConfig(environment(), process.argv.slice(2));
  const db = await openDatabase(config);
  if (ending !== undefined) return;
  await migrate(db, schemas);
  // A database that came here from a server that had counted further, whatever brought it, goes on where it was.
  if (await continueNumbering(db)) log.info('numbering-continued');
  if (ending !== undefined) return;
  await listen(config, db);
}

/** What a person can act on is said in its one sentence; anything else is a bug and shows where it happened. */
function fail(error: unknown): void {
  if (ending !== undefined) return;
  if (error instanceof ConfigError || error instanceof StartError || error instanceof MigrationError) {
    process.stderr.write(`${error.message}\n`);
  } else if (isOutage(error)) {
    process.stderr.write(`The database cannot be used: ${error instanceof Error ? error.message : String(error)}\n`);
  } else {
    log.error('start-failed', error);
  }
  void stop(1);
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => void stop(0));
main().catch(fail);
