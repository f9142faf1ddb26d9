import { type Bench, loadRun, noteLatencies, noteRuns, say } from './bench.ts';
import { figure } from './figures.ts';
import type { LoadOutcome } from './load.ts';
import type { Run } from './measure.ts';

/** Connections of an open loop: so many requests at most are under way. */
export const connections = 512;

/** What part of an open loop was sent at all before its patience ended. */
export const noteSent = (name: string, runs: readonly Run<LoadOutcome>[]): void =>
  figure(
    `${name}.sent`,
    'share',
    runs.map(({ outcome }) => 1 - outcome.unsent / outcome.latencies.length),
  );

/** Requests that fall due by the clock; their latency counts from then. */
export async function open(bench: Bench): Promise<void> {
  const { sizes } = bench.options;
  for (const rate of sizes.rates) {
    say(`open: ${rate} a second for ${sizes.openSeconds} s`);
    const runs: Run<LoadOutcome>[] = [];
    for (let number = 1; number <= sizes.runs; number += 1) {
      const parcels = { run: `O${rate}N${number}-`, guarantors: 'own' as const };
      const count = rate * sizes.openSeconds;
      const run = await loadRun(bench, bench.target, { parcels, count, connections, rate });
      bench.accepted += run.outcome.accepted;
      runs.push(run);
    }
    const name = `open${rate}`;
    noteRuns(name, runs);
    noteLatencies(name, runs);
    noteSent(name, runs);
  }
}
