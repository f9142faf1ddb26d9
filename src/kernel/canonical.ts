import { hash } from 'node:crypto';

/** The deepest nesting that is written: deeper values are a bug or an attack. */
const depthMax = 64;

function quoted(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a text with a lone surrogate has no canonical bytes');
  return JSON.stringify(text);
}

function objectText(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('only plain objects are canonical');
  // Texts compare by UTF-16 code units, which is the order that RFC 8785 §3.2.3 asks for.
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = members.map(([key, member]) => `${quoted(key)}:${textOf(member, depth + 1)}`);
  return `{${texts.join(',')}}`;
}

function textOf(value: unknown, depth: number): string {
  if (depth > depthMax) throw new TypeError(`a value deeper than ${depthMax} levels is not written`);
  if (value === null || value === true || value === false) return String(value);
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical bytes`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${Array.from(value, (item: unknown) => textOf(item, depth + 1)).join(',')}]`;
  if (typeof value === 'object') return objectText(value, depth);
  throw new TypeError(`a ${typeof value} has no canonical bytes`);
}

/**
 * The text of a value in the JSON Canonicalization Scheme (RFC 8785). Refuses by throwing: undefined, NaN, infinities,
 * bigint, lone surrogates, dates and other class instances, holes in lists, more than 64 levels.
 */
export const canonicalText = (value: unknown): string => textOf(value, 0);

/** The canonical bytes (RFC 8785, UTF-8) of a value. */
export const canonicalBytes = (value: unknown): Uint8Array => Buffer.from(canonicalText(value), 'utf8');

/** The SHA-256 of the canonical bytes, 64 lower-case hexadecimal digits. */
export const digestOf = (value: unknown): string => hash('sha256', canonicalText(value), 'hex');
