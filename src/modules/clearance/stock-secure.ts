import type { Tx } from '#platform/db.ts';
import { change, claim, free, holdOf } from '#modules/accounts/index.ts';
import { bookOf, linesAmong, sumsOf } from './store-stock.ts';

const leaving = ['gone', 'shortage'];

/**
 * Brings the guarantee of lines to what is suspended for the goods that are on hand: of all that was suspended at their
 * entries the part that is still there, rounded up. False where it does not reach; then it stays as it was. What the
 * law does not ask to be secured was entered without anything suspended, and holds nothing.
 */
export async function secureStock(
  tx: Tx,
  keys: readonly { readonly book: string; readonly item: string }[],
  unit?: string,
): Promise<boolean> {
  const lines = await linesAmong(tx, keys);
  const sums = await sumsOf(tx, lines);
  let reached = true;
  for (const { book, item, id } of lines) {
    const mine = sums.filter((one) => one.book === book && one.item === item);
    const suspended = mine.reduce((sum, one) => sum + one.suspended, 0n);
    if (suspended === 0n) continue;
    const onHand = mine.reduce((sum, { kind, quantity }) => sum + (leaving.includes(kind) ? -quantity : quantity), 0n);
    const entered = mine.find(({ kind }) => kind === 'entered')?.quantity ?? 0n;
    const part = onHand > entered ? entered : onHand;
    const amount = (suspended * part + entered - 1n) / entered;
    reached = (await secureLine(tx, id, book, amount, unit)) && reached;
  }
  return reached;
}

async function secureLine(
  tx: Tx,
  hold: string,
  book: string,
  amount: bigint,
  unit: string | undefined,
): Promise<boolean> {
  const key = { hold, kind: 'guarantee' };
  const standing = ((await holdOf(tx, key))?.reserved ?? 0n) > 0n;
  if (standing && amount === 0n) return (await free(tx, [key])).length > 0;
  if (standing) return change(tx, { ...key, amount, ceiling: null });
  if (amount === 0n || unit === undefined) return amount === 0n;
  const operator = (await bookOf(tx, book))!.operator;
  const [claimed] = await claim(tx, [{ ...key, owner: operator, period: '', unit, amount, ceiling: null }]);
  return claimed?.granted === true;
}
