import { formatDecimal } from '#kernel/decimal.ts';
import type { Amount } from './consignment.ts';
import { viewOf } from './day.ts';
import { add, compare, type Exact, exactZero, formatExact, multiply, ofDecimal, toPlaces, toStep } from './exact.ts';
import type { Charge } from './model.ts';
import type { ChargeRule } from './pack.ts';
import { type Memo, noteRead, type Run, useRule } from './run.ts';
import { clockDay } from './start.ts';
import { pushStep } from './figures.ts';

interface Part {
  readonly base: Exact | null;
  readonly rate: Exact | null;
  readonly amount: Exact;
}

export const amountOfExact = (run: Run, value: Exact): Amount => ({
  currency: run.pack.currency,
  amount: formatDecimal(toPlaces(value, run.pack.exponent, run.pack.rounding.mode)),
});

/**
 * One line's part, or the whole of a charge on the parcel; `false` when it is not raised, undefined when a fact is
 * missing.
 */
function partOf(run: Run, rule: ChargeRule): Part | false | undefined {
  const applies = rule.when === null ? true : rule.when(run);
  if (applies !== true) return applies;
  if (rule.amount !== null) {
    const amount = rule.amount(run);
    return amount === undefined ? undefined : { base: null, rate: null, amount };
  }
  const exact = rule.base?.(run);
  const base = exact === undefined || rule.baseStep === null ? exact : toStep(exact, rule.baseStep, rule.rounding.mode);
  const rate = rule.rate?.(run);
  return base === undefined || rate === undefined ? undefined : { base, rate, amount: multiply(base, rate) };
}

function rounded(run: Run, rule: ChargeRule, value: Exact): Exact {
  if (rule.step !== null) return toStep(value, rule.step, rule.rounding.mode);
  return ofDecimal(toPlaces(value, run.pack.exponent, rule.rounding.mode));
}

const known = (value: Exact): Memo => ({ value, missing: nothingMissing });
const nothingMissing: readonly string[] = [];

interface Sum {
  readonly parts: Part[];
  readonly lines: number[];
  total: Exact;
  unknown: boolean;
}

function overLines(run: Run, rule: ChargeRule): Sum {
  const sum: Sum = { parts: [], lines: [], total: exactZero, unknown: false };
  for (const line of run.lines) {
    run.line = line;
    if (run.working) run.trace = [];
    const mark = run.missing.length;
    const part = partOf(run, rule);
    if (part === undefined) {
      sum.unknown = true;
      line.charges[rule.index] = { value: undefined, missing: run.missing.slice(mark) };
    }
    if (part === undefined || part === false) continue;
    const amount = rule.rounding.stage === 'line' ? rounded(run, rule, part.amount) : part.amount;
    line.charges[rule.index] = known(amount);
    sum.total = add(sum.total, amount);
    sum.parts.push(part);
    sum.lines.push(line.number);
    if (run.lines.length > 1) pushStep(run, rule, line, amount);
  }
  run.line = null;
  return sum;
}

function whole(run: Run, rule: ChargeRule): Sum {
  run.line = null;
  if (run.working) run.trace = [];
  const part = partOf(run, rule);
  if (part === undefined) return { parts: [], lines: [], total: exactZero, unknown: true };
  const parts = part === false ? [] : [part];
  return { parts, lines: [], total: part === false ? exactZero : part.amount, unknown: false };
}

function oneRate(parts: readonly Part[]): string | null {
  const first = parts[0]?.rate ?? null;
  if (first === null) return null;
  return parts.every((one) => one.rate !== null && compare(one.rate, first) === 0) ? formatExact(first) : null;
}

/**
 * Works out a charge under its own clock. What was kept of named amounts belongs to the legal day, so it is set aside:
 * under another day the same amount may read another rate.
 */
function underClock(run: Run, rule: ChargeRule): Charge | null {
  if (rule.clock === null) return chargeOf(run, rule, null);
  const clock = clockDay(run, rule.clock);
  const view = viewOf(run.pack, clock.day, typeof run.head.zone === 'string' ? run.head.zone : null);
  const note = `${clock.day} (${clock.from})`;
  if (view === run.view) return chargeOf(run, rule, note);
  const { amounts, shares } = run;
  const kept = run.lines.map((line) => line.amounts);
  run.amounts = [];
  run.shares = new Map();
  for (const line of run.lines) line.amounts = [];
  run.valuesAt = view;
  const charge = chargeOf(run, rule, note);
  run.valuesAt = run.view;
  run.amounts = amounts;
  run.shares = shares;
  run.lines.forEach((line, index) => {
    line.amounts = kept[index] ?? [];
  });
  return charge;
}

function chargeOf(run: Run, rule: ChargeRule, clock: string | null): Charge | null {
  const mark = run.missing.length;
  const sum = rule.scope === 'line' ? overLines(run, rule) : whole(run, rule);
  if (sum.unknown || sum.parts.length === 0) {
    if (sum.unknown) run.charges[rule.index] = { value: undefined, missing: run.missing.slice(mark) };
    return null;
  }
  useRule(run, rule);
  let amount = rounded(run, rule, sum.total);
  run.charges[rule.index] = known(amount);
  if (run.working) {
    if (run.lines.length > 1 && rule.scope === 'line') run.trace = [['lines', sum.total]];
    if (clock !== null) noteRead(run, `day.${rule.clock}`, clock);
    pushStep(run, rule, null, amount);
    run.trace = [];
  }
  const waived = rule.waive === null ? false : rule.waive.test(run);
  if (waived && rule.waive !== null) {
    pushStep(run, { id: rule.waive.id, layer: rule.layer, source: rule.waive.source }, null, exactZero);
    amount = exactZero;
    run.charges[rule.index] = known(amount);
    for (const line of run.lines) line.charges[rule.index] = known(amount);
  }
  if (waived === undefined) {
    run.charges[rule.index] = { value: undefined, missing: run.missing.slice(mark) };
    return null;
  }
  const bases = sum.parts.map((one) => one.base);
  const base = bases.every((one) => one !== null)
    ? bases.reduce<Exact>((total, one) => add(total, one), exactZero)
    : null;
  return {
    id: rule.id.slice(7),
    base: base === null ? null : amountOfExact(run, base),
    rate: oneRate(sum.parts),
    amount: amountOfExact(run, amount),
    liable: rule.liable,
    collect: rule.collect,
    due: rule.due,
    secured: rule.secured,
    rule: rule.id,
    source: rule.source,
    lines: sum.lines,
    waived: waived ? (rule.waive?.id ?? null) : null,
  };
}

/** The charges of a route in the pack's order; one that lacks a fact is left out and the fact named. */
export function chargesOf(
  run: Run,
  rules: readonly ChargeRule[],
): { charges: Charge[]; border: Exact; elsewhere: Exact } {
  const charges: Charge[] = [];
  let border = exactZero;
  let elsewhere = exactZero;
  for (const rule of rules) {
    const charge = underClock(run, rule);
    if (charge === null) continue;
    charges.push(charge);
    const amount = run.charges[rule.index]?.value ?? exactZero;
    if (rule.collect === 'border') border = add(border, amount);
    else if (rule.collect !== 'none') elsewhere = add(elsewhere, amount);
  }
  return { charges, border, elsewhere };
}
