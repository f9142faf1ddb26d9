import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { withUploads } from '#platform/uploads.ts';
import { button, details, errorSummary, inset, slug, summaryList } from '#portal/components.ts';
import { csrfField, errorsOf, type Field, type FieldError, formFields, posted, type Values } from '#portal/form.ts';
import { written } from '#portal/values.ts';
import {
  acceptedFiles,
  attachmentBytesMax,
  attachmentList,
  attachmentsAtOnce,
  sendAttachment,
} from '#modules/documents/index.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { chargesTable, draftNote, obligationsTable, reasonText, voiceOf } from '#modules/rulebook/index.ts';
import { linesOf, type Question, questionsOf, settingOf } from './fields.ts';
import { askedOf, look, type Look } from './look.ts';
import { answersMax, type Draft, numberOf } from './model.ts';
import { addPapers, discard, draft, keep, keepTemplate, paperOf, papersOf, send, toldOf } from './service.ts';

/** A filing as it is written: a question a page or all at once, what the law says of it, and its sending. */

/** One draft, with its questions as far as its answers go. */
interface Writing {
  readonly draft: Draft;
  readonly values: Values;
  readonly questions: readonly Question[];
  readonly asked: readonly Question[];
  readonly seen: Look;
}

export const keyOf = ({ id, line }: Pick<Question, 'id' | 'line'>): string =>
  line === undefined ? id : `${id}.${line}`;

function writing(context: Context, visit: Visit, found: Draft, values: Values, lines: number): Writing {
  const setting = settingOf(context.reference.current(), visit.who);
  const questions = questionsOf(visit.t, setting, Math.max(lines, linesOf(values)));
  const seen = look(context, values, toldOf(context, found.filer, { id: found.id, language: visit.t.lang }), questions);
  return { draft: found, values, questions, asked: askedOf(questions, seen), seen };
}

/** What a question is called; of several goods lines, which one. */
export const titleOf = ({ t }: Pick<Visit, 't'>, { id, line }: Question, many: number): string =>
  id === 'goods' && many > 1 ? t('filing.question.goods-line', { line: (line ?? 0) + 1 }) : t(`filing.question.${id}`);

/** The fields of a question that are asked, and behind a summary those that may be said besides. */
export function questionFields(
  { t }: Pick<Visit, 't'>,
  whole: Question,
  asked: ReadonlySet<string>,
  drawn: { values: Values; errors: readonly FieldError[] },
): Html {
  const first = whole.fields.filter(({ name }) => asked.has(name));
  const rest = whole.fields.filter(({ name }) => !asked.has(name));
  const more =
    rest.length === 0
      ? ''
      : details(t('filing.more'), formFields(t, { fields: rest.map((one) => ({ ...one, optional: true })), ...drawn }));
  return html`${formFields(t, { fields: first, ...drawn })}${more}`;
}

const linked = (errors: readonly FieldError[]): { text: string; href?: string }[] =>
  errors.map(({ text, field }) => {
    if (field === undefined) return { text };
    return { text, href: `#f-${slug(field.name)}${field.type === 'radios' ? '-0' : ''}` };
  });

const pathOf = (id: string): string => `/file/drafts/${id}`;

interface Tried {
  readonly refusal: Refusal;
}

