import { hash, randomBytes } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { type Client, type NewClient } from './model.ts';
import { administers, type AdministrationContext, changed, leaving } from './service.ts';
import * as store from './store.ts';

/** Keys begin with this, so that one that leaked into a repository is found by those who look for such things. */
const keyStart = 'portolan_';

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
  const key = keyStart + randomBytes(32).toString('base64url');
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
