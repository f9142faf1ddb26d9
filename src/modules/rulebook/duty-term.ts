import { parseDecimal } from '#kernel/decimal.ts';
import { rowOf } from './day.ts';
import { type Choice, choiceOn, type Duty, type Part } from './duty.ts';
import { add, compare, type Exact, exactZero, multiply, ofDecimal, ofWhole, subtract } from './exact.ts';
import { type FactName, factTypes } from './facts.ts';
import { codesOf, type Family, type Measure, strengthCodes } from './measure.ts';
import { convertExact, forget, type LineRun, need, needFact, noteRead, type Run, type Term, useRule } from './run.ts';

/** A duty as a rule uses it: the column that states it, the fact that finds the row, and what its rates are of. */
export interface DutyUse {
  readonly table: string;
  readonly column: string;
  readonly key: FactName;
  readonly base: Term;
  /** What stands where the table has no duty for the goods. */
  readonly otherwise: Term | null;
}

/** What a duty comes to, with what a charge shows: the base, and the rate where the duty is a share and no more. */
export interface DutyPart {
  readonly base: Exact | null;
  readonly rate: Exact | null;
  readonly amount: Exact;
}

/** What the duty that the tariff states for the goods comes to on the line. */
export function dutyPart(use: DutyUse): (run: Run) => DutyPart | undefined {
  const { table, column, key, otherwise } = use;
  const instead = (run: Run): DutyPart | undefined => {
    const amount = otherwise?.(run);
    return amount === undefined ? undefined : { base: null, rate: null, amount };
  };
  const { read } = factTypes[key];
  return (run) => {
    const fact = read(run);
    if (typeof fact !== 'string') return otherwise !== null && fact === null ? instead(run) : needFact(run, key);
    const view = run.valuesAt.tables.get(table);
    const row = view === undefined ? undefined : rowOf(view, fact);
    const duty = row?.duties?.[column];
    if (row === undefined || duty === undefined)
      return otherwise === null ? need(run, `${table}.${column}.${fact}`) : instead(run);
    useRule(run, row);
    return dutyOn(run, duty, `${table}.${column}.${row.key}`, use.base);
  };
}

/**
 * Undefined, and named, where the tariff sends the reader elsewhere or a quantity is not given. A part of nothing asks
 * for nothing.
 */
function dutyOn(run: Run, duty: Duty, name: string, base: Term): DutyPart | undefined {
  noteRead(run, name, duty.text);
  const { line } = run;
  const choice = choiceOn(duty, run.valuesAt.on);
  // A duty for the goods of some programmes alone needs a claim that no declaration carries yet.
  if (line === null || choice === undefined) return need(run, `${name} (${run.valuesAt.on.slice(5)})`);
  const amount = bounded(run, choice, (part) => partOn(run, line, { part, choice, name, base }));
  return amount === undefined ? undefined : { base: shown(run, base), rate: rateOf(choice), amount };
}

/** The base as it is shown: a duty by weight does not need it, so that nothing is missing for it. */
function shown(run: Run, base: Term): Exact | null {
  const mark = run.missing.length;
  const value = base(run);
  forget(run, mark);
  return value ?? null;
}

function rateOf({ parts, least, most }: Choice): Exact | null {
  const [only] = parts;
  const plain = parts.length === 1 && least === null && most === null;
  return plain && only?.kind === 'value' && only.of === null ? only.rate : null;
}

type Worth = (part: Part) => Exact | undefined;

function bounded(run: Run, { parts, least, most }: Choice, worth: Worth): Exact | undefined {
  const sum = sumOf(parts, worth);
  const low = least === null ? null : sumOf(least, worth);
  const high = most === null ? null : sumOf(most, worth);
  if (sum === undefined || low === undefined || high === undefined) return undefined;
  if (low !== null || high !== null) noteRead(run, 'unbounded', sum);
  if (low !== null) noteRead(run, 'minimum', low);
  if (high !== null) noteRead(run, 'maximum', high);
  const raised = low !== null && compare(sum, low) < 0 ? low : sum;
  return high !== null && compare(raised, high) > 0 ? high : raised;
}

/** Every part is asked, so that all that is missing is named at once. */
function sumOf(parts: readonly Part[], worth: Worth): Exact | undefined {
  let sum: Exact | undefined = exactZero;
  for (const part of parts) {
    const value = worth(part);
    sum = sum === undefined || value === undefined ? undefined : add(sum, value);
  }
  return sum;
}

interface Asked {
  readonly part: Part;
  readonly choice: Choice;
  readonly name: string;
  readonly base: Term;
}

