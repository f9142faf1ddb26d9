import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem, sendResult } from '#platform/problem.ts';
import { Invalid } from '#platform/validation.ts';
import { DraftBody, draftBody, RedraftBody, StepBody } from './change-model.ts';
import { draftBack, draftChange, mayPropose, redraftChange, stepChange } from './service-change.ts';
import { changesFor, changeView, draftFiles, versionFiles, versionsFor } from './service-read.ts';

const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const Id = closed({ id: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }) });
const DraftOf = closed({ ...Id.properties, number: Type.String({ pattern: '^[0-9]{1,6}$' }) });
const PackId = closed({ pack: Type.String({ pattern: '^[a-z]{2,8}$' }) });
const VersionOf = closed({ ...PackId.properties, from: Type.String({ pattern: '^[0-9]{1,18}$' }) });
const Way = closed({
  title: DraftBody.properties.title,
  inForce: DraftBody.properties.inForce,
});

const tags = ['law'];

/** Changes of law and the versions that were ever in force, for other systems. */
export function lawApi(app: App, context: Context): void {
  reading(app, context);
  drafting(app, context);
  app.post(
    '/v1/law/changes/:id/steps',
    { schema: { summary: 'Propose, approve, refuse or withdraw a change of law', tags, params: Id, body: StepBody } },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const { id } = request.params;
      const done = await stepChange(context, who.value, id, request.body);
      return done.ok ? sendResult(reply, await changeView(context, who.value, id)) : sendProblem(reply, done.error);
    },
  );
}

/** Drafts are large, so whoever may not hand one in is told before it is read. */
function drafting(app: App, context: Context): void {
  const config = { limits: draftBody.limits };
  const onRequest = async (request: Parameters<Context['identify']>[0]): Promise<void> => {
    const who = await identified(context, request);
    if (!who.ok) throw new Invalid(who.error);
    if (!mayPropose(who.value)) throw new Invalid({ code: 'rulebook/may-not-propose' });
  };
  app.post(
    '/v1/law/drafts',
    {
      config,
      bodyLimit: draftBody.bytes,
      onRequest,
      schema: { summary: 'Hand in a draft version of a pack: a change of law begins', tags, body: DraftBody },
    },
    async (request, reply) => {
      const made = await draftChange(context, await context.identify(request), request.body);
      if (!made.ok) return sendProblem(reply, made.error);
      return reply.code(201).header('location', `/v1/law/changes/${made.value.change}`).send(made.value);
    },
  );
  app.post(
    '/v1/law/changes/:id/drafts',
    {
      config,
      bodyLimit: draftBody.bytes,
      onRequest,
      schema: { summary: 'Put a further draft in the place of the last one', tags, params: Id, body: RedraftBody },
    },
    async (request, reply) => {
      const made = await redraftChange(context, await context.identify(request), request.params.id, request.body);
      return made.ok ? reply.code(201).send(made.value) : sendProblem(reply, made.error);
    },
  );
  app.post(
    '/v1/law/changes/:id/back',
    { schema: { summary: 'Draft the way back from a change that is in force', tags, params: Id, body: Way } },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const made = await draftBack(context, who.value, request.params.id, request.body);
      return made.ok ? reply.code(201).send(made.value) : sendProblem(reply, made.error);
    },
  );
}

/** The law in the making and the law that was are published; drafts that nobody has proposed are their authors' own. */
function reading(app: App, context: Context): void {
  app.get('/v1/law/changes', { schema: { summary: 'Changes of law, newest first', tags } }, async (request) => ({
    changes: await changesFor(context, await context.identify(request)),
  }));
  app.get(
    '/v1/law/changes/:id',
    { schema: { summary: 'A change of law with its difference and its approvals', tags, params: Id } },
    async (request, reply) =>
      sendResult(reply, await changeView(context, await context.identify(request), request.params.id)),
  );
  app.get(
    '/v1/law/changes/:id/drafts/:number',
    { schema: { summary: 'The files of one draft of a change', tags, params: DraftOf } },
    async (request, reply) => {
      const { id, number } = request.params;
      const found = await draftFiles(context, await context.identify(request), id, Number(number));
      if (!found.ok) return sendProblem(reply, found.error);
      const { pack, version, hash, title, made } = found.value.draft;
      return reply.send({ pack, version, hash, title, made, number: Number(number), files: found.value.files });
    },
  );
  app.get(
    '/v1/law/versions/:pack',
    { schema: { summary: 'Every version of a pack that was ever in force here', tags, params: PackId } },
    async (request, reply) => {
      const found = await versionsFor(context, request.params.pack);
      return found.ok ? reply.send({ versions: found.value }) : sendProblem(reply, found.error);
    },
  );
  app.get(
    '/v1/law/versions/:pack/:from',
    {
      schema: {
        summary: 'One version with its files, by the epoch from which it was in force',
        tags,
        params: VersionOf,
      },
    },
    async (request, reply) => {
      const { pack, from } = request.params;
      const found = await versionFiles(context, pack, from);
      return found.ok
        ? reply.send({ ...found.value.line, differences: found.value.differences, files: found.value.files })
        : sendProblem(reply, found.error);
    },
  );
}
