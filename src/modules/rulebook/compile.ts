import { CsvError, parse as parseCsv } from 'csv-parse/sync';
import { digestOf } from '#kernel/canonical.ts';
import { parseDecimal } from '#kernel/decimal.ts';
import { isTimeZone } from '#kernel/effective.ts';
import { isCurrency, registerCurrency } from '#kernel/money.ts';
import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import { Doubts } from './doubts.ts';
import { type Duty, type Read, readDuty } from './duty.ts';
import { compare, type Exact, ofDecimal, ofWhole } from './exact.ts';
import {
  citedSource,
  isConfirmed,
  type LayerFiles,
  overlay,
  overlayObject,
  period,
  type Placed,
  readLayer,
  sourceText,
} from './layers.ts';
import type { Layer, PackSource, Problem, Source } from './model.ts';
import type {
  Cell,
  Cited,
  ClockSource,
  Pack,
  Program,
  Provenance,
  Table,
  TableRow,
  ValueDefinition,
  ValueRow,
  Zone,
} from './pack.ts';
import { aggregationRules } from './aggregation.ts';
import { compileRules, type RuleContext } from './rules.ts';
import { registrationOf, steeringOf } from './steering.ts';
import { meant, Problems } from './problems.ts';
import { checkSoundness } from './soundness.ts';
import type { CitedShape, PackShape, ValueShape, ZoneShape } from './schema.ts';

type Names = RuleContext['names'];

type Reading = Pick<RuleContext, 'layers' | 'problems' | 'doubts'>;

/** Provenance of a rule, with its dates when it has any. */
export function provenance(context: Reading, placed: Placed<unknown>, id: string, cited: CitedShape): Cited {
  return citedAs(context, id, placed.layer.source.id, citedSource(context.layers, placed, cited, context.problems));
}

function citedAs({ doubts }: Reading, id: string, layer: string, cited: Source): Cited {
  const confirmed = isConfirmed(cited.grade);
  const doubt = confirmed ? undefined : doubts.numberOf(id);
  const own: Provenance = { id, layer, source: sourceText(cited), confirmed, doubt };
  return { ...own, provenance: own };
}

/**
 * Compiles the layers of a pack, root first and leaf last; every problem of every file is listed, none stops the
 * others. Only where a file has not the form of its topic are names not looked up: half of them would be missing.
 */
export function compileLayers(sources: readonly PackSource[]): { pack: Pack | null; problems: readonly Problem[] } {
  const problems = new Problems(sources);
  const layers = sources.map((one) => readLayer(one, problems));
  const leaf = layers.at(-1);
  const head = leaf?.topics['pack.json'];
  if (leaf === undefined || head === undefined || problems.list.length > 0)
    return { pack: null, problems: problems.list };
  for (const layer of layers) {
    const shape = layer.topics['pack.json'];
    if (shape !== undefined) headOf(shape, `${layer.source.id}/pack.json`, problems);
  }
  if (problems.list.length > 0) return { pack: null, problems: problems.list };
  const parent = layers.at(-2)?.source.id ?? null;
  if (leaf.source.extends !== parent)
    problems.add(
      `${leaf.source.id}/pack.json`,
      '/extends',
      `the layer below is ${parent}`,
      'name the pack that this one stands on, or leave `extends` out',
    );
  const program = programOf(layers, head, problems);
  checkSoundness(layers, head, program, problems);
  const steering = steeringOf(layers, problems);
  const registration = registrationOf(layers, problems);
  if (problems.list.length > 0) return { pack: null, problems: problems.list };
  return { pack: freezePack(layers, head, { program, steering, registration }), problems: [] };
}

/** The same as a Result: a pack with any problem is refused, and the refusal lists every one with file and pointer. */
export function compile(sources: readonly PackSource[]): Result<Pack> {
  const { pack, problems } = compileLayers(sources);
  if (pack !== null) return ok(pack);
  const [first, ...more] = problems.map(refusalOf);
  return refuse('rulebook/pack-unreadable', { ...first, more });
}

/** A problem of a pack as a refusal says it. */
export const refusalOf = ({ file, line, pointer, message, remedy }: Problem): Refusal => ({
  code: 'rulebook/pack-unreadable',
  pointer,
  params: { file, ...(line === null ? {} : { line: String(line) }), message, remedy },
});

const timeZoneRemedy = 'write its name in the time zone database, such as Europe/Madrid';

