import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseDecimal } from '#kernel/decimal.ts';
import { type Day, day } from '#kernel/effective.ts';
import { isCurrency } from '#kernel/money.ts';
import { AssessmentRequest } from '#modules/rulebook/index.ts';
import {
  below,
  type Build,
  columnAt,
  type Condition,
  type Expression,
  isObject,
  type Json,
  listAt,
  type Lookup,
  members,
  problem,
  type Rate,
  textAt,
} from './build.ts';
import { condition } from './condition.ts';
import { expression } from './expression.ts';
import { type Find, readLookup } from './lookup.ts';
import { FileError, type TableFormat } from './read.ts';
import { node, type Node } from './template.ts';

/** A rule that leaves rows or whole parcels out, and under which words they are counted. */
export interface SetAside {
  readonly each: 'parcel' | 'row';
  readonly when: Condition;
  readonly as: string;
}

/** A mapping file, read: how rows of a table become parcels. */
export interface Mapping {
  readonly digest: string;
  readonly table: TableFormat;
  readonly columns: ReadonlySet<string>;
  readonly by: readonly string[];
  readonly setAside: readonly SetAside[];
  readonly subsets: ReadonlyMap<string, Condition>;
  readonly day: Expression | null;
  readonly assumed: NonNullable<AssessmentRequest['assumed']>;
  readonly body: Node;
}

export const mappingFormat = 'portolan-mapping/1';

const topNeeded = ['format', 'consignment'];
const topFree = ['about', 'table', 'parcel', 'rows', 'setAside', 'lookups', 'rates', 'define', 'day', 'assumed'];
/** What a mapping file may hold, for the document that explains it. */
export const mappingMembers: readonly string[] = [...topNeeded, ...topFree];

/**
 * Reads a mapping file with the files it names; throws a FileError that lists everything wrong with it, by JSON
 * pointer.
 */
export async function loadMapping(path: string): Promise<Mapping> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new FileError(`There is no mapping file ${path}.`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FileError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(value)) throw new FileError(`${path} must be one JSON object.`);
  const build = await declarations(value, dirname(path));
  const mapping = parts(build, value, createHash('sha256').update(text).digest('hex'));
  if (build.problems.length === 0) return mapping;
  const list = build.problems.map((one) => `  ${one.pointer === '' ? '/' : one.pointer}  ${one.message}`);
  throw new FileError([`The mapping ${path} cannot be used:`, ...list].join('\n'));
}

/** What the rest of a mapping may refer to by name. */
async function declarations(top: Json, folder: string): Promise<Build> {
  const lookups = new Map<string, Lookup>();
  const rates = new Map<string, Rate>();
  const defined = new Map<string, Expression>();
  const subsets = new Set(['all', ...(isObject(top.rows) ? Object.keys(top.rows) : [])]);
  const build: Build = { problems: [], lookups, rates, subsets, defined, columns: new Set() };
  members(build, top, '', topNeeded, topFree);
  if (top.format !== mappingFormat) problem(build, '/format', `must be "${mappingFormat}"`);
  for (const [name, value] of entriesAt(build, top.lookups, '/lookups')) {
    const found = await lookupAt(build, value, below('/lookups', name), folder);
    lookups.set(name, found ?? (() => undefined));
  }
  for (const [name, value] of entriesAt(build, top.rates, '/rates')) {
    const found = rateAt(build, value, below('/rates', name));
    if (found !== undefined) rates.set(name, found);
  }
  // One that is defined may use those before it, so that none can stand on itself.
  for (const [name, value] of entriesAt(build, top.define, '/define')) {
    defined.set(name, expression(build, value, below('/define', name)));
  }
  return build;
}

function entriesAt(build: Build, value: unknown, pointer: string): [string, unknown][] {
  if (value === undefined) return [];
  if (isObject(value)) return Object.entries(value);
  problem(build, pointer, 'must be an object of named entries');
  return [];
}

