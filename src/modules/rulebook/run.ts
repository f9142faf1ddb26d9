import type { Amount, Goods } from './consignment.ts';
import { clockDay } from './clock.ts';
import { type DayView, viewOf } from './day.ts';
import { type Marks, markUsed } from './doubts.ts';
import { divide, type Exact, exactOf, multiply } from './exact.ts';
import { type FactName, factTypes } from './facts.ts';
import type { AssessInput, Step } from './model.ts';
import type { Exchange, Lead, Pack, Provenance } from './pack.ts';

/** An exact amount, or undefined when a fact it needs is missing; the names are then in `run.missing`. */
export type Term = (run: Run) => Exact | undefined;
/** True, false, or undefined when a fact that decides is missing. */
export type Condition = (run: Run) => boolean | undefined;

/** What was worked out once: the amount, or the names of what it lacked. */
export type Memo = Exact | Lack;
export class Lack {
  readonly missing: readonly string[];
  constructor(missing: readonly string[]) {
    this.missing = missing;
  }
}

/** Room for so many memos, none of them made. */
// oxlint-disable-next-line unicorn/no-new-array -- every parcel asks for it, and filling it would cost more than a sum.
export const noMemos = (count: number): (Memo | undefined)[] => new Array<Memo | undefined>(count);

/** The amounts of a declaration that are given for the whole parcel and split over its lines. */
export type Part = 'freight' | 'insurance' | 'onward' | 'discount' | 'taxIncluded';
export type Shares = readonly Exact[] | 'not-split';

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
  if (rule.doubt !== undefined) markUsed(run.doubts, rule.doubt);
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

/** The rates of the day that the exchange rule names, else of the day on which values are read. */
function ratesAt(run: Run, exchange: Exchange): DayView | undefined {
  if (exchange.clock === null) return run.valuesAt;
  const clock = clockDay(run, exchange.clock);
  if (clock === undefined) return undefined;
  if (run.working) noteRead(run, `day.${exchange.clock}`, `${clock.day} (${clock.from})`);
  return viewOf(run.pack, clock.day, null);
}

export function convertExact(run: Run, value: Exact, currency: string): Exact | undefined {
  if (currency === run.pack.currency) return value;
  const { exchange } = run.pack.program;
  const view = exchange === null ? undefined : ratesAt(run, exchange);
  if (exchange !== null && view === undefined) return undefined;
  const table = exchange === null ? undefined : view?.tables.get(exchange.table);
  const row = table?.rows.get(currency);
  const rate = row?.cells.rate;
  if (exchange === null || row === undefined || typeof rate !== 'object' || rate === null) {
    return need(run, `rate.${currency}`);
  }
  useRule(run, exchange.provenance);
  if (!row.confirmed) doubt(run, row);
  noteRead(run, row.id, rate);
  return exchange.quoted === 'home' ? multiply(value, rate) : divide(value, rate);
}
