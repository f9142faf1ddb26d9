import type { Tx } from '#platform/db.ts';

/** A passkey of a person: the public half, by which he proves that he holds the other. */
export interface Passkey {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly key: Buffer;
  readonly counter: bigint;
  readonly transports: readonly string[];
  readonly created: string;
  readonly used: string | null;
}

const passkeyColumns = 'id, person, name, key, counter, transports, created, used';

export const passkeysOf = (tx: Tx, person: string): Promise<Passkey[]> =>
  tx.query<Passkey>(`select ${passkeyColumns} from issuer.passkeys where person = $1 order by created, id`, [person]);

export async function passkeyOf(tx: Tx, id: string): Promise<Passkey | undefined> {
  return (await tx.query<Passkey>(`select ${passkeyColumns} from issuer.passkeys where id = $1`, [id]))[0];
}

/** Writes a passkey; false when it stands already, whosever it is. */
export async function insertPasskey(tx: Tx, row: Omit<Passkey, 'used'>): Promise<boolean> {
  const rows = await tx.query(
    `insert into issuer.passkeys (id, person, name, key, counter, transports, created)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning 1`,
    [row.id, row.person, row.name, row.key, row.counter, row.transports, row.created],
  );
  return rows.length > 0;
}

/**
 * Notes that a passkey was used. False when it is gone, or its counter did not go forward, which a copy of it would
 * show; those that do not count stay at nought.
 */
export async function usePasskey(tx: Tx, id: string, counter: number, at: string): Promise<boolean> {
  const sql = `update issuer.passkeys set counter = $2, used = $3
    where id = $1 and (counter < $2 or (counter = 0 and $2 = 0)) returning 1`;
  return (await tx.query(sql, [id, counter, at])).length > 0;
}

export async function deletePasskey(tx: Tx, person: string, id: string): Promise<boolean> {
  const sql = 'delete from issuer.passkeys where person = $1 and id = $2 returning 1';
  return (await tx.query(sql, [person, id])).length > 0;
}

/** The authenticator app of a person. */
export interface Authenticator {
  readonly secret: Buffer;
  readonly confirmed: boolean;
  readonly step: bigint;
  readonly created: string;
}

export async function authenticatorOf(tx: Tx, person: string): Promise<Authenticator | undefined> {
  const sql = 'select secret, confirmed, step, created from issuer.authenticators where person = $1';
  return (await tx.query<Authenticator>(sql, [person]))[0];
}

/** Writes the secret of an app that is still to show its first code; one that is confirmed, or younger, stays. */
export async function proposeAuthenticator(
  tx: Tx,
  person: string,
  secret: Buffer,
  times: { at: string; stale: string },
): Promise<void> {
  await tx.query(
    `insert into issuer.authenticators as a (person, secret, confirmed, step, created) values ($1, $2, false, 0, $3)
     on conflict (person) do update set secret = excluded.secret, created = excluded.created 
       where not a.confirmed and a.created < $4`,
    [person, secret, times.at, times.stale],
  );
}

/** Takes the code of a step of time; false when that step, or a later one, was taken before. */
export async function takeStep(tx: Tx, person: string, step: number): Promise<boolean> {
  const sql = `update issuer.authenticators set step = $2, confirmed = true
    where person = $1 and step < $2 returning 1`;
  return (await tx.query(sql, [person, step])).length > 0;
}

export async function deleteAuthenticator(tx: Tx, person: string): Promise<boolean> {
  return (await tx.query('delete from issuer.authenticators where person = $1 returning 1', [person])).length > 0;
}

/** Writes new codes in the place of all earlier ones. */
export async function putRecoveryCodes(tx: Tx, person: string, hashes: readonly Buffer[]): Promise<void> {
  await tx.query('delete from issuer.recovery_codes where person = $1', [person]);
  await tx.query('insert into issuer.recovery_codes (person, hash) select $1, unnest($2::bytea[])', [person, hashes]);
}

export async function recoveryCodesLeft(tx: Tx, person: string): Promise<number> {
  const sql = 'select count(*)::int as many from issuer.recovery_codes where person = $1';
  return (await tx.query<{ many: number }>(sql, [person]))[0]?.many ?? 0;
}

/** Uses a code up. Of two who bring it at the same moment one finds it gone. */
export async function takeRecoveryCode(tx: Tx, person: string, hash: Buffer): Promise<boolean> {
  const sql = 'delete from issuer.recovery_codes where person = $1 and hash = $2 returning 1';
  return (await tx.query(sql, [person, hash])).length > 0;
}

/** Removes whatever proves a person beside his password. */
export async function deleteProofs(tx: Tx, person: string): Promise<void> {
  for (const table of ['passkeys', 'authenticators', 'recovery_codes'])
    await tx.query(`delete from issuer.${table} where person = $1`, [person]);
}

/** Where somebody stands who is on his way in, or adds a passkey. */
export interface Step {
  readonly challenge: string | null;
  readonly person: string | null;
}

export async function stepOf(tx: Tx, subject: string): Promise<Step | undefined> {
  const sql = 'select challenge, person from issuer.steps where subject = $1 and expires > now()';
  return (await tx.query<Step>(sql, [subject]))[0];
}

/** Writes a step; what is left out stays as it was. */
export async function putStep(tx: Tx, subject: string, step: Partial<Step>, seconds: number): Promise<void> {
  await tx.query(
    `insert into issuer.steps as s (subject, challenge, person, expires)
     values ($1, $2, $3, now() + make_interval(secs => $4))
     on conflict (subject) do update set challenge = coalesce(excluded.challenge, s.challenge),
       person = coalesce(excluded.person, s.person), expires = excluded.expires`,
    [subject, step.challenge ?? null, step.person ?? null, seconds],
  );
}

/** Uses a challenge up, so that nothing answers it twice. */
export async function takeChallenge(tx: Tx, subject: string): Promise<string | undefined> {
  const sql = `with before as (
      select challenge from issuer.steps where subject = $1 and expires > now() for update
    ), taken as (update issuer.steps set challenge = null where subject = $1)
    select challenge from before where challenge is not null`;
  return (await tx.query<{ challenge: string }>(sql, [subject]))[0]?.challenge;
}

export async function dropStep(tx: Tx, subject: string): Promise<void> {
  await tx.query('delete from issuer.steps where subject = $1', [subject]);
}
