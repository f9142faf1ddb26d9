import type { FastifyReply, FastifyRequest } from 'fastify';
import { addDays, dayIn, dayOf } from '#kernel/effective.ts';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { refuse, type Refusal } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { button, emptyState, progress, sayingNo, table, tag } from '#portal/components.ts';
import { csrfField, type Field, form, posted, type Values } from '#portal/form.ts';
import { countText } from '#portal/format.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { count, onDay, ref, when, written } from '#portal/values.ts';
import { type Draft, packsPart, voiceOf } from '#modules/rulebook/index.ts';
import {
  assumedFor,
  cancelReplay,
  exampleParcel,
  mayReplay,
  replayList,
  replayView,
  type SeenReplay,
  startReplay,
} from './replay.ts';
import { csvOf } from './replay-csv.ts';
import { resultPart } from './pages-replay-result.ts';

interface Visit {
  readonly context: Context;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly principal: Principal;
}

const listAt = (draft: string): string => `/law/changes/${draft}/replays`;
const days = 30;
/** Seconds after which a page asks again how far a replay has come; by a header, so that no script is needed. */
const refreshSeconds = 3;

const fields: readonly Field[] = [
  { name: 'from', label: 'clearance.replay.from', type: 'date' },
  { name: 'until', label: 'clearance.replay.until', hint: 'clearance.replay.until-hint', type: 'date' },
  {
    name: 'assumed',
    label: 'clearance.replay.assumed',
    hint: 'clearance.replay.assumed-hint',
    type: 'date',
    optional: true,
  },
];

/** The last thirty days, and the day that the draft begins on where they lie before it. */
function usual(context: Context, draft: Draft): Values {
  const until = dayIn(context.clock.instant(), 'UTC');
  const from = addDays(until, -days);
  return { from, until, assumed: assumedFor(draft, from) ?? '' };
}

async function refused({ context, request, reply }: Visit, refusal: Refusal): Promise<FastifyReply> {
  const frame = await context.frame(request);
  const title = frame.t(refusal.code, refusal.params ?? {});
  return sendPage(reply, page({ ...frame, title, main: sayingNo(frame.t, title) }), 404);
}

const tones: Readonly<Record<string, Tone>> = { done: 'released', cancelled: 'quiet', failed: 'stopped' };
const stateTag = (t: Words, state: string): Html => tag(t(`clearance.replay.state.${state}`), tones[state] ?? 'ink');

const periodOf = (t: Words, { from, until }: SeenReplay): Fragment =>
  from && until ? html`${onDay(t, dayOf(from))} – ${onDay(t, addDays(dayOf(until), -1))}` : '–';

const assumedOf = (t: Words, { assumed }: SeenReplay): Fragment =>
  assumed === undefined || assumed === 'own' ? t('clearance.replay.own-day') : onDay(t, dayOf(assumed));

function listTable(t: Words, timeZone: string, replays: readonly SeenReplay[]): Html {
  return table<SeenReplay>({
    caption: t('clearance.replay.list'),
    hideCaption: true,
    rows: replays,
    columns: [
      {
        head: t('clearance.replay.period'),
        rowHeader: true,
        cell: (row) => html`<a href="/replays/${row.id}">${periodOf(t, row)}</a>`,
      },
      { head: t('clearance.replay.assumed'), cell: (row) => assumedOf(t, row) },
      { head: t('clearance.replay.state'), cell: ({ state = 'running' }) => stateTag(t, state) },
      { head: t('clearance.replay.started'), cell: ({ started }) => (started ? when(t, started, timeZone) : '–') },
      {
        head: t('clearance.replay.parcels'),
        cell: ({ result }) => (result?.parcels === undefined ? '–' : count(t, result.parcels)),
        numeric: true,
      },
      {
        head: t('clearance.replay.changed'),
        cell: ({ result }) => (result?.changed === undefined ? '–' : count(t, result.changed)),
        numeric: true,
      },
    ],
    empty: emptyState({ title: t('clearance.replay.none'), body: t('clearance.replay.none-text') }),
  });
}

async function listPage(visit: Visit, id: string, tried?: { values: Values; refusal: Refusal }): Promise<FastifyReply> {
  const { context, request, reply, principal } = visit;
  const found = await replayList(context, principal, id);
  if (!found.ok) return refused(visit, found.error);
  const { draft, replays } = found.value;
  const frame = await context.frame(request);
  const { t } = frame;
  const starting = mayReplay(principal, id)
    ? html`<h2>${t('clearance.replay.start')}</h2><p>${t('clearance.replay.start-text')}</p>${form(t, {
        action: listAt(id),
        fields,
        submit: t('clearance.replay.submit'),
        csrf: context.csrf(request),
        values: usual(context, draft),
        ...tried,
      })}`
    : '';
  const title = t('clearance.replay.of', { title: draft.title });
  const main = html`<h1>${t.html('clearance.replay.of', { title: written(draft.title) })}</h1><p class="lead">${t.html('clearance.replay.lead', { pack: ref(`${draft.pack} ${draft.version}`) })}</p>${listTable(t, context.reference.current().get(packsPart).home.timeZone, replays)}${starting}`;
  const status = tried === undefined ? 200 : 422;
  return sendPage(reply, page({ ...frame, title, main, wide: true, error: tried !== undefined }), status);
}

