import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { button, details, inset, summaryList } from '#portal/components.ts';
import { csrfField, errorsOf, type Field, formFields, errorSummaryOf } from '#portal/form.ts';
import { written } from '#portal/values.ts';
import { acceptedFiles, attachmentList } from '#modules/documents/index.ts';
import { type Answer, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { chargesTable, draftNote, obligationsTable, reasonText, voiceOf } from '#modules/rulebook/index.ts';
import { settingOf } from './fields.ts';
import { numberOf } from './model.ts';
import { crumbs, keyOf, pathOf, titleOf, type Writing, writing } from './pages-kit.ts';
import { addPapers, draft, keepTemplate, papersOf } from './service.ts';

/** The look at a whole filing before it is sent: what was said, what the law says of it, and its papers. */

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

export async function checkPage(
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
  const summary = errorSummaryOf(t, errorsOf(t, [...name, ...photo], refusal));
  const main = html`${summary}<h1>${title}</h1><p class="lead">${t('filing.check-text', { number: numberOf(id) })}</p>${summaryOf(visit, one)}${lawSays(context, visit, one)}${photoForm(visit, id, papers, tried.photo)}<h2>${t('filing.send-title')}</h2><p>${t('filing.send-text')}</p>${sending}${template}`;
  return {
    page: { title, main, breadcrumbs: crumbs(visit, title), ...(refusal ? { error: true } : {}) },
    ...(refusal ? { status: 422 } : {}),
  };
}

export async function attached(context: Context, visit: Visit): Promise<Answer> {
  const id = textOf(visit.request.params, 'id');
  const files = visit.request.uploads.get('photo') ?? [];
  const done = await addPapers(context, visit.who, id, files);
  return done.ok ? { to: `${pathOf(id)}/check` } : checkPage(context, visit, { photo: done.error });
}

export async function templated(context: Context, visit: Visit): Promise<Answer> {
  const found = await draft(context, visit.who, textOf(visit.request.params, 'id'));
  if (!found.ok) return refusedPage(visit, found.error);
  const name = textOf(visit.request.body, 'template').trim();
  const done = await keepTemplate(context, visit.who, name, found.value.values);
  return done.ok ? { to: '/file?done=template' } : checkPage(context, visit, { template: done.error });
}
