import { createHmac, hash } from 'node:crypto';
import { anonymous, type Principal, type Role, roles as allRoles } from '#platform/auth.ts';
import { instantOf } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { Context } from '#platform/context.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { csrfMatches, csrfToken } from '#portal/csrf.ts';
import { type AccessToken, isToken } from './access.ts';
import { type Asked, fromLoopback, fromOurPages } from './asked.ts';
import { active, clientById, type Directory, partiesPart, representationsFor, representationsOf } from './directory.ts';
import { issuerOf } from './issuer.ts';
import { type Client, type SessionAssurance, type SessionTimes, sessionMinutes, type User } from './model.ts';
import * as store from './store-people.ts';

const hashesMax = 4_096;
const hashes = new Map<string, string>();

/**
 * The SHA-256 of a key in hexadecimal. Of known keys it is kept, so that a client's thousand requests a second hash
 * once; an unknown key is not, so that nobody fills the memory with guesses.
 */
function hashOfKey(key: string, directory: Directory): string {
  const kept = hashes.get(key);
  if (kept !== undefined) return kept;
  const made = hash('sha256', key, 'hex');
  if (directory.clients.has(made)) {
    if (hashes.size >= hashesMax) hashes.delete(hashes.keys().next().value ?? '');
    hashes.set(key, made);
  }
  return made;
}

const principalsMax = 20_000;
/** Principals of clients by snapshot: a new snapshot has none of them, so nothing revoked outlives its epoch here. */
const principals = new WeakMap<Directory, Map<string, Principal>>();

/**
 * The principal of an API client on a day, or null when the key is unknown or revoked. The key proves only which client
 * it is; status, party, scopes, representations and mandates come from the snapshot.
 */
export function principalOfClient(snapshot: Snapshot, key: string, on: string): Principal | null {
  const directory = snapshot.get(partiesPart);
  return keptPrincipal(directory, directory.clients.get(hashOfKey(key, directory)), on, null);
}

/**
 * The principal of the API client that an access token was given to, or null when it is unknown or revoked by now. The
 * token narrows what the client may do to the scopes that were asked for, and widens nothing.
 */
export function principalOfToken(snapshot: Snapshot, token: AccessToken, on: string): Principal | null {
  const directory = snapshot.get(partiesPart);
  return keptPrincipal(directory, clientById(directory, token.client), on, token.scopes);
}

