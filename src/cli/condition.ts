import { compareDecimal, parseDecimal } from '#kernel/decimal.ts';
import {
  type Build,
  cellOf,
  columnAt,
  type Condition,
  isObject,
  type Json,
  listAt,
  members,
  problem,
  subsetAt,
  below,
} from './build.ts';

const never: Condition = () => false;

function matcher(build: Build, source: unknown, pointer: string): RegExp | undefined {
  try {
    if (typeof source === 'string') return new RegExp(source, 'u');
  } catch {
    // The reason is the same for a text that is no pattern and for what is no text.
  }
  return problem(build, pointer, 'must be a regular expression');
}

/** The comparisons of one cell, by the member that names them. */
const comparisons: Readonly<
  Record<string, (build: Build, column: string, operand: unknown, pointer: string) => Condition>
> = {
  matches: (build, column, operand, pointer) => {
    const pattern = matcher(build, operand, pointer);
    return ({ row }) => pattern?.test(cellOf(row, column) ?? '') ?? false;
  },
  in: (build, column, operand, pointer) => {
    const values = new Set(listAt(build, operand, pointer).map(String));
    return ({ row }) => values.has(cellOf(row, column) ?? '');
  },
  empty: (build, column, operand, pointer) => {
    if (operand !== true) problem(build, pointer, 'must be true');
    return ({ row }) => cellOf(row, column) === undefined;
  },
  atMost: (build, column, operand, pointer) => bound(build, column, operand, pointer, [-1, 0]),
  atLeast: (build, column, operand, pointer) => bound(build, column, operand, pointer, [0, 1]),
};

function bound(build: Build, column: string, operand: unknown, pointer: string, sides: readonly number[]): Condition {
  const limit = typeof operand === 'string' ? parseDecimal(operand) : undefined;
  if (limit === undefined) problem(build, pointer, 'must be a decimal written as a text, like "0.50"');
  return ({ row }) => {
    const value = parseDecimal(cellOf(row, column) ?? '');
    return value !== undefined && limit !== undefined && sides.includes(compareDecimal(value, limit));
  };
}

/** Conditions over other conditions, and over the named rows of a parcel. */
const combinations: Readonly<Record<string, (build: Build, operand: unknown, pointer: string) => Condition>> = {
  not: (build, operand, pointer) => {
    const inner = condition(build, operand, pointer);
    return (scope) => !inner(scope);
  },
  all: (build, operand, pointer) => {
    const inner = conditions(build, operand, pointer);
    return (scope) => inner.every((one) => one(scope));
  },
  any: (build, operand, pointer) => {
    const inner = conditions(build, operand, pointer);
    return (scope) => inner.some((one) => one(scope));
  },
  none: (build, operand, pointer) => {
    const name = subsetAt(build, operand, pointer);
    return ({ rows }) => (rows[name]?.length ?? 0) === 0;
  },
};

/** The names by which a mapping asks, for the document that explains them. */
export const comparisonNames: readonly string[] = Object.keys(comparisons);
export const combinationNames: readonly string[] = Object.keys(combinations);

const conditions = (build: Build, operand: unknown, pointer: string): Condition[] =>
  listAt(build, operand, pointer).map((one, index) => condition(build, one, below(pointer, index)));

/** Reads a condition of a mapping: one comparison of a column, or `not`, `all`, `any`, `none` over others. */
export function condition(build: Build, value: unknown, pointer: string): Condition {
  if (!isObject(value)) {
    problem(build, pointer, 'must be a condition, like { "column": "Quantity", "atMost": "0" }');
    return never;
  }
  if ('column' in value) return ofColumn(build, value, pointer);
  const [name] = Object.keys(value);
  const combine = name === undefined ? undefined : combinations[name];
  if (name === undefined || combine === undefined) {
    problem(build, pointer, `must have “column”, or one of ${Object.keys(combinations).join(', ')}`);
    return never;
  }
  members(build, value, pointer, [name], []);
  return combine(build, value[name], below(pointer, name));
}

function ofColumn(build: Build, value: Json, pointer: string): Condition {
  const column = columnAt(build, value.column, below(pointer, 'column'));
  const names = Object.keys(value).filter((name) => name !== 'column');
  const compare = names.length === 1 ? comparisons[names[0]!] : undefined;
  if (compare === undefined) {
    problem(build, pointer, `compares a column by exactly one of ${Object.keys(comparisons).join(', ')}`);
    return never;
  }
  return compare(build, column, value[names[0]!], below(pointer, names[0]!));
}
