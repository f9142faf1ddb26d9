import { addDays, day } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Tx } from '#platform/db.ts';
import { partiesPart } from './directory.ts';
import { type Client, keyScopes, keysMax, type NewKey } from './model.ts';
import { type AdministrationContext, changed } from './service.ts';
import { clientRow, freshKey } from './service-clients.ts';
import { counts } from './service-identify.ts';
import * as store from './store.ts';

/** A key as its party sees it: what tells it apart, never the key itself. */
export type KeyView = Pick<Client, 'id' | 'name' | 'prefix' | 'scopes' | 'status' | 'created' | 'until'>;

/** A key that was just made: it is in this answer and nowhere else. */
export interface MadeKey {
  readonly key: string;
  readonly client: Partial<KeyView>;
}

const recordOf = (id: string, party: string): RecordRef => ({
  kind: 'key',
  id,
  parties: { subscriber: [party] },
  desk: null,
});

const shown = (principal: Principal, row: Client): Partial<KeyView> => {
  const { id, name, prefix, scopes, status, created, until } = row;
  const data = { id, name, prefix, scopes, status, created, until };
  return view(principal, { ...recordOf(row.id, row.party ?? ''), data });
};

/** What a key of this person may do at most: what he may do himself. */
export function ownScopes({ roles }: Principal): (typeof keyScopes)[number][] {
  const files = roles.some((role) => role === 'filer' || role === 'carrier' || role === 'operator');
  return keyScopes.filter((scope) => (scope === 'pay' ? roles.includes('payer') : files));
}

/** The keys of one's own party, the latest first, also those that count no more. */
export function listKeys(context: AdministrationContext, principal: Principal): Result<Partial<KeyView>[]> {
  const { party } = principal;
  if (party === null || !may(principal, 'key.read', recordOf('', party))) return refuse('parties/key-none');
  const { clients } = context.reference.current().get(partiesPart);
  const own = [...clients.values()].filter((one) => one.party === party);
  return ok(own.sort((a, b) => (a.id < b.id ? 1 : -1)).map((one) => shown(principal, one)));
}

/** One key of one's own party. */
export function keyOf(context: AdministrationContext, principal: Principal, id: string): Result<Partial<KeyView>> {
  const all = listKeys(context, principal);
  if (!all.ok) return all;
  const one = all.value.find((key) => key.id === id);
  return one === undefined ? refuse('parties/key-missing') : ok(one);
}

/** Whether this person may make and end keys of his party, and which party that is. */
function keeper(principal: Principal): Result<string> {
  const { party, client } = principal;
  if (party === null) return refuse('parties/key-none');
  // A key that leaked could otherwise make others, and outlive its own revocation.
  if (client !== null) return refuse('parties/key-by-person');
  return may(principal, 'key.administer', recordOf('', party)) ? ok(party) : refuse('parties/key-not-yours');
}

/** Makes a key for one's own party: no stronger than oneself, and to an end where one was named. */
export async function createKey(
  context: AdministrationContext,
  principal: Principal,
  { name, scopes, until = null }: NewKey,
): Promise<Result<MadeKey>> {
  const party = keeper(principal);
  if (!party.ok) return party;
  const own = ownScopes(principal);
  const beyond = scopes.find((scope) => !own.includes(scope));
  if (beyond !== undefined) return refuse('parties/key-beyond', { pointer: '/scopes', params: { scope: beyond } });
  if (until !== null && day(until) === undefined) return refuse('parties/day-unknown', { pointer: '/until' });
  if (until !== null && until <= principal.on) return refuse('parties/key-ends-before', { pointer: '/until' });
  return make(context, principal, { name, party: party.value, scopes, until }, async (tx) => {
    const standing = (await store.clientsOfParty(tx, party.value)).filter((one) => counts(one, principal.on));
    if (standing.length < keysMax) return ok(null);
    return refuse('parties/keys-full', { params: { limit: String(keysMax) } });
  });
}

interface Wanted {
  readonly name: string;
  readonly party: string;
  readonly scopes: NewKey['scopes'];
  readonly until: string | null;
}

/** Writes a new key down, after what goes before it in the same change. */
async function make(
  context: AdministrationContext,
  principal: Principal,
  wanted: Wanted,
  before: (tx: Tx, epoch: bigint) => Promise<Result<null>>,
): Promise<Result<MadeKey>> {
  const key = freshKey();
  const { name, party, scopes, until } = wanted;
  const given = clientRow(newId(context.clock.now()), key, { name, party, scopes }, context.clock.instant());
  const row: Client = { ...given, until };
  const made = await context.reference.publish(async (tx, epoch): Promise<Result<null>> => {
    const ready = await before(tx, epoch);
    if (!ready.ok) return ready;
    await store.beginClients(tx, [row], epoch);
    await changed(tx, principal, 'client-created', row.id, { holder: party, scopes });
    return ok(null);
  });
  return made.ok ? ok({ key, client: shown(principal, row) }) : made;
}

/**
 * Makes a key in the place of another, for the same scopes and to the same end. The one before it counts some more
 * days, so that a program can be changed over without standing still; with none it counts no more when this returns.
 */
export async function rotateKey(
  context: AdministrationContext,
  principal: Principal,
  id: string,
  overlap: number,
): Promise<Result<MadeKey>> {
  const now = mine(context, principal, id);
  if (!now.ok) return now;
  const { name, party, scopes, until } = now.value;
  const kept = ownScopes(principal).filter((scope) => scopes.includes(scope));
  if (kept.length < scopes.length) return refuse('parties/key-beyond');
  const today = day(principal.on);
  if (today === undefined) throw new Error(`a principal asks on no day: ${principal.on}`);
  const last = addDays(today, overlap);
  const ending = until !== null && until < last ? until : last;
  return make(context, principal, { name, party: party ?? '', scopes: kept, until }, async (tx, epoch) => {
    const row = await store.clientNow(tx, id);
    if (row === undefined || !counts(row, principal.on)) return refuse('parties/key-over');
    await store.end(tx, 'clients', [id], epoch);
    const after: Client = overlap === 0 ? { ...row, status: 'revoked' } : { ...row, until: ending };
    await store.beginClients(tx, [after], epoch);
    await changed(tx, principal, overlap === 0 ? 'client-revoked' : 'client-ends', id, { until: ending });
    return ok(null);
  });
}

/** The client behind a key of one's own party that still counts, for whoever may end it. */
function mine(context: AdministrationContext, principal: Principal, id: string): Result<Client> {
  const party = keeper(principal);
  if (!party.ok) return party;
  const { clients } = context.reference.current().get(partiesPart);
  const found = [...clients.values()].find((one) => one.id === id && one.party === party.value);
  if (found === undefined) return refuse('parties/key-missing');
  return counts(found, principal.on) ? ok(found) : refuse('parties/key-over');
}

/** Ends a key of one's own party. When this returns, no process takes it any more for anything that is filed. */
export async function revokeKey(
  context: AdministrationContext,
  principal: Principal,
  id: string,
): Promise<Result<{ id: string }>> {
  const found = mine(context, principal, id);
  if (!found.ok) return found;
  return context.reference.publish(async (tx, epoch) => {
    const row = await store.clientNow(tx, id);
    if (row === undefined || row.status === 'revoked') return ok({ id });
    await store.end(tx, 'clients', [id], epoch);
    await store.beginClients(tx, [{ ...row, status: 'revoked' }], epoch);
    await changed(tx, principal, 'client-revoked', id);
    return ok({ id });
  });
}
