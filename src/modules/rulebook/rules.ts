import { parseDecimal } from '#kernel/decimal.ts';
import { givenTest } from './figures.ts';
import type { Doubts } from './doubts.ts';
import { type Exact, ofDecimal } from './exact.ts';
import { factTypes, isFact } from './facts.ts';
import { type LayerFiles, overlay, overlayObject, period, type Placed } from './layers.ts';
import { meant, type Problems } from './problems.ts';
import type {
  AccountRule,
  AmountRule,
  CategoryRule,
  ChargeRule,
  CheckKind,
  CheckRule,
  Cited,
  ClockSource,
  DeadlineRule,
  Exchange,
  Lead,
  MatchRule,
  ObligationRule,
  Program,
  Route,
  RouteCondition,
} from './pack.ts';
import type { Condition, Term } from './run.ts';
import type { CitedShape, PackShape } from './schema.ts';
import { passedCheck } from './checks.ts';
import { compileCondition } from './condition.ts';
import { comparisonOf } from './match.ts';
import { always } from './three-valued.ts';
import { type Compiled, compileTerm, type Dimension, measured, type Names, type Place } from './term.ts';

/**
 * What the rules of a pack are compiled against. Amounts and charges are added as they are read: a rule sees earlier
 * ones.
 */
export interface RuleContext {
  readonly layers: readonly LayerFiles[];
  readonly problems: Problems;
  readonly doubts: Doubts;
  readonly names: Names & {
    readonly amounts: Map<string, { index: number; scope: 'head' | 'line'; dimension: Dimension }>;
    readonly charges: Map<string, { index: number }>;
  };
  readonly head: PackShape;
  readonly clocks: ReadonlyMap<string, readonly ClockSource[]>;
  readonly provenance: (placed: Placed<unknown>, id: string, cited: CitedShape) => Cited;
}

type Rules = Omit<Program, 'doubts' | 'values' | 'tables' | 'zones' | 'clocks' | 'allocation' | 'aggregations'>;

export function compileRules(context: RuleContext): Rules {
  const amounts = amountRules(context);
  const routes = routeRules(context);
  return {
    amounts,
    shown: amounts.filter(({ shown, scope }) => shown && scope === 'head'),
    routes,
    charges: chargeRules(context, routes),
    chargeCount: context.names.charges.size,
    checks: checkRules(context, routes),
    matches: matchRules(context, routes),
    obligations: obligationRules(context, routes),
    deadlines: deadlineRules(context),
    accounts: accountRules(context),
    exchange: exchangeRule(context),
    ...categoryRules(context),
  };
}

function placeOf(
  context: RuleContext,
  placed: Placed<unknown>,
  scope: 'head' | 'line',
  ...steps: (string | number)[]
): Place {
  const { problems, names } = context;
  return {
    names,
    scope,
    condition: compileCondition,
    pointer: [placed.pointer, ...steps].join('/'),
    problem: (pointer, message, remedy) => problems.add(placed.file, pointer, message, remedy),
  };
}

const isMoney = (dimension: Dimension): boolean =>
  dimension === 'zero' || (dimension[0] === 1 && dimension[1] === 0 && dimension[2] === 0);

function money(compiled: Compiled, place: Place): Term {
  if (!isMoney(compiled.dimension))
    place.problem(place.pointer, 'an amount of money is expected', `this measures ${measured(compiled.dimension)}`);
  return compiled.term;
}

/** Complains of a value that nobody defined, or that is in another unit. */
export function known(
  context: RuleContext,
  placed: Placed<unknown>,
  step: string,
  id: string | undefined,
  unit?: string,
): void {
  if (id === undefined) return;
  const value = context.names.values.get(id);
  if (value === undefined)
    context.problems.add(
      placed.file,
      `${placed.pointer}/${step}`,
      `no value is called ${id}`,
      meant(id, context.names.values.keys()),
    );
  else if (unit !== undefined && value.unit !== unit)
    context.problems.add(
      placed.file,
      `${placed.pointer}/${step}`,
      `${id} is not in ${unit}`,
      `name a value of unit ${unit}`,
    );
}

