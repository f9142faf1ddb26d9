import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkPack,
  differencesBetween,
  differenceSentence,
  loadPackFolder,
  rowSentence,
  voiceOf,
} from '#modules/rulebook/index.ts';
import { environment, readConfig } from '#platform/config.ts';
import { words } from '#portal/text.ts';
import { filesOf } from './args.ts';
import type { Command } from './command.ts';
import { shippedPacks } from './packs.ts';
import { FileError } from './read.ts';
import { exit } from './terminal.ts';

/** A folder, or the id of a pack that comes with Portolan. */
const folderOf = async (named: string): Promise<string> =>
  (await stat(named).catch(() => null)) === null ? join(shippedPacks, named) : named;

export const packDiffCommand: Command = {
  name: 'pack diff',
  takes: 'BEFORE AFTER',
  does: 'Says in words and figures how one version of a pack differs from another: each a folder, or the id of a shipped pack.',
  options: [],
  async run(given, terminal) {
    const [before = '', after = ''] = await Promise.all(filesOf(given, 2, 2, 'two packs').map(folderOf));
    const sources = await Promise.all([before, after].map(loadPackFolder));
    const [old, now] = sources.map((one) => (one.ok ? one.value : null));
    if (!old || !now) throw new FileError(`There is no pack in ${old ? after : before}.`);
    const { pack } = await checkPack(after, [shippedPacks, ...readConfig(environment(), []).packFolders]);
    if (pack === null) throw new FileError(`The pack in ${after} does not compile; pack check says why.`);
    const voice = voiceOf(words('en'), pack);
    const found = differencesBetween(old, now);
    terminal.out(
      `${old.id} ${old.version} → ${now.id} ${now.version}: ${found.length || 'no'} ${found.length === 1 ? 'difference' : 'differences'}\n`,
    );
    for (const one of found) {
      terminal.out(`  ${differenceSentence(voice, one)}\n`);
      for (const row of one.rows ?? []) terminal.out(`    ${row.key}: ${rowSentence(voice, row)}\n`);
    }
    return exit.done;
  },
};
