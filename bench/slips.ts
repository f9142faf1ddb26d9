import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { lowestIdAt } from '#kernel/id.ts';
import { systemClock } from '#platform/clock.ts';
import { type Bench, noteRuns, say, sayRun } from './bench.ts';
import type { Outcome } from './child.ts';
import { figure } from './figures.ts';
import { measured, type Run } from './measure.ts';
import { mix } from './mix.ts';

const askEveryMs = 200;
/** Without one more decision for so long, slips are taken not to meet any more. */
const stuckMs = 30_000;

/** Waits until so many parcels were decided whose first slip came after this moment. */
async function decided(databaseUrl: string, sinceMs: number, count: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (let [known, moved] = [0, performance.now()]; ; await delay(askEveryMs)) {
      const { rows } = await client.query<{ decided: number }>(
        'select count(*)::int as decided from clearance.declarations where version = 1 and id >= $1',
        [lowestIdAt(sinceMs)],
      );
      const now = rows[0]!.decided;
      if (now >= count) return;
      if (now > known) [known, moved] = [now, performance.now()];
      if (performance.now() - moved > stuckMs) throw new Error(`${count} parcels came as slips, ${now} were decided`);
    }
  } finally {
    await client.end();
  }
}

/** What a run comes to: its outcome counts parcels, and beside it how many slips were taken in which time. */
interface SlipsOutcome extends Outcome {
  readonly taken: { readonly slips: number; readonly seconds: number };
}

async function slipsRun(bench: Bench, number: number): Promise<Run<SlipsOutcome>> {
  const { target, upload, options } = bench;
  const { slips: count } = options.sizes;
  const { without } = mix.slips;
  const parcels = { run: `L${number}`, guarantors: 'own' as const, filers: mix.bulk.filers, without };
  await upload.prepare({ port: target.port, as: 'slips', parcels, count });
  return measured(target, parcels.run, options.quietMs, async () => {
    const [start, since] = [performance.now(), systemClock.now()];
    const taken = await upload.go();
    await decided(target.databaseUrl, since, count);
    const seconds = (performance.now() - start) / 1_000;
    return { ...taken, seconds, accepted: count, taken: { slips: taken.accepted, seconds: taken.seconds } };
  });
}

/** Parcels whose slips come each from its own sender, from the first byte sent until the last parcel was decided. */
export async function slips(bench: Bench): Promise<void> {
  const { runs, slips: count } = bench.options.sizes;
  say(`slips: ${count.toLocaleString('en')} parcels as orders, payments, transports and declarations`);
  const done: Run<SlipsOutcome>[] = [];
  for (let number = 1; number <= runs; number += 1) {
    const run = await slipsRun(bench, number);
    sayRun(run);
    bench.accepted += run.outcome.accepted;
    done.push(run);
  }
  noteRuns('slips', done);
  figure(
    'slips.taken.rate',
    'slips/s',
    done.map(({ outcome }) => outcome.taken.slips / outcome.taken.seconds),
  );
}
