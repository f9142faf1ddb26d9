import { type Check, shared } from '#kernel/check.ts';
import type { Mandate, Representation } from '#platform/auth.ts';
import type { Part, Snapshot } from '#platform/snapshot.ts';
import type { Authority, Client, Party, PartyRole } from './model.ts';
import * as store from './store.ts';

/** A representation with the id under which it is revoked. */
export interface RegisteredRepresentation extends Representation {
  readonly id: string;
  /** Whether the representative may let another act in his place. */
  readonly onward: boolean;
}

/** A mandate with the id under which it is ended. */
export interface RegisteredMandate extends Mandate {
  readonly id: string;
}

/** Who exists, who acts for whom and who is competent, as it is true in one epoch. */
export interface Directory {
  readonly parties: ReadonlyMap<string, Party>;
  readonly authorities: ReadonlyMap<string, Authority>;
  /** By the identifier of the representative. */
  readonly representations: ReadonlyMap<string, readonly RegisteredRepresentation[]>;
  /** By representative and represented, since a party may stand for a hundred thousand others. */
  readonly pairs: ReadonlyMap<string, readonly RegisteredRepresentation[]>;
  readonly mandates: ReadonlyMap<string, readonly RegisteredMandate[]>;
  /** By the SHA-256 of the key, in hexadecimal. */
  readonly clients: ReadonlyMap<string, Client>;
}

const clientsById = new WeakMap<Directory, ReadonlyMap<string, Client>>();

/** The client of this id, whatever its status. */
export function clientById(directory: Directory, id: string): Client | undefined {
  let clients = clientsById.get(directory);
  if (clients === undefined)
    clientsById.set(directory, (clients = new Map([...directory.clients.values()].map((one) => [one.id, one]))));
  return clients.get(id);
}

/** Neither identifier can hold a line feed. */
const pairOf = (taker: string, giver: string): string => `${taker}\n${giver}`;

/** Puts rows into the maps that the hot path looks them up in. */
export function directoryOf(rows: store.ReferenceRows): Directory {
  const { parties, authorities, representations, mandates, clients } = rows;
  return Object.freeze({
    parties: new Map(parties.map((one) => [one.identifier, Object.freeze(one)])),
    authorities: new Map(authorities.map((one) => [one.identifier, Object.freeze(one)])),
    representations: grouped(representations, (one) => one.representative),
    pairs: grouped(representations, (one) => pairOf(one.representative, one.represented)),
    mandates: grouped(mandates, (one) => one.authority),
    clients: new Map(clients.map((one) => [one.hash, Object.freeze(one)])),
  });
}

function grouped<T extends object>(rows: readonly T[], keyOf: (row: T) => string): Map<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(Object.freeze(row));
    else groups.set(keyOf(row), [Object.freeze(row)]);
  }
  for (const group of groups.values()) Object.freeze(group);
  return groups;
}

/**
 * The reference part `parties`: everything above, read at one epoch. Its version is the last epoch in which anything of
 * it changed, so that another part's news does not read a million parties again.
 */
export const partiesPart: Part<Directory> = {
  name: 'parties',
  load: async (tx, epoch, previous) => {
    const version = String(await store.changedIn(tx, epoch));
    if (previous?.version === version) return previous;
    const rows = await store.referenceRows(tx, epoch);
    return { version, data: directoryOf(rows), digest: store.digestOfRows(rows) };
  },
};

const covers = (period: { readonly from: string; readonly until: string | null }, on: string): boolean =>
  period.from <= on && (period.until === null || on < period.until);

/** Whether a party is registered, active and within its dates on a day. */
export function active(directory: Directory, identifier: string, on: string): boolean {
  const party = directory.parties.get(identifier);
  return party !== undefined && party.status === 'active' && covers(party, on);
}

const rules = { registration: 'parties/registration', representation: 'parties/representation' } as const;

