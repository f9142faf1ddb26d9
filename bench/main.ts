import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '#platform/config.ts';
import { arrival } from './arrival.ts';
import { assessRates, twoLines } from './assess.ts';
import { type Bench, openLoad, openUpload, type Options, type Part, say } from './bench.ts';
import { baselines } from './baselines.ts';
import { bulk } from './bulk.ts';
import { figure, figures, tableOf } from './figures.ts';
import { growth } from './growth.ts';
import { machine } from './machine.ts';
import { messages } from './messages.ts';
import { mixed } from './mixed.ts';
import { statedMix } from './mix.ts';
import { open } from './open.ts';
import { monthly } from './monthly.ts';
import { replay } from './replay.ts';
import { below, prepareFolder } from './prepare.ts';
import { closed, single } from './single.ts';
import { type Sizes, sized, tiny, whole } from './sizes.ts';
import { slips } from './slips.ts';
import { type Stored, stored } from './stored.ts';
import { startTarget } from './target.ts';

/** What is measured against one window, in this order. */
const windowParts: readonly (readonly [Part, (bench: Bench) => Promise<void>])[] = [
  ['single', single],
  ['open', open],
  ['bulk', bulk],
  ['mixed', mixed],
  ['arrival', arrival],
  ['slips', slips],
  ['baselines', baselines],
];

/**
 * The engine alone; messages written and judged; COPY right behind the runs of `single` and `bulk`; a full database
 * beside an empty one, each with a window of its own.
 */
const otherParts: readonly Part[] = ['assess', 'messages', 'copy', 'growth', 'replay', 'monthly'];
const known: readonly Part[] = [...windowParts.map(([part]) => part), ...otherParts];

/** The parts of this name; COPY needs a run beside which it stands. */
function partsOf(text: string): ReadonlySet<Part> {
  const named = new Set(text.split(',').flatMap((name): readonly string[] => (name === 'smoke' ? known : [name])));
  const unknown = [...named].filter((name) => !known.some((part) => part === name));
  if (unknown.length > 0) throw new Error(`--only knows ${known.join(', ')} and smoke, not ${unknown.join(', ')}`);
  if (named.has('copy') && !named.has('bulk')) named.add('single');
  return new Set(known.filter((part) => named.has(part)));
}

function optionsOf(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', default: known.join(',') },
      small: { type: 'boolean', default: false },
      out: { type: 'string' },
      data: { type: 'string' },
      port: { type: 'string', default: '8190' },
      processes: { type: 'string', default: '1' },
      runs: { type: 'string' },
      parcels: { type: 'string' },
      size: { type: 'string', multiple: true, default: [] },
      profile: { type: 'string' },
      quiet: { type: 'string', default: '0' },
      under: { type: 'string', default: '' },
    },
  });
  const { runs, parcels } = values;
  const asked = [
    ...(runs === undefined ? [] : [`runs=${runs}`]),
    ...(parcels === undefined ? [] : [`parcels=${parcels}`, `copied=${parcels}`]),
    ...values.size,
  ];
  const parts = partsOf(values.only);
  const sizes = sized(values.small || values.only.split(',').includes('smoke') ? tiny : whole, asked);
  const folder = values.data ?? mkdtempSync(join(tmpdir(), 'portolan-bench-'));
  // PostgreSQL runs as another user where we are root, and has to reach its folder.
  chmodSync(folder, 0o755);
  return {
    parts,
    out: values.out,
    sizes,
    config: readConfig({ PORTOLAN_DATA: folder, PORT: values.port, PORTOLAN_PROCESSES: values.processes }, ['--empty']),
    quietMs: Number(values.quiet) * 1_000,
    under: values.under.split(' ').filter((word) => word !== ''),
    flags: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`],
  };
}

/** Runs what is asked for against one window; answers what its database holds of it. */
async function againstWindow(options: Options): Promise<Stored> {
  const target = await startTarget(options.config, options);
  const bench: Bench = { target, load: openLoad(), upload: openUpload(), options, accepted: 0 };
  try {
    await closed(bench, 'W', options.sizes.warm, 'own');
    for (const [part, run] of windowParts) if (options.parts.has(part)) await run(bench);
    figure('memory.rss', 'MB', [target.rssMax() / 2 ** 20]);
    return await stored(target, bench.accepted);
  } finally {
    bench.load.close();
    bench.upload.close();
    await target.stop();
  }
}

/** The engine alone, and beside it the same rules written by hand. */
async function assessing({ assessed, runs }: Sizes): Promise<void> {
  const { engine, byHand } = await twoLines(assessed, runs);
  figure('assess.two-lines', 'µs', engine);
  figure('assess.plain', 'µs', byHand);
  figure('assess.rate', 'parcels/s and core', await assessRates(assessed, runs));
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  const { parts, sizes, config } = options;
  let kept: Stored | undefined;
  try {
    if (parts.has('assess')) await assessing(sizes);
    if (parts.has('messages')) await messages(sizes);
    if (windowParts.some(([part]) => parts.has(part))) {
      const window = below(config, 'window', config.port);
      say(`preparing ${window.dataFolder}`);
      await prepareFolder(window, sizes.logFiles);
      kept = await againstWindow({ ...options, config: window });
      // A full database needs the space.
      rmSync(window.dataFolder, { recursive: true });
    }
    if (parts.has('growth')) await growth(options);
    if (parts.has('replay')) await replay(options);
    if (parts.has('monthly')) await monthly(options);
  } finally {
    rmSync(config.dataFolder, { recursive: true, force: true });
  }
  process.stdout.write(`${tableOf()}\n`);
  if (kept !== undefined) say(`stored: ${JSON.stringify(kept)}`);
  const output = { machine: machine(options), mix: statedMix, sizes, stored: kept ?? null, figures };
  if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(output, null, 2)}\n`);
}

await main();