/** A currency and a time zone are names that the world has given. */
function headOf(head: PackShape, file: string, problems: Problems): void {
  if (!isTimeZone(head.timeZone))
    problems.add(file, '/timeZone', `no time zone is called ${head.timeZone}`, timeZoneRemedy);
  if (!isCurrency(head.currency) && head.fictional !== true)
    return problems.add(
      file,
      '/currency',
      `${head.currency} is no known currency`,
      'write an ISO 4217 code, or "fictional": true where the economy is an invented one',
    );
  try {
    registerCurrency(head.currency, head.exponent);
  } catch (error) {
    problems.add(file, '/exponent', error instanceof Error ? error.message : '');
  }
}

function programOf(layers: readonly LayerFiles[], head: PackShape, problems: Problems): Program {
  const context = { layers, problems, doubts: new Doubts() };
  const values = new Map<string, ValueDefinition>();
  for (const placed of overlayObject(layers, 'values.json', (topics) => topics['values.json'])) {
    values.set(placed.entry.id, valueDefinition(context, placed, placed.entry.id, placed.entry.rule, null));
  }
  const tables = new Map<string, Table>();
  const columns = new Map<string, ReturnType<Names['tables']['get']> & object>();
  for (const placed of overlayObject(layers, 'tables.json', (topics) => topics['tables.json'])) {
    const table = tableOf(context, placed);
    tables.set(table.name, table);
    columns.set(table.name, { ...placed.entry.rule, ...(isOthers(layers, table.name) ? {} : { said: said(table) }) });
  }
  for (const layer of layers) checkSupplements(layer, problems);
  const zones = new Map<string, Zone>();
  for (const layer of layers) zonesOf(context, layer, values, zones);
  // A leaf has the clocks of its parents, and may set one otherwise.
  const clocks = new Map<string, readonly ClockSource[]>(
    layers.flatMap((layer) => Object.entries(layer.topics['pack.json']?.clocks ?? {})),
  );
  const names: Names = {
    values,
    families: new Set([...values.keys()].filter((id) => id.endsWith('.*'))),
    tables: columns,
    amounts: new Map(),
    charges: new Map(),
    accounts: new Set(overlay(layers, 'accounts.json', (topics) => topics['accounts.json']).map((one) => one.entry.id)),
    clocks: new Set(clocks.keys()),
    isCurrency,
  };
  const ruled: RuleContext = {
    ...context,
    names,
    head,
    clocks,
    provenance: (placed, id, cited) => provenance(context, placed, id, cited),
  };
  const rules = compileRules(ruled);
  const aggregations = aggregationRules(ruled, rules.routes);
  const { allocation } = head;
  return { doubts: context.doubts, values, tables, zones, clocks, allocation, ...rules, aggregations };
}

/** Whether other packs write this table too: what its rows say here is not all that they may say. */
const isOthers = (layers: readonly LayerFiles[], table: string): boolean => {
  const stated = layers.flatMap(({ topics }) => topics['tables.json']?.[table] ?? []);
  return stated.length > 1 || stated.some(({ open }) => open === true);
};

/** The texts in the columns of a table. */
function said({ rows }: Table): ReadonlyMap<string, ReadonlySet<string>> {
  const texts = new Map<string, Set<string>>();
  for (const { cells } of rows)
    for (const [column, cell] of Object.entries(cells))
      if (typeof cell === 'string') texts.set(column, (texts.get(column) ?? new Set()).add(cell));
  return texts;
}

