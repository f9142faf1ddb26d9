import { digestOf } from '#kernel/canonical.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { type CaseRow, type DeadlineRow, casesOf, type MoveRow, timelineOf } from '#modules/cases/index.ts';
import { factsOf, steeringFor } from './change.ts';
import { approvalsOf, authorsOf, type ChangeFacts, type Minutes } from './change-model.ts';
import { differencesBetween } from './diff.ts';
import type { Difference } from './diff-model.ts';
import { isJson } from './facts.ts';
import { sourceOf } from './folder.ts';
import type { PackSource } from './model.ts';
import type { Pack } from './pack.ts';
import type { Steering } from './steering.ts';
import { changeCase } from './service-change.ts';
import { chainOf, compileChain, filesOf, packsPart, type Packs } from './service.ts';
import * as store from './store.ts';
import { changeIds, draftById, type DraftLine, draftsOf, type DraftPlace, type StoredDraft } from './store-drafts.ts';

/** A step as everybody may read it: the authority that took it, and not the person. */
export interface ChangeStep {
  readonly number: number;
  readonly move: string;
  readonly from: string;
  readonly to: string;
  readonly at: string;
  readonly authority: string | null;
  readonly ground: string | null;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly minutes: Minutes | null;
  readonly note: string | null;
  readonly undoes: number | null;
}

/** One line of the list of changes. */
export interface ChangeLine extends ChangeFacts {
  readonly id: string;
  readonly state: string;
  readonly stamp: number;
  readonly opened: string;
  readonly closed: string | null;
}

/** A change of law with everything that is known of it. */
export interface ChangeView extends ChangeLine {
  /** The version that it was written on. */
  readonly base: { readonly version: string; readonly hash: string } | null;
  readonly drafts: readonly DraftLine[];
  readonly differences: readonly Difference[];
  readonly steering: Steering | null;
  readonly approvals: readonly ChangeStep[];
  readonly steps: readonly ChangeStep[];
  readonly deadlines: readonly DeadlineRow[];
  /** The versions that it has brought into force. */
  readonly versions: readonly VersionLine[];
  /** Whether who asks has written or proposed it, so that he does not approve it. */
  readonly mine: boolean;
  /** The changes that go back on it. */
  readonly reversedBy: readonly string[];
}

/** A version of a pack as everybody may read it. Epochs are written as texts. */
export interface VersionLine {
  readonly pack: string;
  readonly version: string;
  readonly hash: string;
  readonly from: string;
  readonly until: string | null;
  readonly since: string;
  readonly change: string | null;
}

const recordOf = (one: Pick<CaseRow, 'id' | 'facts'>): RecordRef => ({
  kind: factsOf(one).proposed ? 'pack' : 'law',
  id: one.id,
  parties: {},
  desk: null,
});

/** Whether somebody may read a change: everybody may, from when it was first proposed. */
export const mayRead = (who: Principal, one: Pick<CaseRow, 'id' | 'facts'>): boolean =>
  may(who, 'law.read', recordOf(one)) && 'id' in view(who, { ...recordOf(one), data: { id: one.id } });

const lineOf = (one: CaseRow): ChangeLine => {
  const { id, state, stamp, opened, closed } = one;
  return { ...factsOf(one), id, state, stamp, opened, closed };
};

const listMax = 500;

/** The changes that somebody may read, the newest first; at most five hundred. */
export async function changesFor(context: Context, who: Principal): Promise<ChangeLine[]> {
  const cases = await casesOf(context.db, await changeIds(context.db, listMax));
  const found = cases.filter((one) => mayRead(who, one)).map(lineOf);
  return found.sort((a, b) => (a.id < b.id ? 1 : -1));
}

function stepOf(row: MoveRow): ChangeStep {
  const { number, move, from, to, at, authority, ground, reason, remedy, details, note, undoes } = row;
  const minutes = isJson(details) && isJson(details['minutes']) ? (details['minutes'] as unknown as Minutes) : null;
  return { number, move, from, to, at, authority, ground, reason, remedy, minutes, note, undoes };
}

const versionLine = (one: store.PackVersion): VersionLine => {
  const { id: pack, version, hash, from, until, since, change } = one;
  return { pack, version, hash, from: String(from), until: until === null ? null : String(until), since, change };
};

function read(text: string): PackSource {
  const source = sourceOf(filesOf(text));
  if (!source.ok) throw new Error('stored sources cannot be read');
  return source.value;
}

/** Differences by what they are between: neither side ever changes, and a table takes a while to compare. */
const compared = new Map<string, Difference[]>();
const comparedMax = 32;

function compare(before: PackSource, after: PackSource): Difference[] {
  // The hash of a pack covers its law alone; here examples and papers count too.
  const key = [before, after].map(({ files }) => digestOf(files)).join(' ');
  const known = compared.get(key);
  if (known !== undefined) return known;
  const made = differencesBetween(before, after);
  if (compared.size >= comparedMax) compared.delete(compared.keys().next().value ?? '');
  compared.set(key, made);
  return made;
}

/** The version in force that a draft was written on, as it stands in the record. */
async function baseOfDraft(tx: Tx, draft: StoredDraft): Promise<store.PackVersion | undefined> {
  return (await store.versionsOf(tx, draft.pack)).find(({ hash }) => hash === draft.baseHash);
}

