import { statfsSync } from 'node:fs';
import { Client } from 'pg';
import { say } from './bench.ts';
import { type Column, decidedParcels, type ParcelTable, parcelTables } from './tables.ts';

/** With what every number of the parcels begins that are multiplied; each copy has another word of the same length. */
export const seedRun = 'GROWSEED';
const copyRun = (copy: number): string => `G${String(copy).padStart(7, '0')}`;

/** Space that is left free on the disk. */
const spareBytes = 15 * 2 ** 30;
const connections = 2;

export interface FillTask {
  /** The database's address; no window works on it meanwhile. */
  readonly url: string;
  readonly folder: string;
  /** How many parcels there shall be at the end, and after how many minutes it is enough. */
  readonly parcels: number;
  readonly minutes: number;
}

/** A UUIDv7 moved back in time, all its other bits kept. */
const functions = `
  create function bench.earlier(id uuid, ms bigint) returns uuid language sql immutable as $$
    select (lpad(to_hex(('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint - ms), 12, '0')
      || substr(replace(id::text, '-', ''), 13))::uuid
  $$;
  create function bench.another(digest bytea, copy int) returns bytea language sql immutable as $$
    select substr(sha256(digest || int4send(copy)), 1, length(digest))
  $$`;

/**
 * What a copy holds in a column; $1 is the number of the copy, $2 its numbers' first word, $3 by how many milliseconds
 * it was filed earlier, $4 how far apart the accounts of two copies are. Null where the table gives it itself.
 */
function valueOf({ name }: ParcelTable, column: Column): string | null {
  if (name === 'accounts.holds' && column.name === 'account')
    return `case when account in (select id from accounts.accounts where opened) then account else account + $1::int * $4::bigint end`;
  // The order of the journal is that of its writing.
  if (name === 'platform.journal' && (column.name === 'tx' || column.name === 'seq')) return null;
  if (column.type === 'uuid') return `bench.earlier(${column.name}, $3::bigint)`;
  if (column.type === 'timestamp with time zone') return `${column.name} - $3::bigint * interval '1 millisecond'`;
  if (column.type === 'text') return `replace(${column.name}, '${seedRun}', $2::text)`;
  if (column.type === 'bytea' && column.unique) return `bench.another(${column.name}, $1::int)`;
  return column.name;
}

/** The parameters have their types whether a table uses them or not. */
const parameters = '$1::int is not null and $2::text is not null and $3::bigint is not null and $4::bigint is not null';

/** Keeps the rows of the parcels that are multiplied aside, and gives the statement that writes them once more. */
async function copying(client: Client, table: ParcelTable): Promise<string> {
  const seeds = `bench.seed_${table.name.replace('.', '_')}`;
  await client.query(
    `create unlogged table ${seeds} as select t.* from ${table.name} t
     where t.${table.parcel} in (${decidedParcels(2 ** 31 - 1)}) order by t.tableoid, t.ctid`,
  );
  await client.query(`analyze ${seeds}`);
  const given = table.columns.flatMap((column) => {
    const value = valueOf(table, column);
    return value === null ? [] : [{ name: column.name, value }];
  });
  return `insert into ${table.name} (${given.map(({ name }) => name).join(', ')})
    select ${given.map(({ value }) => value).join(', ')} from ${seeds} where ${parameters}`;
}

/** The accounts that began with their first claim, each once more under another owner. */
const copyAccounts = `
  insert into accounts.accounts (id, kind, owner, period, unit, ceiling, opened, reserved, consumed)
  overriding system value
  select id + $1::int * $4::bigint, kind, encode(sha256((owner || $1::int)::bytea), 'hex'), period, unit, ceiling, false, reserved, consumed
  from bench.seed_accounts where ${parameters}`;

