import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { answering } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { ServiceBody } from './model.ts';
import { decideService, file, serviceCounts, serviceList, serviceView } from './service.ts';

const uuid = Type.String({ format: 'uuid' });
const Id = Type.Object({ id: uuid }, { additionalProperties: false });
const Before = Type.Object({ before: Type.Optional(uuid) }, { additionalProperties: false });
const text = Type.String({ minLength: 1, maxLength: 2_000 });
const Decision = Type.Object(
  {
    move: Type.Union([Type.Literal('accept'), Type.Literal('refuse'), Type.Literal('reverse')]),
    stamp: Type.Integer({ minimum: 0 }),
    ground: text,
    reason: text,
    remedy: text,
  },
  { additionalProperties: false, $id: 'ServiceDecision' },
);
const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const tags = ['services'];

/** Services and licences of intellectual property: filed, reviewed, counted; what they owe is paid by its notice. */
export function api(app: App, context: Context): void {
  const answer = answering(context);
  const description =
    'With its contract by number, day and digest, and the receipt of what was paid. The tax that the customer at home ' +
    'owes and what he withholds are asked for by a notice under the same id.';
  app.post(
    '/v1/services',
    {
      schema: {
        summary: 'File a service or a licence of intellectual property that crosses the border',
        description,
        tags,
        body: ServiceBody,
        response: { 201: open('The transaction: `accepted`, `settled` where nothing is owed, or `under-review`.') },
      },
    },
    (request, reply) => answer(request, reply, (who) => file(context, who, request.body), 201),
  );
  read(app, context);
}

function read(app: App, context: Context): void {
  const answer = answering(context);
  app.get(
    '/v1/services',
    {
      schema: {
        summary: 'Services and licences, the latest first',
        tags,
        querystring: Before,
        response: { 200: open('') },
      },
    },
    (request, reply) =>
      answer(request, reply, async (who) => ({
        ok: true,
        value: await serviceList(context, who, request.query.before ?? null),
      })),
  );
  app.get(
    '/v1/services/:id',
    { schema: { summary: 'A service or a licence', tags, params: Id, response: { 200: open('') } } },
    (request, reply) => answer(request, reply, (who) => serviceView(context, who, request.params.id)),
  );
  app.post(
    '/v1/services/:id/decisions',
    {
      schema: {
        summary: 'Accept or refuse a transaction under review, or take that back',
        tags,
        params: Id,
        body: Decision,
        response: { 200: open('The case after the decision.') },
      },
    },
    (request, reply) =>
      answer(request, reply, async (who) => {
        const done = await decideService(context, who, request.params.id, request.body);
        return done.ok
          ? { ok: true, value: { id: done.value.id, state: done.value.state, stamp: done.value.stamp } }
          : done;
      }),
  );
  app.get(
    '/v1/service-counts',
    {
      schema: { summary: 'Services counted by month, direction and kind', tags, response: { 200: open('`counts`.') } },
    },
    (request, reply) =>
      answer(request, reply, async (who) => {
        const counts = await serviceCounts(context, who);
        return counts.ok ? { ok: true, value: { counts: counts.value } } : counts;
      }),
  );
}
