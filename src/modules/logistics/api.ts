import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Type } from 'typebox';
import type { Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { jsonOf } from '#platform/ndjson.ts';
import { sendProblem, sendResult } from '#platform/problem.ts';
import { readLines } from '#modules/clearance/index.ts';
import { reportTransferArrival } from './arrive.ts';
import { depart, split, withdraw } from './depart.ts';
import { explain } from './difference.ts';
import { Departure, Explanation, Split, states, statuses, Transfer, TransferArrival } from './model.ts';
import { prepare } from './prepare.ts';
import { piecesView, scanTransfer, transferList, transferView } from './views.ts';

const tags = ['logistics'];
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });
const Barcode = Type.Object({ barcode: Type.String({ minLength: 1, maxLength: 50 }) }, { additionalProperties: false });
const oneOf = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
const listQuery = Type.Object(
  {
    status: Type.Optional(oneOf(statuses)),
    before: Type.Optional(Type.String({ format: 'uuid' })),
    limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|100)$' })),
  },
  { additionalProperties: false },
);
const piecesQuery = Type.Object(
  {
    state: Type.Optional(oneOf(states)),
    after: Type.Optional(Type.String({ maxLength: 50 })),
    limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]{0,2}|1000)$' })),
  },
  { additionalProperties: false },
);

/** Answers with the transfer as it stands after a step, or with the step's refusal. */
async function sendTransfer(
  context: Context,
  reply: FastifyReply,
  principal: Principal,
  done: Result<string>,
  status = 200,
): Promise<FastifyReply> {
  if (!done.ok) return sendProblem(reply, done.error);
  reply.header('location', `/v1/transfers/${done.value}`);
  return sendResult(reply, await transferView(context, principal, done.value), status);
}

/** A door whose body is JSON up to 1,000 pieces and NDJSON beyond, with the head in the first line. */
async function listed<S extends TSchema>(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  schema: S,
  take: (principal: Principal, body: Static<S>, raw: string) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const principal = await identified(context, request);
  if (!principal.ok) return sendProblem(reply, principal.error);
  const read = await readLines(request, schema, 'pieces');
  if (!read.ok) return sendProblem(reply, read.error);
  return take(principal.value, read.value.body, read.value.raw);
}

function steps(app: App, context: Context): void {
  const config = { ndjson: true };
  app.post(
    '/v1/transfers',
    {
      config,
      schema: { summary: 'Prepare a transfer of many parcels under one document', tags, body: jsonOf(Transfer) },
    },
    (request, reply) =>
      listed(context, request, reply, Transfer, async (principal, body, raw) =>
        sendTransfer(context, reply, principal, await prepare(context, principal, body, raw), 201),
      ),
  );
  app.post(
    '/v1/transfers/:id/departure',
    {
      schema: {
        summary: 'A transfer departs; its guarantee is held and its time limit begins',
        tags,
        params: Id,
        body: Departure,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const done = await depart(context, principal.value, request.params.id, request.body);
      return sendTransfer(context, reply, principal.value, done);
    },
  );
  app.post<{ Params: Static<typeof Id> }>(
    '/v1/transfers/:id/splits',
    {
      config,
      schema: {
        summary: 'Part of a transfer goes on under a further document',
        tags,
        params: Id,
        body: jsonOf(Split),
      },
    },
    (request, reply) =>
      listed(context, request, reply, Split, async (principal, body, raw) =>
        sendTransfer(context, reply, principal, await split(context, principal, request.params.id, body, raw), 201),
      ),
  );
}

/** What a carrier may do besides: take a transfer back, and say what happened. */
function besides(app: App, context: Context): void {
  app.post(
    '/v1/transfers/:id/withdrawal',
    { schema: { summary: 'Take back a transfer that has not departed', tags, params: Id } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const done = await withdraw(context, principal.value, request.params.id);
      return sendTransfer(context, reply, principal.value, done);
    },
  );
  app.post(
    '/v1/transfers/:id/explanation',
    {
      schema: { summary: 'The carrier says what happened to what is missing', tags, params: Id, body: Explanation },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const done = await explain(context, principal.value, request.params.id, request.body.reason);
      return sendTransfer(context, reply, principal.value, done);
    },
  );
}

/** Batch transfer: prepare, depart, split, arrive, and where each piece is. */
export function api(app: App, context: Context): void {
  steps(app, context);
  besides(app, context);
  reading(app, context);
  app.post<{ Params: Static<typeof Id> }>(
    '/v1/transfers/:id/arrivals',
    {
      config: { ndjson: true },
      schema: {
        summary: 'The tally at the destination; a large one is answered 202 and worked through',
        tags,
        params: Id,
        body: jsonOf(TransferArrival),
      },
    },
    (request, reply) =>
      listed(context, request, reply, TransferArrival, async (principal, body, raw) => {
        const { id } = request.params;
        const told = await reportTransferArrival(context, principal, id, body, raw);
        if (!told.ok) return sendProblem(reply, told.error);
        const seen = await transferView(context, principal, id);
        const mine = seen.ok ? seen.value.arrivals?.find((one) => one.id === told.value) : undefined;
        reply.header('location', `/v1/transfers/${id}`);
        return sendResult(reply, seen, mine?.finished === null ? 202 : 201);
      }),
  );
}

/** Transfers and their pieces, and what a handheld asks. */
function reading(app: App, context: Context): void {
  app.get(
    '/v1/transfers',
    {
      schema: {
        summary: 'Transfers that you carry, keep or have a piece on, newest first',
        tags,
        querystring: listQuery,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { limit, ...query } = request.query;
      return transferList(context, principal.value, { ...query, limit: limit === undefined ? 25 : Number(limit) });
    },
  );
  app.get(
    '/v1/transfers/:id',
    { schema: { summary: 'One transfer: how many pieces are where, and its guarantee', tags, params: Id } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await transferView(context, principal.value, request.params.id));
    },
  );
  app.get(
    '/v1/transfers/:id/pieces',
    { schema: { summary: 'Where each piece of a transfer is', tags, params: Id, querystring: piecesQuery } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { limit, ...query } = request.query;
      const asked = { ...query, limit: limit === undefined ? 100 : Number(limit) };
      return sendResult(reply, await piecesView(context, principal.value, request.params.id, asked));
    },
  );
  app.get(
    '/v1/transfers/scans/:barcode',
    { schema: { summary: 'What a piece is to the place where it was scanned', tags, params: Barcode } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await scanTransfer(context, principal.value, request.params.barcode));
    },
  );
}
