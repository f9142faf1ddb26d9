import { day as parseDay } from '#kernel/effective.ts';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem, sendResult } from '#platform/problem.ts';
import { ParcelAnswer } from './answer-shape.ts';
import { ConsignmentId, listQuery } from './model.ts';
import { counts, parcelList } from './list.ts';
import { parcelView } from './views.ts';

/** What became of parcels: a page of them, and one whole. */
export function readingApi(app: App, context: Context): void {
  const tags = ['clearance'];
  app.get(
    '/v1/consignments',
    { schema: { summary: 'Your parcels, newest first', tags, querystring: listQuery } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { limit, ...query } = request.query;
      for (const name of ['from', 'until'] as const)
        if (query[name] !== undefined && !parseDay(query[name]))
          return sendProblem(reply, { code: 'clearance/day-invalid', pointer: `/${name}`, params: { in: 'query' } });
      const page = await parcelList(context, principal.value, {
        ...query,
        ...(limit === undefined ? {} : { limit: Number(limit) }),
      });
      return { ...page, counts: await counts(context, principal.value) };
    },
  );
  app.get(
    '/v1/consignments/:id',
    {
      schema: {
        summary: 'One parcel with its reasons',
        tags,
        params: ConsignmentId,
        response: { 200: ParcelAnswer },
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await parcelView(context, principal.value, request.params.id));
    },
  );
}
