import { column, type Tx } from '#platform/db.ts';
import { rowsOf } from '#platform/rows.ts';
import type { Outcome } from '#kernel/check.ts';
import type { Status } from './model.ts';

/** What the claim of a key found: a fresh key, or the parcel that already stands under it. */
export interface KeyClaim {
  fresh: boolean;
  id: string | null;
  digest: Buffer | null;
}

/**
 * Claims the callers' keys, sorted so that two batches with the same keys cannot wait for each other. Keys that stood
 * already are read by a second statement, which only a batch that holds one needs: its own snapshot sees what another
 * transaction committed while the first waited for it. One that cannot be read all the same comes back with `id` null.
 */
export async function claimKeys(
  tx: Tx,
  keys: readonly { filer: string; declaration: string; id: string; digest: Buffer }[],
): Promise<KeyClaim[]> {
  const inserted = await tx.query<{ id: string }>(
    `insert into clearance.keys (filer, declaration, id, digest)
     select * from unnest($1::text[], $2::text[], $3::uuid[], $4::bytea[]) as t(filer, declaration, id, digest)
      order by filer, declaration
     on conflict do nothing returning id`,
    [
      column.text(keys.map((key) => key.filer)),
      column.text(keys.map((key) => key.declaration)),
      column.uuid(keys.map((key) => key.id)),
      column.bytea(keys.map((key) => key.digest)),
    ],
  );
  if (inserted.length === keys.length) return keys.map(() => ({ fresh: true, id: null, digest: null }));
  const fresh = new Set(inserted.map((row) => row.id));
  const others = keys.filter((key) => !fresh.has(key.id));
  const standing = await standingKeys(tx, others);
  const place = new Map(others.map((key, index) => [key, standing[index]]));
  return keys.map((key) => ({ fresh: fresh.has(key.id), id: null, digest: null, ...place.get(key) }));
}

/** What stands under these keys, in their order. The sub-select keeps the lookup by key however small the table was. */
const standingKeys = (
  tx: Tx,
  keys: readonly { filer: string; declaration: string }[],
): Promise<{ id: string | null; digest: Buffer | null }[]> =>
  tx.query(
    `select k.id, k.digest
       from unnest($1::text[], $2::text[]) with ordinality as i(filer, declaration, place)
       left join lateral (
         select s.id, s.digest from clearance.keys s where s.filer = i.filer and s.declaration = i.declaration limit 1
       ) k on true
      order by i.place`,
    [column.text(keys.map((key) => key.filer)), column.text(keys.map((key) => key.declaration))],
  );

export interface DeclarationRow {
  id: string;
  version: number;
  filer: string;
  declaration: string;
  received: string;
  day: string;
  movement: string;
  procedure: string | null;
  previousProcedure: string | null;
  nature: string;
  office: string | null;
  placeOfGoods: string | null;
  zone: string | null;
  borderMode: string | null;
  inlandMode: string | null;
  declarant: string;
  representation: string | null;
  importer: string | null;
  seller: string | null;
  placeOperator: string | null;
  postalOperator: string | null;
  guarantor: string | null;
  carrier: string | null;
  platform: string | null;
  sentFrom: string | null;
  route: string | null;
  outcome: Outcome;
  status: Status;
  desk: string | null;
  currency: string | null;
  declaredValueMinor: bigint | null;
  acceptedValueMinor: bigint | null;
  borderMinor: bigint;
  secured: boolean;
  pieces: number;
  pack: string;
  packVersion: string;
  epoch: bigint;
  engine: number;
  digest: Buffer;
  accounts: string;
  checks: string;
  missing: string;
  charges: string;
  accepted: string | null;
  decidedBy: string;
  body: string;
}

