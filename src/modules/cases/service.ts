import { digestOf } from '#kernel/canonical.ts';
import { ok, refuse, type Refused, type Result } from '#kernel/result.ts';
import { mandated, may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Db, Tx } from '#platform/db.ts';
import {
  builtIn,
  type CaseRow,
  type DeadlineRow,
  type Move,
  type MoveRow,
  type NewCase,
  type QueueFilter,
  type Reasons,
  type Rights,
  recordOf,
} from './model.ts';
import { latestOf, moveOf, procedureOf, registered } from './registry.ts';
import { apply, type Asked, type Who } from './service-apply.ts';
import * as store from './store.ts';
import * as queues from './store-queue.ts';

/**
 * Stores every registered procedure, so that the database knows its moves. Throws when a stored version has another
 * content, which would change running cases, and when cases are open under a version that no code brings any more.
 */
export async function installProcedures(db: Db): Promise<void> {
  await db.tx(async (tx) => {
    for (const procedure of registered()) {
      const { effects, ...data } = procedure;
      const digest = digestOf({ ...data, effects: Object.keys(effects).sort() });
      if (!(await store.install(tx, procedure, digest))) {
        throw new Error(`procedure ${procedure.name} version ${procedure.version} changed: raise its version`);
      }
    }
    for (const one of await store.openProcedures(tx)) procedureOf(one.procedure, one.version);
  });
}

/**
 * Opens cases of a procedure's latest version, their clocks running; one that is open already is passed over. `at` is
 * the legal moment of opening; the journal's entries carry it too when they are history made up by a demonstration.
 * Answers the ids that were opened.
 */
export async function open(
  tx: Tx,
  opening: { procedure: string; actor: string; at: string; journalAt?: string; seeded?: boolean },
  cases: readonly NewCase[],
): Promise<string[]> {
  if (cases.length === 0) return [];
  const { name, version } = latestOf(opening.procedure);
  const { actor, at, seeded = false } = opening;
  const journalAt = opening.journalAt ?? (seeded ? at : null);
  return store.open(tx, { procedure: name, version, actor, at, journalAt, seeded }, cases);
}

/** One case, for whoever has checked `may(principal, 'case.read', recordOf(case))`. */
export async function caseOf(tx: Tx, id: string): Promise<CaseRow | undefined> {
  return (await store.casesOf(tx, [id], false))[0];
}

/** States facts of a case anew, for its owner, in a step that has it locked; clocks that run keep what they have. */
export const restate = (tx: Tx, id: string, facts: CaseRow['facts']): Promise<void> => store.restate(tx, id, facts);

const perSubjectsMax = 1_000;

/** The cases about these subjects, at most 1,000. */
export const casesOf = (tx: Tx, subjects: readonly string[]) => store.casesOfSubjects(tx, subjects, perSubjectsMax);

/** Everything that happened in a case, and its clocks. */
export async function timelineOf(tx: Tx, id: string): Promise<{ moves: MoveRow[]; deadlines: DeadlineRow[] }> {
  return { moves: await store.movesOf(tx, id), deadlines: await store.deadlinesOf(tx, id) };
}

const pageMax = 100;

/** A page of a queue, the oldest first. `now` says what is overdue: the legal moment, from the context's clock. */
export async function queue(
  tx: Tx,
  filter: QueueFilter,
  now: string,
): Promise<{ cases: CaseRow[]; next: string | null }> {
  const size = Math.min(Math.max(filter.size ?? 25, 1), pageMax);
  const rows = await queues.queue(tx, filter, now, size + 1);
  const cases = rows.slice(0, size);
  return { cases, next: rows.length > size ? cases.at(-1)!.id : null };
}

/** A step that somebody wants to take in a case that he has seen at a stamp. */
export interface Acting {
  readonly case: string;
  readonly stamp: number;
  readonly move: string;
  readonly decision?: Reasons;
  /** What the decision says beyond its outcome; the procedure's effect reads it. */
  readonly details?: unknown;
  readonly note?: string;
}

const blank = (text: string | undefined): boolean => text === undefined || text.trim() === '';

/** The refusal that names each of the reasons that is missing; undefined when none is. */
function missingReasons(reasons: Partial<Reasons> | undefined): Refused | undefined {
  const missing = (['ground', 'reason', 'remedy'] as const).filter((part) => blank(reasons?.[part]));
  const [first, ...rest] = missing.map((part) => ({ code: 'cases/reasons-missing', pointer: `/decision/${part}` }));
  if (first === undefined) return undefined;
  return refuse(first.code, { pointer: first.pointer, ...(rest.length > 0 ? { more: rest } : {}) });
}

