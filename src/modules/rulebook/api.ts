import { Type } from 'typebox';
import type { Refused } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { type Announcement, type Change, comingOf } from './coming.ts';
import { AssessmentRequest, ComparisonRequest } from './consignment.ts';
import { contrast } from './contrast.ts';
import { lawApi } from './api-law.ts';
import { dryRun } from './dry-run.ts';
import type { Determination, Explained } from './model.ts';
import { inputOf } from './precheck.ts';
import { packsFor } from './service-read.ts';

/** The determination as OpenAPI names it; its fields are those of DESIGN's handles and may be added to. */
const Determination = Type.Unsafe<object>({ type: 'object', additionalProperties: true, description: 'Determination' });

const Differences = Type.Array(
  Type.Object({
    what: Type.String(),
    id: Type.Union([Type.String(), Type.Null()]),
    values: Type.Array(Type.Unknown()),
  }),
  { description: 'What does not read the same, thing by thing, with the value of each answer in their order' },
);
const Comparison = Type.Object({ determinations: Type.Array(Determination), differences: Differences });

const Announced = Type.Object({ id: Type.String(), value: Type.String(), unit: Type.String() });
const Coming = Type.Object({
  determination: Determination,
  changes: Type.Array(
    Type.Object({
      day: Type.String(),
      because: Type.Array(Type.Object({ id: Type.String(), source: Type.String(), begins: Type.Boolean() })),
      differences: Differences,
      determination: Determination,
    }),
    { description: 'The days on which the answer changes, by what is law already' },
  ),
  announced: Type.Array(
    Type.Object({
      day: Type.String(),
      values: Type.Array(Announced),
      differs: Type.Boolean(),
      differences: Differences,
    }),
    { description: 'What is announced and no law: it is never applied, this is what it would change' },
  ),
  until: Type.Union([Type.String(), Type.Null()], { description: 'Days from this one on were not looked at' }),
});

const differences = (answers: readonly Determination[]) =>
  contrast(answers)
    .filter(({ same }) => !same)
    .map(({ what, id, values }) => ({ what, id, values: [...values] }));

/** An answer without its working, where there are many of them. */
const brief = ({ layers: _layers, steps: _steps, ...determination }: Explained): Determination => determination;

const inPlace = ({ error }: Refused, index: number): Refused['error'] => ({
  ...error,
  pointer: `/assessments/${index}${error.pointer ?? ''}`,
});

const changeTold = ({ day, because, before, after }: Change) => ({
  day,
  because: because.map(({ id, source, begins }) => ({ id, source, begins })),
  differences: differences([before, after]),
  determination: brief(after),
});

const announcementTold = ({ day, values, before, after, differs }: Announcement) => ({
  day,
  values: values.map(({ id, value, unit }) => ({ id, value, unit })),
  differs,
  differences: differences([before, after]),
});

const tags = ['assessments'];

function comparison(app: App, context: Context): void {
  app.post(
    '/v1/assessments/comparison',
    {
      schema: {
        summary: 'What would it meet in several economies, zones, versions or on several days, side by side?',
        tags,
        body: ComparisonRequest,
        response: { 200: Comparison },
      },
    },
    async (request, reply) => {
      const answers: Determination[] = [];
      for (const [index, one] of request.body.assessments.entries()) {
        const packs = await packsFor(context, one);
        if (!packs.ok) return sendProblem(reply, inPlace(packs, index));
        const result = dryRun(context, one, packs.value);
        if (!result.ok) return sendProblem(reply, inPlace(result, index));
        answers.push(brief(result.value));
      }
      return reply.send({ determinations: answers, differences: differences(answers) });
    },
  );
}

function comingDays(app: App, context: Context): void {
  app.post(
    '/v1/assessments/coming',
    {
      schema: {
        summary: 'On which days after the one asked about does the answer change, and what is announced?',
        tags,
        body: AssessmentRequest,
        response: { 200: Coming },
      },
    },
    async (request, reply) => {
      const packs = await packsFor(context, request.body);
      if (!packs.ok) return sendProblem(reply, packs.error);
      const { all, home } = packs.value;
      const result = dryRun(context, request.body, packs.value);
      if (!result.ok) return sendProblem(reply, result.error);
      const pack = all.get(result.value.pack.id) ?? home;
      const { changes, announced, until } = comingOf(
        pack,
        inputOf({ request: request.body, determination: result.value }),
      );
      return reply.send({
        determination: brief(result.value),
        changes: changes.map(changeTold),
        announced: announced.map(announcementTold),
        until,
      });
    },
  );
}

/** Asks what a parcel would meet, with nothing stored and no account needed. */
export function api(app: App, context: Context): void {
  app.post(
    '/v1/assessments',
    {
      schema: {
        summary: 'What would this parcel meet at the border?',
        tags,
        body: AssessmentRequest,
        response: { 200: Determination },
      },
    },
    async (request, reply) => {
      const packs = await packsFor(context, request.body);
      if (!packs.ok) return sendProblem(reply, packs.error);
      const result = dryRun(context, request.body, packs.value);
      return result.ok ? reply.send(result.value) : sendProblem(reply, result.error);
    },
  );
  comparison(app, context);
  comingDays(app, context);
  lawApi(app, context);
}
