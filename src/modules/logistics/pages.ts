import type { FastifyReply } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import { may } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { emptyState, inset, linkButton, pagination, table, tabs } from '#portal/components.ts';
import { type Field, form, posted } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import { count, money, ref, when } from '#portal/values.ts';
import { transferFields, transferFrom } from './forms.ts';
import { statuses } from './model.ts';
import { endName, endText, given, refused, statusTag, type Tried, type Visit, visited } from './pages-kit.ts';
import { stepped, transferPage } from './pages-transfer.ts';
import { prepare } from './prepare.ts';
import { type Listed, scanTransfer, transferList } from './views.ts';

const party = ({ who }: Visit) => (who.party === null ? [] : [who.party]);
const mayPrepare = (visit: Visit): boolean =>
  may(visit.who, 'transfer.prepare', { kind: 'transfer', id: '', parties: { carrier: party(visit) }, desk: null });
const mayReport = (visit: Visit): boolean =>
  may(visit.who, 'transfer.report', { kind: 'transfer', id: '', parties: { operator: party(visit) }, desk: null });

function listTable(visit: Visit, rows: readonly Listed[]): Html {
  const { t, timeZone } = visit;
  return table({
    caption: t('logistics.title'),
    hideCaption: true,
    columns: [
      {
        head: t('logistics.number'),
        cell: ({ id, master = '' }: Listed) => html`<a href="/transfers/${id}">${ref(master)}</a>`,
        rowHeader: true,
      },
      { head: t('logistics.status'), cell: ({ status }: Listed) => (status ? statusTag(t, status) : '–') },
      {
        head: t('logistics.way'),
        cell: ({ from, to }: Listed) => (from && to ? html`${endName(visit, from)}<br>${endName(visit, to)}` : '–'),
      },
      { head: t('logistics.departed'), cell: ({ departed }: Listed) => (departed ? when(t, departed, timeZone) : '–') },
      { head: t('logistics.due'), cell: ({ due }: Listed) => (due ? when(t, due, timeZone) : '–') },
      { head: t('logistics.pieces'), cell: ({ counts }: Listed) => count(t, counts?.all ?? 0), numeric: true },
      {
        head: t('logistics.state.missing'),
        cell: ({ counts }: Listed) => count(t, counts?.missing ?? 0),
        numeric: true,
      },
      {
        head: t('logistics.held'),
        cell: ({ guarantee }: Listed) => (guarantee ? money(t, guarantee.held) : '–'),
        numeric: true,
      },
    ],
    rows,
  });
}

async function listPage(visit: Visit): Promise<FastifyReply> {
  const { context, who, frame, reply, request, t } = visit;
  const status = statuses.find((known) => known === given(request.query, 'status'));
  const asked = given(request.query, 'before');
  const before = asked !== undefined && isUuid(asked) ? asked : undefined;
  const { rows, next } = await transferList(context, who, { status, before });
  const at = (more: Record<string, string>): string => `/transfers?${new URLSearchParams(more).toString()}`;
  const ways = tabs(t('logistics.statuses'), [
    { text: t('logistics.all'), href: '/transfers', current: status === undefined },
    ...statuses.map((known) => ({
      text: t(`logistics.status.${known}`),
      href: at({ status: known }),
      current: status === known,
    })),
  ]);
  const list =
    rows.length === 0
      ? emptyState({ title: t('logistics.empty'), body: t('logistics.empty-text') })
      : listTable(visit, rows);
  const more = pagination(t, next === null ? {} : { next: at({ ...(status ? { status } : {}), before: next }) });
  const doing = [
    ...(mayPrepare(visit) ? [linkButton({ text: t('logistics.new'), href: '/transfers/new' })] : []),
    ...(mayReport(visit) ? [linkButton({ text: t('logistics.scan'), href: '/transfers/scan', kind: 'second' })] : []),
  ];
  const main = html`<h1>${t('logistics.title')}</h1><p class="lead">${t('logistics.lead')}</p>${doing}${ways}${list}${more}`;
  return sendPage(reply, page({ ...frame, title: t('logistics.title'), main, wide: true }));
}

