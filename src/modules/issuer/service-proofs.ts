import { hash, randomBytes } from 'node:crypto';
import type { AuthenticationResponseJSON, RegistrationResponseJSON, WebAuthnCredential } from '@simplewebauthn/server';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { forgetTries, tooMany } from '#modules/parties/index.ts';
import { instantOf, systemClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { passkeysMax, recovery, stepMinutes } from './model.ts';
import * as store from './store.ts';
import { base32, stepOfCode } from './totp.ts';

/**
 * What proves a person: passkeys, the codes of an authenticator app, recovery codes on paper. The window's legal clock
 * may be moved and a telephone's is not, so that one-time codes go by the time of the machine.
 */
export type ProofContext = Pick<Context, 'config' | 'db' | 'clock' | 'log'>;

/** The library is large, and most of what a window does needs none of it. */
const webauthn = () => import('@simplewebauthn/server');

/** Under what name passkeys belong to this window; none where it is reached by a number, which no passkey takes. */
export function passkeyHost({ config }: Pick<Context, 'config'>): string | undefined {
  const { hostname } = new URL(config.origin);
  return /^[\d.]+$|^\[/.test(hostname) ? undefined : hostname;
}

/** A person as his passkey shows him. */
export interface Shown {
  readonly id: string;
  readonly name: string;
  readonly shown: string;
}

const registering = (person: string): string => `person ${person}`;
const bytesOfId = (id: string) => Uint8Array.from(Buffer.from(id.replaceAll('-', ''), 'hex'));

/** What the browser is asked for a new passkey, as JSON; undefined where there can be none. */
export async function passkeyToMake(context: ProofContext, person: Shown): Promise<object | undefined> {
  const host = passkeyHost(context);
  if (host === undefined) return undefined;
  const { generateRegistrationOptions } = await webauthn();
  const standing = await store.passkeysOf(context.db, person.id);
  const options = await generateRegistrationOptions({
    rpName: 'Portolan',
    rpID: host,
    userID: bytesOfId(person.id),
    userName: person.name,
    userDisplayName: person.shown,
    attestationType: 'none',
    excludeCredentials: standing.map(({ id }) => ({ id })),
    // It names its person itself, so nobody types a name; and it asks for finger, face or PIN, so it is two proofs.
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    timeout: stepMinutes.passkey * 60_000,
  });
  const { challenge } = options;
  await store.putStep(context.db, registering(person.id), { challenge }, stepMinutes.passkey * 60);
  return options;
}

/** What a browser posted as JSON; undefined when it is none. */
function jsonOf(text: string): { readonly id: string } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string')
      return undefined;
    return { ...value, id: value.id };
  } catch {
    return undefined;
  }
}

/** What of a new passkey is kept, once the browser's answer fits what it was asked; undefined when it does not. */
async function madePasskey(context: ProofContext, text: string, challenge: string | undefined) {
  const host = passkeyHost(context);
  // The library looks at the rest itself, and throws at what is not there.
  const response = jsonOf(text) as RegistrationResponseJSON | undefined;
  if (host === undefined || response === undefined || challenge === undefined) return undefined;
  const { verifyRegistrationResponse } = await webauthn();
  const expected = { expectedChallenge: challenge, expectedOrigin: context.config.origin, expectedRPID: host };
  const found = await verifyRegistrationResponse({ response, ...expected }).catch(() => undefined);
  return found?.verified === true ? found.registrationInfo?.credential : undefined;
}

/** Adds a passkey. With somebody's first proof beside his password come recovery codes, shown here and nowhere else. */
export async function addPasskey(
  context: ProofContext,
  person: string,
  given: { name: string; response: string },
): Promise<Result<{ codes: readonly string[] }>> {
  const name = given.name.trim();
  if (name === '' || name.length > 60) return refuse('issuer/passkey-unnamed', { pointer: '/name' });
  const made = await madePasskey(context, given.response, await store.takeChallenge(context.db, registering(person)));
  if (made === undefined) return refuse('issuer/passkey-wrong');
  const { id, publicKey, counter, transports = [] } = made;
  const created = context.clock.instant();
  const row = { id, person, name, key: Buffer.from(publicKey), counter: BigInt(counter), transports, created };
  return context.db.tx(async (tx) => {
    if ((await store.passkeysOf(tx, person)).length >= passkeysMax) return refuse('issuer/passkeys-most');
    if (!(await store.insertPasskey(tx, row))) return refuse('issuer/passkey-known');
    await append(tx, [{ kind: 'issuer.passkey-added', subject: person }]);
    return ok({ codes: await firstCodes(tx, person) });
  });
}

