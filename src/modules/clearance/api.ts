import { Readable } from 'node:stream';
import { type TSchema, Type } from 'typebox';
import type { FastifyReply } from 'fastify';
import { day as parseDay } from '#kernel/effective.ts';
import type { Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { identified } from '#platform/gates.ts';
import { problemOf, sendProblem } from '#platform/problem.ts';
import { Consignment } from '#modules/rulebook/index.ts';
import { arrivalView, fileManifest, reportArrival, scan } from './arrive.ts';
import { type LineAnswer, upload } from './bulk.ts';
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
  bulk(app, context);
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

const bulkDescription =
  'One consignment a line as application/x-ndjson, answered a line each in their order, with the line, the status, and ' +
  'the answer or the problem of a single parcel. The answers leave while lines still come in, and no more is read than ' +
  'is being decided. What was broken off is sent again from the last answered line, or from the beginning: a line that ' +
  'was taken is answered as before.';

/** Many parcels in one request, of any length up to an hour. */
function bulk(app: App, context: Context): void {
  const schema = { summary: 'File parcels whole, one a line', description: bulkDescription, tags: ['clearance'] };
  app.post('/v1/consignments/bulk', { config: { ndjson: true }, schema }, async (request, reply) => {
    const principal = await identified(context, request);
    const stream = request.body as Readable | undefined;
    if (!principal.ok) {
      // The rest is read away: ending the stream would end the connection before its answer.
      stream?.resume();
      return sendProblem(reply, principal.error);
    }
    if (request.rawText !== '' || stream === undefined) return sendProblem(reply, { code: 'http/media-type' });
    const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    const languages = request.headers['accept-language'] ?? '';
    const text = ({ line, result }: LineAnswer): string => {
      if (result.ok) return `${JSON.stringify({ line, status: 201, answer: result.value })}\n`;
      const problem = problemOf(reply.server.problems, result.error, request.id, languages);
      return `${JSON.stringify({ line, status: problem.status, problem })}\n`;
    };
    const lines = async function* (): AsyncGenerator<string> {
      for await (const answers of upload(context, () => identified(context, request), chunks))
        yield answers.map(text).join('');
    };
    return reply.code(200).type('application/x-ndjson; charset=utf-8').send(Readable.from(lines()));
  });
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
    {
      config,
      schema: {
        summary: "The operator's tally of what landed; a large one is answered 202 and worked through",
        tags,
        body: json(Arrival),
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const read = await readLines(request, Arrival, 'pieces');
      if (!read.ok) return sendProblem(reply, read.error);
      const told = await reportArrival(context, principal.value, read.value.body, read.value.raw);
      if (!told.ok) return sendProblem(reply, told.error);
      const { id, finished } = told.value;
      return reply
        .code(finished === null ? 202 : 201)
        .header('location', `/v1/arrivals/${id}`)
        .send(told.value);
    },
  );
  app.get(
    '/v1/arrivals/:id',
    { schema: { summary: 'How far an arrival has come', tags, params: Id } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return send(reply, await arrivalView(context, principal.value, request.params.id));
    },
  );
}
