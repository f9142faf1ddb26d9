import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import { day as parseDay } from '#kernel/effective.ts';
import { isUuid } from '#kernel/id.ts';
import { refuse } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { emptyState, filterForm, linkButton, pagination, statusTag, table, tabs } from '#portal/components.ts';
import { type Field, formFields } from '#portal/form.ts';
import { countText } from '#portal/format.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { money, ref, when } from '#portal/values.ts';
import { packsPart, type Voice, voiceOf } from '#modules/rulebook/index.ts';
import { cancel } from './cancel.ts';
import { amendPages } from './pages-amend.ts';
import { askedFor, postedCancellation } from './pages-cancel.ts';
import { departPages, departuresLink } from './pages-depart.ts';
import { exportPages } from './pages-export.ts';
import { filePages } from './pages-files.ts';
import { nextPages } from './pages-next.ts';
import { shownStatus } from './pages-kit.ts';
import { parcelPage } from './pages-parcel.ts';
import { returnPages } from './pages-returns.ts';
import { sentBack } from './pages-send-back.ts';
import { replayPages } from './pages-replay.ts';
import { stockPages } from './pages-stock.ts';
import { statuses } from './model.ts';
import { counts, find, type ListedParcel, type ListQuery, parcelList } from './list.ts';

const perPage = 25;
type Listed = Partial<ListedParcel> & { id: string };
type Waiting = Awaited<ReturnType<typeof parcelList>>['waiting'][number];

/** A text of the query; nothing when it is empty or was given twice. */
function asked(request: FastifyRequest, name: string): string | undefined {
  const query: Record<string, unknown> =
    typeof request.query === 'object' && request.query !== null ? { ...request.query } : {};
  const value = query[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 64) : undefined;
}

/** What the address asks for; what makes no sense is passed over, since a list is no form that could be wrong. */
function queryOf(request: FastifyRequest): ListQuery {
  const query: ListQuery = { limit: perPage };
  const status = statuses.find((one) => one === asked(request, 'status'));
  const order = asked(request, 'order');
  const from = parseDay(asked(request, 'from') ?? '');
  const until = parseDay(asked(request, 'until') ?? '');
  const before = asked(request, 'before');
  if (status) query.status = status;
  if (order) query.order = order;
  if (from) query.from = from;
  if (until) query.until = until;
  if (before && isUuid(before)) query.before = before;
  return query;
}

const address = (query: ListQuery, more: Record<string, string> = {}): string => {
  const { limit: _limit, ...kept } = { ...query, ...more };
  const text = new URLSearchParams(Object.entries(kept)).toString();
  return text === '' ? '/parcels' : `/parcels?${text}`;
};

const fields: readonly Field[] = [
  { name: 'mark', label: 'clearance.list.mark', hint: 'clearance.list.mark-hint', type: 'text', latin: true },
  { name: 'order', label: 'clearance.list.order', type: 'text', latin: true },
  { name: 'from', label: 'clearance.list.from', type: 'date' },
  { name: 'until', label: 'clearance.list.until', type: 'date' },
];

function filters(t: Words, request: FastifyRequest, query: ListQuery): Html {
  const values = Object.fromEntries(fields.map(({ name }) => [name, asked(request, name) ?? '']));
  const status = query.status === undefined ? '' : html`<input type="hidden" name="status" value="${query.status}">`;
  return filterForm(t, {
    action: '/parcels',
    fields: html`${status}${formFields(t, { fields, values })}`,
    clear: '/parcels',
  });
}

/** The ways through the list: every status that has parcels, with how many. */
function ways(t: Words, query: ListQuery, found: Readonly<Record<string, number>>): Html {
  const all = Object.values(found).reduce((sum, one) => sum + one, 0);
  const { status: _status, before: _before, ...rest } = query;
  const shown = statuses.filter((status) => (found[status] ?? 0) > 0 || status === query.status);
  return tabs(t('clearance.list.statuses'), [
    {
      text: t('clearance.list.all'),
      href: address(rest),
      current: query.status === undefined,
      count: countText(t.lang, all),
    },
    ...shown.map((status) => ({
      text: t(`portal.status.${shownStatus(status)}`),
      href: address({ ...rest, status }),
      current: query.status === status,
      count: countText(t.lang, found[status] ?? 0),
    })),
  ]);
}

function statusCell(t: Words, { status, outcome }: Listed): Html {
  if (status === undefined) return html`–`;
  if (status === 'lodged' && outcome !== undefined) return statusTag(t, outcome);
  return statusTag(t, outcome === 'released-changed' && status === 'released' ? outcome : shownStatus(status));
}

function listTable(voice: Voice, timeZone: string, rows: readonly Listed[]): Html {
  const { t } = voice;
  return table({
    caption: t('clearance.list.title'),
    hideCaption: true,
    columns: [
      {
        head: t('clearance.list.declaration'),
        cell: (row: Listed) => html`<a href="/parcels/${row.id}">${ref(row.declaration ?? row.id)}</a>`,
        rowHeader: true,
      },
      { head: t('clearance.list.status'), cell: (row: Listed) => statusCell(t, row) },
      { head: t('clearance.list.route'), cell: ({ route }: Listed) => (route ? voice('route', route) : '–') },
      {
        head: t('clearance.list.received'),
        cell: ({ received }: Listed) => (received ? when(t, received, timeZone) : '–'),
      },
      {
        head: t('clearance.list.pieces'),
        cell: ({ presented, pieces }: Listed) =>
          pieces === undefined ? '–' : t('clearance.list.of', { presented: presented ?? 0, pieces }),
        numeric: true,
      },
      {
        head: t('clearance.list.value'),
        cell: ({ declaredValue }: Listed) => (declaredValue ? money(t, declaredValue) : '–'),
        numeric: true,
      },
      {
        head: t('clearance.list.border'),
        cell: ({ border }: Listed) => (border ? money(t, border) : '–'),
        numeric: true,
      },
    ],
    rows,
  });
}