/** Writes a passkey that a demonstration shows: no key stands behind it, so nothing is signed in with it. */
export async function enrolPasskey(
  context: Pick<Context, 'db' | 'clock'>,
  given: Pick<store.Passkey, 'id' | 'person' | 'name'>,
): Promise<void> {
  const none = { key: Buffer.alloc(0), counter: 0n, transports: [] };
  await store.insertPasskey(context.db, { ...given, ...none, created: context.clock.instant() });
}

/** Removes one of a person's passkeys: what was signed with it opens nothing any more. */
export function removePasskey(context: ProofContext, person: string, id: string): Promise<Result<null>> {
  return context.db.tx(async (tx) => {
    if (!(await store.deletePasskey(tx, person, id))) return refuse('issuer/passkey-gone');
    await append(tx, [{ kind: 'issuer.passkey-removed', subject: person }]);
    return ok(null);
  });
}

/** What the browser is asked to sign in with a passkey, as JSON; the challenge is kept under the sign-in. */
export async function passkeyToUse(context: ProofContext, signIn: string): Promise<object | undefined> {
  const host = passkeyHost(context);
  if (host === undefined) return undefined;
  const { generateAuthenticationOptions } = await webauthn();
  const timeout = stepMinutes.passkey * 60_000;
  const options = await generateAuthenticationOptions({ rpID: host, userVerification: 'required', timeout });
  await store.putStep(context.db, signIn, { challenge: options.challenge }, stepMinutes.signIn * 60);
  return options;
}

/** The person whose passkey answered the challenge of this sign-in. A challenge is answered once. */
export async function personOfPasskey(context: ProofContext, signIn: string, text: string): Promise<Result<string>> {
  const challenge = await store.takeChallenge(context.db, signIn);
  const response = jsonOf(text) as AuthenticationResponseJSON | undefined;
  const host = passkeyHost(context);
  if (challenge === undefined || response === undefined || host === undefined) return refuse('issuer/passkey-wrong');
  const known = await store.passkeyOf(context.db, response.id);
  if (known === undefined) return refuse('issuer/passkey-unknown');
  const { verifyAuthenticationResponse } = await webauthn();
  const credential: WebAuthnCredential = {
    id: known.id,
    publicKey: Uint8Array.from(known.key),
    counter: Number(known.counter),
  };
  const expected = { expectedChallenge: challenge, expectedOrigin: context.config.origin, expectedRPID: host };
  const found = await verifyAuthenticationResponse({ response, credential, ...expected }).catch(() => undefined);
  if (found?.verified !== true) return refuse('issuer/passkey-wrong');
  const { newCounter } = found.authenticationInfo;
  const used = await store.usePasskey(context.db, known.id, newCounter, context.clock.instant());
  return used ? ok(known.person) : refuse('issuer/passkey-wrong');
}

const normalised = (code: string): string => code.toUpperCase().replaceAll(/[\s-]/g, '');
const hashOfCode = (code: string): Buffer => hash('sha256', normalised(code), 'buffer');
const grouped = (code: string): string => (code.match(/.{1,4}/g) ?? []).join('-');

async function putCodes(tx: Tx, person: string): Promise<string[]> {
  const codes = Array.from({ length: recovery.codes }, () => grouped(base32(randomBytes(recovery.bytes))));
  await store.putRecoveryCodes(tx, person, codes.map(hashOfCode));
  await append(tx, [{ kind: 'issuer.recovery-codes-made', subject: person }]);
  return codes;
}