function keptPrincipal(
  directory: Directory,
  client: Client | undefined,
  on: string,
  asked: readonly string[] | null,
): Principal | null {
  if (client === undefined || !counts(client, on)) return null;
  let made = principals.get(directory);
  if (made === undefined) principals.set(directory, (made = new Map<string, Principal>()));
  const name = `${client.hash} ${on} ${asked === null ? '*' : asked.join(' ')}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  if (made.size >= principalsMax) made.clear();
  const principal = Object.freeze(clientPrincipal(directory, client, on, asked));
  made.set(name, principal);
  return principal;
}

/** Whether a client's key counts on a day: it was neither revoked, nor has its end come. */
export const counts = ({ status, until }: Client, on: string): boolean =>
  status === 'active' && (until === null || on < until);

/** `asked` are the scopes that a token, or an earlier snapshot, narrows it to; null for none. */
function clientPrincipal(directory: Directory, client: Client, on: string, asked: readonly string[] | null): Principal {
  const { party, authority } = client;
  const held = asked === null ? client.scopes : client.scopes.filter((scope) => asked.includes(scope));
  // Who is suspended files nothing any more, and can still read what was decided about him and pay what he owes.
  const whole = party === null || active(directory, party, on);
  return {
    subject: client.id,
    name: client.name,
    client: client.id,
    party,
    authority,
    roles: [],
    representations: party === null || !whole ? [] : representationsOf(directory, party, on),
    mandates: authority === null ? [] : (directory.mandates.get(authority) ?? []),
    scopes: whole ? held : held.filter((scope) => scope === 'read' || scope === 'pay'),
    assurance: 'key',
    on,
  };
}

/**
 * The same client or person under another snapshot, with what has changed since; null for a client that was revoked.
 * The roles of a person are not reference data and stay what they were.
 */
export function principalUnder(snapshot: Snapshot, principal: Principal): Principal | null {
  const directory = snapshot.get(partiesPart);
  const { client: id, party, authority, on } = principal;
  if (id !== null) {
    const client = clientById(directory, id);
    return client !== undefined && counts(client, on) ? clientPrincipal(directory, client, on, principal.scopes) : null;
  }
  return {
    ...principal,
    representations: party !== null && active(directory, party, on) ? representationsOf(directory, party, on) : [],
    mandates: authority === null ? [] : (directory.mandates.get(authority) ?? []),
  };
}

/**
 * A party as news are told to it without its asking: it reads and does nothing else. Its representations are there as
 * far as they concern these parties, and none while it is suspended.
 */
export function principalOfParty(snapshot: Snapshot, party: string, named: Iterable<string>, on: string): Principal {
  const directory = snapshot.get(partiesPart);
  return {
    subject: party,
    name: '',
    client: party,
    party,
    authority: null,
    roles: [],
    representations: active(directory, party, on) ? representationsFor(directory, party, named, on) : [],
    mandates: [],
    scopes: ['read'],
    assurance: 'key',
    on,
  };
}

const isRole = (text: string): text is Role => allRoles.some((role) => role === text);

/** The principal of a person on a day, with what the snapshot says of his party or authority. */
function principalOfUser(snapshot: Snapshot, user: User, assurance: SessionAssurance, on: string): Principal {
  const directory = snapshot.get(partiesPart);
  const { party, authority } = user;
  const whole = party === null || active(directory, party, on);
  const held = user.roles.filter(isRole);
  return {
    subject: user.id,
    name: user.shown,
    client: null,
    party,
    authority,
    // As for a client: reading, and paying what is owed. Who runs the window still runs it.
    roles: whole ? held : ['payer', ...held.filter((role) => role === 'administrator')],
    representations: party === null || !whole ? [] : representationsOf(directory, party, on),
    mandates: authority === null ? [] : (directory.mandates.get(authority) ?? []),
    scopes: [],
    assurance,
    on,
  };
}

/** What identifying needs of the context. */
export type Base = Pick<Context, 'config' | 'db' | 'clock' | 'reference'>;

/** The oldest beginnings and uses of a session that still count now. */
export function sessionTimes(nowMs: number): SessionTimes {
  return {
    seenAfter: instantOf(nowMs - sessionMinutes.idle * 60_000),
    createdAfter: instantOf(nowMs - sessionMinutes.whole * 60_000),
  };
}

const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** What is stored of a token that a browser or a link carries. */
export const hashOfToken = (token: string): Buffer => hash('sha256', token, 'buffer');

/** The principal of a session on a day, or null when it is over, unknown, or its person may not sign in any more. */
export async function principalOfSession(base: Base, token: string, on: string): Promise<Principal | null> {
  if (!tokenPattern.test(token)) return null;
  const now = base.clock.now();
  const hashed = hashOfToken(token);
  const found = await store.session(base.db, hashed, sessionTimes(now));
  if (found === undefined) return null;
  // One write a minute is enough to know that somebody is still there.
  const seen = instantOf(now - 60_000);
  if (found.seen < seen) await store.touchSession(base.db, hashed, instantOf(now));
  return principalOfUser(base.reference.current(), found, found.assurance, on);
}

/** `__Host-` lets no other host or path set the cookie; it needs https, which a window on loopback does not have. */
const cookieName = (config: Config): string => (config.origin.startsWith('https:') ? '__Host-session' : 'session');

/** The `Set-Cookie` value that opens a session in the browser, or closes it when there is no token. */
export function sessionCookie(config: Config, token: string | null): string {
  const secure = config.origin.startsWith('https:') ? '; Secure' : '';
  const age = token === null ? 0 : sessionMinutes.whole * 60;
  return `${cookieName(config)}=${token ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`;
}

/** The token of the session that the request carries, as it came. */
export function tokenOf(config: Config, request: Asked): string | null {
  const start = `${cookieName(config)}=`;
  const pair = (request.headers.cookie ?? '').split(';').find((part) => part.trim().startsWith(start));
  const token = pair?.trim().slice(start.length) ?? '';
  return tokenPattern.test(token) ? token : null;
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The doors of the context behind which another way to sign in can be put. */
export interface Doors {
  identify(request: Asked): Promise<Principal>;
  csrf(request: Asked): string;
  checkCsrf(request: Asked): boolean;
}

const bearer = /^Bearer ([\x21-\x7e]{1,4096})$/i;

/** The key that the request carries: null when it carries none, undefined when what it carries cannot be one. */
function keyOf(request: Asked): string | null | undefined {
  const { authorization } = request.headers;
  return authorization === undefined ? null : bearer.exec(authorization)?.[1];
}

/**
 * Makes the doors. `today` gives the day in the economy's own time zone, which the pack knows and this module does not.
 * Whoever cannot be identified is the public, who may hardly do anything; the gate of the API says in words that a key
 * is unknown.
 */
export function doors(base: Base, today: () => string): Doors {
  const { config } = base;
  const { tokens } = issuerOf(base);
  const secretOf = (request: Asked): string => {
    const token = tokenOf(config, request);
    // Nobody is signed in on the forms that come without a session; where the browser says they came from keeps them
    // ours.
    return token === null ? 'signed-out' : createHmac('sha256', token).update('csrf').digest('base64url');
  };
  const person = async (request: Asked, token: string, on: string): Promise<Principal> => {
    if (!safe.has(request.method) && !fromOurPages(config, request)) return anonymous(on);
    const principal = await principalOfSession(base, token, on);
    if (principal === null) return anonymous(on);
    const allowed = principal.assurance !== 'demo' || (config.demo && fromLoopback(request));
    return allowed ? principal : anonymous(on);
  };
  // A page asks for itself and for its frame: the session is read once a request.
  const asked = new WeakMap<Asked, Promise<Principal>>();
  return {
    async identify(request) {
      const on = today();
      const key = keyOf(request);
      if (key !== null) {
        if (key === undefined) return anonymous(on);
        if (!isToken(key)) return principalOfClient(base.reference.current(), key, on) ?? anonymous(on);
        const proven = tokens.known(key) ?? (await tokens.verify(key));
        return (proven === null ? null : principalOfToken(base.reference.current(), proven, on)) ?? anonymous(on);
      }
      const token = tokenOf(config, request);
      if (token === null) return anonymous(on);
      let found = asked.get(request);
      if (found === undefined) asked.set(request, (found = person(request, token, on)));
      return found;
    },
    csrf: (request) => csrfToken(secretOf(request)),
    checkCsrf(request) {
      const body: unknown = request.body;
      const token = typeof body === 'object' && body !== null && 'csrf' in body ? body.csrf : undefined;
      return fromOurPages(config, request) && csrfMatches(secretOf(request), token);
    },
  };
}
