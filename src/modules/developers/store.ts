import type { Tx } from '#platform/db.ts';
import { type Logged, ringSize } from './model.ts';

/** Writes what keys asked for, and lets go of what falls out of their rings. Two statements, however many. */
export async function keepRequests(tx: Tx, rows: readonly (Logged & { readonly client: string })[]): Promise<void> {
  await tx.query(
    `insert into developers.requests (client, request, at, method, path, status, problem)
     select client, request, at, method, path, status, problem
     from json_to_recordset($1::json)
       as given (client uuid, request uuid, at timestamptz, method text, path text, status smallint, problem text)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  );
  // Ids are of their moment, so that the newest are the highest.
  await tx.query(
    `delete from developers.requests r using (
       select client, request, row_number() over (partition by client order by request desc) as place
       from developers.requests where client = any($1::uuid[])
     ) ranked
     where ranked.place > $2 and r.client = ranked.client and r.request = ranked.request`,
    [[...new Set(rows.map(({ client }) => client))], ringSize],
  );
}

/** What a key asked for, the latest first, after one of its requests where a page goes on. */
export const requestsOf = (tx: Tx, client: string, before: string | null, limit: number): Promise<Logged[]> =>
  tx.query<Logged>(
    `select request, at, method, path, status, problem from developers.requests
     where client = $1 and ($2::uuid is null or request < $2::uuid) order by request desc limit $3`,
    [client, before, limit],
  );

/** Drops what was asked before an instant. */
export const dropBefore = async (tx: Tx, at: string): Promise<void> => {
  await tx.query('delete from developers.requests where at < $1::timestamptz', [at]);
};
