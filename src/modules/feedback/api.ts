import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { eventsAfter, kindsOf } from './service.ts';

const cursor = Type.String({ pattern: '^(0|[1-9][0-9]{0,17})$' });
const kind = Type.String({ minLength: 1, maxLength: 500 });
const Asked = Type.Object(
  {
    after: Type.Optional(cursor),
    limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|[1-4][0-9]{2}|500)$' })),
    kind: Type.Optional(kind),
  },
  { additionalProperties: false },
);

const tags = ['events'];

/** What happens to one's parcels, read on from a cursor. */
export function api(app: App, context: Context): void {
  app.get(
    '/v1/events',
    {
      schema: {
        summary: 'What happened to your parcels, oldest first, after a cursor; the first reading opens the inbox',
        tags,
        querystring: Asked,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { after, limit = '100', kind: named } = request.query;
      const kinds = kindsOf(named);
      if (!kinds.ok) return sendProblem(reply, kinds.error);
      const asked = { kinds: kinds.value, limit: Number(limit), ...(after === undefined ? {} : { after }) };
      const page = await eventsAfter(context, principal.value, asked);
      return page.ok ? reply.send(page.value) : sendProblem(reply, page.error);
    },
  );
}
