import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { partiesPart } from './directory.ts';
import type { NewUser, User, UserChange } from './model.ts';
import { administers, type AdministrationContext, changed, leaving } from './service.ts';
import { nameOf, newLink } from './service-sign-in.ts';
import * as people from './store-people.ts';

type Holder = Pick<NewUser, 'party' | 'authority'>;

/** A person belongs to one registered party, to one authority, or to none when he only runs the window. */
function holderOf(
  context: AdministrationContext,
  given: Holder,
): Result<{ party: string | null; authority: string | null }> {
  const { party = null, authority = null } = given;
  const directory = context.reference.current().get(partiesPart);
  if (party !== null && authority !== null) return refuse('parties/user-needs-one', { pointer: '/party' });
  if (party !== null && !directory.parties.has(party)) {
    return refuse('parties/party-unknown', { pointer: '/party', params: { party } });
  }
  if (authority !== null && !directory.authorities.has(authority)) {
    return refuse('parties/authority-unknown', { pointer: '/authority', params: { authority } });
  }
  return ok({ party, authority });
}

/** Adds a person. The link with which he sets his password is in this answer and nowhere else. */
export async function createUser(
  context: AdministrationContext,
  principal: Principal,
  given: NewUser,
): Promise<Result<{ user: Partial<User>; link: string }>> {
  const allowed = administers(principal, 'party.administer', 'party', '');
  if (!allowed.ok) return allowed;
  const holder = holderOf(context, given);
  if (!holder.ok) return holder;
  const user: User = {
    id: newId(context.clock.now()),
    name: nameOf(given.name),
    shown: given.shown,
    roles: given.roles,
    ...holder.value,
    status: 'active',
    demo: false,
    created: context.clock.instant(),
  };
  return context.db.tx(async (tx) => {
    if (!(await people.insertUser(tx, { ...user, password: null }))) {
      return refuse('parties/name-taken', { pointer: '/name' });
    }
    await changed(tx, principal, 'user-created', user.id, { roles: user.roles });
    return ok({ user: leaving(principal, 'party', user.id, user), link: await newLink(context, tx, user.id) });
  });
}

/** Changes what a person may do, or suspends him: it holds from his next request on. */
export async function changeUser(
  context: AdministrationContext,
  principal: Principal,
  id: string,
  given: UserChange,
): Promise<Result<Partial<User>>> {
  const allowed = administers(principal, 'party.administer', 'party', id);
  if (!allowed.ok) return allowed;
  const holder = holderOf(context, given);
  if (!holder.ok) return holder;
  return context.db.tx(async (tx) => {
    const administrators = await people.lockAdministrators(tx);
    const now = await people.userOf(tx, id);
    if (now === undefined) return refuse('parties/user-unknown');
    const stays = given.status === 'active' && given.roles.includes('administrator');
    if (!stays && administrators.length === 1 && administrators[0] === id) return refuse('parties/last-administrator');
    const user: User = { ...now, shown: given.shown, roles: given.roles, ...holder.value, status: given.status };
    await people.changeUser(tx, user, context.clock.instant());
    if (user.status === 'suspended') await people.closeSessionsOf(tx, id);
    await changed(tx, principal, 'user-changed', id, { roles: user.roles, status: user.status });
    return ok(leaving(principal, 'party', id, user));
  });
}

/** A new link with which a person sets his password; an earlier one stops working. */
export async function renewLink(
  context: AdministrationContext,
  principal: Principal,
  id: string,
): Promise<Result<{ link: string }>> {
  const allowed = administers(principal, 'party.administer', 'party', id);
  if (!allowed.ok) return allowed;
  return context.db.tx(async (tx) => {
    const user = await people.userOf(tx, id);
    // Who belongs to a demonstration has no password, so that nobody signs in as him from elsewhere.
    if (user === undefined || user.demo) return refuse('parties/user-unknown');
    await changed(tx, principal, 'link-given', id);
    return ok({ link: await newLink(context, tx, id) });
  });
}

/** People in the order of their names, a page at a time. */
export async function listUsers(
  context: AdministrationContext,
  principal: Principal,
  page: { after: string; limit: number },
): Promise<Result<{ items: Partial<User>[]; next: string | null }>> {
  const allowed = administers(principal, 'party.administer', 'party', '');
  if (!allowed.ok) return allowed;
  const rows = await people.users(context.db, page.after, page.limit + 1);
  const shown = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? shown.at(-1) : undefined;
  return ok({ items: shown.map((row) => leaving(principal, 'party', row.id, row)), next: last?.name ?? null });
}

/** One person. */
export async function userOf(
  context: AdministrationContext,
  principal: Principal,
  id: string,
): Promise<Result<Partial<User>>> {
  const allowed = administers(principal, 'party.administer', 'party', id);
  if (!allowed.ok) return allowed;
  const user = await people.userOf(context.db, id);
  return user === undefined ? refuse('parties/user-unknown') : ok(leaving(principal, 'party', id, user));
}
