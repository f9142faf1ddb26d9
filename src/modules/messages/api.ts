import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { problemOf, sendProblem } from '#platform/problem.ts';
import { idParams, type MessageView, type NodeOutcome, noticeParams, outParams, outQuery } from './model.ts';
import { noticeList, noticeText, parcelAs } from './out.ts';
import { receiptsOf } from './receipts.ts';
import { messageView, original, receive } from './service.ts';
import { writtenOf } from './written.ts';

const description =
  'One message of China’s cross-border e-commerce system (CEB), of the editions of 2018 and 2022, one declaration of the ' +
  'WCO Data Model, or parcels as a table, as UTF-8. Its bytes are kept exactly. Each node goes through the door that its content has here, under your own rights; the answer says ' +
  'for each what became of it, which of its fields have no home, and what stands in it because the kind of message says ' +
  'so. The same message again is answered as before.';

const tags = ['messages'];

/** Messages in the formats of other systems, and their receipts. */
export async function api(app: App, context: Context): Promise<void> {
  // In a scope of its own, since no other address reads XML; its reader takes the stream.
  await app.register((scope: App, _options: object, done: () => void) => {
    scope.addContentTypeParser(['application/xml', 'text/xml', 'text/csv'], (_request, payload, read) =>
      read(null, payload),
    );
    door(scope, context);
    done();
  });
  app.get(
    '/v1/messages/:id',
    { schema: { summary: 'A message with what became of each of its nodes', tags, params: idParams } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const found = await messageView(context, principal.value, request.params.id);
      return found.ok ? sendMessage(reply, found.value) : sendProblem(reply, found.error);
    },
  );
  documents(app, context);
  notices(app, context);
  outgoing(app, context);
}

function door(app: App, context: Context): void {
  app.post(
    '/v1/messages',
    {
      schema: {
        summary: 'A message in another system’s format',
        description,
        tags,
        body: {
          content: {
            'application/xml': { schema: Type.Any({ description: 'The message.' }) },
            'text/csv': { schema: Type.Any({ description: 'Parcels as a table, one row a line of goods.' }) },
          },
        },
      },
    },
    async (request, reply) => {
      const stream: unknown = request.body;
      if (request.rawText !== '') return sendProblem(reply, { code: 'http/media-type' });
      if (!(stream instanceof Readable)) return sendProblem(reply, { code: 'http/body-missing' });
      const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      const form = request.headers['content-type']?.startsWith('text/csv') === true ? 'csv' : 'xml';
      const taken = await receive(context, () => identified(context, request), chunks, form);
      // After a refusal the rest is read away: ending the stream would end the connection before its answer.
      stream.resume();
      return taken.ok ? sendMessage(reply, taken.value) : sendProblem(reply, taken.error);
    },
  );
}

/** What leaves as XML: a message as it came, and its receipts. */
function documents(app: App, context: Context): void {
  const doors = [
    ['receipts', 'The receipts of a message as they stand now, in its own format', receiptsOf],
    ['written', 'A message written again from what was understood of it and what stands since', writtenOf],
    ['original', 'A message exactly as it came', original],
  ] as const;
  for (const [name, summary, made] of doors)
    app.get(
      `/v1/messages/:id/${name}`,
      { schema: { summary, tags, params: idParams, produces: ['application/xml'] } },
      async (request, reply) => {
        const principal = await identified(context, request);
        if (!principal.ok) return sendProblem(reply, principal.error);
        const found = await made(context, principal.value, request.params.id);
        if (!found.ok) return sendProblem(reply, found.error);
        return reply.type('application/xml; charset=utf-8').send(found.value);
      },
    );
}

/** The notices on a declaration: which there are, and each in the form of the model. */
function notices(app: App, context: Context): void {
  app.get(
    '/v1/messages/:id/notices',
    { schema: { summary: 'The notices on a declaration that came as a message', tags, params: idParams } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const found = await noticeList(context, principal.value, request.params.id);
      return found.ok ? reply.send({ notices: found.value }) : sendProblem(reply, found.error);
    },
  );
  app.get(
    '/v1/messages/:id/notices/:number',
    { schema: { summary: 'One notice, in its own format', tags, params: noticeParams, produces: ['application/xml'] } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { id, number } = request.params;
      const found = await noticeText(context, principal.value, id, Number(number));
      if (!found.ok) return sendProblem(reply, found.error);
      return reply.type('application/xml; charset=utf-8').send(found.value);
    },
  );
}

const outDescription =
  'What the format asks for and the window does not know says nothing that could be taken for a fact, and the note of ' +
  'its node names it. A checklist comes with the frame of a signature, for its sender to sign.';

/** A parcel in another system's format. */
function outgoing(app: App, context: Context): void {
  app.get(
    '/v1/consignments/:id/as/:kind',
    {
      schema: {
        summary: 'A parcel in another system’s format',
        description: outDescription,
        tags,
        params: outParams,
        querystring: outQuery,
        produces: ['application/xml', 'text/csv'],
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { id, kind } = request.params;
      const found = await parcelAs(context, principal.value, id, kind, request.query.rate);
      if (!found.ok) return sendProblem(reply, found.error);
      return reply.type(found.value.type).send(found.value.text);
    },
  );
}

/** Answers with a message; what was refused of it is said as every problem is, under the number of the message. */
function sendMessage(reply: FastifyReply, { nodes = [], ...message }: Partial<MessageView>): FastifyReply {
  const languages = reply.request.headers['accept-language'] ?? '';
  const shown = ({ refusal, repeats: _repeats, ...node }: NodeOutcome) => ({
    ...node,
    ...(refusal && { problem: problemOf(reply.server.problems, refusal, message.id ?? '', languages) }),
  });
  return reply.send({ ...message, nodes: nodes.map(shown) });
}
