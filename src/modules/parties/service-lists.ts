import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { RegisteredMandate, RegisteredRepresentation } from './directory.ts';
import { partiesPart } from './directory.ts';
import type { Authority, Client, Party } from './model.ts';
import { machineClient } from './service-clients.ts';
import { publicJwk, thumbprint } from '#platform/jws.ts';
import { administers, type AdministrationContext, leaving } from './service.ts';

/** Where a page of a list begins and how long it is; `find` narrows it to what holds these letters. */
export interface PageQuery {
  readonly after: string;
  readonly limit: number;
  readonly find?: string;
}

/** One page of a list, and where the next one begins. */
export interface Page<T> {
  readonly items: Partial<T>[];
  readonly next: string | null;
}

/** The reference is in memory, so a page is cut from it; the order is that of the keys. */
function pageOf<T extends object>(
  rows: Iterable<T>,
  keyOf: (row: T) => string,
  query: PageQuery,
  shown: (row: T) => Partial<T>,
): Page<T> {
  const found = [...rows].filter((row) => keyOf(row) > query.after).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const items = found.slice(0, query.limit);
  const last = found.length > items.length ? items.at(-1) : undefined;
  return { items: items.map(shown), next: last === undefined ? null : keyOf(last) };
}

/** Letters are looked for without regard to capitals, in any of these texts. */
const holds = (find: string | undefined, ...texts: (string | null)[]): boolean =>
  find === undefined || find === '' || texts.some((text) => text?.toLowerCase().includes(find.toLowerCase()));

const directoryOf = (context: AdministrationContext) => context.reference.current().get(partiesPart);

/** The registered parties. */
export function listParties(
  context: AdministrationContext,
  principal: Principal,
  query: PageQuery,
): Result<Page<Party>> {
  const allowed = administers(principal, 'party.administer', 'party', '');
  if (!allowed.ok) return allowed;
  const rows = [...directoryOf(context).parties.values()].filter((one) =>
    holds(query.find, one.identifier, one.name, one.latin),
  );
  return ok(
    pageOf(
      rows,
      (row) => row.identifier,
      query,
      (row) => leaving(principal, 'party', row.identifier, row),
    ),
  );
}

/** One party, with those who act for it and those for whom it acts. */
export interface PartyFile {
  readonly party: Partial<Party>;
  readonly actsFor: readonly Partial<RegisteredRepresentation>[];
  readonly representedBy: readonly Partial<RegisteredRepresentation>[];
}

/** How many representations a party's page shows of each direction. */
const fileMax = 200;

export function partyFile(context: AdministrationContext, principal: Principal, identifier: string): Result<PartyFile> {
  const allowed = administers(principal, 'party.administer', 'party', identifier);
  if (!allowed.ok) return allowed;
  const directory = directoryOf(context);
  const party = directory.parties.get(identifier);
  if (party === undefined) return refuse('parties/party-unknown', { params: { party: identifier } });
  const shown = (row: RegisteredRepresentation) => leaving(principal, 'party', row.id, row);
  const representedBy: RegisteredRepresentation[] = [];
  for (const group of directory.representations.values()) {
    for (const one of group) {
      if (one.represented === identifier && representedBy.length < fileMax) representedBy.push(one);
    }
  }
  return ok({
    party: leaving(principal, 'party', identifier, party),
    actsFor: (directory.representations.get(identifier) ?? []).slice(0, fileMax).map(shown),
    representedBy: representedBy.map(shown),
  });
}

/** Every representation that is registered now. */
export function listRepresentations(
  context: AdministrationContext,
  principal: Principal,
  query: PageQuery,
): Result<Page<RegisteredRepresentation>> {
  const allowed = administers(principal, 'party.administer', 'party', '');
  if (!allowed.ok) return allowed;
  const rows = [...directoryOf(context).representations.values()]
    .flat()
    .filter((one) => holds(query.find, one.representative, one.represented));
  return ok(
    pageOf(
      rows,
      (row) => row.id,
      query,
      (row) => leaving(principal, 'party', row.id, row),
    ),
  );
}

/** An authority with its mandates. */
export interface AuthorityFile {
  readonly authority: Partial<Authority>;
  readonly mandates: readonly Partial<RegisteredMandate>[];
}

/** Every authority with every mandate: there are dozens, not thousands. */
export function listAuthorities(context: AdministrationContext, principal: Principal): Result<AuthorityFile[]> {
  const allowed = administers(principal, 'party.administer', 'party', '');
  if (!allowed.ok) return allowed;
  const directory = directoryOf(context);
  const files = [...directory.authorities.values()].map((authority) => ({
    authority: leaving(principal, 'party', authority.identifier, authority),
    mandates: (directory.mandates.get(authority.identifier) ?? []).map((row) =>
      leaving(principal, 'party', row.id, row),
    ),
  }));
  return ok(files);
}

/** The API clients, active and revoked, in the order in which they were made. */
export function listClients(
  context: AdministrationContext,
  principal: Principal,
  query: PageQuery,
): Result<Page<Client>> {
  const allowed = administers(principal, 'client.administer', 'client', '');
  if (!allowed.ok) return allowed;
  const rows = [...directoryOf(context).clients.values()].filter((one) =>
    holds(query.find, one.name, one.prefix, one.party, one.authority),
  );
  return ok(
    pageOf(
      rows,
      (row) => row.id,
      query,
      (row) => leaving(principal, 'client', row.id, row),
    ),
  );
}

/** One API client as its pages show it: what it is called, and the thumbprints of its public keys. */
export function clientOf(
  context: AdministrationContext,
  principal: Principal,
  id: string,
): Result<{ name?: string; thumbprint: string | null; access: readonly string[] }> {
  const allowed = administers(principal, 'client.administer', 'client', id);
  if (!allowed.ok) return allowed;
  const row = [...directoryOf(context).clients.values()].find((one) => one.id === id && one.status === 'active');
  if (row === undefined) return refuse('parties/client-unknown');
  const key = row.signing === null ? undefined : publicJwk(row.signing);
  const { name } = leaving(principal, 'client', id, row);
  const access = (machineClient(context.reference.current(), id)?.keys ?? []).map(thumbprint);
  return ok({ ...(name === undefined ? {} : { name }), thumbprint: key?.ok ? thumbprint(key.value) : null, access });
}
