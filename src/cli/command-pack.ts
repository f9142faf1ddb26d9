import { checkPack, packsAt } from '#modules/rulebook/index.ts';
import { environment, readConfig } from '#platform/config.ts';
import type { Command } from './command.ts';
import { shippedPacks } from './packs.ts';
import { FileError } from './read.ts';
import { exit } from './terminal.ts';

export const packCheckCommand: Command = {
  name: 'pack check',
  takes: '[FOLDER…]',
  does: 'Checks packs: their form, references, days, sources, words, version and worked examples.',
  options: [],
  async run(given, terminal) {
    const own = readConfig(environment(), []).packFolders;
    const named = given.files.length > 0 ? given.files : [shippedPacks, ...own];
    const folders = (await Promise.all(named.map(packsAt))).flat();
    if (folders.length === 0) throw new FileError('There is no pack to check.');
    let wrong = 0;
    for (const folder of folders) {
      const { id, pack, problems } = await checkPack(folder, [shippedPacks, ...own]);
      wrong += problems.length;
      const name = pack === null ? id : `${id} ${pack.version}, ${pack.status}`;
      terminal.out(`${name}: ${problems.length === 0 ? 'in order' : `${problems.length} to correct`}\n`);
      for (const { file, pointer, message } of problems)
        terminal.out(`  ${file}${pointer === '' ? '' : ` ${pointer}`}: ${message}\n`);
    }
    return wrong === 0 ? exit.done : exit.refused;
  },
};
