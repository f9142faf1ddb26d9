import { addDays, dayOf } from '#kernel/effective.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { follow, type Follower, type JournalEntry } from '#platform/journal.ts';
import { countsOf } from '#modules/cases/index.ts';
import { type TradeLane, tradeLanesOf } from '#modules/clearance/index.ts';
import { daysShown, type Figures, type LaneCount, type News } from './model.ts';
import * as store from './store.ts';

/** The kinds of entry that the home page counts, and what each says in public. */
const kinds = [
  'clearance.decided',
  'clearance.released',
  'clearance.denied',
  'clearance.over-landed',
  'clearance.control-lifted',
  'clearance.control-restored',
  'clearance.redetermined',
  'clearance.amended',
];

/** Outcomes and states worth telling one by one; a parcel that is cleared and waits for its aircraft is not news. */
const told = new Set(['released', 'released-changed', 'control', 'denied', 'over-landed']);
/** Of one step of the reader; more than a page can show would be written for nobody. */
const newsPerStep = 24;
const releasesPerStep = 3;

const textOf = (entry: JournalEntry, name: string): string | null => {
  const value = entry.data[name];
  return typeof value === 'string' ? value : null;
};

/** What an entry adds to the figures. */
function figureOf(entry: JournalEntry): string | null {
  if (entry.kind === 'clearance.decided') return textOf(entry, 'outcome');
  if (entry.kind === 'clearance.released') return 'landed';
  if (entry.kind === 'clearance.denied') return 'denied';
  return entry.kind === 'clearance.over-landed' ? 'over-landed' : null;
}

const publicName = (entry: JournalEntry): string | null =>
  entry.kind === 'clearance.released' ? 'released' : figureOf(entry);

function newsOf(entry: JournalEntry, lane: TradeLane | undefined): Omit<News, 'number'> | null {
  const what = publicName(entry);
  if (what === null) return null;
  const route = lane?.route ?? textOf(entry, 'route');
  return { at: momentOf(entry), what, route, ground: textOf(entry, 'ground') };
}

/** One more or one less that waits for a person. */
function waits(entry: JournalEntry): bigint {
  if (entry.kind === 'clearance.decided') return textOf(entry, 'outcome') === 'control' ? 1n : 0n;
  if (entry.kind === 'clearance.control-restored') return 1n;
  const status = textOf(entry, 'status');
  if (entry.kind === 'clearance.amended') return status === 'control' ? 1n : 0n;
  // What was released before and is determined again waited for nobody here.
  if (entry.kind === 'clearance.redetermined') return status === 'control' ? 1n : status === 'cleared' ? -1n : 0n;
  return entry.kind === 'clearance.control-lifted' || entry.kind === 'clearance.denied' ? -1n : 0n;
}

/** Sums by a key; what comes to nothing is left out. Keys are sorted, so that two readers lock rows in one order. */
function summed<K>(items: readonly (readonly [key: K, count: bigint])[]): (K & { count: bigint })[] {
  const sums = new Map<string, { key: K; count: bigint }>();
  for (const [key, many] of items) {
    const name = JSON.stringify(key);
    const sum = sums.get(name);
    if (sum) sum.count += many;
    else sums.set(name, { key, count: many });
  }
  return [...sums]
    .filter(([, sum]) => sum.count !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, sum]) => ({ ...sum.key, count: sum.count }));
}

/** When it happened: a release says so itself, also where a demonstration tells of days gone by. */
const momentOf = (entry: JournalEntry): string => textOf(entry, 'since') ?? entry.at;
const dayAt = (entry: JournalEntry): string => momentOf(entry).slice(0, 10);

async function countAll(tx: Tx, entries: readonly JournalEntry[]): Promise<void> {
  const figures = entries.flatMap((entry) => {
    const name = figureOf(entry);
    return name === null ? [] : [[{ day: dayAt(entry), name }, 1n] as const];
  });
  if (figures.length > 0) await store.addFigures(tx, summed(figures));
  const news = worthTelling(entries);
  const moving = entries.filter((entry) => entry.kind === 'clearance.decided' || waits(entry) !== 0n);
  const subjects = [...new Set([...moving, ...news].map((entry) => entry.subject))];
  if (subjects.length === 0) return;
  const lanes = new Map((await tradeLanesOf(tx, subjects)).map((lane) => [lane.id, lane]));
  await countLanes(tx, moving, lanes);
  const items = news.flatMap((entry) => newsOf(entry, lanes.get(entry.subject)) ?? []);
  if (items.length > 0) await store.addNews(tx, items);
}

/** The last of a step's news, few of them releases: those are nearly all, and one is like the other. */
function worthTelling(entries: readonly JournalEntry[]): JournalEntry[] {
  const all = entries.filter((entry) => told.has(publicName(entry) ?? ''));
  const releases = all.filter((entry) => entry.kind === 'clearance.released').slice(-releasesPerStep);
  const others = all.filter((entry) => entry.kind !== 'clearance.released').slice(-newsPerStep);
  const chosen = new Set([...releases, ...others]);
  return all.filter((entry) => chosen.has(entry));
}

async function countLanes(
  tx: Tx,
  entries: readonly JournalEntry[],
  found: ReadonlyMap<string, TradeLane>,
): Promise<void> {
  const placed = entries.flatMap((entry) => {
    const lane = found.get(entry.subject);
    return lane?.origin && lane.office ? [{ entry, origin: lane.origin, office: lane.office }] : [];
  });
  const lanes = placed
    .filter(({ entry }) => entry.kind === 'clearance.decided')
    .map(({ entry, origin, office }) => [{ day: dayAt(entry), origin, office }, 1n] as const);
  const waiting = summed(placed.map(({ entry, origin, office }) => [{ origin, office }, waits(entry)] as const));
  if (lanes.length > 0) await store.addLanes(tx, summed(lanes));
  if (waiting.length > 0) await store.addWaiting(tx, waiting);
}

/** Follows the journal for the home page. */
export const counter = (): Follower => follow('home-figures', kinds, countAll, { canWait: true });

const sinceOf = (context: Context): { today: string; since: string } => {
  const today = dayOf(context.clock.instant().slice(0, 10));
  return { today, since: addDays(today, -daysShown) };
};

/** The figures as they stand. */
export async function figuresOf(context: Context): Promise<Figures> {
  const { today, since } = sinceOf(context);
  const rows = await store.figures(context.db, today, since);
  const cases = await countsOf(context.db, null, context.clock.instant());
  return {
    today: Object.fromEntries(rows.map((row) => [row.name, Number(row.today)])),
    month: Object.fromEntries(rows.map((row) => [row.name, Number(row.month)])),
    waiting: cases.reduce((sum, one) => sum + one.count, 0),
  };
}

/** The busiest lanes of the last days. */
export const lanesNow = (context: Context): Promise<LaneCount[]> => store.lanes(context.db, sinceOf(context).since, 60);

/** News after a number, newest first; nought gives the latest. */
export const newsAfter = (context: Context, after: bigint, limit: number): Promise<News[]> =>
  store.newsAfter(context.db, after, limit);
