import {
  addDecimal,
  type Decimal,
  divideDecimal,
  formatDecimal,
  multiplyDecimal,
  parseDecimal,
  roundDecimal,
  subtractDecimal,
  toMinor,
} from '#kernel/decimal.ts';
import { addMoney, exponent, isCurrency, type Money, subtractMoney } from '#kernel/money.ts';
import {
  below,
  type Build,
  cellOf,
  columnAt,
  type Expression,
  isDecimal,
  isMoney,
  isObject,
  type Json,
  listAt,
  members,
  nameAt,
  problem,
  roundingAt,
  type Scope,
  subsetAt,
  textAt,
  type Value,
  wholeAt,
} from './build.ts';
import { condition } from './condition.ts';
import { dateReader, shifted, type Written } from './dates.ts';

// Operators hold expressions and expressions hold operators, so all of them stand in this one file.

const nothing: Expression = () => undefined;

function fault(scope: Scope, pointer: string, code: string, detail: string): undefined {
  scope.faults.push({ code, pointer, line: scope.row.line, detail });
}

/** What a value looks like where a text is needed. */
export function textOf(value: Value | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (isMoney(value)) return formatDecimal({ digits: value.minor, scale: exponent(value.currency) });
  return isDecimal(value) ? formatDecimal(value) : String(value);
}

function numberOf(scope: Scope, value: Value | undefined, pointer: string): Decimal | undefined {
  if (value === undefined || isDecimal(value)) return value;
  const read = typeof value === 'string' ? parseDecimal(value.trim()) : undefined;
  return read ?? fault(scope, pointer, 'mapping/not-a-number', `“${textOf(value) ?? 'null'}” is no plain decimal.`);
}

type Both<T> = (a: T, b: T) => T;

/** Adds or subtracts two amounts of one currency, or two numbers. */
function together(
  scope: Scope,
  a: Value,
  b: Value,
  pointer: string,
  money: Both<Money>,
  plain: Both<Decimal>,
): Value | undefined {
  if (isMoney(a) && isMoney(b)) {
    if (a.currency === b.currency) return money(a, b);
    return fault(scope, pointer, 'mapping/currencies-differ', `${a.currency} and ${b.currency} do not mix.`);
  }
  if (isMoney(a) || isMoney(b))
    return fault(scope, pointer, 'mapping/not-an-amount', 'An amount and a number do not mix.');
  const [left, right] = [numberOf(scope, a, pointer), numberOf(scope, b, pointer)];
  return left === undefined || right === undefined ? undefined : plain(left, right);
}

type Operator = (build: Build, operand: unknown, pointer: string) => Expression;

function folded(money: Both<Money> | null, plain: Both<Decimal>): Operator {
  return (build, operand, pointer) => {
    const terms = listAt(build, operand, pointer).map((one, index) => expression(build, one, below(pointer, index)));
    return (scope) => {
      let result: Value | undefined;
      for (const [index, term] of terms.entries()) {
        const value = term(scope);
        if (value === undefined || value === null) return undefined;
        if (index === 0) result = money === null ? numberOf(scope, value, pointer) : value;
        else if (result === undefined) return undefined;
        else if (money !== null) result = together(scope, result, value, pointer, money, plain);
        else {
          const factor = numberOf(scope, value, pointer);
          result = factor === undefined || !isDecimal(result) ? undefined : plain(result, factor);
        }
      }
      return result;
    };
  };
}

/** The members of an operand that has several; anything else is named as a problem. */
function operands(
  build: Build,
  operand: unknown,
  pointer: string,
  needed: readonly string[],
  free: readonly string[] = [],
): Json {
  if (!isObject(operand)) {
    problem(build, pointer, `must have ${needed.join(', ')}`);
    return {};
  }
  members(build, operand, pointer, needed, free);
  return operand;
}

const inner = (build: Build, from: Json, name: string, pointer: string): Expression =>
  name in from ? expression(build, from[name], below(pointer, name)) : nothing;

