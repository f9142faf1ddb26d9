import { day } from '#kernel/effective.ts';
import { environment, readConfig } from '#platform/config.ts';
import { filesOf, type Given, type Option, UsageError } from './args.ts';
import { assessAll } from './assess.ts';
import type { Command } from './command.ts';
import { loadMapping } from './mapping.ts';
import { Packs } from './packs.ts';
import type { Input, Only } from './parcels.ts';
import { meterOf } from './read.ts';

/** The options of every command that reads parcels from files. */
export const inputOptions: readonly Option[] = [
  { name: 'mapping', value: 'FILE', help: 'which column means what; a CSV needs one' },
  { name: 'only', value: 'COLUMN=VALUE', help: 'take only parcels whose first row has this cell' },
];

/** The files and the mapping that were named. */
export async function inputOf(given: Given): Promise<Input> {
  const files = filesOf(given, 1, 1_000, 'at least one file (.csv or .ndjson, each may be packed as .gz)');
  const path = given.values.mapping;
  const mapping = path === undefined ? null : await loadMapping(path);
  return { files, mapping, only: onlyOf(given.values.only, mapping !== null) };
}

function onlyOf(text: string | undefined, mapped: boolean): Only | null {
  if (text === undefined) return null;
  const found = /^([^=]+)=(.*)$/.exec(text);
  if (found === null || !mapped) throw new UsageError('--only is COLUMN=VALUE and needs a mapping.');
  return { column: found[1]!, value: found[2]! };
}

export const assessCommand: Command = {
  name: 'assess',
  takes: 'FILE…',
  does: 'Works out what every parcel of the files would meet, without a window; nothing is stored.',
  options: [
    ...inputOptions,
    { name: 'economy', value: 'ID', help: 'the pack to use; a union sends each parcel to the member it is bound for' },
    { name: 'on', value: 'DAY', help: 'the legal day for all parcels, YYYY-MM-DD' },
    { name: 'out', value: 'FILE', help: 'one result a line, as NDJSON' },
  ],
  async run(given, terminal) {
    const input = await inputOf(given);
    const on = given.values.on === undefined ? null : day(given.values.on);
    if (on === undefined) throw new UsageError(`--on: the calendar has no day “${given.values.on}”.`);
    const packs = await Packs.read(readConfig(environment(), []));
    const economy = given.values.economy ?? null;
    if (economy !== null) packs.get(economy);
    const meter = await meterOf(input.files);
    const { code } = await assessAll({ input, packs, economy, on, out: given.values.out ?? null, meter }, terminal);
    return code;
  },
};
