import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import type { JournalEntry } from '#platform/journal.ts';
import {
  accountsAmong,
  type Claim,
  consume,
  free,
  type HoldKey,
  reserveAgain,
  type Reservation,
  restore,
} from '#modules/accounts/index.ts';
import { type Consignment, packsPart } from '#modules/rulebook/index.ts';
import { recordOf } from './read.ts';
import type { Item } from './rows.ts';
import { type Drawn, drawnOf, figureName, stockAccount, stockHold, stockText, stockUnits } from './stock-model.ts';
import { secureStock } from './stock-secure.ts';
import { linesAmong, type MovementRow, type StockLineRow, writeMovements } from './store-stock.ts';
import { type DrawRow, drawsOf, movedBefore, returnedDraws, writeDraws } from './store-stock-draws.ts';

/** A goods line that asks a line of a book for what it sells. */
export interface Asking {
  readonly item: Item;
  readonly line: number;
  readonly claim: Claim;
}

const keyOf = ({ book, item }: { book: string; item: string }): string => `${book}\n${item}`;

/**
 * What the parcels of a batch ask of books. A goods line that may not draw from the line it names asks for nothing, and
 * its figure says why. The lines of the books are read only where a parcel names one.
 */
export async function stockAsked(connection: Tx, items: readonly Item[]): Promise<Asking[]> {
  const named = items.flatMap((item) => drawnOf(item.submission.body).map((goods) => ({ item, goods })));
  if (named.length === 0) return [];
  const known = new Map(
    (
      await linesAmong(
        connection,
        named.map(({ goods }) => goods.stock),
      )
    ).map((line) => [keyOf(line), line]),
  );
  return named.flatMap(({ item, goods }): Asking[] => {
    const { line, unit = '', quantity = '0', stock } = goods;
    const there = known.get(keyOf(stock));
    if (there === undefined) return [];
    const fault = faultOf(item.submission, goods, there);
    if (fault !== undefined) item.accounts[figureName(line)] = { currency: there.unit, amount: '0', fault };
    const amount = stockUnits(quantity);
    if (fault !== undefined || amount === 0n) return [];
    const account = stockAccount(stock.book, stock.item);
    return [{ item, line, claim: { hold: stockHold(item.id, line), ...account, unit, amount, ceiling: null } }];
  });
}

/** Why a goods line may not be drawn from this line of a book. */
export function faultOf(
  { filer, body }: { readonly filer: string; readonly body: Consignment },
  goods: Drawn,
  line: StockLineRow,
): string | undefined {
  const { seller = [], importer = [], declarant = [] } = recordOf({ id: '', filer, desk: null, body }).parties;
  if (![...seller, ...importer, ...declarant].includes(line.owner)) return 'clearance/stock-other-owner';
  if (goods.unit !== line.unit) return 'clearance/stock-other-unit';
  const { commodity, origin } = goods;
  const differs = (said: string | null | undefined, kept: string | null): boolean =>
    typeof said === 'string' && said !== kept;
  return differs(commodity, line.commodity) || differs(origin, line.origin) ? 'clearance/stock-other-goods' : undefined;
}

/** Writes down what each line could have: all that it asked, or what was left when it asked. */
export async function figureStock(
  connection: Tx,
  asked: readonly Asking[],
  answers: readonly Reservation[],
): Promise<void> {
  const refused = asked.filter((_, index) => !answers[index]!.granted);
  const accounts =
    refused.length === 0
      ? []
      : await accountsAmong(
          connection,
          refused.map(({ claim }) => claim),
        );
  const ceilings = new Map(accounts.map((one) => [keyOf({ book: one.owner, item: one.period }), one.ceiling ?? 0n]));
  for (const [index, { item, line, claim }] of asked.entries()) {
    const { granted, used } = answers[index]!;
    const left = (ceilings.get(keyOf({ book: claim.owner, item: claim.period })) ?? 0n) - used;
    const amount = stockText(granted ? claim.amount : left > 0n ? left : 0n);
    item.accounts[figureName(line)] = { currency: claim.unit, amount };
  }
}

