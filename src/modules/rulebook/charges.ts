import { formatDecimal } from '#kernel/decimal.ts';
import type { Amount } from './consignment.ts';
import { viewOf } from './day.ts';
import { add, compare, type Exact, exactZero, formatExact, multiply, ofDecimal, toPlaces, toStep } from './exact.ts';
import type { Charge } from './model.ts';
import type { ChargeRule } from './pack.ts';
import { Lack, noMemos, noteRead, type Run, useRule } from './run.ts';
import { clockDay } from './clock.ts';
import { pushStep } from './figures.ts';

export const amountOfExact = (run: Run, value: Exact): Amount => ({
  currency: run.pack.currency,
  amount: formatDecimal(toPlaces(value, run.pack.exponent, run.pack.rounding.mode)),
});

/** What a charge comes to before it is rounded, over the lines it was raised for or for the parcel whole. */
interface Sum {
  raised: boolean;
  unknown: boolean;
  total: Exact;
  /** Null where a part has none, as a duty by weight. */
  base: Exact | null;
  /** The rate of all parts; null where they differ. */
  rate: Exact | null;
  readonly lines: number[];
}

const emptySum = (): Sum => ({
  raised: false,
  unknown: false,
  total: exactZero,
  base: exactZero,
  rate: null,
  lines: [],
});

/**
 * The amount for one line, or for the parcel: `false` when it is not raised, undefined when a fact is missing. Its base
 * and rate go into the sum.
 */
function partOf(run: Run, rule: ChargeRule, sum: Sum): Exact | false | undefined {
  const applies = rule.when === null ? true : rule.when(run);
  if (applies !== true) return applies;
  if (rule.duty !== null) {
    const part = rule.duty(run);
    if (part !== undefined) noteOn(sum, part.base, part.rate);
    return part?.amount;
  }
  if (rule.amount !== null) {
    noteOn(sum, null, null);
    return rule.amount(run);
  }
  const exact = rule.base?.(run);
  const base = exact === undefined || rule.baseStep === null ? exact : toStep(exact, rule.baseStep, rule.rounding.mode);
  const rate = rule.rate?.(run);
  if (base === undefined || rate === undefined) return undefined;
  noteOn(sum, base, rate);
  return multiply(base, rate);
}

/** What a charge was worked out on: the sum of the bases, and the rate where all parts have the same. */
function noteOn(sum: Sum, base: Exact | null, rate: Exact | null): void {
  sum.base = sum.base === null || base === null ? null : add(sum.base, base);
  if (!sum.raised) sum.rate = rate;
  else if (rate === null || sum.rate === null) sum.rate = null;
  else if (sum.rate !== rate && compare(sum.rate, rate) !== 0) sum.rate = null;
}

function rounded(run: Run, rule: ChargeRule, value: Exact): Exact {
  if (rule.step !== null) return toStep(value, rule.step, rule.rounding.mode);
  return ofDecimal(toPlaces(value, run.pack.exponent, rule.rounding.mode));
}

function overLines(run: Run, rule: ChargeRule): Sum {
  const sum = emptySum();
  for (const line of run.lines) {
    run.line = line;
    if (run.working) run.trace = [];
    const mark = run.missing.length;
    const part = partOf(run, rule, sum);
    if (part === undefined) {
      sum.unknown = true;
      line.charges[rule.index] = new Lack(run.missing.slice(mark));
    }
    if (part === undefined || part === false) continue;
    const amount = rule.rounding.stage === 'line' ? rounded(run, rule, part) : part;
    line.charges[rule.index] = amount;
    sum.raised = true;
    sum.total = add(sum.total, amount);
    sum.lines.push(line.number);
    if (run.working && run.lines.length > 1) pushStep(run, rule, line, amount);
  }
  run.line = null;
  return sum;
}

function whole(run: Run, rule: ChargeRule): Sum {
  const sum = emptySum();
  run.line = null;
  if (run.working) run.trace = [];
  const part = partOf(run, rule, sum);
  if (part === undefined) sum.unknown = true;
  else if (part !== false) {
    sum.raised = true;
    sum.total = part;
  }
  return sum;
}

/**
 * Works out a charge under its own clock. What was kept of named amounts belongs to the legal day, so it is set aside:
 * under another day the same amount may read another rate.
 */
function underClock(run: Run, rule: ChargeRule): Charge | null {
  if (rule.clock === null) return chargeOf(run, rule, null);
  const mark = run.missing.length;
  const clock = clockDay(run, rule.clock);
  if (clock === undefined) {
    run.charges[rule.index] = new Lack(run.missing.slice(mark));
    return null;
  }
  const view = viewOf(run.pack, clock.day, run.declaration.zone ?? null);
  const note = run.working ? `${clock.day} (${clock.from})` : null;
  if (view === run.view) return chargeOf(run, rule, note);
  const { amounts, shares } = run;
  const kept = run.lines.map((line) => line.amounts);
  run.amounts = noMemos(run.pack.program.amounts.length);
  run.shares = {};
  for (const line of run.lines) line.amounts = noMemos(run.pack.program.amounts.length);
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
  if (sum.unknown || !sum.raised) {
    if (sum.unknown) run.charges[rule.index] = new Lack(run.missing.slice(mark));
    return null;
  }
  useRule(run, rule.provenance);
  let amount = rounded(run, rule, sum.total);
  run.charges[rule.index] = amount;
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
    run.charges[rule.index] = amount;
    for (const line of run.lines) line.charges[rule.index] = amount;
  }
  if (waived === undefined) {
    run.charges[rule.index] = new Lack(run.missing.slice(mark));
    return null;
  }
  return {
    id: rule.name,
    base: sum.base === null ? null : amountOfExact(run, sum.base),
    rate: sum.rate === null ? null : formatExact(sum.rate),
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
    const amount = run.charges[rule.index];
    if (amount === undefined || amount instanceof Lack) continue;
    if (rule.collect === 'border') border = add(border, amount);
    else if (rule.collect !== 'none') elsewhere = add(elsewhere, amount);
  }
  return { charges, border, elsewhere };
}
