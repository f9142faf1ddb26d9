import { parseDecimal, powerOfTen } from '#kernel/decimal.ts';
import type { Day } from '#kernel/effective.ts';
import { allocate } from '#kernel/money.ts';
import { exponent, isCurrency } from '#kernel/money.ts';
import { toMinor } from '#kernel/decimal.ts';
import type { Amount, Goods } from './consignment.ts';
import type { DayView } from './day.ts';
import { mark, type Marks } from './doubts.ts';
import { add, divide, type Exact, exactOf, exactZero, multiply, ofDecimal } from './exact.ts';
import { type FactName, factTypes, isFigure } from './facts.ts';
import type { AssessInput, Step } from './model.ts';
import type { Lead, Pack, Provenance } from './pack.ts';

/** An exact amount, or undefined when a fact it needs is missing; the names are then in `run.missing`. */
export type Term = (run: Run) => Exact | undefined;
/** True, false, or undefined when a fact that decides is missing. */
export type Condition = (run: Run) => boolean | undefined;

export interface Memo {
  readonly value: Exact | undefined;
  readonly missing: readonly string[];
}

/** The amounts of a declaration that are given for the whole parcel and split over its lines. */
type Part = 'freight' | 'insurance' | 'discount' | 'taxIncluded';
type Shares = readonly Exact[] | 'not-split';

export interface LineRun {
  readonly number: number;
  readonly index: number;
  readonly goods: Goods;
  /** The commodity code as declared, or the one that its category of the short list stands for. */
  readonly commodity: string | null | undefined;
  /** Its first six digits; undefined where it has fewer. */
  readonly hs6: string | null | undefined;
  /** The price as declared, in its own currency; undefined where it is no decimal. */
  readonly price: Exact | undefined;
  amounts: (Memo | undefined)[];
  /** By the index of the charge; one that could not be worked out keeps the names of what it lacks. */
  readonly charges: (Memo | undefined)[];
  /** Whether the commodity code comes from a category of the short list. */
  readonly promoted: boolean;
}

/** The steps of an assessment, and the layer of each rule that it used. */
export interface WorkingRun {
  readonly steps: Step[];
  readonly layers: Map<string, string>;
}

/** One assessment while it runs. */
export interface Run {
  readonly pack: Pack;
  /** What was given; the accounts may come in when the claims on them are known. */
  input: AssessInput;
  readonly consignment: AssessInput['consignment'];
  readonly declaration: AssessInput['consignment']['declaration'];
  readonly view: DayView;
  /** The view that values are read from: that of a charge's own clock while the charge is worked out. */
  valuesAt: DayView;
  readonly lines: LineRun[];
  line: LineRun | null;
  missing: string[];
  /** Where the working is written out too. */
  readonly working: WorkingRun | null;
  /** What the step being worked out has read, by name. */
  trace: [string, Exact | string][];
  amounts: (Memo | undefined)[];
  readonly charges: (Memo | undefined)[];
  /** The lines' parts of amounts given for the whole parcel, once they were asked for. */
  shares: Partial<Record<Part, Shares>>;
  /** What each failed check leads to, by its id. */
  readonly leads: Record<string, Lead>;
  /** What was used that is not confirmed; rows of tables have no number and are listed. */
  readonly doubts: Marks;
  readonly doubtedRows: string[];
}

/** Notes that a rule or value was used: the layer it came from, and whether its source is confirmed. */
export function useRule(run: Run, rule: Provenance): void {
  run.working?.layers.set(rule.id, rule.layer);
  if (!rule.confirmed) doubt(run, rule);
}

function doubt(run: Run, rule: Provenance): void {
  if (rule.doubt !== undefined) mark(run.doubts, rule.doubt);
  else if (!run.doubtedRows.includes(rule.id)) run.doubtedRows.push(rule.id);
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

/** Forgets what was named missing since a mark, because it turned out not to matter. */
export function forget(run: Run, mark: number): void {
  if (run.missing.length > mark) run.missing.length = mark;
}

/** An amount in the pack's currency, by its exchange rule; no rate on the day leaves it unknown. */
export function convert(run: Run, wire: Amount): Exact | undefined {
  const value = exactOf(wire.amount);
  return value === undefined ? need(run, 'amount') : convertExact(run, value, wire.currency);
}

export function convertExact(run: Run, value: Exact, currency: string): Exact | undefined {
  if (currency === run.pack.currency) return value;
  const { exchange } = run.pack.program;
  const table = exchange === null ? undefined : run.valuesAt.tables.get(exchange.table);
  const row = table?.rows.get(currency);
  const rate = row?.cells.rate;
  if (exchange === null || row === undefined || typeof rate !== 'object' || rate === null) {
    return need(run, `rate.${currency}`);
  }
  useRule(run, exchange);
  if (!row.confirmed) doubt(run, row);
  noteRead(run, row.id, rate);
  return exchange.quoted === 'home' ? multiply(value, rate) : divide(value, rate);
}

/** What was paid for a line, in the pack's currency. */
function priceOf(run: Run, { price, goods }: LineRun): Exact | undefined {
  return price === undefined ? need(run, 'amount') : convertExact(run, price, goods.price.currency);
}

function sumOfPrices(run: Run): Exact | undefined {
  let sum: Exact | undefined = exactZero;
  for (const line of run.lines) {
    const value = priceOf(run, line);
    sum = sum === undefined || value === undefined ? undefined : add(sum, value);
  }
  return sum;
}

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
  const value = text === undefined ? undefined : exactOf(text);
  return value ?? needFact(run, name);
}