/** The routes that a rule is for, each of which has to be there; none for all of them. */
export function knownRoutes(
  context: RuleContext,
  placed: Placed<unknown>,
  all: readonly Route[],
  named: readonly string[] | undefined,
): readonly string[] {
  for (const one of named ?? []) {
    if (!all.some((route) => route.id === `route.${one}`))
      context.problems.add(
        placed.file,
        `${placed.pointer}/routes`,
        `no route is called ${one}`,
        meant(
          one,
          all.map((route) => route.id.slice(6)),
        ),
      );
  }
  return named ?? [];
}

function knownAuthority(context: RuleContext, placed: Placed<unknown>, id: string | undefined): string | null {
  const all = context.layers.flatMap((layer) => layer.topics['pack.json']?.authorities ?? []);
  if (id !== undefined && !all.some((one) => one.id === id)) {
    context.problems.add(
      placed.file,
      `${placed.pointer}/authority`,
      `no authority is called ${id}`,
      meant(
        id,
        all.map((one) => one.id),
      ),
    );
  }
  return id ?? null;
}

function amountRules(context: RuleContext): AmountRule[] {
  return overlayObject(context.layers, 'amounts.json', (topics) => topics['amounts.json']).map((placed, index) => {
    const { id, rule } = placed.entry;
    const scope = rule.scope ?? 'head';
    const compiled = compileTerm(rule.amount, placeOf(context, placed, scope, 'amount'));
    context.names.amounts.set(id, { index, scope, dimension: compiled.dimension });
    const shown = rule.shown ?? false;
    if (shown && !isMoney(compiled.dimension))
      context.problems.add(placed.file, `${placed.pointer}/shown`, 'only money is shown');
    const own = context.provenance(placed, `amount.${id}`, rule.source);
    return { ...own, name: id, index, scope, shown, term: compiled.term };
  });
}

function params(
  context: RuleContext,
  placed: Placed<unknown>,
  scope: 'head' | 'line',
  source: Record<string, unknown> | undefined,
  ...steps: (string | number)[]
): RouteCondition['params'] {
  return Object.entries(source ?? {}).map(([name, term]) => ({
    name,
    term: compileTerm(term, placeOf(context, placed, scope, ...steps, 'params', name)).term,
  }));
}

function routeRules(context: RuleContext): Route[] {
  return overlay(context.layers, 'routes.json', (topics) => topics['routes.json']).map((placed): Route => {
    const { entry } = placed;
    const own = context.provenance(placed, `route.${entry.id}`, entry.source);
    known(context, placed, 'withinHours', entry.withinHours, 'hours');
    for (const account of entry.counts ?? []) {
      if (!context.names.accounts.has(account))
        context.problems.add(
          placed.file,
          `${placed.pointer}/counts`,
          `no account is called ${account}`,
          meant(account, context.names.accounts),
        );
    }
    const conditions = entry.conditions.map(
      (one, index): RouteCondition => ({
        id: one.id,
        reason: one.reason,
        test: compileCondition(one.if, placeOf(context, placed, 'head', 'conditions', index, 'if')),
        source:
          one.source === undefined
            ? own.source
            : context.provenance({ ...placed, pointer: `${placed.pointer}/conditions/${index}` }, '', one.source)
                .source,
        params: params(context, placed, 'head', one.params, 'conditions', index),
      }),
    );
    return {
      ...own,
      ...period(context.problems, placed, entry),
      name: entry.id,
      movement: entry.movement,
      applies:
        entry.applies === undefined
          ? always
          : compileCondition(entry.applies, placeOf(context, placed, 'head', 'applies')),
      conditions,
      other: entry.other ?? false,
      simplified: entry.simplified ?? false,
      counts: entry.counts ?? [],
      slips: (entry.slips ?? []).map((one, index) =>
        typeof one === 'string'
          ? { slip: one, unless: null }
          : {
              slip: one.slip,
              unless: compileCondition(one.unless, placeOf(context, placed, 'head', 'slips', index, 'unless')),
            },
      ),
      withinHours: entry.withinHours ?? null,
      release: entry.release ?? [],
    };
  });
}

