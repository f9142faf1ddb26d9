import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { clearUp, simulatedStatement, statementList, statementView, takeStatement } from './service-statements.ts';

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });
const day = Type.String({ format: 'date' });
const Days = Type.Object({ from: day, until: day }, { additionalProperties: false });
const text = Type.String({ minLength: 1, maxLength: 2_000 });
const ClearUp = Type.Object(
  { stamp: Type.Integer({ minimum: 0 }), ground: text, reason: text, remedy: text },
  { additionalProperties: false, $id: 'ClearUp' },
);
const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const tags = ['bank statements'];
const kinds = ['application/xml', 'text/xml', 'text/csv'] as const;
const bytesMax = 8 << 20;

const description =
  'A bank’s statement as camt.053 of ISO 20022 or as CSV with the columns account, statement, booked, currency, amount, ' +
  'reference, bank. Each line is matched by its reference and its exact amount; what is unknown, doubled, partial, too ' +
  'much, reversed or in another currency is named with who can put it right. The same file again changes nothing.';

/** Bank statements, held against what the window knows to have moved. */
export async function statementsApi(app: App, context: Context): Promise<void> {
  // In a scope of its own, since these addresses alone read a statement's bytes.
  await app.register((scope: App, _options: object, done: () => void) => {
    scope.addContentTypeParser([...kinds], { parseAs: 'buffer', bodyLimit: bytesMax }, (_request, body, taken) =>
      taken(null, body),
    );
    take(scope, context);
    done();
  });
  read(app, context);
  decide(app, context);
}

function take(app: App, context: Context): void {
  const bytes = { schema: Type.Any({ description: 'The statement.' }) };
  app.post(
    '/v1/bank-statements',
    {
      bodyLimit: bytesMax,
      schema: {
        summary: 'Hand in a bank’s statement',
        description,
        tags,
        body: { content: Object.fromEntries(kinds.map((kind) => [kind, bytes])) },
        response: { 200: open('The statement with what was found of each line, as it stands now.') },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const body: unknown = request.body;
      if (request.rawText !== '') return sendProblem(reply, { code: 'http/media-type' });
      if (!Buffer.isBuffer(body) || body.length === 0) return sendProblem(reply, { code: 'http/body-missing' });
      const taken = await takeStatement(context, who.value, body);
      return taken.ok ? reply.send(taken.value) : sendProblem(reply, taken.error);
    },
  );
}

function read(app: App, context: Context): void {
  const { db } = context;
  const asking = (request: FastifyRequest) => identified(context, request);
  app.get(
    '/v1/bank-statements',
    { schema: { summary: 'Bank statements, the latest first', tags, response: { 200: open('`statements`.') } } },
    async (request, reply) => {
      const who = await asking(request);
      if (!who.ok) return sendProblem(reply, who.error);
      const list = await statementList(db, who.value);
      if (!list.ok) return sendProblem(reply, list.error);
      const statements = list.value.map(({ opening: _o, closing: _c, ...one }) => one);
      return reply.send({ statements });
    },
  );
  app.get(
    '/v1/bank-statements/:id',
    {
      schema: { summary: 'A bank’s statement and what was found of it', tags, params: Id, response: { 200: open('') } },
    },
    async (request, reply) => {
      const who = await asking(request);
      if (!who.ok) return sendProblem(reply, who.error);
      const found = await statementView(db, who.value, request.params.id);
      return found.ok ? reply.send(found.value) : sendProblem(reply, found.error);
    },
  );
}

function decide(app: App, context: Context): void {
  app.post(
    '/v1/bank-statements/:id/decisions',
    {
      schema: {
        summary: 'End the work on a statement’s differences, with reasons',
        tags,
        params: Id,
        body: ClearUp,
        response: { 200: open('The case after the decision.') },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const done = await clearUp(context, who.value, request.params.id, request.body);
      if (!done.ok) return sendProblem(reply, done.error);
      const { id, state, stamp } = done.value;
      return reply.send({ id, state, stamp });
    },
  );
  app.get(
    '/v1/simulated-bank/statement',
    {
      schema: {
        summary: 'The statement that the simulated bank would send of some days, as CSV',
        tags,
        querystring: Days,
        produces: ['text/csv'],
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const made = await simulatedStatement(context, who.value, request.query.from, request.query.until);
      if (!made.ok) return sendProblem(reply, made.error);
      return reply.type('text/csv; charset=utf-8').send(made.value);
    },
  );
}
