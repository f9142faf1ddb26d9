import { dirname, join } from 'node:path';
import { compileLayers } from './compile.ts';
import { loadPackFolder } from './folder.ts';
import type { PackSource, Problem } from './model.ts';
import type { Pack } from './pack.ts';
import { runExample } from './worked.ts';

/** What checking a pack folder found; the pack itself where it compiles, so that its examples can be run. */
export interface PackCheck {
  readonly id: string;
  readonly pack: Pack | null;
  readonly problems: readonly Problem[];
}

/** The layers under a pack are looked for beside it, then in the shipped packs. */
async function chain(folder: string, others: readonly string[]): Promise<PackSource[] | Problem> {
  const layers: PackSource[] = [];
  for (let next: string | null = folder; next !== null; ) {
    const source = await loadPackFolder(next);
    if (!source.ok)
      return {
        file: `${next}/${source.error.params?.file ?? ''}`,
        pointer: '',
        message: 'no file of a pack is called so, or it cannot be read',
      };
    const { value } = source;
    if (layers.some((one) => one.id === value.id))
      return { file: `${value.id}/pack.json`, pointer: '/extends', message: 'a pack cannot stand on itself' };
    layers.unshift(value);
    next = value.extends === null ? null : await parentOf(folder, value.extends, others);
    if (next === '')
      return {
        file: `${value.id}/pack.json`,
        pointer: '/extends',
        message: `no pack ${value.extends} stands beside this one`,
      };
  }
  return layers;
}

async function parentOf(folder: string, id: string, others: readonly string[]): Promise<string> {
  for (const place of [dirname(folder), ...others]) {
    const source = await loadPackFolder(join(place, id));
    if (source.ok) return join(place, id);
  }
  return '';
}

/**
 * The version at the head of the changelog is the version of the pack: a change of law without a word about it is
 * refused.
 */
function changelog(source: PackSource): Problem[] {
  const text = source.files['CHANGELOG.md'];
  if (text === undefined) return [{ file: `${source.id}/CHANGELOG.md`, pointer: '', message: 'the file is missing' }];
  const newest = /^## (\d+\.\d+\.\d+)/m.exec(text)?.[1];
  if (newest === source.version) return [];
  return [
    {
      file: `${source.id}/CHANGELOG.md`,
      pointer: '',
      message: `its newest entry is ${newest ?? 'none'}, the pack is ${source.version}`,
    },
  ];
}

/** Every rule that shows has words in every language of the pack, and every language has the same keys. */
function words(source: PackSource, pack: Pack): Problem[] {
  const problems: Problem[] = [];
  const needed = neededWords(pack);
  for (const language of pack.languages) {
    const have = pack.words[language] ?? {};
    const absent = needed.filter((key) => have[key] === undefined);
    if (absent.length > 0) {
      problems.push({
        file: `${source.id}/locales/${language}.json`,
        pointer: '',
        message: `words are missing: ${absent.join(', ')}`,
      });
    }
  }
  const [first, ...others] = Object.keys(pack.words);
  for (const other of others) {
    const here = new Set(Object.keys(pack.words[first ?? ''] ?? {}));
    const there = new Set(Object.keys(pack.words[other] ?? {}));
    const odd = [...here.symmetricDifference(there)];
    if (odd.length > 0)
      problems.push({
        file: `${source.id}/locales/${other}.json`,
        pointer: '',
        message: `not the same keys as ${first}: ${odd.join(', ')}`,
      });
  }
  return problems;
}

/** The keys of the words that pages look up in a pack. */
export function neededWords(pack: Pack): string[] {
  const { program } = pack;
  const shown = program.amounts.filter((one) => one.shown);
  const ruled = [
    ...program.routes,
    ...program.charges,
    ...program.checks,
    ...program.obligations,
    ...program.deadlines,
    ...program.accounts,
    ...program.categories,
  ];
  return [
    ...new Set([
      ...[...program.values.keys()].map((id) => `value.${id}`),
      ...[...shown, ...ruled].map((one) => one.id),
      ...program.routes.flatMap((one) => one.conditions.map((condition) => `reason.${condition.reason}`)),
      ...program.checks.filter((one) => one.reason !== one.kind).map((one) => `reason.${one.reason}`),
      ...program.charges.flatMap((one) => (one.waive === null ? [] : [one.waive.id])),
      ...[...program.zones.keys()].map((id) => `zone.${id}`),
    ]),
  ].sort();
}

/** Every worked example of the pack comes out as it says. */
function examples(source: PackSource, pack: Pack): Problem[] {
  const files = Object.entries(source.files).filter(([file]) => file.startsWith('examples/'));
  if (files.length === 0)
    return [{ file: `${source.id}/examples`, pointer: '', message: 'a pack has worked examples' }];
  return files.flatMap(([file, text]) => runExample(pack, `${source.id}/${file}`, text));
}

/** Everything wrong in a pack whose layers are at hand, root first. */
export function checkLayers(layers: readonly PackSource[]): PackCheck {
  const leaf = layers.at(-1)!;
  const { pack, problems } = compileLayers(layers);
  const all = [
    ...problems,
    ...changelog(leaf),
    ...(pack === null ? [] : [...words(leaf, pack), ...examples(leaf, pack)]),
  ];
  return { id: leaf.id, pack, problems: all };
}

/**
 * Checks one pack folder as `portolan pack check` does: reads it and the layers under it, compiles it, and compares
 * version, changelog, words and worked examples. Every problem names its file and the JSON pointer or line in it.
 * `others` are further folders of packs.
 */
export async function checkPack(folder: string, others: readonly string[] = []): Promise<PackCheck> {
  const layers = await chain(folder, others);
  return Array.isArray(layers) ? checkLayers(layers) : { id: folder, pack: null, problems: [layers] };
}
