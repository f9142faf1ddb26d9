import type { Config } from '#platform/config.ts';
import { Child, type Outcome } from './child.ts';
import { figure } from './figures.ts';
import type { LoadOutcome, Task } from './load.ts';
import { measured, percentile, type Run } from './measure.ts';
import type { Sizes } from './sizes.ts';
import type { Target } from './target.ts';
import type { UploadTask } from './upload.ts';

export type Part =
  | 'single'
  | 'open'
  | 'copy'
  | 'assess'
  | 'bulk'
  | 'mixed'
  | 'baselines'
  | 'arrival'
  | 'slips'
  | 'growth'
  | 'replay'
  | 'messages'
  | 'monthly';

export interface Options {
  readonly parts: ReadonlySet<Part>;
  readonly out: string | undefined;
  readonly sizes: Sizes;
  readonly config: Config;
  /** Flags of the window's Node, for profiles. */
  readonly flags: readonly string[];
  /** What the window and what it is compared with are started under, word by word: `taskset -c 0` gives one core. */
  readonly under: readonly string[];
  /** How long each run may wait for other processes to end, in milliseconds. */
  readonly quietMs: number;
}

/** What every part needs: the window, what is sent to it, and how many parcels were acknowledged so far. */
export interface Bench {
  readonly target: Target;
  /** Sends requests one by one. */
  readonly load: Child<Task, LoadOutcome>;
  /** Sends NDJSON. */
  readonly upload: Child<UploadTask, Outcome>;
  readonly options: Options;
  accepted: number;
}

export const say = (line: string): void => void process.stderr.write(`${line}\n`);

export const openLoad = (): Child<Task, LoadOutcome> => new Child('load.ts');
export const openUpload = (): Child<UploadTask, Outcome> => new Child('upload.ts');

/** Says what a run came to, so that whoever waits sees something. */
export function sayRun({ name, rate, cpu, others }: Run, latencies?: Float64Array): void {
  const p = (of: number): string => percentile(latencies!, of).toFixed(1);
  const waited = latencies === undefined ? '' : `, p50 ${p(50)} ms, p99 ${p(99)} ms`;
  const each = `${cpu.window.toFixed(0)} + ${cpu.postgres.toFixed(0)} + ${cpu.load.toFixed(0)} µs`;
  say(
    `  ${name}: ${rate.toFixed(0)}/s${waited}; window + PostgreSQL + generator ${each}; others ${(others * 100).toFixed(0)} %`,
  );
}

/** One run of requests one by one against a target, with what it takes. */
export async function loadRun(
  { load, options }: Bench,
  target: Target,
  task: Omit<Task, 'port'>,
): Promise<Run<LoadOutcome>> {
  await load.prepare({ ...task, port: target.port });
  const run = await measured(target, task.parcels.run, options.quietMs, () => load.go());
  sayRun(run, run.outcome.latencies);
  return run;
}

/** One run of uploads against the window, to their end. */
export async function uploadRun(bench: Bench, task: Omit<UploadTask, 'port'>): Promise<Run> {
  const { upload, options, target } = bench;
  await upload.prepare({ ...task, port: target.port });
  const run = await measured(target, task.parcels.run, options.quietMs, () => upload.go());
  sayRun(run);
  return run;
}

/** The rate of some runs, the processor time that a parcel took in them, and what others took of the machine. */
export function noteRuns(name: string, runs: readonly Run[]): void {
  const keep = (what: string, unit: string, of: (run: Run) => number): void =>
    figure(`${name}.${what}`, unit, runs.map(of));
  keep('rate', 'parcels/s', ({ rate }) => rate);
  for (const process of ['window', 'postgres', 'load'] as const)
    keep(`cpu.${process}`, 'µs/parcel', ({ cpu }) => cpu[process]);
  keep('others', 'share of the machine', ({ others }) => others);
}

/** How long answers took. */
export function noteLatencies(name: string, runs: readonly Run<LoadOutcome>[]): void {
  for (const share of [50, 99])
    figure(
      `${name}.p${share}`,
      'ms',
      runs.map(({ outcome }) => percentile(outcome.latencies, share)),
    );
}
