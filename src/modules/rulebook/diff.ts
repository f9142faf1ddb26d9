import { parse as parseCsv } from 'csv-parse/sync';
import { canonicalText } from '#kernel/canonical.ts';
import { isJson } from './facts.ts';
import { Problems, readLayer } from './layers.ts';
import type { PackSource } from './model.ts';
import type { CitedShape, Topics, ValueShape, ZoneShape } from './schema.ts';

/** What can differ between two versions of a pack, in the order in which it is told. */
export const differenceTopics = [
  'values',
  'tables',
  'routes',
  'charges',
  'checks',
  'deadlines',
  'obligations',
  'accounts',
  'amounts',
  'slips',
  'categories',
  'exchange',
  'zones',
  'pack',
  'sources',
  'words',
  'examples',
] as const;
export type DifferenceTopic = (typeof differenceTopics)[number];

type Kind = 'added' | 'removed' | 'changed';

/** One row of a table that differs: its key, its first day, and its cells before and after. */
export interface RowDifference {
  readonly kind: Kind;
  readonly key: string;
  readonly from: string;
  readonly was: Readonly<Record<string, string>> | null;
  readonly becomes: Readonly<Record<string, string>> | null;
}

/** One thing in which a version of a pack differs from another. */
export interface Difference {
  readonly topic: DifferenceTopic;
  readonly kind: Kind;
  /** The id of the value, the rule, the table; the language of words; the name of an example. */
  readonly id: string;
  /** The zone whose own value it is. */
  readonly zone?: string;
  readonly unit?: string;
  /** Of values the days on which they differ, of a rule its first day; `until` is null where it has no end. */
  readonly from?: string;
  readonly until?: string | null;
  readonly was?: string | null;
  readonly becomes?: string | null;
  /** It is about a value that is only announced. */
  readonly announced?: true;
  /** The law that the new figure, or the new rule, rests on. */
  readonly source?: string;
  /** The members of a rule that differ. */
  readonly members?: readonly string[];
  /** How many rows of a table, or words of a language, differ. */
  readonly counts?: Readonly<Record<Kind, number>>;
  /** The first of those rows. */
  readonly rows?: readonly RowDifference[];
}

/** How many rows of one table are listed; the counts are always whole. */
export const rowsListed = 200;

type Row = ValueShape['values'][number];

interface Side {
  readonly source: PackSource;
  readonly topics: Topics;
  readonly zones: Readonly<Record<string, ZoneShape>>;
  readonly words: Readonly<Record<string, Readonly<Record<string, string>>>>;
  cited(source: CitedShape): string;
}

function sideOf(source: PackSource): Side {
  const { topics, zones, words, sources } = readLayer(source, new Problems());
  const byId = Object.fromEntries(Object.values(zones).map((zone) => [zone.id, zone]));
  const cited = ({ law, article }: CitedShape): string =>
    `${sources[law]?.title ?? law}${article === undefined ? '' : `, ${article}`}`;
  return { source, topics, zones: byId, words, cited };
}

const same = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b);
const textOf = (value: unknown): string | null => (value === undefined ? null : canonicalText(value));

/** The row that is law on a day; announced ones never are. */
function rowOn(rows: readonly Row[], on: string): Row | undefined {
  const row = rows.findLast((one) => one.status === undefined && one.from <= on);
  return row?.until !== undefined && row.until <= on ? undefined : row;
}

const sorted = (rows: readonly Row[] = []): Row[] => rows.toSorted((a, b) => (a.from < b.from ? -1 : 1));

interface ValueAt {
  readonly id: string;
  readonly unit: string;
  readonly zone?: string;
}

/** The days on which a value is another one, each stretch once. */
function stretches(at: ValueAt, before: readonly Row[], after: readonly Row[], to: Side): Difference[] {
  const law = [...before, ...after].filter((one) => one.status === undefined);
  const days = [...new Set(law.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until])))].sort();
  const found: (Difference & { until: string | null })[] = [];
  for (const [place, from] of days.entries()) {
    const [was, becomes] = [rowOn(before, from), rowOn(after, from)];
    if (was?.value === becomes?.value) continue;
    const until = days[place + 1] ?? null;
    const last = found.at(-1);
    if (last?.until === from && last.was === (was?.value ?? null) && last.becomes === (becomes?.value ?? null)) {
      found[found.length - 1] = { ...last, until };
      continue;
    }
    found.push({
      topic: 'values',
      kind: was === undefined ? 'added' : becomes === undefined ? 'removed' : 'changed',
      ...at,
      from,
      until,
      was: was?.value ?? null,
      becomes: becomes?.value ?? null,
      ...(becomes === undefined ? {} : { source: to.cited(becomes.source) }),
    });
  }
  return found;
}

