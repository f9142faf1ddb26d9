import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isOutage, openDb, type Db } from '#platform/db.ts';
import { startPostgres, StartError, urlOf } from '#platform/postgres.ts';
import { runningOn } from '#platform/postgres-process.ts';

/** A server that tests may make databases on. */
export interface TestServer {
  /** The address of one of its databases. */
  url(database: string): string;
  admin: Db;
  /** Lets go of it; the last one to do so ends a server that was started for tests by hand. */
  leave(): Promise<void>;
}

const folder = `/tmp/portolan-test-${process.getuid?.() ?? 0}`;

async function given(address: string): Promise<TestServer> {
  const url = (database: string): string => {
    const parsed = new URL(address);
    parsed.pathname = `/${database}`;
    return parsed.href;
  };
  const admin = openDb({ url: address, size: 1 });
  await admin.query('select 1');
  return { url, admin, leave: () => admin.close() };
}

/** Another process that tests by hand may have a server up already, or be starting one at this moment. */
async function socketFolder(): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let tries = 0; ; tries += 1) {
    const data = join(folder, 'postgres');
    const found = existsSync(data) ? await runningOn(data) : undefined;
    if (found !== undefined) return found.socketFolder;
    try {
      await startPostgres(folder, { durable: false, sharedBuffers: '128MB', connections: 200 });
    } catch (error) {
      if (tries > 300 || !(error instanceof StartError) || !error.message.startsWith('Another window')) throw error;
      await delay(100);
    }
  }
}

async function byHand(): Promise<TestServer> {
  const socket = await socketFolder();
  const admin = openDb({ url: urlOf(socket, 'postgres'), size: 1 });
  await admin.query('select 1');
  const leave = async (): Promise<void> => {
    const [others] = await admin.query<{ count: bigint }>(
      `select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    await admin.close();
    if (others?.count !== 0n) return;
    const found = await runningOn(join(folder, 'postgres'));
    if (found !== undefined) process.kill(found.pid, 'SIGINT');
  };
  return { url: (database) => urlOf(socket, database), admin, leave };
}

/**
 * The server of this test run: the one at TEST_DATABASE_URL, which `npm test` sets; for a file run by hand one in a
 * temporary folder, shared by all such files and ended by the last.
 */
export async function testServer(): Promise<TestServer> {
  const address = process.env['TEST_DATABASE_URL'];
  if (address !== undefined) return given(address);
  for (let tries = 0; ; tries += 1) {
    try {
      return await byHand();
    } catch (error) {
      // The last one before us may just have ended it.
      if (tries >= 20 || !isOutage(error)) throw error;
      await delay(100);
    }
  }
}
