import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem, sendResult } from '#platform/problem.ts';
import { ConsignmentId } from './model.ts';
import { ReturnArrival, ReturnBody } from './returns-model.ts';
import { applyForReturn, reportReturn } from './returns.ts';
import { returnView } from './returns-view.ts';

const applying =
  'By who sells, filed or declares the goods, or runs the platform; for all that is left or some lines of it, as often as ' +
  'something is left. The answer says by when the goods have to be back and what the law would give back today. Too late ' +
  'is no refusal: the goods may go back, and the answer says why nothing is given back. The same again is answered as ' +
  'before.';
const arriving =
  'By the place operator. What came back is kept line by line, and the rules decide at once: what was paid is refunded, ' +
  'what was only secured is never charged, the yearly limit is restored by the same part. Goods that are not as sent, and ' +
  'returns for which facts are missing, wait for an officer. The same again is answered as before.';

/** Goods go back: applied for, back, and what became of it. */
export function returnsApi(app: App, context: Context): void {
  const tags = ['clearance'];
  app.post(
    '/v1/consignments/:id/returns',
    {
      schema: {
        summary: 'Apply for goods of a released import to go back',
        description: applying,
        tags,
        params: ConsignmentId,
        body: ReturnBody,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await applyForReturn(context, principal.value, request.params.id, request.body), 201);
    },
  );
  app.get(
    '/v1/returns/:id',
    { schema: { summary: 'One return: its clock, what came back, what is given back', tags, params: ConsignmentId } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await returnView(context, principal.value, request.params.id));
    },
  );
  app.post(
    '/v1/returns/:id/arrivals',
    {
      schema: {
        summary: 'The goods of a return are back',
        description: arriving,
        tags,
        params: ConsignmentId,
        body: ReturnArrival,
      },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await reportReturn(context, principal.value, request.params.id, request.body), 201);
    },
  );
}