/** What is announced and was not, or no longer is; and figures that stand as before on another source. */
function besides(at: ValueAt, before: readonly Row[], after: readonly Row[], [from, to]: [Side, Side]): Difference[] {
  const announced = (rows: readonly Row[]): Row[] => rows.filter((one) => one.status === 'announced');
  const lacks = (rows: readonly Row[], { from: day, value }: Row): boolean =>
    !rows.some((one) => one.from === day && one.value === value);
  const told = (row: Row, kind: Kind): Difference => ({
    topic: 'values',
    kind,
    ...at,
    announced: true,
    from: row.from,
    until: null,
    was: kind === 'removed' ? row.value : null,
    becomes: kind === 'added' ? row.value : null,
  });
  const resourced = after.flatMap((row): Difference[] => {
    const old = before.find((one) => one.from === row.from && one.value === row.value && one.status === row.status);
    if (old === undefined || from.cited(old.source) === to.cited(row.source)) return [];
    const source = to.cited(row.source);
    return [{ topic: 'values', kind: 'changed', ...at, from: row.from, members: ['source'], source }];
  });
  return [
    ...announced(after).flatMap((row) => (lacks(announced(before), row) ? [told(row, 'added')] : [])),
    ...announced(before).flatMap((row) => (lacks(announced(after), row) ? [told(row, 'removed')] : [])),
    ...resourced,
  ];
}

type Values = Readonly<Record<string, ValueShape>> | undefined;

function valuesDiffer(before: Values, after: Values, sides: [Side, Side], zone?: string): Difference[] {
  const ids = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return ids.flatMap((id) => {
    const [old, now] = [before?.[id], after?.[id]];
    const at = { id, unit: (now ?? old)?.unit ?? '', ...(zone === undefined ? {} : { zone }) };
    const [were, are] = [sorted(old?.values), sorted(now?.values)];
    return [...stretches(at, were, are, sides[1]), ...besides(at, were, are, sides)];
  });
}

type Entry = Readonly<Record<string, unknown>>;
type Keyed = readonly (readonly [key: string, id: string, entry: Entry])[];

/** Things with a key, one by one: which are new, which are gone, and in which members the others differ. */
function entriesDiffer(
  topic: DifferenceTopic,
  before: Keyed,
  after: Keyed,
  cited: (source: CitedShape) => string,
): Difference[] {
  const old = new Map(before.map(([key, id, entry]) => [key, { id, entry }]));
  const now = new Map(after.map(([key, id, entry]) => [key, { id, entry }]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key): Difference[] => {
    const [was, becomes] = [old.get(key), now.get(key)];
    if (same(was?.entry, becomes?.entry)) return [];
    const { id, entry } = (becomes ?? was)!;
    const { from, source } = entry;
    const members = [...new Set([...Object.keys(was?.entry ?? {}), ...Object.keys(becomes?.entry ?? {})])].filter(
      (one) => !same(was?.entry[one], becomes?.entry[one]),
    );
    return [
      {
        topic,
        kind: was === undefined ? 'added' : becomes === undefined ? 'removed' : 'changed',
        id,
        ...(typeof from === 'string' ? { from } : {}),
        was: textOf(was?.entry),
        becomes: textOf(becomes?.entry),
        ...(was !== undefined && becomes !== undefined ? { members } : {}),
        ...(becomes !== undefined && isCited(source) ? { source: cited(source) } : {}),
      },
    ];
  });
}

const isCited = (source: unknown): source is CitedShape => isJson(source) && typeof source['law'] === 'string';

/** Rules of a list: the same id may stand in several versions, each from its own day. */
const ruled = (rules: readonly Entry[] | undefined): Keyed =>
  (rules ?? []).map((rule) => {
    const id = String(rule['id'] ?? rule['field'] ?? '');
    return [`${id} ${String(rule['from'] ?? '')}`, id, rule] as const;
  });
const named = (rules: Readonly<Record<string, Entry>> | undefined): Keyed =>
  Object.entries(rules ?? {}).map(([id, rule]) => [id, id, rule] as const);

function rulesDiffer(before: Side, after: Side): Difference[] {
  const [old, now] = [before.topics, after.topics];
  const differ = (topic: DifferenceTopic, of: (topics: Topics) => Keyed): Difference[] =>
    entriesDiffer(topic, of(old), of(now), after.cited);
  const alone = (id: string, entry: Entry | undefined): Keyed => (entry === undefined ? [] : [[id, id, entry]]);
  const categories = ({ 'categories.json': file }: Topics): Keyed => {
    if (file === undefined) return [];
    const { list, ...rule } = file;
    return [...ruled(list), ['', 'categories', rule]];
  };
  return [
    ...differ('routes', (one) => ruled(one['routes.json'])),
    ...differ('charges', (one) => ruled(one['charges.json'])),
    ...differ('checks', (one) => ruled(one['checks.json'])),
    ...differ('deadlines', (one) => ruled(one['deadlines.json'])),
    ...differ('obligations', (one) => ruled(one['obligations.json'])),
    ...differ('accounts', (one) => ruled(one['accounts.json'])),
    ...differ('amounts', (one) => named(one['amounts.json'])),
    ...differ('slips', (one) => ruled(one['slips.json']?.match)),
    ...differ('categories', categories),
    ...differ('exchange', (one) => alone('exchange', one['exchange.json'])),
  ];
}

