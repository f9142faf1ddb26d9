import { dayIn, dayOf } from '#kernel/effective.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { act, type CaseRow, caseOf, type Effect, type Procedure } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import type { Application, RedeterminationBody } from './amend-model.ts';
import { applicationDeadlines, applicationMoves, apply } from './applications.ts';
import { archivedRefusal, besidesArchived } from './archive.ts';
import { lastDayOf } from './conditions.ts';
import type { HeldDecision } from './held.ts';
import { type Accepted, isReleased, type Parcel, type Status } from './model.ts';
import { acceptedBody, parcelFrom, recordOf } from './read.ts';
import { admissible, redetermine, soundChange } from './redetermine.ts';
import { furtherVersions, holdParcel } from './store-amend.ts';
import { anythingReturned } from './store-applications.ts';
import { parcelOf, versionsOf } from './store-read.ts';

/** What was accepted before with what is accepted now in its place, line by line and figure by figure. */
function merged(before: Accepted | null, now: Accepted): Accepted {
  const lines = new Map((before?.lines ?? []).map((line) => [line.line, line]));
  for (const line of now.lines) lines.set(line.line, { ...lines.get(line.line), ...line });
  const route = now.route ?? before?.route;
  const sorted = [...lines.values()].sort((one, other) => one.line - other.line);
  return { lines: sorted, ...(route === undefined ? {} : { route }) };
}

/** The charges of a released parcel are determined again: the balance is asked for, or what was too much given back. */
const redetermineEffect: Effect = {
  async apply(tx, cases, context) {
    for (const one of cases) {
      const held = await holdParcel(tx, one.subject);
      if (held === undefined || !isReleased(held.status as Status)) return { code: 'clearance/not-released' };
      if (await anythingReturned(tx, one.subject)) return { code: 'clearance/goods-returned' };
      const to = { outcome: 'released-changed', kind: 'redetermined' } as const;
      const accepted = one.details as Accepted;
      const refused = await redetermine(context, tx, { id: one.subject, accepted, ...to, by: one });
      if (refused !== undefined) return refused;
    }
    return undefined;
  },
  async undo(tx, cases, context) {
    for (const one of cases) {
      const held = await holdParcel(tx, one.subject);
      if (held === undefined || !isReleased(held.status as Status)) return { code: 'clearance/not-released' };
      if (await anythingReturned(tx, one.subject)) return { code: 'clearance/goods-returned' };
      const made = (await furtherVersions(tx, one.subject)).at(-1);
      if (made?.case !== one.id) return { code: 'clearance/version-moved', params: { version: String(held.version) } };
      const before = parcelFrom((await versionsOf(tx, one.subject)).at(-2)!);
      const to = { accepted: before.accepted, outcome: before.outcome, kind: 'restored' } as const;
      const refused = await redetermine(context, tx, { id: one.subject, ...to, by: one });
      if (refused !== undefined) return refused;
    }
    return undefined;
  },
};

/** The charges of a released parcel are determined again on other figures, by an officer with the mandate. */
export const redetermination: Procedure = {
  name: 'redetermination',
  version: 1,
  first: 'open',
  moves: applicationMoves({ name: 'redetermine', to: 'redetermined', effect: 'redetermine' }),
  deadlines: applicationDeadlines,
  effects: { redetermine: besidesArchived(redetermineEffect) },
};

/** What stands against determining a parcel's charges again. */
async function barredBy(context: Context, parcel: Parcel): Promise<Result<null>> {
  if (!isReleased(parcel.status)) return refuse('clearance/not-released');
  if (await anythingReturned(context.db, parcel.id)) return refuse('clearance/goods-returned');
  const { home } = context.reference.current().get(packsPart);
  const last = lastDayOf(home, dayOf(parcel.day), 'redetermination-days');
  return last !== undefined && dayIn(context.clock.instant(), home.timeZone) > last
    ? refuse('clearance/redetermination-late', { params: { last } })
    : ok(null);
}

/**
 * Asks for the charges of a released parcel to be determined again: for its filer, declarant or importer, and for an
 * officer who clears or taxes and found it otherwise. It opens the case in which a desk decides. The same again is
 * answered with the same case. Refuses `clearance/not-found`, `redetermination-not-yours`, `not-released`,
 * `version-moved`, `redetermination-late`, `goods-returned`, `applied-otherwise`, and figures that name no line, change
 * nothing or may not be accepted.
 */
export async function askRedetermination(
  context: Context,
  principal: Principal,
  id: string,
  asked: RedeterminationBody,
): Promise<Result<{ id: string; application?: Application }>> {
  const row = await parcelOf(context.db, id);
  if (row === undefined) {
    const archived = await archivedRefusal(context.db, [id]);
    return archived ? { ok: false, error: archived } : refuse('clearance/not-found', { pointer: '/id' });
  }
  const parcel = parcelFrom(row);
  const record = recordOf(parcel);
  if (!may(principal, 'consignment.redetermine', { ...record, desk: null }))
    return may(principal, 'consignment.read', record)
      ? refuse('clearance/redetermination-not-yours')
      : refuse('clearance/not-found', { pointer: '/id' });
  const barred = await barredBy(context, parcel);
  if (!barred.ok) return barred;
  const { ground, reason, lines, version } = asked;
  const done = await context.db.tx(async (tx) => {
    await holdParcel(tx, id);
    const now = parcelFrom((await parcelOf(tx, id))!);
    if (now.version !== version)
      return refuse('clearance/version-moved', { pointer: '/version', params: { version: String(now.version) } });
    const checked = await acceptable(context, now, { lines });
    if (!checked.ok) {
      const { error } = checked;
      return { ok: false as const, error: { ...error, pointer: (error.pointer ?? '').replace('/accepted', '') } };
    }
    const on = { parcel: now, record, procedure: redetermination.name };
    return apply(context, tx, principal, on, { kind: 'redetermination', ground, reason, lines });
  });
  if (!done.ok) return done;
  const data = { declaration: parcel.declaration, version, status: parcel.status, application: done.value };
  return ok({ id, ...view(principal, { ...record, data }) });
}

/** What an officer may accept of a parcel on these figures, with what was accepted before. */
async function acceptable(context: Context, parcel: Parcel, accepted: Accepted): Promise<Result<Accepted>> {
  const checked = soundChange(acceptedBody(parcel.body, parcel.accepted), accepted);
  return checked.ok ? admissible(context, parcel, merged(parcel.accepted, checked.value)) : checked;
}

/** What an officer decides on the charges of a released parcel: as on a held one. */
export interface RedeterminationDecision extends Omit<HeldDecision, 'move' | 'accepted'> {
  readonly accepted: Accepted;
}

/** Determines the charges of a released parcel again. Refuses a stale view, missing reasons, and no change. */
export async function decideRedetermination(
  context: Context,
  principal: Principal,
  decision: RedeterminationDecision,
): Promise<Result<CaseRow>> {
  const { case: id, stamp, accepted, ...reasons } = decision;
  const one = await caseOf(context.db, id);
  const row = one && (await parcelOf(context.db, one.subject));
  if (!row) return refuse('cases/not-found', { pointer: '/case' });
  const allowed = await acceptable(context, parcelFrom(row), accepted);
  if (!allowed.ok) return allowed;
  const step = { case: id, move: 'redetermine', stamp, decision: reasons, details: allowed.value };
  return context.db.tx((tx) => act(context, tx, principal, step));
}
