import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { withUploads } from '#platform/uploads.ts';
import { button, inset } from '#portal/components.ts';
import { csrfField, errorsOf, type Field, posted, errorSummaryOf } from '#portal/form.ts';
import { attachmentBytesMax, attachmentsAtOnce, sendAttachment } from '#modules/documents/index.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import type { Question } from './fields.ts';
import { answersMax } from './model.ts';
import { attached, checkPage, templated } from './pages-check.ts';
import { crumbs, keyOf, pathOf, questionFields, titleOf, type Writing, writing } from './pages-kit.ts';
import { discard, draft, keep, paperOf, send } from './service.ts';

/** A filing as it is written: a question a page or all at once, and its sending. */

interface Tried {
  readonly refusal: Refusal;
}

const lineButton = ({ t }: Visit, lines: number): Html | '' =>
  lines < answersMax.lines ? button({ text: t('filing.add-line'), kind: 'second', name: 'do', value: 'line' }) : '';

/** One question, or all of them, in a form that can be put aside at any moment. */
function formPage(visit: Visit, one: Writing, only: Question | null, tried?: Tried): Answer {
  const { t } = visit;
  const { draft: found, values, questions, seen, asked } = one;
  const many = questions.filter(({ id }) => id === 'goods').length;
  const shown = only === null ? questions : [only];
  const errors = errorsOf(
    t,
    shown.flatMap(({ fields }) => fields),
    tried?.refusal,
  );
  const body = shown.map((question) => {
    const fields = questionFields(visit, question, seen.asked, { values, errors });
    return only === null
      ? html`<fieldset class="govuk-fieldset section"><legend class="govuk-fieldset__legend govuk-fieldset__legend--m">${titleOf(visit, question, many)}</legend><div class="fields">${fields}</div></fieldset>`
      : fields;
  });
  const goods = only === null || only.id === 'goods' ? lineButton(visit, many) : '';
  const next = button({
    text: t(only === null ? 'filing.check' : 'filing.next'),
    name: 'do',
    value: 'next',
  });
  const save = button({ text: t('filing.save'), kind: 'second', name: 'do', value: 'save' });
  const hidden = only === null ? '' : html`<input type="hidden" name="q" value="${keyOf(only)}">`;
  const title = only === null ? t('filing.all') : titleOf(visit, only, many);
  const place = only === null ? -1 : asked.findIndex((question) => keyOf(question) === keyOf(only));
  const count =
    place < 0
      ? ''
      : html`<p class="small">${t('filing.place', { number: place + 1, count: Math.max(asked.length, place + 1) })}</p>`;
  const other =
    only === null
      ? html`<a href="${pathOf(found.id)}">${t('filing.by-question')}</a>`
      : html`<a href="${pathOf(found.id)}?all=1">${t('filing.at-once')}</a>`;
  const more = only === null && textOf(visit.request.query, 'more') !== '' && tried === undefined;
  const note = more ? inset(t('filing.law-asks'), 'hand') : '';
  const main = html`${errorSummaryOf(t, errors)}${count}<h1>${title}</h1>${note}<form method="post" action="${pathOf(found.id)}" novalidate>${csrfField(visit.csrf)}${hidden}<input type="hidden" name="lines" value="${many}">${body}<div class="govuk-button-group">${next}${goods}${save}</div></form><p>${other}</p>`;
  return {
    page: { title, main, breadcrumbs: crumbs(visit, title), ...(errors.length > 0 ? { error: true } : {}) },
    ...(tried === undefined ? {} : { status: 422 }),
  };
}

const linesAsked = (source: unknown): number => Math.min(Number(textOf(source, 'lines')) || 1, answersMax.lines);

/** The question that a page is about: the one that was chosen, or the first that lacks something. */
function questionAt({ questions, seen }: Writing, key: string): Question | undefined {
  const chosen = questions.find((one) => keyOf(one) === key);
  if (chosen !== undefined) return chosen;
  return questions.find(({ fields }) => fields.some(({ name }) => seen.lacking.includes(name)));
}

async function draftPage(context: Context, visit: Visit, tried?: Tried): Promise<Answer> {
  const { request, who } = visit;
  const found = await draft(context, who, textOf(request.params, 'id'));
  if (!found.ok) return refusedPage(visit, found.error);
  if (found.value.parcel !== null) return { to: `/parcels/${found.value.parcel}` };
  const one = writing(context, visit, found.value, found.value.values, linesAsked(request.query));
  if (tried !== undefined || textOf(request.query, 'all') !== '') return formPage(visit, one, null, tried);
  const only = questionAt(one, textOf(request.query, 'q'));
  return only === undefined ? { to: `${pathOf(found.value.id)}/check` } : formPage(visit, one, only);
}

