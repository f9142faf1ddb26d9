import type { Tx } from '#platform/db.ts';
import { accountsAmong, change, claim, free } from '#modules/accounts/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { faultOf } from './stock-draw.ts';
import {
  type Drawn,
  drawnOf,
  figureName,
  stockAccount,
  type StockFigure,
  stockHold,
  stockText,
  stockUnits,
} from './stock-model.ts';
import { linesAmong, type StockLineRow } from './store-stock.ts';
import { type DrawRow, drawsOf, dropDraw, putDraw } from './store-stock-draws.ts';

/**
 * Brings what a parcel draws to what a further version of it declares, each line by the difference, before it leaves.
 * Answers the figures on which that version is to be decided, beside those of other accounts; one that is too small
 * stands for a line that the book does not have, and whoever then refuses the version takes everything back.
 */
export async function amendStock(
  tx: Tx,
  parcel: { readonly id: string; readonly filer: string; readonly body: Consignment },
): Promise<Record<string, StockFigure>> {
  const standing = await drawsOf(tx, [parcel.id]);
  const drawn = drawnOf(parcel.body);
  if (standing.length + drawn.length === 0) return {};
  const of = (line: number): DrawRow | undefined => standing.find((one) => one.line === line);
  const same = ({ line, stock }: Drawn): boolean => of(line)?.book === stock.book && of(line)?.item === stock.item;
  for (const draw of standing.filter((one) => !drawn.some((goods) => goods.line === one.line && same(goods)))) {
    await free(tx, [{ hold: draw.hold, kind: 'stock' }]);
    await dropDraw(tx, draw);
  }
  const lines = await linesAmong(
    tx,
    drawn.map(({ stock }) => stock),
  );
  const figures: Record<string, StockFigure> = {};
  for (const goods of drawn) {
    const there = lines.find(({ book, item }) => book === goods.stock.book && item === goods.stock.item);
    if (there === undefined) continue;
    const fault = faultOf(parcel, goods, there);
    figures[figureName(goods.line)] =
      fault === undefined
        ? await move(tx, parcel.id, goods, there, same(goods))
        : { currency: there.unit, amount: '0', fault };
  }
  return figures;
}

/** Moves one line to another quantity; what it could have where it cannot have that. */
async function move(
  tx: Tx,
  id: string,
  { line, quantity = '0' }: Drawn,
  { book, item, unit }: StockLineRow,
  held: boolean,
): Promise<StockFigure> {
  const hold = stockHold(id, line);
  const amount = stockUnits(quantity);
  const key = { hold, kind: 'stock' };
  const account = stockAccount(book, item);
  const granted = held
    ? await change(tx, { ...key, amount, ceiling: null })
    : (await claim(tx, [{ ...key, ...account, unit, amount, ceiling: null }]))[0]?.granted === true;
  if (granted) {
    await putDraw(tx, { id, line, hold, book, item, quantity: amount });
    return { currency: unit, amount: stockText(amount) };
  }
  const before = (await drawsOf(tx, [id])).find((one) => one.line === line)?.quantity ?? 0n;
  const [stands] = await accountsAmong(tx, [account]);
  const { ceiling, reserved, consumed } = stands!;
  return { currency: unit, amount: stockText((ceiling ?? 0n) - reserved - consumed + before) };
}
