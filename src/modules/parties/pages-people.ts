import type { FastifyInstance } from 'fastify';
import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { emptyState, inset, linkButton, pagination, table, tag } from '#portal/components.ts';
import { type Field, posted, type Values } from '#portal/form.ts';
import { ref, written } from '#portal/values.ts';
import { partiesPart } from './directory.ts';
import { type Authority, NewUser, type Party, personRoles, type User, UserChange } from './model.ts';
import {
  administrationPage,
  administrators,
  type Answer,
  checked,
  choicesOf,
  groupedForm,
  refusedPage,
  rowButton,
  said,
  textOf,
  ticked,
  ticks,
  type Visit,
} from './page-kit.ts';
import { changeUser, createUser, listUsers, renewLink, userOf } from './service-people.ts';

const roleFields = choicesOf('roles', personRoles, 'parties.role');
const nameField: Field = {
  name: 'name',
  label: 'parties.field.name',
  hint: 'parties.field.name-hint',
  type: 'text',
  latin: true,
  width: 20,
};
const holderFields: readonly Field[] = [
  { name: 'shown', label: 'parties.field.shown', type: 'text', width: 20 },
  { name: 'party', label: 'parties.field.party', type: 'text', latin: true, optional: true, width: 20 },
  { name: 'authority', label: 'parties.field.authority', type: 'text', latin: true, optional: true, width: 20 },
];
const statusField: Field = {
  name: 'status',
  label: 'parties.field.status',
  type: 'select',
  options: [
    { value: 'active', label: 'parties.status.active' },
    { value: 'suspended', label: 'parties.status.suspended' },
  ],
};

export const statusTag = ({ t }: Visit, status: string | undefined): Html =>
  status === undefined ? html`` : tag(t(`parties.status.${status}`), status === 'active' ? 'released' : 'stopped');

/**
 * For whom people stand, by name; an identifier stands beside it only where two on the page have the same name.
 */
function holders(context: Context, users: readonly Partial<User>[]): (user: Partial<User>) => Fragment {
  const { parties, authorities } = context.reference.current().get(partiesPart);
  const holder = ({ party, authority }: Partial<User>): Party | Authority | undefined =>
    party ? parties.get(party) : authority ? authorities.get(authority) : undefined;
  const identifiers = new Map<string, Set<string>>();
  for (const one of users.map(holder))
    if (one) identifiers.set(one.name, (identifiers.get(one.name) ?? new Set()).add(one.identifier));
  return (user) => {
    const one = holder(user);
    if (one === undefined) return user.party || user.authority ? ref(user.party ?? user.authority ?? '') : '–';
    const shared = (identifiers.get(one.name)?.size ?? 0) > 1;
    return html`${written(one.name, one.language)}${shared ? html` ${ref(one.identifier)}` : ''}`;
  };
}

async function peoplePage(visit: Visit, context: Context): Promise<Answer> {
  const { t, who, request } = visit;
  const listed = await listUsers(context, who, { after: textOf(request.query, 'after'), limit: 50 });
  if (!listed.ok) return refusedPage(visit, listed.error);
  const holderOf = holders(context, listed.value.items);
  const people = table<Partial<User>>({
    caption: t('parties.people.caption'),
    hideCaption: true,
    rows: listed.value.items,
    columns: [
      {
        head: t('parties.field.shown'),
        rowHeader: true,
        cell: (row) => html`<a href="/admin/people/${row.id}">${written(row.shown ?? '')}</a>`,
      },
      { head: t('parties.field.name'), cell: (row) => ref(row.name ?? '') },
      {
        head: t('parties.field.roles'),
        cell: (row) =>
          join(
            (row.roles ?? []).map((role) => t(`parties.role.${role}`)),
            ', ',
          ),
      },
      {
        head: t('parties.field.for'),
        cell: (row) => holderOf(row),
      },
      {
        head: t('parties.field.status'),
        cell: (row) =>
          html`${statusTag(visit, row.status)}${row.demo ? html` ${tag(t('parties.people.demo'), 'ink')}` : ''}`,
      },
    ],
    empty: emptyState({ title: t('parties.people.none'), body: '' }),
  });
  const add = linkButton({ text: t('parties.people.add'), href: '/admin/people/new' });
  const { next } = listed.value;
  const more = pagination(t, next === null ? {} : { next: `/admin/people?after=${encodeURIComponent(next)}` });
  const main = html`<p class="lead">${t('parties.people.lead')}</p>${add}${people}${more}`;
  return { page: administrationPage(visit, 'people', { title: t('parties.people.title'), main }) };
}

function newPersonPage(visit: Visit, values: Values, refusal?: Refusal): Answer {
  const { t, csrf } = visit;
  const main = groupedForm(t, {
    action: '/admin/people/new',
    csrf,
    submit: 'parties.people.add',
    values,
    refusal,
    groups: [{ fields: [nameField, ...holderFields] }, { legend: 'parties.field.roles', fields: roleFields }],
  });
  const page = administrationPage(visit, 'people', {
    title: t('parties.people.new'),
    main,
    error: refusal !== undefined,
  });
  return { page, status: refusal === undefined ? 200 : 422 };
}

