import { hash } from 'node:crypto';
import type { Tx } from '#platform/db.ts';
import type { RegisteredMandate, RegisteredRepresentation } from './directory.ts';
import type { Authority, Client, Party } from './model.ts';

/** The highest epoch: a row that ends there is true now. */
const openEnd = 9223372036854775807n;

/** Everything of the reference that is true in one epoch. */
export interface ReferenceRows {
  readonly parties: readonly Party[];
  readonly authorities: readonly Authority[];
  readonly representations: readonly RegisteredRepresentation[];
  readonly mandates: readonly RegisteredMandate[];
  readonly clients: readonly Client[];
}

const inEpoch = 'from_epoch <= $1 and $1 < until_epoch';
const period = `valid_from as "from", valid_until as "until"`;
const partyColumns = `id, identifier, name, language, latin, roles, status, ${period}`;
const authorityColumns = 'id, identifier, name, language, latin';
const representationColumns = `id, represented, representative, kind, scope, chain, onward, ${period}`;
const mandateColumns = `id, authority, element, purpose, reference, ${period}`;
const clientColumns = `id, name, party, authority, encode(hash, 'hex') as hash, prefix, scopes, status, created, signing, access, valid_until as "until"`;

/** Reads what was true in an epoch, in a fixed order, so that the same rows always give the same version. */
export async function referenceRows(tx: Tx, epoch: bigint): Promise<ReferenceRows> {
  const read = <T>(columns: string, table: string, order: string): Promise<T[]> =>
    tx.query<T>(`select ${columns} from parties.${table} where ${inEpoch} order by ${order}`, [epoch]);
  return {
    parties: await read<Party>(partyColumns, 'parties', 'identifier'),
    authorities: await read<Authority>(authorityColumns, 'authorities', 'identifier'),
    representations: await read<RegisteredRepresentation>(representationColumns, 'representations', 'id'),
    mandates: await read<RegisteredMandate>(mandateColumns, 'mandates', 'id'),
    clients: await read<Client>(clientColumns, 'clients', 'id'),
  };
}

/** The digest of the rows, over what leaves nothing out; their order is fixed. */
export const digestOfRows = (rows: ReferenceRows): string => hash('sha256', JSON.stringify(rows), 'hex');

const tables = ['parties', 'authorities', 'representations', 'mandates', 'clients'] as const;
type Table = (typeof tables)[number];

/** The last epoch, up to this one, in which a row of the reference began or ended; 0 when none ever did. */
export async function changedIn(tx: Tx, epoch: bigint): Promise<bigint> {
  const each = tables.map(
    (table) =>
      `select greatest(max(from_epoch) filter (where from_epoch <= $1), max(until_epoch) filter (where until_epoch <= $1)) as epoch from parties.${table}`,
  );
  const [row] = await tx.query<{ epoch: bigint | null }>(
    `select max(epoch) as epoch from (${each.join(' union all ')}) as t`,
    [epoch],
  );
  return row?.epoch ?? 0n;
}

/** Ends rows that are true now, by their id. A row that began in this very epoch was never seen by anybody and goes. */
export async function end(tx: Tx, table: Table, ids: readonly string[], epoch: bigint): Promise<number> {
  const now = `id = any($1::uuid[]) and until_epoch = ${openEnd}`;
  const gone = await tx.query(`delete from parties.${table} where ${now} and from_epoch = $2 returning id`, [
    ids,
    epoch,
  ]);
  const ended = await tx.query(`update parties.${table} set until_epoch = $2 where ${now} returning id`, [ids, epoch]);
  return gone.length + ended.length;
}

/** Writes rows from this epoch on. Sets of any size go as one statement, as JSON that the database takes apart. */
async function begin(
  tx: Tx,
  table: Table,
  shape: string,
  columns: string,
  rows: readonly object[],
  epoch: bigint,
): Promise<void> {
  if (rows.length === 0) return;
  const text = JSON.stringify(rows);
  await tx.query(
    `insert into parties.${table} (${columns}, from_epoch)
     select ${columns.replaceAll('valid_from', '"from"').replaceAll('valid_until', '"until"')}, $2::bigint
     from json_to_recordset($1::json) as given (${shape})`,
    [text, epoch],
  );
}

export const beginParties = (tx: Tx, rows: readonly Party[], epoch: bigint): Promise<void> =>
  begin(
    tx,
    'parties',
    'id uuid, identifier text, name text, language text, latin text, roles text[], status text, "from" date, "until" date',
    'id, identifier, name, language, latin, roles, status, valid_from, valid_until',
    rows,
    epoch,
  );

export const beginAuthorities = (tx: Tx, rows: readonly Authority[], epoch: bigint): Promise<void> =>
  begin(
    tx,
    'authorities',
    'id uuid, identifier text, name text, language text, latin text',
    'id, identifier, name, language, latin',
    rows,
    epoch,
  );

export const beginRepresentations = (tx: Tx, rows: readonly RegisteredRepresentation[], epoch: bigint): Promise<void> =>
  begin(
    tx,
    'representations',
    'id uuid, represented text, representative text, kind text, scope text[], chain text[], onward boolean, "from" date, "until" date',
    'id, represented, representative, kind, scope, chain, onward, valid_from, valid_until',
    rows,
    epoch,
  );

