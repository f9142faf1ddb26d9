import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { Day } from '#kernel/effective.ts';
import { day, dayOf } from '#kernel/effective.ts';
import { parseStrict } from '#platform/body.ts';
import type { Grade, PackSource, Source } from './model.ts';
import { meant, type Problems } from './problems.ts';
import {
  type CitedShape,
  SupplementFile,
  type SupplementShape,
  topicFiles,
  type TopicName,
  type Topics,
  ZoneFile,
  type ZoneShape,
} from './schema.ts';
import { dayRemedy, shapeProblems } from './shape.ts';

/** One pack's files after reading: shapes checked, names not yet resolved. */
export interface LayerFiles {
  readonly source: PackSource;
  readonly topics: Topics;
  readonly zones: Readonly<Record<string, ZoneShape>>;
  /** What was imported into tables of this pack, by the file that says so. */
  readonly supplements: Readonly<Record<string, SupplementShape>>;
  readonly words: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly sources: Readonly<Record<string, Omit<Source, 'article'>>>;
}

interface Reader {
  readonly schema: TSchema;
  readonly validator: Validator;
}

const readerOf = (schema: TSchema): Reader => ({ schema, validator: Compile(schema) });
const readers: ReadonlyMap<string, Reader> = new Map(
  Object.entries(topicFiles).map(([file, schema]): [string, Reader] => [file, readerOf(schema)]),
);
const zoneReader = readerOf(ZoneFile);
const supplementReader = readerOf(SupplementFile);

/** A pack's files may be longer than what comes in over HTTP; a key that stands twice is refused all the same. */
const bounds = { depth: 40, stringLength: 20_000, listLength: 100_000 };

