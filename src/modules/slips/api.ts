import { type TSchema } from 'typebox';
import type { FastifyReply } from 'fastify';
import type { Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { identified } from '#platform/gates.ts';
import { sendProblem } from '#platform/problem.ts';
import { type Body, type Kind, kinds, listQuery, nameParams, ReceiptSchema, schemas } from './model.ts';
import { take } from './take.ts';
import { slipCounts, slipList, slipView } from './views.ts';

const summaries: Readonly<Record<Kind, string>> = {
  order: 'The platform’s order, for the parcel that its declarant files',
  payment: 'The payment provider’s payment of an order',
  transport: 'The carrier’s transport document',
  declaration: 'The declaration, with the slips of others that it is about',
};

/** Answers with the value, or with the refusal as a problem. */
function send<T>(reply: FastifyReply, result: Result<T>, status = 200): FastifyReply {
  return result.ok ? reply.code(status).send(result.value) : sendProblem(reply, result.error);
}

/** The slips of a parcel, each from its own sender, and what became of them. */
export function api(app: App, context: Context): void {
  for (const kind of kinds) door(app, context, kind);
  app.get(
    '/v1/slips',
    {
      schema: {
        summary: 'Your slips, newest first, and how many stand where',
        tags: ['slips'],
        querystring: listQuery,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { limit, ...query } = request.query;
      const page = await slipList(context, principal.value, {
        ...query,
        ...(limit === undefined ? {} : { limit: Number(limit) }),
      });
      return { ...page, counts: await slipCounts(context, principal.value) };
    },
  );
}

function door(app: App, context: Context, kind: Kind): void {
  const tags = ['slips'];
  const body: TSchema = schemas[kind];
  app.post(
    `/v1/${kind}s`,
    { schema: { summary: summaries[kind], tags, body, response: { 201: ReceiptSchema } } },
    async (request, reply) => {
      const sent = [{ body: request.body as Body, raw: request.rawText }];
      const taken = await take(context, () => identified(context, request), kind, sent);
      return taken.ok ? send(reply, taken.value[0]!, 201) : sendProblem(reply, taken.error);
    },
  );
  app.get(
    `/v1/${kind}s/:sender/:number`,
    { schema: { summary: 'One of your slips: where it stands, and what contradicts it', tags, params: nameParams } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { sender, number } = request.params;
      return send(reply, await slipView(context, principal.value, { kind, sender, number }));
    },
  );
}
