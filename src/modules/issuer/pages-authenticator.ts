import type { FastifyInstance } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Answer, User, Visit } from '#modules/parties/index.ts';
import type { Context } from '#platform/context.ts';
import { type Field, form, posted } from '#portal/form.ts';
import { ref } from '#portal/values.ts';
import { codesShown, own } from './pages-account.ts';
import { confirmAuthenticator, proofsOf, proposeAuthenticator } from './service-proofs.ts';
import { appAddress, base32 } from './totp.ts';

const fields: readonly Field[] = [
  {
    name: 'code',
    label: 'issuer.app.code',
    hint: 'issuer.app.code-hint',
    type: 'text',
    autocomplete: 'one-time-code',
    latin: true,
    width: 10,
  },
];

/** A QR code as a drawing: dark on white in every light, since cameras read nothing else. */
async function picture(text: string, label: string): Promise<Html> {
  const { default: qr } = await import('qrcode');
  const { size, data } = qr.create(text, { errorCorrectionLevel: 'M' }).modules;
  const quiet = 4;
  const dark = Array.from(data).flatMap((on, index) =>
    on === 0 ? [] : [`M${(index % size) + quiet} ${Math.floor(index / size) + quiet}h1v1h-1z`],
  );
  const side = size + 2 * quiet;
  return html`<svg class="qr" role="img" aria-label="${label}" viewBox="0 0 ${side} ${side}" width="220" height="220" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path fill="#000" d="${dark.join('')}"/></svg>`;
}

async function setUpPage(visit: Visit, context: Context, person: User, refusal?: Refusal): Promise<Answer> {
  const { t, csrf } = visit;
  if (refusal === undefined) await proposeAuthenticator(context, person.id);
  const { authenticator } = await proofsOf(context, person.id);
  if (authenticator === undefined || authenticator.confirmed) return { to: '/account' };
  const { host } = new URL(context.config.origin);
  const drawn = await picture(
    appAddress(authenticator.secret, `Portolan ${host}`, person.name),
    t('issuer.app.picture'),
  );
  const secret = (base32(authenticator.secret).match(/.{1,4}/g) ?? []).join(' ');
  const confirm = form(t, {
    action: '/account/authenticator',
    fields,
    submit: t('issuer.app.confirm'),
    csrf,
    ...(refusal ? { refusal } : {}),
    beside: html`<a class="govuk-link" href="/account">${t('issuer.account.back')}</a>`,
  });
  const title = t('issuer.app.set-up');
  const main = html`<h1>${title}</h1><ol><li><p>${t('issuer.app.step-scan')}</p>${drawn}<p>${t.html('issuer.app.step-type', { secret: ref(secret) })}</p></li><li><p>${t('issuer.app.step-code')}</p></li></ol>${confirm}`;
  return { page: { title, main, error: refusal !== undefined }, status: refusal === undefined ? 200 : 422 };
}

/** Setting up an authenticator app: its secret as a picture and as text, and its first code. */
export function authenticatorPages(app: FastifyInstance, context: Context): void {
  own(app, context, 'GET', '/account/authenticator', (visit, person) => setUpPage(visit, context, person));
  own(app, context, 'POST', '/account/authenticator', async (visit, person) => {
    const { code = '' } = posted(fields, visit.request.body);
    const confirmed = await confirmAuthenticator(context, person.id, code);
    if (!confirmed.ok) return setUpPage(visit, context, person, confirmed.error);
    const { codes } = confirmed.value;
    return codes.length > 0 ? codesShown(visit, codes) : { to: '/account?done=added' };
  });
}
