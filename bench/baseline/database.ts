import { hash } from 'node:crypto';
import { type ColumnType, Kysely, type PostgresPool, type PostgresPoolClient, PostgresDialect } from 'kysely';
import { Pool } from 'pg';

const names = new Map<string, string>();

/** The name under which a statement is prepared: the same text is parsed and planned once a connection. */
function nameOf(sql: string): string {
  let name = names.get(sql);
  if (name === undefined) names.set(sql, (name = hash('sha256', sql, 'hex').slice(0, 32)));
  return name;
}

/** A pool whose statements are prepared, which Kysely does not ask of the driver by itself. */
function preparing(pool: Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect();
      return {
        query: (text: unknown, values: readonly unknown[] = []) =>
          typeof text === 'string' && values.length > 0
            ? client.query({ name: nameOf(text), text, values: [...values] })
            : client.query(text as string),
        release: () => client.release(),
      } as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
  } as PostgresPool;
}

/** Opens a baseline's own database with so many connections. */
export const openKysely = <Tables>(connectionString: string, max: number): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparing(new Pool({ connectionString, max })) }) });

/** What PostgreSQL gives as text and takes as a whole number. */
export type Whole = ColumnType<string, bigint | number | string, bigint | number | string>;

/** Accounts, as both baselines keep them: a yearly quota a buyer, a guarantee a guarantor. */
export interface AccountTables {
  quotas: { owner: string; period: string; used: Whole };
  guarantees: { owner: string; ceiling: Whole; reserved: Whole };
}

/** What both keep beside their parcels. */
export const commonTables = `
  create table quotas (owner text, period text, used bigint not null, primary key (owner, period)) with (fillfactor = 70);
  create table guarantees (owner text primary key, ceiling bigint not null, reserved bigint not null)
    with (fillfactor = 50);
  create table events (
    id bigint generated always as identity primary key, parcel uuid not null, at timestamptz not null, kind text not null,
    data text not null
  );
  create index events_parcel on events (parcel);
  create table notices (
    parcel uuid primary key, payer text not null, guarantor text, currency text not null, amount bigint not null,
    state text not null, issued timestamptz not null
  );
  create index notices_payer on notices (payer, parcel desc);
  create index notices_guarantor on notices (guarantor, parcel desc) where guarantor is not null;
  create table cases (parcel uuid primary key, desk text not null, ground text, state text not null);
`;

/** The rows of what both keep beside their parcels. */
export interface CommonTables extends AccountTables {
  events: { parcel: string; at: string; kind: string; data: string };
  notices: {
    parcel: string;
    payer: string;
    guarantor: string | null;
    currency: string;
    amount: Whole;
    state: string;
    issued: string;
  };
  cases: { parcel: string; desk: string; ground: string | null; state: string };
}
