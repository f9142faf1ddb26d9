import { column, type Tx } from '#platform/db.ts';

export interface CountRow {
  readonly id: string;
  readonly book: string;
  readonly counter: string;
  readonly reference: string;
  readonly counted: string;
  readonly received: string;
  readonly by: string;
  readonly digest: Buffer;
}

export interface CountLineRow {
  readonly item: string;
  readonly expected: bigint;
  readonly counted: bigint;
  readonly explanation: string | null;
  /** What the case of a difference is about. */
  readonly difference: string | null;
}

const names = 'id, book, counter, reference, counted, received, by, digest';

/** The count that stands under this counter's reference. */
export async function countOf(
  tx: Tx,
  of: Pick<CountRow, 'book' | 'counter' | 'reference'>,
): Promise<CountRow | undefined> {
  const [row] = await tx.query<CountRow>(
    `select ${names} from clearance.stock_counts where book = $1 and counter = $2 and reference = $3`,
    [of.book, of.counter, of.reference],
  );
  return row;
}

export async function countById(tx: Tx, id: string): Promise<CountRow | undefined> {
  const [row] = await tx.query<CountRow>(`select ${names} from clearance.stock_counts where id = $1`, [id]);
  return row;
}

/** The line of the book that a difference is about. */
export async function lineOfDifference(tx: Tx, id: string): Promise<{ book: string; item: string } | undefined> {
  const [row] = await tx.query<{ book: string; item: string }>(
    `select c.book, l.item from clearance.stock_count_lines l join clearance.stock_counts c on c.id = l.count
      where l.difference = $1`,
    [id],
  );
  return row;
}

export async function writeCount(tx: Tx, count: CountRow, lines: readonly CountLineRow[]): Promise<void> {
  await tx.query(`insert into clearance.stock_counts (${names}) values ($1, $2, $3, $4, $5, $6, $7, $8)`, [
    count.id,
    count.book,
    count.counter,
    count.reference,
    count.counted,
    count.received,
    count.by,
    count.digest,
  ]);
  await tx.query(
    `insert into clearance.stock_count_lines (count, item, expected, counted, explanation, difference)
     select $1::uuid, * from unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::uuid[])`,
    [
      count.id,
      column.text(lines.map((one) => one.item)),
      column.int8(lines.map((one) => one.expected)),
      column.int8(lines.map((one) => one.counted)),
      column.text(lines.map((one) => one.explanation)),
      column.uuid(lines.map((one) => one.difference)),
    ],
  );
}

export const countLinesOf = (tx: Tx, count: string): Promise<CountLineRow[]> =>
  tx.query(
    `select item, expected, counted, explanation, difference from clearance.stock_count_lines
      where count = $1 order by item`,
    [count],
  );

/** The counts of a line, the last first. */
export const countsOfLine = (
  tx: Tx,
  { book, item }: { readonly book: string; readonly item: string },
  limit: number,
): Promise<(CountLineRow & Pick<CountRow, 'id' | 'counter'> & { at: string })[]> =>
  tx.query(
    `select c.id, c.counter, c.counted as at, l.item, l.expected, l.counted, l.explanation, l.difference
       from clearance.stock_counts c join clearance.stock_count_lines l on l.count = c.id
      where c.book = $1 and l.item = $2 order by c.id desc limit $3`,
    [book, item, limit],
  );
