import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem, sendResult } from '#platform/problem.ts';
import { ok } from '#kernel/result.ts';
import { ReplayBody } from './replay-model.ts';
import { cancelReplay, exampleParcel, replayList, replayView, startReplay } from './replay.ts';

const uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });
const Id = Type.Object({ id: uuid }, { additionalProperties: false });
const ExampleId = Type.Object(
  { id: uuid, handle: Type.String({ pattern: '^[A-Za-z0-9_-]{16}$' }) },
  { additionalProperties: false },
);

const description =
  'Every stored parcel of the period is decided again under the law in force and under the draft, on the facts and ' +
  'account figures of then. Nothing about any parcel changes.';

const tags = ['law'];

/** A draft of the law held against stored parcels: asked for, followed, read, ended. */
export function replayApi(app: App, context: Context): void {
  app.post(
    '/v1/law/drafts/:id/replays',
    {
      schema: {
        summary: 'Hold a draft of the law against the parcels of a period',
        description,
        tags,
        params: Id,
        body: ReplayBody,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const started = await startReplay(context, principal.value, request.params.id, request.body);
      if (!started.ok) return sendProblem(reply, started.error);
      reply.header('location', `/v1/replays/${started.value}`);
      return sendResult(reply, await replayView(context, principal.value, started.value), 202);
    },
  );
  app.get(
    '/v1/law/drafts/:id/replays',
    { schema: { summary: 'The replays of a draft, the last one first', tags, params: Id } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const list = await replayList(context, principal.value, request.params.id);
      return sendResult(reply, list.ok ? ok({ replays: list.value.replays }) : list);
    },
  );
  one(app, context);
}

function one(app: App, context: Context): void {
  app.get(
    '/v1/replays/:id',
    { schema: { summary: 'A replay: how far it has come, and what it came to', tags, params: Id } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await replayView(context, principal.value, request.params.id));
    },
  );
  app.post(
    '/v1/replays/:id/cancellation',
    { schema: { summary: 'End a replay that is not done', tags, params: Id } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const ended = await cancelReplay(context, principal.value, request.params.id);
      if (!ended.ok) return sendProblem(reply, ended.error);
      return sendResult(reply, await replayView(context, principal.value, request.params.id));
    },
  );
  app.get(
    '/v1/replays/:id/examples/:handle',
    { schema: { summary: 'The parcel behind an example, for whoever may see it', tags, params: ExampleId } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { id, handle } = request.params;
      const parcel = await exampleParcel(context, principal.value, id, handle);
      return sendResult(reply, parcel.ok ? ok({ consignment: parcel.value }) : parcel);
    },
  );
}
