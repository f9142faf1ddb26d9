import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { schemas } from '#modules/schemas.ts';
import { ArchiveError } from '#platform/archive.ts';
import { systemClock } from '#platform/clock.ts';
import { type Config, environment, readConfig } from '#platform/config.ts';
import type { Context } from '#platform/context.ts';
import { codeOf, type Db, isOutage, openDb } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { migrate, MigrationError } from '#platform/migrate.ts';
import { startPostgres, StartError, urlOf } from '#platform/postgres.ts';
import { runningOn } from '#platform/postgres-process.ts';
import { createApp } from '../app.ts';
import { FileError } from './read.ts';

/** Every schema that a window keeps anything in. */
export const schemaNames: readonly string[] = [...schemas.map(({ name }) => name), 'platform'];

function sentenceOf(error: unknown): string | undefined {
  if (error instanceof StartError || error instanceof MigrationError || error instanceof ArchiveError)
    return error.message;
  if (codeOf(error) === 'EACCES')
    return 'The database cannot be reached by this user: use the one that runs the window.';
  if (!isOutage(error)) return undefined;
  return `The database cannot be used: ${error instanceof Error ? error.message : String(error)}`;
}

/** Turns what a person can act on into the one sentence that the command line says. */
export async function inSentences<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    throw new FileError(sentence);
  }
}

/** Whether there is a window where the settings say. */
export const hasWindow = ({ databaseUrl, dataFolder }: Config): boolean =>
  databaseUrl !== undefined || existsSync(join(dataFolder, 'postgres'));

function isThere(config: Config): void {
  if (hasWindow(config)) return;
  throw new FileError(`There is no window in ${config.dataFolder}; PORTOLAN_DATA or DATABASE_URL says where one is.`);
}

/** Opens the database of a window that is not running, and closes it however the work ends. */
export function withDatabase<T>(work: (db: Db, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig(environment(), []);
  const { databaseUrl, dataFolder, sharedBuffers } = config;
  isThere(config);
  return inSentences(async () => {
    const postgres = databaseUrl === undefined ? await startPostgres(dataFolder, { sharedBuffers }) : undefined;
    const db = openDb({ url: databaseUrl ?? postgres?.url ?? '', size: 4 });
    try {
      return await work(db, config);
    } finally {
      await db.close();
      await postgres?.stop();
    }
  });
}

/** The database of a window that runs, or of one that does not and is started for as long as the work takes. */
export function besideWindow<T>(config: Config, work: (url: string, running: boolean) => Promise<T>): Promise<T> {
  const { databaseUrl, dataFolder, sharedBuffers } = config;
  isThere(config);
  return inSentences(async () => {
    if (databaseUrl !== undefined) return work(databaseUrl, true);
    const running = await runningOn(join(dataFolder, 'postgres'));
    if (running !== undefined) return work(urlOf(running.socketFolder), true);
    const postgres = await startPostgres(dataFolder, { sharedBuffers });
    try {
      return await work(postgres.url, false);
    } finally {
      await postgres.stop();
    }
  });
}

/** Puts the whole window together without listening, for work that a service does. */
export function withWindow<T>(work: (context: Context) => Promise<T>): Promise<T> {
  return withDatabase(async (db, config) => {
    await migrate(db, schemas);
    const { app, context } = await createApp({ config, db, clock: systemClock, log: silentLog });
    try {
      return await work(context);
    } finally {
      await app.close();
    }
  });
}
