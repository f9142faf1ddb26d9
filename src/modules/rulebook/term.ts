import { accountUsed, amountOf, exactIn, numberReader, valueOn } from './figures.ts';
import { OfDay, rowOf } from './day.ts';
import { dutyPart, type DutyUse } from './duty-term.ts';
import {
  add,
  compare,
  divide,
  type Exact,
  exactZero,
  multiply,
  ofDecimal,
  ofWhole,
  subtract,
  toPlaces,
} from './exact.ts';
import { type FactName, type FactType, factTypes, isFact, isFigure, isJson, type Json } from './facts.ts';
import { wholeItems } from './pieces.ts';
import { meant } from './problems.ts';
import { type Condition, convertExact, Lack, need, needFact, noteRead, type Term, useRule } from './run.ts';

/** What a term measures: exponents of money, kilogram and unit of quantity; `zero` fits everything. */
export type Dimension = 'zero' | readonly [money: number, kg: number, unit: number];

/**
 * What the names in a rule may mean; filled while a pack is compiled, so that every name is resolved before any parcel.
 */
export interface Names {
  readonly values: ReadonlyMap<string, { readonly unit: string; readonly rows: readonly { readonly text: string }[] }>;
  /** `vat.*`: values whose last part is a fact, declared by this pack or left to its leaves. */
  readonly families: ReadonlySet<string>;
  readonly tables: ReadonlyMap<
    string,
    {
      readonly columns: Readonly<Record<string, string>>;
      readonly key: string;
      /** What the rows say in a column of texts; nothing where others may fill the table. */
      readonly said?: ReadonlyMap<string, ReadonlySet<string>>;
    }
  >;
  readonly amounts: ReadonlyMap<
    string,
    { readonly index: number; readonly scope: 'head' | 'line'; readonly dimension: Dimension }
  >;
  readonly charges: ReadonlyMap<string, { readonly index: number }>;
  readonly accounts: ReadonlySet<string>;
  readonly clocks: ReadonlySet<string>;
  readonly isCurrency: (unit: string) => boolean;
}

export interface Place {
  /** Compiles a condition inside a term; handed in, because conditions hold terms and terms hold conditions. */
  readonly condition: (source: unknown, place: Place) => Condition;
  readonly names: Names;
  readonly scope: 'head' | 'line';
  readonly pointer: string;
  readonly problem: (pointer: string, message: string, remedy?: string) => void;
}

export interface Compiled {
  readonly term: Term;
  readonly dimension: Dimension;
  /** Of a duty also what a charge shows beside the amount. */
  readonly part?: ReturnType<typeof dutyPart>;
}

const plainNumber: Dimension = [0, 0, 0];
const exactOne = ofWhole(1n);
const money: Dimension = [1, 0, 0];
const never: Compiled = { term: () => undefined, dimension: 'zero' };
export const at = (place: Place, ...steps: (string | number)[]): Place => ({
  ...place,
  pointer: [place.pointer, ...steps].join('/'),
});
export const inLine = (place: Place): Place => ({ ...place, scope: 'line' });

function fail(place: Place, message: string, remedy?: string): Compiled {
  place.problem(place.pointer, message, remedy);
  return never;
}

/** What something measures, in words: a problem says it of both sides. */
export function measured(dimension: Dimension): string {
  if (dimension === 'zero') return 'nothing yet';
  const names = ['money', 'kilograms', 'units of quantity'];
  const [over, under] = [1, -1].map((sign) =>
    dimension.flatMap((power, index) => Array.from({ length: Math.max(0, sign * power) }, () => names[index]!)),
  );
  const top = over!.length === 0 ? 'a plain number' : over!.join(' times ');
  return under!.length === 0 ? top : `${top} per ${under!.join(' and ')}`;
}

/** The remedy where two things are held against each other that measure differently. */
export const unlike = (a: Dimension, b: Dimension): string =>
  `${measured(a)} stands against ${measured(b)}: look at the units of the values and columns (EUR is not EUR/unit)`;

const measures: Readonly<Record<string, Dimension>> = { kg: [0, 1, 0], unit: [0, 0, 1] };

