import { type Check, shared } from '#kernel/check.ts';
import { compare } from './exact.ts';
import { rowOf } from './day.ts';
import { factTypes } from './facts.ts';
import type { CategoryCap, CheckRule, Provenance, Route } from './pack.ts';
import { forget, type LineRun, needFact, type Run, useRule } from './run.ts';
import { paramsOf } from './route.ts';
import { valueOn } from './figures.ts';

/** A passed check carries nothing of its parcel, so one object serves all; a rule has its own. */
export const passedCheck = (rule: Provenance, id: string): Check =>
  shared({ id, result: 'passed', reason: 'passed', params: {}, rule: rule.id, source: rule.source, missing: [] });

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
    const commodity = line?.commodity;
    if (typeof commodity !== 'string') return needFact(run, 'commodity');
    const view = run.view.tables.get(rule.document.table);
    const cell = view === undefined ? null : (rowOf(view, commodity)?.cells[rule.document.column] ?? null);
    code = typeof cell === 'string' ? cell : null;
  }
  if (code === null) return null;
  const documents = run.declaration.documents ?? [];
  const named = documents.some(
    (one) => one.type === code && (one.line === undefined || line === null || one.line === line.number),
  );
  if (named) return null;
  return {
    reason: rule.reason,
    params: { ...goodsParams(run, rule, ''), document: code, pointer: '/declaration/documents' },
  };
}

function elementFinding(run: Run, rule: CheckRule): Finding | null {
  if (rule.fact === null || rule.given?.(run) !== false) return null;
  const place = factTypes[rule.fact].path.replace('*', String(run.line?.index ?? 0)).replaceAll('.', '/');
  const params = { ...goodsParams(run, rule, ''), pointer: `/${place}` };
  return {
    reason: rule.voluntary ? 'element-voluntary' : rule.reason,
    params: { ...params, element: rule.fact },
    voluntary: rule.voluntary,
  };
}

function nomenclatureFinding(run: Run, rule: CheckRule): Finding | null | undefined {
  const commodity = run.line?.commodity;
  if (typeof commodity !== 'string') return needFact(run, 'commodity');
  const params = { ...goodsParams(run, rule, 'commodity'), commodity };
  const successors = successorsOf(run, rule, commodity);
  if (successors !== undefined && successors !== commodity.slice(0, 6))
    return {
      reason: successors.includes(' ') ? 'code-split' : 'code-superseded',
      params: { ...params, successors: successors.replaceAll(' ', ', ') },
    };
  const view = rule.table === null ? undefined : run.view.tables.get(rule.table);
  // A nomenclature that nobody has loaded knows no code, and says nothing about this one.
  if (view === undefined || view.rows.size === 0) return { reason: 'nomenclature-empty', params, voluntary: true };
  return rowOf(view, commodity) === undefined ? { reason: rule.reason, params } : null;
}

/** What the code became, where the declaration names an older edition in which it stood. */
function successorsOf(run: Run, rule: CheckRule, commodity: string): string | undefined {
  const edition = factTypes.edition.read(run);
  if (rule.correlation === null || typeof edition !== 'string') return undefined;
  const row = run.view.tables.get(rule.correlation)?.rows.get(`${edition}.${commodity.slice(0, 6)}`);
  const successors = row?.cells['successors'];
  return typeof successors === 'string' ? successors : undefined;
}

function askAt(run: Run, rule: CheckRule, line: LineRun | null, into: Check[]): void {
  const id = rule.passed.id;
  run.line = line;
  if (run.working) run.trace = [];
  const mark = run.missing.length;
  const finding = ask(run, rule);
  if (finding === null) return;
  if (finding === undefined) {
    into.push(makeCheck(rule, id, 'unknown', 'fact-missing', goodsParams(run, rule, ''), run.missing.slice(mark)));
    return;
  }
  if (finding.voluntary !== true) run.leads[id] = rule.leads;
  into.push(makeCheck(rule, id, finding.voluntary === true ? 'skipped' : 'failed', finding.reason, finding.params));
}

/**
 * Runs a rule over the parcel or each of its lines: one passed check, or one check for every line that did not pass.
 */
export function runCheck(run: Run, rule: CheckRule, into: Check[]): void {
  useRule(run, rule.provenance);
  const before = into.length;
  if (rule.scope === 'head') askAt(run, rule, null, into);
  else for (const line of run.lines) askAt(run, rule, line, into);
  run.line = null;
  if (into.length === before) into.push(rule.passed);
}

/**
 * Simplified categories: a word from the short list stands for a commodity code, for ordinary goods of small value on a
 * route that allows it. Whoever uses it for more is told to give the full code.
 */
export function categoryChecks(run: Run, applied: Route | null, checks: readonly CheckRule[], into: Check[]): void {
  const rule = run.pack.program.categoryRule;
  for (const line of run.lines) {
    const { category, commodity } = line.goods;
    if (typeof category !== 'string') continue;
    const params = { line: String(line.number), pointer: `/declaration/goods/${line.index}/category`, category };
    const listed = run.view.categories.get(category);
    if (rule === null || listed === undefined) {
      const unlisted = { id: 'category', source: rule?.source ?? '', layer: '', confirmed: true };
      run.leads.category = 'rejected';
      into.push(makeCheck(rule ?? unlisted, 'category', 'failed', 'category-unknown', params));
      continue;
    }
    useRule(run, listed.provenance);
    run.line = line;
    const reason = categoryFault(run, line, listed.commodity, commodity, applied, checks, rule);
    run.line = null;
    const words = { ...params, commodity: listed.commodity };
    if (reason === null) {
      into.push(makeCheck(listed, 'category', 'passed', 'category-mapped', words));
      continue;
    }
    run.leads.category = 'rejected';
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
  { cap, lineValue }: CategoryCap,
): string | null {
  if (typeof declared === 'string') return declared.startsWith(mapped.slice(0, 4)) ? null : 'category-contradicts-code';
  if (applied !== null && !applied.simplified) return 'category-needs-code';
  const mark = run.missing.length;
  const restricted = checks.some((one) => isRestriction(one) && one.scope === 'line' && concernsLine(run, one, line));
  const limit = cap === null ? undefined : valueOn(run, cap);
  const value = lineValue?.(run);
  forget(run, mark);
  if (restricted) return 'category-restricted';
  return limit !== undefined && value !== undefined && compare(value, limit) > 0 ? 'category-above-cap' : null;
}

const isRestriction = (rule: CheckRule): boolean => rule.kind === 'prohibited' || rule.kind === 'document';

/** Whether a restriction is about these goods at all, with or without the document it asks for. */
function concernsLine(run: Run, rule: CheckRule, line: LineRun): boolean {
  if (rule.when !== null && rule.when(run) !== true) return false;
  if (typeof rule.document !== 'object' || rule.document === null) return true;
  const view = run.view.tables.get(rule.document.table);
  const commodity = line.commodity;
  return (
    view !== undefined &&
    typeof commodity === 'string' &&
    typeof rowOf(view, commodity)?.cells[rule.document.column] === 'string'
  );
}
