import { dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import type { Upload } from '#platform/uploads.ts';
import { act, addEvidence, type CaseRow, casesOf, open, type Procedure } from '#modules/cases/index.ts';
import { clock, disposal, givenUp, heldParcel } from '#modules/clearance/index.ts';
import { attach } from '#modules/documents/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import type { EnquiryView, Step } from './model.ts';
import { enquiry, objection } from './procedures.ts';
import { consignee, enquiryView } from './view.ts';

/** What the person who waits does about his parcel, in his own words. */
export interface Taking {
  readonly step: Step;
  readonly text: string;
  readonly files?: readonly Upload[];
}

interface At {
  readonly context: Context;
  readonly tx: Tx;
  readonly who: Principal;
  readonly view: EnquiryView;
  readonly cases: readonly CaseRow[];
  readonly taking: Taking;
}

type Taken = Result<CaseRow>;

const openCase = (cases: readonly CaseRow[], ...procedures: readonly Procedure[]): CaseRow | undefined =>
  procedures.flatMap(({ name }) => cases.find((one) => one.procedure === name && one.closed === null) ?? [])[0];

/** The case that holds the parcel, if one does. */
const holding = ({ cases }: At): CaseRow | undefined => openCase(cases, heldParcel, disposal);

/** Opens a case of this module's own about the parcel; the sender of the parcel does not read along in it. */
async function openOwn(at: At, procedure: Procedure, facts: CaseRow['facts']): Promise<CaseRow> {
  const { context, tx, view } = at;
  const { home } = context.reference.current().get(packsPart);
  const id = newId(context.clock.now());
  const desk = view.desk ?? at.cases.at(-1)?.desk ?? home.desks[0] ?? null;
  const opening = { procedure: procedure.name, actor: at.who.subject, at: context.clock.instant() };
  await open(tx, opening, [{ id, subject: view.id, desk, facts }]);
  return (await casesOf(tx, [view.id])).find((one) => one.id === id)!;
}

/** A clock of a case of this module: by the pack, else by the window's own practice. */
function hours({ context }: At, after: string, name: string, own: { procedure: string; hours: number }) {
  const { home } = context.reference.current().get(packsPart);
  return clock(home, dayIn(context.clock.instant(), home.timeZone), after, name, own);
}

const evidence = ({ context, tx, who, taking }: At, one: CaseRow, kind: string): Promise<Taken> =>
  addEvidence(context, tx, who, { case: one.id, kind, note: taking.text });

const move = ({ context, tx, who }: At, one: CaseRow, name: string, note: string): Promise<Taken> =>
  act(context, tx, who, { case: one.id, stamp: one.stamp, move: name, note });

/** A fact goes to whoever holds the parcel: as the answer where a desk has asked, else as something to know. */
async function giveFact(at: At): Promise<Taken> {
  const held = holding(at) ?? openCase(at.cases, objection);
  if (held === undefined) return askPerson(at, 'fact');
  return held.state === 'awaiting-answer' ? move(at, held, 'answer', at.taking.text) : evidence(at, held, 'fact');
}

/** A question lies on a desk until a person replies; while it is open, more is added to it. */
async function askPerson(at: At, kind = 'question'): Promise<Taken> {
  const asked = openCase(at.cases, enquiry);
  if (asked?.state === 'replied') return move(at, asked, 'ask-again', at.taking.text);
  if (asked !== undefined) return evidence(at, asked, kind);
  const own = { procedure: enquiry.name, hours: 72 };
  const facts = { ground: 'enquiries/asked', ...hours(at, 'enquiry', 'reply', own) };
  return evidence(at, await openOwn(at, enquiry, facts), kind);
}

/** An objection is a case of its own with a clock, and is told in the case whose decision it is against. */
async function object(at: At): Promise<Taken> {
  const { view, context, cases, tx, who, taking } = at;
  if (openCase(cases, objection)) return refuse('enquiries/objected-already');
  if (view.objection === null) return refuse('enquiries/nothing-to-object');
  const { until } = view.objection;
  if (context.clock.instant() >= until) return refuse('enquiries/objection-late', { params: { until } });
  const against =
    holding(at) ?? cases.findLast(({ procedure }) => [heldParcel.name, disposal.name].includes(procedure));
  const facts = {
    ground: 'enquiries/objected',
    ...(against ? { against: against.id } : {}),
    ...hours(at, 'objection', 'decide', { procedure: objection.name, hours: 720 }),
    ...hours(at, 'held', 'answer', { procedure: objection.name, hours: 240 }),
  };
  const own = await openOwn(at, objection, facts);
  const made = await evidence(at, own, 'objection');
  if (!made.ok || against === undefined) return made;
  const told = await addEvidence(context, tx, who, { case: against.id, kind: 'objection', note: taking.text });
  return told.ok ? made : told;
}

/** Goods that may not enter are given up in the disposal case; while a desk still holds them, it is told. */
async function giveUp(at: At): Promise<Taken> {
  if (!at.view.can.includes('give-up')) return refuse('enquiries/not-now');
  const held = holding(at);
  const said = { ...at, taking: { ...at.taking, text: givenUp } };
  if (held === undefined) return askPerson(said, 'give-up');
  if (held.procedure === disposal.name && held.state === 'open') return move(at, held, 'choose', givenUp);
  return evidence(said, held, 'give-up');
}

/** A paper or a photograph goes to the case that is open; without one it is a question of its own. */
async function bringPaper(at: At): Promise<Taken> {
  const { context, tx, who, taking } = at;
  const files = taking.files ?? [];
  if (files.length === 0) return refuse('enquiries/nothing-attached', { pointer: '/file' });
  const held = holding(at) ?? openCase(at.cases, objection);
  const brought = held === undefined ? await askPerson(at, 'paper') : await evidence(at, held, 'paper');
  if (!brought.ok) return brought;
  for (const { name, bytes, tooLarge } of files) {
    const about = { kind: 'case', id: brought.value.id };
    const kept = await attach(context, tx, { name, bytes, tooLarge, by: who.subject, about });
    if (!kept.ok) return { ok: false, error: { ...kept.error, pointer: '/file' } };
  }
  return brought;
}

/** Thrown so that what was written before a refusal goes with it. */
class Undone extends Error {
  readonly answer: Taken;
  constructor(answer: Taken) {
    super('refused');
    this.answer = answer;
  }
}

const wordless: readonly Step[] = ['give-up', 'paper'];

/**
 * Takes a step of the person at the far end: it reaches the officer's case as a move or as evidence of his, with him as
 * its actor. A refusal has written nothing.
 */
export async function take(context: Context, parcel: string, taking: Taking): Promise<Taken> {
  const view = await enquiryView(context, parcel);
  if (!view.ok) return view;
  if (taking.text.trim() === '' && !wordless.includes(taking.step))
    return refuse('enquiries/nothing-said', { pointer: '/text' });
  try {
    return await context.db.tx(async (tx) => {
      const cases = await casesOf(tx, [parcel]);
      const at: At = { context, tx, who: consignee(context, parcel), view: view.value, cases, taking };
      const done = await ways[taking.step](at);
      if (!done.ok) throw new Undone(done);
      return ok(done.value);
    });
  } catch (error) {
    if (error instanceof Undone) return error.answer;
    throw error;
  }
}

const ways: Readonly<Record<Step, (at: At) => Promise<Taken>>> = {
  fact: giveFact,
  paper: bringPaper,
  object,
  question: (at) => askPerson(at),
  'give-up': giveUp,
};
