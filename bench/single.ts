import { type Bench, loadRun, noteLatencies, noteRuns, say } from './bench.ts';
import { Copying, type CopyRates, noteCopies } from './copy.ts';
import { figure, figures } from './figures.ts';
import type { LoadOutcome } from './load.ts';
import type { Run } from './measure.ts';
import type { Guarantors } from './mix.ts';
import { startOther } from './target.ts';

/** Connections of a closed loop. */
export const connections = 128;

/** So many parcels, one a request, each sent when the one before it was answered. */
export async function closed(
  bench: Bench,
  run: string,
  count: number,
  guarantors: Guarantors,
): Promise<Run<LoadOutcome>> {
  const done = await loadRun(bench, bench.target, { parcels: { run, guarantors }, count, connections, rate: null });
  bench.accepted += done.outcome.accepted;
  return done;
}

/** Closed loops, with a guarantee account for each filer and with one for all of them. */
export async function single(bench: Bench): Promise<void> {
  const { sizes, parts } = bench.options;
  say('single: closed loop, 128 connections');
  const own: Run<LoadOutcome>[] = [];
  const one: Run<LoadOutcome>[] = [];
  const copied: CopyRates[] = [];
  const copying = parts.has('copy') ? await Copying.open(bench.target.databaseUrl, sizes.copied) : undefined;
  for (let number = 1; number <= sizes.runs; number += 1) {
    own.push(await closed(bench, `S${number}`, sizes.parcels, 'own'));
    if (copying !== undefined) copied.push(await copying.round());
    one.push(await closed(bench, `G${number}`, sizes.parcels, 'one'));
  }
  await copying?.close();
  noteRuns('single', own);
  noteLatencies('single', own);
  noteRuns('single.one', one);
  noteLatencies('single.one', one);
  if (copied.length > 0) noteCopies('single', own, copied);
  await bare(bench);
}

/** The same load on a bare server, which says how fast this machine is at this moment. */
async function bare(bench: Bench): Promise<void> {
  const { sizes, under } = bench.options;
  say('bare: the same requests read, parsed and written back by node:http');
  const target = await startOther('bare.ts', { under });
  try {
    const runs: Run[] = [];
    for (let number = 0; number <= sizes.runs; number += 1) {
      const parcels = { run: `B${number}`, guarantors: 'own' as const };
      const run = await loadRun(bench, target, { parcels, count: sizes.warm, connections, rate: null });
      if (number > 0) runs.push(run);
    }
    figure(
      'bare.http.rate',
      'requests/s',
      runs.map(({ rate }) => rate),
    );
    figure('single.of.bare.http', 'ratio', [figures['single.rate']!.value / figures['bare.http.rate']!.value]);
  } finally {
    await target.stop();
  }
}
