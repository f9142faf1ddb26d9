import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { sendResult } from '#platform/problem.ts';
import { SegmentsView } from './model.ts';
import { segmentOf, segmentsBelow } from './service.ts';

const number = Type.String({ pattern: '^(0|[1-9][0-9]{0,14})$' });
const Asked = Type.Object(
  {
    before: Type.Optional(number),
    limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|[1-4][0-9]{2}|500)$' })),
  },
  { additionalProperties: false },
);
const tags = ['transparency'];

/** The sealed journal, for everybody and without a key: roots say nothing of what they seal. */
export function api(app: App, context: Context): void {
  app.get(
    '/v1/segments',
    {
      schema: {
        summary: 'Sealed segments of the journal with their roots, newest first',
        tags,
        querystring: Asked,
        response: { 200: SegmentsView },
      },
    },
    ({ query: { before, limit = '100' } }) =>
      segmentsBelow(context, before === undefined ? null : BigInt(before), Number(limit)),
  );
  app.get(
    '/v1/segments/:number',
    { schema: { summary: 'One sealed segment of the journal, with its leaf', tags, params: Type.Object({ number }) } },
    async (request, reply) => sendResult(reply, await segmentOf(context, BigInt(request.params.number))),
  );
}
