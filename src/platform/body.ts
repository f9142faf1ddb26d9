import { ok, refuse, type Catalogue, type Result } from '#kernel/result.ts';

/** What a body may hold at most, whatever its schema says. */
export interface Limits {
  readonly depth: number;
  readonly stringLength: number;
  readonly listLength: number;
}

/** Twenty-four levels, texts of 10,000 characters, lists and objects of 1,000. */
export const limits: Limits = { depth: 24, stringLength: 10_000, listLength: 1_000 };

/** The refusals of `parseStrict`; each carries a pointer where one field is to blame. */
export const bodyRefusals = {
  'http/body-missing': { status: 400, title: 'The body is empty' },
  'http/body-encoding': { status: 400, title: 'The body is not UTF-8 text' },
  'http/body-byte-order-mark': { status: 400, title: 'The body begins with a byte order mark' },
  'http/body-malformed': { status: 400, title: 'The body is not JSON' },
  'http/body-too-deep': { status: 400, title: 'The body is nested too deeply' },
  'http/key-repeated': { status: 400, title: 'A key stands twice in one object' },
  'http/key-forbidden': { status: 400, title: 'This key is never used' },
  'http/list-too-long': { status: 400, title: 'A list or object is too long' },
  'http/text-too-long': { status: 400, title: 'A text is too long' },
  'http/text-unusable': { status: 400, title: 'A text holds a character that cannot be stored' },
  'http/number-too-large': { status: 400, title: 'A number is too large to be exact' },
} as const satisfies Catalogue;