function valueDefinition(
  context: Reading,
  placed: Placed<unknown>,
  id: string,
  shape: ValueShape,
  zone: string | null,
): ValueDefinition {
  const base = zone === null ? placed.pointer : `${placed.pointer}/values/${id}`;
  const unit = shape.unit.split('/')[0] ?? '';
  if (/^[A-Z]{3}$/.test(unit) && !isCurrency(unit))
    context.problems.add(
      placed.file,
      `${base}/unit`,
      `${unit} is no known currency`,
      'write an ISO 4217 code, or the currency of one of the packs',
    );
  const layer = zone === null ? placed.layer.source.id : `${placed.layer.source.id}/${zone}`;
  const rows = shape.values.map((one, index): ValueRow => {
    const here = { ...placed, pointer: `${base}/values/${index}` };
    const cited: Source = citedSource(context.layers, here, one.source, context.problems);
    return {
      ...citedAs(context, id, layer, cited),
      cited,
      text: one.value,
      exact: shape.unit === 'text' ? null : exactOf(one.value, here, context.problems, shape.unit),
      announced: one.status === 'announced',
      ...period(context.problems, here, one),
    };
  });
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    if (before !== undefined && row.from <= before.from) {
      context.problems.add(
        placed.file,
        `${base}/values/${index}/from`,
        'rows stand in order of their days, and no two begin on one day',
        'put the row in its place; where two say the same day, one of them is wrong',
      );
    }
    if (before?.until !== undefined && before.until > row.from && !row.announced) {
      context.problems.add(
        placed.file,
        `${base}/values/${index - 1}/until`,
        `two rows overlap: this one is law until ${before.until}, the next one from ${row.from}`,
        'end the earlier row on the day on which the later one begins, or leave its `until` out',
      );
    }
  });
  return { id, unit: shape.unit, layer, rows };
}

/** How a figure is to be written; one with a comma is most often a decimal comma. */
const decimalRemedy = (text: string): string =>
  /^\d+,\d+$/.test(text)
    ? `write a point for the decimal comma, and nothing between the thousands: ${text.replace(',', '.')}`
    : 'write digits with at most one point: 150.00, or 0.19 for nineteen per cent';

const ten = ofWhole(10n);

/** A rate of a thousand per cent and more was never law, and a percentage in its place was often written. */
function percentage(value: Exact, text: string): [message: string, remedy: string] | undefined {
  return compare(value, ten) < 0
    ? undefined
    : [`a rate of ${text} is ${text} times the base`, 'write a share, such as 0.25 for 25 per cent'];
}

function exactOf(
  text: string,
  placed: Pick<Placed<unknown>, 'file' | 'pointer'>,
  problems: Problems,
  unit: string,
): Exact | null {
  const value = parseDecimal(text);
  const pointer = `${placed.pointer}/value`;
  if (value === undefined) {
    problems.add(placed.file, pointer, `${text} is no plain decimal`, decimalRemedy(text));
    return null;
  }
  const exact = ofDecimal(value);
  const wrong = unit === 'rate' ? percentage(exact, text) : undefined;
  if (wrong !== undefined) problems.add(placed.file, pointer, ...wrong);
  return exact;
}

type TablePlaced = Placed<{
  id: string;
  rule: { file: string; key: string; match: 'exact' | 'prefix'; columns: Record<string, string> };
}>;

function tableOf(context: Reading, placed: TablePlaced): Table {
  const { id, rule } = placed.entry;
  const { source, supplements } = placed.layer;
  const file = `tables/${rule.file}`;
  if (source.files[file] === undefined)
    context.problems.add(placed.file, `${placed.pointer}/file`, `${file} is missing`, `add ${file} to the pack`);
  const imported = Object.entries(supplements)
    .filter(([, one]) => one.table === id)
    .map(([path]) => path.replace(/json$/, 'csv'));
  const duties: Duties = new Map();
  const rows = [file, ...imported].flatMap((path) => tableRows(context, placed, path, duties));
  return { name: id, match: rule.match, rows };
}

/** The duties of a table by their texts: a tariff states few thousand times what a few hundred texts say. */
type Duties = Map<string, Read>;

