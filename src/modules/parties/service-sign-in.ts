import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { instantOf } from '#platform/clock.ts';
import { isLoopback } from '#platform/config.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { attemptsMax, linkHours, passwordLength, type SessionAssurance, type User } from './model.ts';
import { type Asked, deviceOf, fromLoopback } from './asked.ts';
import { hashOfToken, sessionTimes } from './service-identify.ts';
import * as store from './store-people.ts';

/** What signing in needs of the context. */
export type SignInContext = Pick<Context, 'config' | 'db' | 'clock'>;

/**
 * One of the settings that OWASP holds to be equally strong, with the least memory for it: 32 MiB, three times over.
 */
const cost = { N: 32_768, r: 8, p: 3, maxmem: 128 * 1024 * 1024 } as const;
const stored = /^scrypt\$15\$8\$3\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;

/** How many passwords are worked on at a time, and how many may wait; each takes a thread and 32 MiB. */
const hashing = { most: 2, waitingMost: 30 };
let running = 0;
const waiting: (() => void)[] = [];

async function scrypted(password: string, salt: Buffer): Promise<Buffer> {
  // Whoever ends hands his place to the next in line, so that nobody slips in between.
  if (running >= hashing.most) await new Promise<void>((go) => waiting.push(go));
  else running += 1;
  try {
    // The same word typed on two keyboards can be two sequences of code points (RFC 8265 §4.2).
    return await new Promise((done, failed) => {
      scrypt(password.normalize('NFC'), salt, 32, cost, (error, key) => (error ? failed(error) : done(key)));
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** What is stored of a password. */
async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await scrypted(password, salt);
  return `scrypt$15$8$3$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/**
 * Whether a password is the stored one. Without a stored one the same work is done, so that time tells nothing either.
 */
async function passwordMatches(password: string, kept: string | null): Promise<boolean> {
  const [, salt, key] = stored.exec(kept ?? '') ?? [];
  const made = await scrypted(password, Buffer.from(salt ?? 'AAAAAAAAAAAAAAAAAAAAAA', 'base64url'));
  return key !== undefined && timingSafeEqual(made, Buffer.from(key, 'base64url'));
}

const newToken = (): string => randomBytes(32).toString('base64url');

/** Opens a session and gives the token for the cookie; only its hash is kept. */
async function open(
  tx: Tx,
  given: { person: string; assurance: SessionAssurance; device: string; at: string },
): Promise<string> {
  const { person, assurance } = given;
  const token = newToken();
  await store.openSession(tx, { ...given, hash: hashOfToken(token) });
  await append(tx, [{ kind: 'parties.signed-in', subject: person, data: { assurance } }]);
  return token;
}

/**
 * Counts one more try of each of these subjects, and says whether one of them was tried too often in a quarter of an
 * hour.
 */
export async function tooMany(
  context: SignInContext,
  subjects: Readonly<Record<string, keyof Omit<typeof attemptsMax, 'minutes'>>>,
): Promise<boolean> {
  const now = context.clock.now();
  const since = instantOf(now - attemptsMax.minutes * 60_000);
  let over = false;
  for (const [subject, kind] of Object.entries(subjects)) {
    const tries = await store.countAttempt(context.db, hashOfToken(subject), instantOf(now), since);
    over ||= tries > attemptsMax[kind];
  }
  return over;
}

/** Forgets the tries of a subject that has proved itself. */
export const forgetTries = (tx: Tx, subject: string): Promise<void> => store.forgetAttempts(tx, hashOfToken(subject));

/** The name to sign in as it is compared: without spaces around it, in small letters. */
export const nameOf = (text: string): string => text.trim().toLowerCase();

/**
 * The person of this name and password. A name nobody has, a wrong password, a suspended person and one without a
 * password all give the same answer after the same work, and all of them count.
 */
export async function checkPassword(
  context: SignInContext,
  given: { name: string; password: string; address: string },
): Promise<Result<User>> {
  const name = nameOf(given.name);
  if (await tooMany(context, { [`address ${given.address}`]: 'address', [`name ${name}`]: 'name' }))
    return refuse('parties/too-many-attempts');
  if (waiting.length >= hashing.waitingMost) return refuse('parties/busy');
  const user = name.length <= 64 ? await store.userNamed(context.db, name) : undefined;
  const word = given.password.length <= passwordLength.most ? given.password : '';
  const matches = await passwordMatches(word, user?.password ?? null);
  if (user === undefined || !matches || user.status !== 'active') return refuse('parties/sign-in-failed');
  await forgetTries(context.db, `name ${name}`);
  const { password: _, ...person } = user;
  return ok(person);
}

/**
 * Opens a session for whoever the issuer has named. A person of the demonstration gets in only where its own sign-in
 * would let him in.
 */
export async function admit(
  context: SignInContext,
  request: Asked,
  named: { name: string; assurance: 'password' | 'passkey' },
): Promise<Result<{ token: string }>> {
  const user = await store.userNamed(context.db, nameOf(named.name));
  if (user === undefined || user.status !== 'active') return refuse('parties/person-unknown');
  if (user.demo) return signInAs(context, request, user.name);
  const given = { person: user.id, assurance: named.assurance, device: deviceOf(request) };
  return ok({ token: await context.db.tx((tx) => open(tx, { ...given, at: context.clock.instant() })) });
}

/**
 * Signs a person of the demonstration's cast in without a password. It works only in a demonstration window that
 * listens on loopback, for a request that comes from this machine, and only for people made by the demonstration.
 */
export async function signInAs(
  context: SignInContext,
  request: Asked,
  name: string,
): Promise<Result<{ token: string }>> {
  const { config } = context;
  if (!config.demo || !isLoopback(config.host) || !fromLoopback(request)) return refuse('parties/demo-only');
  const user = await store.userNamed(context.db, nameOf(name));
  if (user === undefined || !user.demo || user.status !== 'active') return refuse('parties/demo-only');
  const given = { person: user.id, assurance: 'demo', device: deviceOf(request), at: context.clock.instant() } as const;
  const token = await context.db.tx((tx) => open(tx, given));
  return ok({ token });
}

/** Ends the session that a token belongs to. */
export const signOut = (context: SignInContext, token: string): Promise<void> =>
  store.closeSession(context.db, hashOfToken(token));

/** Makes a link that works once, within a day. Only its hash is kept, and an earlier one for the same person goes. */
export async function newLink(context: SignInContext, tx: Tx, person: string | null): Promise<string> {
  const token = newToken();
  const now = context.clock.now();
  const expires = instantOf(now + linkHours * 3_600_000);
  await store.writeLink(tx, { hash: hashOfToken(token), person, created: instantOf(now), expires });
  return `${context.config.origin}${person === null ? '/first/' : '/password/'}${token}`;
}

/** The link for the first administrator of a window that nobody can sign in to; null once somebody can. */
export const firstAdministratorLink = (context: SignInContext): Promise<string | null> =>
  context.db.tx(async (tx) => ((await store.anyUser(tx)) ? null : newLink(context, tx, null)));

async function linkNow(context: SignInContext, token: string): Promise<Result<store.LinkRow>> {
  const found = await store.linkOf(context.db, hashOfToken(token), context.clock.instant());
  if (found === undefined || (found.person === null && (await store.anyUser(context.db)))) {
    return refuse('parties/link-used');
  }
  return ok(found);
}

/** What a link is good for, without using it up. */
export async function linkPurpose(
  context: SignInContext,
  token: string,
): Promise<Result<'first-administrator' | 'password'>> {
  const found = await linkNow(context, token);
  return found.ok ? ok(found.value.person === null ? 'first-administrator' : 'password') : found;
}

/** What a person types who follows a link: a name only where he does not have one yet. */
export interface LinkForm {
  readonly token: string;
  readonly name: string;
  readonly shown: string;
  readonly password: string;
  readonly again: string;
  /** What the browser says of itself. */
  readonly device: string;
}

/** What a name to sign in looks like. */
export const namePattern = /^[a-z0-9][a-z0-9._@-]{1,63}$/;

function passwordRefusal(form: LinkForm, name: string): Result<null> {
  if (form.password.length < passwordLength.least) return refuse('parties/password-short', { pointer: '/password' });
  if (form.password.length > passwordLength.most) return refuse('parties/password-long', { pointer: '/password' });
  if (nameOf(form.password) === name) return refuse('parties/password-is-name', { pointer: '/password' });
  if (form.password !== form.again) return refuse('parties/passwords-differ', { pointer: '/again' });
  return ok(null);
}

/**
 * Uses a link up: makes the first administrator, or sets a person's password and ends his other sessions. Whoever had
 * no password is signed in; whoever had one signs in by it, where his second proof is asked for: then there is no
 * token.
 */
export async function followLink(context: SignInContext, form: LinkForm): Promise<Result<{ token: string | null }>> {
  const link = await linkNow(context, form.token);
  if (!link.ok) return link;
  const first = link.value.person === null;
  const name = link.value.name ?? nameOf(form.name);
  if (first && !namePattern.test(name)) return refuse('parties/name-malformed', { pointer: '/name' });
  const fine = passwordRefusal(form, name);
  if (!fine.ok) return fine;
  if (waiting.length >= hashing.waitingMost) return refuse('parties/busy');
  const password = await hashPassword(form.password);
  const at = context.clock.instant();
  return context.db.tx(async (tx) => {
    const taken = await store.takeLink(tx, hashOfToken(form.token), at);
    if (taken === undefined) return refuse('parties/link-used');
    const { device } = form;
    if (taken.person === null)
      return firstAdministrator(context, tx, { name, shown: form.shown.trim(), password, device });
    const invited = await store.setPassword(tx, taken.person, password, at);
    await store.closeSessionsOf(tx, taken.person);
    await append(tx, [{ kind: 'parties.password-set', subject: taken.person }]);
    if (!invited) return ok({ token: null });
    return ok({ token: await open(tx, { person: taken.person, assurance: 'password', device, at }) });
  });
}

async function firstAdministrator(
  context: SignInContext,
  tx: Tx,
  given: { name: string; shown: string; password: string; device: string },
): Promise<Result<{ token: string }>> {
  if (await store.anyUser(tx)) return refuse('parties/link-used');
  const at = context.clock.instant();
  const id = newId(context.clock.now());
  const shown = given.shown === '' ? given.name : given.shown.slice(0, 200);
  const holder = { party: null, authority: null, status: 'active', demo: false, created: at } as const;
  const user = { id, name: given.name, shown, password: given.password, roles: ['administrator'], ...holder };
  if (!(await store.insertUser(tx, user))) return refuse('parties/link-used');
  await append(tx, [{ kind: 'parties.first-administrator', subject: id }]);
  return ok({ token: await open(tx, { person: id, assurance: 'password', device: given.device, at }) });
}

/** Removes sessions, links and counted tries that are over; true when there were any. */
export function sweepSignIns(context: SignInContext): Promise<boolean> {
  const now = context.clock.now();
  const { seenAfter, createdAfter } = sessionTimes(now);
  const attempts = instantOf(now - attemptsMax.minutes * 60_000);
  return context.db.tx((tx) =>
    store.sweep(tx, { seen: seenAfter, created: createdAfter, now: instantOf(now), attempts }),
  );
}
