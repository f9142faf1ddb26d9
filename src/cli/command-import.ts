import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { day } from '#kernel/effective.ts';
import {
  CorrelationImport,
  type Grade,
  type Importer,
  type ImportDays,
  type ImportForm,
  packSourceOf,
  type SupplementShape,
  supplementsFolder,
  tableForm,
  TableImport,
} from '#modules/rulebook/index.ts';
import { codeOf } from '#platform/db.ts';
import { environment, readConfig } from '#platform/config.ts';
import { filesOf, type Given, type Option, required, UsageError } from './args.ts';
import type { Command } from './command.ts';
import { Packs } from './packs.ts';
import { FileError, isUnreadable, meterOf, readTable } from './read.ts';
import { count, exit, type Exit, Progress, type Terminal } from './terminal.ts';

const grades: readonly Grade[] = ['primary', 'secondary', 'memory', 'fictional'];

const sharedOptions: readonly Option[] = [
  { name: 'pack', value: 'ID', help: 'the pack whose table is filled' },
  { name: 'title', value: 'TEXT', help: 'the law or list that the file is, as every answer will cite it' },
  { name: 'from', value: 'DAY', help: 'the first day on which it is law' },
  {
    name: 'until',
    value: 'DAY',
    help: 'the first day on which it is law no longer; without it, it is law for good',
  },
  { name: 'name', value: 'NAME', help: 'what to call it (the name of the file)' },
  {
    name: 'grade',
    value: 'GRADE',
    help: 'how sure the source is: primary, secondary (so without it), memory, fictional',
  },
  { name: 'url', value: 'ADDRESS', help: 'where the file is from' },
  { name: 'seen', value: 'DAY', help: 'when it was fetched' },
  { name: 'edition', value: 'TEXT', help: 'the edition that the file is of' },
  { name: 'code', value: 'COLUMN', help: 'the column that holds the code (commodity)' },
  { name: 'out', value: 'FOLDER', help: 'where the supplement is written (supplements in the data folder)' },
];

function dayOption({ values }: Given, name: string): string | null {
  const typed = values[name];
  if (typed === undefined) return null;
  if (day(typed) === undefined) throw new UsageError(`--${name}: the calendar has no day “${typed}”.`);
  return typed;
}

/** What an import is called: a small word, since it names a folder and a source. */
function nameOf({ values }: Given, file: string): string {
  const typed =
    values['name'] ??
    basename(file)
      .replace(/\..*$/, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-');
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(typed))
    throw new UsageError(`--name is a small word such as tariff-2021, not “${typed}”.`);
  return typed;
}

function sourceOf(given: Given): SupplementShape['source'] {
  const { values } = given;
  const grade = grades.find((one) => one === (values['grade'] ?? 'secondary'));
  if (grade === undefined) throw new UsageError(`--grade is one of ${grades.join(', ')}.`);
  const title = required(given, 'title', 'every answer cites it');
  return { title, grade, url: values['url'] ?? null, seen: dayOption(given, 'seen') };
}

/** `duty=Rate,special=Special Rate`: the column of the file for each column of the table. */
function columnsOf(typed: string): Record<string, string> {
  const pairs = typed.split(',').map((pair): [string, string] => {
    const [name = '', from = ''] = pair.split(/=(.*)/s);
    if (name === '' || from === '') throw new UsageError(`--columns is NAME=COLUMN[,NAME=COLUMN…], not “${pair}”.`);
    return [name.trim(), from.trim()];
  });
  return Object.fromEntries(pairs);
}

async function digestOfFile(file: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  return digest.digest('hex');
}

/** Reads the file through; a column that the import needs and the file has not is said at once. */
async function readInto(
  importer: Importer,
  file: string,
  needed: readonly string[],
  terminal: Terminal,
): Promise<void> {
  const meter = await meterOf([file]);
  const progress = new Progress(terminal, meter, 'lines read');
  let looked = false;
  for await (const row of readTable(file, { delimiter: ',' }, meter)) {
    if (isUnreadable(row)) importer.skip(row.line, row.detail);
    else {
      const absent = looked ? undefined : needed.find((column) => row.cells[column] === undefined);
      if (absent !== undefined)
        throw new FileError(`${file} has no column “${absent}”; it has ${Object.keys(row.cells).join(', ')}.`);
      looked = true;
      importer.add(row);
    }
    progress.tick(importer.counts.lines);
  }
  progress.end(importer.counts.lines);
}

const shownMax = 50;

function report({ counts, unparsed, pack, table }: SupplementShape): string {
  const parts = [
    `${count(counts.rows)} rows for ${table} of ${pack} from ${count(counts.lines)} lines`,
    ...(counts.inherited > 0 ? [`${count(counts.inherited)} take the duty of the line they stand under`] : []),
    ...(counts.elsewhere > 0
      ? [`${count(counts.elsewhere)} refer to another place, so that they cannot be decided`]
      : []),
    ...(counts.unrated > 0 ? [`${count(counts.unrated)} lines with a code have no duty`] : []),
    `${count(unparsed.length)} could not be read`,
  ];
  const lines = unparsed.slice(0, shownMax).map(({ line, code, text, reason }) => {
    const what = text === '' ? '' : ` “${text}”`;
    return `  line ${line}${code === '' ? '' : `  ${code}`}${what}: ${reason}`;
  });
  const more =
    unparsed.length > shownMax ? [`  … and ${count(unparsed.length - shownMax)} more in supplement.json`] : [];
  return [`${parts.join('; ')}.`, ...lines, ...more, ''].join('\n');
}

