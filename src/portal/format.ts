import { type Day, dayOf, daysBetween } from '#kernel/effective.ts';
import type { WireMoney } from '#kernel/money.ts';
import { type Language, language } from './language.ts';

/** Formatters cost far more to make than to use, so each is made once per language and options. */
function memo<F>(): (key: string, make: () => F) => F {
  const made = new Map<string, F>();
  return (key, make) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const format = make();
    made.set(key, format);
    return format;
  };
}

const number = memo<Intl.NumberFormat>();
const date = memo<Intl.DateTimeFormat>();

const isPlain = (text: string): text is Intl.StringNumericLiteral => /^-?\d{1,40}(\.\d{1,40})?$/.test(text);

/** Intl takes a decimal text exactly (ECMA-402 2023); a number in between would round what a person owes. */
function exact(decimal: string): Intl.StringNumericLiteral {
  if (!isPlain(decimal)) throw new RangeError(`not a plain decimal text: ${decimal}`);
  return decimal;
}

const placesOf = (decimal: string): number => decimal.split('.')[1]?.length ?? 0;

/** An amount with its currency code, every digit of the wire kept: `EUR 1,234.50`. */
export function moneyText(lang: Language, { currency, amount }: WireMoney): string {
  const places = placesOf(amount);
  const format = number(
    `${lang} money ${currency} ${places}`,
    () =>
      new Intl.NumberFormat(language(lang).locale, {
        style: 'currency',
        currency,
        currencyDisplay: 'code',
        minimumFractionDigits: places,
        maximumFractionDigits: places,
      }),
  );
  return format.format(exact(amount));
}

/** A decimal text grouped for reading, every digit kept: `12,345.678`. */
export function decimalText(lang: Language, decimal: string): string {
  const places = placesOf(decimal);
  const options = { minimumFractionDigits: places, maximumFractionDigits: places };
  return number(`${lang} decimal ${places}`, () => new Intl.NumberFormat(language(lang).locale, options)).format(
    exact(decimal),
  );
}

/** A rate as a share of one hundred, exactly: `0.055` is `5.5%`. */
export function rateText(lang: Language, rate: string): string {
  const options = { style: 'percent', maximumFractionDigits: 20 } as const;
  return number(`${lang} rate`, () => new Intl.NumberFormat(language(lang).locale, options)).format(exact(rate));
}

/** A count of things, grouped: `12,345`. */
export function countText(lang: Language, count: number | bigint): string {
  return number(`${lang} count`, () => new Intl.NumberFormat(language(lang).locale)).format(count);
}

/** A weight in kilograms or grams, from a decimal text: `1.250 kg`. */
export function weightText(lang: Language, decimal: string, unit: 'kilogram' | 'gram' = 'kilogram'): string {
  const places = placesOf(decimal);
  const options = { style: 'unit', unit, minimumFractionDigits: places, maximumFractionDigits: places } as const;
  return number(`${lang} ${unit} ${places}`, () => new Intl.NumberFormat(language(lang).locale, options)).format(
    exact(decimal),
  );
}

const firstDay = dayOf('1970-01-01');
const msOfDay = (day: Day): number => daysBetween(firstDay, day) * 86_400_000;

/** A calendar day written out: `23 November 2026`. */
export function dayText(lang: Language, day: Day): string {
  const options = { dateStyle: 'long', timeZone: 'UTC' } as const;
  return date(`${lang} day`, () => new Intl.DateTimeFormat(language(lang).locale, options)).format(msOfDay(day));
}

/** A month written out, from its first day: `November 2026`. */
export function monthText(lang: Language, first: Day): string {
  const options = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return date(`${lang} month`, () => new Intl.DateTimeFormat(language(lang).locale, options)).format(msOfDay(first));
}

const instantPattern = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?Z$/;

/** Milliseconds since 1970 of an RFC 3339 instant in UTC; throws on any other text. */
export function msOfInstant(instant: string): number {
  const found = instantPattern.exec(instant);
  if (!found) throw new RangeError(`not an instant in UTC: ${instant}`);
  const [, day = '', hours, minutes, seconds, fraction = '.0'] = found;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return msOfDay(dayOf(day)) + whole * 1000 + Math.trunc(Number(`0${fraction}`) * 1000);
}

/**
 * An instant as a clock in the given IANA time zone shows it, to the minute, with the zone named since a deadline
 * without one is ambiguous: `23 Nov 2026, 09:30 CET`.
 */
export function instantText(lang: Language, instant: string, timeZone = 'UTC'): string {
  const format = date(
    `${lang} instant ${timeZone}`,
    () =>
      new Intl.DateTimeFormat(language(lang).locale, {
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
        timeZone,
        timeZoneName: 'short',
      }),
  );
  return format.format(msOfInstant(instant));
}
