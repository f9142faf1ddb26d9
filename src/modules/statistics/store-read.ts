import type { Tx } from '#platform/db.ts';
import type { SumsRow } from './store-sums.ts';
import type { Dimension, Ground, Reason } from './model.ts';

/** Sums of a set of bookings under the names that `sumsOf` reads. */
const summing = (of = ''): string =>
  `coalesce(sum(${of}items), 0)::int8 as items, coalesce(sum(${of}checklists), 0)::int8 as checklists,
   coalesce(sum(${of}value_minor), 0)::text as value, coalesce(sum(${of}quantity), 0)::text as quantity,
   coalesce(sum(${of}net_weight), 0)::text as net, coalesce(sum(${of}gross_weight), 0)::text as gross`;
const standing = `items, checklists, value_minor::text as value, quantity::text as quantity, net_weight::text as net,
   gross_weight::text as gross`;

export interface SummaryRow {
  readonly id: string;
  readonly run: string;
  readonly month: string;
  readonly declarant: string;
  readonly rule: string;
  readonly movement: string;
  readonly head: string;
  readonly filed: string | null;
}

const summaryColumns = 'id, run, month, declarant, rule, movement, head, filed';

/** The summaries of a month, of everybody or of these declarants, a page at a time. */
export const summariesOf = (
  tx: Tx,
  of: { month: string; declarants: readonly string[] | null; after: string | null; limit: number },
): Promise<(SummaryRow & { lines: number })[]> =>
  tx.query(
    `select ${summaryColumns}, (select count(*)::int from statistics.summary_lines l where l.summary = s.id) as lines
       from statistics.summaries s
      where month = $1::text::date and ($2::text[] is null or declarant = any($2::text[]))
        and ($3::uuid is null or id > $3) order by id limit $4`,
    [of.month, of.declarants, of.after, of.limit],
  );

export async function summaryById(tx: Tx, id: string): Promise<SummaryRow | undefined> {
  const [row] = await tx.query<SummaryRow>(`select ${summaryColumns} from statistics.summaries where id = $1`, [id]);
  return row;
}

export interface LineRow extends SumsRow {
  readonly id: string;
  readonly summary: string;
  readonly number: number | null;
  readonly commodity: string | null;
  readonly origin: string | null;
  readonly currency: string;
  readonly unit: string;
}

const lineColumns = `id, summary, number, commodity, origin, currency, unit, ${standing}`;

/** The lines of a summary, in the order of their numbers. */
export const linesOfSummary = (tx: Tx, summary: string): Promise<LineRow[]> =>
  tx.query<LineRow>(
    `select ${lineColumns} from statistics.summary_lines where summary = $1 order by number nulls last, id limit 999`,
    [summary],
  );

export async function lineByNumber(tx: Tx, summary: string, number: number): Promise<LineRow | undefined> {
  const [row] = await tx.query<LineRow>(
    `select ${lineColumns} from statistics.summary_lines where summary = $1 and number = $2`,
    [summary, number],
  );
  return row;
}

/** What the lines of a summary were corrected by since it was filed, in all, by line. */
export const correctionSums = (tx: Tx, summary: string): Promise<(SumsRow & { id: string })[]> =>
  tx.query(
    `select b.summary_line as id, ${summing('b.')} from statistics.summary_lines l
       join statistics.bookings b on b.summary_line = l.id and b.summary_line is not null and b.entry > 0
      where l.summary = $1 group by 1`,
    [summary],
  );

export interface CorrectionRow extends SumsRow {
  readonly checklist: string;
  readonly entry: number;
  readonly at: string;
  readonly period: string;
  readonly ground: Ground;
  readonly number: number | null;
  readonly currency: string;
}

/** The corrections of a summary one by one, the last one first. */
export const correctionsOf = (tx: Tx, summary: string): Promise<CorrectionRow[]> =>
  tx.query<CorrectionRow>(
    `select b.id as checklist, b.entry, c.at, c.period, c.ground, l.number, l.currency, ${summing('b.')}
       from statistics.summary_lines l
       join statistics.bookings b on b.summary_line = l.id and b.summary_line is not null and b.entry > 0
       join statistics.corrections c on c.id = b.id and c.entry = b.entry
      where l.summary = $1 group by 1, 2, 3, 4, 5, 6, 7 order by c.at desc, b.id, b.entry desc, l.number limit 500`,
    [summary],
  );

/** The checklists of a line with what each comes to in it, a page at a time. */
export const checklistsOf = (
  tx: Tx,
  line: string,
  after: string | null,
  limit: number,
): Promise<(SumsRow & { checklist: string })[]> =>
  tx.query(
    `select id as checklist, ${summing()} from statistics.bookings
      where summary_line = $1 and summary_line is not null and ($2::uuid is null or id > $2)
      group by id order by id limit $3`,
    [line, after, limit],
  );

export interface PlacedRow {
  readonly id: string;
  readonly run: string;
  readonly month: string;
  readonly declarant: string;
  readonly released: string;
  readonly rule: string | null;
  readonly summary: string | null;
  readonly reason: Reason | null;
}