const declarationColumns = [
  ['id', 'uuid'],
  ['version', 'int2'],
  ['filer', 'text'],
  ['declaration', 'text'],
  ['received', 'timestamptz'],
  ['day', 'date'],
  ['movement', 'text'],
  ['procedure', 'text'],
  ['previous_procedure', 'text'],
  ['nature', 'text'],
  ['office', 'text'],
  ['place_of_goods', 'text'],
  ['zone', 'text'],
  ['border_mode', 'text'],
  ['inland_mode', 'text'],
  ['declarant', 'text'],
  ['representation', 'text'],
  ['importer', 'text'],
  ['seller', 'text'],
  ['place_operator', 'text'],
  ['postal_operator', 'text'],
  ['guarantor', 'text'],
  ['carrier', 'text'],
  ['platform', 'text'],
  ['sent_from', 'text'],
  ['route', 'text'],
  ['outcome', 'text'],
  ['status', 'text'],
  ['desk', 'text'],
  ['currency', 'text'],
  ['declared_value_minor', 'int8'],
  ['accepted_value_minor', 'int8'],
  ['border_minor', 'int8'],
  ['secured', 'bool'],
  ['pieces', 'int2'],
  ['pack', 'text'],
  ['pack_version', 'text'],
  ['epoch', 'int8'],
  ['engine', 'int2'],
  ['digest', 'bytea'],
  ['accounts', 'text'],
  ['checks', 'text'],
  ['missing', 'text'],
  ['charges', 'text'],
  ['accepted', 'text'],
  ['decided_by', 'text'],
  ['body', 'text'],
] as const;

const property = (name: string) =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as keyof DeclarationRow;
const declarationFields = declarationColumns.map(([name, type]) => [property(name), type] as const);
const copyDeclarations = `copy clearance.declarations (${declarationColumns.map(([name]) => name).join(', ')}) from stdin (format binary)`;

/** Appends decided versions. */
export const writeDeclarations = (tx: Tx, rows: readonly DeclarationRow[]): Promise<void> =>
  tx.copy(copyDeclarations, rowsOf(declarationFields, rows));

export interface Links {
  orders: { platform: string; number: string; id: string }[];
  pieces: {
    barcode: string;
    id: string;
    document: string;
    carrier: string;
    master: string | null;
    weight: string | null;
  }[];
}

const orderFields = [
  ['platform', 'text'],
  ['number', 'text'],
  ['id', 'uuid'],
] as const;
const pieceFields = [
  ['barcode', 'text'],
  ['id', 'uuid'],
  ['document', 'text'],
  ['carrier', 'text'],
  ['master', 'text'],
  ['weight', 'text'],
] as const;
const copyOrders = `copy clearance.orders (${orderFields.map(([name]) => name).join(', ')}) from stdin (format binary)`;
const copyPieces = `copy clearance.pieces (${pieceFields.map(([name]) => name).join(', ')}) from stdin (format binary)`;

/** Links orders and pieces to parcels that had no links before. */
export async function writeLinks(tx: Tx, { orders, pieces }: Links): Promise<void> {
  await Promise.all([
    orders.length > 0 ? tx.copy(copyOrders, rowsOf(orderFields, orders)) : null,
    pieces.length > 0 ? tx.copy(copyPieces, rowsOf(pieceFields, pieces)) : null,
  ]);
}

/**
 * Makes the partitions of these days, today's and the coming ones, before traffic needs them. Processes take turns by a
 * statement before: within one, what another made while it waited is not seen.
 */
export async function ensureDays(tx: Tx, days: readonly string[]): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('clearance.ensure_day'))`);
  await tx.query('select clearance.ensure_day(d) from unnest($1::date[]) as d', [`{${days.join(',')}}`]);
}

/** What a further version changes; everything else is taken over from the version before it. */
export interface FurtherVersion {
  id: string;
  from: number;
  version: number;
  outcome: string;
  status: string;
  acceptedValueMinor: bigint | null;
  borderMinor: bigint;
  secured: boolean;
  digest: Buffer;
  charges: string;
  checks: string;
  missing: string;
  accepted: string | null;
  decidedBy: string;
  engine: number;
}

const changedColumns: Readonly<Record<string, string>> = {
  version: '$3::int2',
  outcome: '$4',
  status: '$5',
  accepted_value_minor: '$6',
  border_minor: '$7',
  secured: '$8',
  digest: '$9',
  charges: '$10',
  checks: '$11',
  missing: '$12',
  accepted: '$13',
  decided_by: '$14',
  engine: '$15::int2',
};

/** Appends a further version of a declaration beside the older one. */
export async function writeVersion(tx: Tx, next: FurtherVersion): Promise<void> {
  const names = declarationColumns.map(([name]) => name);
  await tx.query(
    `insert into clearance.declarations (${names.join(', ')})
     select ${names.map((name) => changedColumns[name] ?? name).join(', ')} from clearance.declarations where id = $1 and version = $2`,
    [
      next.id,
      next.from,
      next.version,
      next.outcome,
      next.status,
      next.acceptedValueMinor,
      next.borderMinor,
      next.secured,
      next.digest,
      next.charges,
      next.checks,
      next.missing,
      next.accepted,
      next.decidedBy,
      next.engine,
    ],
  );
}
