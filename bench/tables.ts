import type { Client } from 'pg';

/**
 * The tables that decided parcels write, each with the column that names the parcel. What the columns, keys, indexes
 * and storage of each are is asked of the database; a table that a window does not have is passed over, and one that
 * every parcel writes and that is missing here stops the benchmark. An account is written by what is held on it and has
 * no parcel of its own: `growth.ts` grows it with its holds, and COPY leaves it out, as it leaves out what followers of
 * the journal write afterwards.
 */
const known: Readonly<Record<string, string>> = {
  'clearance.keys': 'id',
  'clearance.declarations': 'id',
  'clearance.orders': 'id',
  'clearance.pieces': 'id',
  // The claim on the buyer's yearly quota and on the guarantee: without it a parcel is decided on nothing.
  'accounts.holds': 'hold',
  // What is owed at the border and who secures it: no parcel with charges is released without.
  'treasury.notices': 'id',
  'platform.journal': 'subject',
};

/** Written with parcels, but no row for each: accounts, waiting, landing, followers, and reference data. */
const others = new Set([
  'accounts.accounts',
  'cases.procedure_moves',
  'clearance.waiting',
  'clearance.parcels',
  'platform.cursors',
  'treasury.bill_lines',
]);
const goods = /^clearance\.(manifest|tallies|arrivals)/;
const otherModules = [
  'commodity',
  'developers',
  'documents',
  'enquiries',
  'feedback',
  'filing',
  'home',
  'issuer',
  'operations',
  'parties',
  'readiness',
  'registration',
  'risk',
  'rulebook',
  'slips',
  'statistics',
  'trade',
  'transparency',
];
const otherSchemas = new RegExp(`^(${otherModules.join('|')})\\.`);

export interface Column {
  readonly name: string;
  /** PostgreSQL's own name of its type. */
  readonly type: string;
  /** Whether it stands in a unique index. */
  readonly unique: boolean;
}

export interface ParcelTable {
  readonly name: string;
  /** The column that names the parcel. */
  readonly parcel: string;
  readonly columns: readonly Column[];
  /** The table whose storage and indexes count: of a partitioned one its newest partition. */
  readonly like: string;
  readonly options: readonly string[];
}

const select = `
  with named as (
    select t.name, t.name::regclass as parent,
      coalesce((select i.inhrelid::regclass from pg_inherits i where i.inhparent = t.name::regclass
        order by i.inhrelid desc limit 1), t.name::regclass) as "like"
    from unnest($1::text[]) as t (name) where to_regclass(t.name) is not null
  )
  select n.name, n."like"::text, coalesce(c.reloptions, '{}') as options,
    (select jsonb_agg(jsonb_build_object('name', a.attname, 'type', a.atttypid::regtype::text, 'unique', exists (
        select from pg_index x where x.indrelid = n.parent and x.indisunique and a.attnum = any (x.indkey)
      )) order by a.attnum)
      from pg_attribute a
      where a.attrelid = n.parent and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
  from named n join pg_class c on c.oid = n."like"`;

/** The tables of this window that its parcels write, as they stand now. */
export async function parcelTables(client: Client): Promise<ParcelTable[]> {
  const { rows } = await client.query<Omit<ParcelTable, 'parcel'>>(select, [Object.keys(known)]);
  return Object.keys(known).flatMap((name) => {
    const row = rows.find((one) => one.name === name);
    return row === undefined ? [] : [{ ...row, parcel: known[name]! }];
  });
}

/** The ids of the last so many parcels that were decided. */
export const decidedParcels = (count: number): string =>
  `select id from clearance.declarations where version = 1 order by id desc limit ${count}`;

/** Makes a table like another one, with its indexes and its storage. */
export const likeIt = ({ like, options }: ParcelTable, name: string): string =>
  `create table ${name} (like ${like} including all) ${options.length > 0 ? `with (${options.join(', ')})` : ''}`;

/** Throws when a table has gained a row for a fifth of the parcels or more and nobody here knows it. */
export async function checkTables(client: Client, parcels: number): Promise<void> {
  const { rows } = await client.query<{ name: string; written: number }>(
    `select s.schemaname || '.' || coalesce(p.relname, s.relname) as name, sum(s.n_tup_ins)::int as written
     from pg_stat_user_tables s
     left join pg_inherits i on i.inhrelid = s.relid left join pg_class p on p.oid = i.inhparent
     where s.schemaname <> 'bench' group by 1`,
  );
  const unknown = rows.filter(
    ({ name, written }) =>
      written >= parcels / 5 && !(name in known) && !others.has(name) && !otherSchemas.test(name) && !goods.test(name),
  );
  if (unknown.length > 0)
    throw new Error(`bench/tables.ts does not know ${unknown.map(({ name }) => name).join(', ')}`);
}
