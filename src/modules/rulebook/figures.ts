import { isDecimal, parseDecimal, powerOfTen, toMinor } from '#kernel/decimal.ts';
import { allocate, exponent, isCurrency } from '#kernel/money.ts';
import type { Amount, Order, Payment } from './consignment.ts';
import { add, type Exact, exactOf, exactZero, formatExact, ofDecimal } from './exact.ts';
import { type FactName, factTypes, isFigure } from './facts.ts';
import type { Step } from './model.ts';
import type { AmountRule, ValueRow } from './pack.ts';
import {
  convert,
  convertExact,
  forget,
  Lack,
  type LineRun,
  type Memo,
  need,
  needFact,
  noteRead,
  type Part,
  type Run,
  useRule,
} from './run.ts';

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

function sumOf<T>(run: Run, slips: readonly T[] | undefined, amountOn: (slip: T) => Amount, name: FactName): Figure {
  if (slips === undefined) return needFact(run, name);
  let sum: Exact | undefined = exactZero;
  for (const slip of slips) {
    const value = convert(run, amountOn(slip));
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

/** A part of the declaration by its name, each read where it stands: looking a name up costs more than a sum. */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive; the compiler holds it to that.
function partOf({ declaration: d }: Run, part: Part): Amount | null | undefined {
  switch (part) {
    case 'freight':
      return d.freight;
    case 'insurance':
      return d.insurance;
    case 'onward':
      return d.onward;
    case 'discount':
      return d.discount;
    case 'taxIncluded':
      return d.taxIncluded;
  }
}

/** An amount given for the whole parcel. */
const given =
  (part: Part): FigureReader =>
  (run) => {
    const raw = partOf(run, part);
    return raw === undefined ? 'left-out' : raw === null ? null : convert(run, raw);
  };

/** The line's part of it. */
const share =
  (part: Part): FigureReader =>
  (run) => {
    const raw = partOf(run, part);
    return raw === undefined ? 'left-out' : raw === null ? null : shareOf(run, part, raw);
  };

/** Weights and quantities of a line. */
const measures = ['quantity', 'statutoryQuantity', 'supplementaryQuantity', 'netWeight', 'grossWeight'] as const;
type Measured = (typeof measures)[number];
const isMeasured = (name: string): name is Measured => (measures as readonly string[]).includes(name);

const measured =
  (name: Measured): FigureReader =>
  (run) => {
    if (run.line === null) return need(run, name);
    const text = run.line.goods[name];
    return typeof text === 'string' ? plain(run, text, name) : 'left-out';
  };

const orderTotal = (order: Order): Amount => order.total;
const paymentAmount = (payment: Payment): Amount => payment.amount;

const figureReaders: Partial<Record<FactName, FigureReader>> = {
  goodsPrice: sumOfPrices,
  freight: given('freight'),
  insurance: given('insurance'),
  onward: given('onward'),
  discount: given('discount'),
  taxIncluded: given('taxIncluded'),
  ordersTotal: (run) => sumOf(run, run.consignment.orders, orderTotal, 'ordersTotal'),
  paymentsTotal: (run) => sumOf(run, run.consignment.payments, paymentAmount, 'paymentsTotal'),
  transportWeight,
  price: (run) => (run.line === null ? need(run, 'price') : priceOf(run, run.line)),
  freightShare: share('freight'),
  insuranceShare: share('insurance'),
  onwardShare: share('onward'),
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

/** Whether a fact was given at all and is not null: an answer that is always known. */
export function givenTest(name: FactName): (run: Run) => boolean {
  const { kind, read } = factTypes[name];
  if (!isFigure(kind)) {
    return (run) => {
      const fact = read(run);
      return fact !== undefined && fact !== null;
    };
  }
  if (isMeasured(name)) {
    return ({ line }) => {
      const text = line?.goods[name];
      return typeof text === 'string' && isDecimal(text);
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

/** Reads a value in force on the day; outside its periods it is missing by its own name, never guessed. */
export const valueOn = (run: Run, id: string): Exact | undefined => exactIn(run, run.valuesAt.values.get(id), id);

/** The same of a row that was found already. */
export function exactIn(run: Run, row: ValueRow | undefined, id: string): Exact | undefined {
  if (row === undefined || row.exact === null) return need(run, id);
  useRule(run, row.provenance);
  noteRead(run, id, row.exact);
  return row.exact;
}

/** A named amount, worked out once for the parcel or for the line, with its own step. */
export function amountOf(run: Run, index: number, scope: AmountRule['scope']): Exact | undefined {
  const memos = scope === 'line' && run.line !== null ? run.line.amounts : run.amounts;
  const kept = memos[index];
  if (kept instanceof Lack) {
    run.missing.push(...kept.missing);
    return undefined;
  }
  const amount = kept ?? workOut(run, run.pack.program.amounts[index]!, memos);
  if (run.working && amount !== undefined) noteRead(run, run.pack.program.amounts[index]!.id, amount);
  return amount;
}

function workOut(run: Run, rule: AmountRule, memos: (Memo | undefined)[]): Exact | undefined {
  const { line } = run;
  const outer = run.trace;
  const mark = run.missing.length;
  if (run.working) run.trace = [];
  if (rule.scope === 'head') run.line = null;
  const value = rule.term(run);
  run.line = line;
  memos[rule.index] = value ?? new Lack(run.missing.slice(mark));
  useRule(run, rule.provenance);
  if (value !== undefined) pushStep(run, rule, rule.scope === 'line' ? line : null, value);
  run.trace = outer;
  return value;
}

/** Writes out a step with what it has read and what it gave. */
export function pushStep(
  run: Run,
  rule: Pick<Step, 'layer' | 'source'> & { id: string },
  line: { number: number } | null,
  result: Exact | string,
): void {
  run.working?.steps.push({
    rule: rule.id,
    layer: rule.layer,
    source: rule.source,
    inputs: inputsOf(run.trace, line),
    result: typeof result === 'string' ? result : formatExact(result),
  });
}

/** What a step has read, as text, in the order in which it was read. */
function inputsOf(
  trace: readonly (readonly [string, Exact | string])[],
  line: { number: number } | null,
): Record<string, string> {
  const inputs: Record<string, string> = {};
  if (line !== null) inputs.line = String(line.number);
  for (const [name, value] of trace) inputs[name] = typeof value === 'string' ? value : formatExact(value);
  return inputs;
}

/** What an account held before this parcel; without it, the consignee's identity or the account itself is missing. */
export function accountUsed(run: Run, account: string): Exact | undefined {
  const used = run.input.accounts[account];
  if (used !== undefined) {
    const value = parseDecimal(used.amount);
    const amount = value === undefined ? undefined : convertExact(run, ofDecimal(value), used.currency);
    if (amount !== undefined) noteRead(run, `account.${account}`, amount);
    return amount;
  }
  const identity = run.declaration.consignee?.identity;
  if (identity === undefined || identity === null) return needFact(run, 'consigneeIdentity');
  return need(run, `account.${account}`);
}
