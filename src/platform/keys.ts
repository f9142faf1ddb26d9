import { createPrivateKey, generateKeyPairSync, type JsonWebKey, sign, type webcrypto } from 'node:crypto';
import type { Tx } from './db.ts';
import { type PublicJwk, thumbprint } from './jws.ts';

/** Signs with the window's own key, ES256. */
export interface Signer {
  readonly kid: string;
  /** A compact JWS over this payload, byte for byte; the header gets `alg` and `kid` beside what is given. */
  sign(header: Readonly<Record<string, string>>, payload: string): string;
}

interface KeyRow {
  kid: string;
  jwk: string;
}

const current = async (tx: Tx): Promise<KeyRow | undefined> =>
  (await tx.query<KeyRow>('select kid, jwk from platform.signing_keys where retired is null'))[0];

/** The public half of a stored key. */
function publicOf(jwk: string): PublicJwk {
  const { x = '', y = '' } = JSON.parse(jwk) as JsonWebKey;
  return { kty: 'EC', crv: 'P-256', x, y };
}

/** Makes the window's key where there is none: of two processes that do so at once, one key stands. */
async function made(tx: Tx, at: string): Promise<KeyRow> {
  const jwk = JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }));
  await tx.query('insert into platform.signing_keys (kid, jwk, made) values ($1, $2, $3) on conflict do nothing', [
    thumbprint(publicOf(jwk)),
    jwk,
    at,
  ]);
  return (await current(tx))!;
}

/** The window's own private key, for libraries that sign by themselves; it is made when it is first needed. */
export async function windowKey(
  tx: Tx,
  at: string,
): Promise<{ readonly kid: string; readonly key: webcrypto.CryptoKey }> {
  const { kid, jwk } = (await current(tx)) ?? (await made(tx, at));
  const key = createPrivateKey({ key: JSON.parse(jwk) as JsonWebKey, format: 'jwk' });
  return { kid, key: key.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']) };
}

/** The signer of this window, whose key is made when it is first needed. */
export async function windowSigner(tx: Tx, at: string): Promise<Signer> {
  const { kid, jwk } = (await current(tx)) ?? (await made(tx, at));
  const key = createPrivateKey({ key: JSON.parse(jwk) as JsonWebKey, format: 'jwk' });
  const encoded = (text: string): string => Buffer.from(text).toString('base64url');
  return {
    kid,
    sign(header, payload) {
      const signed = `${encoded(JSON.stringify({ alg: 'ES256', kid, ...header }))}.${encoded(payload)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    },
  };
}

/** The public keys of this window as a JWK Set (RFC 7517), those that are retired too, for whoever verifies. */
export async function publicKeys(
  tx: Tx,
): Promise<{ keys: (PublicJwk & { readonly kid: string; readonly alg: 'ES256'; readonly use: 'sig' })[] }> {
  const rows = await tx.query<KeyRow>('select kid, jwk from platform.signing_keys order by made, kid');
  return { keys: rows.map(({ kid, jwk }) => ({ ...publicOf(jwk), kid, alg: 'ES256', use: 'sig' })) };
}
