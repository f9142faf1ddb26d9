import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { identified } from '#platform/gates.ts';
import { sendProblem, sendResult } from '#platform/problem.ts';
import { amend } from './amend.ts';
import { AmendmentBody, RedeterminationBody } from './amend-model.ts';
import { ConsignmentId } from './model.ts';
import { askRedetermination } from './redetermination.ts';
import { versionsView } from './versions.ts';

const amending =
  'By who filed it, before release and before control is announced. The whole new declaration replaces the version that ' +
  'is named; it is decided anew under the law of the day of acceptance, and every account moves by the difference. What ' +
  'would not be accepted is refused with the reasons, and the declaration stands as it was. The same again is answered ' +
  'as before.';
const redetermining =
  'By its filer, declarant or importer, or by an officer who clears or taxes, after release. A desk decides: the old ' +
  'version is kept, the balance is asked for, and what was paid too much is given back. The same again is answered as ' +
  'before.';

/** What becomes of a declaration after its acceptance: amended, determined again, and all its versions. */
export function amendments(app: App, context: Context): void {
  const tags = ['clearance'];
  const params = ConsignmentId;
  app.post(
    '/v1/consignments/:id/amendments',
    {
      schema: {
        summary: 'Amend a declaration before release',
        description: amending,
        tags,
        params,
        body: AmendmentBody,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await amend(context, principal.value, request.params.id, request.body), 201);
    },
  );
  app.post(
    '/v1/consignments/:id/redeterminations',
    {
      schema: {
        summary: 'Ask for the charges of a released consignment to be determined again',
        description: redetermining,
        tags,
        params,
        body: RedeterminationBody,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const asked = await askRedetermination(context, principal.value, request.params.id, request.body);
      return sendResult(reply, asked, 202);
    },
  );
  app.get(
    '/v1/consignments/:id/versions',
    { schema: { summary: 'Every version of a declaration: who, when, why, and what changed', tags, params } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await versionsView(context, principal.value, request.params.id));
    },
  );
}
