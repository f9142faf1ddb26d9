import type { Check } from '#kernel/check.ts';
import { digestOf } from '#kernel/canonical.ts';
import { type Day, dayOf, yearOf } from '#kernel/effective.ts';
import { amountOfExact, chargesOf } from './charges.ts';
import { categoryChecks, makeCheck, runCheck } from './checks.ts';
import type { Amount } from './consignment.ts';
import { type RouteRules, rulesOf, shortId } from './day.ts';
import { toPlaces } from './exact.ts';
import { matchChecks } from './match.ts';
import {
  type AssessInput,
  type Claim,
  type Determination,
  engineVersion,
  type Explained,
  type Obligation,
  type Slip,
} from './model.ts';
import type { ObligationRule, Pack, Provenance, Route } from './pack.ts';
import { chooseRoute } from './route.ts';
import { forget, type Run, useRule, type WorkingRun } from './run.ts';
import { goOn, startRun } from './start.ts';
import { amountOf } from './figures.ts';

const unnamed = (pack: Pack): Provenance => ({
  id: 'route.',
  layer: pack.id,
  source: '',
  confirmed: true,
  doubt: undefined,
});

/** Stands for the route where none could be found: only the rules that belong to every route are asked. */
const noRoute = (pack: Pack): Route => ({
  ...unnamed(pack),
  provenance: unnamed(pack),
  from: dayOf('0001-01-01'),
  name: '',
  movement: '',
  applies: () => true,
  conditions: [],
  other: true,
  simplified: true,
  counts: [],
  slips: [],
  withinHours: null,
  release: [],
});
const placeholders = new WeakMap<Pack, Route>();

function routeOr(pack: Pack, route: Route | null): Route {
  if (route !== null) return route;
  let none = placeholders.get(pack);
  if (none === undefined) {
    none = noRoute(pack);
    placeholders.set(pack, none);
  }
  return none;
}

function zoneCheck(run: Run, into: Check[]): void {
  const { zone } = run.declaration;
  if (typeof zone !== 'string') return;
  const known = run.pack.program.zones.get(zone);
  if (known !== undefined && run.view.zone === known) {
    useRule(run, known.provenance);
    into.push(makeCheck(known, 'zone', 'passed', 'passed', { zone }));
    return;
  }
  const rule = known ?? { id: 'zone', layer: run.pack.id, source: '', confirmed: true };
  run.leads.zone = 'rejected';
  into.push(makeCheck(rule, 'zone', 'failed', 'zone-unknown', { zone, pointer: '/declaration/zone' }));
}

function obligationsOf(run: Run, rules: readonly ObligationRule[]): Obligation[] {
  const obligations: Obligation[] = [];
  const mark = run.missing.length;
  for (const rule of rules) {
    // An obligation that may apply is shown: leaving it out because a fact is missing would promise too much.
    if (rule.when !== null && rule.when(run) === false) continue;
    useRule(run, rule.provenance);
    obligations.push(rule.stated);
  }
  forget(run, mark);
  return obligations;
}

// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive; the compiler holds it to that.
function isHere({ orders, payments, transports }: Run['consignment'], slip: Slip): boolean {
  switch (slip) {
    case 'order':
      return orders !== undefined && orders.length > 0;
    case 'payment':
      return payments !== undefined && payments.length > 0;
    case 'transport':
      return transports !== undefined && transports.length > 0;
  }
}

function slipsOf(run: Run, route: Route): Determination['slips'] {
  const need: Slip[] = [];
  const missing: Slip[] = [];
  const mark = run.missing.length;
  for (const { slip, unless } of route.slips) {
    if (unless !== null && unless(run) === true) continue;
    need.push(slip);
    if (!isHere(run.consignment, slip)) missing.push(slip);
  }
  forget(run, mark);
  const hours = route.withinHours === null ? undefined : run.view.values.get(route.withinHours);
  if (hours !== undefined) useRule(run, hours.provenance);
  return { need, missing, withinHours: hours === undefined ? null : Number(hours.text) };
}

/** Amounts that the pack shows: worked out even where no charge asked, but never a reason not to decide. */
function shownValues(run: Run): Record<string, Amount> {
  const values: Record<string, Amount> = {};
  const mark = run.missing.length;
  for (const rule of run.pack.program.shown) {
    const value = amountOf(run, rule.index, rule.scope);
    if (value !== undefined) values[rule.name] = amountOfExact(run, value);
  }
  forget(run, mark);
  return values;
}

