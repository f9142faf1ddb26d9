import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientMetadata, Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { machineClient, personOf, returnPath } from '#modules/parties/index.ts';
import { scopes } from '#platform/auth.ts';
import { systemClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { askTrusted } from '#platform/outbound.ts';
import type { PublicJwk } from '#platform/jws.ts';
import { adapterOf } from './adapter.ts';
import { cookieSecrets, currentKeys, jwksOf, type Keys } from './keys.ts';
import { seconds } from './model.ts';

/** Where the issuer stands in the window. */
export const mountedAt = '/oidc';

type IssuerContext = Pick<Context, 'config' | 'db' | 'clock' | 'log' | 'reference'>;

/** Shows an error of the library to a person. */
export type ErrorPage = (ctx: KoaContextWithOIDC, error: string) => string;

const windowKeysMs = 300_000;

/** The public keys of another window, with which it signs when its people sign in here. */
function windowKeys() {
  const kept = new Map<string, { keys: PublicJwk[]; at: number }>();
  return async (origin: string): Promise<PublicJwk[]> => {
    const known = kept.get(origin);
    if (known !== undefined && systemClock.now() - known.at < windowKeysMs) return known.keys;
    const answer = await askTrusted(`${origin}/.well-known/jwks.json`, {});
    const { keys } = (await answer.json()) as { keys: PublicJwk[] };
    kept.set(origin, { keys, at: systemClock.now() });
    return keys;
  };
}

/** Who may ask this issuer: the portal itself, other windows that the operator has named, and API clients with keys. */
function clientsOf({ config, reference }: IssuerContext): (id: string) => Promise<ClientMetadata | undefined> {
  const keysOfWindow = windowKeys();
  const people = (origin: string): ClientMetadata => ({
    client_id: origin === config.origin ? config.issuer.clientId : origin,
    redirect_uris: [origin + returnPath],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    application_type: 'web',
    scope: 'openid profile',
  });
  return async (id) => {
    if (id === config.issuer.clientId) return { ...people(config.origin), token_endpoint_auth_method: 'none' };
    if (config.issuer.windows.includes(id)) {
      const jwks = { keys: await keysOfWindow(id) };
      return { ...people(id), token_endpoint_auth_method: 'private_key_jwt', jwks };
    }
    const client = machineClient(reference.current(), id);
    if (client === undefined) return undefined;
    return {
      client_id: id,
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [...client.keys] },
      scope: client.scopes.join(' '),
    };
  };
}

const ttl = {
  AuthorizationCode: seconds.code,
  AccessToken: seconds.access,
  ClientCredentials: seconds.access,
  IdToken: seconds.id,
  Interaction: seconds.interaction,
  Session: seconds.session,
  Grant: seconds.session,
};

function configurationOf(context: IssuerContext, keys: Keys['rows'], errorPage: ErrorPage): Configuration {
  const { config, db } = context;
  return {
    adapter: adapterOf(db, clientsOf(context)),
    jwks: jwksOf(keys),
    cookies: {
      keys: cookieSecrets(keys),
      short: { httpOnly: true, sameSite: 'lax', path: mountedAt },
      long: { httpOnly: true, sameSite: 'lax', path: mountedAt },
    },
    ttl,
    scopes: ['openid', 'profile', ...scopes],
    claims: { openid: ['sub', 'preferred_username', 'amr', 'auth_time'], profile: ['name'] },
    responseTypes: ['code'],
    subjectTypes: ['public'],
    clientAuthMethods: ['none', 'private_key_jwt'],
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256'],
      idTokenSigningAlgValues: ['ES256'],
    },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => config.issuer.audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: scopes.join(' '),
          audience: config.issuer.audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: seconds.access,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    interactions: { url: (_ctx, { uid }) => `${mountedAt}/interaction/${uid}` },
    async findAccount(_ctx, id) {
      const person = await personOf(db, id);
      if (person === undefined || person.status !== 'active') return undefined;
      const claims = { sub: id, preferred_username: person.name, name: person.shown };
      return { accountId: id, claims: () => claims };
    },
    renderError(ctx, { error }) {
      ctx.type = 'html';
      ctx.body = errorPage(ctx, error);
    },
  };
}

async function build(context: IssuerContext, keys: Keys['rows'], errorPage: ErrorPage): Promise<Provider> {
  // Of what a window does in its first seconds nothing needs it.
  const { default: Library, interactionPolicy } = await import('oidc-provider');
  const configuration = configurationOf(context, keys, errorPage);
  const policy = interactionPolicy.base();
  // Nobody is let in because somebody else was let in before him: each sign-in asks anew.
  const asked = new interactionPolicy.Check('fresh', 'Every sign-in is asked for anew', (ctx) => {
    const { Check } = interactionPolicy;
    return ctx.oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
  });
  policy.get('login')?.checks.add(asked);
  const provider: Provider = new Library(context.config.issuer.url, {
    ...configuration,
    interactions: { ...configuration.interactions, policy },
    async loadExistingGrant(ctx) {
      const { client, session } = ctx.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      // Whoever signs in here does so for his own window, or for one that the operator has named: that is consent.
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  provider.proxy = true;
  provider.on('server_error', (_ctx, error) => context.log.error('issuer-failed', error));
  return provider;
}

const rereadMs = 30_000;

/** The issuer of this window: the library with the keys of the moment. */
export interface Issuer {
  provider(): Promise<Provider>;
  /** Hands a request over to the library. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Says to the library where the request came in, whatever stands between: nobody else is believed about that. */
export function asSeen(request: IncomingMessage, origin: string): IncomingMessage {
  const { host, protocol } = new URL(origin);
  delete request.headers['x-forwarded-for'];
  Object.assign(request.headers, { host, 'x-forwarded-host': host, 'x-forwarded-proto': protocol.slice(0, -1) });
  return request;
}

/** Opens the issuer. Its keys are read again every half minute, and it is made anew when they have changed. */
export function openIssuer(context: IssuerContext, errorPage: ErrorPage): Issuer {
  let standing: { provider: Promise<Provider>; kids: string; at: number } | undefined;
  const provider = async (): Promise<Provider> => {
    const now = systemClock.now();
    if (standing !== undefined && now - standing.at < rereadMs) return standing.provider;
    const keys = await currentKeys(context.db, now);
    const kids = keys.map(({ kid }) => kid).join(' ');
    if (standing?.kids === kids) standing.at = now;
    else standing = { provider: build(context, keys, errorPage), kids, at: now };
    return standing.provider;
  };
  return {
    provider,
    async answer(request, response) {
      const handle = (await provider()).callback();
      const whole = request.url ?? '/';
      Object.assign(asSeen(request, context.config.origin), { originalUrl: whole });
      request.url = whole.slice(mountedAt.length) || '/';
      await handle(request, response);
    },
  };
}
