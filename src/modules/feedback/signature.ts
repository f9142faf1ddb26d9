import { createHmac, randomBytes } from 'node:crypto';

/**
 * Signatures as the Standard Webhooks specification 1.0 has them: HMAC-SHA256 over `id.timestamp.body` under a secret
 * that is written `whsec_` and base64, each signature written `v1,` and base64, several of them apart by spaces.
 */

const start = 'whsec_';

/** A new secret: 256 bits, within the 24 to 64 bytes that the specification allows. */
export const newSecret = (): string => start + randomBytes(32).toString('base64');

/** One signature of a message; `seconds` since 1970. */
export function signature(secret: string, id: string, seconds: number, body: string): string {
  const key = Buffer.from(secret.slice(start.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** The headers of one attempt. With two secrets each signs, so that a receiver may know either. */
export const signedHeaders = (
  secrets: readonly string[],
  id: string,
  seconds: number,
  body: string,
): Readonly<Record<string, string>> => ({
  'content-type': 'application/json; charset=utf-8',
  'user-agent': 'Portolan',
  'webhook-id': id,
  'webhook-timestamp': String(seconds),
  'webhook-signature': secrets.map((secret) => signature(secret, id, seconds, body)).join(' '),
});
