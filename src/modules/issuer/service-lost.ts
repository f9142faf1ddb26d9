import { ok, refuse, type Result } from '#kernel/result.ts';
import { endDevicesOf, personOf, type User } from '#modules/parties/index.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import { type Proofs, proofsOf } from './service-proofs.ts';
import * as store from './store.ts';

/** Somebody has lost whatever proves him: what an administrator sees of it, and what he does about it. */
type LostContext = Pick<Context, 'db'>;

const administers = (principal: Principal, id: string): boolean =>
  may(principal, 'party.administer', { kind: 'party', id, parties: {}, desk: null });

/** What a person has to prove himself with, for an administrator: how much of it, never what it is. */
export async function proofsFor(
  context: LostContext,
  principal: Principal,
  id: string,
): Promise<Result<{ person: User; proofs: Proofs }>> {
  if (!administers(principal, id)) return refuse('parties/not-allowed');
  const person = /^[0-9a-f-]{36}$/.test(id) ? await personOf(context.db, id) : undefined;
  if (person === undefined) return refuse('parties/user-unknown');
  return ok({ person, proofs: await proofsOf(context, id) });
}

/** Removes a person's passkeys, authenticator app and recovery codes, and signs him out everywhere. */
export async function removeProofs(
  context: LostContext,
  principal: Principal,
  id: string,
): Promise<Result<{ id: string }>> {
  const found = await proofsFor(context, principal, id);
  if (!found.ok) return found;
  return context.db.tx(async (tx) => {
    await store.deleteProofs(tx, id);
    await endDevicesOf(tx, id);
    await append(tx, [{ kind: 'issuer.proofs-removed', subject: id, data: { by: principal.subject } }]);
    return ok({ id });
  });
}