function check(id: string, rule: string, reason: string, params: Record<string, string>): Check {
  const result = reason === 'parties/registered' || reason === 'parties/represented' ? 'passed' : 'failed';
  return { id, result, reason, params, rule, source: '', missing: [] };
}

/** A party files often: the check that it passed is made once. */
const passed = new WeakMap<object, Map<PartyRole, Check>>();

/** Whether a party is registered in this legal role on this day. */
export function registered(snapshot: Snapshot, identifier: string, role: PartyRole, on: string): Check {
  const party = snapshot.get(partiesPart).parties.get(identifier);
  const answer = (reason: string): Check =>
    check(`parties/registered/${role}`, rules.registration, reason, { party: identifier, role });
  if (party === undefined || !covers(party, on)) return answer('parties/not-registered');
  if (party.status !== 'active') return answer('parties/suspended');
  if (!party.roles.includes(role)) return answer('parties/role-not-registered');
  let known = passed.get(party);
  if (known === undefined) passed.set(party, (known = new Map()));
  let found = known.get(role);
  if (found === undefined) known.set(role, (found = shared(answer('parties/registered'))));
  return found;
}

/**
 * Whether the representative may act for the represented in this scope on this day. Where others stand between the two,
 * each link of the chain has to hold on that day for that scope as well: whoever ends his own appointment ends what was
 * built on it. A passed check names the kind and the chain, nearest to the represented first.
 */
export function represented(
  snapshot: Snapshot,
  representative: string,
  principal: string,
  scope: string,
  on: string,
): Check {
  const directory = snapshot.get(partiesPart);
  const params = { representative, represented: principal, scope };
  const answer = (reason: string, more: Record<string, string> = {}): Check =>
    check(`parties/represented/${scope}`, rules.representation, reason, { ...params, ...more });
  if (!active(directory, representative, on)) return answer('parties/representative-not-active');
  const holding = (directory.pairs.get(pairOf(representative, principal)) ?? []).filter(
    (one) => one.scope.includes(scope) && covers(one, on),
  );
  const found = holding.find((one) => chainHolds(directory, one, scope, on));
  if (found) return answer('parties/represented', { kind: found.kind, chain: found.chain.join(' > ') });
  return answer(holding.length > 0 ? 'parties/chain-broken' : 'parties/not-represented');
}

/** Whether every link from the represented over the chain to the representative holds on this day for this scope. */
function chainHolds(directory: Directory, one: Representation, scope: string, on: string): boolean {
  if (one.chain.length === 0) return true;
  const way = [one.represented, ...one.chain, one.representative];
  const between = one.chain.every((party) => active(directory, party, on));
  return (
    between &&
    one.chain.concat(one.representative).every((taker, index) => {
      const links = directory.pairs.get(pairOf(taker, way[index] ?? '')) ?? [];
      return links.some((link) => link.chain.length === 0 && link.scope.includes(scope) && covers(link, on));
    })
  );
}

/** What of a representation its representative may use on a day, cut down to the scopes for which its chain holds. */
function usable(directory: Directory, one: RegisteredRepresentation, on: string): Representation[] {
  if (!covers(one, on)) return [];
  if (one.chain.length === 0) return [one];
  const scope = one.scope.filter((wanted) => chainHolds(directory, one, wanted, on));
  return scope.length > 0 ? [{ ...one, scope }] : [];
}

/** The representations that a party may use on a day, each cut down to the scopes for which its chain holds. */
export const representationsOf = (directory: Directory, party: string, on: string): readonly Representation[] =>
  (directory.representations.get(party) ?? []).flatMap((one) => usable(directory, one, on));

/** Those of them in which one of these parties is represented: a party may stand for a hundred thousand others. */
export const representationsFor = (
  directory: Directory,
  party: string,
  others: Iterable<string>,
  on: string,
): readonly Representation[] =>
  [...others].flatMap((other) =>
    (directory.pairs.get(pairOf(party, other)) ?? []).flatMap((one) => usable(directory, one, on)),
  );
