import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import type { IssuerConfig } from '#platform/config.ts';

/** What an access token proves: which API client it was given to, and what that client asked it for. */
export interface AccessToken {
  readonly client: string;
  /** Null where it asked for nothing in particular. */
  readonly scopes: readonly string[] | null;
}

/** Whether what a caller sent is a signed token rather than an opaque key. */
export const isToken = (key: string): boolean => key.startsWith('ey') && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(key);

/** Access tokens that were verified, so that a client's thousand requests a second cost one signature a minute. */
export interface Tokens {
  /** What a token proved within the last minute. */
  known(token: string): AccessToken | null;
  /** What a token proves, or null when it proves nothing: a wrong issuer, audience, kind, moment or signature. */
  verify(token: string): Promise<AccessToken | null>;
}

const kept = { most: 20_000, ms: 60_000 } as const;
const keysKept = { ms: 600_000, leastMs: 10_000 } as const;
const algorithms = ['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA'];

interface Source {
  readonly config: Pick<IssuerConfig, 'url' | 'audience' | 'claims'>;
  /** Asks the issuer for its public keys. */
  readonly keys: () => Promise<JSONWebKeySet>;
  /** The machine's own time, by which issuers write theirs. */
  readonly now: () => number;
}

/** The issuer's public keys: asked for again when they are old, or a token names one that is not among them. */
function keySet({ keys, now }: Source) {
  let found: { set: ReturnType<typeof createLocalJWKSet>; at: number } | undefined;
  return async (anew: boolean) => {
    const age = found === undefined ? Infinity : now() - found.at;
    if (found === undefined || age >= keysKept.ms || (anew && age >= keysKept.leastMs))
      found = { set: createLocalJWKSet(await keys()), at: now() };
    return found.set;
  };
}

/** Verifies access tokens (RFC 9068) of one issuer. */
export function createTokens(source: Source): Tokens {
  const { config, now } = source;
  const proven = new Map<string, { readonly token: AccessToken; readonly until: number }>();
  const setOf = keySet(source);
  const read = async (token: string, anew: boolean): Promise<AccessToken | null> => {
    const { payload } = await jwtVerify(token, await setOf(anew), {
      issuer: config.url,
      audience: config.audience,
      typ: 'at+jwt',
      algorithms,
      requiredClaims: ['exp', 'sub'],
    });
    const client = payload[config.claims.client];
    if (typeof client !== 'string') return null;
    const { scope, exp = 0 } = payload;
    const made = { client, scopes: typeof scope === 'string' ? scope.split(' ').sort() : null };
    if (proven.size >= kept.most) proven.delete(proven.keys().next().value ?? '');
    proven.set(token, { token: made, until: Math.min(exp * 1_000, now() + kept.ms) });
    return made;
  };
  return {
    known(token) {
      const found = proven.get(token);
      if (found === undefined) return null;
      if (now() < found.until) return found.token;
      proven.delete(token);
      return null;
    },
    async verify(token) {
      try {
        return await read(token, false).catch((error: unknown) => {
          if (error instanceof errors.JWKSNoMatchingKey) return read(token, true);
          throw error;
        });
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };
}
