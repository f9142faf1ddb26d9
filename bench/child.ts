import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What came of a run, as every generator counts it. */
export interface Outcome {
  readonly seconds: number;
  /** Parcels or slips taken and durable: answers 201 to what was sent for the first time. */
  readonly accepted: number;
  readonly replayed: number;
  readonly refused: number;
  /** Answers that the mix does not call for. */
  readonly wrong: Readonly<Record<string, number>>;
  /** Processor time of the generator itself. */
  readonly cpuSeconds: number;
}

/** Whether something is sent for the first time, once more, or so that it has to be refused. */
export type Kind = 'fresh' | 'replayed' | 'refused';

/** What a generator has made ready before the clock starts. */
export interface Ready<O extends Outcome> {
  go(): Promise<O>;
  /** Sends nothing new any more; what is under way is still answered. */
  stop(): void;
  /** How many were accepted so far. */
  accepted(): number;
}

interface Heard {
  ready: true;
  outcome: unknown;
  accepted: number;
}

/** The generator's end, in a process of its own: makes a task ready when it comes, and runs it when told to. */
export function serve<O extends Outcome>(prepare: (task: never) => Promise<Ready<O>>): void {
  let ready: Ready<O> | undefined;
  const tell = (heard: Partial<Heard>): void => void process.send?.(heard);
  const hear = async (message: { prepare: never } | 'go' | 'stop' | 'accepted'): Promise<void> => {
    if (typeof message === 'object') {
      ready = await prepare(message.prepare);
      tell({ ready: true });
    } else if (message === 'go') {
      const used = process.cpuUsage();
      const outcome = await ready!.go();
      const { user, system } = process.cpuUsage(used);
      tell({ outcome: { ...outcome, cpuSeconds: (user + system) / 1_000_000 } });
    } else if (message === 'stop') ready?.stop();
    else tell({ accepted: ready?.accepted() ?? 0 });
  };
  process.on('message', (message) => void hear(message as Parameters<typeof hear>[0]));
  process.on('disconnect', () => process.exit(0));
}

/** A generator seen from the benchmark. */
export class Child<T, O extends Outcome> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<keyof Heard, PromiseWithResolvers<unknown>>();

  /** Starts the script beside this file. */
  constructor(script: string) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    this.#child = fork(path, { serialization: 'advanced', execArgv: ['--max-old-space-size=4096', '--expose-gc'] });
    this.#child.on('message', (heard: Heard) => {
      for (const name of Object.keys(heard) as (keyof Heard)[]) {
        this.#waiting.get(name)?.resolve(heard[name]);
        this.#waiting.delete(name);
      }
    });
    this.#child.on('exit', (code) => {
      for (const one of this.#waiting.values()) one.reject(new Error(`${script} ended with ${code}`));
    });
  }

  #ask(message: unknown, answer: keyof Heard): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(answer, waiting);
    this.#child.send(message as object);
    return waiting.promise;
  }

  /** Makes everything that the task sends, before any clock starts. */
  async prepare(task: T): Promise<void> {
    await this.#ask({ prepare: task }, 'ready');
  }

  /** Runs what was made ready. Throws where answers came that the mix does not call for, unless they are let pass. */
  async go(passing = /^$/): Promise<O> {
    const outcome = (await this.#ask('go', 'outcome')) as O;
    const wrong = Object.entries(outcome.wrong).filter(([what]) => !passing.test(what));
    if (wrong.length > 0) throw new Error(`answered otherwise than the mix says: ${wrong.join(' ')}`);
    return outcome;
  }

  stop(): void {
    this.#child.send('stop');
  }

  async accepted(): Promise<number> {
    return (await this.#ask('accepted', 'accepted')) as number;
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
