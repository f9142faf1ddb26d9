import { type Day, day as parseDay } from '#kernel/effective.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { compileLayers } from './compile.ts';
import { isJson } from './facts.ts';
import { withoutSupplements } from './folder.ts';
import type { Grade, PackSource } from './model.ts';
import type { Topics } from './schema.ts';
import { runExample } from './worked.ts';

/** The commonest change of law: another figure for a value, from a day on. */
export interface NewRow {
  readonly value: string;
  readonly from: string;
  readonly figure: string;
  /** The key of a law that the pack cites already; empty where `title` names another one. */
  readonly law: string;
  readonly article: string;
  readonly title: string;
  readonly grade: Grade;
  readonly url: string;
  /** Whether worked examples of days from then on that no longer hold are taken away. */
  readonly dropExamples: boolean;
}

type Values = NonNullable<Topics['values.json']>;
type Sources = NonNullable<Topics['sources.json']>;

/** What stands in a file of a pack that was compiled before it was stored: its shape is known. */
const valuesIn = ({ files }: PackSource): Values => JSON.parse(files['values.json'] ?? '{}') as Values;
const sourcesIn = ({ files }: PackSource): Sources => JSON.parse(files['sources.json'] ?? '{}') as Sources;
const written = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The values of its own whose figures a pack can change by a row, with their units. */
export const changeableValues = (source: PackSource): { id: string; unit: string }[] =>
  Object.entries(valuesIn(source))
    .filter(([id]) => !id.endsWith('.*'))
    .map(([id, { unit }]) => ({ id, unit }));

/** The laws that a pack cites, by their keys. */
export const citedLaws = (source: PackSource): { key: string; title: string }[] =>
  Object.entries(sourcesIn(source)).map(([key, { title }]) => ({ key, title }));

function keyFor(sources: Sources, title: string): string {
  const plain = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  const stem = plain === '' ? 'law' : plain;
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? stem : `${stem}-${number}`;
    if (!Object.hasOwn(sources, key)) return key;
  }
}

function sourceFor(sources: Sources, row: NewRow, today: Day): Result<{ law: string; sources: Sources }> {
  if (row.law !== '' && Object.hasOwn(sources, row.law)) return ok({ law: row.law, sources });
  if (row.title === '') return refuse('rulebook/source-missing', { pointer: '/law' });
  const { title, grade, url } = row;
  const law = keyFor(sources, title);
  const seen = grade === 'primary' || grade === 'secondary' ? today : null;
  return ok({ law, sources: { ...sources, [law]: { title, grade, url: url === '' ? null : url, seen } } });
}

/** The next version: the middle number counts changes of law. */
export function nextVersion(version: string): string {
  const [major = '1', minor = '0'] = version.split('.');
  return `${major}.${BigInt(minor) + 1n}.0`;
}

/** The pack's head and its changelog for the next version, with what changes in one sentence. */
export function nextHead(source: PackSource, sentence: string): Record<string, string> {
  const version = nextVersion(source.version);
  const head: unknown = JSON.parse(source.files['pack.json'] ?? '{}');
  const changelog = source.files['CHANGELOG.md'] ?? `# ${source.id}\n`;
  const at = changelog.search(/^## /m);
  const entry = `## ${version}\n\n${sentence}\n\n`;
  return {
    'pack.json': written({ ...(isJson(head) ? head : {}), version }),
    'CHANGELOG.md': at < 0 ? `${changelog}\n${entry}` : changelog.slice(0, at) + entry + changelog.slice(at),
  };
}

/** The worked examples of days from `from` on that come out otherwise with these files. */
function brokenExamples(layers: readonly PackSource[], files: Readonly<Record<string, string>>, from: Day): string[] {
  const own = layers.map(withoutSupplements);
  const leaf = own.at(-1)!;
  const { pack } = compileLayers([...own.slice(0, -1), { ...leaf, files: { ...leaf.files, ...files } }]);
  if (pack === null) return [];
  return Object.entries(leaf.files).flatMap(([path, text]) => {
    if (!path.startsWith('examples/')) return [];
    const example: unknown = JSON.parse(text);
    const on = isJson(example) ? example['on'] : undefined;
    return typeof on === 'string' && on >= from && runExample(pack, path, text).problems.length > 0 ? [path] : [];
  });
}

/**
 * The files of a draft that gives a value of the leaf another figure from a day on: the row with its source, the law
 * among the sources where it is new, the next version, and a sentence in the changelog. An announced row of that day
 * becomes law by it. What the figure must be like is for the check of the draft to say.
 */
export function withNewRow(
  layers: readonly PackSource[],
  row: NewRow,
  today: Day,
): Result<Record<string, string | null>> {
  const leaf = layers.at(-1)!;
  const values = valuesIn(leaf);
  const value = Object.hasOwn(values, row.value) ? values[row.value] : undefined;
  if (value === undefined) return refuse('rulebook/value-unknown', { pointer: '/value' });
  const from = parseDay(row.from);
  if (from === undefined) return refuse('rulebook/day-unknown', { pointer: '/from', params: { day: row.from } });
  if (from < today) return refuse('rulebook/day-passed', { pointer: '/from' });
  if (value.values.some((one) => one.from === from && one.status === undefined))
    return refuse('rulebook/row-begins-already', { pointer: '/from', params: { day: from } });
  const cited = sourceFor(sourcesIn(leaf), row, today);
  if (!cited.ok) return cited;
  const { law, sources } = cited.value;
  const source = { law, ...(row.article === '' ? {} : { article: row.article }) };
  const rows = [...value.values.filter((one) => one.from !== from), { from, value: row.figure, source }];
  rows.sort((a, b) => (a.from < b.from ? -1 : 1));
  const files = {
    'values.json': written({ ...values, [row.value]: { ...value, values: rows } }),
    'sources.json': written(sources),
    ...nextHead(leaf, `From ${from}: ${row.value} is ${row.figure}.`),
  };
  const dropped = row.dropExamples ? brokenExamples(layers, files, from) : [];
  return ok({ ...files, ...Object.fromEntries(dropped.map((path) => [path, null])) });
}
