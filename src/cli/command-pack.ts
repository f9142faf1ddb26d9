import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { checkPack, type PackCheck, packsAt, type Problem } from '#modules/rulebook/index.ts';
import { environment, readConfig } from '#platform/config.ts';
import { filesOf, UsageError } from './args.ts';
import type { Command } from './command.ts';
import { explained } from './explain.ts';
import { newPack } from './pack-template.ts';
import { shippedPacks } from './packs.ts';
import { FileError } from './read.ts';
import { exit, type Terminal } from './terminal.ts';

/** Further folders of packs that are set for the window. */
const ownFolders = (): readonly string[] => readConfig(environment(), []).packFolders;

const checked = (folder: string): Promise<PackCheck> => checkPack(folder, [shippedPacks, ...ownFolders()]);

/** The packs that were named, or all that are known. */
async function named(files: readonly string[]): Promise<readonly string[]> {
  const folders = (await Promise.all((files.length > 0 ? files : [shippedPacks, ...ownFolders()]).map(packsAt))).flat();
  if (folders.length === 0) throw new FileError('There is no pack to check.');
  return folders;
}

const title = ({ id, pack }: PackCheck): string => (pack === null ? id : `${id} ${pack.version}, ${pack.status}`);

function tell(terminal: Terminal, { file, line, pointer, message, remedy }: Problem): void {
  const place = `${file}${line === null ? '' : `:${line}`}${pointer === '' ? '' : ` ${pointer}`}`;
  terminal.out(`  ${place}: ${message}\n    → ${remedy}\n`);
}

export const packNewCommand: Command = {
  name: 'pack new',
  takes: 'FOLDER',
  does: 'Writes the beginning of a pack into a new folder whose name is the id of the economy, such as packs/zz.',
  options: [
    { name: 'name', value: 'NAME', help: 'what the economy is called, in English' },
    { name: 'currency', value: 'CODE', help: 'its currency, ISO 4217' },
    { name: 'exponent', value: 'N', help: 'the places of its smallest coin (2)' },
    { name: 'extends', value: 'ID', help: 'the pack that this one stands on, such as a union’s' },
    { name: 'time-zone', value: 'ZONE', help: 'where its legal day begins (UTC)' },
  ],
  async run(given, terminal) {
    const [chosen = ''] = filesOf(given, 1, 1, 'one folder');
    const folder = resolve(chosen);
    if ((await stat(folder).catch(() => null)) !== null) throw new UsageError(`${folder} is there already.`);
    const { name, currency, exponent, extends: parent, 'time-zone': timeZone } = given.values;
    const files = newPack(folder, {
      name,
      currency,
      exponent,
      parent,
      timeZone,
      day: terminal.clock.instant().slice(0, 10),
    });
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text, { flag: 'wx' });
    }
    terminal.out(`The beginning of a pack stands in ${folder}. docs/packs.md says what comes next; check it with\n`);
    terminal.out(`  npm run portolan -- pack check ${chosen}\n`);
    return exit.done;
  },
};

export const packCheckCommand: Command = {
  name: 'pack check',
  takes: '[FOLDER…]',
  does: 'Checks packs: their form, references, days, sources, words, version and worked examples.',
  options: [],
  async run(given, terminal) {
    let wrong = 0;
    for (const folder of await named(given.files)) {
      const check = await checked(folder);
      wrong += check.problems.length;
      const found = check.problems.length === 0 ? 'in order' : `${check.problems.length} to correct`;
      terminal.out(`${title(check)}: ${found}\n`);
      for (const problem of check.problems) tell(terminal, problem);
    }
    return wrong === 0 ? exit.done : exit.refused;
  },
};

export const packTestCommand: Command = {
  name: 'pack test',
  takes: '[FOLDER…]',
  does: 'Runs the worked examples of packs and lists each: as it says, otherwise, or compared only in part.',
  options: [{ name: 'only', value: 'TEXT', help: 'only examples whose file or name holds this text' }],
  async run(given, terminal) {
    const { only = '' } = given.values;
    let wrong = 0;
    for (const folder of await named(given.files)) {
      const check = await checked(folder);
      const examples = check.examples.filter((one) => one.file.includes(only) || one.name.includes(only));
      const failing = examples.filter((one) => one.problems.length > 0);
      wrong += check.pack === null ? 1 : failing.length;
      const found =
        check.pack === null ? 'does not compile' : `${examples.length - failing.length} of ${examples.length}`;
      terminal.out(`${title(check)}: ${found}\n`);
      if (check.pack === null) for (const problem of check.problems) tell(terminal, problem);
      for (const one of examples) {
        terminal.out(`  ${one.problems.length === 0 ? '✔' : '✖'} ${one.name}\n`);
        if (one.listed !== null) terminal.out(`    not compared: ${one.listed}\n`);
        for (const problem of one.problems) tell(terminal, problem);
      }
    }
    return wrong === 0 ? exit.done : exit.refused;
  },
};

export const packExplainCommand: Command = {
  name: 'pack explain',
  takes: 'FOLDER FILE',
  does: 'Shows how a pack decides one case, step by step: FILE is a worked example or a body of POST /v1/assessments.',
  options: [{ name: 'on', value: 'DAY', help: 'the legal day instead of that of the file, YYYY-MM-DD' }],
  async run(given, terminal) {
    const [folder = '', path = ''] = filesOf(given, 2, 2, 'the folder of a pack, and a file');
    const check = await checked(folder);
    if (check.pack === null) {
      for (const problem of check.problems) tell(terminal, problem);
      throw new FileError(`The pack in ${folder} does not compile.`);
    }
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) throw new FileError(`${path} cannot be read.`);
    const today = terminal.clock.instant().slice(0, 10);
    const told = explained(check.pack, text, given.values.on ?? null, today);
    terminal.out(told.text);
    return told.decided ? exit.done : exit.refused;
  },
};
