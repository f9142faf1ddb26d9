import type { FastifyInstance } from 'fastify';
import { html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { emptyState, linkButton, table } from '#portal/components.ts';
import { type Field, posted, type Values } from '#portal/form.ts';
import { languages } from '#portal/language.ts';
import { when, written } from '#portal/values.ts';
import {
  administrationPage,
  administrators,
  type Answer,
  groupedForm,
  refusedPage,
  textOf,
  type Visit,
} from '#modules/parties/index.ts';
import type { Incident } from './model.ts';
import { allIncidents, enterIncident, type GivenIncident, incidentOf } from './service.ts';

const area = 'incidents';

const momentFields: readonly Field[] = [
  {
    name: 'began',
    label: 'operations.field.began',
    hint: 'operations.field.moment-hint',
    type: 'text',
    latin: true,
    width: 20,
  },
  {
    name: 'ended',
    label: 'operations.field.ended',
    hint: 'operations.field.ended-hint',
    type: 'text',
    latin: true,
    width: 20,
    optional: true,
  },
];
const wordFields: readonly Field[] = languages.flatMap(({ code, name: text }): Field[] => [
  { name: `words.${code}.title`, label: 'operations.field.title', text, type: 'text', optional: true },
  { name: `words.${code}.text`, label: 'operations.field.text', text, type: 'textarea', optional: true },
]);
const fields = [...momentFields, ...wordFields];

async function listPage(visit: Visit, context: Context): Promise<Answer> {
  const { t } = visit;
  const rows = table<Incident>({
    caption: t('operations.incidents'),
    hideCaption: true,
    rows: await allIncidents(context),
    columns: [
      {
        head: t('operations.incident'),
        rowHeader: true,
        cell: ({ id, words }) => {
          const [language = t.lang] = t.lang in words ? [t.lang] : Object.keys(words);
          return html`<a href="/admin/incidents/${id}">${written(words[language]?.title ?? id, language)}</a>`;
        },
      },
      { head: t('operations.field.began'), cell: ({ began }) => when(t, began) },
      {
        head: t('operations.field.ended'),
        cell: ({ ended }) => (ended === null ? t('operations.lasts') : when(t, ended)),
      },
    ],
    empty: emptyState({ title: t('operations.no-incidents'), body: '' }),
  });
  const add = linkButton({ text: t('operations.enter'), href: '/admin/incidents/new' });
  const main = html`<p class="lead">${t.html('operations.admin-lead', { page: html`<a href="/status">${t('operations.title')}</a>` })}</p>${add}${rows}`;
  return { page: administrationPage(visit, area, { title: t('operations.incidents'), main }) };
}

function formPage(visit: Visit, id: string | null, values: Values, refusal?: Refusal): Answer {
  const { t, csrf } = visit;
  const main = html`<p>${t('operations.form-lead')}</p>${groupedForm(t, {
    action: id === null ? '/admin/incidents/new' : `/admin/incidents/${id}`,
    csrf,
    submit: id === null ? 'operations.enter' : 'operations.change',
    values,
    refusal,
    groups: [{ fields: momentFields }, { fields: wordFields }],
    beside: html`<a class="govuk-link" href="/admin/incidents">${t('operations.back')}</a>`,
  })}`;
  const title = t(id === null ? 'operations.enter' : 'operations.incident');
  return {
    page: administrationPage(visit, area, { title, main, error: refusal !== undefined }),
    status: refusal === undefined ? 200 : 422,
  };
}

const shown = (instant: string | null): string => instant?.slice(0, 16).replace('T', ' ') ?? '';

const valuesOf = ({ began, ended, words }: Incident): Values => ({
  began: shown(began),
  ended: shown(ended),
  ...Object.fromEntries(
    Object.entries(words).flatMap(([language, { title, text }]) => [
      [`words.${language}.title`, title],
      [`words.${language}.text`, text],
    ]),
  ),
});

function givenOf(values: Values): GivenIncident {
  const words = languages.map(({ code }) => {
    const told = { title: values[`words.${code}.title`] ?? '', text: values[`words.${code}.text`] ?? '' };
    return [code, told] as const;
  });
  return { began: values['began'] ?? '', ended: values['ended'] ?? '', words: Object.fromEntries(words) };
}

/** What went wrong, entered and changed by whoever runs the window. */
export function incidentPages(app: FastifyInstance, context: Context): void {
  administrators(app, context, 'GET', '/admin/incidents', (visit) => listPage(visit, context));
  administrators(app, context, 'GET', '/admin/incidents/new', (visit) => formPage(visit, null, {}));
  administrators(app, context, 'POST', '/admin/incidents/new', async (visit) => {
    const values = posted(fields, visit.request.body);
    const entered = await enterIncident(context, givenOf(values), null);
    return entered.ok ? { to: '/admin/incidents?done=saved' } : formPage(visit, null, values, entered.error);
  });
  administrators(app, context, 'GET', '/admin/incidents/:id', async (visit) => {
    const found = await incidentOf(context, textOf(visit.request.params, 'id'));
    return found.ok ? formPage(visit, found.value.id, valuesOf(found.value)) : refusedPage(visit, found.error);
  });
  administrators(app, context, 'POST', '/admin/incidents/:id', async (visit) => {
    const id = textOf(visit.request.params, 'id');
    const found = await incidentOf(context, id);
    if (!found.ok) return refusedPage(visit, found.error);
    const values = posted(fields, visit.request.body);
    const changed = await enterIncident(context, givenOf(values), id);
    return changed.ok ? { to: '/admin/incidents?done=saved' } : formPage(visit, id, values, changed.error);
  });
}
