import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { environment, readConfig } from '#platform/config.ts';
import { filesOf, UsageError } from './args.ts';
import type { Command } from './command.ts';
import { Packs } from './packs.ts';
import { FileError } from './read.ts';
import { exit } from './terminal.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The settings of a window as a file that a shell reads, and so do systemd and compose. */
const settings = (folder: string, economy: string, name: string): string =>
  [
    '# Settings of a Portolan window. Every one of them is an environment variable.',
    '',
    `# The economy that this window serves: ${name}.`,
    `PORTOLAN_ECONOMY=${economy}`,
    '',
    '# Where the window keeps its database. It must be backed up, and it must not be on a network share.',
    `PORTOLAN_DATA=${quoted(join(folder, 'data'))}`,
    '',
    '# Packs of your own, beside those that come with Portolan; a pack of the same id replaces the one that came.',
    `#PORTOLAN_PACKS=${quoted(join(folder, 'packs'))}`,
    '',
    '# Who may reach the window. Beyond this machine it needs its public https address too.',
    'HOST=127.0.0.1',
    'PORT=8080',
    '#PORTOLAN_ORIGIN=https://window.example',
    '',
    '# Another OpenID Connect issuer than the one in this window; docs/operate.md has its further settings.',
    '#PORTOLAN_ISSUER=https://id.example',
    '',
    '# How many days of parcels stay in the database; portolan archive takes older ones out. Without it all stay.',
    '#PORTOLAN_KEEP_DAYS=400',
    '',
    '# A PostgreSQL of your own (15 or later) instead of the one that Portolan runs in its data folder.',
    '#DATABASE_URL=postgres://portolan@db.example/portolan',
    '',
  ].join('\n');

const next = (folder: string, name: string): string =>
  [
    `The settings of a window for ${name} stand in ${folder}`,
    '',
    'What next:',
    `  1. Read ${join(folder, 'settings.env')} and change what is not as you want it.`,
    `  2. For packs of your own: put them into ${join(folder, 'packs')}, take the # from PORTOLAN_PACKS, and check them:`,
    `     npm run portolan -- pack check ${join(folder, 'packs')}`,
    `  3. Start the window: set -a; . ${quoted(join(folder, 'settings.env'))}; set +a; npm start -- --empty`,
    '     The first start of an empty window prints the link by which its first administrator comes in.',
    '',
  ].join('\n');

export const initCommand: Command = {
  name: 'init',
  takes: '[FOLDER]',
  does: 'Writes the first settings of a window into a folder and says what to do next.',
  options: [{ name: 'economy', value: 'ID', help: 'the economy that the window serves (xp)' }],
  async run(given, terminal) {
    const [chosen = 'window'] = filesOf(given, 0, 1, 'one folder');
    const folder = resolve(chosen);
    const packs = await Packs.read(readConfig(environment(), []));
    const economy = given.values.economy ?? 'xp';
    const pack = packs.get(economy);
    if (pack.country === null) throw new UsageError(`“${economy}” is a union, which only its members run.`);
    const name = pack.name['en'] ?? economy;
    try {
      await mkdir(join(folder, 'packs'), { recursive: true });
      await writeFile(join(folder, 'settings.env'), settings(folder, economy, name), { flag: 'wx' });
    } catch (error) {
      const there = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      const why = there
        ? 'there are settings already, and they stay'
        : error instanceof Error
          ? error.message
          : String(error);
      throw new FileError(`${folder} cannot be set up: ${why}.`);
    }
    terminal.out(next(folder, name));
    return exit.done;
  },
};
