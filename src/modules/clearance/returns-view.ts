import { formatDecimal } from '#kernel/decimal.ts';
import { formatMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { caseOf } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import type { Parcel } from './model.ts';
import { parcelFrom, recordOf } from './read.ts';
import { sumsOf } from './returns-give.ts';
import { lawOf, leftOf, linesBack, partsOf, type Quantities, quantitiesOf, releasedAt } from './returns-law.ts';
import { type Law, type ReturnBody, returnRecord, type ReturnView } from './returns-model.ts';
import { parcelOf } from './store-read.ts';
import * as store from './store-returns.ts';

/** What was applied for. */
export const askedOf = (row: store.ReturnRow): ReturnBody => JSON.parse(row.asked) as ReturnBody;

/** What returns under way have applied for. */
export const underWay = (rows: readonly store.ReturnRow[]): Quantities[] =>
  rows
    .filter(({ back, outcome }) => back === null && outcome === null)
    .map((row) => quantitiesOf(askedOf(row).lines ?? []));

/** A return, as far as this reader may see it. Refuses `clearance/return-unknown`. */
export async function returnView(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<Partial<ReturnView>>> {
  const row = await store.returnOf(context.db, id);
  const parcel = row && (await parcelOf(context.db, row.parcel));
  const record = parcel && returnRecord(recordOf(parcelFrom(parcel)), id, row.operator);
  if (!record || !may(principal, 'consignment.read', record))
    return refuse('clearance/return-unknown', { pointer: '/id' });
  return ok(await viewOf(context, principal, row));
}

/** The returns of a parcel, as this reader may see them: nothing where he may not read the parcel. */
export async function returnsIn(
  context: Context,
  principal: Principal,
  parcel: string,
): Promise<(Partial<ReturnView> & { id: string })[]> {
  const views = [];
  for (const row of await store.returnsOf(context.db, parcel))
    views.push({ id: row.id, ...(await viewOf(context, principal, row)) });
  return views;
}

/** What is left of a parcel and could be applied for, by line; nothing where it stands otherwise than released. */
export async function returnable(context: Context, id: string): Promise<{ line: number; quantity: string }[]> {
  const row = await parcelOf(context.db, id);
  if (row === undefined || !['released', 'left'].includes(row.status)) return [];
  const parcel = parcelFrom(row);
  if (parcel.body.declaration.movement !== 'import' || (await releasedAt(context.db, id)) === undefined) return [];
  const back = quantitiesOf(await store.returnedOf(context.db, id));
  const left = leftOf(parcel, [back, ...underWay(await store.returnsOf(context.db, id))]);
  return [...left].map(([line, quantity]) => ({ line, quantity: formatDecimal(quantity) }));
}

/** What the law would say if the goods came back today, or says since they did. */
async function lawFor(context: Context, parcel: Parcel, row: store.ReturnRow): Promise<Law> {
  if (row.law !== null) return JSON.parse(row.law) as Law;
  const asked = askedOf(row);
  const back = quantitiesOf(await store.returnedOf(context.db, row.parcel));
  const parts = partsOf(parcel, back, quantitiesOf(asked.lines ?? []));
  const released = (await releasedAt(context.db, row.parcel))!;
  const moments = { released, applied: row.applied, back: context.clock.instant() };
  return lawOf(context, context.db, parcel, moments, asked, parts);
}

/** The lines of a return with what they are worth: as they came back, or as they would now. */
async function valuesOf(
  { db }: Context,
  parcel: Parcel,
  row: store.ReturnRow,
): Promise<{ line: number; quantity: string; value: bigint }[]> {
  if (row.back !== null) return store.linesOf(db, row.id);
  const parts = partsOf(
    parcel,
    quantitiesOf(await store.returnedOf(db, row.parcel)),
    quantitiesOf(askedOf(row).lines ?? []),
  );
  return linesBack(parcel, parts).map(({ line, quantity, value }) => ({
    line,
    quantity: formatDecimal(quantity),
    value,
  }));
}

/** A return as this reader sees it, who has been judged. */
export async function viewOf(
  context: Context,
  principal: Principal,
  row: store.ReturnRow,
): Promise<Partial<ReturnView>> {
  const parcel = parcelFrom((await parcelOf(context.db, row.parcel))!);
  const asked = askedOf(row);
  const { given, quota: _quota, ...law } = await lawFor(context, parcel, row);
  const { currency } = context.reference.current().get(packsPart).home;
  const gives = row.outcome === 'refunded' || (row.outcome === null && law.granted === true);
  const sums = sumsOf(gives ? given : []);
  const amount = (minor: bigint) => formatMoney({ currency, minor });
  const goods = new Map(parcel.body.declaration.goods.map((line) => [line.line, line]));
  const data: ReturnView = {
    id: row.id,
    parcel: row.parcel,
    declaration: parcel.declaration,
    reference: row.reference,
    state: row.outcome ?? (row.back === null ? 'applied' : 'doubt'),
    applied: row.applied,
    due: row.back === null && row.outcome === null ? ((await caseOf(context.db, row.id))?.due ?? null) : null,
    back: row.back,
    place: row.place,
    condition: row.condition,
    ground: asked.ground,
    reason: asked.reason ?? null,
    lines: (await valuesOf(context, parcel, row)).map(({ line, quantity, value }) => ({
      line,
      quantity,
      value: formatMoney({ currency: goods.get(line)!.price.currency, minor: value }),
    })),
    law,
    refund: { border: amount(sums.border), elsewhere: amount(sums.elsewhere) },
    given: gives ? given : [],
  };
  return view(principal, { ...returnRecord(recordOf(parcel), row.id, row.operator), data });
}
