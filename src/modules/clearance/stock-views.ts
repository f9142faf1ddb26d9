import { formatDecimal, parseDecimal, powerOfTen, roundDecimal } from '#kernel/decimal.ts';
import { exponent } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, seen, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { accountsAmong, statementOf } from '#modules/accounts/index.ts';
import { type Amount, packsPart } from '#modules/rulebook/index.ts';
import { bookRecord } from './stock-book.ts';
import { stockAccount, stockText } from './stock-model.ts';
import * as store from './store-stock.ts';
import { countsOfLine, lineOfDifference } from './store-stock-count.ts';
import { drawsUnder } from './store-stock-draws.ts';

/** How much of a line came in, left, and is there, each a decimal text in the line's unit. */
export interface StockFigures {
  readonly entered: string;
  readonly surplus: string;
  readonly shortage: string;
  readonly gone: string;
  readonly returned: string;
  /** Entered and surplus and returned, less shortage and gone. */
  readonly onHand: string;
  /** What parcels have asked for that have not left yet. */
  readonly reserved: string;
  /** What a further parcel may ask for. */
  readonly free: string;
}

/** A line of a book as it leaves. */
export interface StockLine {
  readonly item: string;
  readonly owner: string;
  readonly commodity: string;
  readonly description: string;
  readonly language: string;
  readonly origin: string | null;
  readonly unit: string;
  readonly unitValue: Amount;
  readonly figures: StockFigures;
}

/** A book as it leaves. */
export interface StockBook {
  readonly number: string;
  readonly operator: string;
  readonly place: string;
  readonly office: string;
  readonly zone: string | null;
  readonly opened: string;
}

const shownBook = ({ number, operator, place, office, zone, opened }: store.BookRow): StockBook => ({
  number,
  operator,
  place,
  office,
  zone,
  opened,
});

/** For whom a principal looks: his own party and those he represents for reading; null for an authority. */
function lookedFor(principal: Principal): readonly string[] | null {
  if (may(principal, 'stock.read', bookRecord({ id: '', operator: '' }))) return null;
  const { party, representations } = principal;
  if (party === null) return [];
  const all = [party, ...representations.map((one) => one.represented)];
  return [...new Set(all)].filter((one) => may(principal, 'stock.read', bookRecord({ id: '', operator: one })));
}

const pageSize = 50;

/** The books that this principal may see, each with the number of its lines. */
export async function stockBooks(
  context: Context,
  principal: Principal,
  after = '',
): Promise<{ books: (StockBook & { lines: number })[]; next: string | null }> {
  const parties = lookedFor(principal);
  const rows = await store.booksOf(context.db, parties, after, pageSize + 1);
  const books = rows.slice(0, pageSize).map((row) => ({ ...shownBook(row), lines: Number(row.lines) }));
  return { books, next: rows.length > pageSize ? books.at(-1)!.number : null };
}

/** A book that this principal may see, and whose lines of it: null for all of them. */
async function seenBook(
  context: Context,
  principal: Principal,
  number: string,
): Promise<Result<{ book: store.BookRow; owners: readonly string[] | null }>> {
  const unknown = refuse('clearance/book-unknown', { pointer: '/book', params: { book: number } });
  const book = await store.bookOf(context.db, number);
  if (book === undefined) return unknown;
  const parties = lookedFor(principal);
  if (parties === null || parties.includes(book.operator)) return ok({ book, owners: null });
  const [mine] = await store.linesOf(context.db, number, parties, '', 1);
  return mine === undefined ? unknown : ok({ book, owners: parties });
}

type Keys = readonly Pick<store.StockLineRow, 'book' | 'item'>[];

/** The figures of lines by their item: of movements by kind, and of their accounts what is reserved. */
async function figuresOf(context: Context, lines: Keys): Promise<Map<string, StockFigures>> {
  const { db } = context;
  const sums = await store.sumsOf(db, lines);
  const accounts = await accountsAmong(
    db,
    lines.map(({ book, item }) => stockAccount(book, item)),
  );
  return new Map(
    lines.map(({ item }) => {
      const of = (kind: store.MovementKind): bigint =>
        sums.find((one) => one.item === item && one.kind === kind)?.quantity ?? 0n;
      const { ceiling = 0n, consumed = 0n, reserved = 0n } = accounts.find((one) => one.period === item) ?? {};
      const onHand = (ceiling ?? 0n) - consumed;
      const figures: StockFigures = {
        entered: stockText(of('entered')),
        surplus: stockText(of('surplus')),
        shortage: stockText(of('shortage')),
        gone: stockText(of('gone')),
        returned: stockText(of('returned')),
        onHand: stockText(onHand),
        reserved: stockText(reserved),
        free: stockText(onHand - reserved),
      };
      return [item, figures];
    }),
  );
}

/** A decimal without places that say nothing, but for as many as its currency has. */
function trimmed(decimal: string, least: number): string {
  const value = parseDecimal(decimal)!;
  let { scale } = value;
  while (scale > least && value.digits % powerOfTen(value.scale - scale + 1) === 0n) scale -= 1;
  return formatDecimal(roundDecimal(value, scale, 'half-up'));
}

const shownLine = (line: store.StockLineRow, figures: StockFigures): StockLine => {
  const { item, owner, commodity, description, language, origin, unit, currency, unitValue } = line;
  return {
    item,
    owner,
    commodity,
    description,
    language,
    origin,
    unit,
    unitValue: { currency, amount: trimmed(unitValue, exponent(currency)) },
    figures,
  };
};

