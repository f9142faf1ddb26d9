import { compareDecimal, formatDecimal } from '#kernel/decimal.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Refusal } from '#kernel/result.ts';
import { msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import type { CaseRow } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { parcelFrom } from './read.ts';
import { sumsOf } from './returns-give.ts';
import { lawOf, leftOf, linesBack, partsOf, quantitiesOf, releasedAt } from './returns-law.ts';
import type { ReturnArrival, ReturnBody } from './returns-model.ts';
import { setStatus } from './store-parcels.ts';
import { parcelOf } from './store-read.ts';
import * as store from './store-returns.ts';

/**
 * The goods of a return are there: what came back is written line by line, the law is asked on the days that now are
 * known, and a parcel of which nothing is left is returned. The case is held, then the parcel.
 */
export async function goodsBack(context: Context, tx: Tx, one: CaseRow): Promise<Refusal | undefined> {
  await store.holdParcel(tx, one.subject);
  const arrival = one.details as ReturnArrival;
  const row = (await store.returnOf(tx, one.id))!;
  const parcel = parcelFrom((await parcelOf(tx, one.subject))!);
  const asked = JSON.parse(row.asked) as ReturnBody;
  const before = quantitiesOf(await store.returnedOf(tx, one.subject));
  const now = quantitiesOf(asked.lines ?? []);
  const left = leftOf(parcel, [before]);
  const over = [...now].find(([line, quantity]) => compareDecimal(quantity, left.get(line) ?? zero) > 0);
  if (over !== undefined) return moreThanLeft(over[0], left);
  const released = (await releasedAt(tx, one.subject))!;
  if (msOfInstant(arrival.back) < msOfInstant(released))
    return { code: 'clearance/return-before-release', pointer: '/back' };
  const parts = partsOf(parcel, before, now);
  const law = await lawOf(context, tx, parcel, { released, applied: row.applied, back: arrival.back }, asked, parts);
  await store.writeBack(tx, one.id, { ...arrival, law: JSON.stringify(law) });
  const lines = linesBack(parcel, parts);
  await store.writeReturned(tx, one.subject, one.id, lines);
  const whole = leftOf(parcel, [before, now]).size === 0;
  const [moved] = await setStatus(
    tx,
    [one.subject],
    whole ? 'returned' : parcel.status,
    whole ? context.clock.instant() : parcel.since,
  );
  const { currency } = context.reference.current().get(packsPart).home;
  const given = law.granted === true && arrival.condition === 'as-sent' ? sumsOf(law.given).border : 0n;
  const { id: subject, ...projection } = moved!;
  await append(tx, [
    {
      kind: 'clearance.returned',
      subject,
      data: {
        ...projection,
        return: one.id,
        // Each as `<line> <quantity>`.
        lines: lines.map(({ line, quantity }) => `${line} ${formatDecimal(quantity)}`),
        refund: formatMoney({ currency, minor: given }).amount,
        currency,
      },
    },
  ]);
  return undefined;
}

const zero = { digits: 0n, scale: 0 };

/** What is refused where more would go back than there is. */
export const moreThanLeft = (line: number, left: ReadonlyMap<number, typeof zero>, pointer = '/id'): Refusal => ({
  code: 'clearance/return-more-than-left',
  pointer,
  params: { line: String(line), left: formatDecimal(left.get(line) ?? zero) },
});
