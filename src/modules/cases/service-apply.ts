import { ok, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import type { Actor, CaseRow, Move, Reasons } from './model.ts';
import { procedureOf } from './registry.ts';
import * as store from './store.ts';

/** Who takes a step, and the legal moment at which he does. */
export interface Who {
  readonly by: Actor;
  readonly actor: string;
  readonly authority: string | null;
  readonly at: string;
}

/** A step that has been judged: the case is locked and stands where the move may leave it. */
export interface Asked {
  readonly row: CaseRow;
  readonly rule: Move;
  readonly decision?: Reasons;
  readonly details?: unknown;
  readonly note?: string;
}

/**
 * Runs the effect of each kind of step once for all its cases, then records the steps. What an effect refuses is
 * refused for its cases, and nothing of them is written. The answers stand in the order of the steps.
 */
export async function apply(context: Context, tx: Tx, who: Who, asked: readonly Asked[]): Promise<Result<string>[]> {
  const groups = new Map<string, Asked[]>();
  for (const one of asked) {
    const key = `${one.row.procedure} ${one.row.version} ${one.rule.name}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const answers = new Map<Asked, Result<string>>();
  for (const group of groups.values()) {
    const refused = await effectOf(context, tx, who, group);
    if (refused === undefined) await record(tx, who, group);
    for (const one of group) answers.set(one, refused === undefined ? ok(one.row.id) : { ok: false, error: refused });
  }
  return asked.map((one) => answers.get(one)!);
}

async function effectOf(context: Context, tx: Tx, who: Who, group: readonly Asked[]) {
  const { row, rule } = group[0]!;
  if (rule.effect === undefined) return undefined;
  const effect = procedureOf(row.procedure, row.version).effects[rule.effect]!;
  const cases = group.map((one) => ({
    ...one.row,
    details: one.details ?? null,
    decidedBy: who.actor,
    decidedFor: who.authority,
  }));
  return (await effect.apply(tx, cases, context)) ?? undefined;
}

async function record(tx: Tx, who: Who, group: readonly Asked[]): Promise<void> {
  const steps = group.map(({ row, rule, decision = rule.reasons, details, note = null }) => ({
    case: row.id,
    stamp: row.stamp,
    move: rule.name,
    ground: decision?.ground ?? null,
    reason: decision?.reason ?? null,
    remedy: decision?.remedy ?? null,
    details: details ?? null,
    note,
  }));
  for (const done of await store.act(tx, who, steps)) {
    // Judged under the lock and refused all the same: the copy of the procedure in the database is not this one.
    if (!done.moved) throw new Error(`case ${done.id}: ${done.refusal} after its effect has run`);
  }
}