/** A JSON pointer (RFC 6901) from the keys and places that lead to a value. */
export const pointerOf = (path: readonly (string | number)[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

interface Found {
  readonly code: keyof typeof bodyRefusals;
  readonly params?: Readonly<Record<string, string>>;
  /** From the value outwards: the walk adds a part on each level as it returns. */
  readonly path: (string | number)[];
}

/** Walks a parsed value once: counts members and finds what is over a limit. */
class Walk {
  members = 0;
  readonly #limits: Limits;
  /** Without an escape in the body no text can hold NUL or half a surrogate pair, so none is looked at. */
  readonly #escapes: boolean;

  constructor(bounds: Limits, escapes: boolean) {
    this.#limits = bounds;
    this.#escapes = escapes;
  }

  value(value: unknown, depth: number): Found | undefined {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number') {
      if (value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER) return undefined;
      return { code: 'http/number-too-large', path: [] };
    }
    if (typeof value !== 'object' || value === null) return undefined;
    if (depth >= this.#limits.depth) {
      return { code: 'http/body-too-deep', params: { limit: String(this.#limits.depth) }, path: [] };
    }
    return Array.isArray(value) ? this.#list(value, depth) : this.#object(value, depth);
  }

  #text(value: string): Found | undefined {
    if (value.length > this.#limits.stringLength) {
      return { code: 'http/text-too-long', params: { limit: String(this.#limits.stringLength) }, path: [] };
    }
    if (!this.#escapes || (value.isWellFormed() && !value.includes('\0'))) return undefined;
    return { code: 'http/text-unusable', path: [] };
  }

  #tooLong(length: number): Found | undefined {
    if (length <= this.#limits.listLength) return undefined;
    return { code: 'http/list-too-long', params: { limit: String(this.#limits.listLength) }, path: [] };
  }

  #list(list: readonly unknown[], depth: number): Found | undefined {
    const long = this.#tooLong(list.length);
    if (long !== undefined) return long;
    for (let index = 0; index < list.length; index += 1) {
      const found = this.value(list[index], depth + 1);
      if (found !== undefined) return found.path.unshift(index), found;
    }
    return undefined;
  }

  #object(object: object, depth: number): Found | undefined {
    let count = 0;
    for (const [key, value] of Object.entries(object)) {
      count += 1;
      const found = key === '__proto__' ? forbidden() : (this.#key(key) ?? this.value(value, depth + 1));
      if (found !== undefined) return found.path.unshift(key), found;
    }
    this.members += count;
    return this.#tooLong(count);
  }

  #key(key: string): Found | undefined {
    return this.#escapes || key.length > 100 ? this.#text(key) : undefined;
  }
}

/** No field is called so, and code that copies objects would change what they inherit. */
const forbidden = (): Found => ({ code: 'http/key-forbidden', path: [] });

/** The place after the string that opens at `open`; backslashes before a quote mark decide whether it ends there. */
function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (text.charCodeAt(close - 1) === 92 && !endsString(text, close)) close = text.indexOf('"', close + 1);
  return close + 1;
}

/** The place of the next character that is no white space. */
function pastSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** How many members the objects of a valid JSON text have as written: strings that a colon follows. */
function membersWritten(text: string): number {
  let count = 0;
  for (let open = text.indexOf('"'); open >= 0; ) {
    const after = endOfString(text, open);
    if (text.charCodeAt(pastSpace(text, after)) === 58) count += 1;
    open = text.indexOf('"', after);
  }
  return count;
}

/**
 * How many members the objects of a valid JSON text have as written, or more: each colon behind a quote mark that is no
 * escaped one, or behind white space. It costs less than `membersWritten`, and what agrees with it has no key twice.
 */
export function membersAtMost(text: string): number {
  let count = 0;
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    const before = text.charCodeAt(colon - 1);
    const key = before === 34 ? text.charCodeAt(colon - 2) !== 92 || endsString(text, colon - 1) : isSpace(before);
    if (key) count += 1;
  }
  return count;
}

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

/** Whether the quote mark at this place has an even number of backslashes before it. */
function endsString(text: string, quote: number): boolean {
  let first = quote;
  while (text.charCodeAt(first - 1) === 92) first -= 1;
  return (quote - first) % 2 === 0;
}

/**
 * Whether a key is written with an escape. The engine of Node 24 now and then reads such a key, a quote mark alone, as
 * a backslash, where an object before had that one for a key; so counting what it read says nothing of such a text.
 */
function hasEscapedKey(text: string): boolean {
  if (!text.includes('\\')) return false;
  for (let open = text.indexOf('"'); open >= 0; ) {
    const after = endOfString(text, open);
    if (text.charCodeAt(pastSpace(text, after)) === 58 && text.slice(open, after).includes('\\')) return true;
    open = text.indexOf('"', after);
  }
  return false;
}

/** Finds the first repeated key of a valid JSON text; none where there is none. */
function repeatedKey(text: string): (string | number)[] {
  const levels: { keys: Set<string> | undefined; part: string | number }[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const level = levels.at(-1);
    if (code === 123) levels.push({ keys: new Set(), part: '' });
    else if (code === 91) levels.push({ keys: undefined, part: 0 });
    else if (code === 125 || code === 93) levels.pop();
    else if (code === 44 && typeof level?.part === 'number') level.part += 1;
    else if (code === 34) {
      const after = endOfString(text, at);
      if (level?.keys !== undefined && text.charCodeAt(pastSpace(text, after)) === 58) {
        const key: string = JSON.parse(text.slice(at, after));
        level.part = key;
        if (level.keys.has(key)) return levels.map((one) => one.part);
        level.keys.add(key);
      }
      at = after - 1;
    }
  }
  return [];
}

function malformed(text: string, error: unknown): Result<never> {
  const words = error instanceof Error ? error.message : '';
  const position = Number(/position (\d+)/.exec(words)?.[1] ?? text.length);
  const before = text.slice(0, position).split('\n');
  const params = { line: String(before.length), column: String((before.at(-1)?.length ?? 0) + 1) };
  return refuse('http/body-malformed', { params });
}

/**
 * Parses JSON (RFC 8259) and refuses what two readers could read differently or what cannot be kept: repeated keys,
 * a byte order mark, lone surrogates, NUL, whole numbers beyond 2^53; and what is over a limit. The refusal points at
 * the field. Costs about as much again as JSON.parse alone.
 */
export function parseStrict(text: string, bounds: Limits = limits): Result<unknown> {
  if (text.charCodeAt(0) === 0xfeff) return refuse('http/body-byte-order-mark');
  if (text.trim() === '') return refuse('http/body-missing');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return malformed(text, error);
  }
  const walk = new Walk(bounds, text.includes('\\u') || !text.isWellFormed());
  const found = walk.value(value, 0);
  if (found !== undefined) {
    const { code, params, path } = found;
    return refuse(code, { pointer: pointerOf(path), ...(params === undefined ? {} : { params }) });
  }
  const counts = !hasEscapedKey(text) && walk.members === membersWritten(text);
  const repeated = counts ? [] : repeatedKey(text);
  return repeated.length > 0 ? refuse('http/key-repeated', { pointer: pointerOf(repeated) }) : ok(value);
}

/** Whether a value of a form is a text that cannot be kept: with a NUL, or with half of a surrogate pair. */
export const textUnusable = (value: unknown): boolean =>
  typeof value === 'string' && (value.includes('\0') || !value.isWellFormed());
