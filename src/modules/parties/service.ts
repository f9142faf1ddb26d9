import { day } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { type Action, may, type Principal, type RecordKind, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { partiesPart, type RegisteredMandate, type RegisteredRepresentation } from './directory.ts';
import type { Authority, AuthorityName, NewMandate, NewRepresentation, Party, Registration } from './model.ts';
import * as store from './store.ts';

/** What administration needs of the context. */
export type AdministrationContext = Pick<Context, 'config' | 'db' | 'clock' | 'reference'>;

/** Whether the principal administers this; a refusal in words otherwise. */
export function administers(principal: Principal, action: Action, kind: RecordKind, id: string): Result<null> {
  const record = { kind, id, parties: {}, desk: null };
  return may(principal, action, record) ? ok(null) : refuse('parties/not-allowed');
}

/** What of a reference row leaves for this principal. */
export const leaving = <T extends object>(
  principal: Principal,
  kind: 'party' | 'client',
  id: string,
  data: T,
): Partial<T> => view(principal, { kind, id, parties: {}, desk: null, data });

/** A period whose days the calendar has and whose end comes after its beginning. */
function period(
  given: { from?: string | undefined; until?: string | null | undefined },
  today: string,
): Result<{ from: string; until: string | null }> {
  const { from = today, until = null } = given;
  if (day(from) === undefined) return refuse('parties/day-unknown', { pointer: '/from' });
  if (until !== null && day(until) === undefined) return refuse('parties/day-unknown', { pointer: '/until' });
  if (until !== null && until <= from) return refuse('parties/period-empty', { pointer: '/until' });
  return ok({ from, until });
}

/** The journal's entry of a change in administration: what changed and who did it, in ids and codes. */
export const changed = (
  tx: Tx,
  principal: Pick<Principal, 'subject'>,
  kind: string,
  subject: string,
  data: Readonly<Record<string, string | readonly string[]>> = {},
): Promise<void> => append(tx, [{ kind: `parties.${kind}`, subject, data: { ...data, by: principal.subject } }]);

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** Registers a party or changes its registration. The same registration again changes nothing. */
export async function putParty(
  context: AdministrationContext,
  principal: Principal,
  identifier: string,
  given: Registration,
): Promise<Result<Partial<Party>>> {
  const allowed = administers(principal, 'party.administer', 'party', identifier);
  if (!allowed.ok) return allowed;
  const id = newId(context.clock.now());
  const standing = context.reference.current().get(partiesPart).parties.get(identifier);
  const dates = period({ from: given.from ?? standing?.from, until: given.until }, principal.on);
  if (!dates.ok) return dates;
  const party = await context.reference.publish(async (tx, epoch) => {
    const now = await store.partyNow(tx, identifier);
    const row: Party = {
      id: now?.id ?? id,
      identifier,
      name: given.name,
      language: given.language,
      latin: given.latin ?? null,
      roles: given.roles,
      status: given.status ?? now?.status ?? 'active',
      ...dates.value,
    };
    if (now !== undefined && same(now, row)) return now;
    if (now !== undefined) await store.end(tx, 'parties', [now.id], epoch);
    await store.beginParties(tx, [row], epoch);
    const kind = now === undefined ? 'party-registered' : 'party-changed';
    await changed(tx, principal, kind, row.id, { identifier, roles: row.roles, status: row.status });
    return row;
  });
  return ok(leaving(principal, 'party', identifier, party));
}

/** Registers an authority or changes its name. */
export async function putAuthority(
  context: AdministrationContext,
  principal: Principal,
  identifier: string,
  given: AuthorityName,
): Promise<Result<Partial<Authority>>> {
  const allowed = administers(principal, 'party.administer', 'party', identifier);
  if (!allowed.ok) return allowed;
  const id = newId(context.clock.now());
  const authority = await context.reference.publish(async (tx, epoch) => {
    const now = await store.authorityNow(tx, identifier);
    const { name, language, latin = null } = given;
    const row: Authority = { id: now?.id ?? id, identifier, name, language, latin };
    if (now !== undefined && same(now, row)) return now;
    if (now !== undefined) await store.end(tx, 'authorities', [now.id], epoch);
    await store.beginAuthorities(tx, [row], epoch);
    await changed(tx, principal, now === undefined ? 'authority-registered' : 'authority-changed', row.id, {
      identifier,
    });
    return row;
  });
  return ok(leaving(principal, 'party', identifier, authority));
}

/** Registers that one party acts for another. Both have to be registered, and everybody between them. */
export async function addRepresentation(
  context: AdministrationContext,
  principal: Principal,
  given: NewRepresentation,
): Promise<Result<Partial<RegisteredRepresentation>>> {
  const allowed = administers(principal, 'party.administer', 'party', given.represented);
  if (!allowed.ok) return allowed;
  const dates = period(given, principal.on);
  if (!dates.ok) return dates;
  const { represented, representative, kind, scope, chain = [], onward = false } = given;
  if (represented === representative || chain.includes(represented) || chain.includes(representative)) {
    return refuse('parties/representation-of-oneself', { pointer: '/representative' });
  }
  const row = {
    id: newId(context.clock.now()),
    represented,
    representative,
    kind,
    scope,
    chain,
    onward,
    ...dates.value,
  };
  const written = await context.reference.publish(async (tx, epoch): Promise<Result<RegisteredRepresentation>> => {
    const done = await giveRepresentation(tx, epoch, principal, row);
    if (!done.ok) return done;
    return ok(row);
  });
  return written.ok ? ok(leaving(principal, 'party', row.id, written.value)) : written;
}

function unregistered(known: ReadonlySet<string>, row: RegisteredRepresentation): Result<null> {
  const asked: [string, string][] = [
    ['/represented', row.represented],
    ['/representative', row.representative],
    ...row.chain.map((party, index): [string, string] => [`/chain/${index}`, party]),
  ];
  const [pointer, party] = asked.find(([, one]) => !known.has(one)) ?? [];
  return pointer === undefined || party === undefined
    ? ok(null)
    : refuse('parties/party-unknown', { pointer, params: { party } });
}

/** Writes a representation from this epoch on, for who has looked whether it may be given. */
export async function giveRepresentation(
  tx: Tx,
  epoch: bigint,
  principal: Pick<Principal, 'subject'>,
  row: RegisteredRepresentation,
): Promise<Result<null>> {
  const { represented, representative, kind, scope, chain } = row;
  const known = await store.knownNow(tx, 'parties', [represented, representative, ...chain]);
  const unknown = unregistered(known, row);
  if (!unknown.ok) return unknown;
  const there = await store.representationsBetween(tx, representative, represented);
  if (there.some((one) => same({ ...one, id: '' }, { ...row, id: '' }))) return refuse('parties/representation-known');
  await store.beginRepresentations(tx, [row], epoch);
  await changed(tx, principal, 'representation-given', row.id, { represented, representative, kind, scope });
  return ok(null);
}

/**
 * Ends a representation from this epoch on, with every chain that leads over it: a later appointment of the same party
 * does not bring back what was built on an earlier one. Gives what was ended.
 */
export async function endRepresentation(
  tx: Tx,
  epoch: bigint,
  principal: Pick<Principal, 'subject'>,
  id: string,
): Promise<Result<readonly RegisteredRepresentation[]>> {
  const now = await store.representationNow(tx, id);
  if (now === undefined) return refuse('parties/representation-unknown');
  const built = now.chain.length > 0 ? [] : await store.builtOn(tx, now.represented, now.representative);
  const ended = [now, ...built];
  await store.end(
    tx,
    'representations',
    ended.map((one) => one.id),
    epoch,
  );
  for (const { id: gone, represented, representative } of ended)
    await changed(tx, principal, 'representation-revoked', gone, { represented, representative });
  return ok(ended);
}

/** Ends a representation. When this returns, nothing is filed under it any more, in any process. */
export async function revokeRepresentation(
  context: AdministrationContext,
  principal: Principal,
  id: string,
): Promise<Result<{ id: string }>> {
  const allowed = administers(principal, 'party.administer', 'party', id);
  if (!allowed.ok) return allowed;
  return context.reference.publish(async (tx, epoch) => {
    const ended = await endRepresentation(tx, epoch, principal, id);
    return ended.ok ? ok({ id }) : ended;
  });
}

/** Gives an authority a mandate. The law it rests on is part of it. */
export async function addMandate(
  context: AdministrationContext,
  principal: Principal,
  given: NewMandate,
): Promise<Result<Partial<RegisteredMandate>>> {
  const allowed = administers(principal, 'party.administer', 'party', given.authority);
  if (!allowed.ok) return allowed;
  const dates = period(given, principal.on);
  if (!dates.ok) return dates;
  const { authority, element, purpose, reference } = given;
  const row = { id: newId(context.clock.now()), authority, element, purpose, reference, ...dates.value };
  const written = await context.reference.publish(async (tx, epoch): Promise<Result<RegisteredMandate>> => {
    if ((await store.authorityNow(tx, authority)) === undefined) {
      return refuse('parties/authority-unknown', { pointer: '/authority', params: { authority } });
    }
    const there = await store.mandatesOf(tx, authority);
    if (there.some((one) => same({ ...one, id: '' }, { ...row, id: '' }))) return refuse('parties/mandate-known');
    await store.beginMandates(tx, [row], epoch);
    await changed(tx, principal, 'mandate-given', row.id, { authority, element, purpose, reference });
    return ok(row);
  });
  return written.ok ? ok(leaving(principal, 'party', row.id, written.value)) : written;
}

/** Ends a mandate. */
export async function endMandate(
  context: AdministrationContext,
  principal: Principal,
  id: string,
): Promise<Result<{ id: string }>> {
  const allowed = administers(principal, 'party.administer', 'party', id);
  if (!allowed.ok) return allowed;
  return context.reference.publish(async (tx, epoch) => {
    const now = await store.mandateNow(tx, id);
    if (now === undefined) return refuse('parties/mandate-unknown');
    await store.end(tx, 'mandates', [id], epoch);
    const { authority, element, purpose } = now;
    await changed(tx, principal, 'mandate-ended', id, { authority, element, purpose });
    return ok({ id });
  });
}
