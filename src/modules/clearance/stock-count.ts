import { createHash } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { accountsAmong } from '#modules/accounts/index.ts';
import { open } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { clock } from './clocks.ts';
import { soundInstant } from './review.ts';
import { bookRecord } from './stock-book.ts';
import { stockDay } from './stock-charges.ts';
import { stockDifference } from './stock-difference.ts';
import { stockAccount, type StockCountBody, stockText, stockUnits } from './stock-model.ts';
import { bookOf, type BookRow, linesAmong, type StockLineRow } from './store-stock.ts';
import * as store from './store-stock-count.ts';

/** What a count answers, and answers again when it is repeated: each line against what the book said. */
export interface CountAnswer {
  readonly id: string;
  readonly book: string;
  readonly reference: string;
  readonly counted: string;
  readonly received: string;
  readonly lines: readonly {
    readonly item: string;
    readonly unit: string;
    readonly expected: string;
    readonly counted: string;
    /** What there is more than the book says; less is below nought. */
    readonly difference: string;
    /** What the case about the difference is about; null where there is none. */
    readonly case: string | null;
  }[];
}

/**
 * Takes a count of lines of a book, from its operator or from an officer. Each is compared with what the book has on
 * hand at this moment; a difference opens a case, and moves nothing until it is decided.
 */
export async function countStock(
  context: Context,
  principal: Principal,
  asked: StockCountBody,
  raw: string,
): Promise<Result<CountAnswer>> {
  const book = await bookOf(context.db, asked.book);
  const unknown = refuse('clearance/book-unknown', { pointer: '/book', params: { book: asked.book } });
  if (book === undefined || !may(principal, 'stock.read', bookRecord(book))) return unknown;
  if (!may(principal, 'stock.count', bookRecord(book)))
    return refuse('clearance/not-yours', { pointer: '/book', params: { party: book.operator } });
  const instant = soundInstant(asked.counted, '/counted');
  if (!instant.ok) return instant;
  const count: store.CountRow = {
    id: newId(context.clock.now()),
    book: book.number,
    counter: principal.authority ?? principal.party ?? '',
    reference: asked.reference,
    counted: asked.counted,
    received: context.clock.instant(),
    by: principal.subject,
    digest: createHash('sha256').update(raw).digest(),
  };
  return context.db.tx((tx) => take(context, tx, book, asked, count));
}

async function take(
  context: Context,
  tx: Tx,
  book: BookRow,
  asked: StockCountBody,
  count: store.CountRow,
): Promise<Result<CountAnswer>> {
  await bookOf(tx, book.number, true);
  const keys = asked.lines.map(({ item }) => ({ book: book.number, item }));
  const lines = new Map((await linesAmong(tx, keys)).map((line) => [line.item, line]));
  const known = await store.countOf(tx, count);
  if (known !== undefined)
    return known.digest.equals(count.digest)
      ? ok(answerOf(known, lines, await store.countLinesOf(tx, known.id)))
      : refuse('clearance/stock-reference-known', { pointer: '/reference', params: { reference: asked.reference } });
  const accounts = new Map(
    (
      await accountsAmong(
        tx,
        keys.map(({ item }) => stockAccount(book.number, item)),
      )
    ).map((one) => [one.period, one]),
  );
  const counted: store.CountLineRow[] = [];
  for (const [index, { item, quantity, explanation = null }] of asked.lines.entries()) {
    const pointer = `/lines/${index}/item`;
    if (!lines.has(item)) return refuse('clearance/stock-item-unknown', { pointer, params: { item } });
    if (counted.some((one) => one.item === item))
      return refuse('clearance/stock-item-repeated', { pointer, params: { item } });
    const { ceiling, consumed } = accounts.get(item)!;
    const expected = (ceiling ?? 0n) - consumed;
    const found = stockUnits(quantity);
    const difference = found === expected ? null : newId(context.clock.now());
    counted.push({ item, expected, counted: found, explanation, difference });
  }
  await store.writeCount(tx, count, counted);
  await openDifferences(context, tx, book, lines, counted);
  const { reference, counter, by } = count;
  await append(tx, [
    {
      kind: 'clearance.stock-counted',
      subject: count.id,
      data: {
        book: book.number,
        reference,
        counter,
        by,
        items: counted.map((one) => `${one.item}: ${stockText(one.counted)} of ${stockText(one.expected)}`),
      },
    },
  ]);
  return ok(answerOf(count, lines, counted));
}

/** A count of a book as this principal may see it: the keeper and authorities see all of it. */
export async function countView(
  context: Context,
  principal: Principal,
  number: string,
  id: string,
): Promise<Result<CountAnswer>> {
  const book = await bookOf(context.db, number);
  const count = await store.countById(context.db, id);
  if (book === undefined || count?.book !== number || !may(principal, 'stock.read', bookRecord(book)))
    return refuse('clearance/book-unknown', { pointer: '/book', params: { book: number } });
  const rows = await store.countLinesOf(context.db, id);
  const keys = rows.map(({ item }) => ({ book: number, item }));
  const lines = new Map((await linesAmong(context.db, keys)).map((line) => [line.item, line]));
  return ok(answerOf(count, lines, rows));
}

/** Opens a case for each difference, on the desk that stands first in this economy. */
async function openDifferences(
  context: Context,
  tx: Tx,
  book: BookRow,
  lines: ReadonlyMap<string, StockLineRow>,
  counted: readonly store.CountLineRow[],
): Promise<void> {
  const { home } = context.reference.current().get(packsPart);
  const own = { procedure: stockDifference.name, hours: 720 };
  const facts = clock(home, stockDay(context), 'stock-difference', 'decide', own);
  await open(
    tx,
    { procedure: stockDifference.name, actor: 'window', at: context.clock.instant() },
    counted.flatMap(({ item, expected, counted: found, difference: subject }) =>
      subject === null
        ? []
        : [
            {
              id: newId(context.clock.now()),
              subject,
              desk: home.desks[0] ?? null,
              parties: { payer: [book.operator], seller: [lines.get(item)!.owner] },
              facts: {
                cause: found < expected ? 'stock-short' : 'stock-over',
                book: book.number,
                item,
                expected: stockText(expected),
                counted: stockText(found),
                unit: lines.get(item)!.unit,
                ...facts,
              },
            },
          ],
    ),
  );
}

const signed = (units: bigint): string => (units < 0n ? `-${stockText(-units)}` : stockText(units));

const answerOf = (
  { id, book, reference, counted: at, received }: store.CountRow,
  lines: ReadonlyMap<string, StockLineRow>,
  rows: readonly store.CountLineRow[],
): CountAnswer => ({
  id,
  book,
  reference,
  counted: at,
  received,
  lines: rows.map(({ item, expected, counted, difference }) => ({
    item,
    unit: lines.get(item)!.unit,
    expected: stockText(expected),
    counted: stockText(counted),
    difference: signed(counted - expected),
    case: difference,
  })),
});