function optionalCondition(
  context: RuleContext,
  placed: Placed<unknown>,
  scope: 'head' | 'line',
  step: string,
  source: unknown,
): Condition | null {
  return source === undefined ? null : compileCondition(source, placeOf(context, placed, scope, step));
}

function chargeRules(context: RuleContext, routes: readonly Route[]): ChargeRule[] {
  return overlay(context.layers, 'charges.json', (topics) => topics['charges.json']).map((placed): ChargeRule => {
    const { entry } = placed;
    const scope = entry.scope ?? 'line';
    const at = (step: string): Place => placeOf(context, placed, scope, step);
    if ((entry.amount === undefined) === (entry.base === undefined || entry.rate === undefined)) {
      context.problems.add(placed.file, placed.pointer, 'a charge has either base and rate, or an amount');
    }
    if (entry.clock !== undefined && !context.clocks.has(entry.clock))
      context.problems.add(
        placed.file,
        `${placed.pointer}/clock`,
        `no clock is called ${entry.clock}`,
        meant(entry.clock, context.clocks.keys()),
      );
    const base = entry.base === undefined ? null : money(compileTerm(entry.base, at('base')), at('base'));
    const rate = entry.rate === undefined ? null : compileTerm(entry.rate, at('rate')).term;
    const worked = entry.amount === undefined ? null : compileTerm(entry.amount, at('amount'));
    const amount = worked === null ? null : money(worked, at('amount'));
    const when = optionalCondition(context, placed, scope, 'when', entry.when);
    const index = context.names.charges.get(entry.id)?.index ?? context.names.charges.size;
    context.names.charges.set(entry.id, { index });
    return {
      ...context.provenance(placed, `charge.${entry.id}`, entry.source),
      ...period(context.problems, placed, entry),
      name: entry.id,
      index,
      routes: knownRoutes(context, placed, routes, entry.routes),
      scope,
      when,
      clock: entry.clock ?? null,
      base,
      rate,
      amount,
      duty: worked?.part ?? null,
      rounding: entry.rounding ?? context.head.rounding,
      step: stepOf(entry.step),
      baseStep: stepOf(entry.baseStep),
      waive: waiver(context, placed, entry.waive),
      liable: entry.liable,
      collect: entry.collect,
      due: entry.due,
      secured: entry.secured,
    };
  });
}

function stepOf(text: string | undefined): Exact | null {
  const step = text === undefined ? undefined : parseDecimal(text);
  return step === undefined ? null : ofDecimal(step);
}

function waiver(
  context: RuleContext,
  placed: Placed<unknown>,
  entry: { id: string; if: unknown; source: CitedShape } | undefined,
): ChargeRule['waive'] {
  if (entry === undefined) return null;
  const here = { ...placed, pointer: `${placed.pointer}/waive` };
  const test = compileCondition(entry.if, placeOf(context, placed, 'head', 'waive', 'if'));
  return { test, id: `waiver.${entry.id}`, source: context.provenance(here, entry.id, entry.source).source };
}

/** What a failed check leads to where the pack does not say. */
const leadsOf: Readonly<Record<CheckKind, Lead>> = {
  prohibited: 'denied',
  document: 'control',
  limit: 'other-route',
  require: 'rejected',
  element: 'rejected',
  nomenclature: 'rejected',
};