function waitingTable(voice: Voice, timeZone: string, rows: readonly Waiting[], status?: string): Html | '' {
  const { t } = voice;
  if (rows.length === 0) return '';
  const missing = ({ missing: slips = [] }: Waiting): string => slips.map((slip) => voice('slip', slip)).join(', ');
  const title = t(status === 'cancelled' ? 'clearance.list.cancelled-waiting' : 'clearance.list.waiting');
  return html`<h2>${title}</h2>${table({
    caption: title,
    hideCaption: true,
    columns: [
      {
        head: t('clearance.list.declaration'),
        cell: (row: Waiting) => html`<a href="/parcels/${row.id}">${ref(row.declaration)}</a>`,
        rowHeader: true,
      },
      { head: t('clearance.list.missing'), cell: missing },
      { head: t('clearance.list.received'), cell: ({ received }: Waiting) => when(t, received, timeZone) },
      { head: t('clearance.list.due'), cell: ({ due }: Waiting) => (due === null ? '–' : when(t, due, timeZone)) },
    ],
    rows,
  })}<h2>${t('clearance.list.decided')}</h2>`;
}

async function listPage(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
  const mark = asked(request, 'mark');
  const found = mark === undefined ? [] : await find(context, principal, mark);
  if (found.length === 1) return reply.redirect(`/parcels/${found[0]}`, 303);
  const frame = await context.frame(request);
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(frame.t, home);
  const { t } = voice;
  const query = queryOf(request);
  const [{ rows, next, waiting }, totals] = await Promise.all([
    parcelList(context, principal, query),
    counts(context, principal),
  ]);
  const several =
    mark === undefined
      ? ''
      : found.length === 0
        ? html`<p>${t('clearance.list.mark-none', { mark })}</p>`
        : html`<h2>${t('clearance.list.mark-several', { mark })}</h2><ul>${found.map((id) => html`<li><a href="/parcels/${id}">${ref(id)}</a></li>`)}</ul>`;
  const nothing = emptyState({
    title: t('clearance.list.empty'),
    body: t('clearance.list.empty-text'),
    action: linkButton({ text: t('clearance.list.try'), href: '/assess', kind: 'second' }),
  });
  const list =
    rows.length === 0 && waiting.length === 0
      ? nothing
      : html`${waitingTable(voice, home.timeZone, waiting, query.status)}${rows.length > 0 ? listTable(voice, home.timeZone, rows) : ''}`;
  const { before, ...newest } = query;
  // Pages are cut by a cursor that only leads on, so the way back is to the newest.
  const back = before === undefined ? '' : html`<p><a href="${address(newest)}">${t('clearance.list.newest')}</a></p>`;
  const more = html`${pagination(t, next === null ? {} : { next: address(query, { before: next }) })}${back}`;
  const title = principal.authority === null ? t('clearance.list.title') : t('clearance.list.title-authority');
  const main = html`<h1>${title}</h1>${departuresLink(t, principal)}${ways(t, query, totals)}${filters(t, request, query)}${several}${list}${more}`;
  return sendPage(reply, page({ ...frame, title, main, wide: true }));
}

/** Takes a declaration back as the form of its page asks. */
async function cancelled(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect('/sign-in', 303);
  const values = postedCancellation(request.body);
  const body = context.checkCsrf(request) ? askedFor(values) : refuse('clearance/form-not-ours');
  const done = body.ok && isUuid(id) ? await cancel(context, principal, id, body.value) : body;
  return done.ok
    ? reply.redirect(`/parcels/${id}`, 303)
    : parcelPage(context, request, reply, id, { values, refusal: done.error });
}

/** My parcels, and one of them. */
export function pages(app: App, context: Context): void {
  app.get('/parcels', { schema: { hide: true } }, (request, reply) => listPage(context, request, reply));
  app.get<{ Params: { id: string } }>('/parcels/:id', { schema: { hide: true } }, (request, reply) =>
    parcelPage(context, request, reply, request.params.id),
  );
  app.post<{ Params: { id: string } }>('/parcels/:id/cancellation', { schema: { hide: true } }, (request, reply) =>
    cancelled(context, request, reply, request.params.id),
  );
  filePages(app, context);
  departPages(app, context);
  exportPages(app, context);
  app.post<{ Params: { id: string } }>('/parcels/:id/returns', { schema: { hide: true } }, async (request, reply) => {
    const principal = await context.identify(request);
    if (principal.assurance === 'none') return reply.redirect('/sign-in', 303);
    const { id } = request.params;
    const tried = await sentBack(context, request, principal, id);
    return tried ? parcelPage(context, request, reply, id, undefined, tried) : reply.redirect(`/parcels/${id}`, 303);
  });
  returnPages(app, context);
  amendPages(app, context);
  stockPages(app, context);
  nextPages(app, context);
  replayPages(app, context);
}
