import { randomBytes } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Db } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { consigneesOf } from '#modules/clearance/index.ts';
import { atOneTime, hashOf, tooOften } from './limits.ts';
import { factsOf, knows } from './match.ts';
import { linkDays, tries, visitMinutes } from './model.ts';
import * as store from './store.ts';

/** What somebody gives to find a parcel, and from where he asks. */
export interface Asked {
  readonly number: string;
  readonly fact: string;
  readonly address: string;
}

const numberName = (number: string): string => `number ${number.trim()}`;

/**
 * The parcels that a number leads to and that have at their far end whoever knows this fact. A number that nobody
 * knows, a fact that is wrong and a parcel that names nobody are told alike and after the same time; all of them count.
 */
export const found = (context: Context, { number, fact, address }: Asked): Promise<Result<string[]>> =>
  atOneTime(async () => {
    const limits = { [`address ${address}`]: tries.address, [numberName(number)]: tries.number };
    if (await tooOften(context, limits)) return refuse('enquiries/too-many');
    const parcels = await consigneesOf(context.db, number.trim());
    const mine = parcels.filter(({ consignee }) => consignee !== null && knows(factsOf(consignee), fact));
    if (mine.length === 0) return refuse('enquiries/not-found');
    await store.forgetTries(context.db, hashOf(numberName(number)));
    return ok(mine.map(({ id }) => id));
  });

const newToken = (): string => randomBytes(32).toString('base64url');

/** Opens the page of the parcels that were found, and gives the token by which a browser comes back to it. */
export async function openVisit(context: Context, asked: Asked): Promise<Result<{ token: string }>> {
  const parcels = await found(context, asked);
  if (!parcels.ok) return parcels;
  const token = newToken();
  const now = context.clock.now();
  const times = { at: instantOf(now), expires: instantOf(now + visitMinutes * 60_000) };
  await context.db.tx(async (tx) => {
    await store.addVisit(tx, hashOf(token), parcels.value, times);
    // Under an id of its own: that its buyer looked is no news to those who see the parcel.
    await append(tx, [{ kind: 'enquiries.opened', subject: newId(now), data: { parcels: parcels.value.length } }]);
  });
  return ok({ token });
}

/** The parcels that a browser's token opens; none once it has ended. */
export const visited = (context: Context, token: string | undefined): Promise<string[]> =>
  token === undefined ? Promise.resolve([]) : store.visitOf(context.db, hashOf(token), context.clock.instant());

export const endVisit = (context: Context, token: string): Promise<void> => store.endVisit(context.db, hashOf(token));

/** Makes a link that shows for thirty days where a parcel is, and nothing of what is in it or whose it is. */
export async function newLink(context: Context, parcel: string): Promise<string> {
  const token = newToken();
  const now = context.clock.now();
  const times = { at: instantOf(now), expires: instantOf(now + linkDays * 86_400_000) };
  await store.addLink(context.db, hashOf(token), parcel, times);
  return token;
}

/** The parcel that a link shows and until when; refused when it has ended or never was. */
export async function linked(context: Context, token: string): Promise<Result<{ parcel: string; expires: string }>> {
  const link = await store.linkOf(context.db, hashOf(token), context.clock.instant());
  return link === undefined ? refuse('enquiries/link-ended') : ok(link);
}

/** Removes visits, links and counted tries that are over; true when there were any. */
export function sweepEnquiries(context: Context, db: Db): Promise<boolean> {
  const now = context.clock.now();
  return db.tx((tx) => store.sweep(tx, instantOf(now), instantOf(now - tries.minutes * 60_000)));
}
