import { ConfigError } from '#platform/config.ts';
import { readArguments, UsageError } from './args.ts';
import { archiveCommand } from './command-archive.ts';
import { assessCommand } from './command-assess.ts';
import { doctorCommand } from './command-doctor.ts';
import { drillCommand } from './command-drill.ts';
import { importNomenclatureCommand, importTariffCommand } from './command-import.ts';
import { initCommand } from './command-init.ts';
import { backupCommand, restoreCommand } from './command-keep.ts';
import { lawProposeCommand } from './command-law.ts';
import { packDiffCommand } from './command-pack-diff.ts';
import { packCheckCommand, packExplainCommand, packNewCommand, packTestCommand } from './command-pack.ts';
import { simulateCommand } from './command-simulate.ts';
import { submitCommand } from './command-submit.ts';
import { demoResetCommand, rebuildCommand, serveCommand, workCommand } from './command-window.ts';
import { verifyCommand } from './command-verify.ts';
import type { Command } from './command.ts';
import { FileError } from './read.ts';
import { type Exit, exit, type Terminal } from './terminal.ts';

/** Every command there is, in the order of the help. */
export const commands: readonly Command[] = [
  assessCommand,
  submitCommand,
  simulateCommand,
  initCommand,
  packNewCommand,
  packCheckCommand,
  packTestCommand,
  packDiffCommand,
  packExplainCommand,
  importTariffCommand,
  importNomenclatureCommand,
  lawProposeCommand,
  backupCommand,
  restoreCommand,
  drillCommand,
  verifyCommand,
  archiveCommand,
  doctorCommand,
  serveCommand,
  workCommand,
  rebuildCommand,
  demoResetCommand,
];

const label = (command: Command): string => `${command.name} ${command.takes}`.trimEnd();

/** The table of all commands. */
export function help(): string {
  const width = Math.max(...commands.map((one) => label(one).length));
  const rows = commands.map((one) => `  ${label(one).padEnd(width)}  ${one.does}`);
  return [
    'portolan: the command line of a Portolan window',
    '',
    ...rows,
    `  ${'help [COMMAND]'.padEnd(width)}  Shows this, or one command with its options.`,
    '',
    `Ends with ${exit.done} when all went through, ${exit.refused} when something was refused or could not be decided,`,
    `${exit.stopped} when it stopped before the end, ${exit.wrong} when it could not begin. docs/commands.md says more.`,
    '',
  ].join('\n');
}

/** One command with its options. */
export function helpFor(command: Command): string {
  const options = command.options.map(
    ({ name, value, help: words }) => [`--${name}${value === undefined ? '' : ` ${value}`}`, words] as const,
  );
  const width = Math.max(0, ...options.map(([option]) => option.length));
  const rows = options.map(([option, words]) => `  ${option.padEnd(width)}  ${words}`);
  return [`portolan ${label(command)}`, '', command.does, ...(rows.length === 0 ? [] : ['', ...rows]), ''].join('\n');
}

/** The command whose one or two words come first. */
function find(argv: readonly string[]): { command: Command; rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(' ');
    const command = commands.find((one) => one.name === name);
    if (command !== undefined) return { command, rest: argv.slice(words) };
  }
  return undefined;
}

function askHelp(argv: readonly string[], terminal: Terminal): Exit {
  const found = find(argv);
  if (found === undefined && argv.length > 0)
    throw new UsageError(`There is no command “${argv.join(' ')}”; see portolan help.`);
  terminal.out(found === undefined ? help() : helpFor(found.command));
  return exit.done;
}

/** Carries out one command line. What a person got wrong is said in a sentence; what is a bug throws. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<Exit> {
  try {
    const [first, ...others] = argv;
    if (first === undefined || first === 'help' || first === '--help') return askHelp(others, terminal);
    const found = find(argv);
    if (found === undefined) throw new UsageError(`There is no command “${first}”; see portolan help.`);
    if (found.rest.includes('--help')) return askHelp(argv.slice(0, argv.length - found.rest.length), terminal);
    return await found.command.run(readArguments(found.command.options, found.rest), terminal);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof FileError || error instanceof ConfigError)) throw error;
    terminal.err(`${error.message}\n`);
    return exit.wrong;
  }
}