/** A line as this principal sees it: the keeper of the book and the owner of the goods see all of it. */
function lineFor(principal: Principal, book: store.BookRow, line: store.StockLineRow, figures: StockFigures) {
  const record = bookRecord(book, [line.owner]);
  return { item: line.item, ...view(principal, { ...record, data: shownLine(line, figures) }) };
}

/** A book with a page of its lines, as this principal sees them. */
export async function stockBook(
  context: Context,
  principal: Principal,
  number: string,
  after = '',
  size = pageSize,
): Promise<Result<{ book: StockBook; lines: (Partial<StockLine> & { item: string })[]; next: string | null }>> {
  const found = await seenBook(context, principal, number);
  if (!found.ok) return found;
  const { book, owners } = found.value;
  const rows = await store.linesOf(context.db, number, owners, after, size + 1);
  const lines = rows.slice(0, size);
  const figures = await figuresOf(context, lines);
  return ok({
    book: shownBook(book),
    lines: lines.map((line) => lineFor(principal, book, line, figures.get(line.item)!)),
    next: rows.length > size ? lines.at(-1)!.item : null,
  });
}

/** The line of a book that a difference is about, by the id of the difference. */
export const differenceLine = (context: Context, id: string) => lineOfDifference(context.db, id);

/** A movement of a line as it leaves. */
export interface StockMovement {
  readonly at: string;
  readonly kind: store.MovementKind;
  readonly quantity: string;
  /** The entry, departure, return, or difference that it was made for. */
  readonly cause: string;
  readonly parcel: string | null;
  /** The number of that parcel's declaration, as its declarant gave it. */
  readonly declaration: string | null;
  readonly line: number | null;
}

/** A goods line of a parcel that holds some of a line of stock. */
export interface StockDraw {
  readonly parcel: string;
  readonly declaration: string | null;
  readonly line: number;
  readonly quantity: string;
  readonly reserved: string;
  readonly gone: string;
}

export interface StockLineView {
  readonly book: StockBook;
  readonly line: Partial<StockLine> & { readonly item: string };
  /** The latest first. */
  readonly movements: readonly StockMovement[];
  readonly draws: readonly StockDraw[];
  readonly counts: readonly {
    readonly at: string;
    readonly counter: string;
    readonly expected: string;
    readonly counted: string;
    readonly explanation: string | null;
    readonly case: string | null;
  }[];
  /** What was on hand at the end of each day on which something moved. */
  readonly days: readonly { readonly day: string; readonly onHand: string }[];
  readonly next: string | null;
}

/** One line of a book with what moved it, as this principal sees it. */
export async function stockLine(
  context: Context,
  principal: Principal,
  number: string,
  item: string,
  before: bigint | null = null,
): Promise<Result<StockLineView>> {
  const found = await seenBook(context, principal, number);
  if (!found.ok) return found;
  const { book, owners } = found.value;
  const { db } = context;
  const [line] = await store.linesAmong(db, [{ book: number, item }]);
  if (line === undefined || (owners !== null && !owners.includes(line.owner)))
    return refuse('clearance/stock-item-unknown', { pointer: '/item', params: { item } });
  const classes = seen(principal, bookRecord(book, [line.owner]));
  const moves = classes.has('goods') ? await store.movementsOf(db, line, before, pageSize + 1) : [];
  const { timeZone } = context.reference.current().get(packsPart).home;
  const counts = classes.has('goods') ? await countsOfLine(db, line, pageSize) : [];
  return ok({
    book: shownBook(book),
    line: lineFor(principal, book, line, (await figuresOf(context, [line])).get(item)!),
    movements: moves.slice(0, pageSize).map(({ at, kind, quantity, cause, parcel, declaration, line: of }) => ({
      at,
      kind,
      quantity: stockText(quantity),
      cause,
      parcel,
      declaration,
      line: of,
    })),
    draws: classes.has('goods') ? await drawsOnLine(context, line) : [],
    counts: counts.map(({ at, counter, expected, counted, explanation, difference }) => ({
      at,
      counter,
      expected: stockText(expected),
      counted: stockText(counted),
      explanation,
      case: difference,
    })),
    days: classes.has('goods')
      ? (await store.dailyOf(db, line, timeZone)).map(({ day, onHand }) => ({ day, onHand: stockText(onHand) }))
      : [],
    next: moves.length > pageSize ? String(moves[pageSize - 1]!.number) : null,
  });
}

/** The latest parcels that hold something of a line. */
async function drawsOnLine(context: Context, { book, item }: store.StockLineRow): Promise<StockDraw[]> {
  const { holds } = await statementOf(context.db, stockAccount(book, item), { size: pageSize });
  const draws = new Map(
    (
      await drawsUnder(
        context.db,
        holds.map(({ hold }) => hold),
      )
    ).map((draw) => [draw.hold, draw]),
  );
  return holds.flatMap(({ hold, amount, reserved, consumed }) => {
    const draw = draws.get(hold);
    if (draw === undefined) return [];
    const { id: parcel, declaration, line } = draw;
    return [
      {
        parcel,
        declaration,
        line,
        quantity: stockText(amount),
        reserved: stockText(reserved),
        gone: stockText(consumed),
      },
    ];
  });
}
