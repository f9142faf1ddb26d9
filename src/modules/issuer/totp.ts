import { createHmac, timingSafeEqual } from 'node:crypto';

/** One-time codes of an authenticator app (RFC 6238): six digits, SHA-1, a new one each half minute, as all apps do. */

export const stepSeconds = 30;
const digits = 6;
/** How many steps a clock may be off, before and after. */
const drift = 1;

export const stepAt = (nowMs: number): number => Math.floor(nowMs / 1_000 / stepSeconds);

/** The code of one step of time (RFC 4226 §5.3). */
export function codeOf(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const made = createHmac('sha1', secret).update(counter).digest();
  const from = made.at(-1)! & 0xf;
  const number = made.readUInt32BE(from) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The step whose code this is, around a moment; undefined when it is none of theirs. */
export function stepOfCode(secret: Buffer, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const now = stepAt(nowMs);
  const given = Buffer.from(code);
  const near = Array.from({ length: 2 * drift + 1 }, (_, index) => now - drift + index);
  return near.find((step) => timingSafeEqual(Buffer.from(codeOf(secret, step)), given));
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 without padding (RFC 4648 §6), which apps take a secret in. */
export function base32(bytes: Buffer): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** The address by which an app takes everything at once, as a picture shows it. */
export function appAddress(secret: Buffer, window: string, name: string): string {
  const label = `${encodeURIComponent(window)}:${encodeURIComponent(name)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(window)}`;
}
