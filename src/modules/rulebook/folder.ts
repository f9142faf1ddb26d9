import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { digestOf } from '#kernel/canonical.ts';
import { must, ok, refuse, type Result } from '#kernel/result.ts';
import { isJson } from './facts.ts';
import type { PackSource, Problem } from './model.ts';

/** Folders of a pack and what is read from each; anything else is refused, so that no stray file is taken for law. */
const kinds: readonly (readonly [folder: string, pattern: RegExp])[] = [
  ['.', /^([a-z]+\.json|[A-Z]+\.md)$/],
  ['tables', /^[a-z0-9-]+\.csv$/],
  ['zones', /^[a-z0-9-]+\.json$/],
  ['locales', /^[a-z]{2,3}\.json$/],
  ['examples', /^[a-z0-9-]+\.json$/],
];

/** Whether a pack may have a file of this path. */
export function isPackPath(path: string): boolean {
  const [name = '', inside, ...deeper] = path.split('/');
  const [folder, file] = inside === undefined ? ['.', name] : [name, inside];
  return deeper.length === 0 && kinds.some(([known, pattern]) => known === folder && pattern.test(file));
}

/** A pack is some hundred kilobytes of text; a file beyond this is not one of its files. */
export const fileMax = 8_000_000;

async function filesOf(folder: string): Promise<Record<string, string> | string> {
  const files: Record<string, string> = {};
  for (const [name, pattern] of kinds) {
    const entries = await readdir(join(folder, name), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isDirectory() && name === '.' && kinds.some(([known]) => known === entry.name)) continue;
      const path = name === '.' ? entry.name : `${name}/${entry.name}`;
      if (!entry.isFile() || !pattern.test(entry.name)) return path;
      const text = await readFile(join(folder, path), 'utf8');
      if (text.length > fileMax) return path;
      files[path] = text;
    }
  }
  return files;
}

function member(value: unknown, key: string): string | null {
  const found = isJson(value) ? value[key] : null;
  return typeof found === 'string' ? found : null;
}

/** The hash covers the law and the words for it; examples and papers are part of the pack and change nothing. */
export function sourceOf(files: Readonly<Record<string, string>>): Result<PackSource> {
  let head: unknown;
  try {
    head = JSON.parse(files['pack.json'] ?? '');
  } catch {
    return refuse('rulebook/pack-unreadable', { params: { file: 'pack.json' } });
  }
  const id = member(head, 'id');
  const version = member(head, 'version');
  if (id === null || version === null) return refuse('rulebook/pack-unreadable', { params: { file: 'pack.json' } });
  const law = Object.fromEntries(Object.entries(files).filter(([path]) => isLaw(path)));
  return ok({ id, version, extends: member(head, 'extends'), hash: digestOf(law), files });
}

const isLaw = (path: string): boolean => !path.startsWith('examples/') && !path.endsWith('.md');

/** Reads one pack folder whole; refuses a file that is no part of the format, naming it. */
export async function loadPackFolder(folder: string): Promise<Result<PackSource>> {
  const files = await filesOf(folder);
  if (typeof files === 'string') return refuse('rulebook/pack-unreadable', { params: { file: files } });
  return sourceOf(files);
}

/** The pack folders in a folder of packs: every sub-folder that holds a `pack.json`. */
export const packFoldersIn = (folder: string): Promise<string[]> => foldersWith(folder, 'pack.json');

/** The packs that a named folder stands for: those in it, or itself; one that holds supplements alone has none. */
export async function packsAt(folder: string): Promise<string[]> {
  const inside = await packFoldersIn(folder);
  return inside.length > 0 || (await foldersWith(folder, 'supplement.json')).length > 0 ? inside : [folder];
}

async function foldersWith(folder: string, file: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory()) continue;
    const inside = await readdir(join(folder, entry.name));
    if (inside.includes(file)) found.push(join(folder, entry.name));
  }
  return found;
}

/** A version on disk that was not brought into force, and why. */
export interface RefusedPack {
  readonly id: string;
  readonly problems: readonly Problem[];
}

/**
 * The packs of some folders by id, with what was imported for them: a folder named later replaces a pack of the same
 * id, so that an economy may keep its own copy of one that is shipped. Supplements stand in the same folders and in
 * `imported`. What was to replace or to fill a pack and cannot be read takes the pack away: nobody knows what would be
 * law.
 */