function parse(file: string, text: string, problems: Problems): unknown {
  const parsed = parseStrict(text, bounds);
  if (parsed.ok) return parsed.value;
  const { code, pointer = '', params = {} } = parsed.error;
  if (code === 'http/key-repeated')
    problems.add(file, pointer, 'the key stands twice in one object', 'join the two, or take one away');
  else if (code === 'http/body-malformed')
    problems.add(
      file,
      `/line ${params['line']}`,
      `not JSON from line ${params['line']}, column ${params['column']}`,
      'look for a comma, a quote mark or a bracket that is missing or stands too often',
    );
  else problems.add(file, pointer, `cannot be read: ${code}`);
  return undefined;
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names what its schema stands for.
function shaped<T>({ schema, validator }: Reader, file: string, text: string, problems: Problems): T | undefined {
  const value = parse(file, text, problems);
  if (value === undefined) return undefined;
  if (validator.Check(value)) return value as T;
  for (const { pointer, message, remedy } of shapeProblems(schema, value, validator.Errors(value)))
    problems.add(file, pointer, message, remedy ?? shapeRemedy(file));
  return undefined;
}

/** Where the shape of a file is described for people and for editors. */
const shapeRemedy = (file: string): string => {
  const name = file.includes('/zones/') ? 'zone' : (file.split('/').at(-1) ?? '').replace('.json', '');
  return `docs/pack-schemas/${name}.json describes the file; an editor that reads it marks the place`;
};

export function readLayer(source: PackSource, problems: Problems): LayerFiles {
  const topics: Record<string, unknown> = {};
  const zones: Record<string, ZoneShape> = {};
  const supplements: Record<string, SupplementShape> = {};
  const words: Record<string, Record<string, string>> = {};
  for (const [file, text] of Object.entries(source.files)) {
    const name = `${source.id}/${file}`;
    const reader = readers.get(file);
    if (reader !== undefined) {
      const value = shaped<unknown>(reader, name, text, problems);
      if (value !== undefined) topics[file] = value;
    } else if (file.startsWith('zones/')) {
      const zone = shaped<ZoneShape>(zoneReader, name, text, problems);
      if (zone !== undefined) zones[file] = zone;
    } else if (file.startsWith('supplements/') && file.endsWith('.json')) {
      const supplement = shaped<SupplementShape>(supplementReader, name, text, problems);
      if (supplement !== undefined) supplements[file] = supplement;
    } else if (file.startsWith('locales/')) {
      words[file.slice(8, -5)] = wordsOf(name, text, problems);
    } else if (!file.includes('/') && file.endsWith('.json'))
      problems.add(
        name,
        '',
        'no topic has this name',
        `take it away, or name it as one of ${Object.keys(topicFiles).join(', ')}`,
      );
  }
  for (const file of ['pack.json', 'sources.json']) {
    if (source.files[file] === undefined)
      problems.add(
        `${source.id}/${file}`,
        '',
        'the file is missing',
        'write it: a pack has pack.json and sources.json at least',
      );
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every member was checked against the schema of its
  // topic.
  const read = topics as Topics;
  const sources = { ...read['sources.json'] };
  for (const [file, { name, source: own }] of Object.entries(supplements)) {
    if (Object.hasOwn(sources, name))
      problems.add(
        `${source.id}/${file}`,
        '/name',
        `a source of the pack is called ${name}; import under another name`,
      );
    sources[name] = own;
  }
  return { source, topics: read, zones, supplements, words, sources };
}

function wordsOf(file: string, text: string, problems: Problems): Record<string, string> {
  const value = parse(file, text, problems);
  const words: Record<string, string> = {};
  if (typeof value !== 'object' || value === null) return words;
  for (const [key, word] of Object.entries(value)) {
    if (typeof word === 'string' && word !== '') words[key] = word;
    else problems.add(file, `/${key}`, 'words are a text', 'write the words between quote marks, and not nothing');
  }
  return words;
}

const confirmedGrades: ReadonlySet<Grade> = new Set<Grade>(['primary', 'fictional']);
export const isConfirmed = (grade: Grade): boolean => confirmedGrades.has(grade);

const unknownSource: Source = { title: '', article: null, grade: 'memory', url: null, seen: null };

/** The source a rule cites: in its own layer, or in one that this layer stands on. */
export function cite(layers: readonly LayerFiles[], from: LayerFiles, cited: CitedShape): Source | undefined {
  const reachable = layers.slice(0, layers.indexOf(from) + 1).toReversed();
  const found = reachable.find((one) => Object.hasOwn(one.sources, cited.law))?.sources[cited.law];
  if (found === undefined) return undefined;
  return { title: found.title, article: cited.article ?? null, grade: found.grade, url: found.url, seen: found.seen };
}

export const sourceText = (source: Source): string =>
  source.article === null ? source.title : `${source.title}, ${source.article}`;

/** A rule as one layer wrote it, with the file and pointer that errors name. */
export interface Placed<T> {
  readonly entry: T;
  readonly layer: LayerFiles;
  readonly file: string;
  readonly pointer: string;
}

interface Ruled {
  readonly id: string;
}

/**
 * The rules of a topic over all layers. A leaf that states a rule of the same id replaces it, in its place, so that the
 * order of evaluation stays the parent's; rules that only the leaf has come after.
 */
export function overlay<T extends Ruled>(
  layers: readonly LayerFiles[],
  file: TopicName,
  of: (topics: Topics) => readonly T[] | undefined,
): Placed<T>[] {
  let merged: Placed<T>[] = [];
  for (const layer of layers) {
    const own = (of(layer.topics) ?? []).map(
      (entry, index): Placed<T> => ({ entry, layer, file: `${layer.source.id}/${file}`, pointer: `/${index}` }),
    );
    const replaced = new Set(own.map((one) => one.entry.id).filter((id) => merged.some((one) => one.entry.id === id)));
    const kept: Placed<T>[] = [];
    const placed = new Set<string>();
    for (const one of merged) {
      if (!replaced.has(one.entry.id)) kept.push(one);
      else if (!placed.has(one.entry.id)) {
        placed.add(one.entry.id);
        kept.push(...own.filter((mine) => mine.entry.id === one.entry.id));
      }
    }
    merged = [...kept, ...own.filter((one) => !replaced.has(one.entry.id))];
  }
  return merged;
}

/** The same for topics kept as objects by id. */
export function overlayObject<T>(
  layers: readonly LayerFiles[],
  file: TopicName,
  of: (topics: Topics) => Readonly<Record<string, T>> | undefined,
): Placed<{ id: string; rule: T }>[] {
  const placed = overlay(layers, file, (topics) =>
    Object.entries(of(topics) ?? {}).map(([id, rule]) => ({ id, rule })),
  );
  return placed.map((one) => ({ ...one, pointer: `/${one.entry.id}` }));
}

export function dayAt(
  problems: Problems,
  placed: Pick<Placed<unknown>, 'file' | 'pointer'>,
  text: string | undefined,
): Day | undefined {
  if (text === undefined) return undefined;
  const found = day(text);
  if (found === undefined)
    problems.add(placed.file, placed.pointer, `the calendar has no day ${text}`, dayRemedy(text));
  return found;
}

export function citedSource(
  layers: readonly LayerFiles[],
  placed: Placed<unknown>,
  cited: CitedShape,
  problems: Problems,
): Source {
  const source = cite(layers, placed.layer, cited);
  if (source === undefined)
    problems.add(
      placed.file,
      `${placed.pointer}/source/law`,
      `no source is called ${cited.law}`,
      `list it in sources.json; ${meant(
        cited.law,
        layers.flatMap((one) => Object.keys(one.sources)),
      )}`,
    );
  return source ?? unknownSource;
}

/** Stands for a day that could not be read; the pack it is in is refused. */
const never = dayOf('9999-12-31');

export function period(
  problems: Problems,
  placed: Pick<Placed<unknown>, 'file' | 'pointer'>,
  dated: { from: string; until?: string | undefined },
): { from: Day; until: Day | undefined } {
  const from = dayAt(problems, { file: placed.file, pointer: `${placed.pointer}/from` }, dated.from) ?? never;
  const until = dayAt(problems, { file: placed.file, pointer: `${placed.pointer}/until` }, dated.until);
  if (until !== undefined && until <= from)
    problems.add(
      placed.file,
      `${placed.pointer}/until`,
      'it ends before it begins',
      '`until` is the first day on which it is law no longer, so it lies after `from`',
    );
  return { from, until };
}