/** The dimension of a unit: a currency, `kg`, `unit`, `rate`, `count`, or one of the first per one of the next. */
export function dimensionOf(unit: string, isCurrency: (unit: string) => boolean): Dimension | undefined {
  const [first = '', per] = unit.split('/');
  if (per === undefined && (unit === 'rate' || unit === 'count')) return plainNumber;
  const base: Dimension | undefined = isCurrency(first)
    ? [1, 0, 0]
    : Object.hasOwn(measures, first)
      ? measures[first]
      : undefined;
  if (base === undefined || per === undefined) return base;
  return Object.hasOwn(measures, per) ? times(base, measures[per] ?? plainNumber, -1) : undefined;
}

export const same = (a: Dimension, b: Dimension): boolean =>
  a === 'zero' || b === 'zero' || (a[0] === b[0] && a[1] === b[1] && a[2] === b[2]);

const times = (a: Dimension, b: Dimension, sign: 1 | -1): Dimension =>
  a === 'zero' || b === 'zero' ? 'zero' : [a[0] + sign * b[0], a[1] + sign * b[1], a[2] + sign * b[2]];

/** Compiles an exact term. A failure is reported with its pointer, and the term that stands in for it is never run. */
export function compileTerm(source: unknown, place: Place): Compiled {
  if (!isJson(source)) return fail(place, 'a term is an object');
  const json = source;
  const [operator] = Object.keys(json);
  const compile = operator === undefined || !Object.hasOwn(operators, operator) ? undefined : operators[operator];
  if (operator === undefined || compile === undefined)
    return fail(place, `no exact term is called ${operator ?? 'nothing'}`, meant(operator ?? '', termNames));
  const allowed = extraKeys[operator] ?? [];
  const stray = Object.keys(json).find((key) => key !== operator && !allowed.includes(key));
  if (stray !== undefined)
    return fail(
      at(place, stray),
      `${operator} takes no ${stray}`,
      allowed.length === 0 ? 'take it away' : `say ${allowed.join(' or ')}, or take it away`,
    );
  return compile(json[operator], place, json);
}

export const extraKeys: Readonly<Record<string, readonly string[]>> = {
  fact: ['absent', 'left-out'],
  value: ['of'],
  table: ['key', 'otherwise'],
  duty: ['base', 'key', 'otherwise'],
  if: ['else', 'then'],
  'whole-items': ['within'],
};

