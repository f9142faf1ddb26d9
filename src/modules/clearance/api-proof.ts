import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { publicKeys } from '#platform/keys.ts';
import { sendProblem } from '#platform/problem.ts';
import { ConsignmentId } from './model.ts';
import { exportProof } from './proof.ts';

const description =
  'A compact JWS, ES256, whose payload is a W3C Verifiable Credential: declaration, seller, goods, value, destination, ' +
  'office, when and where the goods left, and the entry of the journal that says so. The same bytes again each time. ' +
  'Its key stands under /.well-known/jwks.json by the kid of its header.';

/** Proofs that goods left, and the keys with which anybody verifies them. */
export function proofApi(app: App, context: Context): void {
  app.get(
    '/v1/consignments/:id/export-proof',
    {
      schema: {
        summary: 'The signed proof that an export left',
        description,
        tags: ['clearance'],
        params: ConsignmentId,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const found = await exportProof(context, principal.value, request.params.id);
      if (!found.ok) return sendProblem(reply, found.error);
      return reply.type('application/jose').send(found.value.jws);
    },
  );
  app.get(
    '/.well-known/jwks.json',
    { schema: { summary: 'The public keys of what this window signs', tags: ['clearance'] } },
    async (_request, reply) =>
      reply
        .header('cache-control', 'public, max-age=300')
        .type('application/jwk-set+json')
        .send(JSON.stringify(await publicKeys(context.db))),
  );
}
