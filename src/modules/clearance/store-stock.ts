import { column, type Tx } from '#platform/db.ts';
import { rowsOf } from '#platform/rows.ts';

/** A book as it is kept. */
export interface BookRow {
  readonly number: string;
  readonly id: string;
  readonly operator: string;
  readonly place: string;
  readonly office: string;
  readonly zone: string | null;
  readonly opened: string;
  readonly by: string;
}

const bookColumns = 'number, id, operator, place, office, zone, opened, by';

/** Opens a book; false where its number is taken. */
export async function openBook(tx: Tx, book: BookRow): Promise<boolean> {
  const rows = await tx.query(
    `insert into clearance.stock_books (${bookColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict do nothing returning 1`,
    [book.number, book.id, book.operator, book.place, book.office, book.zone, book.opened, book.by],
  );
  return rows.length > 0;
}

/** A book by its number; `held` keeps it until the transaction ends, so that entries and counts come one by one. */
export async function bookOf(tx: Tx, number: string, held = false): Promise<BookRow | undefined> {
  const [row] = await tx.query<BookRow>(
    `select ${bookColumns} from clearance.stock_books where number = $1 ${held ? 'for update' : ''}`,
    [number],
  );
  return row;
}

/** Books that these parties keep, or in which goods of theirs lie; null stands for everybody. */
export const booksOf = (
  tx: Tx,
  parties: readonly string[] | null,
  after: string,
  limit: number,
): Promise<(BookRow & { lines: bigint })[]> =>
  tx.query(
    `select ${bookColumns}, (select count(*) from clearance.stock_lines l where l.book = b.number) as lines
       from clearance.stock_books b
      where number > $2 and ($1::text[] is null or operator = any ($1)
         or number in (select l.book from clearance.stock_lines l where l.owner = any ($1)))
      order by number limit $3`,
    [parties === null ? null : column.text([...parties]), after, limit],
  );

/** A line of a book. */
export interface StockLineRow {
  readonly book: string;
  readonly item: string;
  readonly id: string;
  readonly owner: string;
  readonly commodity: string;
  readonly description: string;
  readonly language: string;
  readonly origin: string | null;
  readonly unit: string;
  readonly currency: string;
  /** For one unit, a decimal text. */
  readonly unitValue: string;
}

const lineColumns =
  'book, item, id, owner, commodity, description, language, origin, unit, currency, unit_value::text as "unitValue"';

/** The lines of these books and items that are there. */
export const linesAmong = (
  tx: Tx,
  keys: readonly { readonly book: string; readonly item: string }[],
): Promise<StockLineRow[]> =>
  tx.query(
    `select ${lineColumns
      .split(', ')
      .map((one) => `l.${one}`)
      .join(', ')}
       from (select distinct * from unnest($1::text[], $2::text[]) as u (book, item)) q
      cross join lateral (
        select * from clearance.stock_lines x where x.book = q.book and x.item = q.item limit 1
      ) l`,
    [column.text(keys.map((one) => one.book)), column.text(keys.map((one) => one.item))],
  );

/** A page of a book's lines, of these owners alone where they are given. */
export const linesOf = (
  tx: Tx,
  book: string,
  owners: readonly string[] | null,
  after: string,
  limit: number,
): Promise<StockLineRow[]> =>
  tx.query(
    `select ${lineColumns} from clearance.stock_lines
      where book = $1 and ($2::text[] is null or owner = any ($2)) and item > $3 order by item limit $4`,
    [book, owners === null ? null : column.text([...owners]), after, limit],
  );

const lineFields = [
  ['book', 'text'],
  ['item', 'text'],
  ['id', 'uuid'],
  ['owner', 'text'],
  ['commodity', 'text'],
  ['description', 'text'],
  ['language', 'text'],
  ['origin', 'text'],
  ['unit', 'text'],
  ['currency', 'text'],
] as const;

/** Writes lines that are not there yet; the caller holds the book. */
export async function writeLines(tx: Tx, rows: readonly StockLineRow[]): Promise<void> {
  const fields = lineFields.map(([name]) => name);
  await tx.query(
    `insert into clearance.stock_lines (${fields.join(', ')}, unit_value)
     select ${fields.join(', ')}, unit_value::numeric from unnest($1::text[], $2::text[], $3::uuid[], $4::text[],
       $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
       as t (${fields.join(', ')}, unit_value)`,
    [
      ...lineFields.map(([name, type]) =>
        type === 'uuid' ? column.uuid(rows.map((row) => row.id)) : column.text(rows.map((row) => row[name])),
      ),
      column.text(rows.map((row) => row.unitValue)),
    ],
  );
}

export interface EntryRow {
  readonly id: string;
  readonly book: string;
  readonly operator: string;
  readonly reference: string;
  readonly received: string;
  readonly by: string;
  readonly digest: Buffer;
}

