import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { dayOf } from '#kernel/effective.ts';
import { type Html, html, join } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { details, emptyState, filterForm, linkButton, pagination, table } from '#portal/components.ts';
import { type Field, formFields, posted, type Values } from '#portal/form.ts';
import { onDay, ref, written } from '#portal/values.ts';
import type { RegisteredRepresentation } from './directory.ts';
import { Identifier, NewRepresentation, type Party, partyRoles, Registration, representationScopes } from './model.ts';
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
import { statusTag } from './pages-people.ts';
import { localPath } from './service-oidc.ts';
import { addRepresentation, putParty, revokeRepresentation } from './service.ts';
import { listParties, type PartyFile, partyFile } from './service-lists.ts';

const text = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  label: `parties.field.${name}`,
  type: 'text',
  width: 20,
  ...more,
});
const identifierField = text('identifier', { latin: true });
const days: readonly Field[] = [
  { name: 'from', label: 'parties.field.from', type: 'date', optional: true },
  { name: 'until', label: 'parties.field.until', hint: 'parties.field.until-hint', type: 'date', optional: true },
];
const registrationFields: readonly Field[] = [
  text('name', { label: 'parties.field.party-name' }),
  text('language', { latin: true, width: 5, hint: 'parties.field.language-hint' }),
  text('latin', { latin: true, optional: true, hint: 'parties.field.latin-hint' }),
  {
    name: 'status',
    label: 'parties.field.status',
    type: 'select',
    options: [
      { value: 'active', label: 'parties.status.active' },
      { value: 'suspended', label: 'parties.status.suspended' },
    ],
  },
  ...days,
];
const roleFields = choicesOf('roles', partyRoles, 'parties.legal-role');
const kindField: Field = {
  name: 'kind',
  label: 'parties.field.kind',
  type: 'radios',
  options: [
    { value: 'direct', label: 'parties.kind.direct', hint: 'parties.kind.direct-hint' },
    { value: 'indirect', label: 'parties.kind.indirect', hint: 'parties.kind.indirect-hint' },
  ],
};
const identified = Type.Object({ identifier: Identifier });
const scopeFields = choicesOf('scope', representationScopes, 'parties.scope');
const betweenFields: readonly Field[] = [
  text('representative', { latin: true }),
  text('represented', { latin: true }),
  text('chain', { latin: true, optional: true, hint: 'parties.field.chain-hint' }),
];

/** The days of a period, as people read them. */
export const periodText = ({ t }: Visit, row: { from?: string; until?: string | null }): Html =>
  html`${row.from === undefined ? '' : onDay(t, dayOf(row.from))}${typeof row.until === 'string' ? html` – ${onDay(t, dayOf(row.until))}` : html` ${t('parties.open-end')}`}`;

const addressOf = (identifier: string): string => `/admin/parties/${encodeURIComponent(identifier)}`;

function partiesPage(visit: Visit, context: Context): Answer {
  const { t, who, request } = visit;
  const find = textOf(request.query, 'find');
  const listed = listParties(context, who, { after: textOf(request.query, 'after'), limit: 50, find });
  if (!listed.ok) return refusedPage(visit, listed.error);
  const field: Field = { name: 'find', label: 'parties.parties.find', type: 'text', width: 20 };
  const filter = filterForm(t, {
    action: '/admin/parties',
    fields: formFields(t, { fields: [field], values: { find } }),
    ...(find === '' ? {} : { clear: '/admin/parties' }),
  });
  const rows = table<Partial<Party>>({
    caption: t('parties.parties.title'),
    hideCaption: true,
    rows: listed.value.items,
    columns: [
      {
        head: t('parties.field.identifier'),
        rowHeader: true,
        cell: (row) => html`<a href="${addressOf(row.identifier ?? '')}">${ref(row.identifier ?? '')}</a>`,
      },
      {
        head: t('parties.field.party-name'),
        cell: (row) =>
          html`${written(row.name ?? '', row.language)}${row.latin ? html`<br><span class="small">${written(row.latin)}</span>` : ''}`,
      },
      {
        head: t('parties.field.roles'),
        cell: (row) =>
          join(
            (row.roles ?? []).map((role) => t(`parties.legal-role.${role}`)),
            ', ',
          ),
      },
      { head: t('parties.field.status'), cell: (row) => statusTag(visit, row.status) },
      { head: t('parties.field.period'), cell: (row) => periodText(visit, row) },
    ],
    empty: emptyState({ title: t('parties.parties.none'), body: find === '' ? '' : t('parties.parties.none-found') }),
  });
  const { next } = listed.value;
  const query = new URLSearchParams({ ...(find === '' ? {} : { find }), after: next ?? '' });
  const more = pagination(t, next === null ? {} : { next: `/admin/parties?${query.toString()}` });
  const add = linkButton({ text: t('parties.parties.add'), href: '/admin/new-party' });
  const main = html`<p class="lead">${t('parties.parties.lead')}</p>${add}${filter}${rows}${more}`;
  return { page: administrationPage(visit, 'parties', { title: t('parties.parties.title'), main }) };
}

