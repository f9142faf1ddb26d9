import { createHmac, generateKeyPairSync } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Db } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { type PublicJwk, thumbprint } from '#platform/jws.ts';
import * as store from './store-records.ts';

const hour = 3_600_000;

/** How long a key signs, how long it is shown before it does, and how long after it. */
export const keyMs = { signs: 90 * 24 * hour, before: hour, after: 24 * hour } as const;

/** The keys as they stand now: the one that signs first, then the others that are still shown. */
export interface Keys {
  readonly rows: readonly store.KeyRow[];
  /** Those that nothing is verified with any more. */
  readonly over: readonly store.KeyRow[];
  /** Whether it is time for the next one. */
  readonly due: boolean;
}

/**
 * What each key is for at a moment. A new key is shown for an hour before it signs, since other processes and other
 * windows keep what they have read for a while; the one before is shown for a day after that. `rows` are newest first.
 */
export function keysAt(rows: readonly store.KeyRow[], now: number): Keys {
  const age = ({ made }: store.KeyRow): number => now - msOfInstant(made);
  const ripe = rows.filter((row) => age(row) >= keyMs.before);
  const signing = ripe[0] ?? rows.at(-1);
  if (signing === undefined) return { rows: [], over: [], due: true };
  // The next of a key took its place when it had been shown for an hour.
  const over = ripe.slice(1).filter((_, index) => age(ripe[index]!) >= keyMs.before + keyMs.after);
  const others = rows.filter((row) => row !== signing && !over.includes(row));
  return { rows: [signing, ...others], over, due: age(rows[0]!) >= keyMs.signs };
}

interface PrivateJwk extends PublicJwk {
  readonly d: string;
}

/** Reads the keys, and makes the first or the next where it is time, and forgets those that are over. */
export async function currentKeys(db: Db, now: number): Promise<Keys['rows']> {
  const found = keysAt(await store.keys(db), now);
  if (!found.due && found.over.length === 0) return found.rows;
  return db.tx(async (tx) => {
    await store.lockKeys(tx);
    const again = keysAt(await store.keys(tx), now);
    await store.deleteKeys(
      tx,
      again.over.map(({ kid }) => kid),
    );
    if (!again.due) return again.rows;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
    const jwk: PrivateJwk = { kty: 'EC', crv: 'P-256', x, y, d };
    const made = { kid: thumbprint(jwk), jwk: JSON.stringify(jwk), made: instantOf(now) };
    await store.insertKey(tx, made);
    await append(tx, [{ kind: 'issuer.key-made', subject: newId(now), data: { thumbprint: made.kid } }]);
    return keysAt([made, ...again.rows], now).rows;
  });
}

/** What the library signs with, and what the world sees of it. */
export const jwksOf = (rows: Keys['rows']) => ({
  keys: rows.map(({ kid, jwk }) => ({ ...(JSON.parse(jwk) as PrivateJwk), kid, alg: 'ES256', use: 'sig' })),
});

/** Secrets for the library's own cookies, each made from a key and changed with it. */
export const cookieSecrets = (rows: Keys['rows']): string[] =>
  rows.map(({ jwk }) => createHmac('sha256', jwk).update('issuer cookies').digest('base64url'));
