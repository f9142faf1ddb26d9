import { dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import { mandated, may, type Principal } from '#platform/auth.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { act, type CaseRow, caseOf, open, restate, reverse, timelineOf } from '#modules/cases/index.ts';
import { changeOfLaw, factsOf, steeringFor } from './change.ts';
import { approvalsOf, type ChangeFacts, type DraftBody, type RedraftBody, type StepBody } from './change-model.ts';
import { soundDraft } from './draft-files.ts';
import type { PackSource } from './model.ts';
import { bringIntoForce } from './service-force.ts';
import { chainOf, filesOf, packsPart, sourcesAt } from './service.ts';
import { sourcesOf, versionsBy, versionsOf } from './store.ts';
import { draftsOf, keepDraft } from './store-drafts.ts';
import { type NewRow, nextHead, withNewRow } from './value-row.ts';

/** What the table of rights is asked with for a change that is not published. */
const unpublished = { kind: 'law', id: '', parties: {}, desk: null } as const;

/** Whether somebody may draft and propose law: an officer, or a key, of an authority with that mandate. */
export const mayPropose = (who: Principal): boolean =>
  who.authority !== null && mandated(who, 'propose-law') && may(who, 'law.decide', unpublished);

/** The moment that was stated for coming into force; null stands for "when it is approved". */
function statedMoment(context: Context, text: string | null | undefined): Result<string | null> {
  if (text === null || text === undefined) return ok(null);
  let moment: string;
  try {
    moment = instantOf(msOfInstant(text));
  } catch {
    return refuse('rulebook/instant-unknown', { pointer: '/inForce' });
  }
  return moment > context.clock.instant() ? ok(moment) : refuse('rulebook/instant-passed', { pointer: '/inForce' });
}

/** The sources in force with that of the pack to change, which has to be law of this window and steered. */
export async function baseOf(
  context: Context,
  pack?: string,
): Promise<Result<{ sources: ReadonlyMap<string, PackSource>; base: PackSource }>> {
  const snapshot = context.reference.current();
  const { home } = snapshot.get(packsPart);
  const id = pack ?? home.id;
  if (!home.layers.some((one) => one.id === id)) return refuse('rulebook/not-home-law', { pointer: '/pack' });
  if (steeringFor(context, id) === null) return refuse('rulebook/no-steering', { pointer: '/pack' });
  const sources = await sourcesAt(context.db, snapshot.epoch);
  const base = sources.get(id);
  if (base === undefined) throw new Error(`the pack ${id} is in force and not stored`);
  return ok({ sources, base });
}

interface Ready {
  readonly base: PackSource;
  readonly draft: PackSource;
  readonly inForceAt: string | null;
}

/** Everything that is judged of a draft before anything of it is kept. */
async function readied(context: Context, who: Principal, body: DraftBody): Promise<Result<Ready>> {
  if (!mayPropose(who)) return refuse('rulebook/may-not-propose');
  const moment = statedMoment(context, body.inForce);
  if (!moment.ok) return moment;
  const found = await baseOf(context, body.pack);
  if (!found.ok) return found;
  const { sources, base } = found.value;
  if (body.base !== undefined && body.base !== base.hash)
    return refuse('rulebook/base-changed', { pointer: '/base', params: { version: base.version } });
  const draft = soundDraft(sources, base, body);
  return draft.ok ? ok({ base, draft: draft.value, inForceAt: moment.value }) : draft;
}

async function keep(
  context: Context,
  tx: Tx,
  who: Principal,
  { id, change, number, title, ready }: { id: string; change: string; number: number; title: string; ready: Ready },
): Promise<void> {
  const { base, draft } = ready;
  await keepDraft(tx, {
    id,
    change,
    number,
    pack: draft.id,
    title,
    version: draft.version,
    hash: draft.hash,
    baseHash: base.hash,
    sources: JSON.stringify(draft.files),
    made: context.clock.instant(),
    madeBy: who.subject,
  });
}

/** What became of a draft that was handed in. */
export interface Drafted {
  readonly change: string;
  readonly draft: string;
  readonly pack: string;
  readonly version: string;
  readonly stamp: number;
}

/**
 * Opens a change of law with its first draft: a whole pack, or files over the version in force. A draft with any
 * problem is refused with every file and place, and nothing is stored.
 */
export async function draftChange(
  context: Context,
  who: Principal,
  body: DraftBody,
  reverses: string | null = null,
): Promise<Result<Drafted>> {
  const ready = await readied(context, who, body);
  if (!ready.ok) return ready;
  const [change, draft] = [newId(context.clock.now()), newId(context.clock.now())];
  const { title } = body;
  const { id: pack, version } = ready.value.draft;
  const { inForceAt } = ready.value;
  const facts = {
    pack,
    title,
    version,
    draft,
    number: 1,
    authority: who.authority,
    inForceAt,
    reverses,
    proposed: false,
  };
  await context.db.tx(async (tx) => {
    await keep(context, tx, who, { id: draft, change, number: 1, title, ready: ready.value });
    const opening = { procedure: changeOfLaw.name, actor: who.subject, at: context.clock.instant() };
    await open(tx, opening, [{ id: change, subject: change, desk: null, facts }]);
  });
  return ok({ change, draft, pack, version, stamp: 0 });
}

/** A change of law by its id, whoever asks. */
export async function changeCase(tx: Tx, id: string): Promise<CaseRow | undefined> {
  const one = await caseOf(tx, id);
  return one?.procedure === changeOfLaw.name ? one : undefined;
}

/**
 * Puts a further draft in the place of the last one, written on what is in force now. Approvals that were given lapse;
 * the drafts before stay readable.
 */
export async function redraftChange(
  context: Context,
  who: Principal,
  change: string,
  { stamp, ...body }: RedraftBody,
): Promise<Result<Drafted>> {
  const one = await changeCase(context.db, change);
  if (one === undefined) return refuse('rulebook/change-unknown');
  const { pack } = factsOf(one);
  if (body.pack !== undefined && body.pack !== pack) return refuse('rulebook/not-home-law', { pointer: '/pack' });
  const ready = await readied(context, who, { ...body, pack });
  if (!ready.ok) return ready;
  const { title } = body;
  const { inForceAt } = ready.value;
  const { version } = ready.value.draft;
  const draft = newId(context.clock.now());
  return context.db.tx(async (tx) => {
    const done = await act(context, tx, who, { case: change, stamp, move: 'redraft', details: { draft } });
    if (!done.ok) return done;
    const number = (await draftsOf(tx, change)).length + 1;
    await keep(context, tx, who, { id: draft, change, number, title, ready: ready.value });
    const facts: Partial<ChangeFacts> = { title, version, draft, number, inForceAt };
    await restate(tx, change, facts);
    return ok({ change, draft, pack, version, stamp: done.value.stamp });
  });
}

/** Another figure for a value of the home pack, from a day on, as the draft of a new change or of one that is open. */
export async function draftRow(
  context: Context,
  who: Principal,
  row: NewRow,
  { title, inForce = null, again }: RowProposal,
): Promise<Result<Drafted>> {
  if (!mayPropose(who)) return refuse('rulebook/may-not-propose');
  const found = await baseOf(context);
  if (!found.ok) return found;
  const { base, sources } = found.value;
  const { home } = context.reference.current().get(packsPart);
  const files = withNewRow(chainOf(base.id, sources), row, dayIn(context.clock.instant(), home.timeZone));
  if (!files.ok) return files;
  const body = { title, files: files.value, inForce };
  if (again === undefined) return draftChange(context, who, body);
  return redraftChange(context, who, again.change, { ...body, stamp: again.stamp });
}

/** What a draft of a new figure says beside the figure; `again` names the change whose last draft it replaces. */
export interface RowProposal {
  readonly title: string;
  readonly inForce?: string | null;
  readonly again?: { readonly change: string; readonly stamp: number };
}

/** An approval is the one that adopts when it completes the number; the case judges that again under its lock. */
async function approvalMove(context: Context, tx: Tx, one: CaseRow): Promise<'approve' | 'adopt'> {
  const { moves } = await timelineOf(tx, one.id);
  const steering = steeringFor(context, factsOf(one).pack);
  return steering !== null && approvalsOf(moves).length + 1 >= steering.approvals ? 'adopt' : 'approve';
}

const absent = { ground: '', reason: '', remedy: '' };

/**
 * Takes a step in a change of law: it is proposed, approved, refused, withdrawn, or an approval is taken back. All but
 * withdrawing are for persons. An approval that adopts what needs no waiting brings it into force before this answers.
 */
export async function stepChange(
  context: Context,
  who: Principal,
  change: string,
  step: StepBody,
): Promise<Result<CaseRow>> {
  const { move, stamp, decision = absent, minutes, note } = step;
  if (move !== 'withdraw' && who.client !== null) return refuse('rulebook/persons-only');
  const done = await context.db.tx(async (tx): Promise<Result<CaseRow>> => {
    const one = await changeCase(tx, change);
    if (one === undefined) return refuse('rulebook/change-unknown');
    if (move === 'take-back') return reverse(context, tx, who, { case: change, stamp, decision });
    return act(context, tx, who, {
      case: change,
      stamp,
      move: move === 'approve' ? await approvalMove(context, tx, one) : move,
      ...(move === 'approve' || move === 'refuse' ? { decision, details: { minutes: minutes ?? null } } : {}),
      ...(note === undefined || note === '' ? {} : { note }),
    });
  });
  if (!done.ok || done.value.state !== 'adopted') return done;
  await bringIntoForce(context);
  return ok((await changeCase(context.db, change))!);
}

const withoutImports = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('supplements/')));