/** How far a replay has come that goes on, and the button that ends it. */
function going(visit: Visit, t: Words, { id, progress: at, state = 'planning' }: SeenReplay): Html {
  const { context, request, reply, principal } = visit;
  reply.header('refresh', String(refreshSeconds));
  const { ranges = 0, done = 0, parcels = 0 } = at ?? {};
  const text = t('clearance.replay.progress', { parcels: countText(t.lang, parcels) });
  const bar = progress({ label: t(`clearance.replay.state.${state}`), value: done, max: ranges, text });
  const ending = mayReplay(principal, id)
    ? html`<form method="post" action="/replays/${id}/cancellation">${csrfField(context.csrf(request))}${button({ text: t('clearance.replay.end'), kind: 'second' })}</form>`
    : '';
  const again = html`<p><a href="/replays/${id}">${t('clearance.replay.refresh')}</a></p>`;
  return html`${bar}${again}${ending}`;
}

async function replayPage(visit: Visit, id: string): Promise<FastifyReply> {
  const { context, request, reply, principal } = visit;
  const found = await replayView(context, principal, id);
  if (!found.ok) return refused(visit, found.error);
  const replay = found.value;
  const frame = await context.frame(request);
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(frame.t, home);
  const { t } = voice;
  const { title: of = '', state = 'running', draft = '' } = replay;
  const body =
    state === 'planning' || state === 'running'
      ? going(visit, t, replay)
      : state === 'done' && replay.result
        ? resultPart(voice, replay)
        : html`<p>${stateTag(t, state)} ${t(`clearance.replay.ended.${state}`)}</p>`;
  const about = html`<p class="lead">${t.html('clearance.replay.about', { period: html`${periodOf(t, replay)}`, assumed: html`${assumedOf(t, replay)}` })}</p>`;
  const title = t('clearance.replay.one', { title: of });
  const main = html`<h1>${t.html('clearance.replay.one', { title: written(of) })}</h1>${about}${body}`;
  const breadcrumbs = [{ text: t('clearance.replay.list'), href: listAt(draft) }, { text: title }];
  return sendPage(reply, page({ ...frame, t, title, main, breadcrumbs, wide: true }));
}

async function start(visit: Visit, id: string): Promise<FastifyReply> {
  const { context, request, reply, principal } = visit;
  const values = posted(fields, request.body);
  const { from = '', until = '', assumed = '' } = values;
  const body = { from, until, assumed: assumed === '' ? 'own' : assumed };
  const done = context.checkCsrf(request)
    ? await startReplay(context, principal, id, body)
    : refuse('clearance/form-not-ours');
  return done.ok ? reply.redirect(`/replays/${done.value}`, 303) : listPage(visit, id, { values, refusal: done.error });
}

async function end(visit: Visit, id: string): Promise<FastifyReply> {
  const { context, request, reply, principal } = visit;
  const done = context.checkCsrf(request)
    ? await cancelReplay(context, principal, id)
    : refuse('clearance/form-not-ours');
  return done.ok || done.error.code === 'clearance/replay-ended'
    ? reply.redirect(`/replays/${id}`, 303)
    : refused(visit, done.error);
}

async function csv(visit: Visit, id: string): Promise<FastifyReply> {
  const found = await replayView(visit.context, visit.principal, id);
  if (!found.ok) return refused(visit, found.error);
  return visit.reply
    .type('text/csv; charset=utf-8')
    .header('cache-control', 'private, no-store')
    .header('content-disposition', `attachment; filename="replay-${id}.csv"`)
    .send(csvOf(found.value));
}

async function example(visit: Visit, id: string, handle: string): Promise<FastifyReply> {
  const parcel = await exampleParcel(visit.context, visit.principal, id, handle);
  return parcel.ok ? visit.reply.redirect(`/parcels/${parcel.value}`, 303) : refused(visit, parcel.error);
}

type Params = { id: string; handle: string };

/** A draft of the law held against stored parcels: asked for, watched, read, taken away as a file. */
export function replayPages(app: App, context: Context): void {
  const visited = (work: (visit: Visit, params: Params) => Promise<FastifyReply>) => {
    return async (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => {
      const principal = await context.identify(request);
      if (principal.assurance === 'none')
        return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
      return work({ context, request, reply, principal }, request.params);
    };
  };
  const schema = { hide: true };
  const list = '/law/changes/:id/replays';
  app.get<{ Params: Params }>(
    list,
    { schema },
    visited((visit, { id }) => listPage(visit, id)),
  );
  app.post<{ Params: Params }>(
    list,
    { schema },
    visited((visit, { id }) => start(visit, id)),
  );
  app.get<{ Params: Params }>(
    '/replays/:id',
    { schema },
    visited((visit, { id }) => replayPage(visit, id)),
  );
  app.get<{ Params: Params }>(
    '/replays/:id/result.csv',
    { schema },
    visited((visit, { id }) => csv(visit, id)),
  );
  app.post<{ Params: Params }>(
    '/replays/:id/cancellation',
    { schema },
    visited((visit, { id }) => end(visit, id)),
  );
  app.get<{ Params: Params }>(
    '/replays/:id/examples/:handle',
    { schema },
    visited((visit, { id, handle }) => example(visit, id, handle)),
  );
}
