import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html, join } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import { ok, type Refusal, refuse } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { button, details, emptyState, errorSummary, pagination, summaryList, table, tag } from '#portal/components.ts';
import { csrfField } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { count, ref, when } from '#portal/values.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { cdsKinds } from './cds-kinds.ts';
import { cebKinds } from './ceb-kinds.ts';
import { type MessageView, type NodeOutcome, type NodeState, nodeStates } from './model.ts';
import { messageList, messageView, receive } from './service.ts';
import { formOf } from './upload.ts';
import { withUploads } from '#platform/uploads.ts';
import { xmlLimits } from '#platform/xml.ts';

/** Where a party hands in messages as files, and sees what became of each of their nodes. */

const tones: Readonly<Record<NodeState, Tone>> = { taken: 'released', refused: 'stopped', kept: 'quiet' };

/** What a kind is called; one that only its sender knows keeps its own name. */
function kindName(t: Words, kind: string): Html {
  const key = `messages.kind.${kind}`;
  return html`${t.has(key) ? html`${t(key)} ` : ''}<span class="small">${ref(kind)}</span>`;
}

const statesOf = (t: Words, nodes: readonly NodeOutcome[]): Html =>
  join(
    nodeStates.flatMap((state) => {
      const many = nodes.filter((one) => one.state === state).length;
      return many === 0
        ? []
        : [html`<span class="figure">${tag(t(`messages.state.${state}`), tones[state])} ${count(t, many)}</span> `];
    }),
  );

/** Each fault in words, with where it stands; a page says no more of them than a person reads. */
const shownMax = 20;
function faultList(t: Words, { code, params, pointer, more = [] }: Refusal): { text: Html }[] {
  const own = more.length === 0 || t.has(code) ? [{ code, params, pointer }] : [];
  return [...(more.length > 0 ? more : own)].slice(0, shownMax).map((one) => ({
    text: html`${t(one.code, one.params)}${one.pointer === undefined ? '' : html` <span class="breakable">${ref(one.pointer)}</span>`}`,
  }));
}

function uploadForm(t: Words, csrf: string): Html {
  const id = 'message-file';
  return html`<form method="post" action="/messages" enctype="multipart/form-data">${csrfField(csrf)}<div class="govuk-form-group"><label class="govuk-label" for="${id}">${t('messages.file')}</label><div class="govuk-hint" id="${id}-hint">${t('messages.file-hint')}</div><input class="govuk-file-upload" id="${id}" name="file" type="file" accept=".xml,.csv,application/xml,text/xml,text/csv" aria-describedby="${id}-hint" required></div>${button({ text: t('messages.send') })}</form>`;
}

function listTable(t: Words, timeZone: string, rows: readonly Partial<MessageView>[]): Html {
  return table({
    caption: t('messages.title'),
    hideCaption: true,
    columns: [
      {
        head: t('messages.message'),
        cell: ({ id = '', kind = '' }: Partial<MessageView>) =>
          html`<a href="/messages/${id}">${kindName(t, kind)}</a>`,
        rowHeader: true,
      },
      { head: t('messages.number'), cell: ({ guid = '' }: Partial<MessageView>) => ref(guid) },
      {
        head: t('messages.received'),
        cell: ({ received }: Partial<MessageView>) => (received === undefined ? '–' : when(t, received, timeZone)),
      },
      { head: t('messages.nodes'), cell: ({ nodes = [] }: Partial<MessageView>) => statesOf(t, nodes) },
    ],
    rows,
  });
}

/** What a node became, as a link to where that stands. */
function became(t: Words, { slip, made, cancelled }: NodeOutcome): Html {
  if (cancelled !== undefined)
    return html`<a href="/parcels/${cancelled}">${t('messages.took-back', { number: cancelled.slice(-12) })}</a>`;
  if (made?.door === 'parcel')
    return html`<a href="/parcels/${made.id}">${t('messages.became.parcel')} ${ref(made.id.slice(-12))}</a>`;
  if (made !== undefined) return html`${t(`messages.became.${made.door}`)}`;
  if (slip !== undefined) return html`<a href="/slips">${t(`messages.became.${slip.slip}`)}</a> ${ref(slip.number)}`;
  return html`–`;
}

/** Fields by their path below their node, since the node is named beside. */
const paths = (t: Words, head: string, below: string, list: readonly string[]): Html =>
  list.length === 0
    ? html``
    : details(
        t(head, { count: String(list.length) }),
        html`<ul class="govuk-list">${list.map((one) => html`<li>${ref(one.startsWith(`${below}/`) ? one.slice(below.length + 1) : one)}</li>`)}</ul>`,
      );

function nodesTable(t: Words, nodes: readonly NodeOutcome[]): Html {
  return table({
    caption: t('messages.nodes'),
    columns: [
      { head: t('messages.node'), cell: ({ path }: NodeOutcome) => ref(path), rowHeader: true },
      { head: t('messages.state'), cell: ({ state }: NodeOutcome) => tag(t(`messages.state.${state}`), tones[state]) },
      {
        head: t('messages.became'),
        cell: (one: NodeOutcome) =>
          one.refusal === undefined
            ? became(t, one)
            : join(faultList(t, one.refusal).map(({ text }) => html`<p class="small">${text}</p>`)),
      },
      {
        head: t('messages.kept-apart'),
        cell: ({ path, homeless, given }: NodeOutcome) =>
          homeless.length + given.length === 0
            ? '–'
            : html`${paths(t, 'messages.homeless', path, homeless)}${paths(t, 'messages.given', path, given)}`,
      },
    ],
    rows: nodes,
  });
}

