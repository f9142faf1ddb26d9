import { ok, refuse, type Result } from '#kernel/result.ts';
import { checkPassword, tooMany } from '#modules/parties/index.ts';
import { stepMinutes } from './model.ts';
import { asksSecondProof, personOfPasskey, type ProofContext, takeCode } from './service-proofs.ts';
import * as store from './store.ts';

/** Somebody who has proved who he is, and by which means (RFC 8176). */
export interface Proved {
  readonly person: string;
  readonly amr: readonly string[];
}

/** Name and password. Where the person has something for a second proof it is asked for, and he is not in yet. */
export async function byPassword(
  context: ProofContext,
  signIn: string,
  given: { name: string; password: string; address: string },
): Promise<Result<Proved | 'code'>> {
  const found = await checkPassword(context, given);
  if (!found.ok) return found;
  const { id } = found.value;
  if (!(await asksSecondProof(context, id))) return ok({ person: id, amr: ['pwd'] });
  await store.putStep(context.db, signIn, { person: id }, stepMinutes.signIn * 60);
  return ok('code');
}

/** The person whose password was right in this sign-in and whose code is still to come. */
export const awaited = async ({ db }: ProofContext, signIn: string): Promise<string | null> =>
  (await store.stepOf(db, signIn))?.person ?? null;

/** The code after the password. */
export async function byCode(context: ProofContext, signIn: string, code: string): Promise<Result<Proved>> {
  const person = await awaited(context, signIn);
  if (person === null) return refuse('issuer/sign-in-over');
  const taken = await takeCode(context, person, code);
  if (!taken.ok) return taken;
  await store.dropStep(context.db, signIn);
  return ok({ person, amr: ['pwd', 'otp', 'mfa'] });
}

/** A passkey, which is both proofs in one. */
export async function byPasskey(
  context: ProofContext,
  signIn: string,
  given: { response: string; address: string },
): Promise<Result<Proved>> {
  if (await tooMany(context, { [`address ${given.address}`]: 'address' })) return refuse('parties/too-many-attempts');
  const person = await personOfPasskey(context, signIn, given.response);
  if (!person.ok) return person;
  await store.dropStep(context.db, signIn);
  return ok({ person: person.value, amr: ['pop', 'user', 'mfa'] });
}