function checkRules(context: RuleContext, routes: readonly Route[]): CheckRule[] {
  return overlay(context.layers, 'checks.json', (topics) => topics['checks.json']).map((placed): CheckRule => {
    const { entry } = placed;
    const scope = entry.scope ?? 'line';
    const wrong = (step: string, message: string): void =>
      context.problems.add(placed.file, `${placed.pointer}/${step}`, message);
    if (
      entry.kind === 'element' &&
      (entry.fact === undefined || !isFact(entry.fact) || factTypes[entry.fact].scope !== scope)
    ) {
      wrong('fact', 'an element check names a fact of its scope');
    }
    if (entry.kind === 'nomenclature' && !context.names.tables.has(entry.table ?? ''))
      wrong('table', 'it names a table');
    if (
      entry.correlation !== undefined &&
      context.names.tables.get(entry.correlation)?.columns['successors'] !== 'text'
    ) {
      wrong('correlation', 'it names a table with a text column successors');
    }
    if (entry.kind === 'document' && entry.document === undefined)
      wrong('document', 'it names a document or a column that does');
    if ((entry.kind === 'limit' || entry.kind === 'require') !== (entry.test !== undefined))
      wrong('test', 'kinds limit and require have a test, others none');
    if (typeof entry.document === 'object' && scope === 'head') wrong('document', 'a column is read for each line');
    if (
      typeof entry.document === 'object' &&
      context.names.tables.get(entry.document.table)?.columns[entry.document.column] !== 'text'
    ) {
      wrong('document', 'no text column of a table is called so');
    }
    const own = context.provenance(placed, `check.${entry.id}`, entry.source);
    const fact = entry.fact !== undefined && isFact(entry.fact) ? entry.fact : null;
    return {
      ...own,
      passed: passedCheck(own, entry.id),
      ...period(context.problems, placed, entry),
      kind: entry.kind,
      routes: knownRoutes(context, placed, routes, entry.routes),
      scope,
      reason: entry.reason ?? entry.kind,
      when: optionalCondition(context, placed, scope, 'when', entry.when),
      test: optionalCondition(context, placed, scope, 'test', entry.test),
      document: entry.document ?? null,
      fact,
      given: fact === null ? null : givenTest(fact),
      table: entry.table ?? null,
      correlation: entry.correlation ?? null,
      voluntary: entry.voluntary ?? false,
      authority: knownAuthority(context, placed, entry.authority),
      leads: entry.leads ?? leadsOf[entry.kind],
      params: params(context, placed, scope, entry.params),
    };
  });
}

function matchRules(context: RuleContext, routes: readonly Route[]): MatchRule[] {
  const rows = overlay(context.layers, 'slips.json', (topics) =>
    topics['slips.json']?.match.map((one) => ({ ...one, id: one.field })),
  );
  return rows.map((placed): MatchRule => {
    const { entry } = placed;
    known(context, placed, 'tolerance', entry.tolerance);
    const own = context.provenance(placed, `match.${entry.field}`, entry.source);
    const expected = entry.expect?.split(':') ?? [];
    return {
      ...own,
      passed: passedCheck(own, own.id),
      ...period(context.problems, placed, entry),
      field: entry.field,
      ...comparisonOf(entry.field),
      party: entry.party,
      routes: knownRoutes(context, placed, routes, entry.routes),
      tolerance: entry.tolerance ?? null,
      single: (['orders', 'payments', 'transports'] as const).filter((_, at) => expected[at] === '1'),
      leads: entry.leads ?? 'rejected',
    };
  });
}

function obligationRules(context: RuleContext, routes: readonly Route[]): ObligationRule[] {
  return overlay(context.layers, 'obligations.json', (topics) => topics['obligations.json']).map(
    (placed): ObligationRule => {
      const { entry } = placed;
      const provenance = context.provenance(placed, `obligation.${entry.id}`, entry.source);
      return {
        ...provenance,
        ...period(context.problems, placed, entry),
        routes: knownRoutes(context, placed, routes, entry.routes),
        when: optionalCondition(context, placed, 'head', 'when', entry.when),
        stated: Object.freeze({
          id: entry.id,
          authority: knownAuthority(context, placed, entry.authority) ?? '',
          what: provenance.id,
          reference: entry.reference,
          source: provenance.source,
          when: entry.due,
        }),
      };
    },
  );
}

