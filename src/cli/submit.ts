import { parseMoney } from '#kernel/money.ts';
import { decided, kept, outgoing, refused, taken } from './outcome.ts';
import { type Input, type Item, parcelsOf } from './parcels.ts';
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
  /** Parcels on their way at one time. */
  readonly atOnce: number;
  readonly meter: Meter;
  /** Ends the reading; what is under way is still answered. */
  readonly stop: AbortSignal;
}

async function handle(item: Item, door: Door): Promise<Filed> {
  if (item.kind !== 'parcel') return kept(item);
  const { raw, declaration } = outgoing(item.body);
  const answer = await door.file(raw);
  return answer.status < 300 ? decided(item, declaration, answer) : refused(item, declaration, answer);
}

type Settled = { readonly record: Filed } | { readonly error: unknown };

/** Sends several at once and gives what became of them in the order of the input, so that a state file has no holes. */
async function* inOrder(options: SubmitOptions, skip: number): AsyncGenerator<Filed> {
  const under: Promise<Settled>[] = [];
  const next = async (): Promise<Filed> => {
    const settled = await under.shift()!;
    if ('error' in settled) throw settled.error;
    return settled.record;
  };
  let place = 0;
  for await (const item of parcelsOf(options.input, options.meter)) {
    place += 1;
    if (place <= skip) continue;
    if (options.stop.aborted) break;
    under.push(
      handle(item, options.door).then(
        (record) => ({ record }),
        (error: unknown) => ({ error }),
      ),
    );
    // A slow parcel at the head must not leave the connections idle, so more wait than are on their way.
    if (under.length >= options.atOnce * 4) yield await next();
  }
  while (under.length > 0) yield await next();
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
  const progress = new Progress(terminal, options.meter, 'parcels answered');
  let closed: DoorClosed | FileError | undefined;
  try {
    for await (const record of inOrder(options, told?.records ?? 0)) {
      await output.write(record);
      tally(summary, record);
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
