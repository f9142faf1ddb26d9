import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import { sendProblem } from '#platform/problem.ts';
import { type Issuer, mountedAt } from './provider.ts';
import { removeProofs } from './service-lost.ts';

/** Hands what is asked of the issuer over to the library, with the body unread: it reads its own. */
export async function mountIssuer(app: FastifyInstance, issuer: Issuer): Promise<void> {
  await app.register((own, _options, ready) => {
    own.removeAllContentTypeParsers();
    own.addContentTypeParser('*', (_request, _payload, done) => done(null));
    own.route({
      method: ['GET', 'HEAD', 'POST', 'OPTIONS'],
      url: `${mountedAt}/*`,
      schema: { hide: true },
      handler: async (request, reply) => {
        for (const [name, value] of Object.entries(reply.getHeaders()))
          if (value !== undefined) reply.raw.setHeader(name, value);
        reply.hijack();
        await issuer.answer(request.raw, reply.raw);
      },
    });
    ready();
  });
}

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });

/** The JSON door for somebody who has lost whatever proves him. */
export function proofsDoor(app: FastifyInstance, context: Context): void {
  app.route<{ Params: { id: string } }>({
    method: 'DELETE',
    url: '/v1/administration/users/:id/proofs',
    schema: {
      summary: 'Remove a person’s passkeys, authenticator app and recovery codes, and sign him out everywhere',
      tags: ['administration'],
      params: Id,
    },
    handler: async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const removed = await removeProofs(context, who.value, request.params.id);
      return removed.ok ? reply.send(removed.value) : sendProblem(reply, removed.error);
    },
  });
}
