import { column, type Tx } from '#platform/db.ts';
import { rowsOf } from '#platform/rows.ts';

/** What a goods line of a parcel draws from a book. */
export interface DrawRow {
  readonly id: string;
  readonly line: number;
  readonly hold: string;
  readonly book: string;
  readonly item: string;
  readonly quantity: bigint;
}

const drawFields = [
  ['id', 'uuid'],
  ['line', 'int2'],
  ['hold', 'uuid'],
  ['book', 'text'],
  ['item', 'text'],
  ['quantity', 'int8'],
] as const;
const drawNames = drawFields.map(([name]) => name).join(', ');

export const writeDraws = (tx: Tx, rows: readonly DrawRow[]): Promise<void> =>
  tx.copy(`copy clearance.stock_draws (${drawNames}) from stdin (format binary)`, rowsOf(drawFields, rows));

/** A draw of a further version: the line takes so much of that item now. */
export async function putDraw(tx: Tx, { id, line, hold, book, item, quantity }: DrawRow): Promise<void> {
  await tx.query(
    `insert into clearance.stock_draws (${drawNames}) values ($1, $2::int2, $3, $4, $5, $6)
     on conflict (id, line) do update set book = excluded.book, item = excluded.item, quantity = excluded.quantity`,
    [id, line, hold, book, item, quantity],
  );
}

export async function dropDraw(tx: Tx, { id, line }: Pick<DrawRow, 'id' | 'line'>): Promise<void> {
  await tx.query('delete from clearance.stock_draws where id = $1 and line = $2::int2', [id, line]);
}

/** What these parcels draw, by parcel and line. */
export const drawsOf = (tx: Tx, ids: readonly string[]): Promise<DrawRow[]> =>
  tx.query(`select ${drawNames} from clearance.stock_draws where id = any ($1::uuid[]) order by id, line`, [
    column.uuid([...ids]),
  ]);

/** The draws that stand under these holds. */
export const drawsUnder = (tx: Tx, holds: readonly string[]): Promise<(DrawRow & { declaration: string | null })[]> =>
  tx.query(
    `select ${drawFields.map(([name]) => `s.${name}`).join(', ')}, d.declaration
       from clearance.stock_draws s
       left join lateral (
         select x.declaration from clearance.declarations x where x.id = s.id limit 1
       ) d on true
      where s.hold = any ($1::uuid[])`,
    [column.uuid([...holds])],
  );

/** What came back by these returns of goods that were drawn, in millionths; each return with its parcel. */
export const returnedDraws = (
  tx: Tx,
  returns: readonly { readonly id: string; readonly return: string }[],
): Promise<(DrawRow & { return: string; returned: bigint })[]> =>
  tx.query(
    `select d.id, d.line, d.hold, d.book, d.item, d.quantity, r.return, trunc(r.quantity * 1000000)::bigint as returned
       from unnest($1::uuid[], $2::uuid[]) as q (id, return)
       join clearance.returned_lines r on r.id = q.id and r.return = q.return
       join clearance.stock_draws d on d.id = r.id and d.line = r.line
      order by d.id, d.line`,
    [column.uuid(returns.map((one) => one.id)), column.uuid(returns.map((one) => one.return))],
  );

/** The goods lines that a movement of this kind has moved already for one of these causes. */
export const movedBefore = (
  tx: Tx,
  kind: 'gone' | 'returned',
  causes: readonly string[],
): Promise<{ cause: string; parcel: string; line: number }[]> =>
  tx.query('select cause, parcel, line from clearance.stock_movements where kind = $1 and cause = any ($2::uuid[])', [
    kind,
    column.uuid([...causes]),
  ]);
