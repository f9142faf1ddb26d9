import type { Check } from '#kernel/check.ts';
import type { Day } from '#kernel/effective.ts';
import type { Doubts } from './doubts.ts';
import type { AggregationRule } from './aggregation.ts';
import type { DutyPart } from './duty-term.ts';
import type { Duty } from './duty.ts';
import type { Exact } from './exact.ts';
import type { FactName } from './facts.ts';
import type { Difference } from './match.ts';
import type { Collect, Layer, Liable, Obligation, ReleaseNeed, RoundingRule, Slip, Source } from './model.ts';
import type { Condition, Run, Term } from './run.ts';
import type { RegistrationLaw, Steering } from './steering.ts';

/** Where a rule comes from, ready for the determination. */
export interface Provenance {
  readonly id: string;
  readonly layer: string;
  /** Title and article in one text, as charges, checks and steps show it. */
  readonly source: string;
  readonly confirmed: boolean;
  /** Its number among what is not confirmed. Rows of tables have none: there may be many, and a parcel uses few. */
  readonly doubt?: number | undefined;
}

/**
 * A rule or value, and its provenance besides in an object of its own: those of all kinds of rules are of one form, and
 * only so does noting what was used cost next to nothing.
 */
export interface Cited extends Provenance {
  readonly provenance: Provenance;
}

/** A rule with the days on which it is law. */
export interface Dated {
  readonly from: Day;
  readonly until?: Day | undefined;
}

export interface ValueRow extends Dated, Cited {
  readonly text: string;
  /** Absent for units `text` and `flag`. */
  readonly exact: Exact | null;
  readonly announced: boolean;
  readonly cited: Source;
}

export interface ValueDefinition {
  readonly id: string;
  readonly unit: string;
  readonly layer: string;
  readonly rows: readonly ValueRow[];
}

export type Cell = Exact | string | null;

export interface TableRow extends Dated, Provenance {
  readonly key: string;
  /** The file and the line in which it stands. */
  readonly place: Readonly<{ file: string; pointer: string }>;
  readonly cells: Readonly<Record<string, Cell>>;
  /** The columns of unit `duty`, read; their cells hold the text. */
  readonly duties?: Readonly<Record<string, Duty>>;
}

export interface Table {
  readonly name: string;
  readonly match: 'exact' | 'prefix';
  readonly rows: readonly TableRow[];
}

/** A table on one day: rows by key, and the key lengths that occur, longest first. */
export interface TableView {
  readonly rows: ReadonlyMap<string, TableRow>;
  readonly lengths: readonly number[];
  /** In a table by prefix: the codes that were asked for, with the row that each lies under. */
  readonly found: Map<string, TableRow | null>;
}

export interface AmountRule extends Cited {
  /** Its id without the topic, by which the answer shows it. */
  readonly name: string;
  readonly index: number;
  readonly scope: 'head' | 'line';
  readonly shown: boolean;
  readonly term: Term;
}

export interface RouteCondition {
  readonly id: string;
  readonly reason: string;
  readonly test: Condition;
  readonly source: string;
  readonly params: readonly { readonly name: string; readonly term: Term }[];
}

export interface Route extends Dated, Cited {
  /** Its id without the topic, by which the answer names it. */
  readonly name: string;
  readonly movement: string;
  readonly applies: Condition;
  readonly conditions: readonly RouteCondition[];
  readonly other: boolean;
  readonly simplified: boolean;
  readonly counts: readonly string[];
  readonly slips: readonly { readonly slip: Slip; readonly unless: Condition | null }[];
  readonly withinHours: string | null;
  readonly release: readonly ReleaseNeed[];
}

export interface ChargeRule extends Dated, Cited {
  /** Its id without the topic, by which the answer shows it. */
  readonly name: string;
  readonly index: number;
  readonly routes: readonly string[];
  readonly scope: 'head' | 'line';
  readonly when: Condition | null;
  readonly clock: string | null;
  readonly base: Term | null;
  readonly rate: Term | null;
  readonly amount: Term | null;
  /** The amount again, where it is a duty: with the base and the rate that the charge shows. */
  readonly duty: ((run: Run) => DutyPart | undefined) | null;
  readonly rounding: RoundingRule;
  readonly step: Exact | null;
  /** Whole multiples to which each line's base is rounded before the rate, where the law has it so. */
  readonly baseStep: Exact | null;
  readonly waive: { readonly test: Condition; readonly id: string; readonly source: string } | null;
  readonly liable: Liable;
  readonly collect: Collect;
  readonly due: string;
  readonly secured: boolean;
}

/** The outcomes that a failed check can lead to. */
export type Lead = 'rejected' | 'other-route' | 'control' | 'denied';

export type CheckKind = 'prohibited' | 'document' | 'limit' | 'element' | 'nomenclature' | 'require';

export interface CheckRule extends Dated, Cited {
  /** What it gives a parcel that passes. */
  readonly passed: Check;
  readonly kind: CheckKind;
  readonly routes: readonly string[];
  readonly scope: 'head' | 'line';
  readonly reason: string;
  /** When it concerns the parcel or the line at all. */
  readonly when: Condition | null;
  /** What must hold for kinds `limit` and `require`. */
  readonly test: Condition | null;
  readonly document: string | { readonly table: string; readonly column: string } | null;
  readonly fact: FactName | null;
  /** Whether that fact is given. */
  readonly given: Condition | null;
  readonly table: string | null;
  /** The table of what codes of older editions became. */
  readonly correlation: string | null;
  readonly voluntary: boolean;
  readonly authority: string | null;
  readonly leads: Lead;
  readonly params: readonly { readonly name: string; readonly term: Term }[];
}

