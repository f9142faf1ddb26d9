import { hash, randomBytes } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { publicJwk, type PublicJwk, thumbprint } from '#platform/jws.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { clientById, partiesPart } from './directory.ts';
import { accessKeysMax, type Client, type NewClient } from './model.ts';
import { administers, type AdministrationContext, changed, leaving } from './service.ts';
import * as store from './store.ts';

/** Keys begin with this, so that one that leaked into a repository is found by those who look for such things. */
const keyStart = 'portolan_';

/** A key that nobody can guess. It is shown to whoever it was made for, and kept nowhere. */
export const freshKey = (): string => keyStart + randomBytes(32).toString('base64url');

/** The row of a client for a key; of the key itself only the hash and its first characters are kept. */
export const clientRow = (id: string, key: string, given: NewClient, created: string): Client => ({
  id,
  name: given.name,
  party: given.party ?? null,
  authority: given.authority ?? null,
  hash: hash('sha256', key, 'hex'),
  prefix: key.slice(0, keyStart.length + 6),
  scopes: given.scopes,
  status: 'active',
  created,
  signing: null,
  access: '[]',
  until: null,
});

/** Makes an API client. The key is in this answer and nowhere else. */
export async function createClient(
  context: AdministrationContext,
  principal: Principal,
  given: NewClient,
): Promise<Result<{ key: string; client: Partial<Client> }>> {
  const allowed = administers(principal, 'client.administer', 'client', '');
  if (!allowed.ok) return allowed;
  const { party = null, authority = null } = given;
  if ((party === null) === (authority === null)) return refuse('parties/client-needs-holder', { pointer: '/party' });
  const key = freshKey();
  const row = clientRow(newId(context.clock.now()), key, given, context.clock.instant());
  const written = await context.reference.publish(async (tx, epoch): Promise<Result<null>> => {
    if (party !== null && (await store.partyNow(tx, party)) === undefined) {
      return refuse('parties/party-unknown', { pointer: '/party', params: { party } });
    }
    if (authority !== null && (await store.authorityNow(tx, authority)) === undefined) {
      return refuse('parties/authority-unknown', { pointer: '/authority', params: { authority } });
    }
    await store.beginClients(tx, [row], epoch);
    const holder = party ?? authority ?? '';
    await changed(tx, principal, 'client-created', row.id, { holder, scopes: row.scopes });
    return ok(null);
  });
  return written.ok ? ok({ key, client: leaving(principal, 'client', row.id, row) }) : written;
}

/** Revokes a client's key. When this returns, no process takes it any more for anything that is filed. */
export async function revokeClient(
  context: AdministrationContext,
  principal: Principal,
  id: string,
): Promise<Result<{ id: string }>> {
  const allowed = administers(principal, 'client.administer', 'client', id);
  if (!allowed.ok) return allowed;
  return context.reference.publish(async (tx, epoch) => {
    const now = await store.clientNow(tx, id);
    if (now === undefined) return refuse('parties/client-unknown');
    if (now.status === 'revoked') return ok({ id });
    await store.end(tx, 'clients', [id], epoch);
    await store.beginClients(tx, [{ ...now, status: 'revoked' }], epoch);
    await changed(tx, principal, 'client-revoked', id);
    return ok({ id });
  });
}

/** What was entered for a client: its thumbprint, or null where there is no key now. */
export interface Signing {
  readonly id: string;
  readonly thumbprint: string | null;
}

/**
 * Enters the public key with which a client signs, or takes it away. When this returns, what was signed with an earlier
 * one is taken by no process any more.
 */
export async function enterSigningKey(
  context: AdministrationContext,
  principal: Principal,
  id: string,
  text: string | null,
): Promise<Result<Signing>> {
  const allowed = administers(principal, 'client.administer', 'client', id);
  if (!allowed.ok) return allowed;
  const key = text === null ? ok(null) : publicJwk(text);
  if (!key.ok) return { ok: false, error: { ...key.error, pointer: '/key' } };
  const signing = key.value === null ? null : JSON.stringify(key.value);
  const named = key.value === null ? null : thumbprint(key.value);
  return context.reference.publish(async (tx, epoch) => {
    const now = await store.clientNow(tx, id);
    if (now === undefined || now.status === 'revoked') return refuse('parties/client-unknown');
    if (now.signing === signing) return ok({ id, thumbprint: named });
    await store.end(tx, 'clients', [id], epoch);
    await store.beginClients(tx, [{ ...now, signing }], epoch);
    await changed(tx, principal, 'client-signing-key', id, named === null ? {} : { thumbprint: named });
    return ok({ id, thumbprint: named });
  });
}

/** The public key on record for a client in a snapshot; undefined where there is none or the client was revoked. */
export function signingKeyOf(snapshot: Snapshot, client: string): PublicJwk | undefined {
  const found = clientById(snapshot.get(partiesPart), client);
  if (found === undefined || found.signing === null || found.status !== 'active') return undefined;
  const key = publicJwk(found.signing);
  return key.ok ? key.value : undefined;
}

/** What was entered for a client: the thumbprints of its keys. */
export interface Access {
  readonly id: string;
  readonly thumbprints: readonly string[];
}

/** The public keys of a list, each as it is kept; a repeated one, or one of another kind, is refused at its place. */
function accessKeys(texts: readonly string[]): Result<PublicJwk[]> {
  const keys: PublicJwk[] = [];
  if (texts.length > accessKeysMax)
    return refuse('http/list-too-long', { pointer: '/keys', params: { limit: String(accessKeysMax) } });
  for (const [index, text] of texts.entries()) {
    const key = publicJwk(text);
    if (!key.ok) return { ok: false, error: { ...key.error, pointer: `/keys/${index}` } };
    if (keys.some((one) => thumbprint(one) === thumbprint(key.value)))
      return refuse('parties/access-key-twice', { pointer: `/keys/${index}` });
    keys.push(key.value);
  }
  return ok(keys);
}

/**
 * Enters the public keys with which a client asks for access tokens, in the place of those before. When this returns,
 * no process takes one that is not among them.
 */
export async function enterAccessKeys(
  context: AdministrationContext,
  principal: Principal,
  id: string,
  texts: readonly string[],
): Promise<Result<Access>> {
  const allowed = administers(principal, 'client.administer', 'client', id);
  if (!allowed.ok) return allowed;
  const keys = accessKeys(texts);
  if (!keys.ok) return keys;
  const access = JSON.stringify(keys.value);
  const thumbprints = keys.value.map(thumbprint);
  return context.reference.publish(async (tx, epoch) => {
    const now = await store.clientNow(tx, id);
    if (now === undefined || now.status === 'revoked') return refuse('parties/client-unknown');
    if (now.access === access) return ok({ id, thumbprints });
    await store.end(tx, 'clients', [id], epoch);
    await store.beginClients(tx, [{ ...now, access }], epoch);
    await changed(tx, principal, 'client-access-keys', id, { thumbprints });
    return ok({ id, thumbprints });
  });
}

/** A client as the issuer needs it: for what it may ask, and the keys with which it does. */
export interface MachineClient {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly keys: readonly PublicJwk[];
}

/** The active client of this id in a snapshot, when it has a key for the issuer. */
export function machineClient(snapshot: Snapshot, id: string): MachineClient | undefined {
  const client = clientById(snapshot.get(partiesPart), id);
  if (client === undefined || client.status !== 'active') return undefined;
  const keys = JSON.parse(client.access) as PublicJwk[];
  return keys.length === 0 ? undefined : { id, scopes: client.scopes, keys };
}
