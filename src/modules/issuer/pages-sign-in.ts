import type { FastifyInstance } from 'fastify';
import { html } from '#kernel/html.ts';
import type { Refusal, Result } from '#kernel/result.ts';
import { type Answer, localPath, open, textOf, type Visit } from '#modules/parties/index.ts';
import type { Context } from '#platform/context.ts';
import { linkButton } from '#portal/components.ts';
import { type Field, form, posted } from '#portal/form.ts';
import { passkeyForm, passkeyScript } from './passkey-form.ts';
import { asSeen, type Issuer, mountedAt } from './provider.ts';
import { passkeyToUse } from './service-proofs.ts';
import { awaited, byCode, byPasskey, byPassword, type Proved } from './service-sign-in.ts';

const passwordFields: readonly Field[] = [
  { name: 'name', label: 'parties.field.name', type: 'text', autocomplete: 'username', latin: true, width: 20 },
  { name: 'password', label: 'parties.field.password', type: 'password', autocomplete: 'current-password', width: 20 },
];
const codeFields: readonly Field[] = [
  {
    name: 'code',
    label: 'issuer.sign-in.code',
    hint: 'issuer.sign-in.code-hint',
    type: 'text',
    autocomplete: 'one-time-code',
    latin: true,
    width: 20,
  },
];
const passkeyFields: readonly Field[] = [{ name: 'credential', label: 'issuer.passkey', type: 'hidden' }];

const statusOf = ({ reply }: Visit, refusal: Refusal | undefined): number => {
  if (refusal === undefined) return 200;
  const status = reply.server.problems.catalogue[refusal.code]?.status ?? 422;
  return status === 401 || status === 400 ? 422 : status;
};

interface Tried {
  readonly refusal?: Refusal;
  readonly name?: string;
  /** Which of the two forms was sent. */
  readonly by?: 'password' | 'passkey';
}

async function signInPage(visit: Visit, context: Context, uid: string, tried: Tried = {}): Promise<Answer> {
  const { t, csrf } = visit;
  const { refusal, name = '', by = 'password' } = tried;
  const action = `${mountedAt}/interaction/${uid}`;
  const asked = await passkeyToUse(context, uid);
  const passkey =
    asked === undefined
      ? ''
      : passkeyForm(visit, {
          action: `${action}/passkey`,
          kind: 'get',
          asked,
          submit: t('issuer.sign-in.passkey'),
          lead: t('issuer.sign-in.passkey-lead'),
          ...(by === 'passkey' && refusal ? { refusal } : {}),
        });
  const password = form(t, {
    action,
    fields: passwordFields,
    submit: t('parties.sign-in.submit'),
    csrf,
    kind: asked === undefined ? 'first' : 'second',
    values: { name },
    ...(by === 'password' && refusal ? { refusal } : {}),
  });
  const title = t('parties.sign-in.title');
  const heading = asked === undefined ? '' : html`<h2>${t('issuer.sign-in.by-password')}</h2>`;
  const lost = html`<p class="small">${t('issuer.sign-in.lost')}</p>`;
  const main = html`<h1>${title}</h1><p class="lead">${t('parties.sign-in.lead')}</p>${passkey}${heading}${password}${lost}${passkeyScript()}`;
  return {
    page: { title, main, public: true, error: refusal !== undefined },
    status: statusOf(visit, refusal),
  };
}

function codePage(visit: Visit, uid: string, refusal?: Refusal): Answer {
  const { t, csrf } = visit;
  const title = t('issuer.sign-in.code-title');
  const drawn = form(t, {
    action: `${mountedAt}/interaction/${uid}/code`,
    fields: codeFields,
    submit: t('parties.sign-in.submit'),
    csrf,
    ...(refusal ? { refusal } : {}),
  });
  const main = html`<h1>${title}</h1><p class="lead">${t('issuer.sign-in.code-lead')}</p>${drawn}<p><a href="/sign-in">${t('parties.sign-in.again')}</a></p>`;
  return {
    page: { title, main, public: true, error: refusal !== undefined },
    status: statusOf(visit, refusal),
  };
}

