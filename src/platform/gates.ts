import type { FastifyReply, FastifyRequest } from 'fastify';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from './auth.ts';
import type { Context } from './context.ts';
import { sendProblem } from './problem.ts';

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

/** Answers with what somebody who has said who he is asked for, or with why he does not get it. */
export const answering =
  (context: Pick<Context, 'identify'>) =>
  async (
    request: FastifyRequest,
    reply: FastifyReply,
    asked: (who: Principal) => Promise<Result<object>>,
    status = 200,
  ): Promise<FastifyReply> => {
    const who = await identified(context, request);
    if (!who.ok) return sendProblem(reply, who.error);
    const given = await asked(who.value);
    return given.ok ? reply.code(status).send(given.value) : sendProblem(reply, given.error);
  };
