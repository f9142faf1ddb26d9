import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { Portolan } from '../../src/app.ts';

/** A program that asks the issuer for access tokens with a key of its own. */
export interface Machine {
  /** The public half, as an administrator enters it. */
  readonly jwk: object;
  /** What it proves itself with at the issuer (RFC 7523), good once. */
  assertion(client: string, issuer: string, change?: Record<string, unknown>): string;
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export function machine(): Machine {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    jwk: publicKey.export({ format: 'jwk' }),
    assertion(client, issuer, change = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const claims = { iss: client, sub: client, aud: issuer, iat: now, exp: now + 60, jti: randomUUID(), ...change };
      const signed = `${encoded({ alg: 'ES256', typ: 'JWT' })}.${encoded(claims)}`;
      const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${signed}.${signature.toString('base64url')}`;
    },
  };
}

/** Asks the token endpoint for a token of client credentials. */
export async function tokenFor(
  { app }: Pick<Portolan, 'app'>,
  assertion: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: any }> {
  const payload = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    ...more,
  });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const reply = await app.inject({ method: 'POST', url: '/oidc/token', headers: type, payload: payload.toString() });
  return { status: reply.statusCode, body: reply.json() };
}
