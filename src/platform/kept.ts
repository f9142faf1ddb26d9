import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from './log.ts';

/** What a child says over its channel once it does its work. */
export const readyWord = 'ready';

const restMs = 250;
const restMaxMs = 10_000;

/** How long to wait before what ended is started again, after so many times: 250 ms, 500 ms … at most 10 s. */
export const restOf = (times: number): number => Math.min(restMs * 2 ** times, restMaxMs);

/** A child that ran this long is no longer taken for one that cannot start. */
const steadyMs = 30_000;

/**
 * A child process that is started again whenever it ends by itself: after a quarter of a second, then twice that, at
 * most ten seconds, and from the beginning once one has run for half a minute.
 */
export class Kept {
  /** Settles when the first child is ready; rejects when it ends before that, and then none is started again. */
  readonly ready: Promise<void>;
  readonly #name: string;
  readonly #launch: (again: boolean) => ChildProcess;
  readonly #log: Log;
  readonly #over = new AbortController();
  #child: ChildProcess | undefined;

  /** `launch` starts a child with a channel; it is told whether there was one before. */
  constructor(name: string, launch: (again: boolean) => ChildProcess, log: Log) {
    this.#name = name;
    this.#launch = launch;
    this.#log = log;
    this.ready = this.#begin();
  }

  async #begin(): Promise<void> {
    const { ready, ended } = this.#start(false);
    await Promise.race([ready, ended.then(() => Promise.reject(new Error(`${this.#name} did not start`)))]);
    void this.#keep(ended);
  }

  #start(again: boolean): { ready: Promise<void>; ended: Promise<string> } {
    const child = this.#launch(again);
    this.#child = child;
    const ready = new Promise<void>((resolve) => {
      child.on('message', (word) => (word === readyWord ? resolve() : tellWatcher(word)));
    });
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
    });
    return { ready, ended };
  }

  async #keep(first: Promise<string>): Promise<void> {
    for (let ended = first, rests = 0; ; ) {
      const began = performance.now();
      const how = await ended;
      if (this.#over.signal.aborted) return;
      if (performance.now() - began > steadyMs) rests = 0;
      const afterMs = restOf(rests);
      rests += 1;
      this.#log.warn('process-ended', { part: this.#name, how, againAfterMs: afterMs });
      await delay(afterMs, undefined, { signal: this.#over.signal }).catch(() => undefined);
      if (this.#over.signal.aborted) return;
      ({ ended } = this.#start(true));
    }
  }

  /** Ends the child in order, by force after so many milliseconds; none is started any more. */
  async stop(withinMs: number): Promise<void> {
    this.#over.abort();
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), withinMs);
    await ended;
    clearTimeout(limit);
  }
}

/** `node --watch` is told by the process that it runs which files to watch; the children's come through here. */
function tellWatcher(word: unknown): void {
  if (typeof word === 'object' && word !== null && Object.keys(word).some((key) => key.startsWith('watch:')))
    process.send?.(word);
}