function partOn(run: Run, line: LineRun, { part, choice, name, base }: Asked): Exact | undefined {
  if (part.kind === 'elsewhere') return need(run, `${name} (${part.text.slice(0, 100)})`);
  if (part.kind === 'value') {
    if (part.rate.digits === 0n) return exactZero;
    if (part.of !== null) return need(run, `declaration.goods.${line.number}.price.${part.of}`);
    const value = base(run);
    return value === undefined ? undefined : multiply(value, part.rate);
  }
  if (part.each.digits === 0n) return exactZero;
  const quantity = quantityOf(run, line, part.measure, choice);
  const each = convertExact(run, part.each, part.currency);
  if (quantity === undefined || each === undefined) return undefined;
  const amount = multiply(each, quantity);
  return part.sign === '-' ? subtract(exactZero, amount) : amount;
}

/** So much of a measure's family as the line holds, in the family's own unit. */
function quantityOf(run: Run, line: LineRun, measure: Measure, choice: Choice): Exact | undefined {
  const { family } = measure;
  if (family === 'gross') return weightOf(run, line, 'grossWeight') ?? needFact(run, 'grossWeight');
  if (family === 'net')
    return weightOf(run, line, 'netWeight') ?? counted(run, line, family) ?? needFact(run, 'netWeight');
  // A line can say how much it holds of one thing; which of two that is would be a guess.
  const found = family === 'content' && contentsOf(choice) > 1 ? undefined : byFamily(run, line, family);
  if (found !== undefined) return found;
  return need(run, `declaration.goods.${line.number}.supplementaryQuantity.${measure.symbol}`);
}

const contentsOf = ({ parts, least, most }: Choice): number =>
  new Set(
    [...parts, ...(least ?? []), ...(most ?? [])].flatMap((part) =>
      part.kind === 'measure' && part.measure.family === 'content' ? [part.measure.symbol] : [],
    ),
  ).size;

function weightOf(run: Run, { goods }: LineRun, fact: 'netWeight' | 'grossWeight'): Exact | undefined {
  const value = goods[fact] === undefined ? undefined : parseDecimal(goods[fact]);
  if (value === undefined) return undefined;
  const exact = ofDecimal(value);
  noteRead(run, fact, exact);
  return exact;
}

/** Pure alcohol is also what volume and strength make together, and a proof litre is half a litre of it. */
function byFamily(run: Run, line: LineRun, family: Family): Exact | undefined {
  const plain = counted(run, line, family);
  if (plain !== undefined || (family !== 'alcohol' && family !== 'proof')) return plain;
  const alcohol = counted(run, line, 'alcohol') ?? alcoholOf(run, line);
  return alcohol === undefined || family === 'alcohol' ? alcohol : multiply(alcohol, ofWhole(2n));
}

function alcoholOf(run: Run, line: LineRun): Exact | undefined {
  const strength = pairsOf(line).find(([, unit]) => strengthCodes.includes(unit));
  const value = strength === undefined ? undefined : parseDecimal(strength[0]);
  const litres = value === undefined ? undefined : counted(run, line, 'litre');
  if (value === undefined || litres === undefined) return undefined;
  noteRead(run, '% vol', ofDecimal(value));
  return multiply(litres, { digits: value.digits, scale: value.scale + 2, over: 1n });
}

/** The quantities of a line that name their unit, the one that a tariff asks for first. */
const pairsOf = ({ goods }: LineRun): [quantity: string, unit: string][] =>
  (
    [
      [goods.supplementaryQuantity, goods.supplementaryUnit],
      [goods.statutoryQuantity, goods.statutoryUnit],
      [goods.quantity, goods.unit],
    ] as const
  ).flatMap(([quantity, unit]) => (quantity === undefined || unit === undefined ? [] : [[quantity, unit]]));

function counted(run: Run, line: LineRun, family: Family): Exact | undefined {
  const codes = codesOf[family];
  if (codes === undefined) return undefined;
  for (const [quantity, unit] of pairsOf(line)) {
    const ratio = Object.hasOwn(codes, unit) ? codes[unit] : undefined;
    const value = ratio === undefined ? undefined : parseDecimal(quantity);
    if (ratio === undefined || value === undefined) continue;
    noteRead(run, unit, ofDecimal(value));
    const [num, den] = ratio;
    // The den of every code is a power of ten, so a quantity stays a decimal.
    return { digits: value.digits * num, scale: value.scale + String(den).length - 1, over: 1n };
  }
  return undefined;
}
