import { formatDecimal } from '#kernel/decimal.ts';
import { column, type Tx } from '#platform/db.ts';
import { type Fields, rowsOf } from '#platform/rows.ts';
import type { Cell, Part, Summary, SummaryLine, Sums } from './book.ts';
import type { Reason } from './model.ts';
import { type SumsRow, sumsOf } from './store-sums.ts';

/** A checklist that was released and waits for its month to be closed. */
export interface PendingRow {
  readonly id: string;
  readonly declarant: string;
  readonly month: string;
  readonly released: string;
}

/** Takes note of checklists that were released, unless they are pending or booked already. */
export const addPending = (tx: Tx, rows: readonly PendingRow[]): Promise<unknown> =>
  tx.query(
    `insert into statistics.pending (id, declarant, month, released)
     select u.* from unnest($1::uuid[], $2::text[], $3::text[]::date[], $4::text[]::timestamptz[])
         as u(id, declarant, month, released)
      where not exists (select from statistics.checklists c where c.id = u.id)
      order by 1 on conflict (id) do nothing`,
    [
      column.uuid(rows.map(({ id }) => id)),
      column.text(rows.map(({ declarant }) => declarant)),
      column.text(rows.map(({ month }) => month)),
      column.text(rows.map(({ released }) => released)),
    ],
  );

/**
 * Waits until nobody is closing the books of these checklists: who closes them takes them away first, and reads them
 * afterwards.
 */
export const holdPending = (tx: Tx, ids: readonly string[]): Promise<unknown> =>
  tx.query('select id from statistics.pending where id = any($1::uuid[]) order by id for update', [
    column.uuid([...ids]),
  ]);

/** Which checklists with ids from `low` up to `high` were released and wait for their month to be closed. */
export async function unbookedBetween(tx: Tx, low: string, high: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'select id from statistics.pending where id >= $1 and id < $2 order by id',
    [low, high],
  );
  return rows.map(({ id }) => id);
}

/** Takes away the checklists of a range that belong to a run. */
export const takePending = (
  tx: Tx,
  of: { readonly low: string; readonly high: string; readonly month: string; readonly declarant: string | null },
): Promise<PendingRow[]> =>
  tx.query<PendingRow>(
    `delete from statistics.pending
      where id >= $1 and id < $2 and month <= $3::text::date and ($4::text is null or declarant = $4)
     returning id, declarant, month, released`,
    [of.low, of.high, of.month, of.declarant],
  );

/** A checklist as it is booked. */
export interface ChecklistRow {
  readonly id: string;
  readonly run: string;
  readonly month: string;
  readonly declarant: string;
  readonly released: string;
  readonly rule: string | null;
  readonly summary: string | null;
  readonly reason: Reason | null;
  readonly entry: number;
}

const checklistColumns = 'id, run, month, declarant, released, rule, summary, reason, entry';
const checklistFields: Fields<ChecklistRow> = [
  ['id', 'uuid'],
  ['run', 'uuid'],
  ['month', 'date'],
  ['declarant', 'text'],
  ['released', 'timestamptz'],
  ['rule', 'text'],
  ['summary', 'uuid'],
  ['reason', 'text'],
  ['entry', 'int2'],
];

export const copyChecklists = (tx: Tx, rows: readonly ChecklistRow[]): Promise<void> =>
  tx.copy(`copy statistics.checklists (${checklistColumns}) from stdin (format binary)`, rowsOf(checklistFields, rows));

/** Those of these checklists that are booked, held for the rest of the transaction. */
export const holdBooked = (tx: Tx, ids: readonly string[]): Promise<ChecklistRow[]> =>
  tx.query<ChecklistRow>(
    `select ${checklistColumns} from statistics.checklists where id = any($1::uuid[]) order by id for update`,
    [column.uuid([...ids])],
  );

/** A checklist that was booked again: it keeps the summary under which it was filed as long as no other takes it. */
export const moveChecklists = (
  tx: Tx,
  rows: readonly { readonly id: string; readonly summary: string | null; readonly reason: Reason | null }[],
): Promise<unknown> =>
  tx.query(
    `update statistics.checklists c
        set entry = c.entry + 1, summary = coalesce(u.summary, c.summary),
            reason = case when coalesce(u.summary, c.summary) is null then u.reason end
       from unnest($1::uuid[], $2::uuid[], $3::text[]) as u(id, summary, reason) where c.id = u.id`,
    [
      column.uuid(rows.map(({ id }) => id)),
      column.uuid(rows.map(({ summary }) => summary)),
      column.text(rows.map(({ reason }) => reason)),
    ],
  );

