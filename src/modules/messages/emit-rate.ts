import { type Decimal, formatDecimal, multiplyDecimal, parseDecimal, roundDecimal } from '#kernel/decimal.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Amount, Consignment } from '#modules/rulebook/index.ts';

/** The one currency in which messages of imports say amounts; their schema allows no other. */
const wanted = 'CNY';
/** The figures behind the point that the format has for an amount. */
const places = 5;

/** The currency other than the wanted one in which a parcel's amounts are; undefined where there is none. */
const foreignIn = (amounts: readonly (Amount | null | undefined)[]): string | undefined =>
  amounts.find((one) => one && one.currency !== wanted)?.currency;

/**
 * A parcel with every amount in the currency that the format takes, at the rate that its sender names: units of it for
 * one of the parcel's own. The window takes no rate of its own accord, since nobody declared the figures that it makes.
 */
export function inWanted(body: Consignment, rate: Decimal | undefined): Result<{ body: Consignment; said: string }> {
  const { declaration, orders, payments } = body;
  const { goods, freight, insurance, discount, taxIncluded } = declaration;
  const prices = goods.map(({ price }) => price);
  const totals = [...(orders ?? []).map(({ total }) => total), ...(payments ?? []).map(({ amount }) => amount)];
  const currency = foreignIn([...prices, ...totals, freight, insurance, discount, taxIncluded]);
  if (currency === undefined) return ok({ body, said: '' });
  if (rate === undefined)
    return refuse('messages/needs-rate', { pointer: '/rate', params: { in: 'query', currency, wanted } });
  const turned = <T extends Amount | null | undefined>(one: T): T | Amount => {
    const value = one?.currency === currency ? parseDecimal(one.amount) : undefined;
    if (value === undefined) return one;
    return { currency: wanted, amount: formatDecimal(roundDecimal(multiplyDecimal(value, rate), places, 'half-up')) };
  };
  const part = (name: string, one: Amount | null | undefined): object =>
    one === undefined ? {} : { [name]: turned(one) };
  return ok({
    said: `rate: ${currency} ${formatDecimal(rate)}`,
    body: {
      ...body,
      ...(orders && { orders: orders.map((one) => ({ ...one, total: turned(one.total) })) }),
      ...(payments && { payments: payments.map((one) => ({ ...one, amount: turned(one.amount) })) }),
      declaration: {
        ...declaration,
        ...part('freight', freight),
        ...part('insurance', insurance),
        ...part('discount', discount),
        ...part('taxIncluded', taxIncluded),
        goods: goods.map((one) => ({ ...one, price: turned(one.price) })),
      },
    },
  });
}
