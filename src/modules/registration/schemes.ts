import { readFileSync } from 'node:fs';
import { refuse, ok, type Result } from '#kernel/result.ts';

/**
 * Numbers under which businesses are known, as data: `schemes.json` says of each scheme how it is written, how its
 * check digits are reckoned where that is sure, and where that stands. Here is only the arithmetic.
 */

type Span = { readonly of?: readonly [from: number, until: number] };

/** One way to find a mistyped number. `of` cuts out the part that it is about. */
type Check =
  /** The last character follows from the weighted sum of the others; `-` in `characters` is no character. */
  | (Span & {
      readonly kind: 'weighted';
      readonly alphabet: string;
      readonly weights: readonly number[];
      readonly modulus: number;
      readonly characters: string;
      readonly complement?: boolean;
    })
  /** The weighted sum of all digits leaves one of these rests. */
  | (Span & {
      readonly kind: 'sum';
      readonly weights: readonly number[];
      readonly modulus: number;
      readonly rests: readonly number[];
      readonly add?: number;
    })
  /** Luhn (ISO/IEC 7812-1 annex B): every second digit but the last doubled, counted from the left. */
  | (Span & { readonly kind: 'luhn'; readonly double: 'odd' | 'even'; readonly add?: number })
  | (Span & { readonly kind: 'luhn-36' | 'iso7064-97-10' | 'iso7064-11-10' });

/** A scheme of identifiers. `name` is its own name, the same in every language. */
export interface Scheme {
  readonly id: string;
  readonly name: string;
  /** Whose it is, in two letters; none where it is nobody's alone. */
  readonly where?: string;
  readonly pattern: string;
  /** All of these hold; of `either` one does. A scheme without them is looked at by its shape alone. */
  readonly checks?: readonly Check[];
  readonly either?: readonly Check[];
  readonly example: string;
  readonly source: string;
}

/** Every scheme that is known, in the order in which they are offered. */
export const schemes = JSON.parse(
  readFileSync(new URL('./schemes.json', import.meta.url), 'utf8'),
) as readonly Scheme[];

/** How far an identifier was looked at: its check digits were reckoned again, or only its shape fits. */
export type Proof = 'check-digits' | 'shape';

export const proofOf = ({ checks, either }: Scheme): Proof =>
  checks === undefined && either === undefined ? 'shape' : 'check-digits';

const modulo = (value: number, modulus: number): number => ((value % modulus) + modulus) % modulus;
const alphabet36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const valueOf = (character: string): number => alphabet36.indexOf(character);

function weighted(text: string, check: Extract<Check, { kind: 'weighted' }>): boolean {
  const { alphabet, weights, modulus, characters } = check;
  const sum = weights.reduce((total, weight, at) => total + weight * alphabet.indexOf(text[at] ?? ''), 0);
  const rest = modulo(check.complement === true ? -sum : sum, modulus);
  return characters[rest] === text[weights.length] && characters[rest] !== '-';
}

function luhn(text: string, { double, add = 0 }: Extract<Check, { kind: 'luhn' }>): boolean {
  const sum = text.split('').reduce((total, character, at) => {
    const every = (double === 'odd') === (at % 2 === 0) && at < text.length - 1;
    const doubled = every ? 2 * valueOf(character) : valueOf(character);
    return total + Math.floor(doubled / 10) + (doubled % 10);
  }, add);
  return sum % 10 === 0;
}

function luhn36(text: string): boolean {
  const sum = text.split('').reduce((total, character, at) => {
    const doubled = at % 2 === 1 && at < text.length - 1 ? 2 * valueOf(character) : valueOf(character);
    return total + Math.floor(doubled / 36) + (doubled % 36);
  }, 0);
  return sum % 36 === 0;
}

/** ISO/IEC 7064, MOD 97-10: letters are the numbers 10 to 35, and the whole leaves 1. */
const mod97 = (text: string): boolean =>
  text.split('').reduce((rest, character) => {
    const value = valueOf(character);
    return (rest * (value > 9 ? 100 : 10) + value) % 97;
  }, 0) === 1;

/** ISO/IEC 7064, MOD 11,10. */
function mod1110(text: string): boolean {
  const product = text
    .slice(0, -1)
    .split('')
    .reduce((before, character) => {
      const sum = (valueOf(character) + before) % 10 || 10;
      return (sum * 2) % 11;
    }, 10);
  return (product + valueOf(text.at(-1) ?? '')) % 10 === 1;
}

function holds(whole: string, check: Check): boolean {
  const text = check.of === undefined ? whole : whole.slice(...check.of);
  switch (check.kind) {
    case 'weighted':
      return weighted(text, check);
    case 'sum': {
      const sum = check.weights.reduce((total, weight, at) => total + weight * valueOf(text[at] ?? ''), check.add ?? 0);
      return check.rests.includes(modulo(sum, check.modulus));
    }
    case 'luhn':
      return luhn(text, check);
    case 'luhn-36':
      return luhn36(text);
    case 'iso7064-97-10':
      return mod97(text);
    default:
      return mod1110(text);
  }
}

/** An identifier that was looked at. */
export interface Identified {
  readonly scheme: string;
  readonly value: string;
  readonly proof: Proof;
}

/**
 * Looks at an identifier: written as people write it, with spaces, dots and hyphens that the scheme does not have. It
 * says of a mistyped number that it is one, and of a shape that nothing more was looked at.
 */
export function identify(id: string, given: string): Result<Identified> {
  const scheme = schemes.find((one) => one.id === id);
  if (scheme === undefined) return refuse('registration/scheme-unknown', { pointer: '/scheme' });
  const pattern = new RegExp(scheme.pattern);
  const upper = given.toUpperCase().trim();
  const value = [upper, upper.replace(/[\s./-]/g, '')].find((one) => pattern.test(one));
  const params = { name: scheme.name, example: scheme.example };
  if (value === undefined) return refuse('registration/identifier-shape', { pointer: '/value', params });
  const { checks = [], either } = scheme;
  const right = checks.every((one) => holds(value, one)) && (either?.some((one) => holds(value, one)) ?? true);
  return right
    ? ok({ scheme: id, value, proof: proofOf(scheme) })
    : refuse('registration/check-digits', { pointer: '/value', params });
}
