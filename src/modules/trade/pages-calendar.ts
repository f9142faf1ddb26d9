import { dayOf } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { button, emptyState, inset, table } from '#portal/components.ts';
import { csrfField } from '#portal/form.ts';
import { languageOf } from '#portal/language.ts';
import { type Words, words } from '#portal/text.ts';
import { onDay, ref, when } from '#portal/values.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { calendarSince, calendarText, closeCalendar, type Due, dueFor, holderOf, openCalendar } from './calendar.ts';
import { flowsCsv } from './csv.ts';
import { flowList } from './flows.ts';
import { askedOf, ways } from './pages.ts';

const titleOf = (t: Words, { kind, name }: Due): string => t(`trade.due.${kind}`, { name });

function list(t: Words, dues: readonly Due[], timeZone: string): Html {
  return table({
    caption: t('trade.calendar.due'),
    columns: [
      {
        head: t('trade.calendar.when'),
        cell: ({ at }: Due) => (at.includes('T') ? when(t, at, timeZone) : onDay(t, dayOf(at))),
      },
      { head: t('trade.calendar.what'), cell: ({ kind }) => t(`trade.due-kind.${kind}`) },
      {
        head: t('trade.calendar.parcel'),
        cell: ({ address, name }) => html`<a href="${address}">${ref(name)}</a>`,
        rowHeader: true,
      },
    ],
    rows: dues,
    empty: emptyState({ title: t('trade.calendar.none'), body: t('trade.calendar.none-text') }),
  });
}

/** The private address, shown once; afterwards only that there is one. */
function subscription({ t, csrf }: Visit, since: string | undefined, timeZone: string, made?: string): Html {
  const shown = made === undefined ? '' : inset(html`<p>${t('trade.calendar.made')}</p><p>${ref(made)}</p>`, 'hand');
  const there =
    since === undefined ? '' : html`<p>${t.html('trade.calendar.since', { when: when(t, since, timeZone) })}</p>`;
  const close =
    since === undefined
      ? ''
      : html`<form method="post" action="/trade/calendar/close">${csrfField(csrf)}${button({ text: t('trade.calendar.close'), kind: 'second' })}</form>`;
  const open = html`<form method="post" action="/trade/calendar">${csrfField(csrf)}${button({ text: t(since === undefined ? 'trade.calendar.open' : 'trade.calendar.renew'), kind: 'second' })}</form>`;
  return html`<h2>${t('trade.calendar.subscribe')}</h2><p>${t('trade.calendar.subscribe-text')}</p>${shown}${there}<div class="govuk-button-group">${open}${close}</div>`;
}

async function calendar(context: Context, visit: Visit, made?: string): Promise<Answer> {
  const { t, who } = visit;
  const { timeZone } = context.reference.current().get(packsPart).home;
  const dues = await dueFor(context, who);
  const title = t('trade.calendar.title');
  const own = who.party === null ? '' : subscription(visit, await calendarSince(context, who), timeZone, made);
  const main = html`<h1>${title}</h1><p class="lead">${t('trade.calendar.lead')}</p>${ways(t, 'calendar')}${list(t, dues, timeZone)}${own}`;
  return { page: { title, main, wide: true } };
}

/** What is due, as a page and as a calendar that programs read by its private address; and the screen as a table. */
export function calendarPages(app: App, context: Context): void {
  members(app, context, 'GET', '/trade/calendar', (visit) => calendar(context, visit));
  members(app, context, 'POST', '/trade/calendar', async (visit) => {
    const made = await openCalendar(context, visit.who);
    return made.ok ? calendar(context, visit, made.value) : refusedPage(visit, made.error);
  });
  members(app, context, 'POST', '/trade/calendar/close', async (visit) => {
    await closeCalendar(context, visit.who);
    return { to: '/trade/calendar' };
  });
  app.get('/trade/calendar.ics', { schema: { hide: true } }, async (request, reply) => {
    const who = await holderOf(context, textOf(request.query, 'key'));
    if (!who.ok) return sendProblem(reply, who.error);
    const t = words(
      languageOf({ query: textOf(request.query, 'lang'), acceptLanguage: request.headers['accept-language'] }),
    );
    const dues = await dueFor(context, who.value);
    const text = calendarText(context.config.origin, t('trade.calendar.title'), dues, context.clock.instant(), (due) =>
      titleOf(t, due),
    );
    return reply.type('text/calendar; charset=utf-8').header('cache-control', 'no-store').send(text);
  });
  app.get('/trade/parcels.csv', { schema: { hide: true } }, async (request, reply) => {
    const who = await context.identify(request);
    if (who.assurance === 'none') return reply.redirect('/sign-in?next=/trade', 303);
    const flows = await flowList(context, who, askedOf(request.query));
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="parcels.csv"')
      .header('cache-control', 'no-store')
      .send(flowsCsv(flows));
  });
}