function deadlineRules(context: RuleContext): DeadlineRule[] {
  return overlay(context.layers, 'deadlines.json', (topics) => topics['deadlines.json']).map((placed): DeadlineRule => {
    const { entry } = placed;
    known(context, placed, 'hours', entry.hours, 'hours');
    return {
      ...context.provenance(placed, `deadline.${entry.id}`, entry.source),
      ...period(context.problems, placed, entry),
      hours: entry.hours,
      after: entry.after,
    };
  });
}

function accountRules(context: RuleContext): AccountRule[] {
  return overlay(context.layers, 'accounts.json', (topics) => topics['accounts.json']).map((placed): AccountRule => {
    const { entry } = placed;
    known(context, placed, 'limit', entry.limit, context.head.currency);
    const place = placeOf(context, placed, 'head', 'amount');
    return {
      ...context.provenance(placed, `account.${entry.id}`, entry.source),
      ...period(context.problems, placed, entry),
      when: compileCondition(entry.when, placeOf(context, placed, 'head', 'when')),
      amount: money(compileTerm(entry.amount, place), place),
      limit: entry.limit,
    };
  });
}

function exchangeRule(context: RuleContext): Exchange | null {
  const layer = context.layers.findLast((one) => one.topics['exchange.json'] !== undefined);
  const shape = layer?.topics['exchange.json'];
  if (layer === undefined || shape === undefined) return null;
  const placed: Placed<unknown> = { entry: shape, layer, file: `${layer.source.id}/exchange.json`, pointer: '' };
  if (context.names.tables.get(shape.table)?.columns.rate !== 'rate') {
    context.problems.add(placed.file, '/table', 'it names a table with a column rate of unit rate');
  }
  if (shape.clock !== undefined && !context.clocks.has(shape.clock))
    context.problems.add(
      placed.file,
      '/clock',
      `no clock is called ${shape.clock}`,
      meant(shape.clock, context.clocks.keys()),
    );
  return {
    ...context.provenance(placed, 'exchange', shape.source),
    table: shape.table,
    quoted: shape.quoted,
    clock: shape.clock ?? null,
  };
}

function categoryRules(context: RuleContext): Pick<Rules, 'categories' | 'categoryRule'> {
  const layer = context.layers.findLast((one) => one.topics['categories.json'] !== undefined);
  const shape = layer?.topics['categories.json'];
  const categories: CategoryRule[] = [];
  const read = (
    placed: Placed<{ id: string; commodity: string; from: string; until?: string; source: CitedShape }>,
    zone: string | null,
  ): void => {
    const { entry } = placed;
    categories.push({
      ...context.provenance(placed, `category.${entry.id}`, entry.source),
      ...period(context.problems, placed, entry),
      commodity: entry.commodity,
      zone,
    });
  };
  if (layer !== undefined) {
    (shape?.list ?? []).forEach((entry, index) =>
      read({ entry, layer, file: `${layer.source.id}/categories.json`, pointer: `/list/${index}` }, null),
    );
  }
  for (const one of context.layers) {
    for (const [file, zone] of Object.entries(one.zones)) {
      (zone.categories ?? []).forEach((entry, index) =>
        read({ entry, layer: one, file: `${one.source.id}/${file}`, pointer: `/categories/${index}` }, zone.id),
      );
    }
  }
  if (layer === undefined || shape === undefined) return { categories, categoryRule: null };
  const placed: Placed<unknown> = { entry: shape, layer, file: `${layer.source.id}/categories.json`, pointer: '' };
  known(context, placed, 'cap', shape.cap, context.head.currency);
  const lineValue = context.names.amounts.has('line-value')
    ? compileTerm({ amount: 'line-value' }, placeOf(context, placed, 'line')).term
    : null;
  return {
    categories,
    categoryRule: { ...context.provenance(placed, 'categories', shape.source), cap: shape.cap ?? null, lineValue },
  };
}
