import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Pool, type PoolClient, type QueryResult } from 'pg';
import { CopyIn, CopyOut, CopyRows, type Take } from './copy.ts';
import { types } from './db-types.ts';

export { column } from './column.ts';
export { instantOfText } from './db-types.ts';

/** A place to send SQL to: the pool, or one transaction. */
export interface Tx {
  /** The rows of one statement. Text with parameters is prepared once a connection, under a name derived from it. */
  query<R = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /**
   * Runs a `COPY … FROM STDIN (FORMAT binary)` with rows that stand ready (`rowsOf`). It is sent at once, like any
   * other statement. It knows no conflicts: a key that stands already fails it, and the transaction with it.
   */
  copy(sql: string, rows: Buffer): Promise<void>;
}

/** One connection held for a while: the batch writer's, a migration's. */
export interface Connection extends Tx {
  /** Sends several statements in one message and gives one list of rows for each. */
  simple(sql: string): Promise<Record<string, unknown>[][]>;
  /** Gives the connection back; one that broke is closed. */
  release(): void;
}

/** A connection of its own that moves whole tables: what a backup reads from and a restore writes to. */
export interface Session extends Omit<Connection, 'release'> {
  /** Runs a `COPY … TO STDOUT`; gives the number of rows. What `take` is handed is only good until it returns. */
  copyOut(sql: string, take: Take): Promise<number>;
  /** Runs a `COPY … FROM STDIN`; gives the number of rows. */
  copyIn(sql: string, pieces: AsyncIterable<Buffer>): Promise<number>;
  close(): Promise<void>;
}

/** The database. */
export interface Db extends Tx {
  /**
   * Runs work in one transaction. A serialisation failure or a deadlock (40001, 40P01) starts it again, at most three
   * times, so the work must not have effects outside the transaction.
   */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  connection(): Promise<Connection>;
  /** Lets work end for a second, then ends every connection. Again does nothing. */
  close(): Promise<void>;
}

const closeWithinMs = 1_000;
const names = new Map<string, string>();
const namesMax = 2_000;

/** The name a text is prepared under, the same in this whole process; texts beyond the first 2,000 get none. */
function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= namesMax) return known;
  const name = `s${names.size}`;
  names.set(sql, name);
  return name;
}

type Row = Record<string, unknown>;

interface Sender {
  /** The socket of one connection, which the driver's types do not show; a pool has none. */
  readonly connection?: { readonly stream?: Pick<Socket, 'cork' | 'uncork' | 'writableCorked'> };
  query(config: { name?: string; text: string; values?: unknown[] }): Promise<QueryResult | QueryResult[]>;
}

/**
 * Everything asked in one turn leaves in one write. A write wakes the server's process, which costs more than the
 * writing: on a virtual machine, more than most statements.
 */