function transportWeight(run: Run): Exact | undefined {
  const { transports } = run.consignment;
  let sum: Exact = exactZero;
  for (const one of transports ?? [undefined]) {
    const value = plain(run, one?.grossWeight, 'transportWeight');
    if (value === undefined) return undefined;
    sum = add(sum, value);
  }
  return sum;
}

/**
 * What reading a figure gives. `null` says that it is known to be absent, `'left-out'` that nobody said; the rule that
 * asks decides what either means, and where it says nothing the fact is missing.
 */
type Figure = Exact | null | 'left-out' | undefined;
type FigureReader = (run: Run) => Figure;

/** An amount given for the whole parcel. */
const given =
  (part: Part): FigureReader =>
  (run) => {
    const raw = run.declaration[part];
    return raw === undefined ? 'left-out' : raw === null ? null : convert(run, raw);
  };

/** The line's part of it. */
const share =
  (part: Part): FigureReader =>
  (run) => {
    const raw = run.declaration[part];
    return raw === undefined ? 'left-out' : raw === null ? null : shareOf(run, part, raw);
  };

/** A weight or quantity of the line. */
const measured =
  (name: 'quantity' | 'statutoryQuantity' | 'supplementaryQuantity' | 'netWeight' | 'grossWeight'): FigureReader =>
  (run) => {
    if (run.line === null) return need(run, name);
    const text = run.line.goods[name];
    return typeof text === 'string' ? plain(run, text, name) : 'left-out';
  };

const figureReaders: Partial<Record<FactName, FigureReader>> = {
  goodsPrice: sumOfPrices,
  freight: given('freight'),
  insurance: given('insurance'),
  discount: given('discount'),
  taxIncluded: given('taxIncluded'),
  ordersTotal: (run) =>
    sumOf(
      run,
      run.consignment.orders?.map((one) => one.total),
      'ordersTotal',
    ),
  paymentsTotal: (run) =>
    sumOf(
      run,
      run.consignment.payments?.map((one) => one.amount),
      'paymentsTotal',
    ),
  transportWeight,
  price: (run) => (run.line === null ? need(run, 'price') : priceOf(run, run.line)),
  freightShare: share('freight'),
  insuranceShare: share('insurance'),
  discountShare: share('discount'),
  taxIncludedShare: share('taxIncluded'),
  quantity: measured('quantity'),
  statutoryQuantity: measured('statutoryQuantity'),
  supplementaryQuantity: measured('supplementaryQuantity'),
  netWeight: measured('netWeight'),
  grossWeight: measured('grossWeight'),
};

/** How a money, weight or quantity fact is read. */
export const numberReader = (name: FactName): FigureReader => figureReaders[name] ?? (() => undefined);

/** Reads it once. A term keeps its reader instead. */
export const readNumber = (run: Run, name: FactName): Figure => numberReader(name)(run);

/** Whether a fact was given at all and is not null: an answer that is always known. */
export function givenTest(name: FactName): (run: Run) => boolean {
  const { kind, read } = factTypes[name];
  if (!isFigure(kind)) {
    return (run) => {
      const fact = read(run);
      return fact !== undefined && fact !== null;
    };
  }
  const figure = numberReader(name);
  return (run) => {
    const before = run.missing.length;
    const value = figure(run);
    forget(run, before);
    return value !== undefined && value !== null && value !== 'left-out';
  };
}

/** The line's part of an amount given for the whole parcel, by the key the pack names. */
function shareOf(run: Run, part: Part, raw: Amount): Exact | undefined {
  let shares = run.shares[part];
  if (shares === undefined) {
    const { line } = run;
    shares = apportion(run, raw) ?? 'not-split';
    run.shares[part] = shares;
    run.line = line;
  }
  if (shares !== 'not-split') return shares[run.line?.index ?? 0] ?? exactZero;
  // A split that could not be made names what it lacked again for every rule that asks.
  return run.lines.length > 0 ? need(run, `declaration.${part}`) : exactZero;
}

/**
 * Splits in the minor units of the currency the amount was given in, so that the parts add up to what was charged; the
 * parts are converted afterwards, exactly.
 */
function apportion(run: Run, raw: Amount): readonly Exact[] | undefined {
  const value = parseDecimal(raw.amount);
  if (value === undefined || !isCurrency(raw.currency)) return undefined;
  if (run.lines.length === 1) {
    const whole = convertExact(run, ofDecimal(value), raw.currency);
    return whole === undefined ? undefined : [whole];
  }
  const weights: Exact[] = [];
  for (const line of run.lines) {
    run.line = line;
    const weight =
      run.pack.program.allocation === 'price' ? priceOf(run, line) : plain(run, line.goods.netWeight, 'netWeight');
    if (weight === undefined) return undefined;
    weights.push(weight);
  }
  const places = Math.max(exponent(raw.currency), value.scale);
  const shares: Exact[] = [];
  for (const digits of allocate(toMinor(value, places, 'half-up'), wholeWeights(weights))) {
    const part = convertExact(run, { digits, scale: places, over: 1n }, raw.currency);
    if (part === undefined) return undefined;
    shares.push(part);
  }
  return shares;
}

/** The same weights as whole numbers in the same proportion. */
function wholeWeights(weights: readonly Exact[]): bigint[] {
  const [{ scale: places, over: part } = exactZero] = weights;
  if (weights.every((one) => one.scale === places && one.over === part)) return weights.map((one) => one.digits);
  const scale = weights.reduce((most, one) => Math.max(most, one.scale), 0);
  const over = weights.reduce((product, one) => (product % one.over === 0n ? product : product * one.over), 1n);
  return weights.map((one) => one.digits * powerOfTen(scale - one.scale) * (over / one.over));
}

/** The day of a clock, with what it was taken from. */
export interface ClockDay {
  readonly day: Day;
  readonly from: string;
}
