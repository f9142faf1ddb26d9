import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import * as checklists from './pages-checklists.ts';
import { runPage } from './pages-closing.ts';
import * as figures from './pages-figures.ts';
import type { Visit } from './pages-kit.ts';
import * as summaries from './pages-summaries.ts';

type Params = Readonly<Record<'id' | 'number' | 'month', string>>;
type Work = (visit: Visit, params: Params) => Promise<FastifyReply>;

/** What everybody may read of a month's trade; and summaries and all figures for whoever they concern. */
export function pages(app: App, context: Context): void {
  const schema = { hide: true };
  const open = (path: string, work: Work): void => {
    app.get<{ Params: Params }>(path, { schema }, async (request, reply) => {
      const principal = await context.identify(request);
      return work({ context, request, reply, principal }, request.params);
    });
  };
  const guarded =
    (work: Work) =>
    async (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply): Promise<FastifyReply> => {
      const principal = await context.identify(request);
      if (principal.assurance === 'none')
        return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
      return work({ context, request, reply, principal }, request.params);
    };
  const get = (path: string, work: Work): void => {
    app.get<{ Params: Params }>(path, { schema }, guarded(work));
  };
  open('/statistics', (visit) => figures.publicPage(visit));
  open('/statistics/:month.csv', (visit, { month }) => figures.publicCsv(visit, month));
  get('/statistics/figures', (visit) => figures.figuresPage(visit));
  get('/statistics/figures/:month.csv', (visit, { month }) => figures.figuresCsv(visit, month));
  get('/summaries', (visit) => summaries.listPage(visit));
  get('/summaries/alone', (visit) => checklists.alonePage(visit));
  app.post<{ Params: Params }>(
    '/summaries/runs',
    { schema },
    guarded((visit) => summaries.start(visit)),
  );
  get('/summaries/runs/:id', (visit, { id }) => runPage(visit, id));
  get('/summaries/:id', (visit, { id }) => summaries.summaryPage(visit, id));
  get('/summaries/:id/lines/:number', (visit, { id, number }) => summaries.linePage(visit, id, number));
  get('/parcels/:id/summary', (visit, { id }) => checklists.placePage(visit, id));
}
