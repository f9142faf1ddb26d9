import { setTimeout as delay } from 'node:timers/promises';
import { type Bench, noteLatencies, say } from './bench.ts';
import { figure } from './figures.ts';
import type { LoadOutcome } from './load.ts';
import { measured, percentile, type Run } from './measure.ts';
import { mix } from './mix.ts';
import { connections, noteSent } from './open.ts';
import { quiet } from './target.ts';

/** Before anything is measured uploads get going for this part of the seconds of a part. */
const settling = 0.1;
/** Who is told to come back, because too many of his own wait. */
const refusals = /^\w+ 429$/;

/** One mixed run. */
interface Mixed {
  readonly single: Run<LoadOutcome>;
  /** Parcels a second of the uploads while single filers filed, and before and after. */
  readonly beside: number;
  readonly alone: number;
}

/** How many parcels the uploads get through a second while something else goes on. */
async function rateDuring<T>({ upload }: Bench, work: Promise<T>): Promise<{ rate: number; done: T }> {
  const [from, start] = [await upload.accepted(), performance.now()];
  const done = await work;
  const rate = ((await upload.accepted()) - from) / ((performance.now() - start) / 1_000);
  return { rate, done };
}

/**
 * Uploads from beginning to end, and in the middle of them single filers: a part alone, a part with them, and a part
 * alone again, so that a machine that gets slower meanwhile is not taken for unfairness.
 */
async function mixedRun(bench: Bench, number: number): Promise<Mixed> {
  const { load, upload, target, options } = bench;
  const { mixedBulk, mixedSeconds, mixedRate } = options.sizes;
  const { port } = target;
  const parcels = { run: `M${number}`, guarantors: 'own' as const };
  const uploaded = { run: `N${number}`, guarantors: 'own' as const, filers: mix.bulk.filers };
  await upload.prepare({ port, as: 'parcels', parcels: uploaded, count: mixedBulk });
  await load.prepare({ port, parcels, count: Math.ceil(mixedRate * mixedSeconds), connections, rate: mixedRate });
  await quiet(options.quietMs);
  let over = false;
  const uploading = upload.go().finally(() => (over = true));
  await delay(settling * mixedSeconds * 1_000);
  const before = await rateDuring(bench, delay(mixedSeconds * 1_000));
  const beside = await rateDuring(
    bench,
    measured(target, parcels.run, 0, () => load.go(refusals)),
  );
  const after = await rateDuring(bench, delay(mixedSeconds * 1_000));
  if (over) throw new Error('the uploads of a mixed run ended too early: give it more with --size mixedBulk=');
  upload.stop();
  bench.accepted += (await uploading).accepted + beside.done.outcome.accepted;
  return { single: beside.done, beside: beside.rate, alone: (before.rate + after.rate) / 2 };
}

/** Single filers file by the clock while uploads run. */
export async function mixed(bench: Bench): Promise<void> {
  const { runs, mixedRate, mixedSeconds } = bench.options.sizes;
  say(`mixed: ${mixedRate} single parcels a second for ${mixedSeconds} s while uploads run`);
  const done: Mixed[] = [];
  for (let number = 1; number <= runs; number += 1) {
    const run = await mixedRun(bench, number);
    const [p50, p99] = [50, 99].map((share) => percentile(run.single.outcome.latencies, share).toFixed(1));
    const rates = `${run.beside.toFixed(0)}/s, alone ${run.alone.toFixed(0)}/s`;
    say(`  M${number}: single p50 ${p50} ms, p99 ${p99} ms; uploads ${rates}`);
    done.push(run);
  }
  const singles = done.map(({ single }) => single);
  noteLatencies('mixed.single', singles);
  noteSent('mixed.single', singles);
  const note = (name: string, unit: string, of: (run: Mixed) => number): void => figure(name, unit, done.map(of));
  note('mixed.single.rate', 'parcels/s', ({ single }) => single.rate);
  note('mixed.bulk.rate', 'parcels/s', ({ beside }) => beside);
  note('mixed.bulk.alone', 'parcels/s', ({ alone }) => alone);
  note('mixed.bulk.share', 'ratio', ({ beside, alone }) => beside / alone);
  note('mixed.refused', 'answers 429', ({ single }) =>
    Object.values(single.outcome.wrong).reduce((sum, count) => sum + count, 0),
  );
}
