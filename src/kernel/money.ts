import { formatDecimal, parseDecimal, powerOfTen } from './decimal.ts';
import { ok, refuse, type Catalogue, type Result } from './result.ts';

/** An amount in whole minor units of a currency: EUR 12.34 is 1234. */
export interface Money {
  readonly currency: string;
  readonly minor: bigint;
}

/** Money as it travels: `{ "currency": "EUR", "amount": "12.34" }`. */
export interface WireMoney {
  currency: string;
  amount: string;
}

/** The refusals of `parseMoney`. */
export const moneyRefusals = {
  'money/currency-unknown': { status: 400, title: 'The currency is not known here' },
  'money/amount-malformed': { status: 400, title: 'The amount is not a plain decimal text' },
  'money/amount-too-precise': { status: 400, title: 'The amount has more places than its currency' },
  'money/amount-out-of-range': { status: 400, title: 'The amount is too large' },
} as const satisfies Catalogue;

/** The largest amount, in minor units: eighteen digits, so that sums of many still fit an eight-byte column. */
export const minorMax = 999_999_999_999_999_999n;

/** ISO 4217 alphabetic codes by the exponent of their minor unit (list one, funds and metals left out). */
const iso: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC ' +
    'CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR ' +
    'JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD ' +
    'NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN ' +
    'SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
};

const exponents = new Map<string, number>(
  Object.entries(iso).flatMap(([places, codes]) => codes.split(' ').map((code): [string, number] => [code, +places])),
);

/**
 * Makes a currency of a fictional economy known: three capital letters, exponent 0 to 4. Again with the same exponent
 * is the same; with another one it throws, since amounts already read would change their meaning.
 */
export function registerCurrency(code: string, places: number): void {
  if (!/^[A-Z]{3}$/.test(code)) throw new RangeError(`a currency code is three capital letters, not ${code}`);
  if (!Number.isInteger(places) || places < 0 || places > 4) throw new RangeError(`no currency has ${places} places`);
  const known = exponents.get(code);
  if (known !== undefined && known !== places) throw new RangeError(`${code} already has ${known} places`);
  exponents.set(code, places);
}

/** Whether the currency is known, by ISO 4217 or from a pack. */
export const isCurrency = (code: string): boolean => exponents.has(code);

/** The places of the currency's minor unit; throws for a currency that is not known. */
export function exponent(currency: string): number {
  const places = exponents.get(currency);
  if (places === undefined) throw new RangeError(`the currency ${currency} is not known`);
  return places;
}

/**
 * Reads money from the wire. Fewer places than the currency has are filled (`12.5` EUR is 1250); more are refused,
 * since somebody would have to round them. A minus is read; a schema that wants none says so.
 */
export function parseMoney(wire: Readonly<WireMoney>): Result<Money> {
  const places = exponents.get(wire.currency);
  if (places === undefined) {
    return refuse('money/currency-unknown', { pointer: '/currency', params: { currency: wire.currency } });
  }
  const value = parseDecimal(wire.amount);
  if (value === undefined) return refuse('money/amount-malformed', { pointer: '/amount' });
  if (value.scale > places) {
    const params = { currency: wire.currency, places: String(places) };
    return refuse('money/amount-too-precise', { pointer: '/amount', params });
  }
  const minor = value.digits * powerOfTen(places - value.scale);
  if (minor > minorMax || minor < -minorMax) return refuse('money/amount-out-of-range', { pointer: '/amount' });
  return ok({ currency: wire.currency, minor });
}

/** Money as it travels, with every place of its currency. */
export const formatMoney = (money: Money): WireMoney => ({
  currency: money.currency,
  amount: formatDecimal({ digits: money.minor, scale: exponent(money.currency) }),
});

/** Nothing, in that currency. */
export const zero = (currency: string): Money => ({ currency, minor: 0n });

function same(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new RangeError(`${a.currency} and ${b.currency} do not mix without a rate`);
}

/** The sum; throws when the currencies differ. */
export function addMoney(a: Money, b: Money): Money {
  same(a, b);
  return { currency: a.currency, minor: a.minor + b.minor };
}

/** The difference; throws when the currencies differ. */
export function subtractMoney(a: Money, b: Money): Money {
  same(a, b);
  return { currency: a.currency, minor: a.minor - b.minor };
}

/** The order of two amounts; throws when the currencies differ. */
export function compareMoney(a: Money, b: Money): -1 | 0 | 1 {
  same(a, b);
  return a.minor < b.minor ? -1 : a.minor > b.minor ? 1 : 0;
}

/**
 * Apportions an amount by weights so that the parts sum to the whole: every part is its exact share cut towards zero,
 * and what is left goes to the largest weight, the first of equals. Weights are at least zero; none at all throws.
 */
export function allocate(minor: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.length === 0) throw new RangeError('an amount is apportioned to at least one part');
  let total = 0n;
  let largest = 0;
  for (let index = 0; index < weights.length; index += 1) {
    const weight = weights[index]!;
    if (weight < 0n) throw new RangeError('a weight is never below zero');
    total += weight;
    if (weight > weights[largest]!) largest = index;
  }
  const parts: bigint[] = [];
  let rest = minor;
  for (const weight of weights) {
    const part = total === 0n ? 0n : (minor * weight) / total;
    parts.push(part);
    rest -= part;
  }
  parts[largest] = parts[largest]! + rest;
  return parts;
}
