import { ok, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { csvText } from '#portal/csv.ts';
import { stockBook } from './stock-views.ts';

const goods = ['item', 'owner', 'commodity', 'origin', 'description', 'unit'] as const;
const figured = ['entered', 'surplus', 'shortage', 'gone', 'returned', 'onHand', 'reserved', 'free'] as const;

/** All lines of a book as comma-separated values (RFC 4180): one row a line, quantities exact. */
export async function bookCsv(context: Context, principal: Principal, number: string): Promise<Result<string>> {
  const rows: Record<string, string | null | undefined>[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const found = await stockBook(context, principal, number, after, 1000);
    if (!found.ok) return found;
    for (const { unitValue, figures, ...line } of found.value.lines)
      rows.push({ ...line, unitValue: unitValue?.amount, currency: unitValue?.currency, ...figures });
    after = found.value.next;
  }
  return ok(csvText([...goods, 'unitValue', 'currency', ...figured], rows));
}
