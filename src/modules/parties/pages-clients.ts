import type { FastifyInstance } from 'fastify';
import { html, join } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { details, emptyState, inset, pagination, table } from '#portal/components.ts';
import { type Field, posted, type Values } from '#portal/form.ts';
import { ref, when, written } from '#portal/values.ts';
import { type Client, clientScopes, NewClient } from './model.ts';
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
  type Visit,
} from './page-kit.ts';
import { statusTag } from './pages-people.ts';
import { createClient, enterSigningKey, revokeClient } from './service-clients.ts';
import { clientOf, listClients } from './service-lists.ts';

const fields: readonly Field[] = [
  { name: 'name', label: 'parties.clients.name', hint: 'parties.clients.name-hint', type: 'text', width: 20 },
  { name: 'party', label: 'parties.field.party', type: 'text', latin: true, optional: true, width: 20 },
  { name: 'authority', label: 'parties.field.authority', type: 'text', latin: true, optional: true, width: 20 },
];
const scopeFields = choicesOf('scopes', clientScopes, 'parties.scope');

function clientsPage(visit: Visit, context: Context, tried?: { values: Values; refusal: Refusal }): Answer {
  const { t, who, csrf, request } = visit;
  const listed = listClients(context, who, { after: textOf(request.query, 'after'), limit: 50 });
  if (!listed.ok) return refusedPage(visit, listed.error);
  const rows = table<Partial<Client>>({
    caption: t('parties.clients.title'),
    hideCaption: true,
    rows: listed.value.items,
    columns: [
      { head: t('parties.clients.name'), rowHeader: true, cell: (row) => written(row.name ?? '') },
      { head: t('parties.clients.key'), cell: (row) => ref(`${row.prefix ?? ''}…`) },
      { head: t('parties.field.for'), cell: (row) => ref(row.party ?? row.authority ?? '') },
      {
        head: t('parties.field.scope'),
        cell: (row) =>
          join(
            (row.scopes ?? []).map((scope) => t(`parties.scope.${scope}`)),
            ', ',
          ),
      },
      { head: t('parties.field.status'), cell: (row) => statusTag(visit, row.status) },
      {
        head: t('parties.clients.created'),
        cell: (row) => (row.created === undefined ? '' : when(t, row.created, visit.frame.timeZone)),
      },
      {
        head: t('parties.action'),
        cell: (row) =>
          row.status === 'active'
            ? html`<p><a class="govuk-button govuk-button--secondary row-button" href="/admin/clients/${row.id}/signing-key">${t('parties.clients.signing')}<span class="govuk-visually-hidden"> ${row.name ?? ''}</span></a></p><p><a class="govuk-button govuk-button--secondary row-button" href="/admin/clients/${row.id}/access-keys">${t('parties.clients.access')}<span class="govuk-visually-hidden"> ${row.name ?? ''}</span></a></p>${rowButton(visit, `/admin/clients/${row.id}/revoke`, t('parties.clients.revoke'), row.name ?? '')}`
            : '',
      },
    ],
    empty: emptyState({ title: t('parties.clients.none'), body: '' }),
  });
  const add = groupedForm(t, {
    action: '/admin/clients',
    csrf,
    submit: 'parties.clients.add',
    groups: [{ fields }, { legend: 'parties.field.scope', fields: scopeFields }],
    values: tried?.values ?? {},
    refusal: tried?.refusal,
  });
  const { next } = listed.value;
  const more = pagination(t, next === null ? {} : { next: `/admin/clients?after=${encodeURIComponent(next)}` });
  const main = html`<p class="lead">${t('parties.clients.lead')}</p>${details(t('parties.clients.add'), add, tried !== undefined)}${rows}${more}`;
  const page = administrationPage(visit, 'clients', {
    title: t('parties.clients.title'),
    main,
    error: tried !== undefined,
  });
  return { page, status: tried === undefined ? 200 : 422 };
}

