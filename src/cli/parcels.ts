import type { Day } from '#kernel/effective.ts';
import { type Condition, type Fault, type Scope } from './build.ts';
import { dayText, type Mapping } from './mapping.ts';
import {
  FileError,
  formatOf,
  isUnreadable,
  type Line,
  type Meter,
  type Place,
  readLines,
  readObjects,
  readTable,
  type Row,
  type Unreadable,
} from './read.ts';

/** Why something was refused before any window saw it. */
export interface Wrong {
  readonly code: string;
  readonly pointer: string;
  readonly detail: string;
}

interface Common extends Place {
  /** The key of the parcel in the input: its order number, or the line it stands on. */
  readonly key: string;
  /** Rows of the input that it was made of. */
  readonly rows: number;
}

/** One parcel, made of its rows. Whether its body fits the schema is for the one who takes it. */
export interface Made extends Common {
  readonly kind: 'parcel';
  readonly body: unknown;
  readonly day: Day | undefined;
  /** Rows of it that were left out, by the words of the rule. */
  readonly leftOut: Readonly<Record<string, number>>;
}

export interface LeftOut extends Common {
  readonly kind: 'set-aside';
  readonly reason: string;
}

export interface Spoilt extends Common {
  readonly kind: 'unreadable';
  readonly wrong: readonly Wrong[];
}

export type Item = Made | LeftOut | Spoilt;

/** More rows than this under one key are no parcel: a key that never changes would fill the memory. */
export const rowsMax = 10_000;

/** A choice made at the command line: only parcels whose first row has this cell. */
export interface Only {
  readonly column: string;
  readonly value: string;
}

export interface Input {
  readonly files: readonly string[];
  readonly mapping: Mapping | null;
  readonly only: Only | null;
}

/** All parcels of the files, in their order, one in memory at a time. */
export async function* parcelsOf(input: Input, meter: Meter): AsyncGenerator<Item> {
  for (const file of input.files) {
    if (input.mapping !== null) yield* grouped(rowsOf(file, input.mapping, meter), input.mapping, input.only);
    else if (formatOf(file) === 'ndjson') yield* whole(readLines(file, meter));
    else throw new FileError(`${file} needs a mapping: --mapping FILE says which column means what.`);
  }
}

async function* rowsOf(file: string, mapping: Mapping, meter: Meter): AsyncGenerator<Row | Unreadable> {
  if (formatOf(file) === 'ndjson') {
    yield* readObjects(file, meter);
    return;
  }
  let first = true;
  for await (const row of readTable(file, mapping.table, meter)) {
    if (first && !isUnreadable(row)) {
      const absent = [...mapping.columns].filter((name) => row.cells[name] === undefined);
      if (absent.length > 0)
        throw new FileError(`${file} has no column ${absent.join(', ')}, which the mapping reads.`);
      first = false;
    }
    yield row;
  }
}

/** Lines that hold a whole parcel each. */
async function* whole(lines: AsyncGenerator<Line | Unreadable>): AsyncGenerator<Item> {
  for await (const line of lines) {
    const place = { file: line.file, line: line.line, key: String(line.line), rows: 1 };
    if (isUnreadable(line)) {
      yield { kind: 'unreadable', ...place, wrong: [wrongOf(line)] };
      continue;
    }
    yield { kind: 'parcel', ...place, body: line.text, day: undefined, leftOut: {} };
  }
}

const wrongOf = (one: Unreadable): Wrong => ({ code: one.code, pointer: '', detail: one.detail });

interface Open {
  readonly key: string;
  readonly rows: Row[];
  readonly wrong: Wrong[];
}

const keyOf = (row: Row, by: readonly string[]): string =>
  by.length === 0 ? String(row.line) : by.map((column) => row.cells[column]?.trim() ?? '').join(' ');

/**
 * Rows that stand together under one key become one parcel. A row that cannot be read spoils the parcels it stands
 * between.
 */