/** What can be taken away of a message. */
function ways(t: Words, { id = '', kind = '' }: Partial<MessageView>): Html {
  const way = (name: string): Html =>
    html`<li><a href="/v1/messages/${id}/${name}">${t(`messages.way.${name}`)}</a></li>`;
  const isCds = Object.hasOwn(cdsKinds, kind);
  const answered = Object.hasOwn(cebKinds, kind) && cebKinds[kind]!.receipt !== null;
  const all = [
    ...(answered ? ['receipts'] : []),
    ...(isCds && kind !== 'RES' ? ['notices'] : []),
    ...(kind === 'CSV' ? [] : ['written']),
    'original',
  ];
  return html`<ul class="govuk-list">${all.map(way)}</ul>`;
}

interface Around {
  readonly context: Context;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Answers with a page; whoever is not signed in is led there first. */
async function show(
  { context, request, reply }: Around,
  draw: (t: Words, timeZone: string) => Promise<{ title: string; main: Html; status?: number }>,
): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') {
    const next = request.method === 'GET' ? request.url : '/messages';
    return reply.redirect(`/sign-in?next=${encodeURIComponent(next)}`, 303);
  }
  const frame = await context.frame(request);
  const { timeZone } = context.reference.current().get(packsPart).home;
  const { title, main, status = 200 } = await draw(frame.t, timeZone);
  return sendPage(reply, page({ ...frame, title, main, wide: true }), status);
}

async function listPage(around: Around, refusal?: Refusal): Promise<FastifyReply> {
  const { context, request, reply } = around;
  const query: unknown = request.query;
  const before = typeof query === 'object' && query !== null && 'before' in query ? String(query.before) : '';
  const status = refusal === undefined ? 200 : (reply.server.problems.catalogue[refusal.code]?.status ?? 400);
  return show(around, async (t, timeZone) => {
    const principal = await context.identify(request);
    const { rows, next } = await messageList(context, principal, isUuid(before) ? before : null);
    const list =
      rows.length === 0
        ? emptyState({ title: t('messages.empty'), body: t('messages.empty-text') })
        : listTable(t, timeZone, rows);
    const more = pagination(t, next === null ? {} : { next: `/messages?before=${next}` });
    const faults = refusal === undefined ? '' : errorSummary(t, faultList(t, refusal));
    const send = principal.party === null ? '' : uploadForm(t, context.csrf(request));
    const main = html`${faults}<h1>${t('messages.title')}</h1><p class="lead">${t('messages.lead')}</p>${send}${list}${more}`;
    return { title: t('messages.title'), main, status };
  });
}

async function onePage(around: Around, id: string): Promise<FastifyReply> {
  const { context, request, reply } = around;
  return show(around, async (t, timeZone) => {
    const principal = await context.identify(request);
    const found = isUuid(id) ? await messageView(context, principal, id) : refuse('messages/not-found');
    if (!found.ok) {
      const main = html`<h1>${t('messages.title')}</h1><p>${t('messages/not-found')}</p><p><a href="/messages">${t('messages.back')}</a></p>`;
      return {
        title: t('messages.title'),
        main,
        status: reply.server.problems.catalogue[found.error.code]?.status ?? 404,
      };
    }
    const { kind = '', guid = '', received, sha256 = '', validated, nodes = [] } = found.value;
    const facts = summaryList([
      { key: t('messages.number'), value: ref(guid) },
      { key: t('messages.received'), value: received === undefined ? '–' : when(t, received, timeZone) },
      { key: t('messages.judged'), value: t(validated === true ? 'messages.judged.schema' : 'messages.judged.table') },
      { key: t('messages.digest'), value: html`<span class="breakable">${ref(sha256)}</span>` },
    ]);
    const main = html`<p><a class="govuk-back-link" href="/messages">${t('messages.back')}</a></p><h1>${kindName(t, kind)}</h1><p>${statesOf(t, nodes)}</p>${facts}${nodesTable(t, nodes)}<h2>${t('messages.take-away')}</h2>${ways(t, found.value)}`;
    return { title: t('messages.title'), main };
  });
}

async function upload(around: Around): Promise<FastifyReply> {
  const { context, request, reply } = around;
  if (!context.checkCsrf(request)) return listPage(around, { code: 'parties/form-not-ours' });
  const [file] = request.uploads.get('file') ?? [];
  if (file === undefined || (file.bytes.length === 0 && !file.tooLarge))
    return listPage(around, { code: 'messages/no-file' });
  if (file.tooLarge)
    return listPage(around, { code: 'http/body-too-large', params: { limit: String(xmlLimits.bytes) } });
  const chunks = (async function* () {
    yield file.bytes;
  })();
  const taken = await receive(
    context,
    async () => ok(await context.identify(request)),
    chunks,
    formOf(file.bytes, file.name),
  );
  return taken.ok ? reply.redirect(`/messages/${taken.value.id}`, 303) : listPage(around, taken.error);
}

/** The pages of messages; the form needs no script. */
export async function pages(app: App, context: Context): Promise<void> {
  app.get('/messages', { schema: { hide: true } }, (request, reply) => listPage({ context, request, reply }));
  app.get<{ Params: { id: string } }>('/messages/:id', { schema: { hide: true } }, (request, reply) =>
    onePage({ context, request, reply }, request.params.id),
  );
  await withUploads(app, { files: 1, bytes: xmlLimits.bytes }, (scope) => {
    scope.post('/messages', { schema: { hide: true } }, (request, reply) => upload({ context, request, reply }));
  });
}
