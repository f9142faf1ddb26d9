import { isUtf8 } from 'node:buffer';
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { ok, refuse, type Catalogue, type Result } from '#kernel/result.ts';
import { type Limits, parseStrict } from './body.ts';

/**
 * The one reader of signed texts: compact JWS (RFC 7515), ES256 over P-256 (RFC 7518 §3.4). Libraries take padding,
 * line feeds, bits that nobody reads, keys that stand twice and any `typ`; two readers of such a text may see two
 * things. So this reads by its own rules first and lets `node:crypto` check the signature, with the algorithm from the
 * key's record and never from the header.
 */

/** The refusals of this reader. */
export const jwsRefusals = {
  'jws/malformed': { status: 400, title: 'This is not a signed text in its one canonical form' },
  'jws/too-large': { status: 400, title: 'The signed text is too large' },
  'jws/type': { status: 400, title: 'The signed text is of another type' },
  'jws/algorithm': { status: 400, title: 'The signed text uses another algorithm than its key' },
  'jws/header': { status: 400, title: 'The protected header holds something that is not understood here' },
  'jws/key': { status: 400, title: 'This is not a public key of the curve P-256' },
  'jws/key-private': { status: 400, title: 'This is a private key' },
  'jws/signature': { status: 403, title: 'The signature does not verify with the key on record' },
} as const satisfies Catalogue;

/** What to do about each of them. */
export const jwsSentences: Readonly<Record<keyof typeof jwsRefusals, string>> = {
  'jws/malformed':
    'Sign again, and send header, payload and signature as unpadded base64url with a point between them.',
  'jws/too-large': 'Sign a text of at most {limit} characters.',
  'jws/type': 'Sign with the type {expected} in the protected header.',
  'jws/algorithm': 'Sign with {expected}, which the key on record is for.',
  'jws/header':
    'Leave {member} out of the protected header: it holds alg, typ and at most the key’s thumbprint as kid.',
  'jws/key': 'Enter a public key of the curve P-256 as a JWK: kty, crv, x and y.',
  'jws/key-private': 'Make a new pair of keys, and enter its public half only: this private key has been shown.',
  'jws/signature': 'Sign with the key that is on record for this client, or have the new one entered.',
};

/** A public key on record: P-256, coordinates as unpadded base64url of 32 bytes (RFC 7518 §6.2.1). */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

/** A signed text that was read and is not verified yet. */
export interface ReadJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** SHA-256 of `header.payload`, hex: what a signed text is known by. Of one signature there is a second form. */
  readonly identity: string;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

const bytesMax = 8_192;
const bounds: Limits = { depth: 8, stringLength: 4_096, listLength: 100 };
const shape = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const signatureBytes = 64;
const understood = new Set(['alg', 'typ', 'kid']);

/** Bytes of canonical unpadded base64url; undefined where writing them again gives another text. */
function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

function objectOf(bytes: Buffer): Result<Readonly<Record<string, unknown>>> {
  if (!isUtf8(bytes)) return refuse('jws/malformed');
  const parsed = parseStrict(bytes.toString('utf8'), bounds);
  if (!parsed.ok) return refuse('jws/malformed', { params: { why: parsed.error.code } });
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('jws/malformed');
  return ok({ ...value });
}

/**
 * Reads a compact JWS of exactly this `typ`, signed with ES256, of at most 8,192 characters. Refuses everything that is
 * not its one canonical form, `crit`, and every member of the header but `alg`, `typ` and `kid`.
 */
export function readJws(text: string, typ: string): Result<ReadJws> {
  if (text.length > bytesMax) return refuse('jws/too-large', { params: { limit: String(bytesMax) } });
  if (!shape.test(text)) return refuse('jws/malformed');
  const [head, body, end] = text.split('.').map(bytesOf);
  if (!head || !body || end?.length !== signatureBytes) return refuse('jws/malformed');
  const header = objectOf(head);
  if (!header.ok) return header;
  const { alg, typ: type, kid } = header.value;
  if (type !== typ) return refuse('jws/type', { params: { expected: typ } });
  if (alg !== 'ES256') return refuse('jws/algorithm', { params: { expected: 'ES256' } });
  const foreign = Object.keys(header.value).find((member) => !understood.has(member));
  if (foreign !== undefined) return refuse('jws/header', { params: { member: foreign } });
  if (kid !== undefined && typeof kid !== 'string') return refuse('jws/header', { params: { member: 'kid' } });
  const payload = objectOf(body);
  if (!payload.ok) return payload;
  const signed = Buffer.from(text.slice(0, text.lastIndexOf('.')), 'ascii');
  return ok({
    header: header.value,
    payload: payload.value,
    identity: hash('sha256', signed, 'hex'),
    signed,
    signature: end,
  });
}

/** Whether this text was signed with this key; a `kid` in its header has to be the key's thumbprint. */
export function verifyJws(read: ReadJws, jwk: PublicJwk): Result<ReadJws> {
  const key = keyOf(jwk);
  if (!key.ok) return key;
  const { kid } = read.header;
  const named = kid === undefined || kid === thumbprint(jwk);
  const good = named && verify('sha256', read.signed, { key: key.value, dsaEncoding: 'ieee-p1363' }, read.signature);
  return good ? ok(read) : refuse('jws/signature');
}

function keyOf({ kty, crv, x, y }: PublicJwk): Result<KeyObject> {
  try {
    return ok(createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }));
  } catch {
    // Coordinates that are no point of the curve.
    return refuse('jws/key');
  }
}

/** The thumbprint of a key (RFC 7638), by which a header may name it. */
export const thumbprint = ({ crv, kty, x, y }: PublicJwk): string =>
  hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url');

const coordinateBytes = 32;

/**
 * Takes a public key as somebody enters it, as a JWK (RFC 7517). What else stands in it is left out; a private key is
 * refused, since it has been shown to somebody who should not have it.
 */
export function publicJwk(text: string): Result<PublicJwk> {
  const parsed = parseStrict(text, bounds);
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null) return refuse('jws/key');
  const given: Readonly<Record<string, unknown>> = { ...parsed.value };
  if (given['d'] !== undefined) return refuse('jws/key-private');
  const { kty, crv, x, y } = given;
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string') return refuse('jws/key');
  if ([x, y].some((one) => bytesOf(one)?.length !== coordinateBytes)) return refuse('jws/key');
  const jwk = { kty, crv, x, y } as const;
  const key = keyOf(jwk);
  return key.ok ? ok(jwk) : key;
}