async function* grouped(
  rows: AsyncGenerator<Row | Unreadable>,
  mapping: Mapping,
  only: Only | null,
): AsyncGenerator<Item> {
  let open: Open | undefined;
  let spoiling: Wrong[] = [];
  for await (const row of rows) {
    if (isUnreadable(row)) {
      const wrong = { code: 'file/row-lost', pointer: '', detail: `Line ${row.line} beside it could not be read.` };
      open?.wrong.push(wrong);
      spoiling = [wrong];
      yield { kind: 'unreadable', file: row.file, line: row.line, key: '', rows: 1, wrong: [wrongOf(row)] };
      continue;
    }
    const key = keyOf(row, mapping.by);
    if (open !== undefined && open.key === key && mapping.by.length > 0) {
      if (open.rows.length === rowsMax) throw new FileError(`More than ${rowsMax} rows stand under the key “${key}”.`);
      open.rows.push(row);
    } else {
      if (open !== undefined) yield closed(open, mapping, only);
      // Nobody knows whether the lost row was the first of this parcel or the last of the one before.
      open = { key, rows: [row], wrong: mapping.by.length > 0 ? [...spoiling] : [] };
    }
    spoiling = [];
  }
  if (open !== undefined) yield closed(open, mapping, only);
}

function closed(open: Open, mapping: Mapping, only: Only | null): Item {
  const first = open.rows[0]!;
  const common = { file: first.file, line: first.line, key: open.key, rows: open.rows.length };
  if (open.wrong.length > 0) return { kind: 'unreadable', ...common, wrong: open.wrong };
  if (only !== null && (first.cells[only.column]?.trim() ?? '') !== only.value) {
    return { kind: 'set-aside', ...common, reason: `other than ${only.column} ${only.value}` };
  }
  const leftOut: Record<string, number> = {};
  let last = '';
  const rows = open.rows.filter((row) => {
    const rule = mapping.setAside.find((one) => one.each === 'row' && one.when(scopeOf(row, {}, [])));
    if (rule === undefined) return true;
    leftOut[rule.as] = (leftOut[rule.as] ?? 0) + 1;
    last = rule.as;
    return false;
  });
  const subsets = subsetsOf(rows, mapping.subsets);
  const faults: Fault[] = [];
  // A whole parcel is judged by its first row as it came, so that its reason does not depend on which rows are left.
  const scope = scopeOf(rows[0] ?? first, subsets, faults);
  const rule = mapping.setAside.find((one) => one.each === 'parcel' && one.when({ ...scope, row: first }));
  if (rule !== undefined) return { kind: 'set-aside', ...common, reason: rule.as };
  if (rows.length === 0) return { kind: 'set-aside', ...common, reason: last };
  return made(common, mapping, scope, leftOut);
}

function made(common: Common, mapping: Mapping, scope: Scope, leftOut: Readonly<Record<string, number>>): Item {
  const { faults } = scope;
  const body = mapping.body(scope);
  const written = mapping.day?.(scope);
  const day = dayText(written);
  if (written !== undefined && day === undefined) {
    faults.push({ code: 'mapping/not-a-date', pointer: '/day', line: common.line, detail: 'The day is no day.' });
  }
  if (faults.length === 0) return { kind: 'parcel', ...common, body, day, leftOut };
  const wrong = faults.map(({ code, pointer, line, detail }) => ({
    code,
    pointer,
    detail: `${detail} (line ${line}, by ${pointer} of the mapping)`,
  }));
  return { kind: 'unreadable', ...common, wrong };
}

const scopeOf = (row: Row, rows: Scope['rows'], faults: Fault[]): Scope => ({ row, rows, ordinal: 0, faults });

function subsetsOf(rows: readonly Row[], subsets: ReadonlyMap<string, Condition>): Scope['rows'] {
  const named: Record<string, readonly Row[]> = { all: rows };
  for (const [name, when] of subsets) named[name] = rows.filter((row) => when(scopeOf(row, {}, [])));
  return named;
}