const operators: Readonly<Record<string, (value: unknown, place: Place, json: Json) => Compiled>> = {
  number: (value, place) => {
    if (value === '0') return { term: () => exactZero, dimension: 'zero' };
    if (value === '1') return { term: () => exactOne, dimension: plainNumber };
    return fail(
      place,
      'only "0" and "1" are written in a term; every other figure is a value',
      'put the figure into values.json with its days and its source, and write {"value": "…"}',
    );
  },
  fact: compileFact,
  value: compileValue,
  table: compileTable,
  duty: compileDuty,
  amount: compileAmountUse,
  charge: (value, place) => {
    const charge = typeof value === 'string' ? place.names.charges.get(value) : undefined;
    if (charge === undefined)
      return fail(place, `no charge before this one is called ${String(value)}`, before(value, place.names.charges));
    const name = `charge.${String(value)}`;
    const { index } = charge;
    const term: Term = (run) => {
      const kept = place.scope === 'line' ? run.line?.charges[index] : run.charges[index];
      if (kept instanceof Lack) {
        run.missing.push(...kept.missing);
        return undefined;
      }
      // A charge that the route does not raise comes to nothing.
      const amount = kept ?? exactZero;
      noteRead(run, name, amount);
      return amount;
    };
    return { term, dimension: [1, 0, 0] };
  },
  account: (value, place) => {
    if (typeof value !== 'string' || !place.names.accounts.has(value))
      return fail(place, `no account is called ${String(value)}`, meant(String(value), place.names.accounts));
    return { term: (run) => accountUsed(run, value), dimension: [1, 0, 0] };
  },
  plus: (value, place) => fold(value, place, add, sumOf),
  minus: (value, place) => pair(value, place, subtract),
  min: (value, place) => fold(value, place, (a, b) => (compare(a, b) <= 0 ? a : b)),
  max: (value, place) => fold(value, place, (a, b) => (compare(a, b) >= 0 ? a : b)),
  times: (value, place) => {
    const parts = list(value, place);
    if (parts.length === 0) return never;
    const dimension = parts.reduce<Dimension>((product, one) => times(product, one.dimension, 1), plainNumber);
    return { term: reduceTerms(parts, multiply, productOf), dimension };
  },
  divided: (value, place) => {
    const parts = list(value, place);
    const [a, b] = parts;
    if (a === undefined || b === undefined || parts.length !== 2) return fail(place, 'divided takes two terms');
    const term: Term = (run) => {
      const left = a.term(run);
      const right = b.term(run);
      if (left === undefined || right === undefined) return undefined;
      return divide(left, right) ?? need(run, 'divisor');
    };
    return { term, dimension: times(a.dimension, b.dimension, -1) };
  },
  /** Money brought to the pack's currency and rounding before anything is worked out from it. */
  rounded: (value, place) => {
    const { term, dimension } = compileTerm(value, at(place, 'rounded'));
    if (!same(dimension, money)) return fail(place, 'rounded takes an amount of money', unlike(dimension, money));
    const round: Term = (run) => {
      const amount = term(run);
      return amount === undefined ? undefined : ofDecimal(toPlaces(amount, run.pack.exponent, run.pack.rounding.mode));
    };
    return { term: round, dimension };
  },
  'sum-lines': (value, place) => {
    if (place.scope === 'line') return fail(place, 'sum-lines stands in terms of the parcel, not of a line');
    const part = compileTerm(value, inLine(at(place, 'sum-lines')));
    return { term: sumLines(part.term), dimension: part.dimension };
  },
  'count-same': compileCountSame,
  'whole-items': compileWholeItems,
  if: (value, place, json) => {
    const test = place.condition(value, at(place, 'if'));
    const yes = compileTerm(json.then, at(place, 'then'));
    const no = compileTerm(json.else, at(place, 'else'));
    if (!same(yes.dimension, no.dimension))
      return fail(place, 'then and else measure different things', unlike(yes.dimension, no.dimension));
    const term: Term = (run) => {
      const result = test(run);
      return result === undefined ? undefined : result ? yes.term(run) : no.term(run);
    };
    return { term, dimension: yes.dimension === 'zero' ? no.dimension : yes.dimension };
  },
};

/** The remedy for a name that has to be defined further up. */
function before(value: unknown, known: ReadonlyMap<string, unknown>): string {
  const nearest = meant(String(value), known.keys());
  return nearest.startsWith('did') ? nearest : 'define it further up in its file: a rule sees the ones before it';
}

const ofLines = 'write {"sum-lines": …} around it; or compare line by line, by every-line or any-line';
const textFacts = Object.entries(factTypes).flatMap(([name, { kind }]) => (kind === 'text' ? [name] : []));
const columnsOf = ({ names }: Place): string[] =>
  [...names.tables].flatMap(([table, { columns }]) => Object.keys(columns).map((column) => `${table}.${column}`));
const dutiesOf = (place: Place): string[] =>
  columnsOf(place).filter((one) => {
    const [table = '', column = ''] = one.split('.');
    return place.names.tables.get(table)?.columns[column] === 'duty';
  });

export function list(value: unknown, place: Place): Compiled[] {
  if (!Array.isArray(value) || value.length === 0) {
    place.problem(place.pointer, 'a list of terms is expected', 'write [a, b], with at least one');
    return [];
  }
  return value.map((one, index) => compileTerm(one, at(place, index)));
}

type Join = (a: Exact, b: Exact) => Exact;
type OfTwo = (first: Term, second: Term) => Term;

const sumOf: OfTwo = (first, second) => (run) => {
  const left = first(run);
  const right = second(run);
  return left === undefined || right === undefined ? undefined : add(left, right);
};