const onDesks: Rights = { read: 'case.read', decide: 'case.decide' };
/** What reading a case of this procedure, and deciding in it, asks of somebody. */
export const rightsOf = (one: CaseRow): Rights => procedureOf(one.procedure, one.version).rights ?? onDesks;

/** Whether somebody may take a case for himself or hand it over: only what is work of a desk. */
const mayClaim = (principal: Principal, one: CaseRow): boolean =>
  rightsOf(one) === onDesks && may(principal, 'case.claim', recordOf(one));

function allowed(principal: Principal, one: CaseRow, move: Pick<Move, 'by' | 'purpose'>): boolean {
  if (move.by === 'party') return may(principal, 'case.answer', recordOf(one));
  const competent = move.purpose === undefined || mandated(principal, move.purpose);
  return move.by === 'desk' && competent && may(principal, rightsOf(one).decide, recordOf(one));
}

/** Who takes a step, as it is recorded. */
export const whoOf = (context: Context, principal: Principal, by: Who['by']): Who => ({
  by,
  actor: principal.subject,
  authority: principal.authority,
  at: context.clock.instant(),
});

/** The case under its lock, when this principal may see it and saw it as it stands. */
async function held(tx: Tx, principal: Principal, id: string, stamp: number): Promise<Result<CaseRow>> {
  const [one] = await store.casesOf(tx, [id], true);
  // Who may not read it is not told that it exists.
  if (one === undefined || !may(principal, rightsOf(one).read, recordOf(one))) return refuse('cases/not-found');
  if (one.stamp !== stamp) return refuse('cases/changed-meanwhile', { params: { state: one.state } });
  return ok(one);
}

/**
 * Takes a step in a case: judged under the case's lock, its effect and the record of it in the caller's transaction.
 * Refuses `cases/not-found`, `changed-meanwhile`, `move-unknown`, `not-yours`, `move-not-allowed`, `claimed-by-
 * another`, `deadline-passed` (the clock's own move is due and not swept yet), `reasons-missing`, and what the effect
 * refuses; a refusal has written nothing.
 */
export async function act(context: Context, tx: Tx, principal: Principal, step: Acting): Promise<Result<CaseRow>> {
  const seen = await held(tx, principal, step.case, step.stamp);
  if (!seen.ok) return seen;
  const one = seen.value;
  const move = moveOf(one, step.move);
  if (move === undefined) return refuse('cases/move-unknown', { params: { move: step.move } });
  if (!allowed(principal, one, move)) return refuse('cases/not-yours', { params: { move: step.move } });
  if (!move.from.includes(one.state)) {
    return refuse('cases/move-not-allowed', { params: { move: step.move, state: one.state } });
  }
  if (move.by === 'desk' && one.claimedBy !== null && one.claimedBy !== principal.subject) {
    return refuse('cases/claimed-by-another');
  }
  const who = whoOf(context, principal, move.by);
  if (await queues.isDue(tx, one.id, who.at)) return refuse('cases/deadline-passed');
  const missing = move.decision === true ? missingReasons(step.decision) : undefined;
  if (missing !== undefined) return missing;
  const [done] = await apply(context, tx, who, [{ ...step, row: one, rule: move }]);
  return done!.ok ? ok((await caseOf(tx, one.id))!) : done!;
}

/**
 * The window's own steps in many cases at once. Each case is answered in its place: its id, or the refusal; those that
 * share a step share one run of its effect and its refusal. Whoever may start the window's own steps has been judged by
 * the caller.
 */
export async function actAll(
  context: Context,
  tx: Tx,
  actor: string,
  steps: readonly { case: string; move: string; decision?: Reasons; details?: unknown; note?: string }[],
): Promise<Result<string>[]> {
  const ids = steps.map((step) => step.case);
  const rows = new Map((await store.casesOf(tx, ids, true)).map((row) => [row.id, row]));
  const answers: Result<string>[] = steps.map((step) => ok(step.case));
  const asked: Asked[] = [];
  const places: number[] = [];
  for (const [place, step] of steps.entries()) {
    const row = rows.get(step.case);
    const rule = row === undefined ? undefined : moveOf(row, step.move);
    if (row === undefined) answers[place] = refuse('cases/not-found');
    else if (rule === undefined) answers[place] = refuse('cases/move-unknown', { params: { move: step.move } });
    else if (rule.by !== 'system') answers[place] = refuse('cases/not-yours', { params: { move: step.move } });
    else if (!rule.from.includes(row.state) || ids.indexOf(step.case) !== place) {
      answers[place] = refuse('cases/move-not-allowed', { params: { move: step.move, state: row.state } });
    } else {
      places.push(place);
      asked.push({ ...step, row, rule });
    }
  }
  const who: Who = { by: 'system', actor, authority: null, at: context.clock.instant() };
  const done = await apply(context, tx, who, asked);
  for (const [index, result] of done.entries()) answers[places[index]!] = result;
  return answers;
}

