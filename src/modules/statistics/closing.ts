import { type Day, dayIn, dayOf } from '#kernel/effective.ts';
import { isUuid, newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { aggregationsInForce, packsPart } from '#modules/rulebook/index.ts';
import { dueOn, firstOf, monthOf, monthText, type RunBody } from './model.ts';
import * as runs from './store-runs.ts';

/** What guards a summary, a closing, or where a checklist stands: its declarant, or nobody where it is for all. */
export const recordOf = (id: string, declarant: string | null): RecordRef => ({
  kind: 'summary',
  id,
  parties: declarant === null ? {} : { declarant: [declarant] },
  desk: null,
});

/** Whose summaries a reader sees: everybody's, or those of his party and of whom he represents. */
export function declarantsFor(principal: Principal): readonly string[] | null {
  if (may(principal, 'summary.read', recordOf('', null))) return null;
  const { party } = principal;
  if (party === null) return [];
  const all = [party, ...principal.representations.map(({ represented }) => represented)];
  return [...new Set(all)].filter((one) => may(principal, 'summary.read', recordOf('', one)));
}

/** Whether this principal may close a month for a declarant, or for everybody. */
export const mayClose = (principal: Principal, declarant: string | null): boolean =>
  may(principal, 'summary.close', recordOf('', declarant));

/** The law of the window as it stands. */
export const home = (context: Context) => context.reference.current().get(packsPart).home;

/** The month that goes on at this moment, by the clocks of the economy. */
export const monthNow = (context: Context): Day => monthOf(context.clock.instant(), home(context).timeZone);

/** By which day the summaries of a month are due, by rule; none where the law names no day. */
export function dueDays(context: Context, month: Day): { rule: string; due: string | null }[] {
  return aggregationsInForce(home(context), month)
    .filter(({ as }) => as === 'summary')
    .map(({ id, dueDay }) => ({ rule: id, due: dueDay === null ? null : dueOn(month, dueDay) }));
}

/** Asks for a month to be closed; the work is done behind the doors. Answers the id of the run. */
export async function startRun(context: Context, principal: Principal, body: RunBody): Promise<Result<string>> {
  const declarant = body.declarant ?? null;
  if (!mayClose(principal, declarant)) return refuse('statistics/run-not-yours', { pointer: '/declarant' });
  const month = firstOf(body.month);
  const now = monthNow(context);
  if (month >= now) return refuse('statistics/month-open', { pointer: '/month', params: { month: body.month } });
  const begun = await context.db.tx(async (tx) =>
    (await runs.runUnderWay(tx, month, declarant))
      ? undefined
      : begin(context, tx, { month, declarant, startedBy: principal.subject }),
  );
  return begun === undefined ? refuse('statistics/run-open', { pointer: '/month' }) : ok(begun);
}

async function begin(
  context: Context,
  tx: Tx,
  of: Pick<runs.RunRow, 'month' | 'declarant' | 'startedBy'>,
): Promise<string> {
  const id = newId(context.clock.now());
  const { epoch } = context.reference.current();
  await runs.addRun(tx, { ...of, id, epoch, started: context.clock.instant() });
  const data = { month: monthText(of.month), declarant: of.declarant };
  await append(tx, [{ kind: 'statistics.month-closing', subject: id, data }]);
  return id;
}

/**
 * Asks for a month to be closed for everybody on the first day on which the law has a summary of it due, where nobody
 * has asked for it yet: by then its checklists have to be merged. True when a run has begun.
 */
export async function closeDue(context: Context): Promise<boolean> {
  const today = dayIn(context.clock.instant(), home(context).timeZone);
  const isDue = (month: string): boolean =>
    dueDays(context, dayOf(month)).some(({ due }) => due !== null && due <= today);
  return context.db.tx(async (tx) => {
    const month = (await runs.monthsWaiting(tx, monthNow(context))).find(isDue);
    if (month === undefined) return false;
    await begin(context, tx, { month, declarant: null, startedBy: 'system' });
    return true;
  });
}

export interface RunView {
  readonly id: string;
  readonly month: string;
  readonly declarant: string | null;
  readonly state: runs.RunState;
  readonly started: string;
  readonly ended: string | null;
  readonly progress: runs.Progress;
}

async function runViewOf(context: Context, principal: Principal, row: runs.RunRow): Promise<Partial<RunView>> {
  const { id, month, declarant, state, started, ended } = row;
  const progress = await runs.progressOf(context.db, id);
  const data: RunView = { id, month: monthText(month), declarant, state, started, ended, progress };
  return view(principal, { ...recordOf(id, declarant), data });
}

/** A run with how far it has come. One for everybody is seen by authorities, one of a declarant by him too. */
export async function runView(context: Context, principal: Principal, id: string): Promise<Result<Partial<RunView>>> {
  const row = isUuid(id) ? await runs.runById(context.db, id) : undefined;
  if (row === undefined || !may(principal, 'summary.read', recordOf(id, row.declarant)))
    return refuse('statistics/run-unknown', { pointer: '/id' });
  return ok(await runViewOf(context, principal, row));
}

/** The last runs that this principal may see. */
export async function runList(context: Context, principal: Principal): Promise<Partial<RunView>[]> {
  const declarants = declarantsFor(principal);
  const rows = (await runs.runList(context.db, declarants)).filter((row) =>
    may(principal, 'summary.read', recordOf(row.id, row.declarant)),
  );
  const views: Partial<RunView>[] = [];
  for (const row of rows) views.push(await runViewOf(context, principal, row));
  return views;
}
