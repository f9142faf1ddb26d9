import { required, UsageError } from './args.ts';
import { inputOf, inputOptions } from './command-assess.ts';
import type { Command } from './command.ts';
import { keyOf, keyOptions } from './key.ts';
import { meterOf } from './read.ts';
import { DoorClosed, openDoor } from './send.ts';
import { headOf } from './state.ts';
import { submitAll } from './submit.ts';
import { note } from './terminal.ts';

const atOnceDefault = 10_000;
const atOnceMax = 100_000;

function atOnceOf(text: string | undefined): number {
  if (text === undefined) return atOnceDefault;
  const atOnce = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (atOnce < 1 || atOnce > atOnceMax) throw new UsageError(`--at-once is a number from 1 to ${atOnceMax}.`);
  return atOnce;
}

const slipDoors = ['orders', 'payments', 'transports', 'declarations'];

/** Where the lines go: whole parcels to their door, slips to the one of their kind. */
function pathOf(as: string | undefined, mapped: boolean): string {
  if (as === undefined) return '/v1/consignments/bulk';
  if (!slipDoors.includes(as)) throw new UsageError(`--as is one of: ${slipDoors.join(', ')}.`);
  if (mapped) throw new UsageError('--as takes .ndjson files with a slip on each line, and no mapping.');
  return `/v1/${as}`;
}

export const submitCommand: Command = {
  name: 'submit',
  takes: 'FILE…',
  does: 'Files every parcel of the files with a window; a run that was stopped goes on where it stopped.',
  options: [
    ...inputOptions,
    ...keyOptions,
    {
      name: 'as',
      value: 'SLIPS',
      help: 'the lines are slips of one kind: orders, payments, transports or declarations',
    },
    { name: 'at-once', value: 'N', help: `lines that go in one request (${atOnceDefault})` },
    { name: 'state', value: 'FILE', help: 'what became of each parcel (beside the first file: .submitted.ndjson)' },
    { name: 'refusals', value: 'FILE', help: 'what was refused and why (beside the first file: .refusals.ndjson)' },
    { name: 'again', help: 'sends everything once more, also what was answered before' },
  ],
  async run(given, terminal) {
    const input = await inputOf(given);
    const to = required(given, 'to', 'the address of the window');
    const key = await keyOf(given);
    const stopping = new AbortController();
    const stop = (): void => stopping.abort();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    try {
      const atOnce = atOnceOf(given.values['at-once']);
      const path = pathOf(given.values.as, input.mapping !== null);
      const door = openDoor({ to, key, path, say: (sentence) => note(terminal, sentence) });
      const meter = await meterOf(input.files);
      const state = given.values.state ?? `${input.files[0]}.submitted.ndjson`;
      const refusals = given.values.refusals ?? `${input.files[0]}.refusals.ndjson`;
      const again = given.switches.has('again');
      // What was sent to one door says nothing about another.
      const head = await headOf(input, to, given.values.as === undefined ? '' : path);
      const done = await submitAll(
        { input, head, door, state, refusals, again, atOnce, meter, stop: stopping.signal },
        terminal,
      );
      door.close();
      return done.code;
    } catch (error) {
      if (error instanceof DoorClosed) throw new UsageError(error.message);
      throw error;
    } finally {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    }
  },
};
