import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import { filesByHand, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { card, cards, details, emptyState, live, liveList, stat, stats } from '#portal/components.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import { portolanChart } from '#portal/portolan.ts';
import type { Words } from '#portal/text.ts';
import { nameIn, packsPart } from '#modules/rulebook/index.ts';
import { coastOf } from './coast.ts';
import { newsItem, shownFigures } from './pieces.ts';
import { reportPage } from './report.ts';
import { figuresOf, lanesNow, newsAfter } from './service.ts';
import { statementPages } from './statements.ts';
import { figureStream } from './stream.ts';

const newsShown = 8;

/** The doors: who sells, who decides, where he may or is not known yet, and who only looks. */
function doors(t: Words, context: Context, principal: Principal): Html {
  const link = (href: string, key: string): Html => html`<li><a href="${href}">${t(`home.door.${key}`)}</a></li>`;
  const known = principal.assurance !== 'none';
  const decides = principal.authority !== null && principal.mandates.length > 0;
  const door = (name: string, href: string, links: readonly Html[]): Html =>
    card({ title: t(`home.door.${name}`), href, body: html`<p>${t(`home.door.${name}-text`)}</p><ul>${links}</ul>` });
  const tour = context.config.demo ? [link('/tour', 'tour')] : [];
  const desk = door('decide', '/queue', [link('/queue', 'queue'), ...(known ? [] : [link('/sign-in', 'sign-in')])]);
  return cards(
    door('sell', '/assess', [
      link('/assess', 'assess'),
      ...(known && !filesByHand(principal) ? [] : [link('/file', 'file')]),
      link('/commodities', 'commodities'),
      link('/parcels', 'parcels'),
      link('/notices', 'notices'),
      link('/register', 'register'),
      link('/openapi.json', 'openapi'),
    ]),
    ...(decides || !known ? [desk] : []),
    door('look', '/about/report', [
      ...tour,
      link('/find-my-parcel', 'find'),
      link('/rules', 'rules'),
      link('/ports', 'ports'),
      link('/readiness', 'readiness'),
      link('/status', 'status'),
      link('/about/report', 'report'),
      link('/docs', 'docs'),
    ]),
  );
}

async function homePage(context: Context, request: FastifyRequest): Promise<Html> {
  const frame = await context.frame(request);
  const { t } = frame;
  const { home } = context.reference.current().get(packsPart);
  const [figures, lanes, news] = await Promise.all([
    figuresOf(context),
    lanesNow(context),
    newsAfter(context, 0n, newsShown),
  ]);
  const shown = shownFigures(t, figures);
  const chart = portolanChart(t, coastOf(home, lanes));
  const figure = (name: string, tone: 'released' | 'hand' | 'ink', note?: Html): Html =>
    stat({ label: t(`home.figure.${name}`), value: shown[name] ?? '', live: name, tone, ...(note ? { note } : {}) });
  const month = (name: string): Html =>
    t.html('home.figure.month', {
      count: html`<span data-live-field="month-${name}">${shown[`month-${name}`]}</span>`,
    });
  const happened = liveList(
    'news',
    news.map((one) => newsItem(t, one, context)),
    newsShown,
  );
  const nothing = news.length === 0 ? emptyState({ title: t('home.news.none'), body: t('home.news.none-text') }) : '';
  const body = html`<h2>${t('home.figures')}</h2>${stats(
    figure('decided', 'ink', month('decided')),
    figure('released', 'released', month('released')),
    figure('waiting', 'hand'),
  )}<h2>${t('home.news')}</h2>${happened}${nothing}`;
  const main = html`<h1>${t('home.title', { economy: nameIn(t, home.name) })}</h1><p class="lead">${t('home.lead')}</p>${chart.chart}${details(t('home.chart.table'), chart.table)}${live(t, { source: '/events', refresh: '/', body })}<h2>${t('home.doors')}</h2>${doors(t, context, await context.identify(request))}`;
  return page({ ...frame, title: t('home.title', { economy: nameIn(t, home.name) }), main, public: true, wide: true });
}

/** The home page with its figures, and what works by the report's chapters. */
export function pages(app: FastifyInstance, context: Context): void {
  app.get('/', async (request, reply) => sendPage(reply, await homePage(context, request)));
  app.get('/about/report', async (request, reply) => sendPage(reply, await reportPage(context, request)));
  figureStream(app, context);
  statementPages(app, context);
}
