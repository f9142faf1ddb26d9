import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { identified } from '#platform/gates.ts';
import { jsonOf, type LineAnswer, sendLines } from '#platform/ndjson.ts';
import { sendProblem, sendResult } from '#platform/problem.ts';
import { type Body, idParams, type Kind, kinds, listQuery, nameParams, ReceiptSchema, schemas } from './model.ts';
import { statementView, vouched } from './statement.ts';
import { take } from './take.ts';
import { upload } from './upload.ts';
import { slipCounts, slipList, slipView } from './views.ts';

const summaries: Readonly<Record<Kind, string>> = {
  order: 'The platform’s order, for the parcel that its declarant files',
  payment: 'The payment provider’s payment of an order',
  transport: 'The carrier’s transport document',
  declaration: 'The declaration, with the slips of others that it is about',
};

/** The slips of a parcel, each from its own sender, and what became of them. */
export function api(app: App, context: Context): void {
  for (const kind of kinds) door(app, context, kind);
  statements(app, context);
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

const statementHeader = 'portolan-statement';
function door(app: App, context: Context, kind: Kind): void {
  const tags = ['slips'];
  app.post(
    `/v1/${kind}s`,
    {
      config: { ndjson: true },
      schema: {
        summary: summaries[kind],
        description,
        tags,
        body: jsonOf(schemas[kind]),
        response: { 201: ReceiptSchema },
      },
    },
    async (request, reply) => {
      const who = () => identified(context, request);
      const jws = request.headers[statementHeader];
      if (request.rawText === '') return many(context, kind, request, reply, typeof jws === 'string' ? jws : null);
      if (jws !== undefined) return sendProblem(reply, { code: 'slips/statement-alone' });
      const taken = await take(context, who, kind, [{ body: request.body as Body, raw: request.rawText }]);
      return taken.ok ? sendResult(reply, taken.value[0]!, 201) : sendProblem(reply, taken.error);
    },
  );
  app.get(
    `/v1/${kind}s/:sender/:number`,
    { schema: { summary: 'One of your slips: where it stands, and what contradicts it', tags, params: nameParams } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { sender, number } = request.params;
      return sendResult(reply, await slipView(context, principal.value, { kind, sender, number }));
    },
  );
}

const description =
  'One slip as JSON, or many as application/x-ndjson: one a line, answered a line each in their order with the line, ' +
  'the status and the receipt or the problem. The header Portolan-Statement may carry a signed statement that vouches ' +
  'for all of the lines.';

/** A file of slips: its answers leave while it still comes in. Ahead of them stands what concerns all of it. */
async function many(
  context: Context,
  kind: Kind,
  request: FastifyRequest,
  reply: FastifyReply,
  jws: string | null,
): Promise<FastifyReply> {
  const who = () => identified(context, request);
  const stream: unknown = request.body;
  if (!(stream instanceof Readable)) return sendProblem(reply, { code: 'http/body-missing' });
  // After a refusal the rest is read away: ending the stream would end the connection before its answer.
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  const known = await who();
  const file = known.ok && jws !== null ? await vouched(context, who, jws, chunks) : undefined;
  const refused = known.ok ? (file?.ok === false ? file : undefined) : known;
  if (refused !== undefined) {
    stream.resume();
    return sendProblem(reply, refused.error);
  }
  const answers = async function* (): AsyncGenerator<readonly LineAnswer[]> {
    try {
      const source = file?.ok ? file.value.file.read() : chunks;
      yield* upload(context, who, kind, source, file?.ok ? file.value.statement : null);
    } finally {
      if (file?.ok) await file.value.file.drop();
    }
  };
  return sendLines(reply, 'receipt', answers());
}

/** A signed statement as it was received. */
function statements(app: App, context: Context): void {
  app.get(
    '/v1/statements/:id',
    { schema: { summary: 'A signed upload statement, as it was received', tags: ['slips'], params: idParams } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await statementView(context, principal.value, request.params.id));
    },
  );
}
