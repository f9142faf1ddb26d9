/** An exact decimal: `digits / 10^scale`. Weights, quantities and rates are this, never a JS number. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** How the last kept digit is found; the law of the pack names it. `up` and `down` are away from and towards zero. */
export type Rounding = 'half-up' | 'half-even' | 'up' | 'down' | 'ceiling' | 'floor';

/** Every rounding mode, for schemas and tests. */
export const roundings = ['half-up', 'half-even', 'up', 'down', 'ceiling', 'floor'] as const satisfies Rounding[];

/**
 * The longest text read as a decimal: enough for every tariff and ledger, and no more work than that for a hostile one.
 */
export const decimalLengthMax = 40;

const pattern = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

const powers: bigint[] = [1n];

/** Ten to the given power, at least zero. */
export function powerOfTen(exponent: number): bigint {
  for (let next = powers.length; next <= exponent; next += 1) powers.push(powers[next - 1]! * 10n);
  return powers[exponent]!;
}

/** Whether `parseDecimal` reads it. */
export const isDecimal = (text: string): boolean => text.length <= decimalLengthMax && pattern.test(text);

/**
 * Reads plain decimal text: optional minus, no plus, no leading zeros, no exponent, digits on both sides of the point,
 * at most 40 characters. Anything else is undefined. The scale is kept: `1.50` has scale 2.
 */
export function parseDecimal(text: string): Decimal | undefined {
  if (text === lastText) return lastValue;
  if (!isDecimal(text)) return undefined;
  const point = text.indexOf('.');
  lastValue =
    point < 0
      ? { digits: BigInt(text), scale: 0 }
      : { digits: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
  lastText = text;
  return lastValue;
}

// Order, payment and what was declared say the same amount, one after the other.
let lastText = '';
let lastValue: Decimal | undefined;

/** The plain text of a decimal with as many places as its scale; zero carries no minus. */
export function formatDecimal({ digits, scale }: Decimal): string {
  const text = digits.toString();
  if (scale === 0) return text;
  const minus = digits < 0n ? '-' : '';
  const all = text.length > scale && minus === '' ? text : text.slice(minus.length).padStart(scale + 1, '0');
  const point = all.length - scale;
  return `${minus}${all.slice(0, point)}.${all.slice(point)}`;
}

/** The digits at a scale that is at least the value's own. */
export const digitsAt = (value: Decimal, scale: number): bigint =>
  scale === value.scale ? value.digits : value.digits * powerOfTen(scale - value.scale);

/** The exact sum, at the finer of the two scales. */
export function addDecimal(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: digitsAt(a, scale) + digitsAt(b, scale), scale };
}

/** The exact difference, at the finer of the two scales. */
export function subtractDecimal(a: Decimal, b: Decimal): Decimal {
  return addDecimal(a, { digits: -b.digits, scale: b.scale });
}

/** The exact product; the scales add. */
export const multiplyDecimal = (a: Decimal, b: Decimal): Decimal => ({
  digits: a.digits * b.digits,
  scale: a.scale + b.scale,
});

/** Compares values, not texts: `1.5` and `1.50` are equal. */
export function compareDecimal(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const scale = Math.max(a.scale, b.scale);
  const left = digitsAt(a, scale);
  const right = digitsAt(b, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether a quotient that was cut towards zero moves one away from it; `twice` is twice the rest, all above zero. */
const movesAway: Readonly<
  Record<Rounding, (twice: bigint, divisor: bigint, odd: boolean, negative: boolean) => boolean>
> = {
  up: () => true,
  down: () => false,
  ceiling: (_twice, _divisor, _odd, negative) => !negative,
  floor: (_twice, _divisor, _odd, negative) => negative,
  'half-up': (twice, divisor) => twice >= divisor,
  'half-even': (twice, divisor, odd) => twice > divisor || (twice === divisor && odd),
};

/** Divides whole numbers and rounds the quotient in the given mode; the divisor is above zero. */
function divideWhole(numerator: bigint, divisor: bigint, mode: Rounding): bigint {
  const quotient = numerator / divisor;
  const rest = numerator % divisor;
  if (rest === 0n) return quotient;
  const negative = numerator < 0n;
  const twice = 2n * (negative ? -rest : rest);
  if (!movesAway[mode](twice, divisor, quotient % 2n !== 0n, negative)) return quotient;
  return negative ? quotient - 1n : quotient + 1n;
}

/** The quotient with exactly `scale` places in the given mode; throws on a zero divisor. */
export function divideDecimal(a: Decimal, b: Decimal, scale: number, mode: Rounding): Decimal {
  if (b.digits === 0n) throw new RangeError('a decimal is never divided by zero');
  const sign = b.digits < 0n ? -1n : 1n;
  const shift = scale + b.scale - a.scale;
  const numerator = sign * a.digits * powerOfTen(Math.max(shift, 0));
  const divisor = sign * b.digits * powerOfTen(Math.max(-shift, 0));
  return { digits: divideWhole(numerator, divisor, mode), scale };
}

/** The value with exactly `scale` places: rounded in the given mode, or filled with zeros. */
export function roundDecimal(value: Decimal, scale: number, mode: Rounding): Decimal {
  if (scale === value.scale) return value;
  if (scale > value.scale) return { digits: digitsAt(value, scale), scale };
  return { digits: divideWhole(value.digits, powerOfTen(value.scale - scale), mode), scale };
}

/** Minor units of a currency with the given exponent: 12.345 at exponent 2, half-up, is 1235. */
export const toMinor = (value: Decimal, exponent: number, mode: Rounding): bigint =>
  roundDecimal(value, exponent, mode).digits;

/** The decimal of an amount in minor units. */
export const fromMinor = (minor: bigint, exponent: number): Decimal => ({ digits: minor, scale: exponent });