export interface MatchRule extends Dated, Cited {
  readonly passed: Check;
  readonly field: string;
  /** The slips without which there is nothing to compare yet. */
  readonly needs: readonly ('orders' | 'payments' | 'transports')[];
  readonly compare: (run: Run, rule: MatchRule) => readonly Difference[] | 'not-comparable';
  readonly party: string;
  readonly routes: readonly string[];
  /** A value holding the difference allowed, in the unit of the field. */
  readonly tolerance: string | null;
  /** The slips of which a parcel has no more than one. */
  readonly single: readonly ('orders' | 'payments' | 'transports')[];
  readonly leads: Lead;
}

export interface ObligationRule extends Dated, Cited {
  readonly routes: readonly string[];
  readonly when: Condition | null;
  /** It says nothing of a parcel, so that all parcels share it. */
  readonly stated: Obligation;
}

export interface AccountRule extends Dated, Cited {
  readonly when: Condition;
  readonly amount: Term;
  readonly limit: string;
}

export interface DeadlineRule extends Dated, Cited {
  readonly hours: string;
  readonly after: string;
}

export interface CategoryRule extends Dated, Cited {
  readonly commodity: string;
  readonly zone: string | null;
}

/** Up to what value of a line a word from the short list may stand for its code. */
export interface CategoryCap extends Cited {
  readonly cap: string | null;
  /** What a line is worth for it: the amount called `line-value`, where the pack defines one. */
  readonly lineValue: Term | null;
}

export interface Exchange extends Cited {
  readonly table: string;
  /**
   * `home`: how much of the home currency one unit is worth; `foreign`: how many units one of the home currency is
   * worth.
   */
  readonly quoted: 'home' | 'foreign';
  /** The clock whose day picks the rate; none: the day on which values are read. */
  readonly clock: string | null;
}

export interface Zone extends Dated, Cited {
  readonly values: ReadonlyMap<string, ValueDefinition>;
  /** The desks that sit in the zone. */
  readonly desks: readonly string[];
  /** By the authority whose law it is, the desk that acts for it in the zone. */
  readonly acting: ReadonlyMap<string, string>;
}

/** The compiled rules of a pack; the engine's own business. */
export interface Program {
  /** The ids of rules and values that are not confirmed. */
  readonly doubts: Doubts;
  readonly values: ReadonlyMap<string, ValueDefinition>;
  readonly tables: ReadonlyMap<string, Table>;
  readonly amounts: readonly AmountRule[];
  /** Those of the parcel that its determination shows. */
  readonly shown: readonly AmountRule[];
  readonly routes: readonly Route[];
  readonly charges: readonly ChargeRule[];
  /** How many charges there are, each in all its versions. */
  readonly chargeCount: number;
  readonly checks: readonly CheckRule[];
  readonly matches: readonly MatchRule[];
  readonly obligations: readonly ObligationRule[];
  readonly deadlines: readonly DeadlineRule[];
  readonly accounts: readonly AccountRule[];
  readonly categories: readonly CategoryRule[];
  readonly categoryRule: CategoryCap | null;
  readonly exchange: Exchange | null;
  readonly aggregations: readonly AggregationRule[];
  readonly zones: ReadonlyMap<string, Zone>;
  /** What a clock falls back to when its day is not known, in order; the last is always the legal day itself. */
  readonly clocks: ReadonlyMap<string, readonly ClockSource[]>;
  readonly allocation: 'price' | 'weight';
}

export type ClockSource = 'paid' | 'ordered' | 'legal-day';

export interface Authority {
  readonly id: string;
  readonly name: Readonly<Record<string, string>>;
  readonly kind: string;
  readonly reference: string;
}

export interface Office {
  readonly id: string;
  readonly authority: string;
  readonly name: Readonly<Record<string, string>>;
  readonly mode: string | null;
}

/** One economy's law, compiled and frozen. */
export interface Pack {
  readonly id: string;
  readonly version: string;
  readonly hash: string;
  readonly status: 'draft' | 'reviewed';
  /** Root first, leaf last. */
  readonly layers: readonly Layer[];
  /** ISO 3166-1 code of the economy, or null for a union that only its members run. */
  readonly country: string | null;
  readonly name: Readonly<Record<string, string>>;
  readonly currency: string;
  readonly exponent: number;
  readonly timeZone: string;
  readonly languages: readonly string[];
  readonly rounding: RoundingRule;
  readonly fictional: boolean;
  readonly authorities: readonly Authority[];
  readonly offices: readonly Office[];
  readonly desks: readonly string[];
  /** Null where the pack names none: then its law is changed in its files alone. */
  readonly steering: Steering | null;
  /** Null where the pack says nothing: then who runs the window approves every role. */
  readonly registration: RegistrationLaw | null;
  readonly sources: Readonly<Record<string, Source>>;
  /** Words by language, then key: `charge.duty`, `route.low-value`, `reason.over-limit` … */
  readonly words: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly program: Program;
}