/** The link is shown here and can be shown nowhere again. */
function linkShown(visit: Visit, shown: string, link: string): Answer {
  const { t } = visit;
  const main = html`<p class="lead">${t.html('parties.people.link-for', { name: written(shown) })}</p>${inset(html`<p>${ref(link)}</p>`, 'hand')}<p>${t('parties.people.link-once')}</p><p><a href="/admin/people">${t('parties.people.back')}</a></p>`;
  return { page: administrationPage(visit, 'people', { title: t('parties.people.link-title'), main }) };
}

const userValues = (user: Partial<User>): Values => ({
  shown: user.shown ?? '',
  party: user.party ?? '',
  authority: user.authority ?? '',
  status: user.status ?? 'active',
  ...ticks('roles', user.roles ?? []),
});

function personPage(visit: Visit, user: Partial<User>, values: Values, refusal?: Refusal): Answer {
  const { t, csrf } = visit;
  const id = String(user.id);
  const change = groupedForm(t, {
    action: `/admin/people/${id}`,
    csrf,
    submit: 'parties.save',
    values,
    refusal,
    groups: [{ fields: [...holderFields, statusField] }, { legend: 'parties.field.roles', fields: roleFields }],
    beside: html`<a class="govuk-link" href="/admin/people">${t('parties.people.back')}</a>`,
  });
  const link = user.demo
    ? html`<p>${t('parties.people.demo-link')}</p>`
    : html`<h2>${t('parties.people.link-heading')}</h2><p>${t('parties.people.link-lead')}</p>${rowButton(visit, `/admin/people/${id}/link`, t('parties.people.link-make'), '')}<p><a href="/admin/people/${id}/proofs">${t('parties.people.proofs')}</a></p>`;
  const main = html`<p>${t('parties.field.name')}: ${ref(user.name ?? '')}</p>${change}${link}`;
  const page = administrationPage(visit, 'people', { title: user.shown ?? '', main, error: refusal !== undefined });
  return { page, status: refusal === undefined ? 200 : 422 };
}

const givenOf = (values: Values): object => ({
  ...(said(values['shown']) === undefined ? {} : { shown: values['shown'] }),
  roles: ticked(values, 'roles', personRoles),
  party: said(values['party']) ?? null,
  authority: said(values['authority']) ?? null,
});

/** People and their roles. */
export function peoplePages(app: FastifyInstance, context: Context): void {
  administrators(app, context, 'GET', '/admin', () => ({ to: '/admin/people' }));
  administrators(app, context, 'GET', '/admin/people', (visit) => peoplePage(visit, context));
  administrators(app, context, 'GET', '/admin/people/new', (visit) => newPersonPage(visit, {}));
  administrators(app, context, 'POST', '/admin/people/new', async (visit) => {
    const values = posted([nameField, ...holderFields, ...roleFields], visit.request.body);
    const name = said(values['name']?.toLowerCase());
    const given = checked<NewUser>(NewUser, { ...givenOf(values), ...(name === undefined ? {} : { name }) });
    const made = given.ok ? await createUser(context, visit.who, given.value) : given;
    return made.ok
      ? linkShown(visit, made.value.user.shown ?? '', made.value.link)
      : newPersonPage(visit, values, made.error);
  });
  administrators(app, context, 'GET', '/admin/people/:id', async (visit) => {
    const user = await userOf(context, visit.who, textOf(visit.request.params, 'id'));
    return user.ok ? personPage(visit, user.value, userValues(user.value)) : refusedPage(visit, user.error);
  });
  administrators(app, context, 'POST', '/admin/people/:id', async (visit) => {
    const id = textOf(visit.request.params, 'id');
    const user = await userOf(context, visit.who, id);
    if (!user.ok) return refusedPage(visit, user.error);
    const values = posted([...holderFields, statusField, ...roleFields], visit.request.body);
    const given = checked<UserChange>(UserChange, { ...givenOf(values), status: values['status'] });
    const result = given.ok ? await changeUser(context, visit.who, id, given.value) : given;
    return result.ok ? { to: '/admin/people?done=saved' } : personPage(visit, user.value, values, result.error);
  });
  administrators(app, context, 'POST', '/admin/people/:id/link', async (visit) => {
    const id = textOf(visit.request.params, 'id');
    const user = await userOf(context, visit.who, id);
    const made = user.ok ? await renewLink(context, visit.who, id) : user;
    if (!user.ok || !made.ok) return refusedPage(visit, made.ok ? { code: 'parties/user-unknown' } : made.error);
    return linkShown(visit, user.value.shown ?? '', made.value.link);
  });
}
