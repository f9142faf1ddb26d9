import { type Decimal, formatDecimal } from '#kernel/decimal.ts';
import { column, type Tx } from '#platform/db.ts';
import type { Condition, Outcome } from './returns-model.ts';

/** A return as it is kept. */
export interface ReturnRow {
  readonly id: string;
  readonly parcel: string;
  readonly party: string;
  readonly by: string;
  readonly reference: string;
  readonly asked: string;
  readonly applied: string;
  readonly back: string | null;
  readonly operator: string | null;
  readonly place: string | null;
  readonly condition: Condition | null;
  readonly law: string | null;
  readonly outcome: Outcome | null;
  readonly ended: string | null;
  readonly border_minor: bigint;
  readonly elsewhere_minor: bigint;
}

const columns = `id, parcel, party, by, reference, asked, applied, back, operator, place, condition, law, outcome, ended,
  border_minor, elsewhere_minor`;

/** The parcel's row of the projection, held until the transaction ends: one return of it is looked at at a time. */
export async function holdParcel(tx: Tx, id: string): Promise<{ version: number; status: string } | undefined> {
  const [row] = await tx.query<{ version: number; status: string }>(
    'select version, status from clearance.parcels where id = $1 for update',
    [id],
  );
  return row;
}

export async function returnOf(tx: Tx, id: string): Promise<ReturnRow | undefined> {
  const [row] = await tx.query<ReturnRow>(`select ${columns} from clearance.returns where id = $1`, [id]);
  return row;
}

/** The return that an applicant made under a reference of his own. */
export async function returnUnder(tx: Tx, party: string, reference: string): Promise<ReturnRow | undefined> {
  const [row] = await tx.query<ReturnRow>(
    `select ${columns} from clearance.returns where party = $1 and reference = $2`,
    [party, reference],
  );
  return row;
}

/** Every return of a parcel, in the order in which they were applied for. */
export const returnsOf = (tx: Tx, parcel: string): Promise<ReturnRow[]> =>
  tx.query<ReturnRow>(`select ${columns} from clearance.returns where parcel = $1 order by id`, [parcel]);

