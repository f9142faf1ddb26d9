import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { ReportBody } from './model.ts';
import { answersOf, questions, scoresOf } from './questions.ts';
import { reportFraud, reportState } from './service.ts';

const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const tags = ['readiness'];
const Answers = Type.Object(
  {
    answers: Type.String({
      maxLength: 40,
      description: 'One sign a question: 0 no, 1 partly, 2 yes, - nothing said.',
    }),
  },
  { additionalProperties: false },
);
const Number = Type.Object({ number: Type.String({ minLength: 1, maxLength: 40 }) }, { additionalProperties: false });

/** The self-assessment, and reports of fraud: no key is needed for either. */
export function api(app: App, context: Context): void {
  app.get(
    '/v1/readiness',
    {
      schema: {
        summary: 'How ready an economy is by its answers to twenty questions; nothing is stored',
        tags,
        querystring: Answers,
        response: { 200: open('`areas` with their points, and the `questions` in the order of the answers.') },
      },
    },
    (request, reply) => {
      const answers = answersOf(request.query.answers);
      if (!answers.ok) return sendProblem(reply, answers.error);
      return reply.send({ areas: scoresOf(answers.value), questions });
    },
  );
  app.post(
    '/v1/fraud-reports',
    {
      schema: {
        summary: 'Report fraud, with or without saying who one is',
        tags,
        body: ReportBody,
        response: { 201: open('`number`, by which the reporter sees what becomes of it.') },
      },
    },
    async (request, reply) => {
      const made = await reportFraud(context, request.body, { address: request.ip });
      return made.ok ? reply.code(201).send(made.value) : sendProblem(reply, made.error);
    },
  );
  app.get(
    '/v1/fraud-reports/:number',
    {
      schema: {
        summary: 'What became of a report of fraud',
        tags,
        params: Number,
        response: { 200: open('Where it stands and what was said.') },
      },
    },
    async (request, reply) => {
      const view = await reportState(context, request.params.number, request.ip);
      return view.ok ? reply.send(view.value) : sendProblem(reply, view.error);
    },
  );
}
