import { column, type Tx } from '#platform/db.ts';
import { rowsOf } from '#platform/rows.ts';
import { type Logged, ringSize } from './model.ts';

const requestFields = [
  ['client', 'uuid'],
  ['request', 'uuid'],
  ['at', 'timestamptz'],
  ['method', 'text'],
  ['path', 'text'],
  ['status', 'int2'],
  ['problem', 'text'],
] as const;
const copyRequests = `copy developers.requests (${requestFields.map(([name]) => name).join(', ')}) from stdin (format binary)`;

/** Writes what keys asked for. */
export const keepRequests = (tx: Tx, rows: readonly (Logged & { readonly client: string })[]): Promise<void> =>
  tx.copy(copyRequests, rowsOf(requestFields, rows));

/**
 * The oldest request in the ring of `c.client`. Ids are of their moment, so that the newest are the highest; a key that
 * asked for fewer than fill its ring has none.
 */
const oldestKept = `(select x.request from developers.requests x where x.client = c.client
  order by x.request desc offset ${ringSize - 1} limit 1)`;

/** Lets go of what fell out of the rings of these keys. */
export const dropFallen = async (tx: Tx, clients: readonly string[]): Promise<void> => {
  await tx.query(
    `delete from developers.requests r using (
       select c.client, ${oldestKept} as oldest from unnest($1::uuid[]) c (client) offset 0
     ) ring
     where r.client = ring.client and r.request < ring.oldest`,
    [column.uuid(clients)],
  );
};

/**
 * What a key asked for, the latest first, after one of its requests where a page goes on. What has fallen out of its
 * ring and still lies there is not shown.
 */
export const requestsOf = (tx: Tx, client: string, before: string | null, limit: number): Promise<Logged[]> =>
  tx.query<Logged>(
    `select request, at, method, path, status, problem from developers.requests, (values ($1::uuid)) c (client)
     where requests.client = c.client and ($2::uuid is null or request < $2::uuid)
       and request >= coalesce(${oldestKept}, '00000000-0000-0000-0000-000000000000')
     order by request desc limit $3`,
    [client, before, limit],
  );

/** Drops what was asked before an instant. */
export const dropBefore = async (tx: Tx, at: string): Promise<void> => {
  await tx.query('delete from developers.requests where at < $1::timestamptz', [at]);
};