const productOf: OfTwo = (first, second) => (run) => {
  const left = first(run);
  const right = second(run);
  return left === undefined || right === undefined ? undefined : multiply(left, right);
};

const joinedBy =
  (join: Join): OfTwo =>
  (first, second) =>
  (run) => {
    const left = first(run);
    const right = second(run);
    return left === undefined || right === undefined ? undefined : join(left, right);
  };

/** Nearly all have two parts, and these are asked without a loop: sums and products each by a term of their own. */
function reduceTerms(parts: readonly Compiled[], join: Join, ofTwo = joinedBy(join)): Term {
  const terms = parts.map((one) => one.term);
  const [first, second] = terms;
  if (terms.length === 2 && first !== undefined && second !== undefined) return ofTwo(first, second);
  return (run) => {
    let result: Exact | undefined;
    let unknown = false;
    for (const term of terms) {
      const value = term(run);
      if (value === undefined) unknown = true;
      else result = result === undefined ? value : join(result, value);
    }
    return unknown ? undefined : result;
  };
}

function fold(value: unknown, place: Place, join: Join, ofTwo?: OfTwo): Compiled {
  const parts = list(value, place);
  const dimension = parts.find((one) => one.dimension !== 'zero')?.dimension ?? 'zero';
  const other = parts.find((one) => !same(one.dimension, dimension));
  if (other !== undefined) return fail(place, 'the terms measure different things', unlike(dimension, other.dimension));
  return { term: reduceTerms(parts, join, ofTwo), dimension };
}

function pair(value: unknown, place: Place, join: Join): Compiled {
  if (!Array.isArray(value) || value.length !== 2) return fail(place, 'two terms are expected');
  return fold(value, place, join);
}

function sumLines(part: Term): Term {
  return (run) => {
    let sum: Exact | undefined = exactZero;
    for (const line of run.lines) {
      run.line = line;
      const value = part(run);
      sum = sum === undefined || value === undefined ? undefined : add(sum, value);
    }
    run.line = null;
    return sum;
  };
}

function compileFact(value: unknown, place: Place, json: Json): Compiled {
  if (typeof value !== 'string' || !isFact(value))
    return fail(place, `no fact is called ${String(value)}`, meant(String(value), Object.keys(factTypes)));
  const type: FactType = factTypes[value];
  if (type.scope === 'line' && place.scope === 'head')
    return fail(place, `${value} is a fact of a line; use sum-lines`, ofLines);
  if (type.kind === 'count') return { term: countTerm(value), dimension: plainNumber };
  if (!isFigure(type.kind)) return fail(place, `${value} is no figure`, `it is ${type.kind}: ask for it in CEL`);
  const dimension: Dimension = type.kind === 'money' ? [1, 0, 0] : type.kind === 'kg' ? [0, 1, 0] : [0, 0, 1];
  const instead = (key: 'absent' | 'left-out'): Term | null => {
    if (json[key] === undefined) return null;
    const compiled = compileTerm(json[key], at(place, key));
    if (!same(compiled.dimension, dimension))
      place.problem(at(place, key).pointer, 'it measures something else', unlike(dimension, compiled.dimension));
    return compiled.term;
  };
  return { term: factTerm(value, instead('absent'), instead('left-out')), dimension };
}

function countTerm(name: FactName): Term {
  const { read } = factTypes[name];
  return (run) => {
    const count = read(run);
    if (typeof count !== 'bigint') return needFact(run, name);
    const exact = ofWhole(count);
    noteRead(run, name, exact);
    return exact;
  };
}

function factTerm(name: FactName, absent: Term | null, leftOut: Term | null): Term {
  const read = numberReader(name);
  return (run) => {
    const value = read(run);
    if (value === undefined) return undefined;
    if (value === null || value === 'left-out') {
      const instead = value === null ? absent : leftOut;
      if (instead === null) return needFact(run, name);
      noteRead(run, name, value === null ? 'absent' : 'left out');
      return instead(run);
    }
    noteRead(run, name, value);
    return value;
  };
}

