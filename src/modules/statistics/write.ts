import type { Tx } from '#platform/db.ts';
import { addSums, type Books, noSums, type Part, type Sums } from './book.ts';
import * as store from './store-book.ts';

const sorted = <T>(rows: ReadonlyMap<string, T>): [string, T][] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

function add(into: Map<string, Sums>, key: string, part: Part): void {
  into.set(key, addSums(into.get(key) ?? noSums, part));
}

/**
 * Writes bookings with everything that follows from them: the summaries and lines they stand in, what these come to,
 * and the figures of their months. Rows that others write too come last and in the order of their ids, so that two who
 * write at once wait for each other shortly and never in a circle.
 */
export async function writeBookings(tx: Tx, books: Books, rows: readonly store.BookingRow[]): Promise<void> {
  const { summaries, lines, cells } = books.named();
  const byLine = new Map<string, Sums>();
  const byFigure = new Map<string, Sums>();
  for (const row of rows) {
    if (row.summaryLine !== null) add(byLine, row.summaryLine, row);
    add(byFigure, `${row.period} ${row.cell}`, row);
  }
  if (rows.length > 0) await store.copyBookings(tx, rows);
  await store.addSummaries(
    tx,
    sorted(summaries).map(([, one]) => one),
  );
  // A line out of which something was moved is named by nobody any more, and stands there already.
  const left = [...byLine.keys()].filter((id) => !lines.has(id));
  for (const line of left.length === 0 ? [] : await store.linesOf(tx, left)) lines.set(line.id, line);
  const totals = sorted(byLine).map(([id, sums]) => ({ ...lines.get(id)!, ...sums }));
  await store.addToLines(tx, totals);
  await store.addCells(
    tx,
    sorted(cells).map(([, one]) => one),
  );
  const figures = sorted(byFigure).map(([key, sums]) => {
    const [period = '', cell = ''] = key.split(' ', 2);
    return { period, cell, ...sums };
  });
  await store.addToFigures(tx, figures);
}
