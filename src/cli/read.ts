import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type CsvError, parse } from 'csv-parse';

/** Where something stands in the input, so that a person finds it again. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** One row of a table: its cells by the name of their column. */
export interface Row extends Place {
  readonly cells: Readonly<Record<string, string>>;
}

/** One line of an NDJSON file, not yet looked into. */
export interface Line extends Place {
  readonly text: string;
}

/** A row or line that could not be read. */
export interface Unreadable extends Place {
  readonly code: 'file/line-too-long' | 'file/not-utf8' | 'file/not-csv' | 'file/columns-differ' | 'file/not-json';
  readonly detail: string;
}

export const isUnreadable = (one: Row | Line | Unreadable): one is Unreadable => 'code' in one;

/** A file that cannot be used at all; the message is one sentence for the person at the terminal. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/** The longest line or row that is read: more than the largest parcel a window takes. */
export const lineBytesMax = 1_000_000;

/** Counts the bytes of the files as they lie on the disk, so that a bar knows how far it is. */
export interface Meter {
  readonly total: number;
  read: number;
}

/** Looks whether all files are there and how large they are together. */
export async function meterOf(files: readonly string[]): Promise<Meter> {
  let total = 0;
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined || !found.isFile()) throw new FileError(`There is no file ${file}.`);
    total += found.size;
  }
  return { total, read: 0 };
}

/** What a file is by its name, with or without `.gz`. */
export function formatOf(file: string): 'csv' | 'ndjson' {
  const name = file.endsWith('.gz') ? file.slice(0, -3) : file;
  if (name.endsWith('.csv')) return 'csv';
  if (name.endsWith('.ndjson') || name.endsWith('.jsonl')) return 'ndjson';
  throw new FileError(`${file} is neither .csv nor .ndjson (each may be packed as .gz).`);
}

function open(file: string, meter: Meter): Readable {
  const bytes = createReadStream(file);
  bytes.on('data', (chunk) => {
    meter.read += chunk.length;
  });
  if (!file.endsWith('.gz')) return bytes;
  const plain = createGunzip();
  bytes.on('error', (error) => plain.destroy(error));
  return bytes.pipe(plain);
}

const newline = 0x0a;

/** The lines of a file, one in memory at a time; empty ones are passed over. */
export async function* readLines(path: string, meter: Meter): AsyncGenerator<Line | Unreadable> {
  const file = basename(path);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const give = (bytes: Buffer, line: number): Line | Unreadable | undefined => {
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      return { file, line, code: 'file/not-utf8', detail: 'The line is not UTF-8.' };
    }
    return text.trim() === '' ? undefined : { file, line, text };
  };
  let line = 1;
  let rest: Buffer[] = [];
  let held = 0;
  for await (const chunk of open(path, meter) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      const size = held + end - from;
      const found =
        size > lineBytesMax ? tooLong(file, line) : give(Buffer.concat([...rest, chunk.subarray(from, end)]), line);
      if (found !== undefined) yield found;
      rest = [];
      held = 0;
      from = end + 1;
      line += 1;
    }
    held += chunk.length - from;
    // Beyond the limit only the length is kept: a file without a line break must not fill the memory.
    if (held > lineBytesMax) rest = [];
    else rest.push(chunk.subarray(from));
  }
  const last = held > lineBytesMax ? tooLong(file, line) : give(Buffer.concat(rest), line);
  if (last !== undefined) yield last;
}

const tooLong = (file: string, line: number): Unreadable => ({
  file,
  line,
  code: 'file/line-too-long',
  detail: `The line is longer than ${lineBytesMax} bytes.`,
});

/** How a table is written; the columns are named by its first row unless they are given here. */
export interface TableFormat {
  readonly delimiter: string;
  readonly columns?: readonly string[];
}

interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** The rows of a CSV file, streamed. Rows that cannot be read come as such, in their place. */
export async function* readTable(path: string, format: TableFormat, meter: Meter): AsyncGenerator<Row | Unreadable> {
  const file = basename(path);
  const bad: Unreadable[] = [];
  const parser = parse({
    delimiter: format.delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: lineBytesMax,
    on_skip: (error: CsvError | undefined) => {
      bad.push({ file, line: Number(error?.lines ?? 0), code: 'file/not-csv', detail: error?.message ?? 'not CSV' });
    },
  });
  const source = open(path, meter);
  source.on('error', (error) => parser.destroy(error));
  let columns = format.columns;
  for await (const { record, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
    while (bad.length > 0) yield bad.shift()!;
    if (columns === undefined) {
      columns = record.map((name) => name.trim());
      continue;
    }
    yield rowOf(file, info.lines, columns, record);
  }
  yield* bad;
}

function rowOf(file: string, line: number, columns: readonly string[], record: readonly string[]): Row | Unreadable {
  if (record.length !== columns.length) {
    const detail = `The row has ${record.length} cells, its head has ${columns.length}.`;
    return { file, line, code: 'file/columns-differ', detail };
  }
  const cells: Record<string, string> = {};
  for (let index = 0; index < columns.length; index += 1) {
    const cell = record[index]!;
    if (cell.includes('\u{fffd}')) return { file, line, code: 'file/not-utf8', detail: 'The row is not UTF-8.' };
    cells[columns[index]!] = cell;
  }
  return { file, line, cells };
}

/** The rows of an NDJSON file: each line one flat object. Numbers keep the digits they were written with. */
export async function* readObjects(path: string, meter: Meter): AsyncGenerator<Row | Unreadable> {
  for await (const one of readLines(path, meter)) {
    if (isUnreadable(one)) {
      yield one;
      continue;
    }
    const cells = cellsOf(one.text);
    const { file, line } = one;
    if (cells === undefined)
      yield { file, line, code: 'file/not-json', detail: 'The line is not one flat JSON object.' };
    else yield { file, line, cells };
  }
}

function cellsOf(text: string): Record<string, string> | undefined {
  let value: unknown;
  try {
    // The reviver sees the source text of a number, which a JS number would change.
    value = JSON.parse(text, (_key, found: unknown, context?: { source?: string }) =>
      typeof found === 'number' ? (context?.source ?? String(found)) : found,
    );
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const cells: Record<string, string> = {};
  for (const [key, cell] of Object.entries(value)) {
    if (cell === null) continue;
    if (typeof cell === 'object') return undefined;
    cells[key] = String(cell);
  }
  return cells;
}