function overPage(visit: Visit): Answer {
  const { t } = visit;
  const title = t('parties.sign-in.stopped');
  const again = linkButton({ text: t('parties.sign-in.again'), href: localPath('/sign-in') });
  return {
    page: { title, main: html`<h1>${title}</h1><p>${t('issuer/sign-in-over')}</p>${again}`, public: true },
    status: 410,
  };
}

/** The sign-in that this browser has open at the library, when it is the one of this address. */
async function openSignIn(visit: Visit, context: Context, issuer: Issuer) {
  const { request, reply } = visit;
  const provider = await issuer.provider();
  const uid = textOf(request.params, 'uid');
  const raw = asSeen(request.raw, context.config.origin);
  const details = await provider.interactionDetails(raw, reply.raw).catch(() => undefined);
  if (details?.uid !== uid) return undefined;
  const finish = async ({ person, amr }: Proved): Promise<Answer> => {
    const login = { accountId: person, remember: false, amr: [...amr] };
    const to = await provider.interactionResult(raw, reply.raw, { login }, { mergeWithLastSubmission: false });
    return { to };
  };
  const { redirect_uri: address } = details.params;
  if (typeof address === 'string') allowReturn(visit, address, context.config.origin);
  return { uid, finish };
}

/** A form may lead on to the window that asked: browsers follow a form's redirects only as far as its page says. */
function allowReturn({ reply }: Visit, address: string, own: string): void {
  const origin = URL.parse(address)?.origin;
  const policy = reply.getHeader('content-security-policy');
  if (origin === undefined || origin === own || typeof policy !== 'string') return;
  reply.header('content-security-policy', policy.replace("form-action 'self'", `form-action 'self' ${origin}`));
}

/** The pages on which people prove who they are. */
export function signInPages(app: FastifyInstance, context: Context, issuer: Issuer): void {
  const url = `${mountedAt}/interaction/:uid`;
  type Open = NonNullable<Awaited<ReturnType<typeof openSignIn>>>;
  const step = (method: 'GET' | 'POST', path: string, handle: (visit: Visit, at: Open) => Promise<Answer> | Answer) =>
    open(app, context, method, path, async (visit) => {
      const at = await openSignIn(visit, context, issuer);
      return at === undefined ? overPage(visit) : handle(visit, at);
    });
  const proved = async (at: Open, found: Result<Proved>, again: (refusal: Refusal) => Answer | Promise<Answer>) =>
    found.ok ? at.finish(found.value) : again(found.error);
  step('GET', url, (visit, { uid }) => signInPage(visit, context, uid));
  step('POST', url, async (visit, at) => {
    const { name = '', password = '' } = posted(passwordFields, visit.request.body);
    const found = await byPassword(context, at.uid, { name, password, address: visit.request.ip });
    if (found.ok && found.value === 'code') return { to: `${mountedAt}/interaction/${at.uid}/code` };
    return proved(at, found as Result<Proved>, (refusal) => signInPage(visit, context, at.uid, { refusal, name }));
  });
  step('GET', `${url}/code`, async (visit, { uid }) =>
    (await awaited(context, uid)) === null ? { to: `${mountedAt}/interaction/${uid}` } : codePage(visit, uid),
  );
  step('POST', `${url}/code`, async (visit, at) => {
    const { code = '' } = posted(codeFields, visit.request.body);
    return proved(at, await byCode(context, at.uid, code), (refusal) => codePage(visit, at.uid, refusal));
  });
  step('POST', `${url}/passkey`, async (visit, at) => {
    const { credential: response = '' } = posted(passkeyFields, visit.request.body);
    const found = await byPasskey(context, at.uid, { response, address: visit.request.ip });
    return proved(at, found, (refusal) => signInPage(visit, context, at.uid, { refusal, by: 'passkey' }));
  });
}
