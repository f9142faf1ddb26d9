import { parseDecimal } from '#kernel/decimal.ts';
import type { Day } from '#kernel/effective.ts';
import { allocate } from '#kernel/money.ts';
import { exponent, isCurrency } from '#kernel/money.ts';
import { toMinor } from '#kernel/decimal.ts';
import type { Amount, Goods } from './consignment.ts';
import { type DayView, viewOf } from './day.ts';
import { add, divide, type Exact, exactZero, multiply, ofDecimal } from './exact.ts';
import { type FactName, factTypes, type Json } from './facts.ts';
import type { AssessInput, Step } from './model.ts';
import type { Exchange, Lead, Pack, Provenance } from './pack.ts';
import { clockDay } from './start.ts';

/** An exact amount, or undefined when a fact it needs is missing; the names are then in `run.missing`. */
export type Term = (run: Run) => Exact | undefined;
/** True, false, or undefined when a fact that decides is missing. */
export type Condition = (run: Run) => boolean | undefined;

export type Facts = Record<string, unknown>;

export interface Memo {
  readonly value: Exact | undefined;
  readonly missing: readonly string[];
}

export interface LineRun {
  readonly number: number;
  readonly index: number;
  readonly goods: Goods;
  /** The facts of the line; those of the parcel stand behind them. */
  readonly facts: Facts;
  amounts: (Memo | undefined)[];
  /** By the index of the charge; one that could not be worked out keeps the names of what it lacks. */
  readonly charges: (Memo | undefined)[];
  /** Whether the commodity code comes from a category of the short list. */
  readonly promoted: boolean;
}

/** One assessment while it runs. */
export interface Run {
  readonly pack: Pack;
  readonly input: AssessInput;
  readonly view: DayView;
  /** The view that values are read from: that of a charge's own clock while the charge is worked out. */
  valuesAt: DayView;
  readonly head: Facts;
  readonly lines: LineRun[];
  line: LineRun | null;
  missing: string[];
  /** Whether the working is written out too: steps, layers, and what each step has read. */
  readonly working: boolean;
  /** What the step being worked out has read, by name. */
  trace: [string, Exact | string][];
  amounts: (Memo | undefined)[];
  readonly charges: (Memo | undefined)[];
  shares: Map<string, readonly Exact[] | undefined>;
  readonly steps: Step[];
  /** What each failed check leads to, by its id. */
  readonly leads: Map<string, Lead>;
  readonly unconfirmed: Set<string>;
  readonly layers: Map<string, string>;
}

/** Notes that a rule or value was used: the layer it came from, and whether its source is confirmed. */
export function useRule(run: Run, rule: Provenance): void {
  if (run.working) run.layers.set(rule.id, rule.layer);
  if (!rule.confirmed) run.unconfirmed.add(rule.id);
}

/** Notes what the step being worked out has read. */
export function noteRead(run: Run, name: string, value: Exact | string): void {
  if (run.working) run.trace.push([name, value]);
}

const pathOf = (name: FactName, line: LineRun | null): string => {
  const { path } = factTypes[name];
  return line === null ? path : path.replace('*', String(line.number));
};

/** Notes that a fact is missing where it was asked for. */
export function needFact(run: Run, name: FactName): undefined {
  run.missing.push(pathOf(name, run.line));
}

/** Notes that something other than a fact of the parcel is missing: a value, a rate, an account. */
export function need(run: Run, name: string): undefined {
  run.missing.push(name);
}

/** An amount in the pack's currency, by its exchange rule; no rate on the day leaves it unknown. */
export function convert(run: Run, wire: Amount): Exact | undefined {
  const value = parseDecimal(wire.amount);
  if (value === undefined) return need(run, 'amount');
  if (wire.currency === run.pack.currency) return ofDecimal(value);
  return convertExact(run, ofDecimal(value), wire.currency);
}

/** The rates of the day that the exchange rule names, else of the day on which values are read. */
function ratesAt(run: Run, exchange: Exchange): DayView {
  if (exchange.clock === null) return run.valuesAt;
  const { day, from } = clockDay(run, exchange.clock);
  noteRead(run, `day.${exchange.clock}`, `${day} (${from})`);
  return viewOf(run.pack, day, null);
}

export function convertExact(run: Run, value: Exact, currency: string): Exact | undefined {
  if (currency === run.pack.currency) return value;
  const { exchange } = run.pack.program;
  const table = exchange === null ? undefined : ratesAt(run, exchange).tables.get(exchange.table);
  const row = table?.rows.get(currency);
  const rate = row?.cells.rate;
  if (exchange === null || row === undefined || typeof rate !== 'object' || rate === null) {
    return need(run, `rate.${currency}`);
  }
  useRule(run, exchange);
  if (!row.confirmed) run.unconfirmed.add(row.id);
  noteRead(run, row.id, rate);
  return exchange.quoted === 'home' ? multiply(value, rate) : divide(value, rate);
}

type Raw = Amount | null | undefined;

