import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { follow, type Follower, type JournalEntry } from '#platform/journal.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { standingsOf } from '#modules/clearance/index.ts';
import { type Directory, partiesPart, representationsOf } from '#modules/parties/index.ts';
import { eventOf, type Happened, parcelIn } from './event.ts';
import { eventKinds } from './model.ts';
import { today, toldToParty } from './service-tell.ts';
import * as store from './store.ts';

type Listeners = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Who listens for whom: every subscriber for itself and for those whom it represents to read. Made once for a directory
 * and its subscribers, since one of them may stand for a hundred thousand sellers.
 */
const known = new WeakMap<Directory, { readonly key: string; readonly listeners: Listeners }>();

function listenersOf(directory: Directory, subscribers: readonly string[], on: string): Listeners {
  const key = [on, ...subscribers].join('\n');
  const before = known.get(directory);
  if (before?.key === key) return before.listeners;
  const listeners = new Map<string, Set<string>>();
  const listen = (party: string, subscriber: string): void => {
    const there = listeners.get(party);
    if (there) there.add(subscriber);
    else listeners.set(party, new Set([subscriber]));
  };
  for (const subscriber of subscribers) {
    listen(subscriber, subscriber);
    for (const { represented, scope } of representationsOf(directory, subscriber, on))
      if (scope.includes('read')) listen(represented, subscriber);
  }
  known.set(directory, { key, listeners });
  return listeners;
}

/** The subscribers that one of the parties around a parcel concerns. */
function concerned({ places }: Happened, listeners: Listeners): string[] {
  const found = new Set<string>();
  for (const party of Object.values(places).flat())
    for (const subscriber of listeners.get(party) ?? []) found.add(subscriber);
  return [...found];
}

function rowsOf(
  happened: Happened,
  listeners: Listeners,
  worth: (party: string, row: store.EventRow) => boolean,
): (store.EventRow & { party: string })[] {
  const parties = concerned(happened, listeners);
  if (parties.length === 0) return [];
  const { id, kind, parcel, at, seeded } = happened;
  const places = JSON.stringify(happened.places);
  const row = { number: 0n, id, kind, parcel, at, seeded, places, data: JSON.stringify(happened.data) };
  return parties.filter((party) => worth(party, row)).map((party) => ({ ...row, party }));
}

/** An event of which a party would see nothing but that something happened is not kept for it. */
const worthFor =
  (snapshot: Snapshot, on: string) =>
  (party: string, row: store.EventRow): boolean =>
    row.kind.startsWith('clearance.') || toldToParty(snapshot, party, [row], on).length > 0;

async function collect(context: Context, tx: Tx, entries: readonly JournalEntry[]): Promise<void> {
  const subscribers = await store.subscribers(tx);
  if (subscribers.length === 0) return;
  // The sequence follows the moves of a parcel also where the numbers of their transactions do not.
  const moves = entries
    .toSorted((a, b) => (a.seq < b.seq ? -1 : 1))
    .flatMap((entry) => {
      const parcel = parcelIn(entry);
      return parcel === null ? [] : [{ entry, parcel }];
    });
  const standings = await standingsOf(
    tx,
    moves.map(({ parcel }) => parcel),
  );
  const snapshot = await context.reference.refresh();
  const on = today(context);
  const listeners = listenersOf(snapshot.get(partiesPart), subscribers, on);
  const worth = worthFor(snapshot, on);
  const rows = moves.flatMap(({ entry, parcel }, index) => {
    const standing = standings[index];
    return standing ? rowsOf(eventOf(entry, parcel.id, standing), listeners, worth) : [];
  });
  if (rows.length > 0) await store.keep(tx, rows);
}

/** Follows the journal and keeps what happened to parcels for the parties that asked for it. */
export const collector = (context: Context): Follower =>
  follow('feedback-events', eventKinds, (tx, entries) => collect(context, tx, entries));
