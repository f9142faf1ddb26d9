import { parse as parseCsv } from 'csv-parse/sync';
import {
  type Difference,
  type DifferenceTopic,
  type Kind,
  type RowDifference,
  rowsListed,
  same,
  type Side,
  sideOf,
  textOf,
} from './diff-model.ts';
import { valuesDiffer } from './diff-values.ts';
import { isJson } from './facts.ts';
import type { PackSource } from './model.ts';
import type { CitedShape, Topics } from './schema.ts';

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

const textIn = (rule: Entry, member: string): string => {
  const text = rule[member];
  return typeof text === 'string' ? text : '';
};

/** Rules of a list: the same id may stand in several versions, each from its own day. */
const ruled = (rules: readonly Entry[] | undefined): Keyed =>
  (rules ?? []).map((rule) => {
    const id = textIn(rule, 'id') || textIn(rule, 'field');
    return [`${id} ${textIn(rule, 'from')}`, id, rule] as const;
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
    ...differ('aggregation', (one) => ruled(one['aggregation.json'])),
  ];
}

function zonesDiffer(sides: [Side, Side]): Difference[] {
  const [before, after] = sides;
  const rest = (zones: Side['zones']): Keyed =>
    Object.values(zones).map((zone) => {
      const own = Object.entries(zone).filter(([member]) => member !== 'values');
      return [zone.id, zone.id, Object.fromEntries(own)] as const;
    });
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
  const imports = ({ source }: Side): Keyed =>
    Object.entries(source.files)
      .filter(([path]) => path.startsWith('supplements/') && path.endsWith('.json'))
      .map(([path, text]) => [path, path.slice(12, -5), { text }] as const);
  const imported = entriesDiffer('supplements', imports(before), imports(after), after.cited);
  const worked = entriesDiffer('examples', examples(before), examples(after), after.cited);
  return [...spoken, ...[...imported, ...worked].map(({ topic, kind, id }): Difference => ({ topic, kind, id }))];
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
