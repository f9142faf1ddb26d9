import type { Day } from '#kernel/effective.ts';
import { formatMoney, type Money } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { homeValue, type ListedValue, type Pack, shareOf, valuesInForce } from '#modules/rulebook/index.ts';
import type { Kind, ServiceBody, ServiceCharge } from './model.ts';

/** What the pack makes of a service: what is charged, what of it is asked for here, whether somebody looks at it. */
export interface Assessed {
  readonly direction: 'import' | 'export';
  readonly home: Money;
  readonly charges: readonly ServiceCharge[];
  readonly owed: bigint;
  readonly review: boolean;
}

const sourceText = ({ source: { title, article } }: ListedValue): string =>
  article === null ? title : `${title}, ${article}`;

interface Law {
  readonly tax: ListedValue;
  readonly withholding: ListedValue | undefined;
  readonly reviewFrom: ListedValue | undefined;
}

function lawOf(pack: Pack, kind: Kind, on: Day): Law | undefined {
  const inForce = valuesInForce(pack, on).filter(({ announced, zone }) => !announced && zone === null);
  const find = (...ids: string[]) =>
    ids.map((id) => inForce.find((one) => one.id === id)).find((one) => one !== undefined);
  const tax = find(`service.tax-${kind}`, 'service.tax');
  if (tax === undefined) return undefined;
  return {
    tax,
    withholding: find(`service.withholding-${kind}`, 'service.withholding'),
    reviewFrom: find('service.review-from'),
  };
}

/** Which way a service goes: to a customer who is at home here, or from a supplier who is; never both or neither. */
export function directionOf(
  { supplier, customer }: ServiceBody,
  country: string | null,
): 'import' | 'export' | undefined {
  const [from, to] = [supplier.country === country, customer.country === country];
  return from === to ? undefined : to ? 'import' : 'export';
}

/**
 * Assesses a service by the law of a day: the customer at home owes the tax where it is supplied here (reverse charge)
 * and withholds of what he pays abroad; what goes abroad is charged nothing. Pure: pack, body and day give the charges.
 */
export function assessService(pack: Pack, body: ServiceBody, on: Day): Result<Assessed> {
  const direction = directionOf(body, pack.country);
  if (direction === undefined) return refuse('services/one-at-home', { pointer: '/supplier/country' });
  const law = lawOf(pack, body.kind, on);
  if (law === undefined) return refuse('services/no-law', { params: { value: 'service.tax' } });
  const value = homeValue(pack, body.value, on);
  if (value === undefined)
    return refuse('services/no-law', { pointer: '/value/currency', params: { value: `rate.${body.value.currency}` } });
  const home = { currency: pack.currency, minor: shareOf(pack, value, '1') };
  const charge = (id: string, listed: ListedValue, collect: ServiceCharge['collect'], due: string) => {
    const minor = shareOf(pack, value, listed.value);
    const shown: ServiceCharge = {
      id,
      base: formatMoney(home),
      rate: listed.value,
      amount: formatMoney({ currency: pack.currency, minor }),
      liable: 'customer',
      collect,
      due,
      secured: false,
      rule: `value.${listed.id}`,
      source: sourceText(listed),
    };
    return { minor, shown };
  };
  const here = direction === 'import' && body.placeOfSupply === pack.country;
  const made = [
    ...(here ? [charge('service-tax', law.tax, 'border', 'acceptance')] : []),
    ...(direction === 'import' && law.withholding !== undefined
      ? [charge('withholding', law.withholding, 'border', 'acceptance')]
      : []),
  ];
  const from = law.reviewFrom && homeValue(pack, { currency: pack.currency, amount: law.reviewFrom.value }, on);
  return ok({
    direction,
    home,
    charges: made.map(({ shown }) => shown),
    owed: made.reduce((sum, { minor }) => sum + minor, 0n),
    review: from !== undefined && home.minor >= shareOf(pack, from, '1'),
  });
}