function newPartyPage(visit: Visit, values: Values, refusal?: Refusal): Answer {
  const { t, csrf } = visit;
  const main = groupedForm(t, {
    action: '/admin/new-party',
    csrf,
    submit: 'parties.parties.add',
    values,
    refusal,
    groups: [
      { fields: [identifierField, ...registrationFields] },
      { legend: 'parties.field.roles', fields: roleFields },
    ],
  });
  const page = administrationPage(visit, 'parties', {
    title: t('parties.parties.add'),
    main,
    error: refusal !== undefined,
  });
  return { page, status: refusal === undefined ? 200 : 422 };
}

function representationsTable(
  visit: Visit,
  caption: string,
  rows: readonly Partial<RegisteredRepresentation>[],
  back: string,
): Html {
  const { t } = visit;
  const who = (row: Partial<RegisteredRepresentation>): Html =>
    html`${ref(row.representative ?? '')} → ${ref(row.represented ?? '')}`;
  return table<Partial<RegisteredRepresentation>>({
    caption,
    rows,
    columns: [
      { head: t('parties.representations.who'), rowHeader: true, cell: who },
      { head: t('parties.field.kind'), cell: (row) => t(`parties.kind.${row.kind ?? 'direct'}`) },
      {
        head: t('parties.field.scope'),
        cell: (row) =>
          join(
            (row.scope ?? []).map((scope) => t(`parties.scope.${scope}`)),
            ', ',
          ),
      },
      {
        head: t('parties.field.chain'),
        cell: (row) => ((row.chain ?? []).length > 0 ? ref((row.chain ?? []).join(' > ')) : '–'),
      },
      { head: t('parties.field.period'), cell: (row) => periodText(visit, row) },
      {
        head: t('parties.action'),
        cell: (row) =>
          rowButton(
            visit,
            `/admin/representations/${row.id}/revoke?back=${encodeURIComponent(back)}`,
            t('parties.representations.revoke'),
            `${row.representative}, ${row.represented}`,
          ),
      },
    ],
    empty: html`<p>${t('parties.representations.none', { caption })}</p>`,
  });
}

interface Tried {
  readonly form: 'registration' | 'representation';
  readonly values: Values;
  readonly refusal: Refusal;
}

const partyValues = (party: Partial<Party>): Values => ({
  name: party.name ?? '',
  language: party.language ?? '',
  latin: party.latin ?? '',
  status: party.status ?? 'active',
  from: party.from ?? '',
  until: party.until ?? '',
  ...ticks('roles', party.roles ?? []),
});

function partyPage(visit: Visit, { party, actsFor, representedBy }: PartyFile, tried?: Tried): Answer {
  const { t, csrf } = visit;
  const identifier = party.identifier ?? '';
  const of = (form: Tried['form'], otherwise: Values) => ({
    values: tried?.form === form ? tried.values : otherwise,
    refusal: tried?.form === form ? tried.refusal : undefined,
  });
  const change = groupedForm(t, {
    action: addressOf(identifier),
    csrf,
    submit: 'parties.save',
    groups: [{ fields: registrationFields }, { legend: 'parties.field.roles', fields: roleFields }],
    ...of('registration', partyValues(party)),
  });
  const give = groupedForm(t, {
    action: `${addressOf(identifier)}/representations`,
    csrf,
    submit: 'parties.representations.add',
    prefix: 'r',
    groups: [
      { fields: betweenFields },
      { fields: [kindField] },
      { legend: 'parties.field.scope', fields: scopeFields },
      { fields: days },
    ],
    ...of('representation', { represented: identifier, kind: 'direct' }),
  });
  const main = html`<p class="lead">${written(party.name ?? '', party.language)} ${ref(identifier)} ${statusTag(visit, party.status)}</p>${representationsTable(visit, t('parties.representations.by'), representedBy, addressOf(identifier))}${representationsTable(visit, t('parties.representations.for'), actsFor, addressOf(identifier))}${details(t('parties.representations.add'), give, tried?.form === 'representation')}${details(t('parties.parties.change'), change, tried?.form === 'registration')}`;
  const page = administrationPage(visit, 'parties', {
    title: party.latin ?? party.name ?? identifier,
    main,
    error: tried !== undefined,
  });
  return { page, status: tried === undefined ? 200 : 422 };
}