/** Takes a case for oneself. Again is the same; one that another officer has is refused until it is handed over. */
export async function claim(
  context: Context,
  tx: Tx,
  principal: Principal,
  what: { case: string; stamp: number },
): Promise<Result<CaseRow>> {
  const [now] = await store.casesOf(tx, [what.case], true);
  const seen = await held(tx, principal, what.case, now?.claimedBy === principal.subject ? now.stamp : what.stamp);
  if (!seen.ok) return seen;
  const one = seen.value;
  if (!mayClaim(principal, one)) return refuse('cases/not-yours', { params: { move: 'claim' } });
  if (one.closed !== null) return refuse('cases/closed');
  if (one.claimedBy === principal.subject) return ok(one);
  if (one.claimedBy !== null) return refuse('cases/claimed-by-another');
  const who = whoOf(context, principal, 'desk');
  await store.setHolder(tx, one.id, { claimedBy: principal.subject, claimedAt: who.at, desk: one.desk });
  await store.record(tx, who, { ...plain, case: one.id, move: 'claim', to: one.state });
  return ok((await caseOf(tx, one.id))!);
}

/** A step without reasons, words or details. */
export const plain = {
  stamp: null,
  ground: null,
  reason: null,
  remedy: null,
  details: null,
  note: null,
  undoes: null,
} as const;

/**
 * Hands a case over: to another officer, back to the queue (null), or to another desk. Any officer who may claim on the
 * desk may, so that no case rests with somebody who is away; the timeline says who did.
 */
export async function handOver(
  context: Context,
  tx: Tx,
  principal: Principal,
  what: { case: string; stamp: number; officer: string | null; desk?: string; note?: string },
): Promise<Result<CaseRow>> {
  const seen = await held(tx, principal, what.case, what.stamp);
  if (!seen.ok) return seen;
  const one = seen.value;
  if (!mayClaim(principal, one)) return refuse('cases/not-yours', { params: { move: 'hand-over' } });
  if (one.closed !== null) return refuse('cases/closed');
  const who = whoOf(context, principal, 'desk');
  const claimedAt = what.officer === null ? null : who.at;
  await store.setHolder(tx, one.id, { claimedBy: what.officer, claimedAt, desk: what.desk ?? one.desk });
  const note = what.note ?? null;
  await store.record(tx, who, { ...plain, case: one.id, move: 'hand-over', to: one.state, note });
  return ok((await caseOf(tx, one.id))!);
}

/**
 * Reverses the last decision of a case: it goes back to where it was decided from, and the decision's effect is undone,
 * once. A reversal is a decision of its own, with its own ground, reason and remedy; what it reverses stays in the
 * record. Refuses `cases/nothing-to-reverse` when another step came after the decision.
 */
export async function reverse(
  context: Context,
  tx: Tx,
  principal: Principal,
  what: { case: string; stamp: number; decision: Reasons; note?: string },
): Promise<Result<CaseRow>> {
  const seen = await held(tx, principal, what.case, what.stamp);
  if (!seen.ok) return seen;
  const one = seen.value;
  const last = (await store.movesOf(tx, one.id)).findLast(
    (row) => row.move === 'reverse' || !builtIn.includes(row.move),
  );
  if (last === undefined || !last.decision || last.undoes !== null) return refuse('cases/nothing-to-reverse');
  const rule = moveOf(one, last.move)!;
  const right = { by: 'desk' as const, ...(rule.purpose === undefined ? {} : { purpose: rule.purpose }) };
  if (!allowed(principal, one, right)) return refuse('cases/not-yours', { params: { move: 'reverse' } });
  const missing = missingReasons(what.decision);
  if (missing !== undefined) return missing;
  const who = whoOf(context, principal, 'desk');
  if (rule.effect !== undefined) {
    const effect = procedureOf(one.procedure, one.version).effects[rule.effect]!;
    const undone = { ...one, details: last.details, decidedBy: who.actor, decidedFor: who.authority };
    const refused = await effect.undo(tx, [undone], context);
    if (refused !== undefined) return { ok: false, error: refused };
  }
  const { decision, note = null } = what;
  const step = { ...plain, ...decision, note, case: one.id, move: 'reverse', to: last.from, undoes: last.number };
  await store.record(tx, who, step);
  return ok((await caseOf(tx, one.id))!);
}
