import { type Day, daysBetween } from '#kernel/effective.ts';
import { compileCel } from './cel.ts';
import { OfDay, rowOf, viewOf } from './day.ts';
import { compare, toPlaces } from './exact.ts';
import { givenTest } from './figures.ts';
import { factTypes, isFact, isJson } from './facts.ts';
import type { TableRow, TableView } from './pack.ts';
import { clockDay } from './clock.ts';
import { type Condition, need, needFact, noteRead, type Run, useRule } from './run.ts';
import { almost, meant } from './problems.ts';
import { at, inLine, list, type Place, same, unlike } from './term.ts';
import { both, either, negation, overLines } from './three-valued.ts';

/** Whether each comparison holds where the first is below the second, equal to it, or above it. */
const comparisons: Readonly<Record<string, readonly [below: boolean, equal: boolean, above: boolean]>> = {
  'at-most': [true, true, false],
  'less-than': [true, false, false],
  'at-least': [false, true, true],
  'more-than': [false, false, true],
  equal: [false, true, false],
};

const isYesNo = (text: string): boolean => text === 'yes' || text === 'no';

const refused: Condition = () => undefined;

/** Compiles a condition: CEL as a text, or a structured one as an object. */
export function compileCondition(source: unknown, place: Place): Condition {
  const bad = (message: string, remedy?: string): Condition => {
    place.problem(place.pointer, message, remedy);
    return refused;
  };
  if (typeof source === 'string') {
    const compiled = compileCel(source, place.scope);
    return typeof compiled === 'function' ? compiled : bad(compiled.message, compiled.remedy);
  }
  if (source === true) return () => true;
  if (!isJson(source)) return bad('a condition is a CEL text or an object');
  const entries = Object.entries(source);
  const [operator, value] = entries[0] ?? ['', undefined];
  if (entries.length !== 1)
    return bad('a condition has exactly one operator', 'join several by {"all": […]} or {"any": […]}');
  const inner = at(place, operator);
  const order = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (order !== undefined) return compileComparison(value, inner, order);
  const compile = Object.hasOwn(conditionOperators, operator) ? conditionOperators[operator] : undefined;
  return compile === undefined
    ? bad(`no condition is called ${operator}`, meant(operator, conditionNames))
    : compile(value, inner);
}

function compileComparison(
  value: unknown,
  place: Place,
  [below, equal, above]: readonly [boolean, boolean, boolean],
): Condition {
  const parts = list(value, place);
  const [a, b] = parts;
  if (a === undefined || b === undefined || parts.length !== 2) {
    place.problem(place.pointer, 'a comparison takes two terms', 'write [a, b]');
    return refused;
  }
  if (!same(a.dimension, b.dimension)) {
    const remedy = unlike(a.dimension, b.dimension);
    place.problem(place.pointer, 'a comparison takes two terms that measure the same thing', remedy);
    return refused;
  }
  return (run) => {
    const left = a.term(run);
    const right = b.term(run);
    if (left === undefined || right === undefined) return undefined;
    const order = compare(left, right);
    return order < 0 ? below : order > 0 ? above : equal;
  };
}

const conditionOperators: Readonly<Record<string, (value: unknown, place: Place) => Condition>> = {
  all: (value, place) => both(conditions(value, place)),
  any: (value, place) => either(conditions(value, place)),
  not: (value, place) => negation(compileCondition(value, place)),
  'any-line': (value, place) => overLines(compileCondition(value, inLine(place)), false),
  'every-line': (value, place) => overLines(compileCondition(value, inLine(place)), true),
  /** Whether the fact was given at all and is not null: an answer that is always known. */
  given: (value, place) => {
    if (typeof value !== 'string' || !isFact(value)) {
      place.problem(place.pointer, `no fact is called ${String(value)}`, meant(String(value), Object.keys(factTypes)));
      return refused;
    }
    return givenTest(value);
  },
  'in-table': (value, place) => {
    const name = typeof value === 'string' ? value : '';
    if (!place.names.tables.has(name)) {
      place.problem(place.pointer, `no table is called ${String(value)}`, meant(name, place.names.tables.keys()));
      return refused;
    }
    const tables = new OfDay((day) => day.tables.get(name));
    return (run) => {
      const fact = run.line?.commodity;
      if (typeof fact !== 'string') return needFact(run, 'commodity');
      return rowRead(run, tables.at(run.valuesAt), fact) !== undefined;
    };
  },
  /** `{"cell": ["goods.permit", "given"]}` or a text: what a text column of the row for the commodity says. */
  cell: compileCellCondition,
  /** `{"within": ["released", "applied", "return-days"]}`: not later than so many days or months after the first. */
  within: compileWithin,
  /** `{"switch": ["flat-duty-outside-ioss", "yes"]}`: an open question of the law, answered by a named default. */
  switch: (value, place) => {
    const [id, expected] = Array.isArray(value) ? value : [];
    const asked = typeof id === 'string' ? place.names.values.get(id) : undefined;
    if (typeof id !== 'string' || asked?.unit !== 'text' || typeof expected !== 'string') {
      place.problem(place.pointer, 'switch names a value of unit text and the text it must have');
      return refused;
    }
    // What is answered yes or no is never answered otherwise; other questions may have answers that no row gives yet.
    if (asked.rows.length > 0 && asked.rows.every(({ text }) => isYesNo(text)) && !isYesNo(expected)) {
      place.problem(place.pointer, `${id} is never "${expected}"`, 'ask for yes or no, as its rows answer');
      return refused;
    }
    const rows = new OfDay((day) => day.values.get(id));
    return (run) => {
      const row = rows.at(run.valuesAt);
      if (row === undefined) return need(run, id);
      useRule(run, row.provenance);
      noteRead(run, id, row.text);
      return row.text === expected;
    };
  },
};