function crumbs({ t }: Visit, title: string) {
  return [{ text: t('filing.title'), href: '/file' }, { text: title }];
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
  const main = html`${errorSummary(t, linked(errors))}${count}<h1>${title}</h1>${note}<form method="post" action="${pathOf(found.id)}" novalidate>${csrfField(visit.csrf)}${hidden}<input type="hidden" name="lines" value="${many}">${body}<div class="govuk-button-group">${next}${goods}${save}</div></form><p>${other}</p>`;
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

/** What a field says, as a person reads it. */
function answerOf({ t }: Visit, { options, suffix }: Field, value: string): Html {
  const chosen = options?.find((one) => one.value === value);
  const text = chosen === undefined ? value : chosen.label === undefined ? (chosen.text ?? value) : t(chosen.label);
  return html`${written(text)}${suffix === undefined ? '' : html` ${suffix}`}`;
}

function summaryOf(visit: Visit, { draft: { id }, values, questions }: Writing): Html {
  const { t } = visit;
  const many = questions.filter((one) => one.id === 'goods').length;
  const parts = questions.map((question) => {
    const rows = question.fields.flatMap((field) => {
      const value = values[field.name] ?? '';
      return value === '' ? [] : [{ key: t(field.label), value: answerOf(visit, field, value) }];
    });
    if (rows.length === 0) return '';
    const title = titleOf(visit, question, many);
    const change = html`<a href="${pathOf(id)}?q=${keyOf(question)}">${t('filing.change')}<span class="govuk-visually-hidden"> ${title}</span></a>`;
    return html`<section><h3>${title}</h3>${summaryList(rows)}<p class="small">${change}</p></section>`;
  });
  return html`${parts}`;
}

/** What the law says of the parcel as it is written, before anything is filed. */
function lawSays(context: Context, { t }: Visit, { seen: { determination } }: Writing): Html | '' {
  if (determination === null) return '';
  const voice = voiceOf(t, settingOf(context.reference.current(), null).pack);
  const failed = determination.checks.filter(({ result }) => result === 'failed');
  const against =
    failed.length === 0
      ? ''
      : inset(
          html`<ul class="govuk-list">${failed.map(({ reason, params }) => html`<li>${reasonText(voice, reason, params)}</li>`)}</ul>`,
          'hand',
        );
  const route =
    determination.route === null
      ? html`<p>${t('filing.no-route')}</p>`
      : html`<p>${t('filing.route')} <strong>${voice('route', determination.route)}</strong></p>`;
  const charges = determination.decided ? chargesTable(voice, determination.charges, determination.totals) : '';
  const duties = determination.obligations.length === 0 ? '' : obligationsTable(voice, determination.obligations);
  return html`<h2>${t('filing.law')}</h2>${route}${against}${draftNote(voice, determination)}${charges}${duties}`;
}

function photoForm(visit: Visit, id: string, papers: Html, refusal?: Refusal): Html {
  const { t } = visit;
  const fields: Field[] = [
    { name: 'photo', label: 'filing.photo', type: 'file', hint: 'filing.photo-hint', accept: acceptedFiles },
  ];
  const errors = errorsOf(t, fields, refusal);
  return html`<h2>${t('filing.papers')}</h2>${papers}<form method="post" action="${pathOf(id)}/photos" enctype="multipart/form-data" novalidate>${csrfField(visit.csrf)}${formFields(t, { fields, errors })}${button({ text: t('filing.attach'), kind: 'second' })}</form>`;
}

async function checkPage(
  context: Context,
  visit: Visit,
  tried: { photo?: Refusal; template?: Refusal } = {},
): Promise<Answer> {
  const { t, request, who, csrf } = visit;
  const found = await draft(context, who, textOf(request.params, 'id'));
  if (!found.ok) return refusedPage(visit, found.error);
  const { id, parcel, values } = found.value;
  if (parcel !== null) return { to: `/parcels/${parcel}` };
  const one = writing(context, visit, found.value, values, 1);
  if (one.seen.lacking.length > 0 || one.seen.wrong !== undefined) return { to: pathOf(id) };
  const title = t('filing.check');
  const papers = attachmentList(t, await papersOf(context, id), `${pathOf(id)}/photos`);
  const sending = html`<form method="post" action="${pathOf(id)}/send">${csrfField(csrf)}<div class="govuk-button-group">${button({ text: t('filing.send') })}</div></form>`;
  const name: Field[] = [
    { name: 'template', label: 'filing.template-name', type: 'text', hint: 'filing.template-hint' },
  ];
  const errors = errorsOf(t, name, tried.template);
  const template = details(
    t('filing.template-keep'),
    html`<form method="post" action="${pathOf(id)}/template" novalidate>${csrfField(csrf)}${formFields(t, { fields: name, errors })}${button({ text: t('filing.template-save'), kind: 'second' })}</form>`,
    tried.template !== undefined,
  );
  const refusal = tried.photo ?? tried.template;
  const photo: Field[] = [{ name: 'photo', label: 'filing.photo', type: 'file' }];
  const summary = errorSummary(t, linked(errorsOf(t, [...name, ...photo], refusal)));
  const main = html`${summary}<h1>${title}</h1><p class="lead">${t('filing.check-text', { number: numberOf(id) })}</p>${summaryOf(visit, one)}${lawSays(context, visit, one)}${photoForm(visit, id, papers, tried.photo)}<h2>${t('filing.send-title')}</h2><p>${t('filing.send-text')}</p>${sending}${template}`;
  return {
    page: { title, main, breadcrumbs: crumbs(visit, title), ...(refusal ? { error: true } : {}) },
    ...(refusal ? { status: 422 } : {}),
  };
}

async function sent(context: Context, visit: Visit): Promise<Answer> {
  const { request, who, t } = visit;
  const found = await draft(context, who, textOf(request.params, 'id'));
  if (!found.ok) return refusedPage(visit, found.error);
  const { id, values } = found.value;
  const filed = await send(context, who, { id, values, language: t.lang });
  return filed.ok ? { to: `/parcels/${filed.value.parcel}` } : draftPage(context, visit, { refusal: filed.error });
}

async function attached(context: Context, visit: Visit): Promise<Answer> {
  const id = textOf(visit.request.params, 'id');
  const files = visit.request.uploads.get('photo') ?? [];
  const done = await addPapers(context, visit.who, id, files);
  return done.ok ? { to: `${pathOf(id)}/check` } : checkPage(context, visit, { photo: done.error });
}

async function templated(context: Context, visit: Visit): Promise<Answer> {
  const found = await draft(context, visit.who, textOf(visit.request.params, 'id'));
  if (!found.ok) return refusedPage(visit, found.error);
  const name = textOf(visit.request.body, 'template').trim();
  const done = await keepTemplate(context, visit.who, name, found.value.values);
  return done.ok ? { to: '/file?done=template' } : checkPage(context, visit, { template: done.error });
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
