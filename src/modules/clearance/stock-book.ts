import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { operators, standsAs } from './manifest.ts';
import type { StockBookBody } from './stock-model.ts';
import * as store from './store-stock.ts';

/** A book as `may` and `view` know it: its keeper files it, and owners of goods in it see their own lines. */
export const bookRecord = (
  book: Pick<store.BookRow, 'id' | 'operator'>,
  owners: readonly string[] = [],
): RecordRef => ({
  kind: 'stock',
  id: book.id,
  parties: { filer: [book.operator], seller: owners },
  desk: null,
});

/** Whether this caller keeps the books of this operator, who is registered as the keeper of a place. */
export function keepsBooks(context: Context, principal: Principal, operator: string): Result<null> {
  if (!may(principal, 'stock.keep', bookRecord({ id: '', operator })))
    return refuse('clearance/not-yours', { pointer: '/operator', params: { party: operator } });
  return standsAs(context, operator, operators, principal.on, '/operator');
}

/**
 * Opens a book of a bonded place. The same again is the book as it stands; other particulars under its number are
 * refused by their field.
 */
export async function openBook(
  context: Context,
  principal: Principal,
  asked: StockBookBody,
): Promise<Result<store.BookRow>> {
  const allowed = keepsBooks(context, principal, asked.operator);
  if (!allowed.ok) return allowed;
  const { home } = context.reference.current().get(packsPart);
  if (!home.offices.some(({ id }) => id === asked.office))
    return refuse('clearance/book-office-unknown', { pointer: '/office', params: { office: asked.office } });
  if (asked.zone !== undefined && !home.program.zones.has(asked.zone))
    return refuse('clearance/book-zone-unknown', { pointer: '/zone', params: { zone: asked.zone } });
  const at = context.clock.instant();
  const book = {
    ...asked,
    zone: asked.zone ?? null,
    id: newId(context.clock.now()),
    opened: at,
    by: principal.subject,
  };
  return context.db.tx(async (tx) => {
    if (await store.openBook(tx, book)) {
      const { number, operator, place, office, zone } = book;
      await append(tx, [
        { kind: 'clearance.book-opened', subject: book.id, data: { number, operator, place, office, zone } },
      ]);
      return ok(book);
    }
    const known = (await store.bookOf(tx, asked.number))!;
    const differs = (['operator', 'place', 'office', 'zone'] as const).find((name) => known[name] !== book[name]);
    if (differs === undefined) return ok(known);
    return refuse('clearance/book-known', { pointer: `/${differs}`, params: { book: asked.number } });
  });
}
