import { createHmac, hash, randomBytes } from 'node:crypto';
import * as oidc from 'openid-client';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Config } from '#platform/config.ts';
import { isOutage } from '#platform/db.ts';
import type { Language } from '#portal/language.ts';
import { type IssuerBase, issuerOf } from './issuer.ts';
import type { Asked } from './asked.ts';
import { nameOf } from './service-sign-in.ts';

/**
 * Signing in as a plain OpenID Connect client: authorization code with PKCE. What ties the answer of the issuer to the
 * browser that asked is one secret in a cookie; state, nonce and verifier are made from it, so nothing is stored.
 */

/** Where the issuer sends a person back to. */
export const returnPath = '/sign-in/return';

const begunMinutes = 15;

const cookieName = (config: Config): string => (config.origin.startsWith('https:') ? '__Host-sign-in' : 'sign-in');

function cookieOf(config: Config, value: string): string {
  const secure = config.origin.startsWith('https:') ? '; Secure' : '';
  const age = value === '' ? 0 : begunMinutes * 60;
  return `${cookieName(config)}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`;
}

/** The `Set-Cookie` value that ends a sign-in that was begun. */
export const endedSignIn = (config: Config): string => cookieOf(config, '');

/** Where to go after signing in: an address of this window and never of another, however it is written. */
export const localPath = (text: string): string =>
  /^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(text) && !text.includes('\\') ? text : '/';

const valuePattern = /^([\w-]{43})\.([\w-]{0,700})$/;

/** The secret of a sign-in that this browser has begun, and where it wanted to go. */
function begunIn(config: Config, request: Asked): { secret: string; next: string } | undefined {
  const start = `${cookieName(config)}=`;
  const pair = (request.headers.cookie ?? '').split(';').find((part) => part.trim().startsWith(start));
  const [, secret, next = ''] = valuePattern.exec(pair?.trim().slice(start.length) ?? '') ?? [];
  if (secret === undefined) return undefined;
  return { secret, next: localPath(Buffer.from(next, 'base64url').toString('latin1')) };
}

const made = (secret: string, what: string): string => createHmac('sha256', secret).update(what).digest('base64url');

/** Begins a sign-in: the address of the issuer to go to, and the cookie that lets this browser come back. */
export async function beginSignIn(
  base: IssuerBase,
  next: string,
  language: Language,
): Promise<Result<{ to: string; cookie: string }>> {
  const { config } = base;
  const configuration = await issuerOf(base)
    .discovered()
    .catch((error: unknown) => {
      if (isOutage(error)) return undefined;
      throw error;
    });
  if (configuration === undefined) return refuse('parties/issuer-unreachable');
  const secret = randomBytes(32).toString('base64url');
  const to = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: config.origin + returnPath,
    scope: 'openid profile',
    state: made(secret, 'state'),
    nonce: made(secret, 'nonce'),
    code_challenge: hash('sha256', made(secret, 'verifier'), 'base64url'),
    code_challenge_method: 'S256',
    // Whoever signed out and left is not signed in again by the next who sits down.
    prompt: 'login',
    ui_locales: language,
  });
  const cookie = cookieOf(config, `${secret}.${Buffer.from(localPath(next), 'latin1').toString('base64url')}`);
  return ok({ to: to.href, cookie });
}

/** What the issuer has said of a person who came back from it. */
export interface Named {
  readonly name: string;
  readonly assurance: 'password' | 'passkey';
  /** Where he wanted to go. */
  readonly next: string;
}

/** Ways of proving oneself that cannot be told to somebody else (RFC 8176). */
const phishingResistant = new Set(['hwk', 'swk', 'pop']);

function nameIn(config: Config, claims: oidc.IDToken | undefined): string | undefined {
  const name = claims?.[config.issuer.claims.person];
  return typeof name === 'string' && name.length <= 200 ? nameOf(name) : undefined;
}

function amrOf(claims: oidc.IDToken | undefined): readonly unknown[] {
  const amr: unknown = claims?.['amr'];
  return Array.isArray(amr) ? amr : [];
}

/** Takes what the issuer sent back: only by the browser that asked, once, and signed for this window. */
export async function finishSignIn(
  base: IssuerBase,
  request: Asked & { readonly url: string },
): Promise<Result<Named>> {
  const { config } = base;
  const begun = begunIn(config, request);
  if (begun === undefined) return refuse('parties/sign-in-stale');
  const { secret, next } = begun;
  const address = new URL(config.origin + request.url);
  // The library would tell a forged answer apart from a refusal of the issuer only by its kind of error.
  if (address.searchParams.get('state') !== made(secret, 'state')) return refuse('parties/sign-in-stale');
  try {
    const answer = await oidc.authorizationCodeGrant(await issuerOf(base).discovered(), address, {
      pkceCodeVerifier: made(secret, 'verifier'),
      expectedState: made(secret, 'state'),
      expectedNonce: made(secret, 'nonce'),
      idTokenExpected: true,
    });
    const claims = answer.claims();
    const name = nameIn(config, claims);
    if (name === undefined) return refuse('parties/person-unknown');
    const strong = amrOf(claims).some((one) => typeof one === 'string' && phishingResistant.has(one));
    return ok({ name, assurance: strong ? 'passkey' : 'password', next });
  } catch (error) {
    if (isOutage(error)) return refuse('parties/issuer-unreachable');
    if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError)
      return refuse('parties/sign-in-stopped');
    if (error instanceof oidc.ClientError) return refuse('parties/sign-in-stale');
    throw error;
  }
}
