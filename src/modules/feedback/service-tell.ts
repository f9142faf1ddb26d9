import { dayIn } from '#kernel/effective.ts';
import { type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { partiesPart, principalOfParty, representationsFor } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import type { EventData, Told } from './model.ts';
import type { EventRow } from './store.ts';

/** The day on which it is asked who acts for whom. */
export const today = (context: Pick<Context, 'clock' | 'reference'>): string =>
  dayIn(context.clock.instant(), context.reference.current().get(packsPart).home.timeZone);

/** What has to be left of an event for it to say anything. */
const cores: Readonly<Record<string, keyof Told>> = {
  treasury: 'notice',
  cases: 'case',
  'trade.goods': 'goods',
  'trade.money': 'money',
};
const core = (kind: string): keyof Told => cores[kind] ?? cores[kind.slice(0, kind.indexOf('.'))] ?? 'kind';

/** An event as this principal may know it; null where it would tell him nothing. */
export function told(principal: Principal, row: EventRow): Told | null {
  const { number, id, kind, at, parcel, seeded } = row;
  const parties = JSON.parse(row.places) as RecordRef['parties'];
  const own = JSON.parse(row.data) as EventData;
  const data: Told = { id, sequence: String(number), kind, at, parcel, ...(seeded ? { seeded } : {}), ...own };
  const left: Partial<Told> = view(principal, { kind: 'event', id, parties, desk: null, data });
  return left[core(kind)] === undefined ? null : { ...left, id, sequence: data.sequence, kind, at, parcel };
}

const namedIn = (row: EventRow): Set<string> =>
  new Set(Object.values(JSON.parse(row.places) as RecordRef['parties']).flat());

/**
 * Events as whoever asks may know them. Of his representations only those are looked at that the event names: a party
 * that stands for a hundred thousand others is not looked through for every event.
 */
export function toldTo(snapshot: Snapshot, principal: Principal, rows: readonly EventRow[]): Told[] {
  const { party, representations, on } = principal;
  const directory = snapshot.get(partiesPart);
  return rows.flatMap((row) => {
    if (party === null || representations.length === 0) return told(principal, row) ?? [];
    return told({ ...principal, representations: representationsFor(directory, party, namedIn(row), on) }, row) ?? [];
  });
}

/** Events as a party may know them now, on its own behalf and for those whom it represents on this day. */
export const toldToParty = (snapshot: Snapshot, party: string, rows: readonly EventRow[], on: string): Told[] =>
  rows.flatMap((row) => told(principalOfParty(snapshot, party, namedIn(row), on), row) ?? []);
