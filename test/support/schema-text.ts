import type { Db } from '#platform/db.ts';

interface Table {
  oid: number;
  name: string;
  kind: string;
  partitions: string | null;
  options: string | null;
}

const tables = `
  select c.oid::int4 as oid, format('%I.%I', n.nspname, c.relname) as name, c.relkind as kind,
    case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partitions, array_to_string(c.reloptions, ', ') as options
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any($1::text[]) and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
  order by n.nspname, c.relname`;

const columns = `
  select format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
    || case when a.attcollation <> t.typcollation then ' collate ' || a.attcollation::regcollation else '' end
    || case when a.attidentity <> '' then ' identity' else '' end
    || case when a.attnotnull then ' not null' else '' end
    || coalesce(case when a.attgenerated <> '' then ' generated ' else ' default ' end || pg_get_expr(d.adbin, d.adrelid), '')
    || case when a.attstorage <> t.typstorage then ' storage ' || a.attstorage::text else '' end as line
  from pg_attribute a join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`;

const constraints = `
  select format('%I %s', conname, pg_get_constraintdef(oid)) as line from pg_constraint
  where conrelid = $1 and contype <> 'n' order by contype, conname`;

const indexes = `
  select pg_get_indexdef(i.indexrelid) as line from pg_index i
  where i.indrelid = $1 and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.conrelid = $1)
  order by 1`;

const functions = `
  select format('%I.%I(%s) returns %s, %s', n.nspname, p.proname, pg_get_function_arguments(p.oid),
    coalesce(pg_get_function_result(p.oid), 'nothing'), l.lanname) as line
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
  where n.nspname = any($1::text[]) order by n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)`;

const views = 'select pg_get_viewdef($1::oid, true) as line';

const words: Readonly<Record<string, string>> = { r: 'table', p: 'table', v: 'view', m: 'materialized view' };

async function lines(db: Db, sql: string, params: readonly unknown[]): Promise<string[]> {
  return (await db.query<{ line: string }>(sql, params)).map((row) => row.line);
}

/**
 * The schema of a database as text, from the catalogue: tables with columns, constraints and indexes, and functions by
 * their name and arguments. Partitions made for a day are left out.
 */
export async function schemaText(db: Db, schemas: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const table of await db.query<Table>(tables, [schemas])) {
    const by = table.partitions === null ? '' : ` partition by ${table.partitions}`;
    const options = table.options === null ? '' : ` with (${table.options})`;
    const inside =
      table.kind === 'v' || table.kind === 'm'
        ? await lines(db, views, [table.oid])
        : [...(await lines(db, columns, [table.oid])), ...(await lines(db, constraints, [table.oid]))];
    const indexed = (await lines(db, indexes, [table.oid])).map((line) => `${line};\n`).join('');
    parts.push(
      `${words[table.kind]} ${table.name}${by}${options} (\n${inside.map((line) => `  ${line}`).join(',\n')}\n);\n${indexed}`,
    );
  }
  const called = (await lines(db, functions, [schemas])).map((line) => `function ${line};\n`).join('');
  return `-- The schema as it stands after every step: written by npm run golden, compared by npm run check.\n\n${parts.join('\n')}\n${called}`;
}
