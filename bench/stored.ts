import { Client } from 'pg';
import { checkTables } from './tables.ts';
import type { Target } from './target.ts';

/** What the database holds of what was acknowledged. */
export interface Stored {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly unsecured: number;
  readonly journal: number;
}

/** Counts what is stored; it has to be what was acknowledged. */
export async function stored(target: Target, accepted: number): Promise<Stored> {
  const client = new Client({ connectionString: target.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ outcome: string; parcels: number; unsecured: number }>(
      `select outcome, count(*)::int as parcels, count(*) filter (where not secured)::int as unsecured
       from (select outcome, secured from clearance.declarations
             union all select 'waiting', true from clearance.waiting where decided is null) as every
       group by outcome order by 2 desc`,
    );
    const journal = await client.query<{ entries: number }>('select count(*)::int as entries from platform.journal');
    const sum = rows.reduce((total, row) => total + row.parcels, 0);
    if (sum !== accepted) throw new Error(`${accepted} parcels were acknowledged and ${sum} are stored`);
    await checkTables(client, accepted);
    return {
      outcomes: Object.fromEntries(rows.map((row) => [row.outcome, row.parcels])),
      unsecured: rows.find((row) => row.outcome === 'cleared')?.unsecured ?? 0,
      journal: journal.rows[0]?.entries ?? 0,
    };
  } finally {
    await client.end();
  }
}