function compileValue(value: unknown, place: Place, json: Json): Compiled {
  if (typeof value !== 'string') return fail(place, 'a value is named by its id');
  if (json.of !== undefined) return compileFamily(value, json.of, place);
  const known = place.names.values.get(value);
  if (known === undefined) return fail(place, `no value is called ${value}`, meant(value, place.names.values.keys()));
  if (place.names.families.has(value))
    return fail(place, `${value} is a family of values`, 'say by "of" which fact names the member, as "of": "hs6"');
  const dimension = dimensionOf(known.unit, place.names.isCurrency);
  if (dimension === undefined) return fail(place, `${value} has the unit ${known.unit}, which no term measures`);
  const currency = known.unit.split('/')[0] ?? '';
  const rows = new OfDay((day) => day.values.get(value));
  if (!place.names.isCurrency(currency))
    return { term: (run) => exactIn(run, rows.at(run.valuesAt), value), dimension };
  const term: Term = (run) => {
    const amount = exactIn(run, rows.at(run.valuesAt), value);
    return amount === undefined ? undefined : convertExact(run, amount, currency);
  };
  return { term, dimension };
}

/** `{"value": "vat.*", "of": "destination"}`: the value whose last part is a fact, such as `vat.FR`. */
function compileFamily(family: string, of: unknown, place: Place): Compiled {
  const known = place.names.values.get(family);
  if (known === undefined || !place.names.families.has(family))
    return fail(place, `no family of values is called ${family}`, meant(family, place.names.families));
  if (typeof of !== 'string' || !isFact(of) || factTypes[of].kind !== 'text')
    return fail(place, 'of names a fact that is text', meant(String(of), textFacts));
  if (factTypes[of].scope === 'line' && place.scope === 'head') return fail(place, `${of} is a fact of a line`);
  const stem = family.slice(0, -1);
  const { read } = factTypes[of];
  const term: Term = (run) => {
    const fact = read(run);
    return typeof fact === 'string' ? valueOn(run, stem + fact) : needFact(run, of);
  };
  return { term, dimension: dimensionOf(known.unit, place.names.isCurrency) ?? plainNumber };
}

/**
 * `{"table": "goods.duty"}`: a cell of the row for the line's key; an empty cell or no row is missing, unless
 * `otherwise`.
 */
function compileTable(value: unknown, place: Place, json: Json): Compiled {
  const [name = '', column = ''] = String(value).split('.');
  const table = place.names.tables.get(name);
  const unit = table?.columns[column];
  if (table === undefined || unit === undefined)
    return fail(place, `no table column is called ${String(value)}`, meant(String(value), columnsOf(place)));
  const dimension = dimensionOf(unit, place.names.isCurrency);
  if (dimension === undefined) return fail(place, `${String(value)} holds ${unit}, which no term measures`);
  const use = cellUse(place, json, dimension);
  return use === undefined ? never : { term: tableTerm(name, column, use.key, use.otherwise), dimension };
}

/** The fact that finds the row of a cell, and what stands for a cell that is empty. */
function cellUse(place: Place, json: Json, dimension: Dimension): Pick<DutyUse, 'key' | 'otherwise'> | undefined {
  const refuse = (message: string, remedy?: string): undefined =>
    place.problem(place.pointer, message, remedy) as undefined;
  const key = json.key ?? 'commodity';
  if (typeof key !== 'string' || !isFact(key) || factTypes[key].kind !== 'text')
    return refuse('key names a fact that is text', meant(typeof key === 'string' ? key : '', textFacts));
  if (factTypes[key].scope === 'line' && place.scope === 'head')
    return refuse(`${key} is a fact of a line; use sum-lines`, ofLines);
  const otherwise = json.otherwise === undefined ? null : compileTerm(json.otherwise, at(place, 'otherwise'));
  if (otherwise !== null && !same(otherwise.dimension, dimension))
    return refuse('otherwise measures something else', unlike(dimension, otherwise.dimension));
  return { key, otherwise: otherwise?.term ?? null };
}

/**
 * `{"duty": "tariff.duty", "base": …}`: what the duty that a column of unit `duty` states comes to on the line, with
 * the base as the value that its rates are of.
 */
