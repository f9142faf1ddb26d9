import type { Tx } from './db.ts';

/** What a server says of itself. */
export interface Vitals {
  /** As `server_version_num`: 180004 is 18.4. */
  readonly version: number;
  readonly encoding: string;
  readonly fsync: string;
  readonly synchronousCommit: string;
  readonly fullPageWrites: string;
  /** The server's clock, milliseconds since 1970. */
  readonly now: number;
  /** Age of the oldest transaction that is open in this database, in seconds; nought when none is. */
  readonly oldestSeconds: number;
  /** Transactions that somebody prepared and nobody ended. */
  readonly prepared: number;
  readonly connections: number;
  readonly connectionsMax: number;
  readonly bytes: number;
}

/** Reads what a server says of itself; it needs no rights beyond those of the window. */
export async function vitalsOf(db: Tx): Promise<Vitals> {
  const [row] = await db.query<Vitals>(
    `select current_setting('server_version_num')::int4 as version, current_setting('server_encoding') as encoding,
       current_setting('fsync') as fsync, current_setting('synchronous_commit') as "synchronousCommit",
       current_setting('full_page_writes') as "fullPageWrites",
       (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
       (select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8 from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()) as "oldestSeconds",
       (select count(*)::int4 from pg_prepared_xacts where database = current_database()) as prepared,
       (select count(*)::int4 from pg_stat_activity where backend_type = 'client backend') as connections,
       current_setting('max_connections')::int4 as "connectionsMax",
       pg_database_size(current_database())::float8 as bytes`,
  );
  return row!;
}

/** Whether something is stored that the server has not counted to; see sql/004-numbering.sql. */
export async function isAhead(db: Tx): Promise<boolean> {
  const [row] = await db.query<{ ahead: boolean }>('select platform.is_ahead() as ahead');
  return row?.ahead === true;
}