async function lookupAt(build: Build, value: unknown, pointer: string, folder: string): Promise<Lookup | undefined> {
  if (!isObject(value)) return problem(build, pointer, 'must have file, find, key, value');
  members(build, value, pointer, ['file', 'find', 'key', 'value'], ['about']);
  const [file, key, column] = ['file', 'key', 'value'].map((name) => textAt(build, value[name], below(pointer, name)));
  const find: Find | undefined = value.find === 'exact' || value.find === 'words' ? value.find : undefined;
  if (find === undefined) return problem(build, below(pointer, 'find'), 'must be exact or words');
  if (file === '' || file === undefined) return undefined;
  const found = await readLookup(resolve(folder, file), find, key ?? '', column ?? '');
  return typeof found === 'string' ? problem(build, below(pointer, 'file'), found) : found;
}

function rateAt(build: Build, value: unknown, pointer: string): Rate | undefined {
  if (!isObject(value)) return problem(build, pointer, 'must have from, to, rate, stated');
  members(build, value, pointer, ['from', 'to', 'rate', 'stated'], []);
  const [from, to] = ['from', 'to'].map((name) => textAt(build, value[name], below(pointer, name)));
  textAt(build, value.stated, below(pointer, 'stated'));
  for (const [name, code] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (!isCurrency(code ?? '')) problem(build, below(pointer, name), `“${code ?? ''}” is no known currency`);
  }
  const rate = parseDecimal(typeof value.rate === 'string' ? value.rate : '');
  if (rate === undefined || rate.digits <= 0n) {
    return problem(build, below(pointer, 'rate'), 'must be a decimal above zero, written as a text');
  }
  return { from: from ?? '', to: to ?? '', rate };
}

function parts(build: Build, top: Json, digest: string): Mapping {
  return {
    digest,
    table: tableAt(build, top.table),
    by: byAt(build, top.parcel),
    setAside: setAsideAt(build, top.setAside),
    subsets: new Map(
      entriesAt(build, top.rows, '/rows').map(([name, value]) => [name, condition(build, value, below('/rows', name))]),
    ),
    day: 'day' in top ? expression(build, top.day, '/day') : null,
    assumed: assumedAt(build, top.assumed),
    body: node(build, top.consignment, '/consignment', AssessmentRequest.properties.consignment),
    columns: build.columns,
  };
}

function tableAt(build: Build, value: unknown): TableFormat {
  if (value === undefined) return { delimiter: ',' };
  if (!isObject(value)) return problem(build, '/table', 'must be an object') ?? { delimiter: ',' };
  members(build, value, '/table', [], ['delimiter', 'columns']);
  const delimiter = value.delimiter === undefined ? ',' : textAt(build, value.delimiter, '/table/delimiter');
  if (value.columns === undefined) return { delimiter };
  const columns = listAt(build, value.columns, '/table/columns').map((one, index) =>
    textAt(build, one, below('/table/columns', index)),
  );
  return { delimiter, columns };
}

function byAt(build: Build, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!isObject(value)) return problem(build, '/parcel', 'must have by') ?? [];
  members(build, value, '/parcel', ['by'], []);
  return listAt(build, value.by, '/parcel/by').map((one, index) => columnAt(build, one, below('/parcel/by', index)));
}

function setAsideAt(build: Build, value: unknown): readonly SetAside[] {
  if (value === undefined) return [];
  return listAt(build, value, '/setAside').flatMap((one, index): SetAside[] => {
    const pointer = below('/setAside', index);
    if (!isObject(one)) return problem(build, pointer, 'must have each, when, as') ?? [];
    members(build, one, pointer, ['each', 'when', 'as'], []);
    const each = one.each === 'parcel' || one.each === 'row' ? one.each : undefined;
    if (each === undefined) problem(build, below(pointer, 'each'), 'must be parcel or row');
    const when = condition(build, one.when, below(pointer, 'when'));
    return [{ each: each ?? 'row', when, as: textAt(build, one.as, below(pointer, 'as')) }];
  });
}

function assumedAt(build: Build, value: unknown): Mapping['assumed'] {
  const assumed: Mapping['assumed'] = {};
  for (const [name, one] of entriesAt(build, value, '/assumed')) {
    const fits = isObject(one) && typeof one.currency === 'string' && typeof one.amount === 'string';
    if (!fits) problem(build, below('/assumed', name), 'must be an amount: { "currency": …, "amount": … }');
    else assumed[name] = { currency: String(one.currency), amount: String(one.amount) };
  }
  return assumed;
}

/** The legal day of a parcel as its mapping gives it. */
export const dayText = (value: unknown): Day | undefined => (typeof value === 'string' ? day(value) : undefined);
