import { fileURLToPath } from 'node:url';
import { digestOf } from '#kernel/canonical.ts';
import { day as parseDay, type Day, dayIn } from '#kernel/effective.ts';
import { must, ok, refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import type { Part } from '#platform/snapshot.ts';
import { compile } from './compile.ts';
import type { AssessmentRequest } from './consignment.ts';
import { explain } from './engine.ts';
import { isJson } from './facts.ts';
import { loadPackFolder, packFoldersIn, sourceOf } from './folder.ts';
import type { Explained, PackSource } from './model.ts';
import type { Pack } from './pack.ts';
import * as store from './store.ts';

/** The packs of one epoch: the one the window runs, and every one it can assess for, by id. */
export interface Packs {
  readonly home: Pack;
  readonly all: ReadonlyMap<string, Pack>;
}

/** Compiled packs by their hash: an epoch that changes something else compiles nothing again. */
const compiled = new Map<string, Pack>();
const compiledMax = 64;

/** The layers of a pack, root first. */
export function chainOf(id: string, sources: ReadonlyMap<string, PackSource>): PackSource[] {
  const chain: PackSource[] = [];
  for (let next: string | null = id; next !== null; ) {
    const source = sources.get(next);
    if (source === undefined || chain.includes(source)) break;
    chain.unshift(source);
    next = source.extends;
  }
  return chain;
}

/** Compiles the layers of a pack, or gives what was compiled of the same sources before. */
export function compileChain(chain: readonly PackSource[]): Result<Pack> {
  const key = chain.map((one) => one.hash).join(' ');
  const kept = compiled.get(key);
  if (kept !== undefined) return ok(kept);
  const result = compile(chain);
  if (result.ok) {
    if (compiled.size >= compiledMax) compiled.delete(compiled.keys().next().value ?? '');
    compiled.set(key, result.value);
  }
  return result;
}

/** The files of a stored pack: a JSON object of texts by path. */
export function filesOf(text: string): Record<string, string> {
  const stored: unknown = JSON.parse(text);
  const files: Record<string, string> = {};
  for (const [path, content] of Object.entries(isJson(stored) ? stored : {})) {
    if (typeof content === 'string') files[path] = content;
  }
  return files;
}

function sourcesOf(rows: readonly store.StoredPack[]): Map<string, PackSource> {
  const sources = new Map<string, PackSource>();
  for (const row of rows) {
    const read = sourceOf(filesOf(row.sources));
    if (!read.ok) throw new Error(`the stored pack ${row.id} cannot be read`);
    sources.set(row.id, read.value);
  }
  return sources;
}

/** The sources of every pack at an epoch, by id. */
export const sourcesAt = async (tx: Tx, epoch: bigint): Promise<Map<string, PackSource>> =>
  sourcesOf(await store.packsAt(tx, epoch));

async function versionAt(tx: Tx, epoch: bigint): Promise<{ version: string; home: string | null }> {
  const home = await store.homeAt(tx, epoch);
  const hashes = await store.versionsAt(tx, epoch);
  return { version: digestOf([home, hashes.map((one) => [one.id, one.hash])]), home };
}

/** The reference part `packs`. Everything stored here was compiled before it was stored, so a failure is a bug. */
export const packsPart: Part<Packs> = {
  name: 'packs',
  load: async (tx, epoch, previous) => {
    const { version, home: homeId } = await versionAt(tx, epoch);
    if (previous !== undefined && previous.version === version) return previous;
    const sources = await sourcesAt(tx, epoch);
    const all = new Map<string, Pack>();
    for (const id of sources.keys()) {
      const pack = compileChain(chainOf(id, sources));
      if (!pack.ok) throw new Error(`the stored pack ${id} cannot be compiled: ${JSON.stringify(pack.error)}`);
      all.set(id, pack.value);
    }
    const home = homeId === null ? undefined : all.get(homeId);
    if (home === undefined) throw new Error('no pack is installed for the home economy: installPacks runs before this');
    return { version, digest: version, data: { home, all } };
  },
};

const ownPacks = fileURLToPath(new URL('../../../packs', import.meta.url));

async function readAll(folders: readonly string[]): Promise<Result<Map<string, PackSource>>> {
  const sources = new Map<string, PackSource>();
  for (const folder of folders) {
    const own = await packFoldersIn(folder);
    for (const path of own.length > 0 ? own : [folder]) {
      const source = await loadPackFolder(path);
      if (!source.ok) return source;
      // A folder named later replaces a pack of the same id: an economy may keep its own copy of one that is shipped.
      sources.set(source.value.id, source.value);
    }
  }
  return ok(sources);
}

/** A pack of a folder that was left aside at a start, or put in the place of law that a change of law had brought. */
export interface Kept {
  readonly pack: string;
  /** The version that a change of law brought into force. */
  readonly adopted: string;
  /** The version of the folder. */
  readonly folder: string;
}

interface Installed {
  /** The packs that came into force now. */
  readonly changed: readonly string[];
  /** Adopted law that stays in force before an older or equal version of the folder. */
  readonly kept: readonly Kept[];
  /** Adopted law whose place a higher version of the folder takes. */
  readonly replaced: readonly Kept[];
}

/**
 * What is law after a start: the folders, but where a change of law has adopted a version, that one stays until the
 * folder has a higher one. Files on disk are what somebody installed; they undo no decision of the steering body.
 */
async function withAdopted(
  tx: Tx,
  sources: Map<string, PackSource>,
  current: readonly store.PackVersion[],
): Promise<Pick<Installed, 'kept' | 'replaced'>> {
  const kept: Kept[] = [];
  const replaced: Kept[] = [];
  for (const one of current) {
    const folder = sources.get(one.id);
    if (one.change === null || folder?.hash === one.hash) continue;
    const said = { pack: one.id, adopted: one.version, folder: folder?.version ?? '' };
    if (folder !== undefined && isHigher(folder.version, one.version)) replaced.push(said);
    else {
      const stored = await store.sourcesOf(tx, one.id, one.from);
      sources.set(one.id, must(sourceOf(filesOf(stored ?? '{}'))));
      kept.push(said);
    }
  }
  return { kept, replaced };
}

/** Whether a version such as 1.10.0 is higher than another. */
export function isHigher(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(BigInt));
  for (const [place, part] of a!.entries()) if (part !== b![place]) return part > (b![place] ?? 0n);
  return false;
}

