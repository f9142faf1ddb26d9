import { createHash } from 'node:crypto';
import { open, rm, stat, truncate } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Output } from './output.ts';
import type { Input } from './parcels.ts';
import { FileError, isUnreadable, meterOf, readLines } from './read.ts';

const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** One thing wrong with a parcel, and what its filer can do about it. */
const Trouble = closed({ code: Type.String(), pointer: Type.String(), detail: Type.String(), remedy: Type.String() });
export type Trouble = Static<typeof Trouble>;

/** What became of one parcel: one line of the state file, in the order of the input. */
const Filed = closed({
  file: Type.String(),
  line: Type.Integer(),
  key: Type.String(),
  rows: Type.Integer(),
  /** Rows of it that were left out, by reason. */
  leftOut: Type.Record(Type.String(), Type.Integer()),
  declaration: orNull(Type.String()),
  /** The window's own id. */
  id: orNull(Type.String()),
  outcome: Type.String(),
  /** What the summary counts it under within its outcome. */
  part: Type.String(),
  border: orNull(closed({ currency: Type.String(), amount: Type.String() })),
  troubles: Type.Array(Trouble),
});
export type Filed = Static<typeof Filed>;
const filedRecords = Compile(Filed);

/** What a state file belongs to; another input, mapping or window is another state. */
export interface Head {
  readonly format: 'portolan-submit/1';
  readonly to: string;
  readonly mapping: string | null;
  readonly only: string | null;
  readonly files: readonly { readonly name: string; readonly size: number; readonly begins: string }[];
}

const sampleBytes = 65_536;

/**
 * The head of a submission, to one door of slips where one is named: enough of every file to notice that it is another
 * one.
 */
export async function headOf(input: Input, to: string, door = ''): Promise<Head> {
  const files = [];
  for (const path of input.files) {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(sampleBytes), 0, sampleBytes, 0);
      const begins = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
      files.push({ name: basename(path), size, begins });
    } finally {
      await file.close();
    }
  }
  const { mapping, only } = input;
  const chosen = only === null ? null : `${only.column}=${only.value}`;
  const place = `${new URL(to).origin}${door}`;
  return { format: 'portolan-submit/1', to: place, mapping: mapping?.digest ?? null, only: chosen, files };
}

/** What a state file told: every record was handed over already. */
export interface Told {
  readonly records: number;
  /** Whether the run that wrote it came to its end. */
  readonly complete: boolean;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isEnd = (value: unknown): boolean => typeof value === 'object' && value !== null && 'end' in value;

/**
 * Reads a state file back, one record at a time. A last line that a killed run left half-written is cut off, so that
 * the next record stands on a line of its own. Null where there is no such file.
 */
export async function readState(
  path: string,
  head: Head,
  take: (record: Filed) => Promise<void> | void,
): Promise<Told | null> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.size === 0) return null;
  await cutTail(path, found.size);
  let count = 0;
  let complete = false;
  let first = true;
  for await (const line of readLines(path, await meterOf([path]))) {
    const value = isUnreadable(line) ? undefined : parsed(line.text);
    if (value === undefined) throw new FileError(`The state file ${path} is damaged in line ${line.line}.`);
    if (first) {
      if (JSON.stringify(value) !== JSON.stringify(head)) {
        throw new FileError(
          `The state file ${path} belongs to another input, mapping or window. Name another one with --state, or begin anew with --again.`,
        );
      }
      first = false;
    } else if (isEnd(value)) complete = true;
    else {
      if (!filedRecords.Check(value)) throw new FileError(`The state file ${path} is damaged in line ${line.line}.`);
      await take(value);
      count += 1;
    }
  }
  return first ? null : { records: count, complete };
}

/** Cuts what stands behind the last line break. */
async function cutTail(path: string, size: number): Promise<void> {
  const file = await open(path);
  let end = size;
  try {
    for (let at = size; at > 0 && end === size; ) {
      const from = Math.max(0, at - sampleBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(at - from), 0, at - from, from);
      const last = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
      if (last >= 0) {
        end = from + last + 1;
        break;
      }
      at = from;
      if (at === 0) end = 0;
    }
  } finally {
    await file.close();
  }
  if (end < size) await truncate(path, end);
}

/** Goes on writing a state file, or begins one with its head. */
export async function writeState(path: string, head: Head, goesOn: boolean): Promise<Output> {
  if (goesOn) return Output.open(path, 'append');
  await rm(path, { force: true });
  const output = await Output.open(path);
  await output.write(head);
  return output;
}

/** Says in the state file that the run came to its end. */
export const writeEnd = (output: Output, records: number): Promise<void> => output.write({ end: records });
