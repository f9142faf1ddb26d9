import { hash, randomBytes } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { type Action, may, type Principal, view } from '#platform/auth.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import { changeMember, joinParty, membersOf, newPerson, partiesPart, type Party } from '#modules/parties/index.ts';
import { affairsOf, type Invitation, invitationDays, type InvitationRow } from './model.ts';
import * as store from './store.ts';
import { inOne } from './whole.ts';

/** One of a party's people, as he leaves. */
export interface MemberView {
  readonly id: string;
  readonly name: string;
  readonly shown: string;
  readonly roles: readonly string[];
}

/** The party of whoever asks, where he may do this for it: only his own, however many he represents. */
export function ownParty(principal: Principal, action: Action): Result<string> {
  const { party } = principal;
  if (party === null || principal.assurance === 'none') return refuse('registration/no-party');
  return may(principal, action, affairsOf(party)) ? ok(party) : refuse('registration/managers-only');
}

const left = <T extends { readonly id: string }>(principal: Principal, party: string, data: T): Partial<T> =>
  view(principal, { ...affairsOf(party, data.id), data });

/** A party's own page: its entry in the directory, its people, and who is invited. */
export interface Business {
  readonly party: Party | undefined;
  readonly people: readonly Partial<MemberView>[];
  readonly invitations: readonly Partial<Omit<InvitationRow, 'party'>>[];
}

/** What a party's people see of it. Who is invited, its managers see. */
export async function businessOf(context: Context, principal: Principal): Promise<Result<Business>> {
  const own = ownParty(principal, 'affairs.read');
  if (!own.ok) return own;
  const party = own.value;
  const people = await membersOf(context.db, party);
  const manages = may(principal, 'affairs.manage', affairsOf(party));
  const waiting = manages ? await store.invitationsOf(context.db, party, context.clock.instant()) : [];
  return ok({
    party: context.reference.current().get(partiesPart).parties.get(party),
    people: people.map(({ id, name, shown, roles }) => left(principal, party, { id, name, shown, roles })),
    invitations: waiting.map(({ id, shown, roles, expires }) => left(principal, party, { id, shown, roles, expires })),
  });
}

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer');

/** Invites somebody into one's own party. The link is in this answer and nowhere else. */
export async function invite(
  context: Context,
  principal: Principal,
  { shown, roles }: Invitation,
): Promise<Result<{ id: string; link: string }>> {
  const own = ownParty(principal, 'affairs.manage');
  if (!own.ok) return own;
  const now = context.clock.now();
  const id = newId(now);
  const token = randomBytes(32).toString('base64url');
  const expires = instantOf(now + invitationDays * 86_400_000);
  const created = instantOf(now);
  await context.db.tx(async (tx) => {
    const row = { id, hash: hashOf(token), party: own.value, shown, roles, by: principal.subject, created, expires };
    await store.addInvitation(tx, row);
    await append(tx, [{ kind: 'registration.invited', subject: id, data: { party: own.value, roles } }]);
  });
  return ok({ id, link: `${context.config.origin}/join/${token}` });
}

/** Takes an invitation back. */
export async function uninvite(context: Context, principal: Principal, id: string): Promise<Result<{ id: string }>> {
  const own = ownParty(principal, 'affairs.manage');
  if (!own.ok) return own;
  const gone = await store.dropInvitation(context.db, own.value, id);
  return gone ? ok({ id }) : refuse('registration/invitation-used');
}

/** What an invitation is for, without using it up. */
export async function invitationFor(
  context: Context,
  token: string,
): Promise<Result<InvitationRow & { readonly partyName: string }>> {
  const row = await store.invitationOf(context.db, hashOf(token), context.clock.instant());
  if (row === undefined) return refuse('registration/invitation-used');
  const party = context.reference.current().get(partiesPart).parties.get(row.party);
  return ok({ ...row, partyName: party?.name ?? row.party });
}

/**
 * Uses an invitation up. Who is new becomes a person of the party and is given the link with which he signs in; who is
 * signed in and belongs to nobody joins as he is.
 */
export function join(
  context: Context,
  principal: Principal,
  token: string,
  given: { name: string; shown: string },
): Promise<Result<{ link: string | null }>> {
  return inOne<{ link: string | null }>(context, async (tx) => {
    const row = await store.takeInvitation(tx, hashOf(token), context.clock.instant());
    if (row === undefined) return refuse('registration/invitation-used');
    const { party, roles } = row;
    if (principal.assurance !== 'none') {
      const joined = await joinParty(context, tx, principal, { person: principal.subject, party, roles });
      return joined.ok ? ok({ link: null }) : refuse('registration/person-placed');
    }
    const person = await newPerson(context, tx, { ...given, party, roles });
    if (!person.ok) return person;
    await append(tx, [{ kind: 'registration.joined', subject: person.value.id, data: { party, roles } }]);
    return ok({ link: person.value.link });
  });
}

/** Changes what one of the party's people does for it; no roles end it, and he is signed out. */
export async function setMember(
  context: Context,
  principal: Principal,
  person: string,
  roles: readonly string[],
): Promise<Result<{ id: string }>> {
  const own = ownParty(principal, 'affairs.manage');
  if (!own.ok) return own;
  const done = await context.db.tx((tx) => changeMember(context, tx, principal, { person, party: own.value, roles }));
  if (done.ok) return ok({ id: person });
  return done.error.code === 'parties/user-unknown' ? refuse('registration/member-unknown') : done;
}

/** Removes invitations that have ended; true when there were any. */
export const sweepInvitations = ({ db, clock }: Pick<Context, 'db' | 'clock'>): Promise<boolean> =>
  store.sweepInvitations(db, clock.instant());
