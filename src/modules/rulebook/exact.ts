import {
  compareDecimal,
  type Decimal,
  digitsAt,
  divideDecimal,
  formatDecimal,
  parseDecimal,
  powerOfTen,
  roundDecimal,
  type Rounding,
} from '#kernel/decimal.ts';

/**
 * An exact fraction, `digits / (10^scale × over)`. A quotient such as V/(1-c) has no finite decimal, and rounding it
 * before the end would round twice; `over` is one for everything that was never divided.
 */
export interface Exact {
  readonly digits: bigint;
  readonly scale: number;
  readonly over: bigint;
}

export const exactZero: Exact = { digits: 0n, scale: 0, over: 1n };

export const ofDecimal = (value: Decimal): Exact => ({ digits: value.digits, scale: value.scale, over: 1n });
/** Reads plain decimal text; undefined where it is none. */
export function exactOf(text: string): Exact | undefined {
  const value = parseDecimal(text);
  return value === undefined ? undefined : ofDecimal(value);
}
export const ofWhole = (value: bigint): Exact => ({ digits: value, scale: 0, over: 1n });

export function add(a: Exact, b: Exact): Exact {
  // With what every sum begins, and what stands for a figure that nobody gave.
  if (a === exactZero) return b;
  if (b === exactZero) return a;
  const scale = Math.max(a.scale, b.scale);
  const [one, other] = [digitsAt(a, scale), digitsAt(b, scale)];
  if (a.over === b.over) return { digits: one + other, scale, over: a.over };
  return { digits: one * b.over + other * a.over, scale, over: a.over * b.over };
}

export function subtract(a: Exact, b: Exact): Exact {
  if (b === exactZero) return a;
  const scale = Math.max(a.scale, b.scale);
  const [one, other] = [digitsAt(a, scale), digitsAt(b, scale)];
  if (a.over === b.over) return { digits: one - other, scale, over: a.over };
  return { digits: one * b.over - other * a.over, scale, over: a.over * b.over };
}

export const multiply = (a: Exact, b: Exact): Exact => ({
  digits: a.digits * b.digits,
  scale: a.scale + b.scale,
  over: a.over === 1n ? b.over : a.over * b.over,
});

/** The exact quotient; undefined when there is nothing to divide by. */
export function divide(a: Exact, b: Exact): Exact | undefined {
  if (b.digits === 0n) return undefined;
  const sign = b.digits < 0n ? -1n : 1n;
  const digits = sign * a.digits * b.over * powerOfTen(b.scale);
  return { digits, scale: a.scale, over: a.over * b.digits * sign };
}

export function compare(a: Exact, b: Exact): -1 | 0 | 1 {
  if (a.over === b.over) return compareDecimal(a, b);
  const scale = Math.max(a.scale, b.scale);
  const one = digitsAt(a, scale) * b.over;
  const other = digitsAt(b, scale) * a.over;
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The value with exactly so many places, rounded once in the given mode. */
export function toPlaces(a: Exact, places: number, mode: Rounding): Decimal {
  if (a.over === 1n) return roundDecimal(a, places, mode);
  return divideDecimal(a, { digits: a.over, scale: 0 }, places, mode);
}

/** Rounds to whole multiples of a step, for law that rounds to five minor units or to a full unit of the currency. */
export function toStep(a: Exact, step: Exact, mode: Rounding): Exact {
  const count = divide(a, step);
  return count === undefined ? a : multiply(ofDecimal(toPlaces(count, 0, mode)), step);
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

/** Plain decimal text without needless zeros, or a reduced fraction `n/d` where no finite decimal exists. */
export function formatExact(a: Exact): string {
  let { digits, over } = a;
  if (over !== 1n) {
    const common = gcd(digits < 0n ? -digits : digits, over);
    if (common > 1n) {
      digits /= common;
      over /= common;
    }
  }
  let scale = a.scale;
  while (over !== 1n && (over % 2n === 0n || over % 5n === 0n)) {
    digits *= over % 10n === 0n ? 1n : over % 2n === 0n ? 5n : 2n;
    over /= over % 10n === 0n ? 10n : over % 2n === 0n ? 2n : 5n;
    scale += 1;
  }
  const text = trimZeros(formatDecimal({ digits, scale }));
  return over === 1n ? text : `${text}/${over}`;
}

function trimZeros(text: string): string {
  if (!text.includes('.')) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end -= 1;
  return text.slice(0, text.charCodeAt(end - 1) === 46 ? end - 1 : end);
}