interface Seeds {
  /** Parcels that were decided, and beside them those that wait for a slip and are not multiplied. */
  readonly parcels: number;
  readonly waiting: number;
  /** Milliseconds from the first of them to behind the last. */
  readonly span: number;
  /** Accounts of two copies are so far apart. */
  readonly accounts: number;
}

async function seedsOf(client: Client): Promise<Seeds> {
  const ms = (of: string): string =>
    `('x' || substr(replace((select id from clearance.declarations order by id ${of} limit 1)::text, '-', ''), 1, 12))::bit(48)::bigint`;
  const { rows } = await client.query<{ parcels: number; waiting: number; span: string; accounts: string }>(
    `select (select count(*)::int from clearance.declarations where version = 1) as parcels,
       (select count(*)::int from clearance.waiting where decided is null) as waiting,
       ${ms('desc')} - ${ms('asc')} + 1 as span, (select max(id) from accounts.accounts) as accounts`,
  );
  const { span, accounts, ...counts } = rows[0]!;
  return { ...counts, span: Number(span), accounts: Number(accounts) };
}

/** Days that copies fall on have partitions, as the days had on which they could have been filed. */
const makeDays = (ms: number): string =>
  `select clearance.ensure_day(d::date)
   from generate_series(now() - ${ms} * interval '1 millisecond' - interval '1 day', now(), interval '1 day') d`;

/** After the copies: sums that hold, numbers that go on behind them, followers that have read them. */
async function settle(client: Client, copies: number): Promise<void> {
  await client.query('update accounts.accounts set reserved = reserved * (1 + $1::bigint) where opened', [copies]);
  await client.query(
    `select setval(pg_get_serial_sequence('accounts.accounts', 'id'), max(id)) from accounts.accounts`,
  );
  await client.query(
    `update platform.cursors c set tx = j.tx, seq = j.seq
     from (select tx, seq from platform.journal order by tx desc, seq desc limit 1) j`,
  );
  await client.query('drop schema bench cascade');
  await client.query('vacuum (analyze)');
  await client.query('checkpoint');
}

/** Writes copies over all connections until there are as many as wanted or it is enough; answers how many there are. */
async function multiply(
  clients: readonly Client[],
  statements: readonly string[],
  { span, accounts }: Seeds,
  wanted: number,
  enough: () => boolean,
): Promise<number> {
  let copies = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (copies < wanted && !enough()) {
        copies += 1;
        const values = [copies, copyRun(copies), (wanted + 1 - copies) * span, accounts];
        await client.query('begin');
        for (const statement of statements) await client.query(statement, values);
        await client.query('commit');
      }
    }),
  );
  return copies;
}

/**
 * Fills a database in which a window has decided some parcels with copies of all that these wrote, under other ids,
 * keys, documents, barcodes and buyers, and filed before them; answers how many parcels there are then.
 */
export async function fill({ url, folder, parcels, minutes }: FillTask): Promise<number> {
  const clients = Array.from({ length: connections }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  try {
    const [first] = clients as [Client];
    await first.query(`drop schema if exists bench cascade; create schema bench; ${functions}`);
    const seeds = await seedsOf(first);
    const wanted = Math.ceil(parcels / seeds.parcels) - 1;
    await first.query(makeDays(wanted * seeds.span));
    await first.query('create unlogged table bench.seed_accounts as select * from accounts.accounts where not opened');
    const statements = [copyAccounts];
    for (const table of await parcelTables(first)) statements.push(await copying(first, table));
    const { bsize } = statfsSync(folder);
    const start = performance.now();
    const copies = await multiply(clients, statements, seeds, wanted, () => {
      const late = performance.now() - start > minutes * 60_000;
      return late || statfsSync(folder).bavail * bsize < spareBytes;
    });
    const filled = (1 + copies) * seeds.parcels + seeds.waiting;
    say(`  ${filled.toLocaleString('en')} parcels, filled in ${((performance.now() - start) / 1_000).toFixed(0)} s`);
    await settle(first, copies);
    return filled;
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}