const firstCodes = async (tx: Tx, person: string): Promise<string[]> =>
  (await store.recoveryCodesLeft(tx, person)) === 0 ? putCodes(tx, person) : [];

/** Makes new recovery codes in the place of all earlier ones. They are shown here and nowhere else. */
export const newRecoveryCodes = (context: ProofContext, person: string): Promise<string[]> =>
  context.db.tx((tx) => putCodes(tx, person));

/** Begins to set up an authenticator app: a page that is loaded again shows the same secret, for a while. */
export async function proposeAuthenticator({ db, clock }: ProofContext, person: string): Promise<void> {
  const stale = instantOf(clock.now() - stepMinutes.signIn * 60_000);
  await store.proposeAuthenticator(db, person, randomBytes(20), { at: clock.instant(), stale });
}

/** Takes the first code of an authenticator app; from then on the password alone opens nothing. */
export async function confirmAuthenticator(
  context: ProofContext,
  person: string,
  code: string,
): Promise<Result<{ codes: readonly string[] }>> {
  const app = await store.authenticatorOf(context.db, person);
  if (app === undefined || app.confirmed) return refuse('issuer/no-authenticator');
  const step = stepOfCode(app.secret, code.replaceAll(/\s/g, ''), systemClock.now());
  if (step === undefined) return refuse('issuer/code-wrong', { pointer: '/code' });
  return context.db.tx(async (tx) => {
    if (!(await store.takeStep(tx, person, step))) return refuse('issuer/code-wrong', { pointer: '/code' });
    await append(tx, [{ kind: 'issuer.authenticator-added', subject: person }]);
    return ok({ codes: await firstCodes(tx, person) });
  });
}

/** Removes a person's authenticator app. */
export function removeAuthenticator(context: ProofContext, person: string): Promise<Result<null>> {
  return context.db.tx(async (tx) => {
    if (!(await store.deleteAuthenticator(tx, person))) return refuse('issuer/no-authenticator');
    await append(tx, [{ kind: 'issuer.authenticator-removed', subject: person }]);
    return ok(null);
  });
}

/** Whether a person's password has to be followed by a second proof: he has something that gives one. */
export async function asksSecondProof({ db }: ProofContext, person: string): Promise<boolean> {
  const app = await store.authenticatorOf(db, person);
  return app?.confirmed === true || (await store.passkeysOf(db, person)).length > 0;
}

/** Takes a code as a second proof: of the app, or one from paper. Each is taken once, and too many tries close both. */
export async function takeCode(context: ProofContext, person: string, given: string): Promise<Result<null>> {
  if (await tooMany(context, { [`code ${person}`]: 'name' })) return refuse('parties/too-many-attempts');
  const code = normalised(given.slice(0, 100));
  const taken = /^\d{6}$/.test(code)
    ? await takeAppCode(context, person, code)
    : await takePaper(context, person, code);
  if (!taken) return refuse('issuer/code-wrong', { pointer: '/code' });
  await forgetTries(context.db, `code ${person}`);
  return ok(null);
}

async function takeAppCode({ db }: ProofContext, person: string, code: string): Promise<boolean> {
  const app = await store.authenticatorOf(db, person);
  const step = app?.confirmed === true ? stepOfCode(app.secret, code, systemClock.now()) : undefined;
  return step !== undefined && store.takeStep(db, person, step);
}

const takePaper = ({ db }: ProofContext, person: string, code: string): Promise<boolean> =>
  db.tx(async (tx) => {
    if (!(await store.takeRecoveryCode(tx, person, hashOfCode(code)))) return false;
    await append(tx, [{ kind: 'issuer.recovery-code-used', subject: person }]);
    return true;
  });

/** What a person has to prove himself with. */
export interface Proofs {
  readonly passkeys: readonly store.Passkey[];
  readonly authenticator: store.Authenticator | undefined;
  readonly codesLeft: number;
}

export async function proofsOf({ db }: Pick<Context, 'db'>, person: string): Promise<Proofs> {
  return {
    passkeys: await store.passkeysOf(db, person),
    authenticator: await store.authenticatorOf(db, person),
    codesLeft: await store.recoveryCodesLeft(db, person),
  };
}
