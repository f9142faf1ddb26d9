import type { FastifyRequest } from 'fastify';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from './auth.ts';
import type { Context } from './context.ts';

/**
 * Lets in whoever has said who he is. A key that nobody knows is told apart from no key at all, since the remedy
 * differs; the two codes stand in the catalogue of parties.
 */
export async function identified(
  context: Pick<Context, 'identify'>,
  request: FastifyRequest,
): Promise<Result<Principal>> {
  const principal = await context.identify(request);
  if (principal.assurance !== 'none') return ok(principal);
  return refuse(request.headers.authorization === undefined ? 'parties/sign-in-needed' : 'parties/key-unknown');
}