async function newPage(visit: Visit, tried?: Tried): Promise<FastifyReply> {
  const { frame, reply, t, csrf } = visit;
  if (!mayPrepare(visit)) return refused(visit, { code: 'logistics/not-yours', params: {} }, 403);
  const title = t('logistics.new');
  const back = tried ? { values: tried.values, refusal: tried.refusal } : {};
  const drawn = form(t, {
    action: '/transfers/new',
    fields: transferFields(visit),
    submit: t('logistics.new-submit'),
    csrf,
    columns: true,
    ...back,
  });
  const main = html`<h1>${title}</h1><p class="lead">${t('logistics.new-lead')}</p>${drawn}`;
  const breadcrumbs = [{ text: t('logistics.title'), href: '/transfers' }, { text: title }];
  const document = page({ ...frame, title, main, breadcrumbs, error: tried !== undefined });
  return sendPage(reply, document, tried === undefined ? 200 : 422);
}

async function prepared(visit: Visit): Promise<FastifyReply> {
  const { context, who, reply, request } = visit;
  const values = posted(transferFields(visit), request.body);
  const body = transferFrom(visit, values);
  const done = body.ok ? await prepare(context, who, body.value, JSON.stringify(body.value)) : body;
  if (!done.ok) return newPage(visit, { step: 'new', values, refusal: done.error });
  return reply.redirect(`/transfers/${done.value}`, 303);
}

const scanField: Field = {
  name: 'barcode',
  label: 'logistics.barcode',
  type: 'text',
  latin: true,
  width: 20,
  autocomplete: 'off',
};
const scanTones = {
  expected: 'released',
  found: 'released',
  arrived: 'quiet',
  over: 'hand',
  unknown: 'stopped',
} as const;

/** What a handheld shows: one field, one large answer, nothing else to read. */
async function scanPage(visit: Visit): Promise<FastifyReply> {
  const { context, who, frame, reply, request, t } = visit;
  if (!mayReport(visit)) return refused(visit, { code: 'logistics/not-yours', params: {} }, 403);
  const barcode = given(request.query, 'barcode');
  const scanned = barcode === undefined ? undefined : await scanTransfer(context, who, barcode.slice(0, 50));
  const said = scanned?.ok ? scanned.value : undefined;
  const on = said?.transfer
    ? html`<p>${t.html('logistics.scan-on', { master: html`<a href="/transfers/${said.transfer}">${ref(said.master ?? '')}</a>` })}</p>`
    : '';
  const should = said?.to ? html`<p>${t('logistics.scan-to')}</p><p>${endText(visit, said.to)}</p>` : '';
  const answer = said
    ? inset(
        html`<p>${ref(said.barcode)}</p><p class="lead"><strong>${t(`logistics.scan.${said.answer}`)}</strong></p><p>${t(`logistics.scan.${said.answer}-text`)}</p>${on}${should}`,
        scanTones[said.answer],
      )
    : scanned
      ? inset(html`<p>${t('logistics/not-yours', { party: '' })}</p>`, 'hand')
      : '';
  const asked = form(t, {
    action: '/transfers/scan',
    method: 'get',
    fields: [scanField],
    submit: t('logistics.scan-submit'),
  });
  const title = t('logistics.scan');
  const main = html`<h1>${title}</h1><div role="status">${answer}</div>${asked}`;
  const breadcrumbs = [{ text: t('logistics.title'), href: '/transfers' }, { text: title }];
  return sendPage(reply, page({ ...frame, title, main, breadcrumbs }));
}

/** Transfers, one of them with the steps that can be taken, and the scan for a handheld. */
export function pages(app: App, context: Context): void {
  const hidden = { schema: { hide: true } };
  type Named = { Params: { id: string } };
  app.get('/transfers', hidden, (request, reply) => visited(context, request, reply, listPage));
  app.get('/transfers/new', hidden, (request, reply) => visited(context, request, reply, (visit) => newPage(visit)));
  app.post('/transfers/new', hidden, (request, reply) => visited(context, request, reply, prepared));
  app.get('/transfers/scan', hidden, (request, reply) => visited(context, request, reply, scanPage));
  app.get<Named>('/transfers/:id', hidden, (request, reply) =>
    visited(context, request, reply, (visit) => transferPage(visit, request.params.id)),
  );
  for (const name of ['departure', 'withdrawal', 'splits', 'arrivals', 'explanation'])
    app.post<Named>(`/transfers/:id/${name}`, hidden, (request, reply) =>
      visited(context, request, reply, (visit) => stepped(visit, request.params.id, name)),
    );
}
