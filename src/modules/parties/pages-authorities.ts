import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { details, emptyState, table } from '#portal/components.ts';
import { type Field, posted, type Values } from '#portal/form.ts';
import { ref, written } from '#portal/values.ts';
import type { RegisteredMandate } from './directory.ts';
import { AuthorityIdentifier, AuthorityName, mandateElements, mandatePurposes, NewMandate } from './model.ts';
import {
  administrationPage,
  administrators,
  type Answer,
  checked,
  groupedForm,
  refusedPage,
  rowButton,
  said,
  textOf,
  type Visit,
} from './page-kit.ts';
import { periodText } from './pages-parties.ts';
import { addMandate, endMandate, putAuthority } from './service.ts';
import { type AuthorityFile, listAuthorities } from './service-lists.ts';

const NewAuthority = Type.Object({ identifier: AuthorityIdentifier, ...AuthorityName.properties });
const authorityFields: readonly Field[] = [
  {
    name: 'identifier',
    label: 'parties.field.identifier',
    hint: 'parties.authorities.identifier-hint',
    type: 'text',
    latin: true,
    width: 20,
  },
  { name: 'name', label: 'parties.field.party-name', type: 'text', width: 20 },
  {
    name: 'language',
    label: 'parties.field.language',
    hint: 'parties.field.language-hint',
    type: 'text',
    latin: true,
    width: 5,
  },
];

/** The word of a class of data: `*` cannot stand in a key. */
const elementKey = (element: string): string => `parties.element.${element === '*' ? 'all' : element}`;

const mandateFields = (authorities: readonly string[]): readonly Field[] => [
  {
    name: 'authority',
    label: 'parties.field.authority',
    type: 'select',
    options: authorities.map((value) => ({ value, text: value })),
  },
  {
    name: 'element',
    label: 'parties.field.element',
    type: 'select',
    options: mandateElements.map((value) => ({ value, label: elementKey(value) })),
  },
  {
    name: 'purpose',
    label: 'parties.field.purpose',
    type: 'select',
    options: mandatePurposes.map((value) => ({ value, label: `parties.purpose.${value}` })),
  },
  {
    name: 'reference',
    label: 'parties.field.reference',
    hint: 'parties.field.reference-hint',
    type: 'text',
    width: 20,
  },
  { name: 'from', label: 'parties.field.from', type: 'date', optional: true },
  { name: 'until', label: 'parties.field.until', hint: 'parties.field.until-hint', type: 'date', optional: true },
];

function section(visit: Visit, { authority, mandates }: AuthorityFile): Html {
  const { t } = visit;
  const name = authority.name ?? '';
  const rows = table<Partial<RegisteredMandate>>({
    caption: t('parties.authorities.mandates', { name }),
    hideCaption: true,
    rows: mandates,
    columns: [
      { head: t('parties.field.element'), rowHeader: true, cell: (row) => t(elementKey(row.element ?? '')) },
      { head: t('parties.field.purpose'), cell: (row) => t(`parties.purpose.${row.purpose ?? ''}`) },
      { head: t('parties.field.reference'), cell: (row) => written(row.reference ?? '') },
      { head: t('parties.field.period'), cell: (row) => periodText(visit, row) },
      {
        head: t('parties.action'),
        cell: (row) =>
          rowButton(
            visit,
            `/admin/mandates/${row.id}/end`,
            t('parties.authorities.end'),
            `${name}, ${t(elementKey(row.element ?? ''))}`,
          ),
      },
    ],
    empty: html`<p>${t('parties.authorities.no-mandates')}</p>`,
  });
  return html`<section><h2>${written(name, authority.language)} ${ref(authority.identifier ?? '')}</h2>${rows}</section>`;
}

interface Tried {
  readonly form: 'authority' | 'mandate';
  readonly values: Values;
  readonly refusal: Refusal;
}

function authoritiesPage(visit: Visit, context: Context, tried?: Tried): Answer {
  const { t, csrf } = visit;
  const files = listAuthorities(context, visit.who);
  if (!files.ok) return refusedPage(visit, files.error);
  const of = (form: Tried['form'], otherwise: Values) => ({
    values: tried?.form === form ? tried.values : otherwise,
    refusal: tried?.form === form ? tried.refusal : undefined,
  });
  const names = files.value.map(({ authority }) => authority.identifier ?? '');
  const mandate = groupedForm(t, {
    action: '/admin/mandates',
    csrf,
    submit: 'parties.authorities.give',
    prefix: 'm',
    groups: [{ fields: mandateFields(names) }],
    ...of('mandate', {}),
  });
  const authority = groupedForm(t, {
    action: '/admin/authorities',
    csrf,
    submit: 'parties.authorities.add',
    prefix: 'a',
    groups: [{ fields: authorityFields }],
    ...of('authority', { language: 'en' }),
  });
  const none = emptyState({ title: t('parties.authorities.none'), body: '' });
  const forms = html`${names.length === 0 ? '' : details(t('parties.authorities.give'), mandate, tried?.form === 'mandate')}${details(t('parties.authorities.add'), authority, tried?.form === 'authority')}`;
  const main = html`<p class="lead">${t('parties.authorities.lead')}</p>${forms}${names.length === 0 ? none : files.value.map((file) => section(visit, file))}`;
  const page = administrationPage(visit, 'authorities', {
    title: t('parties.authorities.title'),
    main,
    error: tried !== undefined,
  });
  return { page, status: tried === undefined ? 200 : 422 };
}

/** Authorities, and what each is competent for under which law. */
export function authoritiesPages(app: FastifyInstance, context: Context): void {
  administrators(app, context, 'GET', '/admin/authorities', (visit) => authoritiesPage(visit, context));
  administrators(app, context, 'POST', '/admin/authorities', async (visit) => {
    const values = posted(authorityFields, visit.request.body);
    const filled = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
    const given = checked<AuthorityName & { identifier: string }>(NewAuthority, filled);
    if (!given.ok) return authoritiesPage(visit, context, { form: 'authority', values, refusal: given.error });
    const { identifier, name, language } = given.value;
    const result = await putAuthority(context, visit.who, identifier, { name, language });
    return result.ok
      ? { to: '/admin/authorities?done=saved' }
      : authoritiesPage(visit, context, { form: 'authority', values, refusal: result.error });
  });
  administrators(app, context, 'POST', '/admin/mandates', async (visit) => {
    const values = posted(mandateFields([]), visit.request.body);
    const { authority, element, purpose, reference, from, until } = values;
    const days = { from: said(from) ?? visit.who.on, until: said(until) ?? null };
    const asked = { authority, element, purpose, ...(reference === '' ? {} : { reference }), ...days };
    const given = checked<NewMandate>(NewMandate, asked);
    const result = given.ok ? await addMandate(context, visit.who, given.value) : given;
    return result.ok
      ? { to: '/admin/authorities?done=added' }
      : authoritiesPage(visit, context, { form: 'mandate', values, refusal: result.error });
  });
  administrators(app, context, 'POST', '/admin/mandates/:id/end', async (visit) => {
    const result = await endMandate(context, visit.who, textOf(visit.request.params, 'id'));
    return result.ok ? { to: '/admin/authorities?done=ended' } : refusedPage(visit, result.error);
  });
}
