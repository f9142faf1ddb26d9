import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf } from '#kernel/canonical.ts';
import { day as parseDay, type Day, dayIn } from '#kernel/effective.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import type { Part } from '#platform/snapshot.ts';
import { examplesOf } from './check-pack.ts';
import { compile, compileLayers, refusalOf } from './compile.ts';
import type { AssessmentRequest } from './consignment.ts';
import { explain } from './engine.ts';
import { isJson } from './facts.ts';
import { readPacks, type RefusedPack, sourceOf, withImports, withoutSupplements } from './folder.ts';
import type { Explained, PackSource, Problem } from './model.ts';
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

/** Where `portolan import` puts what it read, unless it is told otherwise. */
export const supplementsFolder = (dataFolder: string): string => join(dataFolder, 'supplements');

/** What the examples of a pack find. They speak of the pack alone, not of what was imported into it. */
function failing(chain: readonly PackSource[], pack: Pack): readonly Problem[] {
  const own = chain.map(withoutSupplements);
  const bare = own.every((one, index) => one === chain[index]) ? { pack, problems: [] } : compileLayers(own);
  return bare.pack === null ? bare.problems : examplesOf(chain.at(-1)!, bare.pack).flatMap((one) => one.problems);
}

/**
 * Lays the versions on disk over those in force and takes back, one by one, every one that has a problem: its own, in
 * an example of it, or in a pack that stands on it. What is left compiles.
 */
function sound(
  stored: ReadonlyMap<string, PackSource>,
  disk: ReadonlyMap<string, PackSource>,
): { sources: Map<string, PackSource>; refused: RefusedPack[] } {
  const sources = new Map([...stored, ...disk]);
  const refused: RefusedPack[] = [];
  const isNew = (id: string): boolean => sources.get(id)?.hash !== stored.get(id)?.hash;
  const faulty = (): { id: string; problems: readonly Problem[] } | undefined => {
    for (const id of sources.keys()) {
      const chain = chainOf(id, sources);
      const newest = chain.findLast((one) => isNew(one.id));
      if (newest === undefined) continue;
      const { pack, problems } = compileLayers(chain);
      const all = pack === null ? problems : isNew(id) ? failing(chain, pack) : [];
      if (all.length > 0) return { id: newest.id, problems: all };
    }
    return undefined;
  };
  for (let next = faulty(); next !== undefined; next = faulty()) {
    refused.push(next);
    const before = stored.get(next.id);
    if (before === undefined) sources.delete(next.id);
    else sources.set(next.id, before);
  }
  return { sources, refused };
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
  /** Versions on disk that have a problem; the ones before stay in force. */
  readonly refused: readonly RefusedPack[];
  /** Adopted law that stays in force before an older or equal version of the folder. */
  readonly kept: readonly Kept[];
  /** Adopted law whose place a higher version of the folder takes. */
  readonly replaced: readonly Kept[];
}

/**
 * Takes from the versions on disk those that would undo what a change of law has adopted: that one stays until the
 * folder has a higher version. Files on disk are what somebody installed, and the steering body decides about its law.
 * What was imported stands beside the law, so it joins the adopted version as it joins that of a folder.
 */
function besideAdopted(
  disk: Map<string, PackSource>,
  stored: ReadonlyMap<string, PackSource>,
  current: readonly store.PackVersion[],
): Pick<Installed, 'kept' | 'replaced'> {
  const kept: Kept[] = [];
  const replaced: Kept[] = [];
  for (const one of current) {
    const folder = disk.get(one.id);
    if (one.change === null || folder === undefined || folder.hash === one.hash) continue;
    const said = { pack: one.id, adopted: one.version, folder: folder.version };
    if (isHigher(folder.version, one.version)) replaced.push(said);
    else {
      disk.set(one.id, withImports(stored.get(one.id)!, folder));
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
 * Brings the packs on disk into force: the shipped folder, then every folder of `PORTOLAN_PACKS`, with what was
 * imported for them. Publishes a new epoch only when a pack's law is new or the home has changed. A version with any
 * problem is refused with file, line and remedy, and the version before it stays in force; only a window that would
 * have no home pack does not start. Law that a change of law has adopted stays, until its folder has a higher version.
 */
export async function installPacks(context: Pick<Context, 'config' | 'reference' | 'db'>): Promise<Result<Installed>> {
  const { packFolders, dataFolder } = context.config;
  const read = await readPacks([ownPacks, ...packFolders], supplementsFolder(dataFolder));
  const current = await context.db.tx(async (tx) => ({
    sources: await sourcesAt(tx, latest),
    versions: await store.versionsAt(tx, latest),
    home: await store.homeAt(tx, latest),
  }));
  const { kept, replaced } = besideAdopted(read.sources, current.sources, current.versions);
  const { sources, refused: unsound } = sound(current.sources, read.sources);
  const refused = [...read.refused, ...unsound];
  const home = context.config.economy;
  if (!sources.has(home)) {
    const more = refused.filter((one) => one.id === home).flatMap(({ problems }) => problems.map(refusalOf));
    return refuse('rulebook/home-missing', { params: { economy: home }, ...(more.length > 0 ? { more } : {}) });
  }
  const changed = [...sources.values()].filter((one) => current.sources.get(one.id)?.hash !== one.hash);
  const ids = changed.map(({ id }) => id);
  const adopted = new Map(
    current.versions.filter((one) => kept.some(({ pack }) => pack === one.id)).map((one) => [one.id, one.change]),
  );
  const installed = { changed: ids, refused, kept, replaced: replaced.filter(({ pack }) => ids.includes(pack)) };
  await keepPapers(context.db, current.sources, sources);
  if (changed.length === 0 && current.home === home) return ok(installed);
  await context.reference.publish(async (tx, epoch) => {
    for (const one of changed)
      await store.replacePack(tx, epoch, { ...versionOf(one), change: adopted.get(one.id) ?? null });
    if (current.home !== home) await store.replaceHome(tx, epoch, home);
  });
  return ok(installed);
}

/** Takes over the examples and papers of packs whose law is the same as before. */
async function keepPapers(
  db: Context['db'],
  stored: ReadonlyMap<string, PackSource>,
  sources: ReadonlyMap<string, PackSource>,
): Promise<void> {
  for (const one of sources.values()) {
    const before = stored.get(one.id);
    if (before?.hash !== one.hash || digestOf(before.files) === digestOf(one.files)) continue;
    await db.tx((tx) => store.takePapers(tx, { id: one.id, hash: one.hash, sources: JSON.stringify(one.files) }));
  }
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
