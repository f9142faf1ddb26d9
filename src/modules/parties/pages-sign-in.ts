import type { FastifyInstance, FastifyRequest } from 'fastify';
import { html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import { type Answer, open, refusedPage, textOf, type Visit } from './page-kit.ts';
import { sessionCookie, tokenOf } from './service-identify.ts';
import { followLink, linkPurpose, signIn, signOut } from './service-sign-in.ts';

/** Where to go after signing in: an address of this window and never of another, however it is written. */
export const localPath = (text: string): string =>
  /^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(text) && !text.includes('\\') ? text : '/';

const signInFields: readonly Field[] = [
  { name: 'name', label: 'parties.field.name', type: 'text', autocomplete: 'username', latin: true, width: 20 },
  { name: 'password', label: 'parties.field.password', type: 'password', autocomplete: 'current-password', width: 20 },
  { name: 'next', label: 'parties.field.name', type: 'hidden' },
];

function signInPage({ t, csrf }: Visit, values: Values, refusal?: Refusal): Answer {
  const title = t('parties.sign-in.title');
  const drawn = form(t, {
    action: '/sign-in',
    fields: signInFields,
    submit: t('parties.sign-in.submit'),
    csrf,
    values,
    ...(refusal ? { refusal } : {}),
  });
  const main = html`<h1>${title}</h1><p class="lead">${t('parties.sign-in.lead')}</p>${drawn}`;
  const status = refusal === undefined ? 200 : refusal.code === 'parties/too-many-attempts' ? 429 : 422;
  return { page: { title, main, public: true, error: refusal !== undefined }, status };
}

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

const addressOf = (request: FastifyRequest): string => request.ip;

/** Signing in and out, and the links that work once. */
export function signInPages(app: FastifyInstance, context: Context): void {
  open(app, context, 'GET', '/sign-in', (visit) =>
    signInPage(visit, { next: localPath(textOf(visit.request.query, 'next')) }),
  );
  open(app, context, 'POST', '/sign-in', async (visit) => {
    const { name = '', password = '', next = '/' } = posted(signInFields, visit.request.body);
    const result = await signIn(context, { name, password, address: addressOf(visit.request) });
    if (!result.ok) return signInPage(visit, { name, next: localPath(next) }, result.error);
    visit.reply.header('set-cookie', sessionCookie(context.config, result.value.token));
    return { to: localPath(next) };
  });
  open(app, context, 'POST', '/sign-out', async (visit) => {
    const token = tokenOf(context.config, visit.request);
    if (token !== null) await signOut(context, token);
    visit.reply.header('set-cookie', sessionCookie(context.config, null));
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
    const result = await followLink(context, { token, name, shown, password, again });
    if (!result.ok) {
      return result.error.code === 'parties/link-used'
        ? refusedPage(visit, result.error)
        : linkPage(visit, kind, token, { name, shown }, result.error);
    }
    visit.reply.header('set-cookie', sessionCookie(context.config, result.value.token));
    return { to: kind === 'first' ? '/admin/people' : '/' };
  });
}
