import { createHash } from 'node:crypto';
import { divideDecimal, formatDecimal, parseDecimal } from '#kernel/decimal.ts';
import { newId } from '#kernel/id.ts';
import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { raise } from '#modules/accounts/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import type { Parcel } from './model.ts';
import { acceptedBody, parcelFrom, recordOf, reviewAgain } from './read.ts';
import { keepsBooks } from './stock-book.ts';
import { chargesOn, portionOf, securedPart, securityRate, stockDay } from './stock-charges.ts';
import { stockAccount, type StockEntryBody, stockText, stockUnits } from './stock-model.ts';
import { secureStock } from './stock-secure.ts';
import { parcelOf } from './store-read.ts';
import * as store from './store-stock.ts';

/** What an entry answers, and answers again when it is repeated. */
export interface EntryAnswer {
  readonly id: string;
  readonly book: string;
  readonly reference: string;
  readonly received: string;
  readonly lines: number;
}

/** The guarantee does not reach: what was written of the entry is taken back. */
class NotSecured extends Error {}

/**
 * Enters goods into a book that an import has brought in for it, all lines or none. The same again is answered as
 * before; another content under its reference is refused. Refuses by its line what the import does not cover.
 */
export async function enterStock(
  context: Context,
  principal: Principal,
  asked: StockEntryBody,
  raw: string,
): Promise<Result<EntryAnswer>> {
  const allowed = keepsBooks(context, principal, asked.operator);
  if (!allowed.ok) return allowed;
  const digest = createHash('sha256').update(raw).digest();
  const entry = {
    id: newId(context.clock.now()),
    book: asked.book,
    operator: asked.operator,
    reference: asked.reference,
    received: context.clock.instant(),
    by: principal.subject,
    digest,
  };
  try {
    return await context.db.tx((tx) => enter(context, tx, asked, entry));
  } catch (error) {
    if (error instanceof NotSecured)
      return refuse('clearance/stock-not-secured', { pointer: '/operator', params: { party: asked.operator } });
    throw error;
  }
}

async function enter(
  context: Context,
  tx: Tx,
  asked: StockEntryBody,
  entry: store.EntryRow,
): Promise<Result<EntryAnswer>> {
  // The book is held, so that its entries come one by one and none is written before it is known to stand.
  const book = await store.bookOf(tx, asked.book, true);
  if (book === undefined || book.operator !== asked.operator)
    return refuse('clearance/book-unknown', { pointer: '/book', params: { book: asked.book } });
  const known = await store.entryOf(tx, book.number, asked.reference);
  if (known !== undefined)
    return known.digest.equals(entry.digest)
      ? ok(answerOf(known, asked.lines.length))
      : refuse('clearance/stock-reference-known', { pointer: '/reference', params: { reference: asked.reference } });
  const imports = await importsOf(context, tx, asked);
  if (!imports.ok) return imports;
  const drafted = await draft(context, tx, book, asked, imports.value);
  if (!drafted.ok) return drafted;
  const { lines, fresh, movements } = drafted.value;
  await store.writeEntry(tx, entry);
  await store.writeLines(tx, fresh);
  const sums = new Map<string, bigint>();
  for (const { item, quantity } of movements) sums.set(item, (sums.get(item) ?? 0n) + quantity);
  const raised = await raise(
    tx,
    [...sums].map(([item, amount]) => ({
      ...stockAccount(book.number, item),
      unit: lines.get(item)!.unit,
      amount,
    })),
  );
  if (raised.length !== sums.size) throw new Error(`book ${book.number}: an account is in another unit than its line`);
  await store.writeMovements(
    tx,
    movements.map((one) => ({ ...one, cause: entry.id, at: entry.received })),
  );
  const { currency } = context.reference.current().get(packsPart).home;
  if (!(await secureStock(tx, movements, currency))) throw new NotSecured();
  const { reference, operator, by } = entry;
  await append(tx, [
    {
      kind: 'clearance.stock-entered',
      subject: entry.id,
      data: {
        book: book.number,
        operator,
        reference,
        by,
        items: [...sums].map(([item, units]) => `${item}: ${stockText(units)} ${lines.get(item)!.unit}`),
      },
    },
  ]);
  return ok(answerOf(entry, asked.lines.length));
}

const answerOf = ({ id, book, reference, received }: store.EntryRow, lines: number): EntryAnswer => ({
  id,
  book,
  reference,
  received,
  lines,
});

/** The obligation of a pack by which an import brings its goods in for a book of a bonded place. */
const entering = 'enter-stock';

/** The imports that the lines of an entry name, each once and as it was accepted. */
async function importsOf(context: Context, tx: Tx, asked: StockEntryBody): Promise<Result<Map<string, Parcel>>> {
  const imports = new Map<string, Parcel>();
  for (const [index, line] of asked.lines.entries()) {
    if (imports.has(line.import)) continue;
    const refused = (code: string): Result<never> =>
      refuse(code, { pointer: `/lines/${index}/import`, params: { import: line.import } });
    const row = await parcelOf(tx, line.import);
    const parcel = row && parcelFrom(row);
    const { operator = [], importer = [], declarant = [] } = parcel === undefined ? {} : recordOf(parcel).parties;
    if (parcel === undefined || ![...operator, ...importer, ...declarant].includes(asked.operator))
      return refused('clearance/stock-import-unknown');
    if (parcel.status !== 'released' && parcel.status !== 'left') return refused('clearance/stock-import-not-released');
    const { determination } = await reviewAgain(context, parcel);
    if (!determination.obligations.some(({ id }) => id === entering))
      return refused('clearance/stock-import-not-suspended');
    imports.set(line.import, parcel);
  }
  await store.holdImports(tx, [...imports.keys()]);
  return ok(imports);
}

