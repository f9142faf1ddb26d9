import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { jsonOf, sendLines } from '#platform/ndjson.ts';
import { sendProblem, sendResult } from '#platform/problem.ts';
import { flowList, flowOf } from './flows.ts';
import { Kept, MovementEvent, type Trouble, troubles } from './model.ts';
import { tell, tellMany } from './tell.ts';

const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });
const Asked = Type.Object(
  {
    mark: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    exception: Type.Optional(Type.Unsafe<Trouble>(Type.Union(troubles.map((one) => Type.Literal(one))))),
  },
  { additionalProperties: false },
);
const tags = ['movements'];
const listMax = 50;

/** What others tell of goods and money, and the parcels of whoever asks in their three flows. */
export function api(app: App, context: Context): void {
  intake(app, context);
  app.get(
    '/v1/flows',
    {
      schema: {
        summary: 'Parcels with the flow of their money, their goods and their clearance, what went wrong first',
        tags,
        querystring: Asked,
        response: { 200: open('`flows`, each as far as you may see it, at most 50.') },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const { mark, exception: trouble } = request.query;
      const asked = { ...(mark === undefined ? {} : { mark }), ...(trouble === undefined ? {} : { trouble }) };
      return reply.send({ flows: (await flowList(context, who.value, asked)).slice(0, listMax) });
    },
  );
  app.get(
    '/v1/flows/:id',
    {
      schema: {
        summary: 'One parcel with everything that was told of its money and its goods',
        tags,
        params: Id,
        response: { 200: open('The parcel in its three flows, as far as you may see it.') },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      return sendResult(reply, await flowOf(context, who.value, request.params.id));
    },
  );
}

function intake(app: App, context: Context): void {
  app.post(
    '/v1/movement-events',
    {
      config: { ndjson: true },
      schema: {
        summary: 'Tell what happened to goods, or to the money paid for them',
        description:
          'By the carrier, the keeper of a place or the payment provider that it happened with, one event as JSON or ' +
          'many as application/x-ndjson, one a line. The same event id again is answered as the first time. Events may ' +
          'come in any order, and before their parcel: they are kept and joined to it when it is there.',
        tags,
        body: jsonOf(MovementEvent),
        response: { 201: Kept },
      },
    },
    async (request, reply) => {
      const who = () => identified(context, request);
      const principal = await who();
      const stream: unknown = request.body;
      if (!principal.ok) {
        if (stream instanceof Readable) stream.resume();
        return sendProblem(reply, principal.error);
      }
      if (request.rawText === '') {
        if (!(stream instanceof Readable)) return sendProblem(reply, { code: 'http/body-missing' });
        const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
        return sendLines(reply, 'event', tellMany(context, who, chunks));
      }
      const [kept] = await tell(context, principal.value, [
        { body: request.body as MovementEvent, raw: request.rawText },
      ]);
      return sendResult(reply, kept!, 201);
    },
  );
}
