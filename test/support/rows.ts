import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { castPeople, tourStops } from '#modules/demo/index.ts';
import { readRows, type Row, rowsFile } from '#modules/home/index.ts';
import { root } from './files.ts';

type Clause = Row['clauses'][number];

/** Gives the text of a file by its path from the root of the repository, or undefined where there is none. */
export type Reader = (path: string) => string | undefined;

const fromDisk: Reader = (path) => {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};

const head =
  /(?<![\w.])test\(\s*(?:'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\$])*)`)\s*,\s*(\{[^}]*\})?/g;

/**
 * The names of the tests of a file that always run, and of those that say they may not. A name that is put together
 * while the file runs is in neither: nobody could find it by reading. That a browser is missing is the run's affair and
 * not the row's.
 */
export function testsIn(text: string): { readonly run: ReadonlySet<string>; readonly skipped: ReadonlySet<string> } {
  const run = new Set<string>();
  const skipped = new Set<string>();
  const all = /\bdescribe\.(skip|todo)\(|\bskip: true\b/.test(text);
  for (const [, single, double, plain, options = ''] of text.matchAll(head)) {
    const name = (single ?? double ?? plain ?? '').replace(/\\(.)/g, '$1');
    if (all || /\b(skip|todo)\b/.test(options)) skipped.add(name);
    else run.add(name);
  }
  return { run, skipped };
}

function testFault(test: string | null, read: Reader): string | undefined {
  if (test === null) return 'no test';
  const [file = '', name = ''] = test.split(' › ', 2);
  if (!/^test\/(journeys|browser)\//.test(file)) return `${file} is neither a journey nor a look at a page`;
  const text = read(file);
  if (text === undefined) return `there is no ${file}`;
  const { run, skipped } = testsIn(text);
  if (skipped.has(name)) return `“${name}” may be skipped`;
  return run.has(name) ? undefined : `${file} has no test “${name}”`;
}

function placeFault(place: Clause['place'], read: Reader): string | undefined {
  if (place === null) return 'no place to see it';
  if ('command' in place) {
    const script = /^npm (?:run )?([a-z:-]+)/.exec(place.command)?.[1] ?? '';
    const { scripts } = JSON.parse(read('package.json') ?? '{"scripts":{}}') as { scripts: object };
    return Object.hasOwn(scripts, script) ? undefined : `there is no command ${place.command}`;
  }
  const { stop, person } = place;
  if (stop !== undefined && !tourStops.some(({ id }) => id === stop)) return `the tour has no stop ${stop}`;
  return person === undefined || castPeople.some(({ name }) => name === person) ? undefined : `nobody is ${person}`;
}

/** What is missing before a clause is shown; empty when a test is there for it and a person can see it. */
export const clauseFaults = ({ test, place }: Clause, read: Reader = fromDisk): string[] =>
  [testFault(test, read), placeFault(place, read)].filter((fault) => fault !== undefined);

/** A row with its clauses apart: what is shown, and what is not. */
export interface Standing {
  readonly row: Row;
  readonly shown: readonly Clause[];
  readonly open: readonly Clause[];
}

/** How rows stand by what is written. A row counts only when nothing of it is open. */
export function standings(rows: readonly Row[], read: Reader = fromDisk): Standing[] {
  return rows.map((row) => {
    const shown = row.clauses.filter((clause) => clauseFaults(clause, read).length === 0);
    return { row, shown, open: row.clauses.filter((clause) => !shown.includes(clause)) };
  });
}

/** How the rows of this repository stand. */
export const currentStandings = (): Standing[] => standings(readRows(readFileSync(rowsFile, 'utf8')));

/** Whether nothing of a row is open. */
export const counts = ({ open }: Standing): boolean => open.length === 0;

/** 1, 2, 3 and 5 as S01–S03, S05. */
function spans(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  const name = (number: number): string => `S${String(number).padStart(2, '0')}`;
  return parts.map(([from, to]) => (from === to ? name(from) : `${name(from)}–${name(to)}`)).join(', ');
}

const stateOf = (standing: Standing): string =>
  counts(standing) ? (standing.row.kind === 'software' ? 'real' : standing.row.kind) : 'in part';

const sentences = (clauses: readonly Clause[]): string => clauses.map(({ text }) => text).join('; ') || '–';

/** The table of README.md: rows of which something is shown, then the numbers of all others. */
export function readmeTable(all: readonly Standing[]): string {
  const begun = all.filter(({ shown }) => shown.length > 0);
  const rest = all.filter(({ shown }) => shown.length === 0).map(({ row }) => row.number);
  const counted = `${all.filter(counts).length} of ${all.length} rows count`;
  return [
    '| row | state | shown by a test and a page or command | not yet |',
    '|---|---|---|---|',
    ...begun.map((it) => `| ${it.row.name} | ${stateOf(it)} | ${sentences(it.shown)} | ${sentences(it.open)} |`),
    `| ${rest.length} others | not yet | – | ${spans(rest)} |`,
    '',
    `${counted}: every part of them has a test that always runs and a place to see it.`,
  ].join('\n');
}

const block = /(<!-- rows: written by npm run rows -- --readme -->\n)[^]*?(\n<!-- rows end -->)/;

/** README.md with its table as it should be; throws where the marks of the table are gone. */
export function withTable(text: string, table: string): string {
  if (!block.test(text)) throw new Error('README.md has lost the marks between which the table of rows stands.');
  return text.replace(block, (_, before: string, after: string) => `${before}\n${table}\n${after}`);
}
