import { Type } from 'typebox';
import { ok, refuse } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem, sendResult } from '#platform/problem.ts';
import * as closing from './closing.ts';
import { cellsView, publishedList, publishedMonth } from './figures.ts';
import { MonthQuery, monthText, PageQuery, RunBody } from './model.ts';
import * as service from './service.ts';

const uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });
const Id = Type.Object({ id: uuid }, { additionalProperties: false });
const LineId = Type.Object(
  { id: uuid, number: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }) },
  { additionalProperties: false },
);
const Month = Type.Object({ month: Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' }) });
const After = Type.Object({ after: Type.Optional(uuid) }, { additionalProperties: false });

const tags = ['statistics'];
const whatClosingDoes =
  'Every checklist that was released up to the end of the month and stands in no book yet is merged with those like ' +
  'it, by the law of the economy. The work goes on behind the doors; the run tells how far it has come.';

/** Months closed, summary declarations with their checklists both ways, and the figures made of them. */
export function api(app: App, context: Context): void {
  runDoors(app, context);
  summaryDoors(app, context);
  checklistDoors(app, context);
  figureDoors(app, context);
}

function runDoors(app: App, context: Context): void {
  app.post(
    '/v1/summaries/runs',
    { schema: { summary: 'Close a month', description: whatClosingDoes, tags, body: RunBody } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const started = await closing.startRun(context, principal.value, request.body);
      if (!started.ok) return sendProblem(reply, started.error);
      reply.header('location', `/v1/summaries/runs/${started.value}`);
      return sendResult(reply, await closing.runView(context, principal.value, started.value), 202);
    },
  );
  app.get(
    '/v1/summaries/runs',
    { schema: { summary: 'The last closings of months', tags } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, ok({ runs: await closing.runList(context, principal.value) }));
    },
  );
  app.get(
    '/v1/summaries/runs/:id',
    { schema: { summary: 'The closing of a month: how far it has come', tags, params: Id } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await closing.runView(context, principal.value, request.params.id));
    },
  );
}

function summaryDoors(app: App, context: Context): void {
  app.get(
    '/v1/summaries',
    { schema: { summary: 'The summary declarations of a month', tags, querystring: PageQuery } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { month = (await service.monthsFor(context, principal.value))[0]!, after } = request.query;
      return sendResult(
        reply,
        ok({ month, ...(await service.summaryList(context, principal.value, { month, after })) }),
      );
    },
  );
  app.get(
    '/v1/summaries/:id',
    {
      schema: {
        summary: 'A summary declaration: its lines as filed, their corrections, and what stands now',
        tags,
        params: Id,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await service.summaryView(context, principal.value, request.params.id));
    },
  );
  app.get(
    '/v1/summaries/:id/lines/:number',
    { schema: { summary: 'A line of a summary with its checklists', tags, params: LineId, querystring: After } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { id, number } = request.params;
      const of = { id, number: Number(number), after: request.query.after };
      return sendResult(reply, await service.lineChecklists(context, principal.value, of));
    },
  );
}

function checklistDoors(app: App, context: Context): void {
  app.get(
    '/v1/consignments/:id/summary',
    { schema: { summary: 'The summary lines of a checklist, or why it stands in none', tags, params: Id } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await service.placeView(context, principal.value, request.params.id));
    },
  );
  app.get(
    '/v1/summaries/alone',
    {
      schema: {
        summary: 'Released checklists that stand in no summary, with the reason',
        tags,
        querystring: PageQuery,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { month = (await service.monthsFor(context, principal.value))[0]!, after } = request.query;
      return sendResult(reply, ok({ month, ...(await service.aloneList(context, principal.value, { month, after })) }));
    },
  );
}

function figureDoors(app: App, context: Context): void {
  app.get(
    '/v1/statistics/figures',
    { schema: { summary: 'Every figure of a month, for authorities', tags, querystring: MonthQuery } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { month = monthText(closing.monthNow(context)) } = request.query;
      const figures = await cellsView(context, principal.value, month);
      return sendResult(reply, figures.ok ? ok({ month, figures: figures.value }) : figures);
    },
  );
  app.get(
    '/v1/statistics',
    { schema: { summary: 'The months of which figures are published', tags } },
    async (_request, reply) => sendResult(reply, ok({ months: await publishedList(context) })),
  );
  app.get(
    '/v1/statistics/:month',
    {
      schema: {
        summary: 'What is published of a month',
        description: 'A row without figures has fewer than three traders behind it, or would tell the figures of one.',
        tags,
        params: Month,
      },
    },
    async (request, reply) => {
      const published = await publishedMonth(context, request.params.month);
      return sendResult(
        reply,
        published === undefined ? refuse('statistics/month-unpublished', { pointer: '/month' }) : ok(published),
      );
    },
  );
}
