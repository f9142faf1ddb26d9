import { type Check, shared } from '#kernel/check.ts';
import { compare } from './exact.ts';
import { rowOf } from './day.ts';
import { type FactName, factTypes, isFact } from './facts.ts';
import type { CheckRule, Provenance, Route } from './pack.ts';
import { type LineRun, needFact, readNumber, type Run, type Term, useRule } from './run.ts';
import { paramsOf } from './route.ts';
import { valueOn } from './figures.ts';

/** A passed check carries nothing of its parcel, so one object per rule serves all. */
const passed = new WeakMap<Provenance, Check>();

export function passedCheck(rule: Provenance, id: string): Check {
  let check = passed.get(rule);
  if (check === undefined) {
    check = shared({
      id,
      result: 'passed',
      reason: 'passed',
      params: {},
      rule: rule.id,
      source: rule.source,
      missing: [],
    });
    passed.set(rule, check);
  }
  return check;
}

export function makeCheck(
  rule: Provenance,
  id: string,
  result: Check['result'],
  reason: string,
  params: Record<string, string>,
  missing: readonly string[] = [],
): Check {
  return {
    id,
    result,
    reason,
    params,
    rule: rule.id,
    source: rule.source,
    missing: missing.length === 0 ? [] : [...new Set(missing)],
  };
}

interface Finding {
  readonly reason: string;
  readonly params: Record<string, string>;
  readonly voluntary?: boolean;
}

/** Asks one rule of the parcel or of one line: null is passed, undefined lacks a fact. */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive; the compiler holds it to that.
function ask(run: Run, rule: CheckRule): Finding | null | undefined {
  const concerns = rule.when === null ? true : rule.when(run);
  if (concerns === undefined) return undefined;
  if (!concerns) return null;
  const { line } = run;
  switch (rule.kind) {
    case 'prohibited':
      return { reason: rule.reason, params: goodsParams(run, rule, 'commodity') };
    case 'document':
      return documentFinding(run, rule, line);
    case 'limit':
    case 'require': {
      const holds = rule.test?.(run);
      if (holds === undefined) return undefined;
      return holds
        ? null
        : { reason: rule.reason, params: { ...goodsParams(run, rule, ''), ...paramsOf(run, rule.params) } };
    }
    case 'element':
      return elementFinding(run, rule);
    case 'nomenclature':
      return nomenclatureFinding(run, rule);
  }
}

function goodsParams(run: Run, rule: CheckRule, field: string): Record<string, string> {
  const params: Record<string, string> = {};
  if (run.line !== null) {
    params.line = String(run.line.number);
    params.pointer = `/declaration/goods/${run.line.index}${field === '' ? '' : `/${field}`}`;
  }
  if (rule.authority !== null) {
    params.authority = rule.authority;
    const desk = run.view.zone?.acting.get(rule.authority);
    if (desk !== undefined) params.desk = desk;
  }
  return params;
}

function documentFinding(run: Run, rule: CheckRule, line: LineRun | null): Finding | null | undefined {
  let code: string | null = typeof rule.document === 'string' ? rule.document : null;
  if (typeof rule.document === 'object' && rule.document !== null) {
    const commodity = line?.facts.commodity;
    if (typeof commodity !== 'string') return needFact(run, 'commodity');
    const view = run.view.tables.get(rule.document.table);
    const cell = view === undefined ? null : (rowOf(view, commodity)?.cells[rule.document.column] ?? null);
    code = typeof cell === 'string' ? cell : null;
  }
  if (code === null) return null;
  const documents = run.input.consignment.declaration.documents ?? [];
  const named = documents.some(
    (one) => one.type === code && (one.line === undefined || line === null || one.line === line.number),
  );
  if (named) return null;
  return {
    reason: rule.reason,
    params: { ...goodsParams(run, rule, ''), document: code, pointer: '/declaration/documents' },
  };
}

function isGiven(run: Run, name: FactName): boolean {
  const facts = run.line === null ? run.head : run.line.facts;
  if (facts[name] !== undefined) return facts[name] !== null;
  const mark = run.missing.length;
  const number = name in facts ? undefined : readNumber(run, name);
  run.missing.length = mark;
  return number !== undefined && number !== null && number !== 'left-out';
}

function elementFinding(run: Run, rule: CheckRule): Finding | null {
  if (rule.fact === null || !isFact(rule.fact) || isGiven(run, rule.fact)) return null;
  const place = factTypes[rule.fact].path.replace('*', String(run.line?.index ?? 0)).replaceAll('.', '/');
  const params = { ...goodsParams(run, rule, ''), pointer: `/${place}` };
  return {
    reason: rule.voluntary ? 'element-voluntary' : rule.reason,
    params: { ...params, element: rule.fact },
    voluntary: rule.voluntary,
  };
}

