import { formatMoney } from '#kernel/money.ts';
import type { Tx } from '#platform/db.ts';
import { append, type EntryData, follow, type Follower, type JournalEntry } from '#platform/journal.ts';
import { bearing, briefsOf, type DeclaredPayment, marksOf } from '#modules/clearance/index.ts';
import { type EventRow, isMoney } from './model.ts';
import * as store from './store.ts';

/** The entries after which an event and a parcel may find each other: whichever of the two comes second. */
export const meeting = ['trade.told', 'clearance.decided'] as const;

/**
 * What joining an event to a parcel says. Money counts only where the parcel's own declaration names its provider, or
 * names none; it differs where the amount that was captured is other than the declared one.
 */
function joinOf(parcel: string, one: EventRow, payments: readonly DeclaredPayment[]): store.Join | undefined {
  if (!isMoney(one.step)) return { parcel, event: one.id, differs: false };
  if (payments.length > 0 && !payments.some(({ provider }) => provider === one.party)) return undefined;
  const declared = payments.find(
    ({ provider, platform, order }) =>
      provider === one.party && (one.kind !== 'order' || (platform === one.sender && order === one.number)),
  );
  const { currency, minor } = one;
  const moved = currency === null || minor === null ? undefined : formatMoney({ currency, minor });
  const differs =
    one.step === 'payment-captured' &&
    declared !== undefined &&
    moved !== undefined &&
    (moved.currency !== declared.amount.currency || moved.amount !== declared.amount.amount);
  return { parcel, event: one.id, differs };
}

/** The parcels that these events are about, of those that are there. */
async function joinsFor(tx: Tx, events: readonly EventRow[]): Promise<store.Join[]> {
  if (events.length === 0) return [];
  const found = await bearing(tx, events);
  const about = await marksOf(tx, [...new Set(found.map(({ id }) => id))]);
  return found.flatMap(({ place, id }) => joinOf(id, events[place - 1]!, about.get(id)?.payments ?? []) ?? []);
}

/** What the parcel's journal says of an event: codes, never words. */
function dataOf({ step, party, at, zone, place, simulated }: EventRow): EntryData {
  const said = { step, by: party, happened: at, zone, simulated };
  return place === null ? said : { ...said, place };
}

async function meet(tx: Tx, entries: readonly JournalEntry[]): Promise<void> {
  const told = await store.eventsOf(
    tx,
    entries.filter(({ kind }) => kind === 'trade.told').map(({ subject }) => subject),
  );
  const decided = entries.filter(({ kind }) => kind === 'clearance.decided').map(({ subject }) => subject);
  // Nothing is read of a parcel unless somebody told of one that was not there.
  const waiting = decided.length > 0 && (await store.anyWaiting(tx)) ? await waitingAmong(tx, decided) : [];
  const events = new Map([...told, ...waiting].map((one) => [one.id, one]));
  const joins = await joinsFor(tx, [...events.values()]);
  if (joins.length === 0) return;
  const added = await store.join(tx, joins);
  const briefs = await briefsOf(tx, [...new Set(added.map(({ parcel }) => parcel))]);
  await store.project(
    tx,
    [...briefs.values()].map(({ record }) => ({ parcel: record.id, parties: Object.values(record.parties).flat() })),
  );
  await append(
    tx,
    added
      .map(({ parcel, event }) => ({ parcel, one: events.get(event)! }))
      .sort((a, b) => (a.one.at < b.one.at ? -1 : 1))
      .map(({ parcel, one }) => ({
        kind: isMoney(one.step) ? 'trade.money' : 'trade.goods',
        subject: parcel,
        data: dataOf(one),
      })),
  );
}

async function waitingAmong(tx: Tx, parcels: readonly string[]): Promise<EventRow[]> {
  const about = await marksOf(tx, parcels);
  return store.waitingFor(
    tx,
    [...about.values()].flatMap(({ marks }) => marks),
  );
}

/**
 * Brings events and parcels together. One follower does it for both, and reads only what is committed, so that neither
 * can miss the other.
 */
export const meeter = (): Follower => follow('trade-events', meeting, meet);
