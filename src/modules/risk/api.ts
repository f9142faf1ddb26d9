import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import { sendProblem } from '#platform/problem.ts';
import { DeniedName, RuleId, WatchRule } from './model.ts';
import { addNames, endName, endRule, listNames, listRules, putRule } from './service.ts';

const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const Rule = closed({ id: RuleId });
const Name = closed({ id: Type.String({ format: 'uuid' }) });
const Paging = closed({
  after: Type.Optional(Type.String({ maxLength: 64 })),
  limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|[1-4][0-9]{2}|500)$' })),
});
const Names = Type.Array(DeniedName, { minItems: 1, maxItems: 1000 });
const tags = ['administration'];

/** The JSON doors of what is watched. */
export function api(app: FastifyInstance, context: Context): void {
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    act: (who: Principal) => Result<unknown> | Promise<Result<unknown>>,
  ): Promise<FastifyReply> => {
    const who = await identified(context, request);
    if (!who.ok) return sendProblem(reply, who.error);
    const result = await act(who.value);
    return result.ok ? reply.send(result.value) : sendProblem(reply, result.error);
  };
  const rules = '/v1/administration/watch-rules';
  const names = '/v1/administration/denied-names';
  app.get(rules, { schema: { summary: 'Watch rules that are true now', tags } }, (request, reply) =>
    answer(request, reply, (who) => listRules(context, who)),
  );
  app.put<{ Params: { id: string }; Body: WatchRule }>(
    `${rules}/:id`,
    { schema: { summary: 'Add a watch rule, or change it', tags, params: Rule, body: WatchRule } },
    (request, reply) => answer(request, reply, (who) => putRule(context, who, request.params.id, request.body)),
  );
  app.delete<{ Params: { id: string } }>(
    `${rules}/:id`,
    { schema: { summary: 'End a watch rule', tags, params: Rule } },
    (request, reply) => answer(request, reply, (who) => endRule(context, who, request.params.id)),
  );
  app.get<{ Querystring: { after?: string; limit?: string } }>(
    names,
    { schema: { summary: 'Names on the denied-party lists', tags, querystring: Paging } },
    (request, reply) => {
      const { after = '', limit = '50' } = request.query;
      return answer(request, reply, (who) => listNames(context, who, { after, limit: Number(limit) }));
    },
  );
  app.post<{ Body: DeniedName[] }>(
    names,
    { schema: { summary: 'Put names on a list', tags, body: Names } },
    (request, reply) => answer(request, reply, (who) => addNames(context, who, request.body)),
  );
  app.delete<{ Params: { id: string } }>(
    `${names}/:id`,
    { schema: { summary: 'Take a name off its list', tags, params: Name } },
    (request, reply) => answer(request, reply, (who) => endName(context, who, request.params.id)),
  );
}
