import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const length = 32;

const expected = (secret: string): Buffer => createHmac('sha256', secret).update('portal form').digest();

/**
 * The token of a form, from the secret of the session. It is masked anew each time, since pages are compressed and a
 * token that stays the same could be guessed from their size (the BREACH attack).
 */
export function csrfToken(secret: string): string {
  const mask = randomBytes(length);
  const masked = expected(secret).map((byte, index) => byte ^ mask[index]!);
  return Buffer.concat([mask, masked]).toString('base64url');
}

/** True when a posted token was made from this secret. Anything malformed is false. */
export function csrfMatches(secret: string, token: unknown): boolean {
  if (typeof token !== 'string' || token.length > 100) return false;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 2 * length) return false;
  const given = bytes.subarray(length).map((byte, index) => byte ^ bytes[index]!);
  return timingSafeEqual(given, expected(secret));
}
