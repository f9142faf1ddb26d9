import { randomBytes } from 'node:crypto';
import { type Day, day as parseDay, daysBetween } from '#kernel/effective.ts';
import { isUuid, lowestIdAt, newId } from '#kernel/id.ts';
import { ok, refuse, type Refusal, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import { type Draft, draftOf, firstDayOf, packsPart } from '#modules/rulebook/index.ts';
import { idsOf } from './archive.ts';
import type { ReplayBody, ReplayView } from './replay-model.ts';
import type { ReplayResult } from './replay-result.ts';
import * as store from './store-replay.ts';
import { parcelView } from './views.ts';

/** A replay as a reader sees it. */
export type SeenReplay = Partial<ReplayView> & Pick<ReplayView, 'id'>;

const daysMax = 400;
const keyBytes = 32;

const recordOf = (id: string): RecordRef => ({ kind: 'replay', id, parties: {}, desk: null });

/** A draft that changes the law of this window, for whoever may read replays. */
export async function draftFor(context: Context, principal: Principal, id: string): Promise<Result<Draft>> {
  const unknown = refuse('clearance/draft-unknown', { pointer: '/id' });
  if (!may(principal, 'replay.read', recordOf(id)) || !isUuid(id)) return unknown;
  const snapshot = context.reference.current();
  const { home } = snapshot.get(packsPart);
  const draft = await context.db.tx((tx) => draftOf(tx, id, home.id, snapshot.epoch));
  return draft === undefined ? unknown : ok(draft);
}

/** Whether this principal may start a replay, so that a page offers it to nobody else. */
export const mayReplay = (principal: Principal, draft: string): boolean =>
  may(principal, 'replay.start', recordOf(draft));

/** The day on which every parcel is taken to have come where nothing is said; null for each parcel's own. */
export function assumedFor({ current, candidate }: Draft, from: Day): Day | null {
  const first = firstDayOf(current, candidate);
  return first === undefined || first <= from ? null : first;
}

interface Period {
  readonly from: Day;
  readonly until: Day;
  readonly assumed: Day | 'own' | undefined;
}

function periodOf(body: ReplayBody): Result<Period> {
  const faults: Refusal[] = [];
  const read = (name: 'from' | 'until' | 'assumed'): Day | undefined => {
    const text = body[name];
    const found = text === undefined ? undefined : parseDay(text);
    if (found === undefined && text !== undefined && text !== 'own')
      faults.push({ code: 'clearance/day-invalid', pointer: `/${name}` });
    return found;
  };
  const [from, until, assumed] = [read('from'), read('until'), read('assumed')];
  const [fault, ...more] = faults;
  if (fault !== undefined) return refuse(fault.code, { pointer: fault.pointer!, more });
  const long = daysBetween(from!, until!);
  if (long <= 0) return refuse('clearance/period-empty', { pointer: '/until' });
  if (long > daysMax) return refuse('clearance/period-long', { pointer: '/until', params: { days: String(daysMax) } });
  return ok({ from: from!, until: until!, assumed: body.assumed === 'own' ? 'own' : assumed });
}

/** Asks for a draft to be held against the parcels of a period; the work is done behind the doors. Answers its id. */
export async function startReplay(
  context: Context,
  principal: Principal,
  draftId: string,
  body: ReplayBody,
): Promise<Result<string>> {
  if (!mayReplay(principal, draftId)) return refuse('clearance/replay-not-yours');
  const draft = await draftFor(context, principal, draftId);
  if (!draft.ok) return draft;
  const period = periodOf(body);
  if (!period.ok) return period;
  const { from, until, assumed } = period.value;
  const { candidate, current } = draft.value;
  if (candidate.currency !== current.currency)
    return refuse('clearance/replay-currency', { params: { before: current.currency, after: candidate.currency } });
  const now = context.clock.now();
  const { low } = idsOf(from);
  // What comes from now on is not looked at, so that the same is looked at however long it takes.
  const high = [idsOf(until).low, lowestIdAt(now)].sort()[0]!;
  const replay = {
    id: newId(now),
    // An id may name what a draft belongs to; what was looked at stays this one.
    draft: draft.value.id,
    title: draft.value.title,
    pack: draft.value.pack,
    version: draft.value.version,
    leaf: current.id,
    epoch: context.reference.current().epoch,
    from,
    until,
    low,
    high,
    assumed: assumed === 'own' ? null : (assumed ?? assumedFor(draft.value, from)),
    key: randomBytes(keyBytes),
    started: context.clock.instant(),
    startedBy: principal.subject,
  };
  await context.db.tx(async (tx) => {
    await store.addReplay(tx, replay);
    const data = { draft: replay.draft, from, until, assumed: replay.assumed ?? 'own' };
    await append(tx, [{ kind: 'clearance.replay-started', subject: replay.id, data }]);
  });
  return ok(replay.id);
}

const unknownReplay = (): Result<never> => refuse('clearance/replay-unknown', { pointer: '/id' });

async function viewOf(context: Context, principal: Principal, row: store.ReplayRow): Promise<SeenReplay> {
  const { id, draft, title, pack, version, from, until, assumed, state, started, ended, result } = row;
  const done = result === null ? null : (JSON.parse(result) as ReplayResult);
  const whole = { ranges: 1, done: 1, parcels: done?.parcels ?? 0 };
  const progress = done === null ? await store.progressOf(context.db, id) : whole;
  const days = { from, until, assumed: assumed ?? 'own' };
  const data: ReplayView = { id, draft, title, pack, version, ...days, state, started, ended, progress, result: done };
  return { ...view(principal, { ...recordOf(id), data }), id };
}

/** A replay with how far it has come, as far as this principal may see it. */
export async function replayView(context: Context, principal: Principal, id: string): Promise<Result<SeenReplay>> {
  if (!may(principal, 'replay.read', recordOf(id)) || !isUuid(id)) return unknownReplay();
  const row = await store.replayById(context.db, id);
  return row === undefined ? unknownReplay() : ok(await viewOf(context, principal, row));
}

/** The replays of a draft, the last one first. */
export async function replayList(
  context: Context,
  principal: Principal,
  draftId: string,
): Promise<Result<{ draft: Draft; replays: SeenReplay[] }>> {
  const draft = await draftFor(context, principal, draftId);
  if (!draft.ok) return draft;
  const rows = await store.replaysOf(context.db, draft.value.id);
  const replays: SeenReplay[] = [];
  for (const row of rows) replays.push(await viewOf(context, principal, row));
  return ok({ draft: draft.value, replays });
}

/** The replay that was done last, of whichever draft; undefined where there is none, or this principal sees none. */
export const lastReplay = async (context: Context, principal: Principal): Promise<string | undefined> =>
  may(principal, 'replay.read', recordOf('')) ? store.lastDone(context.db) : undefined;

/** Ends a replay that is not done; what it had come to is dropped. */
export async function cancelReplay(context: Context, principal: Principal, id: string): Promise<Result<null>> {
  const seen = await replayView(context, principal, id);
  if (!seen.ok) return seen;
  if (!mayReplay(principal, id)) return refuse('clearance/replay-not-yours');
  const ended = context.clock.instant();
  const moved = await context.db.tx(async (tx) => {
    if (!(await store.moveReplay(tx, id, { state: 'cancelled', ended, result: null }))) return false;
    await append(tx, [{ kind: 'clearance.replay-cancelled', subject: id, data: {} }]);
    return true;
  });
  return moved ? ok(null) : refuse('clearance/replay-ended', { pointer: '/id' });
}

/** The parcel behind the name of an example, for whoever may see that parcel; for anybody else there is none. */
export async function exampleParcel(
  context: Context,
  principal: Principal,
  id: string,
  handle: string,
): Promise<Result<string>> {
  const none = refuse('clearance/example-unknown', { pointer: '/handle' });
  if (!may(principal, 'replay.read', recordOf(id)) || !isUuid(id)) return none;
  const parcel = await store.exampleOf(context.db, id, handle);
  if (parcel === undefined) return none;
  const seen = await parcelView(context, principal, parcel);
  return seen.ok ? ok(parcel) : none;
}
