/** What a check came to. `unknown` means that a fact it needs is missing; `skipped` that it was not asked here. */
export type CheckResult = 'passed' | 'failed' | 'skipped' | 'unknown';

/** Every result of a check, for schemas. */
export const checkResults = ['passed', 'failed', 'skipped', 'unknown'] as const satisfies CheckResult[];

/** One check of a parcel, a document or a person, in the one shape that everything here uses. */
export interface Check {
  id: string;
  result: CheckResult;
  /** A code whose words are looked up when shown. */
  reason: string;
  params: Record<string, string>;
  /** The rule of the pack that asked, and the law it comes from. */
  rule: string;
  source: string;
  /** The facts that were missing, by name. */
  missing: string[];
}

const texts = new WeakMap<Check, { readonly whole: string; readonly brief: string }>();

/**
 * Makes one check that many parcels share: it is frozen, and its texts are written once. A check that passed and says
 * nothing of its parcel is told by its id alone, since whoever knows the rules of that day knows the rest.
 */
export function shared(check: Check): Check {
  Object.freeze(check.params);
  Object.freeze(check.missing);
  const whole = JSON.stringify(check);
  const telling = check.result !== 'passed' || Object.keys(check.params).length > 0;
  texts.set(check, { whole, brief: telling ? whole : JSON.stringify(check.id) });
  return Object.freeze(check);
}

/** The JSON of a check. */
export const checkText = (check: Check): string => texts.get(check)?.whole ?? JSON.stringify(check);

/** What a digest is taken over for a check: its JSON, or its id where that says everything. */
export const checkBytes = (check: Check): string => texts.get(check)?.brief ?? JSON.stringify(check);

/** What a decision on a parcel can be. */
export type Outcome =
  | 'rejected'
  | 'other-route'
  | 'cleared'
  | 'released'
  | 'released-changed'
  | 'released-security'
  | 'control'
  | 'denied'
  | 'cannot-decide'
  | 'waiting';

/** Every outcome, for schemas and for pages. */
export const outcomes = [
  'rejected',
  'other-route',
  'cleared',
  'released',
  'released-changed',
  'released-security',
  'control',
  'denied',
  'cannot-decide',
  'waiting',
] as const satisfies Outcome[];

/** A decision with everything that a person needs to check it or to fight it. */
export interface Decision {
  outcome: Outcome;
  checks: Check[];
  /** Why it is adverse, and what can be done; neither is null when it is. */
  ground: string | null;
  remedy: string | null;
  desk: string | null;
  automated: boolean;
  by: string;
  /** The day of the law that was applied. */
  day: string;
  /** The digest of the reference snapshot it was decided on. */
  snapshot: string;
}

/** The outcomes that take something from the person concerned: they are never stored without ground and remedy. */
export const adverse: ReadonlySet<Outcome> = new Set<Outcome>(['rejected', 'other-route', 'denied', 'cannot-decide']);