const headAmounts: Partial<Record<FactName, 'freight' | 'insurance' | 'onward' | 'discount' | 'taxIncluded'>> = {
  freight: 'freight',
  insurance: 'insurance',
  onward: 'onward',
  discount: 'discount',
  taxIncluded: 'taxIncluded',
  freightShare: 'freight',
  insuranceShare: 'insurance',
  onwardShare: 'onward',
  discountShare: 'discount',
  taxIncludedShare: 'taxIncluded',
};

function sumOf(run: Run, amounts: readonly Amount[] | undefined, name: FactName): Exact | undefined {
  if (amounts === undefined) return needFact(run, name);
  let sum: Exact | undefined = exactZero;
  for (const one of amounts) {
    const value = convert(run, one);
    sum = sum === undefined || value === undefined ? undefined : add(sum, value);
  }
  return sum;
}

/** A decimal fact of the goods or of the papers that travel with them. */
function plain(run: Run, text: string | undefined, name: FactName): Exact | undefined {
  const value = text === undefined ? undefined : parseDecimal(text);
  return value === undefined ? needFact(run, name) : ofDecimal(value);
}

function transportWeight(run: Run): Exact | undefined {
  const { transports } = run.input.consignment;
  let sum: Exact = exactZero;
  for (const one of transports ?? [undefined]) {
    const value = plain(run, one?.grossWeight, 'transportWeight');
    if (value === undefined) return undefined;
    sum = add(sum, value);
  }
  return sum;
}

/**
 * Reads a money, weight or quantity fact. `null` says that it is known to be absent, `'left-out'` that nobody said; the
 * rule that asks decides what either means, and where it says nothing the fact is missing.
 */
export function readNumber(run: Run, name: FactName): Exact | null | 'left-out' | undefined {
  const { declaration, orders, payments } = run.input.consignment;
  const part = headAmounts[name];
  if (part !== undefined) {
    const raw: Raw = declaration[part];
    if (raw === undefined) return 'left-out';
    if (raw === null) return null;
    return factTypes[name].scope === 'line' ? shareOf(run, part, raw) : convert(run, raw);
  }
  switch (name) {
    case 'goodsPrice':
      return sumOf(
        run,
        declaration.goods.map((one) => one.price),
        name,
      );
    case 'ordersTotal':
      return sumOf(
        run,
        orders?.map((one) => one.total),
        name,
      );
    case 'paymentsTotal':
      return sumOf(
        run,
        payments?.map((one) => one.amount),
        name,
      );
    case 'transportWeight':
      return transportWeight(run);
    default:
      return readLineNumber(run, name);
  }
}

/** The goods as an object whose members are looked up by the name of a fact. */
const plainOf = (goods: Goods): Json => goods;

function readLineNumber(run: Run, name: FactName): Exact | 'left-out' | undefined {
  const goods = run.line?.goods;
  if (goods === undefined) return need(run, name);
  if (name === 'price') return convert(run, goods.price);
  const text = Object.hasOwn(goods, name) ? plainOf(goods)[name] : undefined;
  if (typeof text !== 'string') return 'left-out';
  return plain(run, text, name);
}

/** The line's part of an amount given for the whole parcel, by the key the pack names. */
function shareOf(run: Run, part: string, raw: Amount): Exact | undefined {
  if (!run.shares.has(part)) {
    const line = run.line;
    run.shares.set(part, apportion(run, raw));
    run.line = line;
  }
  const share = run.shares.get(part)?.[run.line?.index ?? 0];
  // A split that could not be made names what it lacked again for every rule that asks.
  return share ?? (run.lines.length > 0 ? need(run, `declaration.${part}`) : exactZero);
}

/**
 * Splits in the minor units of the currency the amount was given in, so that the parts add up to what was charged; the
 * parts are converted afterwards, exactly.
 */
function apportion(run: Run, raw: Amount): readonly Exact[] | undefined {
  const value = parseDecimal(raw.amount);
  if (value === undefined || !isCurrency(raw.currency)) return undefined;
  if (run.lines.length === 1) {
    const whole = convert(run, raw);
    return whole === undefined ? undefined : [whole];
  }
  const weights: Exact[] = [];
  for (const line of run.lines) {
    run.line = line;
    const weight =
      run.pack.program.allocation === 'price'
        ? convert(run, line.goods.price)
        : plain(run, line.goods.netWeight, 'netWeight');
    if (weight === undefined) return undefined;
    weights.push(weight);
  }
  const places = Math.max(exponent(raw.currency), value.scale);
  const parts = allocate(toMinor(value, places, 'half-up'), wholeWeights(weights));
  const shares = parts.map((minor) => convertExact(run, ofDecimal({ digits: minor, scale: places }), raw.currency));
  return shares.every((share) => share !== undefined) ? shares : undefined;
}

/** The same weights as whole numbers in the same proportion. */
function wholeWeights(weights: readonly Exact[]): bigint[] {
  const scale = weights.reduce((most, one) => Math.max(most, one.scale), 0);
  const over = weights.reduce((product, one) => (product % one.over === 0n ? product : product * one.over), 1n);
  return weights.map((one) => one.digits * 10n ** BigInt(scale - one.scale) * (over / one.over));
}

/** The day of a clock, with what it was taken from. */
export interface ClockDay {
  readonly day: Day;
  readonly from: string;
}