/** Writes beside its place and moves it there: a window that starts meanwhile finds all of it or none. */
async function write(folder: string, supplement: SupplementShape, csv: string): Promise<void> {
  const beside = `${folder}.new`;
  try {
    await rm(beside, { recursive: true, force: true });
    await mkdir(join(beside, 'tables'), { recursive: true });
    await writeFile(join(beside, 'tables', `${supplement.table}.csv`), csv);
    await writeFile(join(beside, 'supplement.json'), `${JSON.stringify(supplement, null, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(beside, folder);
  } catch (error) {
    throw new FileError(`${folder} cannot be written (${codeOf(error)}).`);
  }
}

interface Job {
  readonly table: string;
  /** Makes the importer for the table as the pack declares it, and says which columns the file must have. */
  readonly importer: (form: { key: string; columns: Readonly<Record<string, string>> }) => {
    importer: Importer;
    needed: readonly string[];
  };
}

async function importFile(given: Given, { table, importer: make }: Job, terminal: Terminal): Promise<Exit> {
  const [file = ''] = filesOf(given, 1, 1, 'one CSV file');
  const config = readConfig(environment(), []);
  const packs = await Packs.read(config);
  const pack = packs.source(required(given, 'pack', 'it says which law is filled'));
  const name = nameOf(given, file);
  const from = dayOption(given, 'from');
  if (from === null) throw new UsageError('--from is needed: the first day on which it is law.');
  const source = sourceOf(given);
  const days: ImportDays = { from, until: dayOption(given, 'until'), source: name };
  const form = tableForm(pack, table);
  if (form === undefined) throw new FileError(`The pack ${pack.id} declares no table ${table} in tables.json.`);
  const { importer, needed } = make(form);
  await readInto(importer, file, needed, terminal);
  const csv = importer.csv(days);
  const supplement: SupplementShape = {
    pack: pack.id,
    name,
    table,
    source,
    edition: given.values['edition'] ?? null,
    input: { file: basename(file), sha256: await digestOfFile(file) },
    counts: importer.counts,
    unparsed: [...importer.unparsed],
  };
  const path = `supplements/${name}`;
  const filled = packSourceOf({ ...pack.files, [`${path}.json`]: JSON.stringify(supplement), [`${path}.csv`]: csv });
  if (!filled.ok) throw new FileError(`The pack ${pack.id} cannot be read.`);
  // What a pack refuses must not be written: a window would not start with it.
  packs.with(filled.value).get(pack.id);
  const folder = join(resolve(given.values['out'] ?? supplementsFolder(config.dataFolder)), `${pack.id}-${name}`);
  await write(folder, supplement, csv);
  terminal.out(report(supplement));
  terminal.out(`Written to ${folder}; a window takes it up at its next start.\n`);
  return importer.unparsed.length === 0 ? exit.done : exit.refused;
}

export const importTariffCommand: Command = {
  name: 'import tariff',
  takes: 'FILE',
  does: 'Reads a national tariff (CSV) into a dated table of a pack, and lists what it cannot read.',
  options: [
    ...sharedOptions,
    { name: 'table', value: 'NAME', help: 'the table that is filled (tariff)' },
    {
      name: 'columns',
      value: 'NAME=COLUMN,…',
      help: 'the column of the file for each column of the table (duty=duty)',
    },
    { name: 'indent', value: 'COLUMN', help: 'how deep a line stands: a blank duty is that of the line above it' },
    { name: 'currency', value: 'CODE', help: 'the currency that $ and ¢ stand for' },
    { name: 'bare-percent', help: 'a figure without a unit is per cent' },
  ],
  run: (given, terminal) =>
    importFile(
      given,
      {
        table: given.values['table'] ?? 'tariff',
        importer: (form) => {
          const { code = 'commodity', indent = null, columns = 'duty=duty', currency } = given.values;
          const from = columnsOf(columns);
          const unknown = Object.keys(from).find((name) => form.columns[name] === undefined);
          if (unknown !== undefined)
            throw new UsageError(`The table has no column ${unknown}; it has ${Object.keys(form.columns).join(', ')}.`);
          const dialect = { dollar: currency, barePercent: given.switches.has('bare-percent') };
          const whole: ImportForm = { ...form, code, indent, from, dialect, kept: 'all' };
          return { importer: new TableImport(whole), needed: neededOf(whole) };
        },
      },
      terminal,
    ),
};

const neededOf = ({ code, indent, from }: ImportForm): string[] =>
  [code, ...(indent === null ? [] : [indent]), ...Object.values(from)].filter((column) => !column.startsWith('='));

export const importNomenclatureCommand: Command = {
  name: 'import nomenclature',
  takes: 'FILE',
  does: 'Reads an edition of the nomenclature (CSV), or what its codes became, into a table of a pack.',
  options: [
    ...sharedOptions,
    { name: 'description', value: 'COLUMN', help: 'the column that describes the goods (description)' },
    { name: 'headings', help: 'of its codes keep those above others, for the table of headings' },
    { name: 'correlation', help: 'the file says what codes of an older edition became: edition,code,successor' },
  ],
  run: (given, terminal) => {
    if (given.switches.has('correlation'))
      return importFile(
        given,
        {
          table: 'correlation',
          importer: (form) => ({ importer: new CorrelationImport(form), needed: ['edition', 'code', 'successor'] }),
        },
        terminal,
      );
    const edition = required(given, 'edition', 'a code is known in an edition, such as HS2022');
    const headings = given.switches.has('headings');
    return importFile(
      given,
      {
        table: headings ? 'headings' : 'nomenclature',
        importer: (form) => {
          const { code = 'commodity', description = 'description' } = given.values;
          const from = { description, edition: `=${edition}` };
          const whole: ImportForm = {
            ...form,
            code,
            indent: null,
            from,
            dialect: {},
            kept: headings ? 'headings' : 'finest',
          };
          return { importer: new TableImport(whole), needed: neededOf(whole) };
        },
      },
      terminal,
    );
  },
};
