import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { EnquiryBody, StepBody } from './model.ts';
import { found, linked } from './service.ts';
import { take } from './service-steps.ts';
import { enquiryView } from './view.ts';

const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const tags = ['enquiries'];
const Token = Type.Object({ token: Type.String({ minLength: 1, maxLength: 64 }) }, { additionalProperties: false });

const refusal = (reply: FastifyReply, error: Parameters<typeof sendProblem>[1]): FastifyReply =>
  sendProblem(error.code === 'enquiries/too-many' ? reply.header('retry-after', '3600') : reply, error);

/** Find my parcel for programs that ask for the person who waits: each call shows anew that the parcel is his. */
export function api(app: App, context: Context): void {
  const asked = (request: FastifyRequest, { number, fact }: { number: string; fact: string }) => ({
    number,
    fact,
    address: request.ip,
  });
  app.post(
    '/v1/enquiries',
    {
      schema: {
        summary: 'Find a parcel by its number and a fact that only its buyer knows',
        description: 'No key is needed. Unknown numbers and wrong facts are answered alike; tries are counted.',
        tags,
        body: EnquiryBody,
        response: { 200: open('`parcels`: where each is, who holds it and why, what it costs, what can be done.') },
      },
    },
    async (request, reply) => {
      const parcels = await found(context, asked(request, request.body));
      if (!parcels.ok) return refusal(reply, parcels.error);
      const views = await Promise.all(parcels.value.map((id) => enquiryView(context, id)));
      return reply.send({ parcels: views.flatMap((view) => (view.ok ? [view.value] : [])) });
    },
  );
  app.post(
    '/v1/enquiries/steps',
    {
      schema: {
        summary: 'Give a fact, object, ask a person or give the parcel up, as the person who waits for it',
        tags,
        body: StepBody,
        response: { 201: open('The parcel after the step.') },
      },
    },
    async (request, reply) => {
      const { step, text, parcel, ...proof } = request.body;
      const parcels = await found(context, asked(request, proof));
      if (!parcels.ok) return refusal(reply, parcels.error);
      const id = parcels.value.find((one) => parcel === undefined || one === parcel);
      if (id === undefined) return refusal(reply, { code: 'enquiries/not-found', pointer: '/parcel' });
      const done = await take(context, id, { step, text });
      if (!done.ok) return refusal(reply, done.error);
      const view = await enquiryView(context, id);
      return view.ok ? reply.code(201).send(view.value) : refusal(reply, view.error);
    },
  );
  link(app, context);
}

function link(app: App, context: Context): void {
  app.get(
    '/v1/enquiries/links/:token',
    {
      schema: {
        summary: 'Where a parcel is, by a link that its buyer sent on',
        tags,
        params: Token,
        response: { 200: open('`status`, `since`, `desk`, `until`: nothing of what is in it or whose it is.') },
      },
    },
    async (request, reply) => {
      const asked = await linked(context, request.params.token);
      if (!asked.ok) return refusal(reply, asked.error);
      const view = await enquiryView(context, asked.value.parcel);
      if (!view.ok) return refusal(reply, { code: 'enquiries/link-ended' });
      const { status, since, desk } = view.value;
      return reply.send({ status, since, desk, until: asked.value.expires });
    },
  );
}
