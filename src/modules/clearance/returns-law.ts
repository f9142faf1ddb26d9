import { compareDecimal, type Decimal, parseDecimal, subtractDecimal } from '#kernel/decimal.ts';
import { addDays, type Day, dayIn } from '#kernel/effective.ts';
import { allocate, formatMoney, parseMoney } from '#kernel/money.ts';
import { must } from '#kernel/result.ts';
import { msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { entriesOf } from '#platform/journal.ts';
import { holdOf } from '#modules/accounts/index.ts';
import {
  assess,
  deadlinesInForce,
  explain,
  type Explained,
  type Pack,
  packsPart,
  startOfDay,
} from '#modules/rulebook/index.ts';
import { clock } from './clocks.ts';
import type { Parcel } from './model.ts';
import { acceptedBody, explainAgain } from './read.ts';
import type { Given, Law, ReturnBody } from './returns-model.ts';
import { cut, cutDecimal, giveable, type Part, valuesOf } from './returns-split.ts';
import type { ReturnedLine } from './store-returns.ts';

const nothing: Decimal = { digits: 0n, scale: 0 };
const decimal = (text: string): Decimal => parseDecimal(text) ?? nothing;

/** The goods as they count: with what an officer accepted. */
const goodsOf = (parcel: Parcel) => acceptedBody(parcel.body, parcel.accepted).declaration.goods;

/** How much a line declares. One whose quantity nobody stated counts as one, and goes back whole. */
export const declaredQuantity = ({ quantity }: { readonly quantity?: string }): Decimal => decimal(quantity ?? '1');

/** How much of each line is back, by line. */
export type Quantities = ReadonlyMap<number, Decimal>;

export const quantitiesOf = (rows: readonly { readonly line: number; readonly quantity: string }[]): Quantities =>
  new Map(rows.map(({ line, quantity }) => [line, decimal(quantity)]));

/** What is left of each line that has something left, less what others have applied for. */
export function leftOf(parcel: Parcel, taken: readonly Quantities[]): Quantities {
  const left = new Map<number, Decimal>();
  for (const goods of goodsOf(parcel)) {
    const { line } = goods;
    const whole = declaredQuantity(goods);
    const rest = taken.reduce((sum, one) => subtractDecimal(sum, one.get(line) ?? nothing), whole);
    if (compareDecimal(rest, nothing) > 0) left.set(line, rest);
  }
  return left;
}

/** The parts of a return, each with what was back of its line before. */
export const partsOf = (parcel: Parcel, before: Quantities, now: Quantities): Part[] =>
  goodsOf(parcel).flatMap((goods) => {
    const { line } = goods;
    const part = now.get(line);
    if (part === undefined) return [];
    const earlier = before.get(line) ?? nothing;
    const upTo = { digits: 0n, scale: 0 };
    return [{ line, of: declaredQuantity(goods), before: earlier, upTo: plus(earlier, part) ?? upTo }];
  });

const plus = (a: Decimal, b: Decimal): Decimal => subtractDecimal(a, { digits: -b.digits, scale: b.scale });

/** What comes back line by line: quantity, value in the currency of the line, weights. */
export const linesBack = (parcel: Parcel, parts: readonly Part[]): ReturnedLine[] =>
  parts.map((part) => {
    const goods = goodsOf(parcel).find(({ line }) => line === part.line)!;
    return {
      line: part.line,
      quantity: subtractDecimal(part.upTo, part.before),
      value: cut(must(parseMoney(goods.price)).minor, part),
      netWeight: cutDecimal(goods.netWeight, part),
      grossWeight: cutDecimal(goods.grossWeight, part),
    };
  });

/** When a parcel was released for the last time; undefined when it never was. */
export async function releasedAt(tx: Tx, id: string): Promise<string | undefined> {
  const entry = (await entriesOf(tx, id)).findLast(({ kind }) => kind === 'clearance.released');
  const since = entry?.data['since'];
  return typeof since === 'string' ? since : undefined;
}

/** The moments of a return from which the law counts. */
export interface Moments {
  readonly released: string;
  readonly applied: string;
  readonly back: string;
}

/**
 * What the law of today says of these parts, with its clocks: released, applied, back. Where it grants the return, each
 * charge goes back as it says; where it lacks a fact, a person may grant all that these goods bore.
 */
export async function lawOf(
  context: Context,
  tx: Tx,
  parcel: Parcel,
  moments: Moments,
  { documents = [] }: Pick<ReturnBody, 'documents'>,
  parts: readonly Part[],
): Promise<Law> {
  const { home } = context.reference.current().get(packsPart);
  const dayOf = (instant: string): Day => dayIn(instant, home.timeZone);
  const days = { released: dayOf(moments.released), applied: dayOf(moments.applied), back: dayOf(moments.back) };
  const body = acceptedBody(parcel.body, parcel.accepted);
  const found = asReturn(home, parcel, documents, days);
  const route = found.checks.find(({ id }) => id === 'route');
  const granted = !found.decided ? (found.otherRoute === null ? null : false) : found.route !== null;
  const told = granted === true ? found : null;
  const given = giveable(body.declaration.goods, await explainAgain(context, parcel), told).flatMap((one) =>
    parts.flatMap((part): Given[] => {
      const { charge, collect, rule, source } = one;
      const minor = cut(one.lines.get(part.line) ?? 0n, part);
      const amount = formatMoney({ currency: home.currency, minor });
      return minor === 0n ? [] : [{ line: part.line, charge, amount, collect, rule, source }];
    }),
  );
  return {
    days,
    granted,
    route: found.route ?? found.otherRoute,
    reason: granted === false ? (route?.reason ?? null) : null,
    params: granted === false ? (route?.params ?? {}) : {},
    source: route?.source ?? '',
    missing: granted === null ? found.missing : [],
    obligations: granted === true ? found.obligations.map(({ id, what, when: due }) => ({ id, what, due })) : [],
    given,
    quota: String(await quotaOf(tx, parcel, parts)),
  };
}

/**
 * The parcel as the pack judges it on its way back. A route that it claimed was its way in: the law chooses the way
 * back, unless it knows none of its own and chooses as it did then.
 */
function asReturn(
  home: Pack,
  parcel: Parcel,
  documents: NonNullable<ReturnBody['documents']>,
  days: Record<string, Day>,
): Explained {
  const { body, accounts } = { ...parcel, body: acceptedBody(parcel.body, parcel.accepted) };
  const { route, ...declared } = body.declaration;
  const on = days['back']!;
  const proved = { ...declared, documents: [...(declared.documents ?? []), ...documents] };
  const back = (declaration: typeof body.declaration): Explained =>
    explain(home, { consignment: { ...body, declaration }, on, days, event: 'return', accounts });
  const free = back(proved);
  if (route === undefined || route === null) return free;
  const entered = assess(home, { consignment: { ...body, declaration: declared }, on, days, event: 'entry', accounts });
  return entered.route === free.route ? back({ ...proved, route }) : free;
}

/** What these parts used of the yearly limit that the parcel counts on. */
async function quotaOf(tx: Tx, parcel: Parcel, parts: readonly Part[]): Promise<bigint> {
  const held = await holdOf(tx, { hold: parcel.id, kind: 'quota' });
  if (held === undefined) return 0n;
  const goods = goodsOf(parcel);
  const shares = allocate(held.amount, valuesOf(goods));
  return parts.reduce((sum, part) => sum + cut(shares[goods.findIndex(({ line }) => line === part.line)]!, part), 0n);
}

/**
 * The facts that set the clocks of a return: by when the goods have to be back, counted in days of which the day of
 * release is not one, and by when a person has to decide. Where the time of the law is over already, or the law sets
 * none, the goods may still go back within the window's own practice.
 */
export function returnClocks(home: Pack, released: string, applied: string): Record<string, string | number> {
  const day = dayIn(released, home.timeZone);
  const law = deadlinesInForce(home, day).find(({ id }) => id === 'return-arrival');
  const from = startOfDay(addDays(day, 1), home.timeZone);
  const over = law === undefined || msOfInstant(from) + law.hours * 3_600_000 <= msOfInstant(applied);
  const own = { procedure: 'return', hours: 1080 };
  const back = over
    ? { backFrom: applied, ...clock(home, day, 'return-applied', 'back', own) }
    : { backFrom: from, backHours: law.hours, backSource: law.source };
  return { ...back, ...clock(home, day, 'returned', 'decide', { procedure: 'return', hours: 240 }) };
}
