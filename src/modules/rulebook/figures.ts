import { parseDecimal } from '#kernel/decimal.ts';
import { type Exact, formatExact, ofDecimal } from './exact.ts';
import type { Step } from './model.ts';
import { convertExact, type Memo, need, needFact, noteRead, type Run, useRule } from './run.ts';

/** Reads a value in force on the day; outside its periods it is missing by its own name, never guessed. */
export function valueOn(run: Run, id: string): Exact | undefined {
  const row = run.valuesAt.values.get(id);
  if (row === undefined || row.exact === null) return need(run, id);
  useRule(run, row);
  noteRead(run, id, row.exact);
  return row.exact;
}

const nothingMissing: readonly string[] = [];

/** A named amount, worked out once for the parcel or for the line, with its own step. */
export function amountOf(run: Run, index: number): Exact | undefined {
  const rule = run.pack.program.amounts[index]!;
  const line = run.line;
  const memos = rule.scope === 'line' && line !== null ? line.amounts : run.amounts;
  const kept = memos[index];
  if (kept !== undefined) {
    if (kept.value === undefined) run.missing.push(...kept.missing);
    else noteRead(run, rule.id, kept.value);
    return kept.value;
  }
  const outer = run.trace;
  const mark = run.missing.length;
  if (run.working) run.trace = [];
  if (rule.scope === 'head') run.line = null;
  const value = rule.term(run);
  run.line = line;
  const memo: Memo = { value, missing: value === undefined ? run.missing.slice(mark) : nothingMissing };
  memos[index] = memo;
  useRule(run, rule);
  if (value !== undefined) pushStep(run, rule, rule.scope === 'line' ? line : null, value);
  run.trace = outer;
  if (value !== undefined) noteRead(run, rule.id, value);
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
