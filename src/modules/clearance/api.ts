import { type TSchema, Type } from 'typebox';
import type { FastifyReply } from 'fastify';
import { day as parseDay } from '#kernel/effective.ts';
import type { Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { identified } from '#platform/gates.ts';
import { sendProblem } from '#platform/problem.ts';
import { Consignment } from '#modules/rulebook/index.ts';
import { fileManifest, reportArrival, scan } from './arrive.ts';
import { lodge } from './lodge.ts';
import { Arrival, listQuery, Manifest } from './model.ts';
import { readLines } from './lines.ts';
import { counts, parcelList, parcelView } from './views.ts';

const Id = Type.Object(
  { id: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }) },
  { additionalProperties: false },
);
const Barcode = Type.Object({ barcode: Type.String({ minLength: 1, maxLength: 50 }) }, { additionalProperties: false });

/** Answers with the value, or with the refusal as a problem. */
function send<T>(reply: FastifyReply, result: Result<T>, status = 200): FastifyReply {
  return result.ok ? reply.code(status).send(result.value) : sendProblem(reply, result.error);
}

/** Parcels in, manifests and tallies in, scans at the gate. */
export function api(app: App, context: Context): void {
  const tags = ['clearance'];
  app.post(
    '/v1/consignments',
    {
      schema: { summary: 'File one parcel whole: orders, payments, transports, declaration', tags, body: Consignment },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return send(reply, await lodge(context, principal.value, request.body, request.rawText), 201);
    },
  );
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
    { schema: { summary: 'One parcel with its reasons', tags, params: Id } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return send(reply, await parcelView(context, principal.value, request.params.id));
    },
  );
  app.get(
    '/v1/scans/:barcode',
    { schema: { summary: 'May this piece leave: go, hold or unknown', tags, params: Barcode } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return send(reply, await scan(context, principal.value, request.params.barcode));
    },
  );
  goods(app, context);
}

/** The schema of a JSON body where the route takes NDJSON too, which it checks itself. */
const json = (schema: TSchema) => ({ content: { 'application/json': { schema } } });

/** A master bill or a tally: JSON up to 1,000 lines, NDJSON beyond, with the head in the first line. */
function goods(app: App, context: Context): void {
  const tags = ['clearance'];
  const config = { ndjson: true };
  app.post(
    '/v1/manifests',
    { config, schema: { summary: 'A master bill with its house bills', tags, body: json(Manifest) } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const read = await readLines(request, Manifest, 'lines');
      if (!read.ok) return sendProblem(reply, read.error);
      return send(reply, await fileManifest(context, principal.value, read.value.body, read.value.raw), 201);
    },
  );
  app.post(
    '/v1/arrivals',
    { config, schema: { summary: "The operator's tally of what landed", tags, body: json(Arrival) } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const read = await readLines(request, Arrival, 'pieces');
      if (!read.ok) return sendProblem(reply, read.error);
      return send(reply, await reportArrival(context, principal.value, read.value.body, read.value.raw), 201);
    },
  );
}
