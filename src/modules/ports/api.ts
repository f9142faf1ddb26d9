import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { DayText, PartyIdentifier } from '#modules/rulebook/index.ts';
import { cargoUnder } from './cargo.ts';
import { TariffBody, type Unit, units } from './model.ts';
import { feesOn, portList, portOn, publish, todayIn } from './service.ts';

const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const closed = { additionalProperties: false } as const;
const Port = Type.Object({ operator: PartyIdentifier, port: Type.String({ maxLength: 35 }) }, closed);
const On = Type.Object({ on: Type.Optional(DayText) }, closed);
const figure = Type.Optional(Type.String({ pattern: '^(0|[1-9][0-9]{0,8})(\\.[0-9]{1,3})?$' }));
const Asked = Type.Object(
  {
    on: Type.Optional(DayText),
    days: Type.Optional(Type.String({ pattern: '^[0-9]{1,4}$' })),
    consignment: figure,
    container: figure,
    tonne: figure,
    'cubic-metre': figure,
    piece: figure,
  },
  closed,
);
const Mark = Type.Object({ mark: Type.String({ minLength: 1, maxLength: 64 }) }, closed);
const tags = ['ports'];

/** What ports charge: public, without signing in; published by their operators. */
export function api(app: App, context: Context): void {
  app.post(
    '/v1/port-tariffs',
    {
      schema: {
        summary: 'Publish what a port charges from a day on',
        tags,
        body: TariffBody,
        response: { 201: open('The version. It begins no earlier than tomorrow, the first of a port today.') },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const made = await publish(context, who.value, request.body);
      return made.ok ? reply.code(201).send(made.value) : sendProblem(reply, made.error);
    },
  );
  read(app, context);
}

function read(app: App, context: Context): void {
  app.get(
    '/v1/port-tariffs',
    {
      schema: {
        summary: 'The ports and their tariffs on a day; for anybody',
        tags,
        querystring: On,
        response: { 200: open('`tariffs`, one a port: the one that holds on the day, or the first that comes.') },
      },
    },
    async (request, reply) => {
      const on = request.query.on ?? todayIn(context);
      return reply.send({ on, tariffs: await portList(context, on) });
    },
  );
  app.get(
    '/v1/port-tariffs/:operator/:port',
    {
      schema: {
        summary: 'A port’s tariff on a day, and what comes later; for anybody',
        tags,
        params: Port,
        querystring: On,
        response: { 200: open('`tariff`, null where none holds yet, and `coming`.') },
      },
    },
    async (request, reply) => {
      const { operator, port } = request.params;
      const found = await portOn(context, operator, port, request.query.on ?? todayIn(context));
      return found.ok ? reply.send(found.value) : sendProblem(reply, found.error);
    },
  );
  fees(app, context);
  app.get(
    '/v1/cargo/:mark',
    {
      schema: {
        summary: 'Where a parcel is, by its declaration, waybill, barcode, order or container',
        tags,
        params: Mark,
        response: { 200: open('`parcels`: status, since when, and how many of its pieces were presented.') },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      return reply.send({ parcels: await cargoUnder(context, who.value, request.params.mark) });
    },
  );
}

function fees(app: App, context: Context): void {
  app.get(
    '/v1/port-tariffs/:operator/:port/fees',
    {
      schema: {
        summary: 'What a port asks for a cargo, fee by fee; for anybody',
        tags,
        params: Port,
        querystring: Asked,
        response: { 200: open('`lines` and their `total`, exact to the minor unit.') },
      },
    },
    async (request, reply) => {
      const { on = todayIn(context), days = '0', ...given } = request.query;
      const amounts = Object.fromEntries(
        units.map((unit) => [unit, given[unit] ?? (unit === 'consignment' ? '1' : '0')]),
      );
      const quantities = { amounts: amounts as Record<Unit, string>, days: Number(days) };
      const found = await feesOn(context, { ...request.params, on }, quantities);
      return found.ok ? reply.send(found.value) : sendProblem(reply, found.error);
    },
  );
}
