import { newId } from '#kernel/id.ts';
import { append, type Entry } from '#platform/journal.ts';
import type { Tx } from '#platform/db.ts';
import type {
  Authority,
  AuthorityName,
  NewClient,
  NewMandate,
  NewRepresentation,
  NewUser,
  Party,
  Registration,
} from './model.ts';
import type { AdministrationContext } from './service.ts';
import { clientRow } from './service-clients.ts';
import { nameOf } from './service-sign-in.ts';
import * as store from './store.ts';
import * as people from './store-people.ts';

/** A whole cast at once: what a demonstration, a test or an import brings. Days left out begin at `from`. */
export interface Cast {
  /** The day from which everything without a day of its own holds. */
  readonly from: string;
  readonly parties?: readonly (Registration & { readonly identifier: string })[];
  readonly authorities?: readonly (AuthorityName & { readonly identifier: string })[];
  readonly representations?: readonly (Omit<NewRepresentation, 'from'> & { readonly from?: string })[];
  readonly mandates?: readonly (Omit<NewMandate, 'from'> & { readonly from?: string })[];
  /** Each with its key, which the caller made and keeps. */
  readonly clients?: readonly (NewClient & { readonly key: string })[];
  /** People without a password, whom only the demonstration's sign-in lets in. */
  readonly users?: readonly NewUser[];
}

/** How many of the cast were new. */
export type Enrolled = Readonly<
  Record<'parties' | 'authorities' | 'representations' | 'mandates' | 'clients' | 'users', number>
>;

function fresh<T, R>(
  given: readonly T[] | undefined,
  known: readonly string[],
  keyOf: (one: T) => string,
  rowOf: (one: T) => R,
): R[] {
  const seen = new Set(known);
  return (given ?? []).flatMap((one) => {
    if (seen.has(keyOf(one))) return [];
    seen.add(keyOf(one));
    return [rowOf(one)];
  });
}

const tied = (one: { represented: string; representative: string; kind: string; scope: readonly string[] }): string =>
  [one.representative, one.represented, one.kind, ...one.scope].join('\n');
const competence = (one: { authority: string; element: string; purpose: string }): string =>
  [one.authority, one.element, one.purpose].join('\n');

/** The rows of a cast that nobody has now. */
function newRows(now: store.ReferenceRows, cast: Cast, id: () => string, created: string): store.ReferenceRows {
  const dates = (one: { from?: string; until?: string | null }) => ({
    from: one.from ?? cast.from,
    until: one.until ?? null,
  });
  const named = (one: { identifier: string }): string => one.identifier;
  const clients = (cast.clients ?? []).map((one) => clientRow(id(), one.key, one, created));
  return {
    parties: fresh(cast.parties, now.parties.map(named), named, (one): Party => {
      const { identifier, name, language, latin = null, roles, status = 'active' } = one;
      return { id: id(), identifier, name, language, latin, roles, status, ...dates(one) };
    }),
    authorities: fresh(cast.authorities, now.authorities.map(named), named, (one): Authority => {
      const { identifier, name, language, latin = null } = one;
      return { id: id(), identifier, name, language, latin };
    }),
    representations: fresh(cast.representations, now.representations.map(tied), tied, (one) => {
      const { represented, representative, kind, scope, chain = [], onward = false } = one;
      return { id: id(), represented, representative, kind, scope, chain, onward, ...dates(one) };
    }),
    mandates: fresh(cast.mandates, now.mandates.map(competence), competence, (one) => {
      const { authority, element, purpose, reference } = one;
      return { id: id(), authority, element, purpose, reference, ...dates(one) };
    }),
    clients: fresh(
      clients,
      now.clients.map((one) => one.hash),
      (one) => one.hash,
      (one) => one,
    ),
  };
}

async function enrolUsers(tx: Tx, cast: Cast, id: () => string, created: string): Promise<number> {
  let added = 0;
  for (const one of cast.users ?? []) {
    const { shown, roles, party = null, authority = null } = one;
    const user = { id: id(), name: nameOf(one.name), shown, roles, party, authority, created };
    if (await people.insertUser(tx, { ...user, status: 'active', demo: true, password: null })) added += 1;
  }
  return added;
}

/**
 * Writes what of a cast is not there yet, under one epoch. The same cast again changes nothing, and what an
 * administrator changed meanwhile stays as he left it.
 */
export function enrol(context: AdministrationContext, cast: Cast): Promise<Enrolled> {
  const id = (): string => newId(context.clock.now());
  const created = context.clock.instant();
  return context.reference.publish(async (tx, epoch) => {
    const { parties, authorities, representations, mandates, clients } = newRows(
      await store.rowsNow(tx),
      cast,
      id,
      created,
    );
    await store.beginParties(tx, parties, epoch);
    await store.beginAuthorities(tx, authorities, epoch);
    await store.beginRepresentations(tx, representations, epoch);
    await store.beginMandates(tx, mandates, epoch);
    await store.beginClients(tx, clients, epoch);
    const entries = (kind: string, rows: readonly { readonly id: string }[]): Entry[] =>
      rows.map((row) => ({ kind: `parties.${kind}`, subject: row.id, data: { by: 'system' } }));
    await append(tx, [
      ...entries('party-registered', parties),
      ...entries('authority-registered', authorities),
      ...entries('representation-given', representations),
      ...entries('mandate-given', mandates),
      ...entries('client-created', clients),
    ]);
    const users = await enrolUsers(tx, cast, id, created);
    return {
      parties: parties.length,
      authorities: authorities.length,
      representations: representations.length,
      mandates: mandates.length,
      clients: clients.length,
      users,
    };
  });
}
