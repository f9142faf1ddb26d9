import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ok, type Result } from '#kernel/result.ts';
import { limits, membersAtMost, parseStrict } from './body.ts';
import { markFitting, misfit } from './validation.ts';

/** Reads JSON texts as what a schema describes, as strictly as `parseStrict`. */
export interface Reader<T> {
  /** Refuses, with a pointer, what is not as described. */
  readonly read: (text: string) => Result<T>;
  /** What is as described, or undefined where a closer look is called for. */
  readonly quick: (text: string) => T | undefined;
}

/** How many members the objects in a value have; not a number where one of them is not known to the schema. */
type Members = (value: unknown) => number;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of a closed object, and of what stands in it. */
function ofObject(properties: Readonly<Record<string, unknown>>): Members | undefined {
  const known = new Map<string, Members | null>();
  for (const [name, schema] of Object.entries(properties)) {
    const inside = membersOf(schema);
    if (inside === undefined) return undefined;
    known.set(name, inside);
  }
  return (value) => {
    if (!isRecord(value)) return 0;
    const names = Object.keys(value);
    let count = names.length;
    for (const name of names) {
      const inside = known.get(name);
      if (inside === undefined) return Number.NaN;
      if (inside !== null) count += inside(value[name]);
    }
    return count;
  };
}

function ofList(items: unknown): Members | null | undefined {
  const inside = membersOf(items);
  if (inside === null || inside === undefined) return inside;
  return (value) => {
    let count = 0;
    if (Array.isArray(value)) for (const item of value) count += inside(item);
    return count;
  };
}

/**
 * Counts what a schema lets in: null where nothing in it has members, undefined where that cannot be told from the
 * schema alone, as for an open object or a choice between two.
 */
function membersOf(schema: unknown): Members | null | undefined {
  if (!isRecord(schema)) return undefined;
  if (Array.isArray(schema['anyOf'])) {
    const inside = schema['anyOf'].map(membersOf).filter((one) => one !== null);
    return inside.length > 1 ? undefined : (inside[0] ?? null);
  }
  const { type, properties, items } = schema;
  if (type === 'object') {
    const closed = schema['additionalProperties'] === false && isRecord(properties);
    return closed ? ofObject(properties) : undefined;
  }
  if (type === 'array') return ofList(items);
  return type === undefined && schema['const'] === undefined ? undefined : null;
}

/**
 * The schema with its objects open: what is unknown is found by counting, which costs less than a test of each name. A
 * text or list without a bound of its own gets that of every body.
 */
function opened(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(opened);
  if (!isRecord(schema)) return schema;
  const members = Object.entries(schema).filter(([name, value]) => name !== 'additionalProperties' || value !== false);
  return {
    ...(schema['type'] === 'string' ? { maxLength: limits.stringLength } : {}),
    ...(schema['type'] === 'array' ? { maxItems: limits.listLength } : {}),
    ...Object.fromEntries(members.map(([name, value]) => [name, opened(value)])),
  };
}

/**
 * Makes the reader of a schema. What is right is read with less work than by `parseStrict` and `misfit`; what is not
 * goes to them, so that each fault is told as everywhere.
 */
export function readerOf<S extends TSchema>(schema: S): Reader<Static<S>> {
  const whole = Compile(schema);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a schema without a keyword is a schema.
  const open = Compile(opened(schema) as TSchema);
  const members = membersOf(schema);
  // What fits the schema is what the schema describes.
  const quick = (text: string): Static<S> | undefined => {
    const value = members ? trusting(text, members, (one) => open.Check(one)) : undefined;
    return value === undefined ? undefined : (markFitting(value) as Static<S>);
  };
  return {
    quick,
    read(text) {
      const value = quick(text);
      if (value !== undefined) return ok(value);
      const parsed = parseStrict(text, limits);
      if (!parsed.ok) return parsed;
      const bad = misfit(whole, parsed.value);
      return bad ? { ok: false, error: bad } : ok(parsed.value as Static<S>);
    },
  };
}

/** The value of a text in which nothing calls for a closer look; undefined where something does. */
function trusting(text: string, members: Members, fits: (value: unknown) => boolean): unknown {
  // Without an escape no text in it can hold NUL or half a surrogate pair.
  if (text.includes('\\u') || !text.isWellFormed()) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return fits(value) && members(value) === membersAtMost(text) ? value : undefined;
}
