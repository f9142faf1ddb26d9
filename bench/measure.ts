import type { Outcome } from './child.ts';
import { quiet, type Target, ticksOfMachine } from './target.ts';

/** What one run came to. */
export interface Run<O extends Outcome = Outcome> {
  /** With what every number in it begins. */
  readonly name: string;
  readonly outcome: O;
  /** Parcels decided and durable in a second. */
  readonly rate: number;
  /** Microseconds of processor time that each of them took: in the window, in PostgreSQL, in the generators. */
  readonly cpu: { readonly window: number; readonly postgres: number; readonly load: number };
  /** The part of the machine's processor time that went to processes which are not part of the benchmark. */
  readonly others: number;
}

/** Runs what was made ready and measures what it takes; `quietMs` is how long it may wait for others to be quiet. */
export async function measured<O extends Outcome>(
  target: Target,
  name: string,
  quietMs: number,
  work: () => Promise<O>,
): Promise<Run<O>> {
  await quiet(quietMs);
  const machineBefore = ticksOfMachine();
  const before = target.used();
  const outcome = await work();
  const after = target.used();
  const machineAfter = ticksOfMachine();
  const busy = machineAfter.busy - machineBefore.busy;
  const window = after.window - before.window;
  const postgres = after.postgres - before.postgres;
  const each = (seconds: number): number => (seconds * 1_000_000) / outcome.accepted;
  return {
    name,
    outcome,
    rate: outcome.accepted / outcome.seconds,
    cpu: { window: each(window), postgres: each(postgres), load: each(outcome.cpuSeconds) },
    others: Math.max(0, (busy - window - postgres - outcome.cpuSeconds) / (machineAfter.all - machineBefore.all)),
  };
}

/** The value below which so many in a hundred lie; the list is sorted. */
export function percentile(sorted: Float64Array, of: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * of) / 100) - 1)] ?? Number.NaN;
}
