import { day } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import { compile } from './condition.ts';
import type { DeniedName, StoredName, StoredRule, WatchRule } from './model.ts';
import { normalised } from './names.ts';
import { hundredths, listsPart, watchPart } from './screen.ts';
import * as store from './store.ts';

export type RiskContext = Pick<Context, 'clock' | 'reference'>;

const record = (id: string) => ({ kind: 'reference', id, parties: {}, desk: null }) as const;

const allowed = (principal: Principal, action: 'reference.administer' | 'reference.read', id = ''): Result<null> =>
  may(principal, action, record(id)) ? ok(null) : refuse('risk/not-allowed');

/** A rule as it would be stored, or what is wrong with it, at its field. */
function ruleOf(key: string, id: string, given: WatchRule, today: string): Result<StoredRule> {
  const { condition, share = '100', ground, desk, source, from = today, until = null } = given;
  const compiled = compile(condition);
  if (!compiled.ok) return refuse('risk/condition-invalid', { pointer: '/condition', params: { why: compiled.why } });
  const exact = hundredths(share);
  if (exact === undefined) return refuse('risk/share-invalid', { pointer: '/share' });
  if (day(from) === undefined) return refuse('risk/day-unknown', { pointer: '/from' });
  if (until !== null && day(until) === undefined) return refuse('risk/day-unknown', { pointer: '/until' });
  if (until !== null && until <= from) return refuse('risk/period-empty', { pointer: '/until' });
  const cents = String(exact % 100).padStart(2, '0');
  const stored = `${Math.floor(exact / 100)}.${cents}`;
  return ok({ key, id, condition, share: stored, ground, desk, source, from, until });
}

/** Adds a watch rule, or changes the one of this id. The same again changes nothing. */
export async function putRule(
  context: RiskContext,
  principal: Principal,
  id: string,
  given: WatchRule,
): Promise<Result<Partial<StoredRule>>> {
  const granted = allowed(principal, 'reference.administer', id);
  if (!granted.ok) return granted;
  const standing = context.reference
    .current()
    .get(watchPart)
    .find((one) => one.rule.id === id)?.rule;
  const rule = ruleOf(
    standing?.key ?? newId(context.clock.now()),
    id,
    { ...given, from: given.from ?? standing?.from ?? principal.on },
    principal.on,
  );
  if (!rule.ok) return rule;
  const written = await context.reference.publish(async (tx, epoch) => {
    const now = await store.ruleNow(tx, id);
    const row = { ...rule.value, key: now?.key ?? rule.value.key };
    if (now !== undefined && JSON.stringify(now) === JSON.stringify(row)) return now;
    if (now !== undefined) await store.end(tx, 'rules', id, epoch);
    await store.beginRule(tx, row, epoch);
    const kind = now === undefined ? 'risk.rule-added' : 'risk.rule-changed';
    await append(tx, [{ kind, subject: row.key, data: { rule: id, ground: row.ground, by: principal.subject } }]);
    return row;
  });
  return ok(view(principal, { ...record(id), data: written }));
}

/** Ends a watch rule: from its epoch on it selects nothing. */
export async function endRule(context: RiskContext, principal: Principal, id: string): Promise<Result<{ id: string }>> {
  const granted = allowed(principal, 'reference.administer', id);
  if (!granted.ok) return granted;
  return context.reference.publish(async (tx, epoch) => {
    const now = await store.ruleNow(tx, id);
    if (now === undefined) return refuse('risk/rule-unknown');
    await store.end(tx, 'rules', id, epoch);
    await append(tx, [{ kind: 'risk.rule-ended', subject: now.key, data: { rule: id, by: principal.subject } }]);
    return ok({ id });
  });
}

/** The watch rules that are true now. */
export function listRules(context: RiskContext, principal: Principal): Result<Partial<StoredRule>[]> {
  const granted = allowed(principal, 'reference.read');
  if (!granted.ok) return granted;
  const rules = context.reference.current().get(watchPart);
  return ok(rules.map(({ rule }) => view(principal, { ...record(rule.id), data: rule })));
}

/** Puts names on a list, as many as a list has; one that is there already in this spelling stays as it is. */
export async function addNames(
  context: RiskContext,
  principal: Principal,
  given: readonly DeniedName[],
): Promise<Result<{ added: number; known: number }>> {
  const granted = allowed(principal, 'reference.administer');
  if (!granted.ok) return granted;
  const rows: StoredName[] = [];
  for (const [index, { list, name, source }] of given.entries()) {
    const compared = normalised(name);
    if (compared === '') return refuse('risk/name-empty', { pointer: `/${index}/name` });
    rows.push({ id: newId(context.clock.now()), list, name, normalised: compared, source });
  }
  const added = await context.reference.publish(async (tx, epoch) => {
    const ids = await store.beginNames(tx, rows, epoch);
    const lists = new Map(rows.map((row) => [row.id, row.list]));
    // The journal says which list grew, never by whom.
    await append(
      tx,
      ids.map((id) => ({
        kind: 'risk.name-added',
        subject: id,
        data: { list: lists.get(id) ?? '', by: principal.subject },
      })),
    );
    return ids.length;
  });
  return ok({ added, known: rows.length - added });
}

/** Takes a name off its list. */
export async function endName(context: RiskContext, principal: Principal, id: string): Promise<Result<{ id: string }>> {
  const granted = allowed(principal, 'reference.administer', id);
  if (!granted.ok) return granted;
  return context.reference.publish(async (tx, epoch) => {
    if (!(await store.end(tx, 'names', id, epoch))) return refuse('risk/name-unknown');
    await append(tx, [{ kind: 'risk.name-ended', subject: id, data: { by: principal.subject } }]);
    return ok({ id });
  });
}

/** The names on the lists, a page at a time in the order of their ids. */
export function listNames(
  context: RiskContext,
  principal: Principal,
  page: { after: string; limit: number },
): Result<{ items: Partial<StoredName>[]; next: string | null }> {
  const granted = allowed(principal, 'reference.read');
  if (!granted.ok) return granted;
  const all = [...context.reference.current().get(listsPart).values()].flat().filter((one) => one.id > page.after);
  const items = all.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, page.limit);
  const last = all.length > items.length ? items.at(-1) : undefined;
  return ok({ items: items.map((one) => view(principal, { ...record(one.id), data: one })), next: last?.id ?? null });
}
