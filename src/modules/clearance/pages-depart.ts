import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { emptyState, pagination, sayingNo, statusTag, summaryList, table } from '#portal/components.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { count, ref, when } from '#portal/values.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { departureList, departureView, keptBackNow, type ListedDeparture, type Waiting } from './depart.ts';
import type { Status } from './model.ts';
import { shownStatus } from './pages-kit.ts';

/** Why a piece may not leave: how its parcel stands, or that nobody has declared it. */
const why = (t: Words, status: string | null): Html =>
  status === null ? html`${t('clearance.departures.undeclared')}` : statusTag(t, shownStatus(status as Status));

/** The parcel of a piece, for whoever may read it; the page behind guards itself. */
const parcelLink = (t: Words, id: string | null): Html =>
  id === null ? html`–` : html`<a href="/parcels/${id}">${t('clearance.departures.to-parcel')}</a>`;

function keptTable(t: Words, timeZone: string, rows: readonly Waiting[]): Html {
  return table({
    caption: t('clearance.departures.kept'),
    hideCaption: true,
    columns: [
      { head: t('clearance.pieces.barcode'), cell: ({ barcode }: Waiting) => ref(barcode), rowHeader: true },
      { head: t('clearance.departures.why'), cell: ({ status }: Waiting) => why(t, status) },
      { head: t('clearance.departures.parcel'), cell: ({ parcel }: Waiting) => parcelLink(t, parcel) },
      {
        head: t('clearance.departures.where'),
        cell: ({ place, operator }: Waiting) => html`${ref(place)}<br><span class="small">${ref(operator)}</span>`,
      },
      { head: t('clearance.departures.since'), cell: ({ since }: Waiting) => when(t, since, timeZone) },
    ],
    rows,
    empty: html`<p>${t('clearance.departures.kept-none')}</p>`,
  });
}

function departuresTable(t: Words, timeZone: string, rows: readonly ListedDeparture[]): Html {
  return table({
    caption: t('clearance.departures.list'),
    hideCaption: true,
    columns: [
      {
        head: t('clearance.departures.reference'),
        cell: ({ id, reference }: ListedDeparture) => html`<a href="/departures/${id}">${ref(reference ?? id)}</a>`,
        rowHeader: true,
      },
      {
        head: t('clearance.departures.left'),
        cell: ({ left }: ListedDeparture) => (left ? when(t, left, timeZone) : '–'),
      },
      { head: t('clearance.departures.place'), cell: ({ place }: ListedDeparture) => (place ? ref(place) : '–') },
      {
        head: t('clearance.departures.pieces'),
        cell: ({ pieces }: ListedDeparture) => count(t, pieces ?? 0),
        numeric: true,
      },
      {
        head: t('clearance.departures.kept-count'),
        cell: ({ kept }: ListedDeparture) => count(t, kept ?? 0),
        numeric: true,
      },
    ],
    rows,
  });
}

/** What left places that this reader keeps, carries from, or watches over, and what was kept back there. */
async function listPage(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect('/sign-in?next=/departures', 303);
  const frame = await context.frame(request);
  const { t } = frame;
  const { timeZone } = context.reference.current().get(packsPart).home;
  const query: Record<string, unknown> = { ...(request.query as object) };
  const before = typeof query['before'] === 'string' && isUuid(query['before']) ? query['before'] : null;
  const { departures, next } = await departureList(context, principal, before);
  const kept = before === null ? await keptBackNow(context, principal) : [];
  const title = t('clearance.departures.title');
  const nothing = emptyState({ title: t('clearance.departures.none'), body: t('clearance.departures.none-text') });
  const open =
    before === null ? html`<h2>${t('clearance.departures.kept')}</h2>${keptTable(t, timeZone, kept)}` : html``;
  const list = html`<h2>${t('clearance.departures.list')}</h2>${departuresTable(t, timeZone, departures)}${pagination(t, next ? { next: `/departures?before=${next}` } : {})}`;
  const main = html`<h1>${title}</h1><p class="lead">${t('clearance.departures.lead')}</p>${departures.length === 0 && before === null ? nothing : html`${open}${list}`}`;
  return sendPage(reply, page({ ...frame, title, main, wide: true }));
}

/** One departure with every piece of it that was kept back. */
async function departurePage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
  const frame = await context.frame(request);
  const { t } = frame;
  const { timeZone } = context.reference.current().get(packsPart).home;
  const crumbs = { text: t('clearance.departures.title'), href: '/departures' };
  const found = isUuid(id) ? await departureView(context, principal, id) : undefined;
  if (!found?.ok) {
    const title = t('clearance.departures.unknown');
    return sendPage(reply, page({ ...frame, title, main: sayingNo(t, title), breadcrumbs: [crumbs] }), 404);
  }
  const { reference = id, place, master, left, pieces, departed, kept, parcels, keptBack = [] } = found.value;
  const rows = [
    ...(left === undefined ? [] : [{ key: t('clearance.departures.left'), value: when(t, left, timeZone) }]),
    ...(place === undefined ? [] : [{ key: t('clearance.departures.place'), value: ref(place) }]),
    ...(master ? [{ key: t('clearance.departures.master'), value: ref(master) }] : []),
    { key: t('clearance.departures.pieces'), value: count(t, pieces ?? 0) },
    { key: t('clearance.departures.departed'), value: count(t, departed ?? 0) },
    { key: t('clearance.departures.parcels'), value: count(t, parcels ?? 0) },
    { key: t('clearance.departures.kept-count'), value: count(t, kept ?? 0) },
  ];
  type Named = (typeof keptBack)[number];
  const named = table({
    caption: t('clearance.departures.kept-here'),
    columns: [
      { head: t('clearance.pieces.barcode'), cell: ({ barcode }: Named) => ref(barcode), rowHeader: true },
      { head: t('clearance.departures.why'), cell: ({ status }: Named) => why(t, status) },
      { head: t('clearance.departures.parcel'), cell: ({ parcel }: Named) => parcelLink(t, parcel) },
    ],
    rows: keptBack,
    empty: html`<p>${t('clearance.departures.kept-none')}</p>`,
  });
  const title = t('clearance.departures.one', { reference });
  const main = html`<h1>${t.html('clearance.departures.one', { reference: ref(reference) })}</h1>${summaryList(rows)}${named}`;
  return sendPage(reply, page({ ...frame, title, main, breadcrumbs: [crumbs, { text: reference }] }));
}

/** The way from the list of parcels to what left, for whoever has anything to do with it. */
export const departuresLink = (t: Words, principal: Principal): Html | '' =>
  principal.authority !== null || principal.roles.some((role) => role === 'operator' || role === 'carrier')
    ? html`<p><a href="/departures">${t('clearance.departures.title')}</a></p>`
    : '';

/** How many pieces wait there, for whoever looks after them; nothing where none does. */
export async function keptBackNote(context: Context, t: Words, principal: Principal): Promise<Html | ''> {
  const many = (await keptBackNow(context, principal)).length;
  return many === 0 ? '' : html`<p><a href="/departures">${t('clearance.departures.waiting', { count: many })}</a></p>`;
}

/** Departures, and what was kept back. */
export function departPages(app: App, context: Context): void {
  app.get('/departures', { schema: { hide: true } }, (request, reply) => listPage(context, request, reply));
  app.get<{ Params: { id: string } }>('/departures/:id', { schema: { hide: true } }, (request, reply) =>
    departurePage(context, request, reply, request.params.id),
  );
}
