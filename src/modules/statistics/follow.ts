import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { type Follower, follow, type JournalEntry } from '#platform/journal.ts';
import { declarantsOf, netOf } from '#modules/clearance/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { Books, difference, periodOf } from './book.ts';
import { type Ground, grounds, monthOf } from './model.ts';
import * as store from './store-book.ts';
import { writeBookings } from './write.ts';

/** The name of the cursor by which this module reads the journal. */
export const followerName = 'statistics';

const prefix = 'clearance.';
/** Whatever may change what a checklist counts for: each says no more than that it has to be looked at again. */
const kinds = grounds.map((ground) => `${prefix}${ground}`);
const gone: ReadonlySet<unknown> = new Set(['released', 'left', 'returned']);

const groundOf = ({ kind }: JournalEntry): Ground =>
  grounds.find((ground) => kind === `${prefix}${ground}`) ?? 'amended';

/** Takes note of what was released, so that the close of its month finds it. */
async function note(context: Context, tx: Tx, entries: readonly JournalEntry[]): Promise<void> {
  const { timeZone } = context.reference.current().get(packsPart).home;
  const released = new Map<string, string>();
  for (const { subject, at, data } of entries) {
    const since = data['since'];
    if (gone.has(data['status']) && !released.has(subject))
      released.set(subject, typeof since === 'string' ? since : at);
  }
  if (released.size === 0) return;
  const rows = (await declarantsOf(tx, [...released.keys()])).map(({ id, declarant }) => {
    const at = released.get(id)!;
    return { id, declarant, released: at, month: monthOf(at, timeZone) };
  });
  await store.addPending(tx, rows);
}

/** Books what differs of checklists whose month is closed, each with its ground and the month in which it counts. */
async function correct(context: Context, tx: Tx, why: ReadonlyMap<string, Ground>): Promise<void> {
  const held = await store.holdBooked(tx, [...why.keys()]);
  if (held.length === 0) return;
  const ids = held.map(({ id }) => id);
  const nets = new Map((await netOf(tx, ids)).map((net) => [net.id, net]));
  const booked = await store.bookedOf(tx, ids);
  const at = context.clock.instant();
  const books = new Books(context.reference.current().get(packsPart).home);
  const known = monthOf(at, books.timeZone);
  const [rows, corrections, moved]: [
    store.BookingRow[],
    Parameters<typeof store.addCorrections>[1][number][],
    Moved[],
  ] = [[], [], []];
  for (const checklist of held) {
    const { id, month } = checklist;
    const net = nets.get(id);
    // What stands in an archive counts for what it counted for when it went there.
    if (net === undefined) continue;
    const { rule, summary, reason, parts } = books.target(checklist, net);
    const differing = difference(booked.get(id) ?? [], parts);
    if (differing.length === 0) continue;
    const entry = checklist.entry + 1;
    const period = periodOf(rule, month, known);
    for (const [part, of] of differing.entries()) rows.push({ ...of, id, entry, part, period });
    corrections.push({ id, entry, period, at, ground: why.get(id)! });
    moved.push({ id, summary, reason });
  }
  if (corrections.length === 0) return;
  await store.addCorrections(tx, corrections);
  await store.moveChecklists(tx, moved);
  const summaries = moved.flatMap(({ summary }) => (summary === null ? [] : [summary]));
  await writeBookings(tx, books, rows);
  await store.numberLines(tx, summaries);
}

type Moved = Parameters<typeof store.moveChecklists>[1][number];

/**
 * Follows what happens to checklists. Who closes a month takes what is pending away before he reads it, and this waits
 * for him before it looks whether it is booked: so what happens meanwhile is seen by exactly one of the two.
 */
export const follower = (context: Context): Follower =>
  follow(followerName, kinds, (tx, entries) => noteAll(context, tx, entries), { canWait: true });

async function noteAll(context: Context, tx: Tx, entries: readonly JournalEntry[]): Promise<void> {
  const mine = entries.filter(({ kind }) => kinds.includes(kind));
  if (mine.length === 0) return;
  await note(context, tx, mine);
  const why = new Map(mine.map((one) => [one.subject, groundOf(one)]));
  await store.holdPending(tx, [...why.keys()]);
  await correct(context, tx, why);
}
