import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { attemptsMax, type Party, type User } from './model.ts';
import { changed } from './service.ts';
import { hashOfToken } from './service-identify.ts';
import { nameOf, namePattern, newLink } from './service-sign-in.ts';
import * as members from './store-members.ts';
import * as store from './store.ts';
import * as people from './store-people.ts';

/**
 * What another module needs to let a business in: a party, its people, and a bound on how often a stranger tries. Each
 * works in the caller's transaction, and the caller has looked who may ask for it.
 */

/** Who does it, as the journal says it. */
type By = Pick<Principal, 'subject'>;
type Ground = Pick<Context, 'config' | 'db' | 'clock'>;

/** Writes a new party from this epoch on, or lets one that was suspended act again. */
export async function admitParty(tx: Tx, epoch: bigint, principal: By, row: Party): Promise<Result<null>> {
  const now = await store.partyNow(tx, row.identifier);
  if (now !== undefined && (now.id !== row.id || now.status === 'active'))
    return refuse('parties/party-known', { params: { party: row.identifier } });
  if (now !== undefined) await store.end(tx, 'parties', [now.id], epoch);
  await store.beginParties(tx, [row], epoch);
  const { identifier, roles, status } = row;
  await changed(tx, principal, 'party-registered', row.id, { identifier, roles, status });
  return ok(null);
}

/** Suspends a party from this epoch on: it files nothing any more, and reads what was decided about it. */
export async function suspendParty(tx: Tx, epoch: bigint, principal: By, identifier: string): Promise<void> {
  const now = await store.partyNow(tx, identifier);
  if (now === undefined || now.status === 'suspended') return;
  await store.end(tx, 'parties', [now.id], epoch);
  await store.beginParties(tx, [{ ...now, status: 'suspended' }], epoch);
  await changed(tx, principal, 'party-changed', now.id, { identifier, roles: now.roles, status: 'suspended' });
}

/** A person who is new here, in no party yet. The link with which he comes in is in this answer and nowhere else. */
export async function newPerson(
  context: Ground,
  tx: Tx,
  given: { name: string; shown: string; party: string | null; roles: readonly string[] },
): Promise<Result<{ id: string; link: string }>> {
  const name = nameOf(given.name);
  if (!namePattern.test(name)) return refuse('parties/name-malformed', { pointer: '/person/name' });
  const { shown, party, roles } = given;
  const id = newId(context.clock.now());
  const created = context.clock.instant();
  const user: User = { id, name, shown, roles, party, authority: null, status: 'active', demo: false, created };
  if (!(await people.insertUser(tx, { ...user, password: null })))
    return refuse('parties/name-taken', { pointer: '/person/name' });
  return ok({ id, link: await newLink(context, tx, id) });
}

/** One person, for who may know of him. */
export const personOf = people.userOf;

/** The people of a party, by name. */
export const membersOf = members.membersOf;

/** Makes somebody who belongs to nobody one of a party's people. */
export async function joinParty(
  context: Ground,
  tx: Tx,
  principal: By,
  given: { person: string; party: string; roles: readonly string[] },
): Promise<Result<null>> {
  const now = await people.userOf(tx, given.person);
  if (now === undefined) return refuse('parties/user-unknown');
  if (now.party !== null || now.authority !== null) return refuse('parties/person-placed');
  const { party, roles } = given;
  await people.changeUser(tx, { ...now, party, roles: [...outside(now), ...roles] }, context.clock.instant());
  await changed(tx, principal, 'user-changed', now.id, { party, roles });
  return ok(null);
}

/** Roles that are not of a party, such as running the window, and that no party takes away. */
const outside = ({ roles }: Pick<User, 'roles'>): string[] => roles.filter((role) => role === 'administrator');

/**
 * Changes what somebody does for his party, or ends it (no roles): then he belongs to nobody and is signed out. A party
 * keeps one manager.
 */
export async function changeMember(
  context: Ground,
  tx: Tx,
  principal: By,
  given: { person: string; party: string; roles: readonly string[] },
): Promise<Result<null>> {
  const all = await members.lockMembers(tx, given.party);
  const now = all.find(({ id }) => id === given.person);
  if (now === undefined) return refuse('parties/user-unknown');
  const managers = all.filter(({ roles, status }) => status === 'active' && roles.includes('manager'));
  const left = managers.filter(({ id }) => id !== now.id).length + (given.roles.includes('manager') ? 1 : 0);
  if (left === 0 && managers.length > 0) return refuse('parties/last-manager', { pointer: '/roles' });
  const { roles } = given;
  const party = roles.length === 0 ? null : given.party;
  await people.changeUser(tx, { ...now, party, roles: [...outside(now), ...roles] }, context.clock.instant());
  if (party === null) await people.closeSessionsOf(tx, now.id);
  await changed(tx, principal, 'user-changed', now.id, { party: given.party, roles });
  return ok(null);
}

/**
 * Counts one more try of this kind from an address and says whether it is one too many within a quarter of an hour. The
 * address is kept as a hash, as for signing in.
 */
export async function triedTooOften(
  { db, clock }: Ground,
  what: { kind: string; address: string; most: number },
): Promise<boolean> {
  const now = clock.now();
  const since = instantOf(now - attemptsMax.minutes * 60_000);
  const subject = hashOfToken(`${what.kind} ${what.address}`);
  return (await people.countAttempt(db, subject, instantOf(now), since)) > what.most;
}
