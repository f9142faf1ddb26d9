import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { PaymentBody } from './model.ts';
import { noticeView } from './service.ts';
import { pay } from './service-pay.ts';

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });
const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });

/** What is owed on a parcel, and paying it. */
export function api(app: App, context: Context): void {
  app.get(
    '/v1/notices/:id',
    {
      schema: {
        summary: 'The assessment notice of a parcel',
        tags: ['notices'],
        params: Id,
        response: { 200: open('The notice of the latest version, with its payments; the id is the parcel’s.') },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const notice = await noticeView(context.db, who.value, request.params.id);
      return notice.ok ? reply.send(notice.value) : sendProblem(reply, notice.error);
    },
  );
  app.post(
    '/v1/notices/:id/payments',
    {
      schema: {
        summary: 'Pay a notice: its exact amount, once',
        tags: ['notices'],
        params: Id,
        body: PaymentBody,
        response: { 200: open('The receipt. `simulated` is true when no money moved.') },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const receipt = await pay(context, who.value, request.params.id, request.body);
      return receipt.ok ? reply.send(receipt.value) : sendProblem(reply, receipt.error);
    },
  );
}