/** The key is shown here and can be shown nowhere again. */
function keyShown(visit: Visit, name: string, key: string): Answer {
  const { t } = visit;
  const example = `curl -H 'Authorization: Bearer ${key}' ${visit.request.protocol}://${visit.request.host}/v1/me`;
  const main = html`<p class="lead">${t.html('parties.clients.key-for', { name: written(name) })}</p>${inset(html`<p>${ref(key)}</p>`, 'hand')}<p>${t('parties.clients.key-once')}</p><pre tabindex="0"><code>${example}</code></pre><p><a href="/admin/clients">${t('parties.clients.back')}</a></p>`;
  return { page: administrationPage(visit, 'clients', { title: t('parties.clients.key-title'), main }) };
}

const signingField: Field = {
  name: 'key',
  label: 'parties.clients.signing-key',
  hint: 'parties.clients.signing-hint',
  type: 'textarea',
  latin: true,
  optional: true,
};

/** Where the public key of a client is entered; what stands there now is shown by its thumbprint. */
function signingPage(visit: Visit, context: Context, tried?: { values: Values; refusal: Refusal }): Answer {
  const { t, who, csrf, request } = visit;
  const id = textOf(request.params, 'id');
  const row = clientOf(context, who, id);
  if (!row.ok) return refusedPage(visit, row.error);
  const { name = '', thumbprint: standing } = row.value;
  const now =
    standing === null
      ? html`<p>${t('parties.clients.signing-none')}</p>`
      : inset(html`<p>${t.html('parties.clients.signing-now', { thumbprint: ref(standing) })}</p>`);
  const enter = groupedForm(t, {
    action: `/admin/clients/${id}/signing-key`,
    csrf,
    submit: 'parties.clients.signing-enter',
    groups: [{ fields: [signingField] }],
    values: tried?.values ?? {},
    refusal: tried?.refusal,
  });
  const title = t('parties.clients.signing-title', { name });
  const main = html`<p class="lead">${t('parties.clients.signing-lead')}</p>${now}${enter}<p><a href="/admin/clients">${t('parties.clients.back')}</a></p>`;
  const page = administrationPage(visit, 'clients', { title, main, error: tried !== undefined });
  return { page, status: tried === undefined ? 200 : 422 };
}

/** API clients and their keys. */
export function clientsPages(app: FastifyInstance, context: Context): void {
  administrators(app, context, 'GET', '/admin/clients', (visit) => clientsPage(visit, context));
  administrators(app, context, 'POST', '/admin/clients', async (visit) => {
    const values = posted([...fields, ...scopeFields], visit.request.body);
    const given = checked<NewClient>(NewClient, {
      ...(values['name'] === '' ? {} : { name: values['name'] }),
      party: said(values['party']) ?? null,
      authority: said(values['authority']) ?? null,
      scopes: ticked(values, 'scopes', clientScopes),
    });
    const made = given.ok ? await createClient(context, visit.who, given.value) : given;
    return made.ok
      ? keyShown(visit, made.value.client.name ?? '', made.value.key)
      : clientsPage(visit, context, { values, refusal: made.error });
  });
  administrators(app, context, 'POST', '/admin/clients/:id/revoke', async (visit) => {
    const result = await revokeClient(context, visit.who, textOf(visit.request.params, 'id'));
    return result.ok ? { to: '/admin/clients?done=revoked' } : refusedPage(visit, result.error);
  });
  const signing = '/admin/clients/:id/signing-key';
  administrators(app, context, 'GET', signing, (visit) => signingPage(visit, context));
  administrators(app, context, 'POST', signing, async (visit) => {
    const values = posted([signingField], visit.request.body);
    const entered = await enterSigningKey(
      context,
      visit.who,
      textOf(visit.request.params, 'id'),
      said(values['key']) ?? null,
    );
    return entered.ok
      ? { to: '/admin/clients?done=saved' }
      : signingPage(visit, context, { values, refusal: entered.error });
  });
}