/** One part of a booking, as it is written. */
export interface BookingRow extends Part {
  readonly id: string;
  readonly entry: number;
  readonly part: number;
  readonly period: string;
}

const bookingFields = [
  ['id', 'uuid'],
  ['entry', 'int2'],
  ['part', 'int2'],
  ['line', 'int2'],
  ['period', 'date'],
  ['summaryLine', 'uuid'],
  ['cell', 'uuid'],
  ['trader', 'text'],
  ['items', 'int2'],
  ['checklists', 'int2'],
  ['value', 'int8'],
  ['quantity', 'numeric'],
  ['netWeight', 'numeric'],
  ['grossWeight', 'numeric'],
] as const satisfies Fields<BookingRow>;
const bookingColumns =
  'id, entry, part, line, period, summary_line, cell, trader, items, checklists, value_minor, quantity, net_weight, gross_weight';

export const copyBookings = (tx: Tx, rows: readonly BookingRow[]): Promise<void> =>
  tx.copy(`copy statistics.bookings (${bookingColumns}) from stdin (format binary)`, rowsOf(bookingFields, rows));

/** Everything that is booked of these checklists until now, put together by where it stands. */
export async function bookedOf(tx: Tx, ids: readonly string[]): Promise<Map<string, Part[]>> {
  const rows = await tx.query<
    SumsRow & { id: string; line: number; summary_line: string | null; cell: string; trader: string }
  >(
    `select id, line, summary_line, cell, trader, sum(items)::int8 as items, sum(checklists)::int8 as checklists,
            sum(value_minor)::text as value, sum(quantity)::text as quantity, sum(net_weight)::text as net,
            sum(gross_weight)::text as gross
       from statistics.bookings where id = any($1::uuid[]) group by id, line, summary_line, cell, trader
      order by id, line`,
    [column.uuid([...ids])],
  );
  const found = new Map<string, Part[]>();
  for (const { id, line, summary_line: summaryLine, cell, trader, ...row } of rows) {
    const part = { line, summaryLine, cell, trader, ...sumsOf(row) };
    found.set(id, [...(found.get(id) ?? []), part]);
  }
  return found;
}

export const addSummaries = async (tx: Tx, rows: readonly Summary[]): Promise<void> => {
  if (rows.length === 0) return;
  await tx.query(
    `insert into statistics.summaries (id, run, month, declarant, rule, movement, head, filed)
     select u.*, (select r.ended from statistics.runs r where r.id = u.run and r.state = 'done')
       from unnest($1::uuid[], $2::uuid[], $3::text[]::date[], $4::text[], $5::text[], $6::text[], $7::text[])
         as u(id, run, month, declarant, rule, movement, head)
      order by 1 on conflict (id) do nothing`,
    [
      column.uuid(rows.map(({ id }) => id)),
      column.uuid(rows.map(({ run }) => run)),
      column.text(rows.map(({ month }) => month)),
      column.text(rows.map(({ declarant }) => declarant)),
      column.text(rows.map(({ rule }) => rule)),
      column.text(rows.map(({ movement }) => movement)),
      column.text(rows.map(({ head }) => head)),
    ],
  );
};

const summed = ['items', 'checklists', 'value_minor', 'quantity', 'net_weight', 'gross_weight'] as const;
const adding = (table: string): string =>
  summed.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(', ');

/** Parameters from number `first` on, of which each has the sums of one row. */
const sumsFrom = (first: number): string =>
  summed.map((_, index) => `$${first + index}::text[]::${index < 2 ? 'int8' : 'numeric'}[]`).join(', ');

const sumColumns = (rows: readonly Sums[]): readonly unknown[] => [
  column.text(rows.map(({ items }) => String(items))),
  column.text(rows.map(({ checklists }) => String(checklists))),
  column.text(rows.map(({ value }) => String(value))),
  column.text(rows.map(({ quantity }) => formatDecimal(quantity))),
  column.text(rows.map(({ netWeight }) => formatDecimal(netWeight))),
  column.text(rows.map(({ grossWeight }) => formatDecimal(grossWeight))),
];