/** What of a page was wrong, or empty though it has to be filled in. */
function faultsOn({ seen }: Writing, drawn: readonly Field[]): Refusal | undefined {
  const names = new Set(drawn.map(({ name }) => name));
  const wrong = seen.wrong === undefined ? [] : [seen.wrong, ...(seen.wrong.more ?? [])];
  const here = wrong.filter(({ pointer = '' }) => names.has(pointer.slice(1).replaceAll('/', '.')));
  const empty: NonNullable<Refusal['more']> = seen.lacking
    .filter((name) => names.has(name))
    .map((name) => ({ code: 'filing/needed', pointer: `/${name.replaceAll('.', '/')}` }));
  const [first, ...more] = [...here, ...empty];
  if (first === undefined) return undefined;
  const { code, pointer, params } = first;
  return { code, ...(pointer ? { pointer } : {}), ...(params ? { params } : {}), more };
}

/** Takes what a page says, keeps it, and goes on: to what is still lacking, or to the look at the whole. */
async function answered(context: Context, visit: Visit): Promise<Answer> {
  const { request, who } = visit;
  const found = await draft(context, who, textOf(request.params, 'id'));
  if (!found.ok) return refusedPage(visit, found.error);
  const { id, values: before } = found.value;
  const lines = linesAsked(request.body);
  const was = writing(context, visit, found.value, before, lines);
  const key = textOf(request.body, 'q');
  const only = key === '' ? null : (was.questions.find((one) => keyOf(one) === key) ?? null);
  const drawn = only === null ? was.questions.flatMap(({ fields }) => fields) : only.fields;
  const values = { ...before, ...posted(drawn, request.body) };
  const done = await keep(context, who, id, values);
  if (!done.ok) return refusedPage(visit, done.error);
  const act = textOf(request.body, 'do');
  if (act === 'save') return { to: '/file?done=saved' };
  const way = only === null ? 'all=1' : `q=goods.${lines}`;
  if (act === 'line') return { to: `${pathOf(id)}?${way}&lines=${lines + 1}` };
  const one = writing(context, visit, found.value, values, lines);
  // Only what was asked on the page can have been left empty; what the law asks besides now is asked next.
  const shownFields = drawn.filter(({ name }) => was.seen.asked.has(name) || (values[name] ?? '') !== '');
  const refusal = faultsOn(one, shownFields);
  const now = only === null ? null : (one.questions.find((each) => keyOf(each) === key) ?? null);
  if (refusal !== undefined) return formPage(visit, one, now, { refusal });
  if (only === null) return { to: one.seen.lacking.length > 0 ? `${pathOf(id)}?all=1&more=1` : `${pathOf(id)}/check` };
  const again = only.fields.some(({ name }) => one.seen.lacking.includes(name));
  return { to: again ? `${pathOf(id)}?q=${key}` : pathOf(id) };
}

async function sent(context: Context, visit: Visit): Promise<Answer> {
  const { request, who, t } = visit;
  const found = await draft(context, who, textOf(request.params, 'id'));
  if (!found.ok) return refusedPage(visit, found.error);
  const { id, values } = found.value;
  const filed = await send(context, who, { id, values, language: t.lang });
  return filed.ok ? { to: `/parcels/${filed.value.parcel}` } : draftPage(context, visit, { refusal: filed.error });
}

/** The pages of one filing. */
export async function draftPages(app: App, context: Context): Promise<void> {
  members(app, context, 'GET', '/file/drafts/:id', (visit) => draftPage(context, visit));
  members(app, context, 'POST', '/file/drafts/:id', (visit) => answered(context, visit));
  members(app, context, 'GET', '/file/drafts/:id/check', (visit) => checkPage(context, visit));
  members(app, context, 'POST', '/file/drafts/:id/send', (visit) => sent(context, visit));
  members(app, context, 'POST', '/file/drafts/:id/template', (visit) => templated(context, visit));
  members(app, context, 'POST', '/file/drafts/:id/delete', async (visit) => {
    const done = await discard(context, visit.who, textOf(visit.request.params, 'id'));
    return done.ok ? { to: '/file?done=deleted' } : refusedPage(visit, done.error);
  });
  app.get('/file/drafts/:id/photos/:photo', { schema: { hide: true } }, async (request, reply) => {
    const who = await context.identify(request);
    const found = await draft(context, who, textOf(request.params, 'id'));
    const paper = found.ok ? await paperOf(context, found.value.id, textOf(request.params, 'photo')) : found;
    return paper.ok ? sendAttachment(reply, paper.value) : reply.callNotFound();
  });
  await withUploads(app, { files: attachmentsAtOnce, bytes: attachmentBytesMax }, (scope) => {
    members(scope, context, 'POST', '/file/drafts/:id/photos', (visit) => attached(context, visit));
  });
}
