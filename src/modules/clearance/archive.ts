import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { addDays, type Day, dayOf } from '#kernel/effective.ts';
import { lowestIdAt, msOf } from '#kernel/id.ts';
import type { Refusal } from '#kernel/result.ts';
import { ArchiveError } from '#platform/archive.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import { codeOf, type Session, type Tx } from '#platform/db.ts';
import { followersBefore } from '#platform/followers.ts';
import { append } from '#platform/journal.ts';
import { attachParts, digestOfParts, dropParts, holdParts, type PartsManifest } from '#platform/parts.ts';
import { type Effect, subjectsBetween } from '#modules/cases/index.ts';
import { openNotices } from '#modules/treasury/index.ts';
import * as store from './store-archive.ts';

/** The schema whose tables are archived by day. */
export const archivedSchema = 'clearance';

/** The ids of a day, from the first up to but without the last: partition days are UTC. */
export function idsOf(day: Day): { readonly low: string; readonly high: string } {
  const midnight = (one: Day): string =>
    lowestIdAt(msOfInstant(`${one}T00:00:00.000Z`)).replace(/-7000-8000-/, '-0000-0000-');
  return { low: midnight(day), high: midnight(addDays(day, 1)) };
}

/** Why parcels of a day are not at rest, and which. */
export interface Unrest {
  readonly because:
    | 'waiting'
    | 'cleared'
    | 'control'
    | 'landed-undeclared'
    | 'open-case'
    | 'unpaid-notice'
    | 'unbooked';
  readonly ids: readonly string[];
}

/**
 * Everything for which clearance, its cases and its notices do not let a day out of the database yet. Empty when for
 * them all its parcels are at rest.
 */
export async function unrestOf(tx: Tx, day: Day): Promise<Unrest[]> {
  const { low, high } = idsOf(day);
  const alike = await store.unfinished(tx, low, high);
  const cases = await subjectsBetween(tx, low, high);
  const unpaid = await openNotices(tx, low, high);
  // What was asked to be filed anew and landed is at rest once a case has ended what becomes of it.
  const ended = new Set(cases.filter(({ open }) => !open).map(({ subject }) => subject));
  const open = cases.filter((one) => one.open).map(({ subject }) => subject);
  const found: Unrest[] = [
    ...alike.map(({ status, ids }) =>
      status === 'lodged'
        ? { because: 'landed-undeclared' as const, ids: ids.filter((id) => !ended.has(id)) }
        : { because: status as 'waiting' | 'cleared' | 'control', ids },
    ),
    { because: 'open-case', ids: open },
    { because: 'unpaid-notice', ids: unpaid },
  ];
  return found.filter(({ ids }) => ids.length > 0);
}

/** Why a day stays in the database. */
export type Stays =
  | { readonly because: 'unrest'; readonly unrest: readonly Unrest[] }
  /** Followers that have not read everything that happened to its parcels. */
  | { readonly because: 'unread'; readonly followers: readonly string[] }
  /** It is not what the file holds: something was written since. */
  | { readonly because: 'differs' }
  /** Somebody reads the tables for long. */
  | { readonly because: 'busy' };

async function drop(
  session: Session,
  manifest: PartsManifest,
  path: string,
  look: typeof unrestOf,
): Promise<Stays | undefined> {
  const day = dayOf(manifest.day);
  const { low, high } = idsOf(day);
  if (!(await holdParts(session, manifest))) return { because: 'differs' };
  const unrest = await look(session, day);
  if (unrest.length > 0) return { because: 'unrest', unrest };
  const followers = await followersBefore(session, low, high);
  if (followers.length > 0) return { because: 'unread', followers };
  const parcels = await store.parcelsBetween(session, low, high);
  const rows = BigInt(manifest.tables.reduce((sum, table) => sum + table.rows, 0));
  const [file, digest] = [basename(path), digestOfParts(manifest)];
  await dropParts(session, manifest);
  await store.addArchived(session, { day, low, high, parcels, rows, file, digest });
  const data = { day, file, digest, parcels: String(parcels), rows: String(rows) };
  await append(session, [{ kind: 'clearance.day-archived', subject: low, data }]);
  return undefined;
}

const attempts = 5;
const betweenMs = 1_000;

/**
 * Takes a day out of the database, in one transaction with its journal entry, after its file was written and read back.
 * Nothing goes when anything was written since the file was, when a parcel is not at rest by `look`, or when a follower
 * has not read what happened. Answers why the day stays; undefined when it is gone.
 */
export async function dropDay(
  session: Session,
  manifest: PartsManifest,
  path: string,
  look: typeof unrestOf,
): Promise<Stays | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    await session.simple('begin');
    try {
      const stays = await drop(session, manifest, path, look);
      await session.simple(stays === undefined ? 'commit' : 'rollback');
      return stays;
    } catch (error) {
      await session.simple('rollback');
      if (codeOf(error) !== '55P03' && codeOf(error) !== '40P01') throw error;
      if (attempt === attempts) return { because: 'busy' };
      await delay(betweenMs);
    }
  }
}

/**
 * Puts an archived day back into its tables, in one transaction with its journal entry. Throws an ArchiveError where
 * the day is not archived here, or the file is not the one into which it went.
 */
export async function returnDay(session: Session, manifest: PartsManifest, path: string): Promise<void> {
  const { day } = manifest;
  await session.simple('begin');
  try {
    const archived = await store.archivedAmong(session, [day]);
    if (archived === undefined)
      throw new ArchiveError(`${day} is not archived in this window: its parcels stand in it.`);
    if (archived.digest !== digestOfParts(manifest))
      throw new ArchiveError(`${path} is not the file that ${day} went into, which was ${archived.file}.`);
    await attachParts(session, path, manifest);
    await store.removeArchived(session, day);
    await append(session, [
      { kind: 'clearance.day-returned', subject: archived.low, data: { day, file: archived.file } },
    ]);
    await session.simple('commit');
  } catch (error) {
    await session.simple('rollback');
    throw error;
  }
}

const dayOfId = (id: string): string => instantOf(msOf(id)).slice(0, 10);

/** What is answered for parcels that are archived; undefined when the days of these ids stand in the database. */
export async function archivedRefusal(tx: Tx, ids: readonly string[]): Promise<Refusal | undefined> {
  const archived = await store.archivedAmong(tx, [...new Set(ids.map(dayOfId))]);
  if (archived === undefined) return undefined;
  const { day, file } = archived;
  return { code: 'clearance/archived', pointer: '/id', params: { day, file } };
}

/** An effect that is not undone for parcels that are archived, since nothing of them could be put back. */
export const besidesArchived = (effect: Effect): Effect => ({
  apply: (tx, cases, context) => effect.apply(tx, cases, context),
  async undo(tx, cases, context) {
    const parcels = cases.filter(({ facts }) => facts['cause'] !== 'over-landed').map(({ subject }) => subject);
    return (await archivedRefusal(tx, parcels)) ?? effect.undo(tx, cases, context);
  },
});