interface Drafted {
  /** The lines of the book that the entry touches, by item: those that stand and those that it opens. */
  readonly lines: Map<string, store.StockLineRow>;
  readonly fresh: readonly store.StockLineRow[];
  readonly movements: readonly Omit<store.MovementRow, 'cause' | 'at'>[];
}

/** Works out what an entry writes, or why it may not: everything is decided before the first row. */
async function draft(
  context: Context,
  tx: Tx,
  book: store.BookRow,
  asked: StockEntryBody,
  imports: ReadonlyMap<string, Parcel>,
): Promise<Result<Drafted>> {
  const standing = await store.linesAmong(
    tx,
    asked.lines.map(({ item }) => ({ book: book.number, item })),
  );
  const lines = new Map(standing.map((line) => [line.item, line]));
  const entered = new Map(
    (await store.enteredOf(tx, [...imports.keys()])).map((one) => [`${one.parcel} ${one.line}`, one.quantity]),
  );
  const fresh: store.StockLineRow[] = [];
  const movements: Omit<store.MovementRow, 'cause' | 'at'>[] = [];
  const on = stockDay(context);
  const rate = securityRate(context, on, book.zone);
  for (const [index, line] of asked.lines.entries()) {
    const wrong = (error: Refusal): Result<never> => ({
      ok: false,
      error: { ...error, pointer: `/lines/${index}${error.pointer ?? ''}` },
    });
    const parcel = imports.get(line.import)!;
    const body = acceptedBody(parcel.body, parcel.accepted);
    const there = lineOf(context, book, line, { ...parcel, body });
    if (!there.ok) return wrong(there.error);
    const stands = lines.get(line.item);
    const differs = stands && identity.find((name) => stands[name] !== there.value[name]);
    if (differs)
      return wrong({
        code: 'clearance/stock-line-differs',
        pointer: '/item',
        params: { item: line.item, field: differs },
      });
    if (!stands) fresh.push(there.value);
    lines.set(line.item, stands ?? there.value);
    const key = `${line.import} ${line.line}`;
    const quantity = stockUnits(line.quantity);
    const before = entered.get(key) ?? 0n;
    const declared = stockUnits(body.declaration.goods.find((one) => one.line === line.line)?.quantity ?? '0');
    if (before + quantity > declared)
      return wrong({
        code: 'clearance/stock-import-exceeded',
        pointer: '/quantity',
        params: { declared: stockText(declared), left: stockText(declared - before), unit: there.value.unit },
      });
    entered.set(key, before + quantity);
    const owed = rate === null ? null : chargesOn(context, portionOf(body, line.line, quantity), on);
    if (owed !== null && !owed.ok) return wrong({ ...owed.error, pointer: '/line' });
    const suspended = owed === null || rate === null ? null : securedPart(owed.value.border.minor, rate);
    const of = { book: book.number, item: line.item, kind: 'entered' as const, quantity };
    movements.push({ ...of, parcel: line.import, line: line.line, suspended });
  }
  return ok({ lines, fresh, movements });
}

/** The finest places in which an amount is said. */
const amountScale = 4;

/** What makes two entries the same line of a book. */
const identity = ['owner', 'commodity', 'origin', 'unit'] as const;

/** The line of the book that a goods line of an import makes. */
function lineOf(
  context: Context,
  book: store.BookRow,
  line: StockEntryBody['lines'][number],
  parcel: Parcel,
): Result<store.StockLineRow> {
  const goods = parcel.body.declaration.goods.find((one) => one.line === line.line);
  if (goods === undefined)
    return refuse('clearance/stock-import-line-unknown', { pointer: '/line', params: { line: String(line.line) } });
  const { commodity, unit, quantity, origin = null, price, description } = goods;
  const whole = quantity === undefined ? undefined : parseDecimal(quantity);
  if (typeof commodity !== 'string' || unit === undefined || whole === undefined || whole.digits === 0n)
    return refuse('clearance/stock-import-line-bare', { pointer: '/line', params: { line: String(line.line) } });
  if (stockUnits(line.quantity) === 0n) return refuse('clearance/stock-nothing', { pointer: '/quantity' });
  const { importer = [], seller = [], declarant = [] } = recordOf(parcel).parties;
  const owner = line.owner ?? importer[0] ?? seller[0] ?? declarant[0]!;
  if (![...importer, ...seller, ...declarant].includes(owner))
    return refuse('clearance/stock-owner-not-named', { pointer: '/owner', params: { party: owner } });
  return ok({
    book: book.number,
    item: line.item,
    id: newId(context.clock.now()),
    owner,
    commodity,
    description: description.text,
    language: description.language,
    origin,
    unit,
    currency: price.currency,
    unitValue: formatDecimal(divideDecimal(parseDecimal(price.amount)!, whole, amountScale, 'half-up')),
  });
}