const latest = 9_223_372_036_854_775_806n;

/**
 * Brings the packs on disk into force: the shipped folder, then every folder of `PORTOLAN_PACKS`. Publishes a new epoch
 * only when a pack's law is new or the home has changed; a pack with any problem stops the start, naming file and
 * pointer. Law that a change of law has adopted stays, until its folder has a higher version.
 */
export async function installPacks(context: Pick<Context, 'config' | 'reference' | 'db'>): Promise<Result<Installed>> {
  const read = await readAll([ownPacks, ...context.config.packFolders]);
  if (!read.ok) return read;
  const sources = read.value;
  const current = await context.db.tx(async (tx) => {
    const versions = await store.versionsAt(tx, latest);
    return { versions, home: await store.homeAt(tx, latest), ...(await withAdopted(tx, sources, versions)) };
  });
  for (const id of sources.keys()) {
    const pack = compileChain(chainOf(id, sources));
    if (!pack.ok) return pack;
  }
  const home = context.config.economy;
  if (!sources.has(home)) return refuse('rulebook/home-missing', { params: { economy: home } });
  const { kept, replaced, versions } = current;
  const before = new Map(versions.map((one) => [one.id, one.hash]));
  const changed = [...sources.values()].filter((one) => before.get(one.id) !== one.hash);
  await context.db.tx(async (tx) => {
    for (const one of sources.values())
      if (!changed.includes(one)) await store.takePapers(tx, { ...one, sources: JSON.stringify(one.files) });
  });
  if (changed.length === 0 && current.home === home) return ok({ changed: [], kept, replaced });
  await context.reference.publish(async (tx, epoch) => {
    for (const one of changed) await store.replacePack(tx, epoch, versionOf(one));
    if (current.home !== home) await store.replaceHome(tx, epoch, home);
  });
  return ok({ changed: changed.map((one) => one.id), kept, replaced });
}

/** A pack's sources as the version that comes into force: law, words, examples and papers, all of them readable. */
export const versionOf = ({ id, version, hash, extends: parent, files }: PackSource): store.NewVersion => ({
  id,
  version,
  hash,
  parent,
  sources: JSON.stringify(files),
});

/** `POST /v1/assessments`: the same engine and pack as the real thing, with nothing stored. */
export function assessRequest(packs: Packs, request: AssessmentRequest, today: string): Result<Explained> {
  const pack = request.economy === undefined ? packs.home : packs.all.get(request.economy);
  if (pack === undefined) {
    return refuse('rulebook/economy-unknown', { pointer: '/economy', params: { economy: request.economy ?? '' } });
  }
  const on = request.on === undefined ? dayIn(today, pack.timeZone) : parseDay(request.on);
  if (on === undefined) return refuse('rulebook/day-unknown', { pointer: '/on', params: { day: request.on ?? '' } });
  const days: Record<string, Day> = {};
  for (const [clock, text] of Object.entries(request.days ?? {})) {
    const found = parseDay(text);
    if (found === undefined)
      return refuse('rulebook/day-unknown', { pointer: `/days/${clock}`, params: { day: text } });
    days[clock] = found;
  }
  const { consignment, event = 'entry', assumed: accounts = {} } = request;
  return ok(explain(pack, { consignment, on, days, event, accounts }));
}
