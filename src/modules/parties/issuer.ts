import type { FastifyInstance } from 'fastify';
import type { JSONWebKeySet } from 'jose';
import * as oidc from 'openid-client';
import { systemClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { windowKey } from '#platform/keys.ts';
import { askTrusted } from '#platform/outbound.ts';
import { createTokens, type Tokens } from './access.ts';

/** What the way to the issuer needs of the context. */
export type IssuerBase = Pick<Context, 'config' | 'db' | 'reference'>;

/** The way to the issuer of this window, whichever it is. */
export interface IssuerLink {
  readonly tokens: Tokens;
  /** What the issuer says of itself, and how this window is known to it. Throws an outage when it does not answer. */
  discovered(): Promise<oidc.Configuration>;
  /** The issuer of this window itself is asked through its own doors, without a network. */
  connect(app: FastifyInstance): void;
}

/** The issuer does not answer: an outage, which is told as one. */
const unreachable = (cause: unknown): Error =>
  Object.assign(new Error('the issuer does not answer', { cause }), { code: 'ECONNREFUSED' });

type Asked = Parameters<oidc.CustomFetch>[1];

/** The library sends forms, as text or as pairs of names and values, and nothing else. */
const textOf = (body: Asked['body']): string | undefined =>
  body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : undefined;

async function askInside(app: FastifyInstance, address: string, { method, headers, body }: Asked): Promise<Response> {
  const { pathname, search, host } = new URL(address);
  const payload = textOf(body);
  const reply = await app.inject({
    method: method === 'POST' ? 'POST' : 'GET',
    url: pathname + search,
    headers: { ...headers, host },
    ...(payload === undefined ? {} : { payload }),
  });
  const told = Object.entries(reply.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return new Response(reply.statusCode === 204 ? null : reply.body, { status: reply.statusCode, headers: told });
}

const discoveredMs = 3_600_000;

function openLink({ config, db }: IssuerBase): IssuerLink {
  const { issuer } = config;
  let inside: FastifyInstance | undefined;
  const ask: oidc.CustomFetch = async (address, init) => {
    if (!issuer.embedded) {
      const { method, headers, body } = init;
      return askTrusted(address, { method, headers, body: textOf(body) ?? null }).catch((error: unknown) => {
        throw unreachable(error);
      });
    }
    if (inside === undefined) throw new Error('the issuer of this window is asked before its doors are there');
    return askInside(inside, address, init);
  };
  const authentication = async (): Promise<oidc.ClientAuth> => {
    if (issuer.embedded) return oidc.None();
    if (issuer.clientSecret !== null) return oidc.ClientSecretBasic(issuer.clientSecret);
    return oidc.PrivateKeyJwt(await windowKey(db, systemClock.instant()));
  };
  const discover = async (): Promise<oidc.Configuration> => {
    // Plain http is only ever that of this machine: the settings let in no other.
    const execute = [
      oidc.enableNonRepudiationChecks,
      ...(issuer.url.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
    ];
    const more = issuer.embedded ? { id_token_signed_response_alg: 'ES256' } : {};
    const options = { execute, [oidc.customFetch]: ask };
    return oidc.discovery(new URL(issuer.url), issuer.clientId, more, await authentication(), options);
  };
  let found: { configuration: Promise<oidc.Configuration>; at: number } | undefined;
  const discovered = (): Promise<oidc.Configuration> => {
    const now = systemClock.now();
    if (found === undefined || now - found.at > discoveredMs) {
      const configuration = discover().catch((error: unknown) => {
        found = undefined;
        throw error instanceof oidc.ClientError ? unreachable(error) : error;
      });
      found = { configuration, at: now };
    }
    return found.configuration;
  };
  const keys = async (): Promise<JSONWebKeySet> => {
    const { jwks_uri: address } = (await discovered()).serverMetadata();
    if (address === undefined) throw unreachable('it names no keys');
    const answer = await ask(address, { method: 'GET', headers: {}, body: undefined, redirect: 'manual' });
    if (!answer.ok) throw unreachable(`${address} answers ${answer.status}`);
    return (await answer.json()) as JSONWebKeySet;
  };
  const tokens = createTokens({ config: issuer, keys, now: () => systemClock.now() });
  return { tokens, discovered, connect: (app) => void (inside = app) };
}

const links = new WeakMap<object, IssuerLink>();

/** The way to the issuer, one for each window that is open in this process. */
export function issuerOf(base: IssuerBase): IssuerLink {
  let link = links.get(base.reference);
  if (link === undefined) links.set(base.reference, (link = openLink(base)));
  return link;
}
