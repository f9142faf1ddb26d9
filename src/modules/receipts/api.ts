import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { PartyIdentifier } from '#modules/rulebook/index.ts';
import { ReceiptBody } from './model.ts';
import { exchangeView, receiptList, report } from './service.ts';

const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const Exporter = Type.Object({ exporter: PartyIdentifier }, { additionalProperties: false });
const Listed = Type.Object({ exporter: Type.Optional(PartyIdentifier) }, { additionalProperties: false });
const Settled = Type.Object(
  { settled: Type.Optional(Type.Union([Type.Literal('yes'), Type.Literal('no')])) },
  { additionalProperties: false },
);
const tags = ['exchange'];

/** Money from abroad, and what it was for. */
export function api(app: App, context: Context): void {
  app.post(
    '/v1/receipts',
    {
      schema: {
        summary: 'Report money that came from abroad for an export',
        description:
          'By the payment provider or bank that received it, naming the order or the declaration it was for. The same ' +
          'reference again is the same receipt; one for goods that have not left waits for them.',
        tags,
        body: ReceiptBody,
        response: { 201: open('The receipt: `matched`, or `waiting` for what it names.') },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const taken = await report(context, who.value, request.body);
      return taken.ok ? reply.code(201).send(taken.value) : sendProblem(reply, taken.error);
    },
  );
  app.get(
    '/v1/receipts',
    {
      schema: {
        summary: 'The receipts that one reported, or those of an exporter',
        tags,
        querystring: Listed,
        response: { 200: open('`receipts`, the latest first.') },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      return reply.send({ receipts: await receiptList(context, who.value, request.query.exporter ?? null) });
    },
  );
  app.get(
    '/v1/exchange/:exporter',
    {
      schema: {
        summary: 'What an exporter sent and what came for it, in each currency',
        tags,
        params: Exporter,
        querystring: Settled,
        response: {
          200: open('`sums` by currency and `claims` order by order; with `settled=yes` also what is even.'),
        },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const settled = request.query.settled === 'yes';
      const found = await exchangeView(context, who.value, request.params.exporter, settled);
      return found.ok ? reply.send(found.value) : sendProblem(reply, found.error);
    },
  );
}
