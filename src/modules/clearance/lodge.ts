import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, seesAll, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { readerOf } from '#platform/reader.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { principalUnder } from '#modules/parties/index.ts';
import { Consignment, packsPart } from '#modules/rulebook/index.ts';
import { answerText } from './answer.ts';
import type { Answer, Submission } from './model.ts';
import { recordOf } from './read.ts';
import { sound } from './review.ts';
import { type Door, Writer } from './writer.ts';

const writers = new WeakMap<Context, Writer>();

/** The batch writer of this window, with its own two connections, opened at the first parcel. */
function writerOf(context: Context): Writer {
  let writer = writers.get(context);
  if (!writer) writers.set(context, (writer = new Writer(context)));
  return writer;
}

/**
 * Lets every accepted parcel become durable and gives the writer's connections back. Whoever comes after that is told
 * that the window is busy: another writer would keep connections that nobody gives back.
 */
export async function closeWriter(context: Context): Promise<void> {
  await writerOf(context).close();
}

/**
 * The one way in: decides each parcel and answers once it is durable. Submissions of one call may be decided in several
 * transactions, in any order; the answers stand in the order of the submissions.
 */
export function clear(
  context: Context,
  submissions: readonly Submission[],
  door: Door = 'single',
): Promise<Result<Answer>[]> {
  const writer = writerOf(context);
  return Promise.all(submissions.map((submission) => writer.submit(submission, door)));
}

/**
 * Whether this caller may file this parcel, the body makes sense, and it is a movement of this economy; gives under
 * whose key it is filed.
 */
export function admissible(context: Context, principal: Principal, body: Consignment): Result<string> {
  const filer = principal.party;
  const { declarant } = body.declaration;
  const stands =
    filer !== null &&
    may(principal, 'consignment.file', recordOf({ id: '', filer, desk: null, body })) &&
    (declarant === filer || principal.representations.some((one) => one.represented === declarant));
  if (!stands)
    return refuse('clearance/not-yours', { pointer: '/declaration/declarant', params: { party: declarant } });
  const checked = sensible(context, body);
  return checked.ok ? ok(filer) : checked;
}

/** Whether what is declared makes sense, and is a movement of this economy. */
export function sensible(context: Context, body: Consignment): Result<Consignment | null> {
  const checked = sound(body);
  return checked.ok ? movementHere(context, body) : checked;
}

/** Reads a parcel whole, as it comes over the wire. */
export const readConsignment = readerOf(Consignment);

/** What stands against a parcel once its caller's rights are looked at anew: one of them may have ended meanwhile. */
function refusalNow(
  context: Context,
  snapshot: Snapshot,
  principal: Principal,
  body: Consignment,
): Refusal | undefined {
  const now = principalUnder(snapshot, principal);
  const admitted = now === null ? refuse('parties/key-unknown') : admissible(context, now, body);
  return admitted.ok ? undefined : admitted.error;
}

/** Takes one parcel from a caller: what is admissible is cleared, and the answer is there as JSON. */
export async function lodge(
  context: Context,
  principal: Principal,
  body: Consignment,
  raw: string,
  door: Door = 'single',
): Promise<Result<string>> {
  const admitted = admissible(context, principal, body);
  if (!admitted.ok) return admitted;
  const filer = admitted.value;
  const under = context.reference.current();
  const submission: Submission = {
    filer,
    by: principal.subject,
    body,
    raw,
    receivedMs: context.clock.now(),
    seeded: false,
    refusal: (snapshot) => (snapshot === under ? undefined : refusalNow(context, snapshot, principal, body)),
  };
  const answer = await writerOf(context).submit(submission, door);
  if (!answer.ok) return answer;
  const { id } = answer.value;
  const record = recordOf({ id, filer, desk: null, body });
  if (seesAll(principal, record)) return ok(answerText(answer.value));
  // A key that may file and not read learns at least under which number its parcel is found.
  return ok(JSON.stringify({ id, ...view(principal, { ...record, data: answer.value }) }));
}

/** A window decides what enters, leaves or crosses its own economy; for any other it only assesses. */
function movementHere(context: Context, body: Consignment): Result<null> {
  const { country } = context.reference.current().get(packsPart).home;
  const { movement, destination, dispatch } = body.declaration;
  const at = movement === 'import' ? destination : movement === 'export' ? dispatch : undefined;
  if (at === undefined || country === null || at === country) return ok(null);
  const pointer = movement === 'import' ? '/declaration/destination' : '/declaration/dispatch';
  return refuse('clearance/movement-not-here', { pointer, params: { country: at, home: country } });
}
