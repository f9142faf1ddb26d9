import { dirname, join } from 'node:path';
import { compileLayers } from './compile.ts';
import { loadPackFolder, unread, unreadFolder } from './folder.ts';
import type { PackSource, Problem } from './model.ts';
import type { Pack } from './pack.ts';
import { Problems } from './problems.ts';
import { type RunExample, runExample } from './worked.ts';

/** What checking a pack folder found; the pack itself where it compiles, so that its examples can be run. */
export interface PackCheck {
  readonly id: string;
  readonly pack: Pack | null;
  /** Everything that is wrong, what its examples found included. */
  readonly problems: readonly Problem[];
  /** Every worked example of the pack itself, run where the pack compiles. */
  readonly examples: readonly RunExample[];
}

/** The layers under a pack are looked for beside it, then in the shipped packs. */
async function chain(folder: string, others: readonly string[]): Promise<PackSource[] | Problem> {
  const layers: PackSource[] = [];
  for (let next: string | null = folder; next !== null; ) {
    const source = await loadPackFolder(next);
    if (!source.ok) return unreadFolder(next, source.error.params?.file ?? '');
    const { value } = source;
    if (layers.some((one) => one.id === value.id))
      return unread(
        `${value.id}/pack.json`,
        'a pack cannot stand on itself',
        'name another pack in `extends`, or none',
      );
    layers.unshift(value);
    next = value.extends === null ? null : await parentOf(folder, value.extends, others);
    if (next === '')
      return unread(
        `${value.id}/pack.json`,
        `no pack ${value.extends} stands beside this one`,
        'put it beside this one, or name its folder in PORTOLAN_PACKS',
      );
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
function changelog(source: PackSource, problems: Problems): void {
  const file = `${source.id}/CHANGELOG.md`;
  const text = source.files['CHANGELOG.md'];
  const remedy = `write at its head "## ${source.version}" and below it which days and areas change`;
  if (text === undefined) return problems.add(file, '', 'the file is missing', remedy);
  const newest = /^## (\d+\.\d+\.\d+)/m.exec(text)?.[1];
  if (newest !== source.version)
    problems.add(file, '', `its newest entry is ${newest ?? 'none'}, the pack is ${source.version}`, remedy);
}

/** Every rule that shows has words in every language of the pack, and every language has the same keys. */
function words(source: PackSource, pack: Pack, problems: Problems): void {
  const fileOf = (language: string): string => `${source.id}/locales/${language}.json`;
  const needed = neededWords(pack);
  for (const language of pack.languages) {
    const have = pack.words[language] ?? {};
    const absent = needed.filter((key) => have[key] === undefined);
    if (absent.length > 0)
      problems.add(fileOf(language), '', `words are missing: ${absent.join(', ')}`, 'add a key and its words for each');
  }
  const [first, ...others] = Object.keys(pack.words);
  for (const other of others) {
    const here = new Set(Object.keys(pack.words[first ?? ''] ?? {}));
    const there = new Set(Object.keys(pack.words[other] ?? {}));
    const odd = [...here.symmetricDifference(there)];
    if (odd.length > 0)
      problems.add(
        fileOf(other),
        '',
        `not the same keys as ${first}: ${odd.join(', ')}`,
        'add them here, or take them away there',
      );
  }
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
    ...program.aggregations,
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

/** Runs every worked example that stands in the files of a pack. */
export const examplesOf = (source: PackSource, pack: Pack): RunExample[] =>
  Object.entries(source.files)
    .filter(([file]) => file.startsWith('examples/'))
    .map(([file, text]) => runExample(pack, `${source.id}/${file}`, text));

/** Everything wrong in a pack whose layers are at hand, root first. */
export function checkLayers(layers: readonly PackSource[]): PackCheck {
  const leaf = layers.at(-1)!;
  const { pack, problems } = compileLayers(layers);
  const more = new Problems([leaf]);
  changelog(leaf, more);
  if (!Object.keys(leaf.files).some((file) => file.startsWith('examples/')))
    more.add(
      `${leaf.id}/examples`,
      '',
      'a pack has worked examples',
      'add one file a case; packs/xp/examples has many',
    );
  if (pack !== null) words(leaf, pack, more);
  const examples = pack === null ? [] : examplesOf(leaf, pack);
  const all = [...problems, ...more.list, ...examples.flatMap((one) => one.problems)];
  return { id: leaf.id, pack, problems: all, examples };
}

/**
 * Checks one pack folder as `portolan pack check` does: reads it and the layers under it, compiles it, and compares
 * version, changelog, words and worked examples. Every problem names its file and the JSON pointer or line in it.
 * `others` are further folders of packs.
 */
export async function checkPack(folder: string, others: readonly string[] = []): Promise<PackCheck> {
  const layers = await chain(folder, others);
  return Array.isArray(layers) ? checkLayers(layers) : { id: folder, pack: null, problems: [layers], examples: [] };
}