/**
 * Drafts the way back from a change that is in force: the version before it once more, under the next version. It is a
 * change of law like any other and needs its own approvals. Refused where another change came on top.
 */
export async function draftBack(
  context: Context,
  who: Principal,
  change: string,
  { title, inForce }: Pick<DraftBody, 'title' | 'inForce'>,
): Promise<Result<Drafted>> {
  const brought = await versionsBy(context.db, change);
  const adopted = brought.at(-1);
  if (adopted === undefined || adopted.until !== null) return refuse('rulebook/nothing-to-go-back-on');
  const former = (await versionsOf(context.db, adopted.id)).find(({ until }) => until === brought[0]!.from);
  if (former === undefined) return refuse('rulebook/nothing-to-go-back-on');
  const stored = await sourcesOf(context.db, former.id, former.from);
  const now = await baseOf(context, adopted.id);
  if (!now.ok) return now;
  const { base } = now.value;
  const before = withoutImports(filesOf(stored ?? '{}'));
  // Its head is that of the version before; its number and its history go on from what is in force.
  const head = nextHead(
    { ...base, files: { ...before, 'CHANGELOG.md': base.files['CHANGELOG.md'] ?? '' } },
    `All areas: as in ${former.version} again.`,
  );
  const body = { title, pack: adopted.id, whole: true, files: { ...before, ...head }, inForce: inForce ?? null };
  return draftChange(context, who, body, change);
}

/** One thing wrong in a draft, as a page lists it. */
export interface DraftProblem {
  readonly file: string;
  readonly at: string;
  readonly message: string;
  readonly remedy: string;
}

/** What a refusal of a draft lists. */
export const problemsIn = (refusal: Refusal): readonly DraftProblem[] =>
  (refusal.more ?? []).flatMap(({ code, params }) => {
    if (code !== 'rulebook/draft-problem' || params === undefined) return [];
    const { file = '', at = '', message = '', remedy = '' } = params;
    return [{ file, at, message, remedy }];
  });