/** Whether a day lies no more than so many days or months after another; the same day of a later month still does. */
function withinTime(start: Day, end: Day, count: number, unit: string): boolean {
  if (unit === 'days') return daysBetween(start, end) <= count;
  const month = (day: Day): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
  const over = month(end) - month(start) - count;
  return over < 0 || (over === 0 && end.slice(8) <= start.slice(8));
}

function compileWithin(value: unknown, place: Place): Condition {
  const [from, to, id] = Array.isArray(value) ? value : [];
  const { clocks, values } = place.names;
  const unit = typeof id === 'string' ? values.get(id)?.unit : undefined;
  const named = typeof from === 'string' && typeof to === 'string' && clocks.has(from) && clocks.has(to);
  if (!named || typeof id !== 'string' || (unit !== 'days' && unit !== 'months')) {
    place.problem(place.pointer, 'within names two clocks of pack.json and a value in days or months');
    return refused;
  }
  return (run) => {
    const start = clockDay(run, from);
    const end = clockDay(run, to);
    if (start === undefined || end === undefined) return undefined;
    // How long there is time is said by the law of the day on which the time begins.
    const row = viewOf(run.pack, start.day, run.view.zone?.id ?? null).values.get(id);
    if (row === undefined || row.exact === null) return need(run, id);
    useRule(run, row.provenance);
    noteRead(run, from, start.day);
    noteRead(run, to, end.day);
    noteRead(run, id, row.exact);
    return withinTime(start.day, end.day, Number(toPlaces(row.exact, 0, 'down').digits), unit);
  };
}

function conditions(value: unknown, place: Place): Condition[] {
  if (!Array.isArray(value) || value.length === 0) {
    place.problem(place.pointer, 'a list of conditions is expected');
    return [refused];
  }
  return value.map((one, index) => compileCondition(one, at(place, index)));
}

/** The row for the code, noted as read: what it says rests on its source. */
function rowRead(run: Run, view: TableView | undefined, code: string): TableRow | undefined {
  const row = view === undefined ? undefined : rowOf(view, code);
  if (row === undefined) return undefined;
  useRule(run, row);
  noteRead(run, row.id, 'listed');
  return row;
}

function compileCellCondition(value: unknown, place: Place): Condition {
  const [column, expected] = Array.isArray(value) ? value : [];
  const [name = '', cell = ''] = typeof column === 'string' ? column.split('.') : [];
  const table = place.names.tables.get(name);
  if (table?.columns[cell] !== 'text' || typeof expected !== 'string') {
    place.problem(place.pointer, 'cell names a text column and the text it must have, or "given"');
    return refused;
  }
  // A class of goods that no row is in yet may be asked for, one that is misspelt may not.
  const said = table.said?.get(cell) ?? new Set<string>();
  const nearest = expected === 'given' || said.has(expected) ? undefined : almost(expected, said);
  if (nearest !== undefined) {
    place.problem(place.pointer, `no row of ${name} says "${expected}" in ${cell}`, `did you mean ${nearest}?`);
    return refused;
  }
  const tables = new OfDay((day) => day.tables.get(name));
  return (run) => {
    const fact = run.line?.commodity;
    if (typeof fact !== 'string') return needFact(run, 'commodity');
    const found = rowRead(run, tables.at(run.valuesAt), fact)?.cells[cell] ?? null;
    return expected === 'given' ? found !== null : found === expected;
  };
}

/** Every structured condition there is, for the guide. */
export const conditionNames: readonly string[] = [...Object.keys(comparisons), ...Object.keys(conditionOperators)];
