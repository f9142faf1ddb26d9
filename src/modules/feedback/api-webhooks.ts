import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { NewWebhook, WebhookChange } from './model.ts';
import {
  changeWebhook,
  createWebhook,
  deadLetters,
  listWebhooks,
  removeWebhook,
  replay,
  rotateSecret,
  webhookView,
} from './service-webhooks.ts';

const id = Type.String({ format: 'uuid' });
const Id = Type.Object({ id }, { additionalProperties: false });
const Batch = Type.Object({ id, batch: id }, { additionalProperties: false });
const tags = ['webhooks'];

/** Where a party has its news sent, and what became of them. */
export function webhooksApi(app: App, context: Context): void {
  /** Answers whoever said who he is with what the door gives him. */
  const answer = async <T>(
    request: FastifyRequest,
    reply: FastifyReply,
    act: (principal: Principal) => Promise<Result<T>>,
    status = 200,
  ): Promise<FastifyReply> => {
    const principal = await identified(context, request);
    const result = principal.ok ? await act(principal.value) : principal;
    return result.ok ? reply.code(status).send(result.value) : sendProblem(reply, result.error);
  };

  app.get('/v1/webhooks', { schema: { summary: 'Your webhooks', tags } }, (request, reply) =>
    answer(request, reply, (principal) => listWebhooks(context, principal)),
  );
  app.post(
    '/v1/webhooks',
    {
      schema: { summary: 'Have news of your parcels sent: the secret is in this answer only', tags, body: NewWebhook },
    },
    (request, reply) => answer(request, reply, (principal) => createWebhook(context, principal, request.body), 201),
  );
  app.get('/v1/webhooks/:id', { schema: { summary: 'One webhook', tags, params: Id } }, (request, reply) =>
    answer(request, reply, (principal) => webhookView(context, principal, request.params.id)),
  );
  app.put(
    '/v1/webhooks/:id',
    { schema: { summary: 'Change, pause or resume a webhook', tags, params: Id, body: WebhookChange } },
    (request, reply) =>
      answer(request, reply, (principal) => changeWebhook(context, principal, request.params.id, request.body)),
  );
  app.delete('/v1/webhooks/:id', { schema: { summary: 'Remove a webhook', tags, params: Id } }, (request, reply) =>
    answer(request, reply, (principal) => removeWebhook(context, principal, request.params.id)),
  );
  app.post(
    '/v1/webhooks/:id/secret',
    { schema: { summary: 'A new secret; the one before it signs too for a day', tags, params: Id } },
    (request, reply) => answer(request, reply, (principal) => rotateSecret(context, principal, request.params.id), 201),
  );
  app.get(
    '/v1/webhooks/:id/dead-letters',
    { schema: { summary: 'Batches that were given up, with the last answer to each', tags, params: Id } },
    (request, reply) => answer(request, reply, (principal) => deadLetters(context, principal, request.params.id)),
  );
  app.post(
    '/v1/webhooks/:id/dead-letters/:batch/replay',
    { schema: { summary: 'Send a dead letter again, under the same ids', tags, params: Batch } },
    (request, reply) =>
      answer(request, reply, (principal) => replay(context, principal, request.params.id, request.params.batch), 202),
  );
}
