import type { Day } from '#kernel/effective.ts';
import type { Tx } from '#platform/db.ts';
import { tradersMin } from './model.ts';
import * as store from './store-publish.ts';

/** A row of what may be published, before it is looked at who stands behind it. */
export interface Counted {
  readonly movement: string;
  readonly breakdown: 'all' | 'country' | 'chapter' | 'route';
  readonly key: string;
  readonly traders: number;
  readonly checklists: bigint;
  readonly items: bigint;
  readonly value: string;
  readonly netWeight: string;
}

/** The rows of one table that add up to its total. */
function closedOf(rows: readonly Counted[]): Set<Counted> {
  const closed = new Set(rows.filter(({ traders }) => traders < tradersMin));
  if (closed.size === 0) return closed;
  // The total less the open rows is what the closed ones come to: with one that many stand behind among them, nobody
  // learns anything of the others.
  const [smallest] = rows
    .filter((row) => !closed.has(row))
    .sort((a, b) => a.traders - b.traders || Number(a.checklists - b.checklists) || (a.key < b.key ? -1 : 1));
  if (smallest !== undefined) closed.add(smallest);
  return closed;
}

/**
 * The rows of which no figures are published: those behind which fewer than three traders stand, and beside them in
 * each table the smallest of the others, without which the total would tell them. Where so few stand behind a total,
 * nothing of its movement is published.
 */
export function closedRows(rows: readonly Counted[]): Set<Counted> {
  const closed = new Set<Counted>();
  for (const [, mine] of Map.groupBy(rows, ({ movement }) => movement)) {
    const total = mine.find(({ breakdown }) => breakdown === 'all');
    const few = total === undefined || total.traders < tradersMin;
    for (const [breakdown, table] of Map.groupBy(mine, (row) => row.breakdown)) {
      const shut = few ? table : breakdown === 'all' ? [] : closedOf(table);
      for (const row of shut) closed.add(row);
    }
  }
  return closed;
}

/**
 * Publishes a month, and the months before it that changed since they were published. Months are published when they
 * are closed and never between: each correction by itself would tell what one checklist came to.
 */
export async function publishChanged(tx: Tx, month: Day, currency: string, at: string): Promise<void> {
  for (const period of await store.changedUpTo(tx, month)) {
    const rows = await store.countedOf(tx, period, currency);
    const closed = closedRows(rows);
    await store.publish(
      tx,
      period,
      at,
      rows.map((row) => ({ ...row, closed: closed.has(row) })),
    );
  }
}
