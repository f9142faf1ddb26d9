import type { Check } from '#kernel/check.ts';
import type { Rounding } from '#kernel/decimal.ts';
import type { Day } from '#kernel/effective.ts';
import type { Catalogue } from '#kernel/result.ts';
import type { Lead } from './pack.ts';
import type { Amount, AssessmentRequest, Consignment } from './consignment.ts';

/**
 * The version of the engine: a change that alters any digest of a determination raises it, and the former versions stay
 * callable. Since 2 a determination that cannot decide carries no totals.
 */
export const engineVersion = 2;

export const refusals = {
  'rulebook/pack-unreadable': { status: 422, title: 'The pack has errors' },
  'rulebook/economy-unknown': { status: 404, title: 'No pack is installed for this economy' },
  'rulebook/day-unknown': { status: 400, title: 'The calendar does not have this day' },
  'rulebook/home-missing': { status: 422, title: 'The pack of the home economy is not installed' },
  'rulebook/version-unknown': { status: 404, title: 'This version was never in force here' },
  'rulebook/change-unknown': { status: 404, title: 'There is no such change of law' },
  'rulebook/may-not-propose': { status: 403, title: 'Law is proposed by an authority with a mandate to propose law' },
  'rulebook/persons-only': { status: 403, title: 'This step is taken by a person who has signed in, not by a key' },
  'rulebook/not-your-proposal': { status: 403, title: 'This change is proposed by another authority' },
  'rulebook/not-a-member': { status: 403, title: 'Only members of the steering body decide on this law' },
  'rulebook/proposer-approves': { status: 403, title: 'Whoever proposed a change does not approve it' },
  'rulebook/approved-already': { status: 409, title: 'This person or this member has approved already' },
  'rulebook/minutes-missing': { status: 400, title: 'An approval or a refusal needs its minutes' },
  'rulebook/minutes-day': {
    status: 400,
    title: 'The minutes bear a day that the calendar lacks or that is still to come',
  },
  'rulebook/not-home-law': { status: 409, title: 'A window changes the law of its own economy only' },
  'rulebook/no-steering': { status: 409, title: 'The pack names no steering body that could approve a change' },
  'rulebook/base-changed': { status: 409, title: 'Another version came into force since the draft was written' },
  'rulebook/instant-unknown': { status: 400, title: 'This is no moment: write one such as 2027-01-01T00:00:00Z' },
  'rulebook/instant-passed': { status: 400, title: 'Law comes into force in the future, or when it is approved' },
  'rulebook/link-too-long': { status: 422, title: 'The form holds more than a link can' },
  'rulebook/draft-unsound': { status: 422, title: 'The draft has problems' },
  'rulebook/draft-problem': { status: 422, title: 'A file of the draft has a problem' },
  'rulebook/not-taken-back': { status: 409, title: 'This step cannot be taken back' },
  'rulebook/nothing-to-go-back-on': { status: 409, title: 'There is no version before that could come back' },
  'rulebook/value-unknown': { status: 400, title: 'The pack has no such value of its own' },
  'rulebook/day-passed': { status: 400, title: 'A new figure begins today or later' },
  'rulebook/row-begins-already': { status: 409, title: 'A figure of this value begins on that day already' },
  'rulebook/title-missing': { status: 400, title: 'A change of law needs a title' },
  'rulebook/source-missing': { status: 400, title: 'A figure needs the law that it rests on' },
} as const satisfies Catalogue;

/** How sure a source is. Only `primary` and `fictional` count as confirmed. */
export type Grade = 'primary' | 'secondary' | 'memory' | 'fictional';

export interface Source {
  readonly title: string;
  readonly article: string | null;
  readonly grade: Grade;
  readonly url: string | null;
  readonly seen: string | null;
}

/** The files of one pack as they were read: relative path to text. */
export interface PackSource {
  readonly id: string;
  readonly version: string;
  readonly extends: string | null;
  readonly hash: string;
  readonly files: Readonly<Record<string, string>>;
}

