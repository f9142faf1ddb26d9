import { Client } from 'pg';
import { type Bench, loadRun, noteLatencies, noteRuns, say } from './bench.ts';
import { figure } from './figures.ts';
import type { LoadOutcome } from './load.ts';
import type { Run } from './measure.ts';
import { closed } from './single.ts';
import { startOther, type Target } from './target.ts';

const designs = ['a1', 'a2'] as const;
type Design = (typeof designs)[number];

/**
 * Connections of each baseline to PostgreSQL, and of the generator to it: of 4, 8 and 16 for the one, 16 and 128 for
 * the other, those with which both were fastest. More requests at a time only wait longer.
 */
const pool = 8;
const connections = 16;

/** Parcels that warm a baseline up. */
const warmed = (parcels: number): number => Math.ceil(parcels / 4);

/** A baseline on a database of its own in the window's PostgreSQL, so that both work under the same settings. */
async function start(design: Design, { target, options: { under } }: Bench): Promise<Target> {
  const own = new URL(target.databaseUrl);
  own.pathname = `/baseline_${design}`;
  const client = new Client({ connectionString: target.databaseUrl });
  await client.connect();
  await client.query(`create database baseline_${design}`);
  await client.end();
  const args = [design, target.databaseUrl, own.href, String(pool)];
  return startOther('baseline/server.ts', { args, under, beside: target });
}

/** What a baseline stored has to be what it acknowledged, as with the window. */
async function check(design: Design, { target }: Bench, accepted: number): Promise<void> {
  const own = new URL(target.databaseUrl);
  own.pathname = `/baseline_${design}`;
  const client = new Client({ connectionString: own.href });
  await client.connect();
  const { rows } = await client.query<{ outcome: string; parcels: number }>(
    'select outcome, count(*)::int as parcels from parcels group by 1 order by 2 desc',
  );
  await client.end();
  const sum = rows.reduce((total, { parcels }) => total + parcels, 0);
  if (sum !== accepted) throw new Error(`${design} acknowledged ${accepted} parcels and holds ${sum}`);
  say(`  ${design} holds ${rows.map(({ outcome, parcels }) => `${parcels} ${outcome}`).join(', ')}`);
}

/**
 * The same parcels from the same generator to two conventional windows, each round right behind one of the window's
 * own.
 */
export async function baselines(bench: Bench): Promise<void> {
  const { runs, parcels, baseline } = bench.options.sizes;
  say('baselines: Fastify and Kysely, a1 with normalised rows and lookups in SQL, a2 lean with lookups in memory');
  const targets = { a1: await start('a1', bench), a2: await start('a2', bench) };
  const accepted = { a1: 0, a2: 0 };
  const rounds: { window: Run; a1: Run<LoadOutcome>; a2: Run<LoadOutcome> }[] = [];
  const run = async (design: Design, name: string, count: number): Promise<Run<LoadOutcome>> => {
    const task = { parcels: { run: `${name}${design.toUpperCase()}`, guarantors: 'own' as const }, count };
    const done = await loadRun(bench, targets[design], { ...task, connections, rate: null });
    accepted[design] += done.outcome.accepted;
    return done;
  };
  try {
    for (const design of designs) await run(design, 'W', warmed(baseline));
    for (let number = 1; number <= runs; number += 1)
      rounds.push({
        window: await closed(bench, `X${number}`, parcels, 'own'),
        a1: await run('a1', `X${number}`, baseline),
        a2: await run('a2', `X${number}`, baseline),
      });
    for (const design of designs) await check(design, bench, accepted[design]);
  } finally {
    for (const design of designs) await targets[design].stop();
  }
  for (const design of designs) {
    const done = rounds.map((round) => round[design]);
    noteRuns(`baseline.${design}`, done);
    noteLatencies(`baseline.${design}`, done);
    figure(
      `single.of.${design}`,
      'ratio',
      rounds.map((round) => round.window.rate / round[design].rate),
    );
  }
}
