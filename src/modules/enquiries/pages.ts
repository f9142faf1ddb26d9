import { type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Config } from '#platform/config.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { withUploads } from '#platform/uploads.ts';
import { button, inset, notificationBanner, tabs } from '#portal/components.ts';
import { csrfField, type Field, form, posted, type Values } from '#portal/form.ts';
import { when } from '#portal/values.ts';
import { type Answer, open, textOf, type Visit } from '#modules/parties/index.ts';
import { attachmentBytesMax, attachmentOf, attachmentsAtOnce, sendAttachment } from '#modules/documents/index.ts';
import { packsPart, voiceOf } from '#modules/rulebook/index.ts';
import { type EnquiryView, type Step, steps } from './model.ts';
import { linkPart, parcelPart, type Shown, stepFields, type Tried } from './pages-parcel.ts';
import { endVisit, linked, newLink, openVisit, visited } from './service.ts';
import { take } from './service-steps.ts';
import { enquiryView } from './view.ts';

const home = '/find-my-parcel';
const cookieName = 'enquiry';

/** The cookie by which a browser comes back to the parcels that it found: read by these pages alone. */
function cookie({ origin }: Config, token: string | null): string {
  const secure = origin.startsWith('https:') ? '; Secure' : '';
  return `${cookieName}=${token ?? ''}; Path=${home}; Max-Age=${token === null ? 0 : 7_200}; HttpOnly; SameSite=Lax${secure}`;
}

const fields: readonly Field[] = [
  { name: 'number', label: 'enquiries.number', hint: 'enquiries.number-hint', type: 'text', latin: true },
  { name: 'fact', label: 'enquiries.fact', hint: 'enquiries.fact-hint', type: 'text', autocomplete: 'postal-code' },
];

/** In a demonstration the page of a telephone is shown on one. */
const framed = ({ config }: Context, main: Html): Html => (config.demo ? html`<div class="phone">${main}</div>` : main);

const crumbs = ({ t }: Visit) => [{ text: t('enquiries.title'), href: home }];

function findPage(
  context: Context,
  visit: Visit,
  tried?: { values: Values; refusal: Refusal; status: number },
): Answer {
  const { t, csrf, request } = visit;
  const query = { number: textOf(request.query, 'number'), fact: textOf(request.query, 'fact') };
  const drawn = form(t, {
    action: home,
    fields,
    submit: t('enquiries.find'),
    csrf,
    ...(tried ?? { values: query }),
  });
  const ended = textOf(request.query, 'ended') !== '' && !tried;
  const banner = ended ? notificationBanner(t, { kind: 'note', heading: t('enquiries/ended') }) : '';
  const title = t('enquiries.title');
  const main = html`<h1>${title}</h1><p class="lead">${t('enquiries.lead')}</p>${drawn}<h2>${t('enquiries.privacy')}</h2><p>${t('enquiries.privacy-text')}</p><p><a href="/report-fraud">${t('enquiries.fraud')}</a></p>`;
  return {
    page: { title, main: framed(context, main), banner, public: true, ...(tried ? { error: true } : {}) },
    ...(tried ? { status: tried.status } : {}),
  };
}

async function find(context: Context, visit: Visit): Promise<Answer> {
  const { request, reply } = visit;
  const values = posted(fields, request.body);
  const { number = '', fact = '' } = values;
  const missing = fields.filter(({ name }) => values[name] === '').map(({ name }) => name);
  if (missing.length > 0) {
    const [first, ...more] = missing.map((name) => ({ code: `enquiries.${name}-missing`, pointer: `/${name}` }));
    return findPage(context, visit, { values, refusal: { ...first!, more }, status: 422 });
  }
  const given = { number: number.slice(0, 64), fact: fact.slice(0, 140), address: request.ip };
  const entered = await openVisit(context, given);
  if (!entered.ok) {
    const status = reply.server.problems.catalogue[entered.error.code]?.status ?? 400;
    return findPage(context, visit, {
      values: { number },
      refusal: entered.error,
      status: status === 404 ? 422 : status,
    });
  }
  reply.header('set-cookie', cookie(context.config, entered.value.token));
  return { to: `${home}/parcel` };
}

const voiceFor = (context: Context, { t }: Visit) => voiceOf(t, context.reference.current().get(packsPart).home);

interface Opened {
  readonly ids: readonly string[];
  readonly at: number;
  readonly view: EnquiryView;
}

/** The parcel that the browser has open, by its place among those that it found. */
async function opened(context: Context, visit: Visit, of: string): Promise<Opened | undefined> {
  const ids = await visited(context, visit.request.cookies[cookieName]);
  const at = /^\d$/.test(of) ? Number(of) : 0;
  const id = ids[at];
  const view = id === undefined ? undefined : await enquiryView(context, id);
  return view?.ok === true ? { ids, at, view: view.value } : undefined;
}

