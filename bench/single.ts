import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Outcome, Task } from './load.ts';
import { quiet, type Target, ticksOfMachine } from './target.ts';

/** One run of the load generator against a window. */
export interface Run {
  readonly task: Task;
  readonly outcome: Outcome;
  /** Parcels decided and durable in a second. */
  readonly rate: number;
  /** Microseconds of processor time that each decided parcel took: in the window, in PostgreSQL, in the generator. */
  readonly cpu: { readonly window: number; readonly postgres: number; readonly load: number };
  /** The part of the machine's processor time that went to processes which are not part of the benchmark. */
  readonly others: number;
}

/** The value below which so many in a hundred lie; the list is sorted. */
export function percentile(sorted: Float64Array, of: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * of) / 100) - 1)] ?? Number.NaN;
}

/** The load generator in a process of its own. */
export class Load {
  readonly #child: ChildProcess;

  constructor() {
    const path = fileURLToPath(new URL('load.ts', import.meta.url));
    this.#child = fork(path, { serialization: 'advanced', execArgv: ['--max-old-space-size=4096'] });
  }

  /** Runs a task; `quietMs` is how long it may wait for other processes to leave the machine alone. */
  async run(target: Target, task: Task, quietMs = 0): Promise<Run> {
    const heard = async (): Promise<unknown> => {
      const [message]: unknown[] = await once(this.#child, 'message');
      return message;
    };
    const ready = heard();
    this.#child.send(task);
    await ready;
    await quiet(quietMs);
    const answered = heard();
    const machineBefore = ticksOfMachine();
    const before = target.used();
    this.#child.send('go');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what load.ts sends.
    const outcome = (await answered) as Outcome;
    const after = target.used();
    const machineAfter = ticksOfMachine();
    const wrong = Object.entries(outcome.wrong);
    if (wrong.length > 0)
      throw new Error(`run ${task.run} was answered otherwise than the mix says: ${wrong.join(' ')}`);
    const busy = machineAfter.busy - machineBefore.busy;
    const ours = after.window - before.window + after.postgres - before.postgres + outcome.cpuSeconds;
    const each = (seconds: number): number => (seconds * 1_000_000) / outcome.accepted;
    return {
      task,
      outcome,
      rate: outcome.accepted / outcome.seconds,
      cpu: {
        window: each(after.window - before.window),
        postgres: each(after.postgres - before.postgres),
        load: each(outcome.cpuSeconds),
      },
      others: Math.max(0, (busy - ours) / (machineAfter.all - machineBefore.all)),
    };
  }

  close(): void {
    this.#child.disconnect();
  }
}
