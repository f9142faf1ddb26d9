import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { AssessmentRequest } from './consignment.ts';
import { lawApi } from './api-law.ts';
import { dryRun } from './dry-run.ts';
import { packsFor } from './service-read.ts';

/** The determination as OpenAPI names it; its fields are those of DESIGN's handles and may be added to. */
const Determination = Type.Unsafe<object>({ type: 'object', additionalProperties: true, description: 'Determination' });

/** Asks what a parcel would meet, with nothing stored and no account needed. */
export function api(app: App, context: Context): void {
  app.post(
    '/v1/assessments',
    {
      schema: {
        summary: 'What would this parcel meet at the border?',
        tags: ['assessments'],
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
  lawApi(app, context);
}