async function parcelPage(
  context: Context,
  visit: Visit,
  of: string,
  more: { tried?: Tried; link?: string } = {},
): Promise<Answer> {
  const { t, csrf, request } = visit;
  const found = await opened(context, visit, of);
  if (found === undefined) return { to: `${home}?ended=1` };
  const { ids, at, view } = found;
  const voice = voiceFor(context, visit);
  const shown: Shown = { voice, timeZone: voice.pack.timeZone, view, csrf, at, now: context.clock.instant(), ...more };
  const done = steps.find((one) => one === textOf(request.query, 'done'));
  const banner =
    done && !more.tried ? notificationBanner(t, { kind: 'released', heading: t(`enquiries.done.${done}`) }) : '';
  const several =
    ids.length > 1
      ? tabs(
          t('enquiries.several', { count: ids.length }),
          ids.map((id, index) => ({
            text: t('enquiries.parcel-of', { number: index + 1 }),
            href: `${home}/parcel?of=${index}`,
            current: id === view.id,
          })),
        )
      : '';
  const forget = html`<form method="post" action="${home}/end">${csrfField(csrf)}<p class="small">${t('enquiries.end-text')}</p>${button({ text: t('enquiries.end'), kind: 'second' })}</form>`;
  const title = t('enquiries.yours');
  const main = html`<h1>${title}</h1>${several}${parcelPart(shown)}${forget}`;
  return {
    page: {
      title,
      main: framed(context, main),
      banner,
      breadcrumbs: crumbs(visit),
      public: true,
      ...(more.tried ? { error: true } : {}),
    },
    ...(more.tried ? { status: 422 } : {}),
  };
}

async function step(context: Context, visit: Visit): Promise<Answer> {
  const { request } = visit;
  const of = textOf(request.body, 'of');
  const found = await opened(context, visit, of);
  if (found === undefined) return { to: `${home}?ended=1` };
  const name = steps.find((one): one is Step => one === textOf(request.body, 'step')) ?? 'question';
  const values = posted(stepFields(name), request.body);
  const files = request.uploads.get('file') ?? [];
  const taken = await take(context, found.view.id, { step: name, text: (values['text'] ?? '').slice(0, 2_000), files });
  if (taken.ok) return { to: `${home}/parcel?of=${found.at}&done=${name}` };
  return parcelPage(context, visit, of, { tried: { step: name, values, refusal: taken.error } });
}

async function makeLink(context: Context, visit: Visit): Promise<Answer> {
  const of = textOf(visit.request.body, 'of');
  const found = await opened(context, visit, of);
  if (found === undefined) return { to: `${home}?ended=1` };
  const link = `${context.config.origin}${home}/link/${await newLink(context, found.view.id)}`;
  return parcelPage(context, visit, of, { link });
}

async function end(context: Context, { request, reply }: Visit): Promise<Answer> {
  const token = request.cookies[cookieName];
  if (token !== undefined) await endVisit(context, token);
  reply.header('set-cookie', cookie(context.config, null));
  return { to: home };
}

async function linkPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, request } = visit;
  const link = await linked(context, textOf(request.params, 'token'));
  const view = link.ok ? await enquiryView(context, link.value.parcel) : link;
  const title = t('enquiries.link-title');
  if (!link.ok || !view.ok) {
    const main = html`<h1>${title}</h1><p>${t('enquiries/link-ended')}</p><p><a href="${home}">${t('enquiries.title')}</a></p>`;
    return { page: { title, main, public: true }, status: 404 };
  }
  const voice = voiceFor(context, visit);
  const until = t.html('enquiries.link-until', { until: when(t, link.value.expires, voice.pack.timeZone) });
  const main: Html = html`<h1>${title}</h1>${linkPart(voice, view.value)}${inset(html`<p>${until}</p><p><a href="${home}">${t('enquiries.link-own')}</a></p>`)}`;
  return { page: { title, main, public: true } };
}

/** Find my parcel: the form, the page of a parcel that was found, what can be done there, the link that is sent on. */
export async function pages(app: App, context: Context): Promise<void> {
  open(app, context, 'GET', home, (visit) => findPage(context, visit));
  open(app, context, 'POST', home, (visit) => find(context, visit));
  open(app, context, 'GET', `${home}/parcel`, (visit) => parcelPage(context, visit, textOf(visit.request.query, 'of')));
  open(app, context, 'POST', `${home}/link`, (visit) => makeLink(context, visit));
  open(app, context, 'POST', `${home}/end`, (visit) => end(context, visit));
  open(app, context, 'GET', `${home}/link/:token`, (visit) => linkPage(context, visit));
  await withUploads(app, { files: attachmentsAtOnce, bytes: attachmentBytesMax }, (scope) => {
    open(scope, context, 'POST', `${home}/step`, (visit) => step(context, visit));
  });
  type Named = { Params: { case: string; id: string } };
  app.get<Named>(`${home}/papers/:case/:id`, { schema: { hide: true } }, async (request, reply) => {
    const { case: about, id } = request.params;
    const ids = await visited(context, request.cookies[cookieName]);
    const views = await Promise.all(ids.map((one) => enquiryView(context, one)));
    const own = isUuid(about) && views.some((view) => view.ok && view.value.cases.some((one) => one.id === about));
    const paper = own ? await attachmentOf(context.db, { kind: 'case', id: about }, id) : undefined;
    if (paper?.ok !== true) return sendProblem(reply, { code: 'documents/not-found' });
    return sendAttachment(reply, paper.value);
  });
}