function zonesDiffer(sides: [Side, Side]): Difference[] {
  const [before, after] = sides;
  const rest = (zones: Side['zones']): Keyed =>
    Object.values(zones).map(({ values: _, ...zone }) => [zone.id, zone.id, zone] as const);
  const ids = [...new Set([...Object.keys(before.zones), ...Object.keys(after.zones)])];
  return [
    ...ids.flatMap((id) => valuesDiffer(before.zones[id]?.values, after.zones[id]?.values, sides, id)),
    ...entriesDiffer('zones', rest(before.zones), rest(after.zones), after.cited),
  ];
}

interface Csv {
  readonly rows: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly key: string;
}

function tableOf({ source, topics }: Side, name: string): Csv {
  const definition = topics['tables.json']?.[name];
  const text = definition === undefined ? undefined : source.files[`tables/${definition.file}`];
  const rows = new Map<string, Record<string, string>>();
  if (definition === undefined || text === undefined) return { rows, key: '' };
  const records = parseCsv<Record<string, string>>(text, { columns: true, skip_empty_lines: true, bom: true });
  for (const record of records) rows.set(`${record[definition.key] ?? ''} ${record['from'] ?? ''}`, record);
  return { rows, key: definition.key };
}

function rowsDiffer(before: Csv, after: Csv): RowDifference[] {
  const found: RowDifference[] = [];
  for (const at of new Set([...before.rows.keys(), ...after.rows.keys()])) {
    const [was = null, becomes = null] = [before.rows.get(at), after.rows.get(at)];
    if (same(was, becomes)) continue;
    const row = (becomes ?? was)!;
    const kind = was === null ? 'added' : becomes === null ? 'removed' : 'changed';
    found.push({ kind, key: row[after.key || before.key] ?? '', from: row['from'] ?? '', was, becomes });
  }
  return found;
}

const countsOf = (all: readonly { readonly kind: Kind }[]): Record<Kind, number> => {
  const counts = { added: 0, removed: 0, changed: 0 };
  for (const { kind } of all) counts[kind] += 1;
  return counts;
};

function tablesDiffer(before: Side, after: Side): Difference[] {
  const [old, now] = [before.topics['tables.json'], after.topics['tables.json']];
  const names = [...new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])];
  const contents = names.flatMap((id): Difference[] => {
    const rows = rowsDiffer(tableOf(before, id), tableOf(after, id));
    if (rows.length === 0) return [];
    return [{ topic: 'tables', kind: 'changed', id, counts: countsOf(rows), rows: rows.slice(0, rowsListed) }];
  });
  return [...entriesDiffer('tables', named(old), named(now), after.cited), ...contents];
}

/** The head of the pack, member by member; its version and who reviewed it differ anyhow. */
const headOf = ({ topics }: Side): Keyed =>
  Object.entries(topics['pack.json'] ?? {})
    .filter(([member]) => !['version', 'reviewed'].includes(member))
    .map(([member, value]) => [member, member, { [member]: value }] as const);

function papersDiffer(before: Side, after: Side): Difference[] {
  const languages = [...new Set([...Object.keys(before.words), ...Object.keys(after.words)])];
  const spoken = languages.flatMap((id): Difference[] => {
    const texts = (side: Side): Keyed =>
      Object.entries(side.words[id] ?? {}).map(([key, text]) => [key, key, { text }] as const);
    const counts = countsOf(entriesDiffer('words', texts(before), texts(after), after.cited));
    return counts.added + counts.removed + counts.changed === 0
      ? []
      : [{ topic: 'words', kind: 'changed', id, counts }];
  });
  const examples = ({ source }: Side): Keyed =>
    Object.entries(source.files)
      .filter(([path]) => path.startsWith('examples/'))
      .map(([path, text]) => [path, path.slice(9, -5), { text }] as const);
  const worked = entriesDiffer('examples', examples(before), examples(after), after.cited);
  return [...spoken, ...worked.map(({ topic, kind, id }): Difference => ({ topic, kind, id }))];
}

/**
 * Everything in which one version of a pack differs from another: values by day, rows of tables, rules, zones, words,
 * examples. Pure; both are read as files, so that it can be told whatever the engine makes of them.
 */
export function differencesBetween(before: PackSource, after: PackSource): Difference[] {
  const sides: [Side, Side] = [sideOf(before), sideOf(after)];
  const [old, now] = sides;
  return [
    ...valuesDiffer(old.topics['values.json'], now.topics['values.json'], sides),
    ...tablesDiffer(old, now),
    ...rulesDiffer(old, now),
    ...zonesDiffer(sides),
    ...entriesDiffer('pack', headOf(old), headOf(now), now.cited),
    ...entriesDiffer('sources', named(old.topics['sources.json']), named(now.topics['sources.json']), now.cited),
    ...papersDiffer(old, now),
  ];
}