/** Where a checklist stands in the books. */
export async function placedOf(tx: Tx, id: string): Promise<PlacedRow | undefined> {
  const [row] = await tx.query<PlacedRow>(
    'select id, run, month, declarant, released, rule, summary, reason from statistics.checklists where id = $1',
    [id],
  );
  return row;
}

/** A checklist that waits for its month to be closed. */
export async function pendingOf(
  tx: Tx,
  id: string,
): Promise<Pick<PlacedRow, 'id' | 'month' | 'declarant' | 'released'> | undefined> {
  const [row] = await tx.query<PlacedRow>(
    'select id, month, declarant, released from statistics.pending where id = $1',
    [id],
  );
  return row;
}

/** The lines of summaries in which something of a checklist was booked, with what of it stands there now. */
export const linesOfChecklist = (tx: Tx, id: string): Promise<(LineRow & { line: number })[]> =>
  tx.query(
    `select b.line, l.id, l.summary, l.number, l.commodity, l.origin, l.currency, l.unit, ${summing('b.')}
       from statistics.bookings b join statistics.summary_lines l on l.id = b.summary_line
      where b.id = $1 group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1, 4`,
    [id],
  );

export const correctionsOfChecklist = (
  tx: Tx,
  id: string,
): Promise<{ entry: number; at: string; period: string; ground: Ground }[]> =>
  tx.query('select entry, at, period, ground from statistics.corrections where id = $1 order by entry', [id]);

/** Released checklists that stand in no summary, of a closed month, a page at a time, with their reason. */
export const aloneOf = (
  tx: Tx,
  of: { month: string; declarants: readonly string[] | null; after: string | null; limit: number },
): Promise<PlacedRow[]> =>
  tx.query<PlacedRow>(
    `select id, run, month, declarant, released, rule, summary, reason from statistics.checklists
      where summary is null and month = $1::text::date and ($2::text[] is null or declarant = any($2::text[]))
        and ($3::uuid is null or id > $3) order by id limit $4`,
    [of.month, of.declarants, of.after, of.limit],
  );

/** How many released checklists wait for their month to be closed, by month. */
export const pendingCounts = (
  tx: Tx,
  declarants: readonly string[] | null,
): Promise<{ month: string; checklists: number }[]> =>
  tx.query(
    `select month, count(*)::int as checklists from statistics.pending
      where $1::text[] is null or declarant = any($1::text[]) group by 1 order by 1 desc`,
    [declarants],
  );

/** The months in which there are summaries, the last one first. */
export async function summaryMonths(tx: Tx, declarants: readonly string[] | null): Promise<string[]> {
  const rows = await tx.query<{ month: string }>(
    `select distinct month from statistics.summaries
      where $1::text[] is null or declarant = any($1::text[]) order by 1 desc limit 120`,
    [declarants],
  );
  return rows.map(({ month }) => month);
}

/** The figures of a month by one dimension, within movement and currency. */
export const figuresBy = (
  tx: Tx,
  period: string,
  by: Dimension,
): Promise<(SumsRow & { movement: string; key: string | null; currency: string })[]> =>
  tx.query(
    `select c.movement, c.${by} as key, c.currency, ${summing('f.')}
       from statistics.figures f join statistics.cells c on c.id = f.cell
      where f.period = $1::text::date group by 1, 2, 3
      order by c.movement, c.currency, sum(f.items) desc, 2 limit 2000`,
    [period],
  );

export interface FigureRow extends SumsRow {
  readonly movement: string;
  readonly route: string | null;
  readonly procedure: string | null;
  readonly country: string | null;
  readonly commodity: string | null;
  readonly currency: string;
  readonly unit: string;
}

/** Every figure of a month. */
export const figuresOf = (tx: Tx, period: string): Promise<FigureRow[]> =>
  tx.query<FigureRow>(
    `select c.movement, c.route, c.procedure, c.country, c.commodity, c.currency, c.unit, f.items, f.checklists,
            f.value_minor::text as value, f.quantity::text as quantity, f.net_weight::text as net,
            f.gross_weight::text as gross
       from statistics.figures f join statistics.cells c on c.id = f.cell
      where f.period = $1::text::date and (f.items, f.checklists, f.value_minor, f.quantity, f.net_weight, f.gross_weight)
            is distinct from (0, 0, 0, 0, 0, 0)
      order by 1, 2, 3, 4, 5, 6, 7`,
    [period],
  );

/** The months that have figures, the last one first. */
export async function figureMonths(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ period: string }>(
    'select period from statistics.periods order by period desc limit 120',
  );
  return rows.map(({ period }) => period);
}

/** Checklists of a month that stand in a summary, at most a few thousand. */
export async function mergedOf(tx: Tx, month: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from statistics.checklists where month = $1::text::date and summary is not null order by id limit 5000`,
    [month],
  );
  return rows.map(({ id }) => id);
}

/** A summary with a correction, else any, the latest first. */
export async function exampleSummary(tx: Tx): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `select s.id from statistics.summaries s
       left join lateral (
         select b.id from statistics.summary_lines l
           join statistics.bookings b on b.summary_line = l.id and b.summary_line is not null and b.entry > 0
          where l.summary = s.id limit 1
       ) c on true
      order by (c.id is not null) desc, s.month desc, s.id limit 1`,
  );
  return row?.id;
}
