import type { Decimal, Rounding } from '#kernel/decimal.ts';
import { roundings } from '#kernel/decimal.ts';
import type { Money } from '#kernel/money.ts';
import type { Row } from './read.ts';

/** What an expression of a mapping gives; undefined where the input does not say, so that the field is left out. */
export type Value = string | boolean | null | Decimal | Money;

/** Something in the input that a mapping cannot make sense of, with the place in the mapping that stumbled. */
export interface Fault {
  readonly code: string;
  readonly pointer: string;
  readonly line: number;
  readonly detail: string;
}

/** What an expression sees: the row it is worked out for, and the named rows of the parcel. */
export interface Scope {
  readonly row: Row;
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  /** Counts the rows of the list being made, from one; zero outside of a list. */
  readonly ordinal: number;
  readonly faults: Fault[];
}

export type Expression = (scope: Scope) => Value | undefined;
export type Condition = (scope: Scope) => boolean;

/** A stated exchange rate: one unit of `from` is worth `rate` units of `to`. */
export interface Rate {
  readonly from: string;
  readonly to: string;
  readonly rate: Decimal;
}

export type Lookup = (text: string) => string | undefined;

/** One thing wrong in a mapping file, by JSON pointer. */
export interface Problem {
  readonly pointer: string;
  readonly message: string;
}

/** A mapping while it is being read: what it may refer to, which columns it asks for, and all that is wrong with it. */
export interface Build {
  readonly problems: Problem[];
  readonly lookups: ReadonlyMap<string, Lookup>;
  readonly rates: ReadonlyMap<string, Rate>;
  readonly subsets: ReadonlySet<string>;
  /** Expressions that the mapping names once and uses in several places. */
  readonly defined: ReadonlyMap<string, Expression>;
  readonly columns: Set<string>;
}

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isMoney = (value: unknown): value is Money => isObject(value) && 'minor' in value;
export const isDecimal = (value: unknown): value is Decimal => isObject(value) && 'digits' in value;

/** The pointer of a member, escaped as RFC 6901 asks. */
export const below = (pointer: string, name: string | number): string =>
  `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;

export function problem(build: Build, pointer: string, message: string): undefined {
  build.problems.push({ pointer, message });
}

/** Names members that do not belong there, and those that are needed and absent. */
export function members(
  build: Build,
  value: Json,
  pointer: string,
  needed: readonly string[],
  free: readonly string[],
): void {
  for (const name of Object.keys(value)) {
    if (needed.includes(name) || free.includes(name)) continue;
    problem(build, below(pointer, name), `is not known here; known are ${[...needed, ...free].join(', ')}`);
  }
  for (const name of needed) if (!(name in value)) problem(build, pointer, `needs “${name}”`);
}

export function textAt(build: Build, value: unknown, pointer: string): string {
  if (typeof value === 'string' && value !== '') return value;
  problem(build, pointer, 'must be a text');
  return '';
}

export function listAt(build: Build, value: unknown, pointer: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  problem(build, pointer, 'must be a list with at least one entry');
  return [];
}

export function wholeAt(build: Build, value: unknown, pointer: string, least: number, most: number): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  problem(build, pointer, `must be a whole number from ${least} to ${most}`);
  return least;
}

export function roundingAt(build: Build, value: unknown, pointer: string): Rounding {
  const found = roundings.find((one) => one === value);
  if (found === undefined) problem(build, pointer, `must be one of ${roundings.join(', ')}`);
  return found ?? 'half-up';
}

/** A name that the mapping itself must declare elsewhere. */
export function nameAt<T>(build: Build, known: ReadonlyMap<string, T>, value: unknown, pointer: string): T | undefined {
  const found = typeof value === 'string' ? known.get(value) : undefined;
  if (found !== undefined) return found;
  const names = [...known.keys()];
  return problem(
    build,
    pointer,
    `is none of the declared ${names.length === 0 ? '(there are none)' : names.join(', ')}`,
  );
}

export function subsetAt(build: Build, value: unknown, pointer: string): string {
  if (typeof value === 'string' && build.subsets.has(value)) return value;
  problem(build, pointer, `is none of the declared rows: ${[...build.subsets].join(', ')}`);
  return 'all';
}

export function columnAt(build: Build, value: unknown, pointer: string): string {
  const name = textAt(build, value, pointer);
  if (name !== '') build.columns.add(name);
  return name;
}

/** The cell without the spaces around it; an empty cell says nothing. */
export function cellOf(row: Row, column: string): string | undefined {
  const cell = row.cells[column]?.trim();
  return cell === '' ? undefined : cell;
}