function nomenclatureFinding(run: Run, rule: CheckRule): Finding | null | undefined {
  const commodity = run.line?.facts.commodity;
  if (typeof commodity !== 'string') return needFact(run, 'commodity');
  const view = rule.table === null ? undefined : run.view.tables.get(rule.table);
  if (view !== undefined && rowOf(view, commodity) !== undefined) return null;
  return { reason: rule.reason, params: { ...goodsParams(run, rule, 'commodity'), commodity } };
}

/**
 * Runs a rule over the parcel or each of its lines: one passed check, or one check for every line that did not pass.
 */
export function runCheck(run: Run, rule: CheckRule, into: Check[]): void {
  useRule(run, rule);
  const id = rule.id.slice(6);
  const before = into.length;
  const places: readonly (LineRun | null)[] = rule.scope === 'line' ? run.lines : [null];
  for (const line of places) {
    run.line = line;
    if (run.working) run.trace = [];
    const mark = run.missing.length;
    const finding = ask(run, rule);
    if (finding === undefined)
      into.push(makeCheck(rule, id, 'unknown', 'fact-missing', goodsParams(run, rule, ''), run.missing.slice(mark)));
    else if (finding !== null) {
      if (finding.voluntary !== true) run.leads.set(id, rule.leads);
      into.push(makeCheck(rule, id, finding.voluntary === true ? 'skipped' : 'failed', finding.reason, finding.params));
    }
  }
  run.line = null;
  if (into.length === before) into.push(passedCheck(rule, id));
}

/**
 * Simplified categories: a word from the short list stands for a commodity code, for ordinary goods of small value on a
 * route that allows it. Whoever uses it for more is told to give the full code.
 */
export function categoryChecks(
  run: Run,
  applied: Route | null,
  checks: readonly CheckRule[],
  lineValue: Term | null,
  into: Check[],
): void {
  const rule = run.pack.program.categoryRule;
  for (const line of run.lines) {
    const { category, commodity } = line.goods;
    if (typeof category !== 'string') continue;
    const params = { line: String(line.number), pointer: `/declaration/goods/${line.index}/category`, category };
    const listed = run.view.categories.get(category);
    if (rule === null || listed === undefined) {
      const unlisted = { id: 'category', source: rule?.source ?? '', layer: '', confirmed: true };
      run.leads.set('category', 'rejected');
      into.push(makeCheck(rule ?? unlisted, 'category', 'failed', 'category-unknown', params));
      continue;
    }
    useRule(run, listed);
    run.line = line;
    const reason = categoryFault(run, line, listed.commodity, commodity, applied, checks, rule.cap, lineValue);
    run.line = null;
    const words = { ...params, commodity: listed.commodity };
    if (reason === null) {
      into.push(makeCheck(listed, 'category', 'passed', 'category-mapped', words));
      continue;
    }
    run.leads.set('category', 'rejected');
    into.push(makeCheck(listed, 'category', 'failed', reason, words));
  }
}

function categoryFault(
  run: Run,
  line: LineRun,
  mapped: string,
  declared: string | null | undefined,
  applied: Route | null,
  checks: readonly CheckRule[],
  cap: string | null,
  lineValue: Term | null,
): string | null {
  if (typeof declared === 'string') return declared.startsWith(mapped.slice(0, 4)) ? null : 'category-contradicts-code';
  if (applied !== null && !applied.simplified) return 'category-needs-code';
  const mark = run.missing.length;
  const restricted = checks.some((one) => isRestriction(one) && one.scope === 'line' && concernsLine(run, one, line));
  const limit = cap === null ? undefined : valueOn(run, cap);
  const value = lineValue?.(run);
  run.missing.length = mark;
  if (restricted) return 'category-restricted';
  return limit !== undefined && value !== undefined && compare(value, limit) > 0 ? 'category-above-cap' : null;
}

const isRestriction = (rule: CheckRule): boolean => rule.kind === 'prohibited' || rule.kind === 'document';

/** Whether a restriction is about these goods at all, with or without the document it asks for. */
function concernsLine(run: Run, rule: CheckRule, line: LineRun): boolean {
  if (rule.when !== null && rule.when(run) !== true) return false;
  if (typeof rule.document !== 'object' || rule.document === null) return true;
  const view = run.view.tables.get(rule.document.table);
  const commodity = line.facts.commodity;
  return (
    view !== undefined &&
    typeof commodity === 'string' &&
    typeof rowOf(view, commodity)?.cells[rule.document.column] === 'string'
  );
}
