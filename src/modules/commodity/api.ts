import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { ChoiceBody, SuggestionBody } from './model.ts';
import { choose, suggest, suggestionView } from './service.ts';

const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });
const tags = ['commodity'];

/** Codes for goods that are described in words: public, limited by address, and apart from every decision. */
export function api(app: App, context: Context): void {
  const description =
    'Up to 50 lines at once, in English, Chinese, French or Arabic; 200 lines a minute for one address. Each candidate ' +
    'has a score from 0 to 100: how much of what the description says speaks for the code. Below the threshold of the ' +
    'pack, and where nothing is found, `person.decides` is true and says why. What is answered is stored apart from ' +
    'every decision; nothing that decides reads it.';
  app.post(
    '/v1/commodity-suggestions',
    {
      schema: {
        summary: 'Suggest codes for goods that are described in words; for anybody',
        description,
        tags,
        body: SuggestionBody,
        response: { 201: open('The suggestion, with `kind: "suggestion"` and `binding: false`.') },
      },
    },
    async (request, reply) => {
      const who = await context.identify(request);
      const made = await suggest(context, { who, address: request.ip, shown: null }, request.body);
      return made.ok ? reply.code(201).send(made.value) : sendProblem(reply, made.error);
    },
  );
  app.get(
    '/v1/commodity-suggestions/:id',
    {
      schema: {
        summary: 'A suggestion as it was given, and what was chosen of it',
        tags,
        params: Id,
        response: { 200: open('The suggestion.') },
      },
    },
    async (request, reply) => {
      const found = await suggestionView(context, await context.identify(request), request.params.id);
      return found.ok ? reply.send(found.value) : sendProblem(reply, found.error);
    },
  );
  app.post(
    '/v1/commodity-suggestions/:id/choices',
    {
      schema: {
        summary: 'Note which of the suggested codes was chosen for a line; it files nothing',
        tags,
        params: Id,
        body: ChoiceBody,
        response: { 200: open('The suggestion with the choice.') },
      },
    },
    async (request, reply) => {
      const done = await choose(context, await context.identify(request), request.params.id, request.body);
      return done.ok ? reply.send(done.value) : sendProblem(reply, done.error);
    },
  );
}
