import { Readable } from 'node:stream';
import { Type } from 'typebox';

import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { identified } from '#platform/gates.ts';
import { jsonOf, sendLines } from '#platform/ndjson.ts';
import { sendProblem, sendResult } from '#platform/problem.ts';
import { Consignment } from '#modules/rulebook/index.ts';
import { FiledAnswer } from './answer-shape.ts';
import { proofApi } from './api-proof.ts';
import { readingApi } from './api-reading.ts';
import { replayApi } from './api-replay.ts';
import { returnsApi } from './api-returns.ts';
import { stockApi } from './api-stock.ts';
import { arrivalView, reportArrival, scan } from './arrive.ts';
import { upload } from './bulk.ts';
import { amendments } from './api-versions.ts';
import { cancel } from './cancel.ts';
import { departureList, departureView, keptBackNow, reportDeparture } from './depart.ts';
import { lodge, readConsignment } from './lodge.ts';
import { fileManifest } from './manifest.ts';
import { Arrival, Departure, Manifest } from './model-goods.ts';
import { CancellationBody } from './cancel-model.ts';
import { ConsignmentId } from './model.ts';
import { readLines } from './lines.ts';
import { nextDeclaration, type NextMovement, nextMovements } from './next.ts';

const NextQuery = Type.Object(
  { movement: Type.Unsafe<NextMovement>(Type.Union(nextMovements.map((one) => Type.Literal(one)))) },
  { additionalProperties: false },
);
const Barcode = Type.Object({ barcode: Type.String({ minLength: 1, maxLength: 50 }) }, { additionalProperties: false });

/** Parcels in, manifests and tallies in, scans at the gate. */
export function api(app: App, context: Context): void {
  const tags = ['clearance'];
  app.post(
    '/v1/consignments',
    {
      config: { reads: readConsignment },
      schema: {
        summary: 'File one parcel whole: orders, payments, transports, declaration',
        tags,
        body: Consignment,
        response: { 201: FiledAnswer },
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const answer = await lodge(context, principal.value, request.body, request.rawText);
      if (!answer.ok) return sendProblem(reply, answer.error);
      return reply.code(201).type('application/json; charset=utf-8').send(answer.value);
    },
  );
  bulk(app, context);
  cancellation(app, context);
  amendments(app, context);
  further(app, context);
  readingApi(app, context);
  scans(app, context);
  goods(app, context);
  departures(app, context);
  proofApi(app, context);
  returnsApi(app, context);
  stockApi(app, context);
  replayApi(app, context);
}

/** At the gate. */
function scans(app: App, context: Context): void {
  app.get(
    '/v1/scans/:barcode',
    { schema: { summary: 'May this piece leave: go, hold or unknown', tags: ['clearance'], params: Barcode } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await scan(context, principal.value, request.params.barcode));
    },
  );
}

const cancellationDescription =
  'By who filed or declares it. While it waits for slips or is cleared it is cancelled at once (201): quota and guarantee ' +
  'are given back, the notice is cancelled, and what was paid on it is refunded. After release the law says on which ' +
  'grounds and how long; where it leaves the ground to a person, a desk is asked and the declaration stands meanwhile ' +
  '(202). The same again is answered as before.';

/** Back out again, while nothing has been released, and on the grounds of the law afterwards. */
function cancellation(app: App, context: Context): void {
  app.post(
    '/v1/consignments/:id/cancellation',
    {
      schema: {
        summary: 'Take a declaration back',
        description: cancellationDescription,
        tags: ['clearance'],
        params: ConsignmentId,
        body: CancellationBody,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const taken = await cancel(context, principal.value, request.params.id, request.body);
      if (!taken.ok) return sendProblem(reply, taken.error);
      return reply.code(taken.value.made ? 201 : 202).send(taken.value.answer);
    },
  );
}

/** On with the same data. */
function further(app: App, context: Context): void {
  app.get(
    '/v1/consignments/:id/as',
    {
      schema: {
        summary: 'The data of a parcel as its next declaration, with the facts that are really missing',
        tags: ['clearance'],
        params: ConsignmentId,
        querystring: NextQuery,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { movement } = request.query;
      return sendResult(reply, await nextDeclaration(context, principal.value, request.params.id, movement));
    },
  );
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
    const stream: unknown = request.body;
    if (request.rawText !== '') return sendProblem(reply, { code: 'http/media-type' });
    if (!(stream instanceof Readable)) return sendProblem(reply, { code: 'http/body-missing' });
    if (!principal.ok) {
      // The rest is read away: ending the stream would end the connection before its answer.
      stream.resume();
      return sendProblem(reply, principal.error);
    }
    const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    return sendLines(
      reply,
      'answer',
      upload(context, () => identified(context, request), chunks),
    );
  });
}

/** A master bill or a tally: JSON up to 1,000 lines, NDJSON beyond, with the head in the first line. */
function goods(app: App, context: Context): void {
  const tags = ['clearance'];
  const config = { ndjson: true };
  app.post(
    '/v1/manifests',
    { config, schema: { summary: 'A master bill with its house bills', tags, body: jsonOf(Manifest) } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const read = await readLines(request, Manifest, 'lines');
      if (!read.ok) return sendProblem(reply, read.error);
      return sendResult(reply, await fileManifest(context, principal.value, read.value.body, read.value.raw), 201);
    },
  );
  app.post(
    '/v1/arrivals',
    {
      config,
      schema: {
        summary: "The operator's tally of what landed; a large one is answered 202 and worked through",
        tags,
        body: jsonOf(Arrival),
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
    { schema: { summary: 'How far an arrival has come', tags, params: ConsignmentId } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await arrivalView(context, principal.value, request.params.id));
    },
  );
}

/** What leaves a place: out of the territory, or through the gate to whoever receives it. */
function departures(app: App, context: Context): void {
  const tags = ['clearance'];
  const summary = 'What left a place, as its operator reports it; a large one is answered 202 and worked through';
  app.post(
    '/v1/departures',
    {
      config: { ndjson: true },
      schema: { summary, description: departureDescription, tags, body: jsonOf(Departure) },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const read = await readLines(request, Departure, 'pieces');
      if (!read.ok) return sendProblem(reply, read.error);
      const told = await reportDeparture(context, principal.value, read.value.body);
      if (!told.ok) return sendProblem(reply, told.error);
      const { id, finished } = told.value;
      return reply
        .code(finished === null ? 202 : 201)
        .header('location', `/v1/departures/${id}`)
        .send(told.value);
    },
  );
  app.get(
    '/v1/departures',
    {
      schema: {
        summary: 'Departures, newest first, and the pieces that were kept back and still wait',
        tags,
        querystring: Type.Object(
          { before: Type.Optional(Type.String({ format: 'uuid' })) },
          { additionalProperties: false },
        ),
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const listed = await departureList(context, principal.value, request.query.before ?? null);
      return { ...listed, keptBack: await keptBackNow(context, principal.value) };
    },
  );
  app.get(
    '/v1/departures/:id',
    { schema: { summary: 'How far a departure has come', tags, params: ConsignmentId } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await departureView(context, principal.value, request.params.id));
    },
  );
}

const departureDescription =
  'A released parcel has left supervision once the last of its pieces has left. A piece that is not released may not ' +
  'leave: it is named with the status that forbids it, and the others leave. The same again is answered as before.';