/** One thing wrong in a pack: where it stands, what it is, and what to do about it. */
export interface Problem {
  /** `<pack>/<path>`. */
  readonly file: string;
  /** Counted from 1; null where the file is not there. */
  readonly line: number | null;
  /** The JSON pointer, or `/line 12/duty` in a table; empty for the whole file. */
  readonly pointer: string;
  readonly message: string;
  readonly remedy: string;
}

export interface Layer {
  readonly id: string;
  readonly version: string;
  readonly hash: string;
}

export type Liable = 'importer' | 'declarant' | 'seller' | 'consignee' | 'fiscal-representative';
export type Collect = 'border' | 'sale' | 'withheld' | 'periodic' | 'none';
export type Slip = 'order' | 'payment' | 'transport';
export type ReleaseNeed = 'presented' | 'secured' | 'slips' | 'consent';

export interface Charge {
  id: string;
  base: Amount | null;
  rate: string | null;
  amount: Amount;
  liable: Liable;
  collect: Collect;
  /** The event at which it falls due: `release`, `sale`, `return-period` … */
  due: string;
  secured: boolean;
  rule: string;
  source: string;
  lines: number[];
  /** The rule that set the charge to nothing, when one did. */
  waived: string | null;
}

export interface Obligation {
  id: string;
  authority: string;
  /** The key of its words in the pack. */
  what: string;
  reference: string;
  source: string;
  when: string;
}

/** One step of the reasoning: what a rule read and what it gave. */
export interface Step {
  rule: string;
  layer: string;
  source: string;
  inputs: Record<string, string>;
  result: string;
}

export interface Determination {
  pack: { id: string; version: string; hash: string; status: 'draft' | 'reviewed' };
  engine: number;
  day: string;
  event: string;
  /** The route the parcel takes here; null when another one is required or none could be found. */
  route: string | null;
  decided: boolean;
  /** The route the law requires instead; it stands whether or not its charges could be worked out. */
  otherRoute: string | null;
  missing: string[];
  values: Record<string, Amount>;
  charges: Charge[];
  /** Null where the parcel cannot be decided: the charges that are known would be taken for all that is owed. */
  totals: { border: Amount; elsewhere: Amount } | null;
  counts: string[];
  checks: Check[];
  /** What each failed check leads to, by the id of the check. */
  leads: Record<string, Lead>;
  obligations: Obligation[];
  slips: { need: Slip[]; missing: Slip[]; withinHours: number | null };
  release: { needs: ReleaseNeed[] };
  unconfirmed: readonly string[];
}

/** How a determination was worked out, for whoever asks: the layer of each rule that was used, and every step. */
export interface Working {
  layers: Record<string, string>;
  steps: Step[];
}

/** A determination with its working. */
export type Explained = Determination & Working;

export interface Claim {
  readonly account: string;
  readonly kind: 'quota';
  /** SHA-256 of pack id and consignee identity type and number: an account never holds the number itself. */
  readonly owner: string;
  readonly period: string;
  readonly unit: string;
  readonly amount: bigint;
  readonly limit: bigint;
}

export type AssessEvent = 'entry' | 'exit' | 'return';

export interface AssessInput {
  readonly consignment: Consignment | AssessmentRequest['consignment'];
  readonly on: Day;
  readonly days?: Readonly<Record<string, Day>>;
  readonly event: AssessEvent;
  /** What each account held before this parcel. An account that matters and is not here is a missing fact. */
  readonly accounts: Readonly<Record<string, Amount>>;
}

export interface RoundingRule {
  readonly mode: Rounding;
  /** `charge`: the exact sum over the lines is rounded once. `line`: every line is rounded, then they are added. */
  readonly stage: 'charge' | 'line';
}

/** A value as the page of rules in force lists it. */
export interface ListedValue {
  readonly id: string;
  readonly value: string;
  readonly unit: string;
  readonly from: string;
  readonly until: string | null;
  readonly announced: boolean;
  readonly zone: string | null;
  readonly source: Source;
  readonly layer: string;
}

/** A deadline of the law as a fact for a procedure: so many hours after an event. */
export interface ListedDeadline {
  readonly id: string;
  readonly hours: number;
  readonly after: string;
  readonly source: string;
  readonly layer: string;
}