function compileDuty(value: unknown, place: Place, json: Json): Compiled {
  const [name = '', column = ''] = String(value).split('.');
  if (place.names.tables.get(name)?.columns[column] !== 'duty')
    return fail(
      place,
      `no table column of unit duty is called ${String(value)}`,
      meant(String(value), dutiesOf(place)),
    );
  if (place.scope === 'head') return fail(place, 'a duty is worked out for a line; use sum-lines', ofLines);
  const base = compileTerm(json.base, at(place, 'base'));
  if (!same(base.dimension, money))
    return fail(at(place, 'base'), 'a duty is charged on money', unlike(base.dimension, money));
  const use = cellUse(place, json, money);
  if (use === undefined) return never;
  const part = dutyPart({ ...use, table: name, column, base: base.term });
  return { term: (run) => part(run)?.amount, dimension: money, part };
}

function tableTerm(name: string, column: string, key: FactName, otherwise: Term | null): Term {
  const { read } = factTypes[key];
  const tables = new OfDay((day) => day.tables.get(name));
  return (run) => {
    const fact = read(run);
    if (typeof fact !== 'string') return otherwise !== null && fact === null ? otherwise(run) : needFact(run, key);
    const view = tables.at(run.valuesAt);
    const row = view === undefined ? undefined : rowOf(view, fact);
    const cell = row?.cells[column];
    if (row === undefined || typeof cell !== 'object' || cell === null) {
      return otherwise === null ? need(run, `${name}.${column}.${fact}`) : otherwise(run);
    }
    useRule(run, row);
    if (run.working) noteRead(run, `${name}.${column}.${row.key}`, cell);
    return cell;
  };
}

function compileAmountUse(value: unknown, place: Place): Compiled {
  const amount = typeof value === 'string' ? place.names.amounts.get(value) : undefined;
  if (amount === undefined)
    return fail(
      place,
      `no amount defined before this one is called ${String(value)}`,
      before(value, place.names.amounts),
    );
  if (amount.scope === 'line' && place.scope === 'head')
    return fail(place, `${String(value)} is an amount of a line; use sum-lines`, ofLines);
  const { index, scope, dimension } = amount;
  return { term: (run) => amountOf(run, index, scope), dimension };
}

/**
 * `{"count-same": "hs6"}`: how many lines of the parcel share this fact of the line, for what is owed once per kind of
 * goods.
 */
function compileCountSame(value: unknown, place: Place): Compiled {
  if (
    typeof value !== 'string' ||
    !isFact(value) ||
    factTypes[value].kind !== 'text' ||
    factTypes[value].scope !== 'line'
  ) {
    return fail(place, 'it names a fact of the line that is text');
  }
  if (place.scope === 'head') return fail(place, 'count-same is asked for a line');
  const { read } = factTypes[value];
  const term: Term = (run) => {
    const own = read(run);
    if (typeof own !== 'string') return needFact(run, value);
    const here = run.line;
    let alike = 0;
    for (const line of run.lines) {
      run.line = line;
      if (read(run) === own) alike += 1;
    }
    run.line = here;
    const count = ofWhole(BigInt(alike));
    if (run.working) noteRead(run, `lines of ${own}`, count);
    return count;
  };
  return { term, dimension: plainNumber };
}

/**
 * `{"whole-items": price, "within": limit}`: the part of this line's amount that is made of whole pieces which, with
 * those of the other lines, still lie within the limit, the cheapest first. No piece is ever split.
 */
function compileWholeItems(value: unknown, place: Place, json: Json): Compiled {
  if (place.scope === 'head') return fail(place, 'whole-items is asked for a line; use sum-lines');
  const amount = compileTerm(value, at(place, 'whole-items'));
  const limit = compileTerm(json.within, at(place, 'within'));
  if (!same(amount.dimension, limit.dimension))
    return fail(place, 'within measures something else', unlike(amount.dimension, limit.dimension));
  return { term: wholeItems(amount.term, limit.term), dimension: amount.dimension };
}

/** Every term there is, for the guide. */
export const termNames: readonly string[] = Object.keys(operators);
