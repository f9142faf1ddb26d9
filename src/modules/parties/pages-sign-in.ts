import type { FastifyInstance, FastifyRequest } from 'fastify';
import { html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Config } from '#platform/config.ts';
import type { Context } from '#platform/context.ts';
import { linkButton } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import { type Answer, open, refusedPage, textOf, type Visit } from './page-kit.ts';
import { issuerOf } from './issuer.ts';
import { deviceOf } from './asked.ts';
import { sessionCookie, tokenOf } from './service-identify.ts';
import { beginSignIn, endedSignIn, finishSignIn, localPath, returnPath } from './service-oidc.ts';
import { admit, followLink, linkPurpose, signOut } from './service-sign-in.ts';

const passwordFields: readonly Field[] = [
  {
    name: 'password',
    label: 'parties.field.new-password',
    hint: 'parties.field.new-password-hint',
    type: 'password',
    autocomplete: 'new-password',
    width: 20,
  },
  { name: 'again', label: 'parties.field.again', type: 'password', autocomplete: 'new-password', width: 20 },
];
const firstFields: readonly Field[] = [
  {
    name: 'name',
    label: 'parties.field.name',
    hint: 'parties.field.name-hint',
    type: 'text',
    autocomplete: 'username',
    latin: true,
    width: 20,
  },
  { name: 'shown', label: 'parties.field.shown', type: 'text', autocomplete: 'name', width: 20 },
  ...passwordFields,
];

function linkPage(
  { t, csrf }: Visit,
  kind: 'first' | 'password',
  token: string,
  values: Values,
  refusal?: Refusal,
): Answer {
  const title = t(`parties.${kind}.title`);
  const drawn = form(t, {
    action: `/${kind}/${encodeURIComponent(token)}`,
    fields: kind === 'first' ? firstFields : passwordFields,
    submit: t(`parties.${kind}.submit`),
    csrf,
    values,
    ...(refusal ? { refusal } : {}),
  });
  const main = html`<h1>${title}</h1><p class="lead">${t(`parties.${kind}.lead`)}</p>${drawn}`;
  return {
    page: { title, main, public: true, error: refusal !== undefined },
    status: refusal === undefined ? 200 : 422,
  };
}

/** A sign-in that came to nothing: what was the matter, and the way to begin it anew. */
function stopped(visit: Visit, refusal: Refusal, status: number): Answer {
  const { t } = visit;
  const title = t('parties.sign-in.stopped');
  const again = linkButton({ text: t('parties.sign-in.again'), href: '/sign-in' });
  const main = html`<h1>${title}</h1><p>${t(refusal.code, refusal.params)}</p>${again}`;
  return { page: { title, main, public: true }, status };
}

/** On loopback a window has several names, and its cookies belong to one of them. */
const elsewhere = ({ origin }: Config, { host }: FastifyRequest): boolean =>
  origin.startsWith('http:') && host !== '' && new URL(origin).host !== host;

/** Signing in and out, and the links that work once. */
export function signInPages(app: FastifyInstance, context: Context): void {
  const { config } = context;
  issuerOf(context).connect(app);
  open(app, context, 'GET', '/sign-in', async (visit) => {
    const next = localPath(textOf(visit.request.query, 'next'));
    if (elsewhere(config, visit.request)) return { to: `${config.origin}/sign-in?next=${encodeURIComponent(next)}` };
    const begun = await beginSignIn(context, next, visit.t.lang);
    if (!begun.ok) return stopped(visit, begun.error, 503);
    visit.reply.header('set-cookie', begun.value.cookie);
    return { to: begun.value.to };
  });
  open(app, context, 'GET', returnPath, async (visit) => {
    const { request, reply } = visit;
    const named = await finishSignIn(context, request);
    const cookies = [endedSignIn(config)];
    const admitted = named.ok ? await admit(context, request, named.value) : named;
    if (!named.ok || !admitted.ok) {
      reply.header('set-cookie', cookies);
      const error = admitted.ok ? { code: 'parties/sign-in-stale' } : admitted.error;
      return stopped(visit, error, reply.server.problems.catalogue[error.code]?.status ?? 400);
    }
    // Whoever was signed in here before is not any more, and the token is a new one: none can be slipped in.
    const before = tokenOf(config, request);
    if (before !== null) await signOut(context, before);
    reply.header('set-cookie', [...cookies, sessionCookie(config, admitted.value.token)]);
    return { to: named.value.next };
  });
  open(app, context, 'POST', '/sign-out', async (visit) => {
    const token = tokenOf(config, visit.request);
    if (token !== null) await signOut(context, token);
    visit.reply.header('set-cookie', sessionCookie(config, null));
    return { to: '/' };
  });
  for (const kind of ['first', 'password'] as const) linkPages(app, context, kind);
}

function linkPages(app: FastifyInstance, context: Context, kind: 'first' | 'password'): void {
  const url = `/${kind}/:token`;
  const meant = kind === 'first' ? 'first-administrator' : 'password';
  open(app, context, 'GET', url, async (visit) => {
    const token = textOf(visit.request.params, 'token');
    const purpose = await linkPurpose(context, token);
    if (!purpose.ok) return refusedPage(visit, purpose.error);
    return purpose.value === meant
      ? linkPage(visit, kind, token, {})
      : refusedPage(visit, { code: 'parties/link-used' });
  });
  open(app, context, 'POST', url, async (visit) => {
    const token = textOf(visit.request.params, 'token');
    const values = posted(firstFields, visit.request.body);
    const { name = '', shown = '', password = '', again = '' } = values;
    const result = await followLink(context, {
      token,
      name,
      shown,
      password,
      again,
      device: deviceOf(visit.request),
    });
    if (!result.ok) {
      return result.error.code === 'parties/link-used'
        ? refusedPage(visit, result.error)
        : linkPage(visit, kind, token, { name, shown }, result.error);
    }
    if (result.value.token === null) return { to: '/sign-in' };
    visit.reply.header('set-cookie', sessionCookie(context.config, result.value.token));
    return { to: kind === 'first' ? '/admin/people' : '/' };
  });
}
