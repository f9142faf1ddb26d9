import type { FastifyInstance } from 'fastify';
import { html, join } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { inset } from '#portal/components.ts';
import { type Field, posted, type Values } from '#portal/form.ts';
import { ref } from '#portal/values.ts';
import {
  administrationPage,
  administrators,
  type Answer,
  groupedForm,
  refusedPage,
  said,
  textOf,
  type Visit,
} from './page-kit.ts';
import { enterAccessKeys } from './service-clients.ts';
import { clientOf } from './service-lists.ts';

const fields: readonly Field[] = ['first', 'second'].map((which, index) => ({
  name: `keys.${index}`,
  label: `parties.clients.access-${which}`,
  type: 'textarea',
  latin: true,
  optional: true,
}));

/** Where the keys are entered with which a client asks for access tokens; those that stand show their thumbprints. */
function accessPage(visit: Visit, context: Context, tried?: { values: Values; refusal: Refusal }): Answer {
  const { t, who, csrf, request } = visit;
  const id = textOf(request.params, 'id');
  const row = clientOf(context, who, id);
  if (!row.ok) return refusedPage(visit, row.error);
  const { name = '', access } = row.value;
  const now =
    access.length === 0
      ? html`<p>${t('parties.clients.access-none')}</p>`
      : inset(html`<p>${t.html('parties.clients.access-now', { thumbprints: join(access.map(ref), ', ') })}</p>`);
  const enter = groupedForm(t, {
    action: `/admin/clients/${id}/access-keys`,
    csrf,
    submit: 'parties.clients.access-enter',
    groups: [{ fields }],
    values: tried?.values ?? {},
    refusal: tried?.refusal,
  });
  const title = t('parties.clients.access-title', { name });
  const itself = html`<p>${t.html('parties.clients.access-client', { id: ref(id) })}</p>`;
  const main = html`<p class="lead">${t('parties.clients.access-lead')}</p>${itself}${now}${enter}<p><a href="/admin/clients">${t('parties.clients.back')}</a></p>`;
  const page = administrationPage(visit, 'clients', { title, main, error: tried !== undefined });
  return { page, status: tried === undefined ? 200 : 422 };
}

/** The keys with which a client asks the issuer for access tokens. */
export function accessKeysPages(app: FastifyInstance, context: Context): void {
  const url = '/admin/clients/:id/access-keys';
  administrators(app, context, 'GET', url, (visit) => accessPage(visit, context));
  administrators(app, context, 'POST', url, async (visit) => {
    const values = posted(fields, visit.request.body);
    const texts = fields.map(({ name }) => said(values[name])).filter((text) => text !== undefined);
    const entered = await enterAccessKeys(context, visit.who, textOf(visit.request.params, 'id'), texts);
    return entered.ok
      ? { to: '/admin/clients?done=saved' }
      : accessPage(visit, context, { values, refusal: entered.error });
  });
}
