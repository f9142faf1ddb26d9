import { readFile } from 'node:fs/promises';
import { msOfInstant } from '#platform/clock.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { carrierTale, type MovementEvent, paymentTale } from '#modules/trade/index.ts';
import { filesOf, required, UsageError } from './args.ts';
import type { Command } from './command.ts';
import { keyOf, keyOptions } from './key.ts';
import { FileError } from './read.ts';
import { DoorClosed, openDoor } from './send.ts';
import { count, exit, note } from './terminal.ts';

const tales = { carrier: carrierTale, payments: paymentTale };
const path = '/v1/movement-events';
const paceMs = 60_000;

/** The parcels of a file, one a line, as they are filed with `submit`. */
async function parcelsIn(file: string): Promise<Consignment[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new FileError(`There is no file ${file}.`);
  });
  return text.split('\n').flatMap((line, index): Consignment[] => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as Consignment];
    } catch {
      throw new FileError(`Line ${index + 1} of ${file} is no JSON.`);
    }
  });
}

function startOf(at: string | undefined): number | undefined {
  if (at === undefined) return undefined;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/.test(at))
    throw new UsageError('--at is an instant such as 2026-03-10T08:00:00Z.');
  return msOfInstant(at);
}

export const simulateCommand: Command = {
  name: 'simulate',
  takes: 'FILE',
  does: 'Tells a window of the parcels of an .ndjson file what a carrier or a payment provider would, as simulated.',
  options: [
    ...keyOptions,
    { name: 'as', value: 'WHO', help: 'carrier or payments; the key is one of the party that the parcels name' },
    {
      name: 'at',
      value: 'INSTANT',
      help: 'when the parcels set out (twelve minutes ago); told again the same needs the same',
    },
    { name: 'delivered', help: 'tells the whole way to the buyer, as if everything had been released' },
  ],
  async run(given, terminal) {
    const [file = ''] = filesOf(given, 1, 1, 'one .ndjson file');
    const to = required(given, 'to', 'the address of the window');
    const as = required(given, 'as', 'carrier or payments');
    if (as !== 'carrier' && as !== 'payments') throw new UsageError('--as is carrier or payments.');
    const from = startOf(given.values.at) ?? terminal.clock.now() - 12 * paceMs;
    const course = { from, released: given.switches.has('delivered') ? from + 6 * paceMs : null, paceMs };
    const events: MovementEvent[] = (await parcelsIn(file)).flatMap((parcel) => tales[as](parcel, course));
    try {
      const door = openDoor({ to, key: await keyOf(given), path, say: (sentence) => note(terminal, sentence) });
      let taken = 0;
      const lines = events.map((event) => JSON.stringify(event));
      for await (const { status, body } of door.upload(lines, new AbortController().signal)) {
        if (status === 201) taken += 1;
        else terminal.err(`${JSON.stringify(body)}\n`);
      }
      door.close();
      terminal.out(`${count(taken)} of ${count(events.length)} events told, simulated\n`);
      return taken === events.length ? exit.done : exit.refused;
    } catch (error) {
      if (error instanceof DoorClosed) throw new UsageError(error.message);
      throw error;
    }
  },
};
