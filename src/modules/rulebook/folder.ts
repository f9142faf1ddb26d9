import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '#kernel/canonical.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { isJson } from './facts.ts';
import type { PackSource } from './model.ts';

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
export async function packFoldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory()) continue;
    const inside = await readdir(join(folder, entry.name));
    if (inside.includes('pack.json')) found.push(join(folder, entry.name));
  }
  return found;
}