function inOneWrite(client: Sender): void {
  const stream = client.connection?.stream;
  if (stream === undefined || stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

async function send<R>(client: Sender, sql: string, params: readonly unknown[] | undefined): Promise<R[]> {
  inOneWrite(client);
  const name = params === undefined ? undefined : nameOf(sql);
  const values = params === undefined ? {} : { values: [...params] };
  const result = await client.query({ text: sql, ...values, ...(name === undefined ? {} : { name }) });
  const rows: R[] = Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows;
  return rows;
}

function copyRows(client: PoolClient | Client, sql: string, rows: Buffer): Promise<void> {
  inOneWrite(client);
  const copy = new CopyRows(sql, rows);
  client.query(copy);
  return copy.done;
}

/** What is wrong with a server for us, as a sentence; undefined when it can be used. */
export async function unfit(db: Tx): Promise<string | undefined> {
  const [row] = await db.query<{ version: number; encoding: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`,
  );
  if (row === undefined || row.version < 150_000) return 'Portolan needs PostgreSQL 15 or later.';
  return row.encoding === 'UTF8' ? undefined : `The database must be encoded as UTF8, not as ${row.encoding}.`;
}

const retried = new Set(['40001', '40P01']);
const outageCodes =
  /^(08...|53...|57P0[1-5]|58...|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|EHOSTUNREACH)$/;
const outageMessages = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after',
];

/** The SQLSTATE or system code of an error, when it has one. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Whether an error says that the database cannot be reached or has run out of something: retry later, not a bug. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isOutage)) return true;
  return outageCodes.test(codeOf(error)) || outageMessages.some((words) => error.message.startsWith(words));
}

/** Whether an error is the loss of a race for a key (23505). */
export const isDuplicate = (error: unknown): boolean => codeOf(error) === '23505';

function connectionOf(client: PoolClient): Connection {
  let released = false;
  let broken = false;
  const note = (error: unknown): never => {
    if (isOutage(error)) broken = true;
    throw error;
  };
  return {
    query: (sql, params) => send<never>(client, sql, params).catch(note),
    copy: (sql, rows) => copyRows(client, sql, rows).catch(note),
    async simple(sql) {
      inOneWrite(client);
      const result: QueryResult<Row> | QueryResult<Row>[] = await client.query<Row>(sql).catch(note);
      return (Array.isArray(result) ? result : [result]).map((one) => one.rows);
    },
    release() {
      if (released) return;
      released = true;
      client.release(broken);
    },
  };
}

async function attempt<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const value = await work({
      query: (sql, params) => send(client, sql, params),
      copy: (sql, rows) => copyRows(client, sql, rows),
    });
    await client.query('commit');
    return value;
  } catch (error) {
    await client.query('rollback').catch(() => (broken = true));
    throw error;
  } finally {
    client.release(broken);
  }
}

const settings = '-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601 -c client_min_messages=warning';

/** Opens one connection for moving tables; the caller closes it. */
export async function openSession(url: string): Promise<Session> {
  const client = new Client({ connectionString: url, types, options: settings, application_name: 'portolan-copy' });
  // Its loss is reported to whatever runs; without a listener the event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return {
    query: (sql, params) => send<never>(client, sql, params),
    copy: (sql, rows) => copyRows(client, sql, rows),
    async simple(sql) {
      const result: QueryResult<Row> | QueryResult<Row>[] = await client.query<Row>(sql);
      return (Array.isArray(result) ? result : [result]).map((one) => one.rows);
    },
    copyOut(sql, take) {
      const copy = new CopyOut(sql, take);
      client.query(copy);
      return copy.done;
    },
    copyIn(sql, pieces) {
      const copy = new CopyIn(sql, pieces);
      client.query(copy);
      return copy.done;
    },
    close: () => client.end(),
  };
}

/**
 * Opens a pool of at most `size` connections; nothing is connected until it is needed. The URL may name a socket's
 * folder: `postgres://user@/database?host=/run/folder`. A connection that cannot be had in ten seconds throws.
 */
export function openDb(options: { url: string; size: number; onError?: (error: Error) => void }): Db {
  const pool = new Pool({
    connectionString: options.url,
    max: options.size,
    types,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
    options: settings,
    application_name: 'portolan',
    // What is asked before an earlier answer has come is sent at once: statements that do not wait for each other cost
    // one way there and back.
    pipeline: true,
  });
  const noted = (error: Error): void => options.onError?.(error);
  pool.on('error', noted);
  const clients = new Set<PoolClient>();
  let closed: Promise<void> | undefined;
  pool.on('connect', (client) => {
    clients.add(client);
    // A connection in use reports its loss to its query; without a listener of its own the event would end the process.
    client.on('error', (error) => closed === undefined && noted(error));
  });
  pool.on('remove', (client) => clients.delete(client));
  const end = async (): Promise<void> => {
    const ended = pool.end();
    // The pool waits for connections that somebody holds; after a moment they are ended under their holders.
    const grace = new AbortController();
    await Promise.race([ended, delay(closeWithinMs, undefined, { signal: grace.signal }).catch(() => undefined)]);
    grace.abort();
    await Promise.all([...clients].map((client) => client.end().catch(() => undefined)));
  };
  return {
    query: (sql, params) => send(pool, sql, params),
    async copy(sql, rows) {
      const client = await pool.connect();
      try {
        await copyRows(client, sql, rows);
      } finally {
        client.release();
      }
    },
    async tx(work) {
      for (let failures = 0; ; failures += 1) {
        try {
          return await attempt(pool, work);
        } catch (error) {
          if (failures >= 3 || !retried.has(codeOf(error))) throw error;
          await delay(5 * (failures + 1));
        }
      }
    },
    connection: async () => connectionOf(await pool.connect()),
    close: () => (closed ??= end()),
  };
}
