import { schemas } from '#modules/schemas.ts';
import { systemClock } from '#platform/clock.ts';
import { ConfigError, environment, readConfig, type Config } from '#platform/config.ts';
import { codeOf, isOutage, openDb, type Db } from '#platform/db.ts';
import { createLog } from '#platform/log.ts';
import { migrate, MigrationError } from '#platform/migrate.ts';
import { work } from '#platform/module.ts';
import { startPostgres, StartError } from '#platform/postgres.ts';
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

async function checkDatabase(db: Db): Promise<void> {
  const [row] = await db.query<{ version: number; encoding: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`,
  );
  if (row === undefined || row.version < 150_000) throw new StartError('Portolan needs PostgreSQL 15 or later.');
  if (row.encoding !== 'UTF8') throw new StartError(`The database must be encoded as UTF8, not as ${row.encoding}.`);
}

async function openDatabase(config: Config): Promise<Db> {
  let url = config.databaseUrl;
  if (url === undefined) {
    const postgres = await startPostgres(config.dataFolder, { sharedBuffers: config.sharedBuffers });
    ends.push(() => postgres.stop());
    postgres.onExit((words) => {
      log.error('postgres-ended', new Error(words));
      void stop(1);
    });
    url = postgres.url;
  }
  const db = openDb({ url, size: 12, onError: (error) => log.warn('connection-lost', { reason: error.message }) });
  ends.push(() => db.close());
  try {
    await checkDatabase(db);
  } catch (error) {
    if (config.databaseUrl === undefined || error instanceof StartError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`The database at DATABASE_URL cannot be used: ${reason}`);
  }
  return db;
}

async function listen(config: Config, db: Db): Promise<void> {
  const { app, workers } = await createApp({ config, db, clock: systemClock, log });
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
  const stopped = new AbortController();
  const working = work(db, workers, log, stopped.signal);
  ends.push(() => {
    stopped.abort();
    return working;
  });
  process.stdout.write(`Portolan is open at ${config.origin}\n`);
}

async function main(): Promise<void> {
  const config = readConfig(environment(), process.argv.slice(2));
  const db = await openDatabase(config);
  if (ending !== undefined) return;
  await migrate(db, schemas);
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