/** What a draft changes in the version that it was written on. */
export async function differencesOfDraft(tx: Tx, draft: StoredDraft): Promise<Difference[]> {
  const base = await baseOfDraft(tx, draft);
  const text = base && (await store.sourcesOf(tx, base.id, base.from));
  return text === undefined ? [] : compare(read(text), read(draft.sources));
}

async function readable(tx: Tx, who: Principal, id: string): Promise<Result<CaseRow>> {
  const one = await changeCase(tx, id);
  // Who may not read it is not told that it exists.
  return one !== undefined && mayRead(who, one) ? ok(one) : refuse('rulebook/change-unknown');
}

/** A change of law with its drafts, its difference, its approvals, and everything that happened in it. */
export async function changeView(context: Context, who: Principal, id: string): Promise<Result<ChangeView>> {
  const { db } = context;
  const one = await readable(db, who, id);
  if (!one.ok) return one;
  const draft = await draftById(db, id);
  if (draft === undefined) throw new Error(`the change of law ${id} has no draft`);
  const base = await baseOfDraft(db, draft);
  const { moves, deadlines } = await timelineOf(db, id);
  const versions = await store.versionsBy(db, id);
  const back = (await changesFor(context, who)).filter(({ reverses }) => reverses === id);
  return ok({
    ...lineOf(one.value),
    base: base === undefined ? null : { version: base.version, hash: base.hash },
    drafts: await draftsOf(db, id),
    differences: await differencesOfDraft(db, draft),
    steering: steeringFor(context, draft.pack),
    approvals: approvalsOf(moves).map(stepOf),
    steps: moves.map(stepOf),
    deadlines,
    versions: versions.map(versionLine),
    mine: authorsOf(one.value.openedBy, moves).has(who.subject),
    reversedBy: back.map((other) => other.id),
  });
}

/** The files of one draft of a change, by its number. */
export async function draftFiles(
  context: Context,
  who: Principal,
  change: string,
  number: number,
): Promise<Result<{ draft: StoredDraft & DraftPlace; files: Record<string, string> }>> {
  const one = await readable(context.db, who, change);
  if (!one.ok) return one;
  const head = (await draftsOf(context.db, change)).find((row) => row.number === number);
  const draft = head && (await draftById(context.db, head.id));
  return draft === undefined ? refuse('rulebook/change-unknown') : ok({ draft, files: filesOf(draft.sources) });
}

/** Every version of a pack that was ever in force here, the newest first. */
export async function versionsFor(context: Context, pack: string): Promise<Result<VersionLine[]>> {
  const versions = await store.versionsOf(context.db, pack);
  return versions.length === 0 ? refuse('rulebook/version-unknown') : ok(versions.map(versionLine));
}

/** One version of a pack with its files and what it changed in the one before; null where there was none. */
export async function versionFiles(
  context: Context,
  pack: string,
  from: string,
): Promise<Result<{ line: VersionLine; files: Record<string, string>; differences: Difference[] | null }>> {
  const versions = await store.versionsOf(context.db, pack);
  const place = versions.findIndex((one) => String(one.from) === from);
  const one = versions[place];
  const text = one && (await store.sourcesOf(context.db, pack, one.from));
  if (one === undefined || text === undefined) return refuse('rulebook/version-unknown');
  const former = versions[place + 1];
  const before = former && (await store.sourcesOf(context.db, pack, former.from));
  const differences = before === undefined ? null : compare(read(before), read(text));
  return ok({ line: versionLine(one), files: filesOf(text), differences });
}

/** A pack with the layers under it as it was at an epoch. What was compiled of the same sources is used again. */
async function packAt(tx: Tx, id: string, epoch: bigint): Promise<Pack | undefined> {
  const sources = new Map<string, PackSource>();
  for (let next: string | null = id; next !== null && !sources.has(next); ) {
    const text = await store.sourcesOf(tx, next, epoch);
    if (text === undefined) return undefined;
    const source = read(text);
    sources.set(next, source);
    next = source.extends;
  }
  const pack = compileChain(chainOf(id, sources));
  return pack.ok ? pack.value : undefined;
}

/**
 * The packs that a dry run is judged by: those in force, or one economy's as it was last under the version that the
 * request names, by its number or by the beginning of its hash.
 */
export async function packsFor(
  context: Context,
  { economy, version }: { economy?: string; version?: string },
): Promise<Result<Packs>> {
  const now = context.reference.current().get(packsPart);
  if (version === undefined) return ok(now);
  const id = economy ?? now.home.id;
  const versions = await store.versionsOf(context.db, id);
  const one = versions.find((row) => row.version === version || (version.length >= 12 && row.hash.startsWith(version)));
  const unknown = refuse('rulebook/version-unknown', { pointer: '/version', params: { version } });
  if (one === undefined) return unknown;
  const pack = await packAt(context.db, id, one.until === null ? newest : one.until - 1n);
  return pack === undefined ? unknown : ok({ home: pack, all: new Map([[id, pack]]) });
}

const newest = 9_223_372_036_854_775_806n;