/** Writes what decided parcels draw, where any of them draws. */
export async function keepDraws(connection: Tx, items: readonly Item[]): Promise<void> {
  const rows = items.flatMap(({ id, submission }) =>
    drawnOf(submission.body).map(({ line, quantity = '0', stock: { book, item } }): DrawRow => {
      return { id, line, hold: stockHold(id, line), book, item, quantity: stockUnits(quantity) };
    }),
  );
  if (rows.length > 0) await writeDraws(connection, rows);
}

const holdsOf = (draws: readonly { hold: string }[]): HoldKey[] => draws.map(({ hold }) => ({ hold, kind: 'stock' }));

/** Gives back what these parcels have reserved of stock: they were cancelled or denied, and their goods lie on. */
export async function freeDraws(tx: Tx, ids: readonly string[]): Promise<void> {
  const draws = await drawsOf(tx, ids);
  if (draws.length > 0) await free(tx, holdsOf(draws));
}

/**
 * Reserves again what these parcels drew before they were denied. Where one line no longer has it, nothing is reserved
 * and the answer is false.
 */
export async function redraw(tx: Tx, ids: readonly string[]): Promise<boolean> {
  const holds = holdsOf(await drawsOf(tx, ids));
  if (holds.length === 0) return true;
  const again = await reserveAgain(tx, holds);
  if (again.every(({ granted }) => granted)) return true;
  await free(
    tx,
    again.filter(({ granted }) => granted),
  );
  return false;
}

const movement = (
  { book, item, id, line }: DrawRow,
  kind: 'gone' | 'returned',
  quantity: bigint,
  cause: string,
  at: string,
): MovementRow => ({ book, item, at, kind, quantity, cause, parcel: id, line, suspended: null });

/**
 * The goods of these parcels have left the bonded place by a departure: what they had reserved is consumed, and the
 * guarantee for what is suspended follows what is on hand.
 */
export async function stockGone(
  tx: Tx,
  ids: readonly string[],
  { departure, at }: { departure: string; at: string },
): Promise<void> {
  const draws = ids.length === 0 ? [] : await drawsOf(tx, ids);
  if (draws.length === 0) return;
  const moved = new Map((await consume(tx, holdsOf(draws))).map((one) => [one.hold, one.amount]));
  const gone = draws.filter(({ hold }) => (moved.get(hold) ?? 0n) > 0n);
  await writeMovements(
    tx,
    gone.map((draw) => movement(draw, 'gone', moved.get(draw.hold)!, departure, at)),
  );
  await secureStock(tx, gone);
}

/**
 * What came back by returns lies in the book again: of each goods line that was drawn exactly what was returned. It is
 * asked by parcel and return, and said again it moves nothing.
 */
export async function stockBack(
  tx: Tx,
  returns: readonly { readonly id: string; readonly return: string; readonly at: string }[],
  currency: string,
): Promise<void> {
  const rows = returns.length === 0 ? [] : await returnedDraws(tx, returns);
  if (rows.length === 0) return;
  const at = new Map(returns.map((one) => [one.return, one.at]));
  const before = await movedBefore(
    tx,
    'returned',
    rows.map((row) => row.return),
  );
  const known = new Set(before.map(({ cause, parcel, line }) => `${cause} ${parcel} ${line}`));
  const back: DrawRow[] = [];
  // A goods line may come back in two parts, each a step of its own: the hold is restored once for each.
  for (const row of rows.filter((one) => !known.has(`${one.return} ${one.id} ${one.line}`))) {
    const [moved] = await restore(tx, [{ hold: row.hold, kind: 'stock', amount: row.returned }]);
    if (moved === undefined || moved.amount === 0n) continue;
    await writeMovements(tx, [movement(row, 'returned', moved.amount, row.return, at.get(row.return)!)]);
    back.push(row);
  }
  await secureStock(tx, back, currency);
}

/** Follows returns: what was drawn from a book and came back is in it again. */
export function followReturns(context: Context, tx: Tx, entries: readonly JournalEntry[]): Promise<void> {
  const returns = entries.flatMap(({ subject: id, at, data }) => {
    const made = data?.['return'];
    return typeof made === 'string' ? [{ id, return: made, at }] : [];
  });
  return stockBack(tx, returns, context.reference.current().get(packsPart).home.currency);
}
