import type { FastifyInstance } from 'fastify';
import { html } from '#kernel/html.ts';
import {
  administrationPage,
  administrators,
  type Answer,
  refusedPage,
  textOf,
  type User,
  type Visit,
} from '#modules/parties/index.ts';
import type { Context } from '#platform/context.ts';
import { summaryList } from '#portal/components.ts';
import { count, written } from '#portal/values.ts';
import { act } from './pages-account.ts';
import { proofsFor, removeProofs } from './service-lost.ts';
import type { Proofs } from './service-proofs.ts';

function lostPage(visit: Visit, person: User, { passkeys, authenticator, codesLeft }: Proofs): Answer {
  const { t } = visit;
  const app = t(`issuer.proofs.app-${authenticator?.confirmed === true ? 'yes' : 'no'}`);
  const rows = summaryList([
    { key: t('issuer.proofs.passkeys'), value: count(t, passkeys.length) },
    { key: t('issuer.proofs.app'), value: app },
    { key: t('issuer.proofs.codes'), value: count(t, codesLeft) },
  ]);
  const action = `/admin/people/${person.id}/proofs`;
  const lead = html`<p class="lead">${t.html('issuer.proofs.lead', { name: written(person.shown) })}</p>`;
  const main = html`${lead}${rows}${act(visit, action, t('issuer.proofs.remove'))}<p><a href="/admin/people/${person.id}">${t('issuer.proofs.back')}</a></p>`;
  return { page: administrationPage(visit, 'people', { title: t('issuer.proofs.title'), main }) };
}

/** What an administrator does for somebody who has lost everything that proves him. */
export function proofsPages(app: FastifyInstance, context: Context): void {
  const url = '/admin/people/:id/proofs';
  administrators(app, context, 'GET', url, async (visit) => {
    const found = await proofsFor(context, visit.who, textOf(visit.request.params, 'id'));
    return found.ok ? lostPage(visit, found.value.person, found.value.proofs) : refusedPage(visit, found.error);
  });
  administrators(app, context, 'POST', url, async (visit) => {
    const id = textOf(visit.request.params, 'id');
    const removed = await removeProofs(context, visit.who, id);
    return removed.ok ? { to: `/admin/people?done=ended` } : refusedPage(visit, removed.error);
  });
}
