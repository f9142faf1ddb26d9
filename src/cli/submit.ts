import { parseMoney } from '#kernel/money.ts';
import { decided, kept, rawOf, refused, taken } from './outcome.ts';
import { type Input, type Item, type Made, parcelsOf } from './parcels.ts';
import { FileError, type Meter } from './read.ts';
import { type Door, DoorClosed } from './send.ts';
import { type Filed, type Head, readState, writeEnd, writeState } from './state.ts';
import { Summary } from './summary.ts';
import { Output } from './output.ts';
import { count, type Exit, exit, Progress, type Terminal } from './terminal.ts';

/** What `portolan submit` was asked. */
export interface SubmitOptions {
  readonly input: Input;
  readonly head: Head;
  readonly door: Door;
  readonly state: string;
  readonly refusals: string;
  /** Sends everything once more, also what was answered before. */
  readonly again: boolean;
  /** Parcels that go in one request at most. */
  readonly atOnce: number;
  readonly meter: Meter;
  /** Ends the sending; what is under way is still answered. */
  readonly stop: AbortSignal;
}

/** Characters of one request, so that what waits to be sent fits into the memory. */
const charactersMax = 32_000_000;

/** One parcel of the input; what never leaves has no line. `upTo` is how far the input was read then. */
type Entry = { readonly upTo: number } & (
  | { readonly item: Made; readonly raw: string }
  | { readonly item: Exclude<Item, Made>; readonly raw: null }
);

function entryOf(item: Item, upTo: number): Entry {
  return item.kind === 'parcel' ? { item, raw: rawOf(item.body), upTo } : { item, raw: null, upTo };
}

/** The parcels of the input as they go out together, without those that an earlier run wrote down. */
async function* chunksOf({ input, meter, atOnce, stop }: SubmitOptions, skip: number): AsyncGenerator<Entry[]> {
  let chunk: Entry[] = [];
  let characters = 0;
  let place = 0;
  try {
    for await (const item of parcelsOf(input, meter)) {
      place += 1;
      if (place <= skip) continue;
      if (stop.aborted) return;
      const entry = entryOf(item, meter.read);
      chunk.push(entry);
      characters += entry.raw?.length ?? 0;
      if (chunk.length < atOnce && characters < charactersMax) continue;
      yield chunk;
      chunk = [];
      characters = 0;
    }
  } catch (error) {
    // What was read before the file broke off is sent all the same.
    if (chunk.length > 0) yield chunk;
    throw error;
  }
  if (chunk.length > 0) yield chunk;
}

interface Written {
  readonly record: Filed;
  readonly upTo: number;
}

/** What becomes of the parcels of one request, in their order; fewer where the run is stopped. */
async function* sent(chunk: readonly Entry[], { door, stop }: SubmitOptions): AsyncGenerator<Written> {
  const lines = chunk.flatMap(({ raw }) => raw ?? []);
  const answers = door.upload(lines, stop);
  try {
    for (const { item, raw, upTo } of chunk) {
      if (raw === null) {
        yield { record: kept(item), upTo };
        continue;
      }
      const { done, value } = await answers.next();
      if (done === true) return;
      yield { record: value.status < 300 ? decided(item, value) : refused(item, value), upTo };
    }
    await answers.next();
  } finally {
    await answers.return(undefined);
  }
}

/** Sends one request after the other: parcels arrive in the order of the input, and a state file has no holes. */
async function* inOrder(options: SubmitOptions, skip: number): AsyncGenerator<Written> {
  const chunks = chunksOf(options, skip);
  const read = (): ReturnType<typeof chunks.next> => {
    const next = chunks.next();
    // Whatever is wrong with the input is told when its turn comes.
    next.catch(() => undefined);
    return next;
  };
  // The next request is made ready while the one before it is answered.
  for (let next = read(); ; ) {
    const { done, value } = await next;
    if (done === true || options.stop.aborted) return;
    next = read();
    yield* sent(value, options);
  }
}

function tally(summary: Summary, record: Filed): void {
  const border = record.border === null ? null : parseMoney(record.border);
  summary.add(record.outcome, record.part, record.rows, border?.ok === true ? border.value : null);
  summary.leave(record.leftOut);
}

/** Writes the file of refusals from the state file, which is the one account of what happened. */
async function writeRefusals(options: SubmitOptions): Promise<number> {
  const output = await Output.open(options.refusals);
  let written = 0;
  await readState(options.state, options.head, async ({ file, line, key, declaration, outcome, troubles }) => {
    for (const trouble of troubles) {
      await output.write({ file, line, key, declaration, outcome, ...trouble });
      written += 1;
    }
  });
  await output.close();
  return written;
}

function exitOf(summary: Summary): Exit {
  const { outcomes } = summary.toJSON();
  return Object.keys(outcomes).every((outcome) => taken.has(outcome)) ? exit.done : exit.refused;
}

async function finish(options: SubmitOptions, summary: Summary, terminal: Terminal): Promise<Exit> {
  const entries = await writeRefusals(options);
  terminal.out(summary.table());
  if (entries > 0) terminal.err(`${count(entries)} reasons stand in ${options.refusals}\n`);
  return exitOf(summary);
}

/** `portolan submit`: files every parcel of the files, and goes on where an earlier run was stopped. */
export async function submitAll(options: SubmitOptions, terminal: Terminal): Promise<{ code: Exit; summary: Summary }> {
  const summary = new Summary();
  const told = options.again ? null : await readState(options.state, options.head, (record) => tally(summary, record));
  if (told?.complete === true) {
    terminal.err(`All of this was answered before; nothing was sent. --again sends it once more.\n`);
    return { code: await finish(options, summary, terminal), summary };
  }
  if (told !== null) terminal.err(`Going on after ${count(told.records)} parcels that were answered before.\n`);
  const output = await writeState(options.state, options.head, told !== null);
  const answered: Meter = { total: options.meter.total, read: 0 };
  const progress = new Progress(terminal, answered, 'parcels answered', 'of the input');
  let closed: DoorClosed | FileError | undefined;
  try {
    for await (const { record, upTo } of inOrder(options, told?.records ?? 0)) {
      await output.write(record);
      tally(summary, record);
      answered.read = upTo;
      progress.tick(summary.parcels);
    }
  } catch (error) {
    if (!(error instanceof DoorClosed || error instanceof FileError)) throw error;
    closed = error;
  }
  const stopped = closed !== undefined || options.stop.aborted;
  if (!stopped) await writeEnd(output, summary.parcels);
  await output.close();
  progress.end(summary.parcels - (told?.records ?? 0));
  const code = await finish(options, summary, terminal);
  if (!stopped) return { code, summary };
  terminal.err(`${closed?.message ?? 'Stopped.'} The same command goes on from here.\n`);
  return { code: exit.stopped, summary };
}