function tableRows(context: Reading, placed: TablePlaced, file: string, duties: Duties): TableRow[] {
  const { rule } = placed.entry;
  const where = `${placed.layer.source.id}/${file}`;
  const expected = [rule.key, ...Object.keys(rule.columns), 'from', 'until', 'source', 'article'];
  const text = placed.layer.source.files[file] ?? '';
  if (/^[^,\n]*[;\t]/.test(text)) {
    context.problems.add(where, '/line 1', ...otherSeparator(expected));
    return [];
  }
  let records: Record<string, string>[] = [];
  try {
    records = parseCsv(text, { columns: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    context.problems.add(where, ...csvProblem(error));
  }
  const absent = expected.filter((column) => records[0] !== undefined && records[0][column] === undefined);
  if (absent.length > 0)
    context.problems.add(
      where,
      '/line 1',
      `columns are missing: ${absent.join(', ')}`,
      `the first row names ${expected.join(',')}`,
    );
  const here = { ...placed, file: where };
  return absent.length > 0
    ? []
    : records.map((record, index) => tableRow(context, { ...here, pointer: `/line ${index + 2}` }, record, duties));
}

const otherSeparator = (columns: readonly string[]): [message: string, remedy: string] => [
  'the cells are not divided by commas',
  `divide them by commas, and write figures with a point: ${columns.join(',')}`,
];

/** What makes a text no CSV; a row with a cell too many most often has a comma in one. */
function csvProblem(error: unknown): [pointer: string, message: string, remedy: string] {
  if (!(error instanceof CsvError)) return ['', error instanceof Error ? error.message : 'not CSV', 'write it as CSV'];
  const { columns, record, lines } = error;
  if (typeof lines !== 'number' || !Array.isArray(columns) || !Array.isArray(record))
    return ['', error.message, 'a cell with a comma or a quote mark stands between quote marks'];
  const decimal = record.find((cell, index) => /^\d+$/.test(cell) && /^\d+( ?%)?$/.test(record[index + 1] ?? ''));
  return [
    `/line ${lines}`,
    `the row has ${record.length} cells, the first row has ${columns.length}`,
    decimal === undefined || record.length < columns.length
      ? 'give each column a cell, also an empty one; a cell with a comma stands between quote marks'
      : 'write figures with a point and not with a comma; a text with a comma stands between quote marks',
  ];
}

function tableRow(context: Reading, here: TablePlaced, record: Record<string, string>, duties: Duties): TableRow {
  const { id, rule } = here.entry;
  const key = record[rule.key] ?? '';
  if (key === '') context.problems.add(here.file, here.pointer, `${rule.key} is empty`, 'every row has a key');
  const article = record.article ?? '';
  const cited = citedSource(
    context.layers,
    here,
    { law: record.source ?? '', ...(article === '' ? {} : { article }) },
    context.problems,
  );
  const until = record.until ?? '';
  return {
    id: `${id}.${key}`,
    key,
    place: here,
    ...cellsOf(context, here, record, duties),
    layer: here.layer.source.id,
    source: sourceText(cited),
    confirmed: isConfirmed(cited.grade),
    ...period(context.problems, here, { from: record.from ?? '', until: until === '' ? undefined : until }),
  };
}

function cellsOf(
  { layers, problems }: Reading,
  here: TablePlaced,
  record: Record<string, string>,
  known: Duties,
): Pick<TableRow, 'cells' | 'duties'> {
  const cells: Record<string, Cell> = {};
  let duties: Record<string, Duty> | undefined;
  for (const [column, unit] of Object.entries(here.entry.rule.columns)) {
    const text = record[column] ?? '';
    const wrong = (message: string, remedy?: string): void =>
      problems.add(here.file, `${here.pointer}/${column}`, message, remedy);
    if (text === '') cells[column] = null;
    else if (unit === 'text') cells[column] = text;
    else if (unit === 'duty') {
      const read = known.get(text) ?? readDuty(text);
      known.set(text, read);
      cells[column] = text;
      if ('duty' in read) duties = { ...duties, [column]: read.duty };
      else wrong(read.problem, dutyRemedy(text));
    } else {
      const value = parseDecimal(text);
      const exact = value === undefined ? null : ofDecimal(value);
      if (exact === null) wrong(`${text} is no plain decimal`, decimalRemedy(text));
      // A rate of exchange may be anything.
      else if (unit === 'rate' && !layers.some(({ topics }) => topics['exchange.json']?.table === here.entry.id)) {
        const found = percentage(exact, text);
        if (found !== undefined) wrong(...found);
      }
      cells[column] = exact;
    }
  }
  return duties === undefined ? { cells } : { cells, duties };
}

/** How a duty is to be written: with a point, a sign or a currency where that alone is missing. */
function dutyRemedy(text: string): string {
  if (/^\d+(\.\d+)?$/.test(text)) return `write ${text}% where it is a share, or name the currency and the measure`;
  if (/\d,\d/.test(text)) return `write a point for the decimal comma: ${text.replace(/(\d),(\d)/g, '$1.$2')}`;
  return 'docs/packs.md lists under “Tariffs” how a duty is written: 12%, 41.2 EUR/100 kg';
}

/** Something imported for a table that the pack has not would be law that nobody reads. */
function checkSupplements(layer: LayerFiles, problems: Problems): void {
  for (const [file, { table }] of Object.entries(layer.supplements)) {
    if (Object.hasOwn(layer.topics['tables.json'] ?? {}, table)) continue;
    problems.add(
      `${layer.source.id}/${file}`,
      '/table',
      `the pack ${layer.source.id} declares no table ${table}`,
      'declare it in tables.json, or import it for the pack that does',
    );
  }
}

function zonesOf(
  context: Reading,
  layer: LayerFiles,
  values: ReadonlyMap<string, ValueDefinition>,
  zones: Map<string, Zone>,
): void {
  for (const [file, shape] of Object.entries(layer.zones)) {
    const placed: Placed<unknown> = { entry: shape, layer, file: `${layer.source.id}/${file}`, pointer: '' };
    const own = new Map<string, ValueDefinition>();
    for (const [id, value] of Object.entries(shape.values ?? {})) {
      if (values.get(id)?.unit !== value.unit) {
        context.problems.add(
          placed.file,
          `/values/${id}`,
          'a zone changes a value of its pack, in the same unit',
          values.has(id) ? `write it in ${values.get(id)?.unit}` : meant(id, values.keys()),
        );
      }
      own.set(id, valueDefinition(context, placed, id, value, shape.id));
    }
    zones.set(shape.id, {
      ...provenance(context, placed, `zone.${shape.id}`, shape.source),
      ...period(context.problems, placed, shape),
      id: shape.id,
      values: own,
      desks: shape.desks ?? [],
      acting: actingOf(context, placed, shape),
    });
  }
}

/** Who acts for whom in a zone; both have to be names that the pack or a layer under it knows. */
function actingOf(
  { layers, problems }: Pick<RuleContext, 'layers' | 'problems'>,
  { file }: Placed<unknown>,
  { acting = {} }: ZoneShape,
): ReadonlyMap<string, string> {
  const heads = layers.flatMap((one) => one.topics['pack.json'] ?? []);
  const authorities = new Set(heads.flatMap((one) => one.authorities ?? []).map((one) => one.id));
  const desks = new Set(heads.flatMap((one) => one.desks ?? []));
  for (const [authority, desk] of Object.entries(acting)) {
    const at = `/acting/${authority}`;
    if (!authorities.has(authority))
      problems.add(file, at, `no authority is called ${authority}`, meant(authority, authorities));
    if (!desks.has(desk)) problems.add(file, at, `no desk is called ${desk}`, meant(desk, desks));
  }
  return new Map(Object.entries(acting));
}

function merged<T>(layers: readonly LayerFiles[], of: (head: PackShape) => readonly T[] | undefined): T[] {
  return layers.flatMap((layer) => {
    const head = layer.topics['pack.json'];
    return head === undefined ? [] : [...(of(head) ?? [])];
  });
}

/**
 * A leaf names the authorities of its parent its own way: the later entry of an id stands in the place of the earlier.
 */
const byId = <T extends { id: string }>(all: readonly T[]): T[] => [
  ...new Map(all.map((one) => [one.id, one])).values(),
];

function freezePack(
  layers: readonly LayerFiles[],
  head: PackShape,
  { program, steering, registration }: Pick<Pack, 'program' | 'steering' | 'registration'>,
): Pack {
  const chain = layers.map(({ source }): Layer => ({ id: source.id, version: source.version, hash: source.hash }));
  const words: Record<string, Record<string, string>> = {};
  for (const layer of layers) {
    for (const [language, own] of Object.entries(layer.words)) words[language] = { ...words[language], ...own };
  }
  const sources: Record<string, Source> = {};
  for (const layer of layers) {
    for (const [id, one] of Object.entries(layer.sources)) sources[id] = { ...one, article: null };
  }
  return Object.freeze({
    id: head.id,
    version: head.version,
    hash: chain.length === 1 ? chain[0]!.hash : digestOf(chain.map((one) => one.hash)),
    status: head.status,
    layers: chain,
    country: head.country,
    name: head.name,
    currency: head.currency,
    exponent: head.exponent,
    timeZone: head.timeZone,
    languages: head.languages,
    rounding: head.rounding,
    fictional: head.fictional ?? false,
    authorities: byId(merged(layers, (one) => one.authorities)),
    offices: byId(merged(layers, (one) => one.offices)).map((one) => ({ ...one, mode: one.mode ?? null })),
    desks: [...new Set(merged(layers, (one) => one.desks))],
    steering,
    registration,
    sources,
    words,
    program,
  });
}
