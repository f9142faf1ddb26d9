import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendResult } from '#platform/problem.ts';
import { createKey, listKeys, NewKey, revokeKey, rotateKey, Rotation } from '#modules/parties/index.ts';
import { ringSize } from './model.ts';
import { requestLog } from './service.ts';

const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const id = Type.String({ format: 'uuid' });
const Id = Type.Object({ id }, { additionalProperties: false });
const Page = Type.Object(
  {
    before: Type.Optional(id),
    limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|[1-4][0-9]{2}|500)$' })),
  },
  { additionalProperties: false },
);
const tags = ['keys'];

/** Answers whoever said who he is with what a use case gives him. */
type Answer = <T>(
  request: FastifyRequest,
  reply: FastifyReply,
  act: (principal: Principal) => Promise<Result<T>> | Result<T>,
  status?: number,
) => Promise<FastifyReply>;

/** Making, replacing and ending keys. */
function changes(app: App, context: Context, answer: Answer): void {
  app.post(
    '/v1/keys',
    {
      schema: {
        summary: 'Make a key for your party: it is in this answer and nowhere else',
        description:
          'By a person who is signed in, for no more than that person may do. `until` is the first day on which the key ' +
          'counts no more.',
        tags,
        body: NewKey,
        response: { 201: open('`key`, and the `client` that it stands for.') },
      },
    },
    (request, reply) => answer(request, reply, (who) => createKey(context, who, request.body), 201),
  );
  app.post(
    '/v1/keys/:id/rotation',
    {
      schema: {
        summary: 'Make a key in the place of another; that one counts some more days',
        tags,
        params: Id,
        body: Rotation,
        response: { 201: open('`key`, and the `client` that it stands for.') },
      },
    },
    (request, reply) =>
      answer(request, reply, (who) => rotateKey(context, who, request.params.id, request.body.overlap), 201),
  );
  app.delete(
    '/v1/keys/:id',
    { schema: { summary: 'Revoke a key: nothing is filed under it once this is answered', tags, params: Id } },
    (request, reply) => answer(request, reply, (who) => revokeKey(context, who, request.params.id)),
  );
}

/** Keys of one's own party, and what they asked for. */
export function api(app: App, context: Context): void {
  const answer: Answer = async (request, reply, act, status = 200) => {
    const who = await identified(context, request);
    return sendResult(reply, who.ok ? await act(who.value) : who, status);
  };

  app.get(
    '/v1/keys',
    {
      schema: {
        summary: 'The keys of your party, without the keys themselves',
        tags,
        response: { 200: open('`keys`, the latest first.') },
      },
    },
    (request, reply) =>
      answer(request, reply, (who) => {
        const keys = listKeys(context, who);
        return keys.ok ? { ok: true, value: { keys: keys.value } } : keys;
      }),
  );
  changes(app, context, answer);
  app.get(
    '/v1/keys/:id/requests',
    {
      schema: {
        summary: 'What a key asked for last: time, address, status and problem',
        description: `The last ${ringSize} requests of each key are kept, a second after they were answered.`,
        tags,
        params: Id,
        querystring: Page,
        response: { 200: open('`requests`, the latest first, and `next` to go on with as `before`.') },
      },
    },
    (request, reply) => {
      const { before = null, limit = '100' } = request.query;
      return answer(request, reply, (who) => requestLog(context, who, request.params.id, before, Number(limit)));
    },
  );
}
