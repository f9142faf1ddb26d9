import { parseArgs } from 'node:util';

/** A command line that cannot be carried out; the message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** One option of a command: `--on DAY` takes a value, a switch takes none. */
export interface Option {
  readonly name: string;
  /** What stands for the value in the help; absent for a switch. */
  readonly value?: string;
  readonly help: string;
}

/** What was typed, once it is known to fit the command. */
export interface Given {
  readonly files: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly switches: ReadonlySet<string>;
}

/** Reads the arguments of a command against its options; throws a UsageError that names the one that does not fit. */
export function readArguments(options: readonly Option[], argv: readonly string[]): Given {
  const known = Object.fromEntries(
    options.map(({ name, value }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...argv], options: known, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const values: Record<string, string> = {};
  const switches = new Set<string>();
  for (const [name, value] of Object.entries(parsed.values)) {
    if (typeof value === 'string') values[name] = value;
    else if (value === true) switches.add(name);
  }
  return { files: parsed.positionals, values, switches };
}

/** The value of an option that the command cannot do without. */
export function required(given: Given, name: string, why: string): string {
  const value = given.values[name];
  if (value === undefined || value === '') throw new UsageError(`--${name} is needed: ${why}.`);
  return value;
}

/** Refuses arguments beyond what a command takes. */
export function filesOf(given: Given, least: number, most: number, what: string): readonly string[] {
  if (given.files.length < least) throw new UsageError(`Name ${what}.`);
  if (given.files.length > most) throw new UsageError(`The argument “${given.files[most]}” is one too many.`);
  return given.files;
}
