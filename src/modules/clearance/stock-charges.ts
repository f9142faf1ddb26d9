import { divideDecimal, multiplyDecimal, parseDecimal, roundDecimal } from '#kernel/decimal.ts';
import { type Day, dayIn } from '#kernel/effective.ts';
import { formatMoney, type Money, parseMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import {
  type Amount,
  assess,
  type Charge,
  type Consignment,
  packsPart,
  valuesInForce,
} from '#modules/rulebook/index.ts';
import { stockScale, stockText, stockUnits } from './stock-model.ts';

function minorOf(amount: Amount): bigint {
  const money = parseMoney(amount);
  if (!money.ok) throw new Error(`a stored declaration holds the amount ${amount.currency} ${amount.amount}`);
  return money.value.minor;
}

/** So much of an amount as `part` is of `total`, in whole minor units, half a unit up. */
const share = (amount: Amount, part: bigint, total: bigint): Amount =>
  formatMoney({ currency: amount.currency, minor: (minorOf(amount) * part * 2n + total) / (total * 2n) });

/** So much of a weight or quantity as `part` is of `total`, to the finest place in which one is said. */
function shareOf(quantity: string, part: bigint, total: bigint): string {
  const whole = multiplyDecimal(parseDecimal(quantity)!, { digits: part, scale: 0 });
  return stockText(divideDecimal(whole, { digits: total, scale: 0 }, stockScale, 'half-up').digits);
}

const heads = ['freight', 'insurance', 'onward', 'discount', 'taxIncluded'] as const;
const measures = ['statutoryQuantity', 'supplementaryQuantity', 'netWeight', 'grossWeight'] as const;

/**
 * What an import would have said if it had brought in only so much of one of its goods lines, and for home use at once:
 * the line and the amounts of the whole declaration by their share, and no procedure but the one before.
 */
export function portionOf(body: Consignment, line: number, units: bigint): Consignment {
  const { declaration } = body;
  const goods = declaration.goods.find((one) => one.line === line)!;
  const whole = stockUnits(goods.quantity ?? '0');
  const price = share(goods.price, units, whole);
  const part = Object.fromEntries(
    measures.flatMap((name) => (goods[name] === undefined ? [] : [[name, shareOf(goods[name], units, whole)]])),
  );
  const all = declaration.goods
    .filter((one) => one.price.currency === price.currency)
    .reduce((sum, one) => sum + minorOf(one.price), 0n);
  const amounts = Object.fromEntries(
    heads.flatMap((name) => {
      const given = declaration[name];
      return given && all > 0n ? [[name, share(given, minorOf(price), all)]] : [];
    }),
  );
  const { procedure, route: _route, ...rest } = declaration;
  return {
    ...body,
    declaration: {
      ...rest,
      ...amounts,
      ...(procedure === undefined ? {} : { previousProcedure: procedure }),
      goods: [{ ...goods, ...part, price, quantity: stockText(units) }],
    },
  };
}

/** The charges at the border that goods would owe if they came in for home use on this day, as the law then is. */
export function chargesOn(
  context: Context,
  body: Consignment,
  on: Day,
): Result<{ border: Money; charges: readonly Charge[] }> {
  const { home } = context.reference.current().get(packsPart);
  const { decided, totals, charges, missing } = assess(home, { consignment: body, on, event: 'entry', accounts: {} });
  const border = decided && totals !== null ? parseMoney(totals.border) : null;
  if (border === null || !border.ok)
    return refuse('clearance/stock-charges-undecided', { params: { missing: missing.join(', ') } });
  return ok({ border: border.value, charges });
}

/** The legal day on which this is done. */
export const stockDay = (context: Context): Day =>
  dayIn(context.clock.instant(), context.reference.current().get(packsPart).home.timeZone);

/**
 * The part of suspended charges that the law wants secured: the pack's value `stock-security`, that of the book's zone
 * before the economy's. Nothing where it has none.
 */
export function securityRate(context: Context, on: Day, zone: string | null): string | null {
  const { home } = context.reference.current().get(packsPart);
  const rows = valuesInForce(home, on).filter(({ id, announced }) => id === 'stock-security' && !announced);
  return (rows.find((row) => row.zone === zone) ?? rows.find((row) => row.zone === null))?.value ?? null;
}

/** The part of an amount that is to be secured, in whole minor units, rounded up. */
export const securedPart = (minor: bigint, rate: string): bigint =>
  roundDecimal(multiplyDecimal({ digits: minor, scale: 0 }, parseDecimal(rate)!), 0, 'ceiling').digits;