/** Lines that stand already. */
export const linesOf = (tx: Tx, ids: readonly string[]): Promise<SummaryLine[]> =>
  tx.query<SummaryLine>(
    'select id, summary, commodity, origin, currency, unit from statistics.summary_lines where id = any($1::uuid[])',
    [column.uuid([...ids])],
  );

/** Adds to what lines of summaries come to; a line that is new begins with it. */
export const addToLines = async (tx: Tx, rows: readonly (SummaryLine & Sums)[]): Promise<void> => {
  if (rows.length === 0) return;
  await tx.query(
    `insert into statistics.summary_lines as l (id, summary, commodity, origin, currency, unit, ${summed.join(', ')})
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], ${sumsFrom(7)})
      order by 1 on conflict (id) do update set ${adding('l')}`,
    [
      column.uuid(rows.map(({ id }) => id)),
      column.uuid(rows.map(({ summary }) => summary)),
      column.text(rows.map(({ commodity }) => commodity)),
      column.text(rows.map(({ origin }) => origin)),
      column.text(rows.map(({ currency }) => currency)),
      column.text(rows.map(({ unit }) => unit)),
      ...sumColumns(rows),
    ],
  );
};

export const addCells = async (tx: Tx, rows: readonly Cell[]): Promise<void> => {
  if (rows.length === 0) return;
  await tx.query(
    `insert into statistics.cells (id, movement, route, procedure, country, commodity, currency, unit)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
      order by 1 on conflict (id) do nothing`,
    [
      column.uuid(rows.map(({ id }) => id)),
      ...(['movement', 'route', 'procedure', 'country', 'commodity', 'currency', 'unit'] as const).map((field) =>
        column.text(rows.map((row) => row[field])),
      ),
    ],
  );
};

/** Adds to the figures of months, and notes that these changed. */
export const addToFigures = async (
  tx: Tx,
  rows: readonly (Sums & { readonly period: string; readonly cell: string })[],
): Promise<void> => {
  if (rows.length === 0) return;
  await tx.query(
    `insert into statistics.figures as f (period, cell, ${summed.join(', ')})
     select * from unnest($1::text[]::date[], $2::uuid[], ${sumsFrom(3)})
      order by 1, 2 on conflict (period, cell) do update set ${adding('f')}`,
    [column.text(rows.map(({ period }) => period)), column.uuid(rows.map(({ cell }) => cell)), ...sumColumns(rows)],
  );
  await tx.query(
    `insert into statistics.periods as p (period, changed) select distinct u, true from unnest($1::text[]::date[]) as u
      order by 1 on conflict (period) do update set changed = true where not p.changed`,
    [column.text(rows.map(({ period }) => period))],
  );
};

export const addCorrections = (
  tx: Tx,
  rows: readonly { id: string; entry: number; period: string; at: string; ground: string }[],
): Promise<unknown> =>
  tx.query(
    `insert into statistics.corrections (id, entry, period, at, ground)
     select * from unnest($1::uuid[], $2::int2[], $3::text[]::date[], $4::text[]::timestamptz[], $5::text[])`,
    [
      column.uuid(rows.map(({ id }) => id)),
      column.int2(rows.map(({ entry }) => entry)),
      column.text(rows.map(({ period }) => period)),
      column.text(rows.map(({ at }) => at)),
      column.text(rows.map(({ ground }) => ground)),
    ],
  );

/** Numbers the lines of summaries that have no number yet, behind those that have one. */
export const numberLines = (tx: Tx, summaries: readonly string[]): Promise<unknown> =>
  tx.query(
    `update statistics.summary_lines l set number = n.number
       from (select l.id, coalesce(m.most, 0)
                    + row_number() over (partition by l.summary order by commodity, origin, currency, unit, l.id) as number
               from statistics.summary_lines l
               left join (select summary, max(number) as most from statistics.summary_lines
                           where summary = any($1::uuid[]) group by 1) m on m.summary = l.summary
              where l.summary = any($1::uuid[]) and l.number is null) n
      where l.id = n.id`,
    [column.uuid([...summaries])],
  );
