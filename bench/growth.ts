import { Client } from 'pg';
import type { Config } from '#platform/config.ts';
import { startPostgres } from '#platform/postgres.ts';
import { type Bench, loadRun, openLoad, openUpload, type Options, say, uploadRun } from './bench.ts';
import { figure } from './figures.ts';
import { fill, seedRun } from './fill.ts';
import type { Run } from './measure.ts';
import { below, prepareFolder } from './prepare.ts';
import { connections } from './single.ts';
import { stored } from './stored.ts';
import { startTarget, type Target } from './target.ts';

/** Windows against each of the two databases. */
const rounds = 5;

/** Runs something against a window that stands for so long. */
export async function withWindow<T>(config: Config, options: Options, work: (bench: Bench) => Promise<T>): Promise<T> {
  const target = await startTarget(config, options);
  const bench: Bench = { target, load: openLoad(), upload: openUpload(), options, accepted: 0 };
  try {
    return await work(bench);
  } finally {
    bench.load.close();
    bench.upload.close();
    await target.stop();
  }
}

/** A folder whose database is full: a window decides some parcels, and all that it wrote is multiplied. */
export async function filledFolder(
  config: Config,
  options: Options,
  parcels: number,
  minutes: number,
): Promise<number> {
  await prepareFolder(config, options.sizes.logFiles);
  await withWindow(config, options, (bench) =>
    uploadRun(bench, { as: 'parcels', parcels: { run: seedRun, guarantors: 'own' }, count: options.sizes.growthSeed }),
  );
  // What is filled can be filled again, so that it need not be durable.
  const postgres = await startPostgres(config.dataFolder, { sharedBuffers: '2GB', durable: false });
  try {
    return await fill({ url: postgres.url, folder: config.dataFolder, parcels, minutes });
  } finally {
    await postgres.stop();
  }
}

/** Bytes of everything that a window's database holds. */
async function bytesOf({ databaseUrl }: Target): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes');
  await client.end();
  return Number(rows[0]!.bytes);
}

/** One window of the closed loop against one of the two. */
async function windowRun(bench: Bench, target: Target, run: string, seconds: number): Promise<Run> {
  const { growthParcels: count } = bench.options.sizes;
  return loadRun(bench, target, { parcels: { run, guarantors: 'own' }, count, connections, rate: null, seconds });
}

/** Alternating windows against an empty and a full database. */
export async function growth(options: Options): Promise<void> {
  const { sizes, config } = options;
  say(`growth: a second database of ${sizes.grown.toLocaleString('en')} parcels`);
  const full = below(config, 'full', config.port + 2);
  const empty = below(config, 'empty', config.port + 1);
  const filled = await filledFolder(full, options, sizes.grown, sizes.fillMinutes);
  await prepareFolder(empty, sizes.logFiles);
  await withWindow(empty, options, (bench) =>
    withWindow(full, options, async ({ target: other }) => {
      const pairs: { empty: Run; full: Run }[] = [];
      const accepted = { empty: 0, full: filled };
      const both = async (name: string, seconds: number): Promise<{ empty: Run; full: Run }> => {
        const pair = {
          empty: await windowRun(bench, bench.target, `E${name}`, seconds),
          full: await windowRun(bench, other, `F${name}`, seconds),
        };
        for (const which of ['empty', 'full'] as const) accepted[which] += pair[which].outcome.accepted;
        return pair;
      };
      await both('W', sizes.growthSeconds / 4);
      for (let number = 1; number <= rounds; number += 1) pairs.push(await both(String(number), sizes.growthSeconds));
      const note = (name: string, unit: string, of: (pair: { empty: Run; full: Run }) => number): void =>
        figure(`growth.${name}`, unit, pairs.map(of));
      note('ratio', 'ratio', (pair) => pair.full.rate / pair.empty.rate);
      note('empty.rate', 'parcels/s', (pair) => pair.empty.rate);
      note('full.rate', 'parcels/s', (pair) => pair.full.rate);
      figure('growth.parcels', 'parcels', [filled]);
      figure('growth.bytes', 'GB', [(await bytesOf(other)) / 1e9]);
      await stored(bench.target, accepted.empty);
      await stored(other, accepted.full);
    }),
  );
}