const template: Operator = (build, operand, pointer) => {
  const pieces = textAt(build, operand, pointer).split(/\{([^{}]+)\}/);
  const columns = pieces.map((piece, index) => (index % 2 === 1 ? columnAt(build, piece, pointer) : ''));
  return ({ row }) => {
    let text = '';
    for (const [index, piece] of pieces.entries()) {
      const part = index % 2 === 1 ? cellOf(row, columns[index]!) : piece;
      if (part === undefined) return undefined;
      text += part;
    }
    return text;
  };
};

const divide: Operator = (build, operand, pointer) => {
  const from = operands(build, operand, pointer, ['of', 'by', 'places', 'round']);
  const [of, by] = [inner(build, from, 'of', pointer), inner(build, from, 'by', pointer)];
  const places = wholeAt(build, from.places, below(pointer, 'places'), 0, 6);
  const mode = roundingAt(build, from.round, below(pointer, 'round'));
  return (scope) => {
    const [a, b] = [numberOf(scope, of(scope), pointer), numberOf(scope, by(scope), pointer)];
    if (a === undefined || b === undefined) return undefined;
    if (b.digits === 0n) return fault(scope, pointer, 'mapping/divided-by-zero', 'The divisor is zero.');
    return divideDecimal(a, b, places, mode);
  };
};

const round: Operator = (build, operand, pointer) => {
  const from = operands(build, operand, pointer, ['of', 'places', 'round']);
  const of = inner(build, from, 'of', pointer);
  const places = wholeAt(build, from.places, below(pointer, 'places'), 0, 6);
  const mode = roundingAt(build, from.round, below(pointer, 'round'));
  return (scope) => {
    const value = numberOf(scope, of(scope), pointer);
    return value === undefined ? undefined : roundDecimal(value, places, mode);
  };
};

const money: Operator = (build, operand, pointer) => {
  const from = operands(build, operand, pointer, ['of', 'currency', 'round'], ['rate']);
  const of = inner(build, from, 'of', pointer);
  const currency = inner(build, from, 'currency', pointer);
  const mode = roundingAt(build, from.round, below(pointer, 'round'));
  const rate = 'rate' in from ? nameAt(build, build.rates, from.rate, below(pointer, 'rate')) : undefined;
  return (scope) => {
    const value = numberOf(scope, of(scope), pointer);
    const code = textOf(currency(scope));
    if (value === undefined || code === undefined) return undefined;
    if (!isCurrency(code)) return fault(scope, pointer, 'mapping/currency-unknown', `“${code}” is no known currency.`);
    if (rate === undefined) return { currency: code, minor: toMinor(value, exponent(code), mode) };
    if (rate.from !== code) {
      return fault(
        scope,
        pointer,
        'mapping/rate-for-other-currency',
        `The rate is for ${rate.from}, the amount is in ${code}.`,
      );
    }
    // Converted exactly and rounded once, last.
    return { currency: rate.to, minor: toMinor(multiplyDecimal(value, rate.rate), exponent(rate.to), mode) };
  };
};

const sum: Operator = (build, operand, pointer) => {
  const from = operands(build, operand, pointer, ['rows', 'of']);
  const rows = subsetAt(build, from.rows, below(pointer, 'rows'));
  const of = inner(build, from, 'of', pointer);
  return (scope) => {
    let total: Value | undefined;
    for (const row of scope.rows[rows] ?? []) {
      const inside: Scope = { ...scope, row };
      const value = of(inside);
      if (value === undefined || value === null) return undefined;
      const next = isMoney(value) ? value : numberOf(inside, value, pointer);
      if (next === undefined) return undefined;
      total = total === undefined ? next : together(inside, total, next, pointer, addMoney, addDecimal);
      if (total === undefined) return undefined;
    }
    return total;
  };
};

const lookup: Operator = (build, operand, pointer) => {
  const from = operands(build, operand, pointer, ['in', 'of']);
  const find = nameAt(build, build.lookups, from.in, below(pointer, 'in'));
  const of = inner(build, from, 'of', pointer);
  return (scope) => {
    const text = textOf(of(scope));
    // An empty answer in the file says that nothing is known, as no row at all does.
    return text === undefined ? undefined : find?.(text) || undefined;
  };
};

