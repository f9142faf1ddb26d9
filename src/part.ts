import { schemas } from '#modules/schemas.ts';
import { systemClock } from '#platform/clock.ts';
import { type Config, ConfigError, environment, readConfig } from '#platform/config.ts';
import { type Db, isOutage, openDb } from '#platform/db.ts';
import { readyWord } from '#platform/kept.ts';
import { createLog, type Log } from '#platform/log.ts';
import { migrate, MigrationError } from '#platform/migrate.ts';
import { StartError } from '#platform/postgres.ts';
import { continueNumbering } from '#platform/restore.ts';

/** What one process of a window stands on. */
export interface Ground {
  readonly config: Config;
  readonly db: Db;
  readonly log: Log;
  /** Whether it takes the place of one that ended. */
  readonly again: boolean;
  /** Leaves something to be ended with the process; the last is ended first. */
  readonly ends: (end: () => Promise<unknown>) => void;
  /** Says that it does its work now. */
  readonly ready: () => void;
}

const stopWithinMs = 3_800;

/** What an error says to a person who can act on it; undefined for a bug. */
function sentenceOf(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof StartError || error instanceof MigrationError)
    return error.message;
  if (!isOutage(error)) return undefined;
  return `The database cannot be used: ${error instanceof Error ? error.message : String(error)}`;
}

/**
 * Runs one process of a window on the database at DATABASE_URL, brought to this program's schemas, until a signal, or
 * until the process that started it is gone.
 */
export function runPart(name: string, start: (ground: Ground) => Promise<void>): void {
  const log = createLog(systemClock, { process: name });
  const ends: (() => Promise<unknown>)[] = [];
  let ending: Promise<void> | undefined;
  const stop = (code: number): Promise<void> =>
    (ending ??= (async () => {
      // Whatever hangs, the process ends in time; what was acknowledged is durable.
      const limit = setTimeout(() => process.exit(code === 0 ? 1 : code), stopWithinMs);
      for (const end of ends.toReversed()) await end().catch((error: unknown) => log.error('stop-failed', error));
      clearTimeout(limit);
      process.exit(code);
    })());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
  // Whoever started us was killed: another may stand in our place at once, so we are as dead as it is.
  process.on('disconnect', () => ending === undefined && process.exit(1));
  const run = async (): Promise<void> => {
    const argv = process.argv.slice(2);
    const again = argv.includes('--again');
    const config = readConfig(
      environment(),
      argv.filter((argument) => argument !== '--again'),
    );
    if (config.databaseUrl === undefined) throw new StartError('DATABASE_URL must name the database of the window.');
    const onError = (error: Error): void => log.warn('connection-lost', { reason: error.message });
    const db = openDb({ url: config.databaseUrl, size: 12, onError });
    ends.push(() => db.close());
    await migrate(db, schemas);
    // A database that came here from a server that had counted further, whatever brought it, goes on where it was.
    if (await continueNumbering(db)) log.info('numbering-continued');
    if (ending !== undefined) return;
    await start({ config, db, log, again, ends: (end) => void ends.push(end), ready: () => process.send?.(readyWord) });
  };
  run().catch((error: unknown) => {
    if (ending !== undefined) return;
    const sentence = sentenceOf(error);
    if (sentence === undefined) log.error('start-failed', error);
    else process.stderr.write(`${sentence}\n`);
    void stop(1);
  });
}
