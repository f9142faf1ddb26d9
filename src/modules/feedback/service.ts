import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { type EventKind, eventKinds, type Told } from './model.ts';
import { toldTo } from './service-tell.ts';
import * as store from './store.ts';

/** A page of a party's events, oldest first. */
export interface EventPage {
  readonly events: readonly Told[];
  /** The cursor to go on from; the same events come again under the same ids when an older one is used. */
  readonly next: string;
  /** Whether there is more at once; also a page without events may say so, where kinds were asked for. */
  readonly more: boolean;
}

/** Whose events these are. A key needs the scope `read`, a person one of the roles of a party. */
export function readerOf(principal: Principal): Result<string> {
  const { party } = principal;
  if (party === null) return refuse('feedback/party-needed');
  const record = { kind: 'event', id: '', parties: { subscriber: [party] }, desk: null } as const;
  return may(principal, 'consignment.read', record) ? ok(party) : refuse('feedback/not-yours');
}

/** The kinds in a list with commas; null where there is none. */
export function kindsOf(list: string | undefined): Result<readonly EventKind[] | null> {
  if (list === undefined || list === '') return ok(null);
  const named = list.split(',');
  const unknown = named.find((one) => !eventKinds.some((kind) => kind === one));
  if (unknown !== undefined) return refuse('feedback/kind-unknown', { pointer: '/kind', params: { in: 'query' } });
  return ok(eventKinds.filter((kind) => named.includes(kind)));
}

/**
 * A cursor from text. The oldest events are asked for with none. One that stands before what is kept is refused: events
 * after it are gone, and who asks must know that he missed them.
 */
export async function cursorOf(context: Context, text: string | undefined): Promise<Result<bigint>> {
  if (text === undefined || text === '0') return ok(0n);
  const after = BigInt(text);
  const { oldest } = await store.bounds(context.db);
  return after < oldest ? refuse('feedback/cursor-too-old', { pointer: '/after', params: { in: 'query' } }) : ok(after);
}

/** The number after which everything is new at this moment. */
export const newest = async (context: Context): Promise<bigint> => (await store.bounds(context.db)).passed;

/** Events after a cursor, with the cursor that follows; the caller has said whose they are and that he may. */
export async function pageAfter(
  context: Context,
  principal: Principal,
  asked: { party: string; after: bigint; kinds: readonly EventKind[] | null; limit: number },
): Promise<{ events: Told[]; next: bigint; more: boolean }> {
  const { party, after, kinds, limit } = asked;
  // What was given out before is all there by now, so that a reader who found no more may go on from there.
  const { passed } = await store.bounds(context.db);
  const { rows, reached } = await store.eventsAfter(context.db, party, after, kinds, limit);
  const last = rows.at(-1)?.number ?? after;
  const next = reached ?? [after, passed, last].reduce((a, b) => (a > b ? a : b));
  return { events: toldTo(context.reference.current(), principal, rows), next, more: reached !== null };
}

/** Reads on from a cursor. The first reading opens the inbox: events are kept for the party from then on. */
export async function eventsAfter(
  context: Context,
  principal: Principal,
  asked: { after?: string; kinds: readonly EventKind[] | null; limit: number },
): Promise<Result<EventPage>> {
  const reader = readerOf(principal);
  if (!reader.ok) return reader;
  const after = await cursorOf(context, asked.after);
  if (!after.ok) return after;
  await store.openInbox(context.db, reader.value);
  const page = await pageAfter(context, principal, { ...asked, party: reader.value, after: after.value });
  return ok({ ...page, next: String(page.next) });
}

/** The greatest number there can be: everything stands before it. */
const end = 2n ** 63n - 1n;

/** The newest events before a number, for the page; `next` leads to older ones. The inbox is not opened by it. */
export async function eventsBefore(
  context: Context,
  principal: Principal,
  asked: { before?: bigint; kinds: readonly EventKind[] | null; limit: number },
): Promise<Result<{ events: readonly Told[]; next: bigint | null; opened: string | null }>> {
  const reader = readerOf(principal);
  if (!reader.ok) return reader;
  const { before = end, kinds, limit } = asked;
  const inbox = await store.inboxOf(context.db, reader.value);
  const { rows, reached } = await store.eventsBefore(context.db, reader.value, before, kinds, limit);
  if (inbox) await store.openInbox(context.db, reader.value);
  return ok({
    events: toldTo(context.reference.current(), principal, rows),
    next: reached,
    opened: inbox?.opened ?? null,
  });
}

/** Opens the party's inbox. */
export async function openInbox(context: Context, principal: Principal): Promise<Result<string>> {
  const reader = readerOf(principal);
  if (reader.ok) await store.openInbox(context.db, reader.value);
  return reader;
}
