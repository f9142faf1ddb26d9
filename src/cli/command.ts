import type { Given, Option } from './args.ts';
import type { Exit, Terminal } from './terminal.ts';

/** One command of the command line, as its table lists it. */
export interface Command {
  /** `pack check`: one or two words. */
  readonly name: string;
  /** What stands behind the name in the help. */
  readonly takes: string;
  /** One sentence. */
  readonly does: string;
  readonly options: readonly Option[];
  run(given: Given, terminal: Terminal): Promise<Exit>;
}