function allChecks(run: Run, applied: Route, rules: RouteRules, first: Check): Check[] {
  const checks: Check[] = [first];
  zoneCheck(run, checks);
  categoryChecks(run, applied, rules.checks, checks);
  for (const rule of rules.checks) runCheck(run, rule, checks);
  matchChecks(run, rules.matches, checks);
  return checks;
}

/**
 * Works out what one parcel meets at the border on a day of law. Pure: it reads the pack and what it is given, never a
 * clock, and the same input gives the same bytes. Data never makes it throw; what it cannot decide, it names in
 * `missing`. `engine` is the version under which a stored decision was made.
 */
export const assess = (pack: Pack, input: AssessInput, engine = engineVersion): Determination =>
  determine(startRun(pack, input), engine);

/** The same determination with its working, which costs about as much again. */
export function explain(pack: Pack, input: AssessInput, engine = engineVersion): Explained {
  const working: WorkingRun = { steps: [], layers: new Map() };
  const determination = determine(startRun(pack, input, working), engine);
  return { ...determination, layers: Object.fromEntries(working.layers), steps: working.steps };
}

function determine(run: Run, engine: number): Determination {
  const { pack, input } = run;
  const choice = chooseRoute(run);
  const applied = routeOr(pack, choice.applied);
  const rules = rulesOf(pack, run.view, applied);
  const { charges, border, elsewhere } = chargesOf(run, rules.charges);
  const checks = allChecks(run, applied, rules, choice.check);
  const values = shownValues(run);
  const obligations = obligationsOf(run, rules.obligations);
  const slips = slipsOf(run, applied);
  const missing = run.missing.length === 0 ? [] : [...new Set(run.missing)].sort();
  const decided = missing.length === 0 && choice.applied !== null;
  return {
    pack: { id: pack.id, version: pack.version, hash: pack.hash, status: pack.status },
    engine,
    day: input.on,
    event: input.event,
    route: choice.route?.name ?? null,
    decided,
    otherRoute: choice.other?.name ?? null,
    missing,
    values,
    charges,
    totals:
      decided || engine < 2 ? { border: amountOfExact(run, border), elsewhere: amountOfExact(run, elsewhere) } : null,
    counts: choice.route === null ? [] : [...choice.route.counts],
    checks,
    leads: run.leads,
    obligations,
    slips,
    release: { needs: [...applied.release] },
    unconfirmed: pack.program.doubts.used(run.doubts, run.doubtedRows),
  };
}

/** A parcel read once for both questions: what it would take from accounts, and what it meets once those are known. */
export interface Opened {
  readonly claims: readonly Claim[];
  readonly assess: (accounts: AssessInput['accounts']) => Determination;
}

/**
 * The answers are those of `claims` and of `assess`. The first assessment takes over what was worked out for the
 * claims; a further one starts anew.
 */
export function openParcel(pack: Pack, input: Omit<AssessInput, 'accounts'>): Opened {
  let run: Run | null = startRun(pack, { ...input, event: 'entry', accounts: {} });
  const wanted = claimsOf(run);
  return {
    claims: wanted,
    assess: (accounts) => {
      const before = run;
      run = null;
      const whole = { ...input, accounts };
      return determine(before === null ? startRun(pack, whole) : goOn(before, whole), engineVersion);
    },
  };
}

/**
 * What a parcel would take from accounts that decide its route, named before any route is chosen. Empty when the pack
 * counts nothing for it, or when the consignee is not known: then the account is a missing fact of the assessment.
 */
export const claims = (pack: Pack, consignment: AssessInput['consignment'], on: Day): readonly Claim[] =>
  claimsOf(startRun(pack, { consignment, on, event: 'entry', accounts: {} }));

function claimsOf(run: Run): readonly Claim[] {
  const { pack, input } = run;
  const identity = run.declaration.consignee?.identity;
  const found: Claim[] = [];
  if (identity === undefined || identity === null) return found;
  for (const rule of run.view.accounts) {
    if (rule.when(run) !== true) continue;
    const amount = rule.amount(run);
    const limit = run.view.values.get(rule.limit)?.exact;
    if (amount === undefined || limit === undefined || limit === null) continue;
    const { digits } = toPlaces(amount, pack.exponent, pack.rounding.mode);
    found.push({
      account: shortId(rule.id),
      kind: 'quota',
      owner: digestOf([pack.id, identity.type, identity.number]),
      period: yearOf(input.on),
      unit: pack.currency,
      // A discount larger than the price is refused by a check; until then it takes nothing and gives nothing back.
      amount: digits < 0n ? 0n : digits,
      limit: toPlaces(limit, pack.exponent, 'down').digits,
    });
  }
  return found;
}