function dated(write: (written: Written) => string): Operator {
  return (build, operand, pointer) => {
    const from = operands(build, operand, pointer, ['of', 'format'], ['shift']);
    const of = inner(build, from, 'of', pointer);
    const format = textAt(build, from.format, below(pointer, 'format'));
    const read = dateReader(format);
    if (read === undefined)
      problem(build, below(pointer, 'format'), 'must name YYYY, MM and DD, and may name hh, mm, ss');
    const days = 'shift' in from ? wholeAt(build, from.shift, below(pointer, 'shift'), -100_000, 100_000) : 0;
    return (scope) => {
      const text = textOf(of(scope));
      if (text === undefined) return undefined;
      const written = read?.(text);
      if (written === undefined)
        return fault(scope, pointer, 'mapping/not-a-date', `“${text}” is not written as ${format}.`);
      return write(shifted(written, days));
    };
  };
}

const flag: Operator = (build, operand, pointer) => {
  const from = operands(build, operand, pointer, ['of', 'true', 'false']);
  const of = inner(build, from, 'of', pointer);
  const yes = listAt(build, from.true, below(pointer, 'true'));
  const no = listAt(build, from.false, below(pointer, 'false'));
  return (scope) => {
    const text = textOf(of(scope));
    if (text === undefined) return undefined;
    if (yes.includes(text)) return true;
    if (no.includes(text)) return false;
    return fault(scope, pointer, 'mapping/not-a-flag', `“${text}” means neither true nor false.`);
  };
};

const either: Operator = (build, operand, pointer) => {
  const all = listAt(build, operand, pointer).map((one, index) => expression(build, one, below(pointer, index)));
  return (scope) => {
    for (const one of all) {
      const value = one(scope);
      if (value !== undefined) return value;
    }
    return undefined;
  };
};

const choose: Operator = (build, operand, pointer) => {
  const from = operands(build, operand, pointer, ['when', 'then'], ['else']);
  const when = condition(build, from.when, below(pointer, 'when'));
  const [then, otherwise] = [inner(build, from, 'then', pointer), inner(build, from, 'else', pointer)];
  return (scope) => (when(scope) ? then(scope) : otherwise(scope));
};

const shorten: Operator = (build, operand, pointer) => {
  const from = operands(build, operand, pointer, ['of', 'to']);
  const of = inner(build, from, 'of', pointer);
  const length = wholeAt(build, from.to, below(pointer, 'to'), 1, 512);
  return (scope) => textOf(of(scope))?.slice(0, length).trim();
};

/** Every operator of a mapping, by the one member of its object. */
const operators: Readonly<Record<string, Operator>> = {
  $column: (build, operand, pointer) => {
    const name = columnAt(build, operand, pointer);
    return ({ row }) => cellOf(row, name);
  },
  $template: template,
  $use: (build, operand, pointer) => nameAt(build, build.defined, operand, pointer) ?? nothing,
  $add: folded(addMoney, addDecimal),
  $subtract: folded(subtractMoney, subtractDecimal),
  $multiply: folded(null, multiplyDecimal),
  $divide: divide,
  $round: round,
  $money: money,
  $sum: sum,
  $lookup: lookup,
  $day: dated(({ day }) => day),
  $instant: dated(({ day, time }) => `${day}T${time}Z`),
  $flag: flag,
  $either: either,
  $if: choose,
  $shorten: shorten,
};

/** The names of the operators, for the document that explains them. */
export const operatorNames: readonly string[] = Object.keys(operators);

/** Whether an object is an expression; every other object is a part of the body. */
export const isExpression = (value: Json): boolean => Object.keys(value).some((name) => name.startsWith('$'));

/** Reads an expression: a constant, or an object whose one member names the operator. */
export function expression(build: Build, value: unknown, pointer: string): Expression {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return () => value;
  if (typeof value === 'number') {
    problem(build, pointer, 'must be a text: numbers are written as texts, so that none loses a digit');
    return nothing;
  }
  const names = isObject(value) ? Object.keys(value) : [];
  const operator = names.length === 1 ? operators[names[0]!] : undefined;
  if (!isObject(value) || operator === undefined) {
    problem(build, pointer, `must be a constant or have exactly one of ${Object.keys(operators).join(', ')}`);
    return nothing;
  }
  return operator(build, value[names[0]!], below(pointer, names[0]!));
}
