import { day } from '#kernel/effective.ts';
import { isUuid, newId } from '#kernel/id.ts';
import { ok, refuse, type Refused, type Result } from '#kernel/result.ts';
import { type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import {
  type Directory,
  endRepresentation,
  giveRepresentation,
  partiesPart,
  type RegisteredRepresentation,
  representationNow,
  representationsAround,
  representationsBetween,
  representationsFor,
} from '#modules/parties/index.ts';
import { affairsOf, chainMax, type NewOffer, type OfferRow, type PassOn } from './model.ts';
import { ownParty } from './service-people.ts';
import * as store from './store.ts';
import { inOne, publishing } from './whole.ts';

/** Whether a representation may be used today, and if not why. */
export type Standing = 'offered' | 'holds' | 'to-come' | 'over' | 'broken';

/** A representation, or an offer of one, as either side sees it. */
export interface RepresentationView {
  readonly id: string;
  readonly state: Standing;
  readonly represented: string;
  readonly representedName: string;
  readonly representative: string;
  readonly representativeName: string;
  readonly kind: 'direct' | 'indirect';
  readonly scope: readonly string[];
  readonly chain: readonly string[];
  readonly onward: boolean;
  readonly from: string;
  readonly until: string | null;
}

const directoryOf = (context: Context): Directory => context.reference.current().get(partiesPart);
const nameOf = ({ parties }: Directory, identifier: string): string => parties.get(identifier)?.name ?? identifier;

function standing(directory: Directory, one: RegisteredRepresentation, on: string): Standing {
  if (on < one.from) return 'to-come';
  if (one.until !== null && one.until <= on) return 'over';
  const usable = representationsFor(directory, one.representative, [one.represented], on) as RegisteredRepresentation[];
  const active = [one.represented, ...one.chain, one.representative].every(
    (party) => directory.parties.get(party)?.status === 'active',
  );
  return active && usable.some(({ id }) => id === one.id) ? 'holds' : 'broken';
}

type Shown = Omit<RepresentationView, 'representedName' | 'representativeName'>;
function shownTo(directory: Directory, principal: Principal, party: string, one: Shown): Partial<RepresentationView> {
  const { id, state, represented, representative, kind, scope, chain, onward, from, until } = one;
  const data: RepresentationView = {
    id,
    state,
    represented,
    representedName: nameOf(directory, represented),
    representative,
    representativeName: nameOf(directory, representative),
    kind,
    scope,
    chain,
    onward,
    from,
    until,
  };
  return view(principal, { ...affairsOf(party, id), data });
}

const pageMax = 100;

/** What a party sees of who acts for it and for whom it acts: what is registered, and what is offered. */
export interface Representations {
  readonly items: readonly Partial<RepresentationView>[];
  readonly offers: readonly Partial<RepresentationView>[];
  readonly next: string | null;
}

export async function representationList(
  context: Context,
  principal: Principal,
  after: string | null,
): Promise<Result<Representations>> {
  const own = ownParty(principal, 'affairs.read');
  if (!own.ok) return own;
  const party = own.value;
  const directory = directoryOf(context);
  const rows = await representationsAround(context.db, party, { after, limit: pageMax + 1 });
  const items = rows
    .slice(0, pageMax)
    .map((one) => shownTo(directory, principal, party, { ...one, state: standing(directory, one, principal.on) }));
  const offers = (after === null ? await store.offersAround(context.db, party) : []).map((one) =>
    shownTo(directory, principal, party, { ...one, chain: [], state: 'offered' }),
  );
  return ok({ items, offers, next: rows.length > pageMax ? (rows[pageMax - 1]?.id ?? null) : null });
}

function periodOf(
  given: Pick<NewOffer, 'from' | 'until'>,
  today: string,
): Result<{ from: string; until: string | null }> {
  const { from = today, until = null } = given;
  if (day(from) === undefined) return refuse('parties/day-unknown', { pointer: '/from' });
  if (until === null) return ok({ from, until });
  if (day(until) === undefined) return refuse('parties/day-unknown', { pointer: '/until' });
  return until > from && until > today
    ? ok({ from, until })
    : refuse('registration/period-empty', { pointer: '/until' });
}

/** Both of them are registered and active; whoever is not is named. */
function unknown(directory: Directory, given: Pick<NewOffer, 'represented' | 'representative'>): Refused | undefined {
  for (const side of ['represented', 'representative'] as const)
    if (directory.parties.get(given[side])?.status !== 'active')
      return refuse('registration/party-unknown', { pointer: `/${side}`, params: { party: given[side] } });
  return undefined;
}

/**
 * Lets another act for one's own party, which holds at once; or offers to act for another one, which waits until the
 * represented confirms it.
 */
export async function offer(
  context: Context,
  principal: Principal,
  given: NewOffer,
): Promise<Result<{ id: string; state: 'holds' | 'offered' }>> {
  const { represented, representative, kind, scope, onward = false } = given;
  const gives = principal.party === represented;
  if (!gives && principal.party !== representative) return refuse('registration/not-between-us');
  const own = ownParty(principal, gives ? 'affairs.manage' : 'affairs.offer');
  if (!own.ok) return own;
  if (represented === representative) return refuse('registration/oneself', { pointer: '/representative' });
  const period = periodOf(given, principal.on);
  if (!period.ok) return period;
  const fault = unknown(directoryOf(context), given);
  if (fault !== undefined) return fault;
  const id = newId(context.clock.now());
  const row = { id, represented, representative, kind, scope, onward, ...period.value };
  if (gives)
    return publishing(context, async (tx, epoch) => {
      const done = await giveRepresentation(tx, epoch, principal, { ...row, chain: [] });
      return done.ok ? ok({ id, state: 'holds' }) : done;
    });
  const offered = { ...row, offeredBy: principal.subject, offered: context.clock.instant() };
  return inOne(context, async (tx) => {
    if (!(await store.addOffer(tx, offered))) return refuse('registration/offer-waits');
    const data = { represented, representative, kind, scope };
    await append(tx, [{ kind: 'registration.offered', subject: id, data }]);
    return ok({ id, state: 'offered' });
  });
}

/** The offer that waits, where this principal's own party stands on this side of it. */
async function waiting(
  tx: Tx,
  principal: Principal,
  id: string,
  sides: readonly ('represented' | 'representative')[],
): Promise<Result<OfferRow>> {
  const row = isUuid(id) ? await store.offerNow(tx, id) : undefined;
  const mine = row !== undefined && sides.some((side) => row[side] === principal.party);
  return mine ? ok(row) : refuse('registration/offer-unknown');
}

/** The represented confirms an offer: from now on the other acts for it. */
export async function confirm(context: Context, principal: Principal, id: string): Promise<Result<{ id: string }>> {
  const own = ownParty(principal, 'affairs.manage');
  if (!own.ok) return own;
  return publishing(context, async (tx, epoch) => {
    const row = await waiting(tx, principal, id, ['represented']);
    if (!row.ok) return row;
    const { represented, representative, kind, scope, onward, until } = row.value;
    const from = row.value.from < principal.on ? principal.on : row.value.from;
    if (until !== null && until <= from) return refuse('registration/period-empty', { pointer: '/until' });
    const given = await giveRepresentation(tx, epoch, principal, {
      id,
      represented,
      representative,
      kind,
      scope,
      onward,
      chain: [],
      from,
      until,
    });
    if (!given.ok) return given;
    await store.endOffer(tx, id, 'confirmed', context.clock.instant());
    return ok({ id });
  });
}

/** The represented declines an offer, or whoever made it takes it back. */
export async function decline(context: Context, principal: Principal, id: string): Promise<Result<{ id: string }>> {
  const own = ownParty(principal, 'affairs.offer');
  if (!own.ok) return own;
  return inOne(context, async (tx) => {
    const row = await waiting(tx, principal, id, ['represented', 'representative']);
    if (!row.ok) return row;
    const state = row.value.represented === own.value ? 'declined' : 'withdrawn';
    await store.endOffer(tx, id, state, context.clock.instant());
    await append(tx, [{ kind: `registration.offer-${state}`, subject: id }]);
    return ok({ id });
  });
}

/** The representation, where this principal's own party is one of its two ends or stands between them. */
async function around(tx: Tx, party: string, id: string): Promise<Result<RegisteredRepresentation>> {
  const row = isUuid(id) ? await representationNow(tx, id) : undefined;
  const mine = row !== undefined && [row.represented, ...row.chain, row.representative].includes(party);
  return mine ? ok(row) : refuse('registration/representation-unknown');
}

/**
 * Ends a representation from either side. When this is answered nothing is filed under it any more, in any process, nor
 * under what was built on it.
 */
export async function revoke(context: Context, principal: Principal, id: string): Promise<Result<{ id: string }>> {
  const own = ownParty(principal, 'affairs.offer');
  if (!own.ok) return own;
  return publishing(context, async (tx, epoch) => {
    const row = await around(tx, own.value, id);
    if (!row.ok) return row;
    const ended = await endRepresentation(tx, epoch, principal, id);
    return ended.ok ? ok({ id }) : refuse('registration/representation-unknown');
  });
}

const earlier = (...days: readonly (string | null | undefined)[]): string | null =>
  days.filter((one): one is string => typeof one === 'string').toSorted()[0] ?? null;

/** Which of a party's own representatives stands for it in these scopes today. */
async function linkTo(
  tx: Tx,
  party: string,
  { representative, scope }: PassOn,
  on: string,
): Promise<RegisteredRepresentation | undefined> {
  const links = await representationsBetween(tx, representative, party);
  return links.find(
    (one) =>
      one.chain.length === 0 &&
      one.from <= on &&
      (one.until === null || on < one.until) &&
      scope.every((wanted) => one.scope.includes(wanted)),
  );
}

/**
 * Lets one of one's own representatives act in one's place for a party that allowed it. It never reaches further or
 * longer than what it is built on, and ends with it; the represented sees it and may end it.
 */
export async function passOn(
  context: Context,
  principal: Principal,
  id: string,
  given: PassOn,
): Promise<Result<{ id: string }>> {
  const own = ownParty(principal, 'affairs.manage');
  if (!own.ok) return own;
  const { representative, scope } = given;
  const period = periodOf({ from: principal.on, until: given.until ?? null }, principal.on);
  if (!period.ok) return period;
  return publishing(context, async (tx, epoch) => {
    const found = await around(tx, own.value, id);
    if (!found.ok) return found;
    const base = found.value;
    if (base.representative !== own.value) return refuse('registration/representation-unknown');
    if (!base.onward) return refuse('registration/not-onward');
    if (standing(directoryOf(context), base, principal.on) !== 'holds') return refuse('registration/not-onward');
    if (representative === base.represented || base.chain.includes(representative))
      return refuse('registration/oneself', { pointer: '/representative' });
    if (base.chain.length >= chainMax) return refuse('registration/chain-long');
    const link = await linkTo(tx, own.value, given, principal.on);
    if (link === undefined || !scope.every((one) => base.scope.includes(one)))
      return refuse('registration/no-link', { pointer: '/representative' });
    const row: RegisteredRepresentation = {
      id: newId(context.clock.now()),
      represented: base.represented,
      representative,
      kind: base.kind,
      scope,
      chain: [...base.chain, own.value],
      onward: link.onward,
      from: principal.on,
      until: earlier(period.value.until, base.until, link.until),
    };
    const done = await giveRepresentation(tx, epoch, principal, row);
    return done.ok ? ok({ id: row.id }) : done;
  });
}