export async function readPacks(
  folders: readonly string[],
  imported: string,
): Promise<{ sources: Map<string, PackSource>; refused: RefusedPack[] }> {
  const sources = new Map<string, PackSource>();
  const refused: RefusedPack[] = [];
  const take = (id: string, source: PackSource | Problem): void => {
    if ('files' in source) return void sources.set(source.id, source);
    sources.delete(id);
    refused.push({ id, problems: [source] });
  };
  for (const folder of folders) {
    for (const path of await packsAt(folder)) {
      const source = await loadPackFolder(path);
      take(basename(path), source.ok ? source.value : await unreadFolder(path, source.error.params?.file ?? ''));
    }
  }
  for (const folder of [...folders, imported]) {
    for (const path of await foldersWith(folder, 'supplement.json')) {
      const { id, source } = await withSupplement(sources, path);
      take(id, source);
    }
  }
  return { sources, refused };
}

/** A problem of a whole file or folder, in which no line can be named. */
export const unread = (file: string, message: string, remedy: string): Problem => ({
  file,
  line: null,
  pointer: '',
  message,
  remedy,
});

/** Why a folder is no pack: it is not there, it has no head that can be read, or a file that is none of a pack's. */
export async function unreadFolder(folder: string, file: string): Promise<Problem> {
  const entries = await readdir(folder).catch(() => null);
  if (entries === null) return unread(folder, 'there is no such folder', 'name the folder of a pack');
  if (!entries.includes('pack.json'))
    return unread(folder, 'the folder has no pack.json', 'name the folder of a pack; `pack new` begins one');
  return file === 'pack.json'
    ? unread(`${folder}/${file}`, 'it is not JSON with an id and a version', 'look for a comma or a quote mark')
    : unread(
        `${folder}/${file}`,
        'no file of a pack is called so, or it cannot be read',
        'take the file away, or name it as docs/packs.md says',
      );
}

const small = /^[a-z][a-z0-9-]*$/;

/** The pack that a supplement names, with the files of the supplement among its own, so that its hash covers them. */
async function withSupplement(
  packs: ReadonlyMap<string, PackSource>,
  folder: string,
): Promise<{ id: string; source: PackSource | Problem }> {
  const file = join(folder, 'supplement.json');
  const text = await readFile(file, 'utf8');
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    said = null;
  }
  const [id = '', name = '', table = ''] = ['pack', 'name', 'table'].map((key) => member(said, key) ?? '');
  const wrong = (pointer: string, message: string, remedy: string): { id: string; source: Problem } => ({
    id,
    source: { file, line: null, pointer, message, remedy },
  });
  if (!small.test(name) || !small.test(table))
    return wrong('', 'it does not name itself and its table in small letters', 'import it again');
  const pack = packs.get(id);
  if (pack === undefined)
    return wrong(
      '/pack',
      `no pack ${id} is known`,
      'take the supplement away, or name the pack’s folder in PORTOLAN_PACKS',
    );
  const rows = await readFile(join(folder, 'tables', `${table}.csv`), 'utf8').catch(() => undefined);
  if (rows === undefined) return wrong('/table', `tables/${table}.csv does not stand beside it`, 'import it again');
  const path = `supplements/${name}`;
  const filled = sourceOf({ ...pack.files, [`${path}.json`]: text, [`${path}.csv`]: rows });
  return filled.ok ? { id, source: filled.value } : wrong('', 'its pack cannot be read', 'see the other problems');
}

/** The files of a pack that were imported. */
export const importsIn = ({ files }: PackSource): Record<string, string> =>
  Object.fromEntries(Object.entries(files).filter(([path]) => path.startsWith('supplements/')));

/** A pack with what was imported for another version of it in the place of its own imports. */
export const withImports = (source: PackSource, from: PackSource): PackSource =>
  must(sourceOf({ ...withoutSupplements(source).files, ...importsIn(from) }));

/** The pack as its authors wrote it, without what was imported: what its worked examples speak of. */
export function withoutSupplements(source: PackSource): PackSource {
  const own = Object.entries(source.files).filter(([path]) => !path.startsWith('supplements/'));
  return own.length === Object.keys(source.files).length ? source : must(sourceOf(Object.fromEntries(own)));
}
