import {
  compareDecimal,
  type Decimal,
  multiplyDecimal,
  parseDecimal,
  roundDecimal,
  type Rounding,
} from '#kernel/decimal.ts';
import { exponent, formatMoney, type WireMoney } from '#kernel/money.ts';
import type { FeeLine, Quantities, TariffView } from './model.ts';

const exact = (text: string): Decimal => {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error(`${text} is no decimal`);
  return value;
};

/**
 * What a tariff asks for a cargo, fee by fee: quantity times rate, times the days after the free ones where it is by
 * the day, never less than its minimum, rounded once at the end. A fee of which nothing is charged has no line. Pure.
 */
export function feesFor(
  tariff: Pick<TariffView, 'fees' | 'currency'>,
  { amounts, days }: Quantities,
  mode: Rounding,
): { lines: FeeLine[]; total: WireMoney } {
  const { currency, fees } = tariff;
  const places = exponent(currency);
  const minorOf = (value: Decimal): bigint => roundDecimal(value, places, mode).digits;
  let total = 0n;
  const lines = fees.flatMap((fee): FeeLine[] => {
    const quantity = exact(amounts[fee.unit]);
    const charged = fee.daily ? Math.max(days - (fee.freeDays ?? 0), 0) : null;
    if (quantity.digits === 0n || charged === 0) return [];
    const once = multiplyDecimal(quantity, exact(fee.amount));
    const whole = charged === null ? once : multiplyDecimal(once, { digits: BigInt(charged), scale: 0 });
    const least = fee.minimum === undefined ? undefined : exact(fee.minimum);
    const minimum = least !== undefined && compareDecimal(whole, least) < 0;
    const minor = minorOf(minimum ? least : whole);
    total += minor;
    return [
      {
        id: fee.id,
        name: fee.name,
        unit: fee.unit,
        quantity: amounts[fee.unit],
        days: charged,
        minimum,
        rate: {
          currency,
          amount: fee.amount,
        },
        amount: formatMoney({
          currency,
          minor,
        }),
      },
    ];
  });
  return { lines, total: formatMoney({ currency, minor: total }) };
}