/** What was said in the form of a registration; what was left empty was not said. */
const registrationOf = (values: Values): object => ({
  ...Object.fromEntries(
    ['name', 'language', 'latin', 'from', 'until'].flatMap((key) =>
      said(values[key]) === undefined ? [] : [[key, values[key]]],
    ),
  ),
  status: said(values['status']) ?? 'active',
  roles: ticked(values, 'roles', partyRoles),
});

const representationOf = (values: Values, today: string): object => ({
  represented: said(values['represented']),
  representative: said(values['representative']),
  kind: said(values['kind']),
  scope: ticked(values, 'scope', representationScopes),
  chain: (values['chain'] ?? '').split(/[\s>,]+/).filter((one) => one !== ''),
  from: said(values['from']) ?? today,
  until: said(values['until']) ?? null,
});

/** Parties and who acts for whom. */
export function partiesPages(app: FastifyInstance, context: Context): void {
  administrators(app, context, 'GET', '/admin/parties', (visit) => partiesPage(visit, context));
  administrators(app, context, 'GET', '/admin/new-party', (visit) => newPartyPage(visit, { status: 'active' }));
  administrators(app, context, 'POST', '/admin/new-party', async (visit) => {
    const values = posted([identifierField, ...registrationFields, ...roleFields], visit.request.body);
    const named = checked<{ identifier: string }>(
      identified,
      values['identifier'] === '' ? {} : { identifier: values['identifier'] },
    );
    const given = checked<Registration>(Registration, registrationOf(values));
    if (!named.ok || !given.ok) return newPartyPage(visit, values, both(named, given));
    const result = await putParty(context, visit.who, named.value.identifier, given.value);
    return result.ok
      ? { to: `${addressOf(named.value.identifier)}?done=saved` }
      : newPartyPage(visit, values, result.error);
  });
  onePartyPages(app, context);
}

function both(...results: readonly ({ ok: true } | { ok: false; error: Refusal })[]): Refusal | undefined {
  const [first, ...rest] = results.flatMap((one) => (one.ok ? [] : [one.error]));
  if (first === undefined) return undefined;
  const { more = [], ...head } = first;
  return { ...head, more: [...more, ...rest.flatMap(({ more: others = [], ...one }) => [one, ...others])] };
}

function onePartyPages(app: FastifyInstance, context: Context): void {
  const fileOf = (visit: Visit) => partyFile(context, visit.who, textOf(visit.request.params, 'identifier'));
  administrators(app, context, 'GET', '/admin/parties/:identifier', (visit) => {
    const file = fileOf(visit);
    return file.ok ? partyPage(visit, file.value) : refusedPage(visit, file.error);
  });
  administrators(app, context, 'POST', '/admin/parties/:identifier', async (visit) => {
    const file = fileOf(visit);
    if (!file.ok) return refusedPage(visit, file.error);
    const identifier = textOf(visit.request.params, 'identifier');
    const values = posted([...registrationFields, ...roleFields], visit.request.body);
    const given = checked<Registration>(Registration, registrationOf(values));
    const result = given.ok ? await putParty(context, visit.who, identifier, given.value) : given;
    return result.ok
      ? { to: `${addressOf(identifier)}?done=saved` }
      : partyPage(visit, file.value, { form: 'registration', values, refusal: result.error });
  });
  administrators(app, context, 'POST', '/admin/parties/:identifier/representations', async (visit) => {
    const file = fileOf(visit);
    if (!file.ok) return refusedPage(visit, file.error);
    const values = posted([...betweenFields, kindField, ...scopeFields, ...days], visit.request.body);
    const given = checked<NewRepresentation>(NewRepresentation, representationOf(values, visit.who.on));
    const result = given.ok ? await addRepresentation(context, visit.who, given.value) : given;
    return result.ok
      ? { to: `${addressOf(file.value.party.identifier ?? '')}?done=added` }
      : partyPage(visit, file.value, { form: 'representation', values, refusal: result.error });
  });
  administrators(app, context, 'POST', '/admin/representations/:id/revoke', async (visit) => {
    const result = await revokeRepresentation(context, visit.who, textOf(visit.request.params, 'id'));
    const back = localPath(textOf(visit.request.query, 'back'));
    return result.ok ? { to: `${back}?done=revoked` } : refusedPage(visit, result.error);
  });
}
