import { addDecimal, compareDecimal, type Decimal, formatDecimal, subtractDecimal } from '#kernel/decimal.ts';
import { type Day, dayIn } from '#kernel/effective.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append, entriesOf } from '#platform/journal.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { type Consignment, packsPart } from '#modules/rulebook/index.ts';
import { parcelFrom } from './read.ts';
import { declaredQuantity, leftOf, linesBack, partsOf, quantitiesOf } from './returns-law.ts';
import type { Item } from './rows.ts';
import { setStatus } from './store-parcels.ts';
import { parcelOf } from './store-read.ts';
import * as store from './store-returns.ts';

/** Goods that were exported and come back: the export's own record says when they left. */

/** The export that an import's goods come back from, and the day on which they left. */
export interface ReturnedExport {
  readonly id: string;
  readonly exported: Day;
}

type Goods = Consignment['declaration']['goods'];

const nothing: Decimal = { digits: 0n, scale: 0 };

/** Whether a line that comes back may be of a line that left: the same kind in the same unit. */
const alike = (back: Goods[number], left: Goods[number]): boolean =>
  back.unit === left.unit &&
  (back.commodity && left.commodity
    ? back.commodity === left.commodity
    : back.description.text === left.description.text);

/**
 * How much of each exported line comes back, where all of what comes back is found among what is left of it; undefined
 * where it is not: goods that did not leave do not come back.
 */
export function matched(
  back: Goods,
  exported: Goods,
  taken: ReadonlyMap<number, Decimal>,
): Map<number, Decimal> | undefined {
  const found = new Map<number, Decimal>();
  for (const one of back) {
    let rest = declaredQuantity(one);
    for (const line of exported.filter((left) => alike(one, left))) {
      const used = addDecimal(taken.get(line.line) ?? nothing, found.get(line.line) ?? nothing);
      const free = subtractDecimal(declaredQuantity(line), used);
      const part = compareDecimal(free, rest) < 0 ? free : rest;
      if (compareDecimal(part, nothing) <= 0) continue;
      found.set(line.line, addDecimal(found.get(line.line) ?? nothing, part));
      rest = subtractDecimal(rest, part);
    }
    if (compareDecimal(rest, nothing) > 0) return undefined;
  }
  return found;
}

/** What other imports bring back of an export, added up line by line. */
async function takenOf(
  tx: Tx,
  id: string,
  exported: Goods,
  item: Item,
  beside: readonly Item[],
): Promise<Map<number, Decimal>> {
  const taken = new Map<number, Decimal>();
  const before = (await store.importsBack(tx, id, item.id)).map(({ body }) => JSON.parse(body) as Consignment);
  const together = beside.filter(({ returns }) => returns?.id === id).map(({ submission }) => submission.body);
  for (const { declaration } of [...before, ...together]) {
    const { goods } = declaration;
    for (const [line, quantity] of matched(goods, exported, taken) ?? [])
      taken.set(line, addDecimal(taken.get(line) ?? nothing, quantity));
  }
  return taken;
}

/** Whether goods come back of which an export may be known here. */
export const isReturn = ({ submission: { body } }: Item): boolean =>
  body.declaration.nature === 'return' &&
  body.declaration.movement === 'import' &&
  (body.declaration.previousDocuments ?? []).length > 0;

/**
 * Finds the exports that imports of returned goods name, and when those left. A batch without such an import asks
 * nothing. What this window does not know as left, or has not left in this quantity, stays a missing fact.
 */
export async function findExports(tx: Tx, snapshot: Snapshot, items: readonly Item[]): Promise<void> {
  const { home } = snapshot.get(packsPart);
  for (const item of items.filter(isReturn)) {
    const { goods, previousDocuments } = item.submission.body.declaration;
    const numbers = (previousDocuments ?? []).map(({ number }) => number);
    const found = await store.exportNamed(tx, item.submission.filer, numbers);
    if (found === undefined) continue;
    const left = (await entriesOf(tx, found.id)).findLast(({ kind }) => kind === 'clearance.left')?.data['left'];
    const exported = (JSON.parse(found.body) as Consignment).declaration.goods;
    if (typeof left !== 'string' || !matched(goods, exported, await takenOf(tx, found.id, exported, item, items)))
      continue;
    item.returns = { id: found.id, exported: dayIn(left, home.timeZone) };
  }
}

/** Keeps what was found with the decision that it was an input of. */
export async function keepExports(tx: Tx, items: readonly Item[]): Promise<void> {
  const rows = items.flatMap(({ id, returns }) =>
    returns === null ? [] : [{ id, export: returns.id, exported: returns.exported }],
  );
  if (rows.length > 0) await store.writeReturnedExports(tx, rows);
}

/** Marks the exports of which these released imports bring goods back: line by line, and whole where nothing is out. */
export async function markReturned(context: Context, tx: Tx, ids: readonly string[]): Promise<void> {
  for (const { id, export: exported } of await store.returnedExportsAmong(tx, ids)) {
    const held = await store.holdParcel(tx, exported);
    const back = await parcelOf(tx, id);
    const row = await parcelOf(tx, exported);
    if (held === undefined || !back || !row || (await store.isBack(tx, exported, id))) continue;
    const parcel = parcelFrom(row);
    const before = quantitiesOf(await store.returnedOf(tx, exported));
    const goods = parcel.body.declaration.goods;
    const now = matched(parcelFrom(back).body.declaration.goods, goods, before);
    if (now === undefined) continue;
    const lines = linesBack(parcel, partsOf(parcel, before, now));
    await store.writeReturned(tx, exported, id, lines);
    const whole = leftOf(parcel, [before, now]).size === 0;
    const at = context.clock.instant();
    const [moved] = await setStatus(tx, [exported], whole ? 'returned' : row.status, whole ? at : row.since);
    const { currency } = context.reference.current().get(packsPart).home;
    const { id: subject, ...projection } = moved!;
    await append(tx, [
      {
        kind: 'clearance.returned',
        subject,
        data: {
          ...projection,
          return: id,
          lines: lines.map(({ line, quantity }) => `${line} ${formatDecimal(quantity)}`),
          refund: formatMoney({ currency, minor: 0n }).amount,
          currency,
        },
      },
    ]);
  }
}