/** The entry that stands under the operator's reference in a book. */
export async function entryOf(tx: Tx, book: string, reference: string): Promise<EntryRow | undefined> {
  const [known] = await tx.query<EntryRow>(
    `select id, book, operator, reference, received, by, digest from clearance.stock_entries
      where book = $1 and reference = $2`,
    [book, reference],
  );
  return known;
}

export async function writeEntry(tx: Tx, entry: EntryRow): Promise<void> {
  await tx.query(
    `insert into clearance.stock_entries (id, book, operator, reference, received, by, digest)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [entry.id, entry.book, entry.operator, entry.reference, entry.received, entry.by, entry.digest],
  );
}

/** The kinds of movement: what comes in and what leaves. */
export type MovementKind = 'entered' | 'surplus' | 'returned' | 'gone' | 'shortage';

export interface MovementRow {
  readonly book: string;
  readonly item: string;
  readonly at: string;
  readonly kind: MovementKind;
  readonly quantity: bigint;
  readonly cause: string;
  readonly parcel: string | null;
  readonly line: number | null;
  readonly suspended: bigint | null;
}

const movementFields = [
  ['book', 'text'],
  ['item', 'text'],
  ['at', 'timestamptz'],
  ['kind', 'text'],
  ['quantity', 'int8'],
  ['cause', 'uuid'],
  ['parcel', 'uuid'],
  ['line', 'int2'],
  ['suspended', 'int8'],
] as const;
const movementNames = movementFields.map(([name]) => name).join(', ');

/** Writes movements that the caller knows to be new. */
export const writeMovements = (tx: Tx, rows: readonly MovementRow[]): Promise<void> =>
  tx.copy(`copy clearance.stock_movements (${movementNames}) from stdin (format binary)`, rowsOf(movementFields, rows));

/** How much of each goods line of these imports was entered, whichever the book. */
export const enteredOf = (
  tx: Tx,
  imports: readonly string[],
): Promise<{ parcel: string; line: number; quantity: bigint }[]> =>
  tx.query(
    `select parcel, line, sum(quantity)::bigint as quantity from clearance.stock_movements
      where kind = 'entered' and parcel = any ($1::uuid[]) group by 1, 2`,
    [column.uuid([...imports])],
  );

/** Keeps these imports as they are until the transaction ends: what is entered of one is counted once. */
export async function holdImports(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query('select from clearance.parcels where id = any ($1::uuid[]) order by id for update', [
    column.uuid([...ids]),
  ]);
}

/** What each of these lines has had come in and leave, summed by kind, and the charges suspended at its entries. */
export const sumsOf = (
  tx: Tx,
  keys: readonly { readonly book: string; readonly item: string }[],
): Promise<{ book: string; item: string; kind: MovementKind; quantity: bigint; suspended: bigint }[]> =>
  tx.query(
    `select q.book, q.item, m.kind, sum(m.quantity)::bigint as quantity, coalesce(sum(m.suspended), 0)::bigint as suspended
       from (select distinct * from unnest($1::text[], $2::text[]) as u (book, item)) q
       join clearance.stock_movements m on m.book = q.book and m.item = q.item
      group by 1, 2, 3`,
    [column.text(keys.map((one) => one.book)), column.text(keys.map((one) => one.item))],
  );

/** A page of a line's movements, the latest first. */
export const movementsOf = (
  tx: Tx,
  { book, item }: { readonly book: string; readonly item: string },
  before: bigint | null,
  limit: number,
): Promise<(MovementRow & { number: bigint; declaration: string | null })[]> =>
  tx.query(
    `select ${movementFields.map(([name]) => `m.${name}`).join(', ')}, m.number, d.declaration
       from clearance.stock_movements m
       left join lateral (
         select x.declaration from clearance.declarations x where x.id = m.parcel limit 1
       ) d on true
      where m.book = $1 and m.item = $2 and ($3::bigint is null or m.number < $3) order by m.number desc limit $4`,
    [book, item, before, limit],
  );

/** The entries of a line, the last first: of which import each was, and how much. */
export const entriesOfLine = (
  tx: Tx,
  { book, item }: { readonly book: string; readonly item: string },
): Promise<{ parcel: string; line: number; quantity: bigint }[]> =>
  tx.query(
    `select parcel, line, quantity from clearance.stock_movements
      where book = $1 and item = $2 and kind = 'entered' order by number desc`,
    [book, item],
  );

/** What a line had on hand at the end of each day on which it moved, the first day first. */
export const dailyOf = (
  tx: Tx,
  { book, item }: { readonly book: string; readonly item: string },
  timeZone: string,
): Promise<{ day: string; onHand: bigint }[]> =>
  tx.query(
    `select day, sum(change) over (order by day)::bigint as "onHand" from (
       select (at at time zone $3)::date as day,
         sum(case when kind in ('gone', 'shortage') then -quantity else quantity end) as change
         from clearance.stock_movements where book = $1 and item = $2 group by 1
     ) d order by day`,
    [book, item, timeZone],
  );