/** Writes an application; false when its reference was used meanwhile. */
export async function writeReturn(
  tx: Tx,
  row: Pick<ReturnRow, 'id' | 'parcel' | 'party' | 'by' | 'reference' | 'asked' | 'applied'>,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into clearance.returns (id, parcel, party, by, reference, asked, applied) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (party, reference) do nothing returning id`,
    [row.id, row.parcel, row.party, row.by, row.reference, row.asked, row.applied],
  );
  return rows.length > 0;
}

export async function writeBack(
  tx: Tx,
  id: string,
  back: { back: string; operator: string; place: string; condition: string; law: string },
): Promise<void> {
  await tx.query(
    'update clearance.returns set back = $2, operator = $3, place = $4, condition = $5, law = $6 where id = $1',
    [id, back.back, back.operator, back.place, back.condition, back.law],
  );
}

/** How returns have ended; null takes an ending back. */
export async function endReturns(tx: Tx, ids: readonly string[], outcome: Outcome | null, at: string): Promise<void> {
  await tx.query(
    `update clearance.returns set outcome = $2, ended = case when $2::text is null then null else $3::timestamptz end
      where id = any($1::uuid[])`,
    [column.uuid([...ids]), outcome, at],
  );
}

export async function writeGiven(tx: Tx, id: string, border: bigint, elsewhere: bigint): Promise<void> {
  await tx.query('update clearance.returns set border_minor = $2, elsewhere_minor = $3 where id = $1', [
    id,
    border,
    elsewhere,
  ]);
}

/** What came back of a line. */
export interface ReturnedLine {
  readonly line: number;
  readonly quantity: Decimal;
  readonly value: bigint;
  readonly netWeight: Decimal | null;
  readonly grossWeight: Decimal | null;
}

export async function writeReturned(tx: Tx, id: string, ret: string, lines: readonly ReturnedLine[]): Promise<void> {
  const text = (value: Decimal | null): string | null => (value === null ? null : formatDecimal(value));
  await tx.query(
    `insert into clearance.returned_lines (id, return, line, quantity, value_minor, net_weight, gross_weight)
     select $1, $2, q.line, q.quantity::numeric, q.value, q.net::numeric, q.gross::numeric
       from unnest($3::int2[], $4::text[], $5::bigint[], $6::text[], $7::text[]) as q (line, quantity, value, net, gross)`,
    [
      id,
      ret,
      column.int2(lines.map(({ line }) => line)),
      column.text(lines.map(({ quantity }) => formatDecimal(quantity))),
      column.int8(lines.map(({ value }) => value)),
      column.text(lines.map(({ netWeight }) => text(netWeight))),
      column.text(lines.map(({ grossWeight }) => text(grossWeight))),
    ],
  );
}

/** An export that left, as an import that names it finds it. */
export interface ExportRow {
  readonly id: string;
  readonly body: string;
}

/**
 * The export that was declared under one of these numbers by this filer, or that has one of them as its own id here.
 * Its row of the projection is held: one import that brings goods of it back is looked at at a time.
 */
export async function exportNamed(tx: Tx, filer: string, numbers: readonly string[]): Promise<ExportRow | undefined> {
  const [row] = await tx.query<ExportRow>(
    `select p.id, d.body
       from (select k.id from clearance.keys k where k.filer = $1 and k.declaration = any($2::text[])
             union select u.number::uuid from unnest($2::text[]) as u(number)
              where u.number ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') n
       join clearance.parcels p on p.id = n.id and p.status in ('left', 'returned')
      cross join lateral (
        select x.body from clearance.declarations x where x.id = p.id and x.version = p.version and x.movement = 'export'
      ) d
      order by p.id limit 1 for update of p`,
    [filer, column.text([...numbers])],
  );
  return row;
}

/** What other imports have brought or are bringing back of an export. */
export const importsBack = (tx: Tx, exported: string, but: string): Promise<{ id: string; body: string }[]> =>
  tx.query(
    `select r.id, d.body from clearance.returned_exports r
      cross join lateral (
        select x.status, x.body from clearance.declarations x where x.id = r.id order by x.version desc limit 1) d
       left join clearance.parcels p on p.id = r.id
      where r.export = $1 and r.id <> $2 and coalesce(p.status, d.status) not in ('lodged', 'cancelled', 'denied')
      order by r.id`,
    [exported, but],
  );

export async function writeReturnedExports(
  tx: Tx,
  rows: readonly { id: string; export: string; exported: string }[],
): Promise<void> {
  await tx.query(
    `insert into clearance.returned_exports (id, export, exported)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[]::date[]) on conflict (id) do nothing`,
    [
      column.uuid(rows.map(({ id }) => id)),
      column.uuid(rows.map((row) => row.export)),
      column.text(rows.map(({ exported }) => exported)),
    ],
  );
}

/** Which of these parcels bring goods of an export back that this window knows. */
export const returnedExportsAmong = (tx: Tx, ids: readonly string[]): Promise<{ id: string; export: string }[]> =>
  tx.query('select id, export from clearance.returned_exports where id = any($1::uuid[]) order by export, id', [
    column.uuid([...ids]),
  ]);

/** What is back of a parcel, by line, as decimal text. */
export const returnedOf = (tx: Tx, id: string): Promise<{ line: number; quantity: string }[]> =>
  tx.query('select line, sum(quantity)::text as quantity from clearance.returned_lines where id = $1 group by line', [
    id,
  ]);

/** What returns have given back of a parcel's charges at the border, in minor units of the home currency. */
export async function givenBackOf(tx: Tx, id: string): Promise<bigint> {
  const [row] = await tx.query<{ minor: bigint }>(
    'select coalesce(sum(border_minor), 0)::bigint as minor from clearance.returns where parcel = $1',
    [id],
  );
  return row!.minor;
}

/** Whether a return was written down already as back of this parcel. */
export async function isBack(tx: Tx, id: string, ret: string): Promise<boolean> {
  const rows = await tx.query('select 1 from clearance.returned_lines where id = $1 and return = $2 limit 1', [
    id,
    ret,
  ]);
  return rows.length > 0;
}

/** What came back with one return, line by line. */
export const linesOf = (tx: Tx, ret: string): Promise<{ line: number; quantity: string; value: bigint }[]> =>
  tx.query(
    `select line, quantity::text as quantity, value_minor as value from clearance.returned_lines where return = $1
      and id = (select r.parcel from clearance.returns r where r.id = $1) order by line`,
    [ret],
  );
