import { type Check, shared } from '#kernel/check.ts';
import { formatDecimal } from '#kernel/decimal.ts';
import { toPlaces } from './exact.ts';
import type { Route, RouteCondition } from './pack.ts';
import { forget, need, type Run, type Term, useRule } from './run.ts';
import { pushStep } from './figures.ts';

/**
 * What came of looking for a route. `applied` is the one whose charges are worked out, also when it is the other one.
 */
export interface RouteChoice {
  readonly route: Route | null;
  readonly other: Route | null;
  readonly applied: Route | null;
  readonly check: Check;
}

interface Failure {
  readonly route: Route;
  readonly condition: RouteCondition | null;
}

/** Figures for the words of a reason, rounded as money is shown here. */
export function paramsOf(
  run: Run,
  terms: readonly { readonly name: string; readonly term: Term }[],
): Record<string, string> {
  const params: Record<string, string> = {};
  const mark = run.missing.length;
  for (const { name, term } of terms) {
    const value = term(run);
    if (value !== undefined) params[name] = formatDecimal(toPlaces(value, run.pack.exponent, run.pack.rounding.mode));
  }
  forget(run, mark);
  return params;
}

/** Whether a parcel qualifies for a route: all its conditions hold; the first that fails is the reason. */
function qualifies(run: Run, route: Route): boolean | undefined | Failure {
  const mark = run.missing.length;
  const applies = route.applies(run);
  if (applies === false) {
    forget(run, mark);
    return false;
  }
  let unknown = applies === undefined;
  for (const condition of route.conditions) {
    if (run.working) run.trace = [];
    const result = condition.test(run);
    if (result === false) {
      forget(run, mark);
      if (run.working)
        pushStep(run, { ...route, id: `${route.id}.${condition.id}`, source: condition.source }, null, 'no');
      return { route, condition };
    }
    if (result === undefined) unknown = true;
  }
  return unknown ? undefined : true;
}

interface Search {
  readonly found: Route | null;
  readonly failures: readonly Failure[];
  readonly unknown: boolean;
}

function search(run: Run, candidates: readonly Route[], skip: Route | null): Search {
  const failures: Failure[] = [];
  for (const route of candidates) {
    if (route === skip) continue;
    const result = qualifies(run, route);
    if (result === true) return { found: route, failures, unknown: false };
    if (result === undefined) return { found: null, failures, unknown: true };
    if (result !== false) failures.push(result);
  }
  return { found: null, failures, unknown: false };
}

function routeCheck(
  run: Run,
  result: Check['result'],
  reason: string,
  failure: Failure | null,
  params: Record<string, string>,
): Check {
  const condition = failure?.condition ?? null;
  if (result === 'failed') run.leads.route = params.route === undefined ? 'rejected' : 'other-route';
  return {
    id: 'route',
    result,
    reason,
    params: condition === null ? params : { ...params, ...paramsOf(run, condition.params) },
    rule: failure === null ? 'route' : condition === null ? failure.route.id : `${failure.route.id}.${condition.id}`,
    source: condition?.source ?? failure?.route.source ?? '',
    missing: result === 'unknown' ? [...new Set(run.missing)] : [],
  };
}

/** The check of a route that was taken, by its route. */
const taken = new WeakMap<Route, Check>();

function take(run: Run, route: Route): Check {
  useRule(run, route.provenance);
  if (run.working) run.trace = [];
  pushStep(run, route, null, 'taken');
  let check = taken.get(route);
  if (check === undefined) {
    const params = { route: route.name };
    const { id, source } = route;
    check = shared({ id: 'route', result: 'passed', reason: 'route-available', params, rule: id, source, missing: [] });
    taken.set(route, check);
  }
  return check;
}

/**
 * Finds the route. Where the declaration claims one, that one is tried alone: if it does not fit, the law's own choice
 * is named as the other route. Where it claims none, the first that fits is taken.
 */
export function chooseRoute(run: Run): RouteChoice {
  const { movement } = run.declaration;
  const candidates = run.view.routes.get(movement);
  if (candidates === undefined) {
    need(run, `routes.${movement}`);
    return {
      route: null,
      other: null,
      applied: null,
      check: routeCheck(run, 'unknown', 'no-law-on-this-day', null, {}),
    };
  }
  const claimed = run.declaration.route;
  if (typeof claimed === 'string') return claimedRoute(run, candidates, claimed);
  const { found, failures, unknown } = search(run, candidates, null);
  if (unknown) return undecided(run);
  if (found === null) return none(run, failures);
  if (!found.other) return { route: found, other: null, applied: found, check: take(run, found) };
  return elsewhere(run, found, failures[0] ?? null, null);
}

function claimedRoute(run: Run, candidates: readonly Route[], claimed: string): RouteChoice {
  const mine = candidates.find((one) => one.id === `route.${claimed}`) ?? null;
  let failure: Failure | null = null;
  if (mine !== null) {
    const result = qualifies(run, mine);
    if (result === undefined) return undecided(run);
    if (result === true && !mine.other) return { route: mine, other: null, applied: mine, check: take(run, mine) };
    if (result === true) return elsewhere(run, mine, null, claimed);
    failure = result === false ? { route: mine, condition: null } : result;
  }
  const { found, failures, unknown } = search(run, candidates, mine);
  if (unknown) return undecided(run);
  if (found === null) return none(run, failure === null ? failures : [failure]);
  return elsewhere(run, found, failure, claimed);
}

function elsewhere(run: Run, found: Route, failure: Failure | null, claimed: string | null): RouteChoice {
  take(run, found);
  const params: Record<string, string> = { route: found.name };
  if (claimed !== null) params.claimed = claimed;
  const reason = failure?.condition?.reason ?? (claimed === null ? 'route-elsewhere' : 'route-not-available');
  const check = routeCheck(run, 'failed', reason, failure, params);
  return {
    route: null,
    other: found,
    applied: found,
    check: failure === null ? { ...check, rule: found.id, source: found.source } : check,
  };
}

function undecided(run: Run): RouteChoice {
  return {
    route: null,
    other: null,
    applied: null,
    check: routeCheck(run, 'unknown', 'fact-missing', null, {}),
  };
}

function none(run: Run, failures: readonly Failure[]): RouteChoice {
  const check = routeCheck(run, 'failed', failures[0]?.condition?.reason ?? 'no-route', failures[0] ?? null, {});
  return { route: null, other: null, applied: null, check };
}
