import { html, join as joined, type Html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, inset, linkButton } from '#portal/components.ts';
import { type Choice, type Field, posted, type Values } from '#portal/form.ts';
import { ref } from '#portal/values.ts';
import { attachmentBytesMax, attachmentsAtOnce } from '#modules/documents/index.ts';
import {
  type Answer,
  checked,
  choicesOf,
  groupedForm,
  open,
  partyRoles,
  said,
  ticked,
  type Visit,
} from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { withUploads } from '#platform/uploads.ts';
import { Application, identifiersMax } from './model.ts';
import { documentsField } from './pages-kit.ts';
import { schemes } from './schemes.ts';
import { apply, type Asked } from './service.ts';

const text = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  label: `registration.field.${name}`,
  type: 'text',
  width: 20,
  ...more,
});

const none: Choice = { value: '', text: '–' };
/** The schemes, those of the window's own country first. */
const schemeChoices = (country: string | null): Choice[] =>
  schemes
    .toSorted((a, b) => Number(b.where === country) - Number(a.where === country))
    .map(({ id, name }) => ({ value: id, text: name }));

function identifierFields(country: string | null): Field[] {
  const options = schemeChoices(country);
  return Array.from({ length: identifiersMax }, (_, at): Field[] => [
    {
      name: `identifiers.${at}.scheme`,
      label: at === 0 ? 'registration.field.scheme' : 'registration.field.scheme-more',
      type: 'select',
      options: at === 0 ? options : [none, ...options],
      ...(at === 0 ? { hint: 'registration.field.scheme-hint' } : { optional: true }),
    },
    {
      name: `identifiers.${at}.value`,
      label: 'registration.field.value',
      type: 'text',
      latin: true,
      width: 20,
      ...(at === 0 ? {} : { optional: true }),
    },
  ]).flat();
}

const nameFields: readonly Field[] = [
  text('name', { autocomplete: 'organization' }),
  text('latin', { latin: true, optional: true, hint: 'registration.field.latin-hint' }),
  text('language', { latin: true, width: 5, hint: 'registration.field.language-hint' }),
];
const placeFields = (country: string | null): readonly Field[] => [
  text('country', {
    latin: true,
    width: 2,
    hint: 'registration.field.country-hint',
    ...(country ? { value: country } : {}),
  }),
  { name: 'address', label: 'registration.field.address', type: 'textarea', autocomplete: 'street-address' },
];
const roleFields = choicesOf('roles', partyRoles, 'parties.legal-role');
const personFields: readonly Field[] = [
  text('person.shown', { label: 'registration.field.shown', autocomplete: 'name' }),
  text('person.name', {
    label: 'parties.field.name',
    hint: 'parties.field.name-hint',
    latin: true,
    autocomplete: 'username',
  }),
];

const groupsOf = (country: string | null) => [
  { fields: [...nameFields, ...placeFields(country)] },
  { fields: identifierFields(country) },
  { legend: 'registration.field.roles', fields: roleFields },
  { fields: [documentsField, ...personFields] },
];

const countryOf = (context: Context): string | null => context.reference.current().get(packsPart).home.country;

/** Which roles somebody looks at first, in the words of the pack. */
function approvalText(visit: Visit, context: Context): Html {
  const { t } = visit;
  const law = context.reference.current().get(packsPart).home.registration;
  if (law === null) return html`<p>${t('registration.register.all-approved')}</p>`;
  const roles = joined(
    law.approval.map((role) => t(`parties.legal-role.${role}`)),
    ', ',
  );
  return html`<p>${t.html('registration.register.approved', { roles })} <span class="small">${law.source}</span></p>`;
}

function registerPage(visit: Visit, context: Context, values: Values, refusal?: Refusal): Answer {
  const { t, csrf } = visit;
  const title = t('registration.register.title');
  const drawn = groupedForm(t, {
    action: '/register',
    csrf,
    submit: 'registration.register.submit',
    groups: groupsOf(countryOf(context)),
    values,
    refusal,
  });
  const sources = details(
    t('registration.register.schemes'),
    html`<ul>${schemes.map(({ name, example, source }) => html`<li><bdi>${name}</bdi> ${ref(example)} <span class="small">${source}</span></li>`)}</ul>`,
  );
  const main = html`<h1>${title}</h1><p class="lead">${t('registration.register.lead')}</p>${approvalText(visit, context)}${sources}${drawn}`;
  const status = refusal === undefined ? 200 : refusal.code === 'registration/too-many' ? 429 : 422;
  return { page: { title, main, public: true, error: refusal !== undefined }, status };
}

/** What was said in the form; an identifier of which nothing was said is not there. */
function applicationOf(values: Values): object {
  const at = (name: string): string | undefined => said(values[name]);
  const identifiers = Array.from({ length: identifiersMax }, (_, index) => ({
    scheme: values[`identifiers.${index}.scheme`] ?? '',
    value: values[`identifiers.${index}.value`] ?? '',
  })).filter(({ value }, index) => index === 0 || value !== '');
  return {
    ...Object.fromEntries(
      ['name', 'latin', 'language', 'address'].flatMap((key) => (at(key) === undefined ? [] : [[key, at(key)]])),
    ),
    ...(at('country') === undefined ? {} : { country: at('country')?.toUpperCase() }),
    identifiers: identifiers.map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== ''))),
    roles: ticked(values, 'roles', partyRoles),
    person: Object.fromEntries(
      (['name', 'shown'] as const).flatMap((key) => {
        const word = at(`person.${key}`);
        return word === undefined ? [] : [[key, word]];
      }),
    ),
  };
}

/** What comes next: the link is shown here and can be shown nowhere again. */
function askedPage({ t }: Visit, { id, state, link }: Asked): Answer {
  const title = t(`registration.asked.${state}`);
  const main = html`<h1>${title}</h1><p class="lead">${t(`registration.asked.${state}-text`)}</p><p>${t.html('registration.asked.number', { number: ref(id) })}</p>${inset(html`<p>${t('registration.asked.link')}</p><p class="breakable">${ref(link)}</p><p class="small">${t('parties.people.link-once')}</p>`, 'hand')}${linkButton({ text: t('registration.asked.go'), href: link })}`;
  return { page: { title, main, public: true } };
}

/** A business registers: open to everybody, with its papers, without a script. */
export async function registerPages(app: App, context: Context): Promise<void> {
  open(app, context, 'GET', '/register', (visit) => registerPage(visit, context, { language: visit.t.lang }));
  await withUploads(app, { files: attachmentsAtOnce, bytes: attachmentBytesMax }, (scope) => {
    open(scope, context, 'POST', '/register', async (visit) => {
      const { request } = visit;
      const values = posted(
        groupsOf(countryOf(context)).flatMap(({ fields }) => fields),
        request.body,
      );
      const given = checked<Application>(Application, applicationOf(values));
      if (!given.ok) return registerPage(visit, context, values, given.error);
      const files = request.uploads.get('documents') ?? [];
      const done = await apply(context, given.value, files, request.ip);
      return done.ok ? askedPage(visit, done.value) : registerPage(visit, context, values, done.error);
    });
  });
}