export const beginMandates = (tx: Tx, rows: readonly RegisteredMandate[], epoch: bigint): Promise<void> =>
  begin(
    tx,
    'mandates',
    'id uuid, authority text, element text, purpose text, reference text, "from" date, "until" date',
    'id, authority, element, purpose, reference, valid_from, valid_until',
    rows,
    epoch,
  );

/** The hash travels as `\x` text, which is what a bytea reads. */
export const beginClients = (tx: Tx, rows: readonly Client[], epoch: bigint): Promise<void> =>
  begin(
    tx,
    'clients',
    'id uuid, name text, party text, authority text, hash bytea, prefix text, scopes text[], status text, created timestamptz, signing text, access text, "until" date',
    'id, name, party, authority, hash, prefix, scopes, status, created, signing, access, valid_until',
    rows.map((row) => ({ ...row, hash: `\\x${row.hash}` })),
    epoch,
  );

/**
 * The row that is true now, read where it is about to be changed: publishing holds the epoch lock, so nobody races it.
 */
export async function partyNow(tx: Tx, identifier: string): Promise<Party | undefined> {
  const sql = `select ${partyColumns} from parties.parties where identifier = $1 and until_epoch = ${openEnd}`;
  return (await tx.query<Party>(sql, [identifier]))[0];
}

export async function authorityNow(tx: Tx, identifier: string): Promise<Authority | undefined> {
  const sql = `select ${authorityColumns} from parties.authorities where identifier = $1 and until_epoch = ${openEnd}`;
  return (await tx.query<Authority>(sql, [identifier]))[0];
}

export async function clientNow(tx: Tx, id: string): Promise<Client | undefined> {
  const sql = `select ${clientColumns} from parties.clients where id = $1 and until_epoch = ${openEnd}`;
  return (await tx.query<Client>(sql, [id]))[0];
}

/** The clients of a party that stand now, also those that were revoked. */
export const clientsOfParty = (tx: Tx, party: string): Promise<Client[]> =>
  tx.query<Client>(
    `select ${clientColumns} from parties.clients where party = $1 and until_epoch = ${openEnd} order by id`,
    [party],
  );

export async function representationNow(tx: Tx, id: string): Promise<RegisteredRepresentation | undefined> {
  const sql = `select ${representationColumns} from parties.representations where id = $1 and until_epoch = ${openEnd}`;
  return (await tx.query<RegisteredRepresentation>(sql, [id]))[0];
}

export async function mandateNow(tx: Tx, id: string): Promise<RegisteredMandate | undefined> {
  const sql = `select ${mandateColumns} from parties.mandates where id = $1 and until_epoch = ${openEnd}`;
  return (await tx.query<RegisteredMandate>(sql, [id]))[0];
}

/** Which of these identifiers are taken now, for loads that say the same twice. */
export async function knownNow(
  tx: Tx,
  table: 'parties' | 'authorities',
  identifiers: readonly string[],
): Promise<Set<string>> {
  const sql = `select identifier from parties.${table} where identifier = any($1::text[]) and until_epoch = ${openEnd}`;
  const rows = await tx.query<{ identifier: string }>(sql, [identifiers]);
  return new Set(rows.map((row) => row.identifier));
}

/** What is registered now between two parties. */
export const representationsBetween = (
  tx: Tx,
  representative: string,
  represented: string,
): Promise<RegisteredRepresentation[]> =>
  tx.query<RegisteredRepresentation>(
    `select ${representationColumns} from parties.representations
     where representative = $1 and represented = $2 and until_epoch = ${openEnd} order by id`,
    [representative, represented],
  );

export const mandatesOf = (tx: Tx, authority: string): Promise<RegisteredMandate[]> =>
  tx.query<RegisteredMandate>(
    `select ${mandateColumns} from parties.mandates where authority = $1 and until_epoch = ${openEnd} order by id`,
    [authority],
  );

/** Everything that is true now, read under the epoch lock. */
export const rowsNow = (tx: Tx): Promise<ReferenceRows> => referenceRows(tx, openEnd - 1n);

/** The representations in which a party stands now, on whatever side or between the two, by their ids. */
export const representationsAround = (
  tx: Tx,
  party: string,
  page: { after: string | null; limit: number },
): Promise<RegisteredRepresentation[]> =>
  tx.query<RegisteredRepresentation>(
    `select ${representationColumns} from parties.representations
     where (represented = $1 or representative = $1 or chain @> array[$1]) and until_epoch = ${openEnd}
       and ($2::uuid is null or id > $2) order by id limit $3`,
    [party, page.after, page.limit],
  );

/** What is built on the link between two parties: chains that lead over the one to the other. */
export async function builtOn(
  tx: Tx,
  represented: string,
  representative: string,
): Promise<RegisteredRepresentation[]> {
  const rows = await tx.query<RegisteredRepresentation>(
    `select ${representationColumns} from parties.representations
     where chain && array[$1, $2] and until_epoch = ${openEnd} order by id`,
    [represented, representative],
  );
  return rows.filter((one) => {
    const way = [one.represented, ...one.chain, one.representative];
    return way.some((party, at) => party === represented && way[at + 1] === representative);
  });
}
