import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, readConfig } from '#platform/config.ts';
import { openDb } from '#platform/db.ts';
import { assessRates } from './assess.ts';
import { Copying, type CopyRates } from './copy.ts';
import { type Figure, figureOf, tableOf } from './figures.ts';
import { machine } from './machine.ts';
import { type Guarantors, statedMix } from './mix.ts';
import { prepareFolder } from './prepare.ts';
import type { Task } from './load.ts';
import { Load, percentile, type Run } from './single.ts';
import { startBare, startTarget, type Target } from './target.ts';

const known = ['single', 'open', 'copy', 'assess', 'smoke'] as const;
type Part = (typeof known)[number];

/** How much is sent. The sizes of `smoke` only show that everything works; its figures say nothing. */
interface Sizes {
  readonly runs: number;
  readonly warm: number;
  readonly parcels: number;
  readonly openSeconds: number;
  readonly copied: number;
  readonly assessed: number;
  readonly rates: readonly number[];
}
const whole: Sizes = {
  runs: 3,
  warm: 15_000,
  parcels: 40_000,
  openSeconds: 5,
  copied: 10_000,
  assessed: 60_000,
  rates: [3_407, 10_000],
};
const tiny: Sizes = { runs: 1, warm: 50, parcels: 200, openSeconds: 1, copied: 100, assessed: 500, rates: [100] };

const connectionsClosed = 128;
const connectionsOpen = 512;

interface Options {
  readonly parts: ReadonlySet<Part>;
  readonly out: string | undefined;
  readonly sizes: Sizes;
  readonly config: Config;
  readonly flags: readonly string[];
  /** How long each run may wait for other processes to end, in milliseconds. */
  readonly quietMs: number;
}

function optionsOf(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', default: 'single,open,copy,assess' },
      out: { type: 'string' },
      data: { type: 'string' },
      port: { type: 'string', default: '8190' },
      runs: { type: 'string' },
      parcels: { type: 'string' },
      profile: { type: 'string' },
      quiet: { type: 'string', default: '0' },
    },
  });
  const named = values.only.split(',');
  const parts = known.filter((part) => named.includes(part));
  const unknown = named.filter((name) => !known.some((part) => part === name));
  if (unknown.length > 0) throw new Error(`--only knows ${known.join(', ')}, not ${unknown.join(', ')}`);
  const smoke = parts.includes('smoke');
  const base = smoke ? tiny : whole;
  const sizes = {
    ...base,
    ...(values.runs === undefined ? {} : { runs: Number(values.runs) }),
    ...(values.parcels === undefined ? {} : { parcels: Number(values.parcels), copied: Number(values.parcels) }),
  };
  const folder = values.data ?? mkdtempSync(join(tmpdir(), 'portolan-bench-'));
  // PostgreSQL runs as another user where we are root, and has to reach its folder.
  chmodSync(folder, 0o755);
  const shared = { PORTOLAN_DATA: folder, PORT: values.port };
  return {
    parts: new Set(smoke && parts.length === 1 ? ['single', 'open', 'copy', 'assess'] : parts),
    out: values.out,
    sizes,
    config: readConfig(shared, ['--empty']),
    quietMs: Number(values.quiet) * 1_000,
    flags: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`],
  };
}

const figures: Record<string, Figure> = {};
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function sayRun({ task, rate, outcome, cpu, others }: Run): void {
  const p = (of: number): string => percentile(outcome.latencies, of).toFixed(1);
  const each = `${cpu.window.toFixed(0)} + ${cpu.postgres.toFixed(0)} + ${cpu.load.toFixed(0)} µs`;
  say(
    `  ${task.run}: ${rate.toFixed(0)}/s, p50 ${p(50)} ms, p99 ${p(99)} ms; window + PostgreSQL + generator ${each}; others ${(others * 100).toFixed(0)} %`,
  );
}

/** What every run needs, and how many parcels were acknowledged so far. */
interface Bench {
  readonly target: Target;
  readonly load: Load;
  readonly options: Options;
  accepted: number;
}

async function once(bench: Bench, task: Omit<Task, 'port'>): Promise<Run> {
  const done = await bench.load.run(bench.target, { ...task, port: bench.target.port }, bench.options.quietMs);
  bench.accepted += done.outcome.accepted;
  sayRun(done);
  return done;
}

/** The same load on a bare server, which says how fast this machine is at this moment. */
async function bare({ load, options }: Bench): Promise<void> {
  say('bare: the same requests read, parsed and written back by node:http');
  const target = await startBare(options.config.port + 1);
  try {
    const runs: Run[] = [];
    for (let number = 0; number <= options.sizes.runs; number += 1) {
      const task = { port: target.port, run: `B${number}`, parcels: options.sizes.warm, guarantors: 'own' as const };
      const run = await load.run(target, { ...task, connections: connectionsClosed, rate: null }, options.quietMs);
      sayRun(run);
      if (number > 0) runs.push(run);
    }
    keep('bare.http.rate', 'requests/s', runs, (run) => run.rate);
    const rate = figures['single.rate']?.value;
    if (rate !== undefined)
      figures['single.of.bare.http'] = figureOf('ratio', [rate / figures['bare.http.rate']!.value]);
  } finally {
    await target.stop();
  }
}

/** Closed loops, with a guarantee account for each filer and with one for all of them. */
async function single(bench: Bench): Promise<void> {
  const { sizes } = bench.options;
  say('single: closed loop, 128 connections');
  const closed = (run: string, parcels: number, guarantors: Guarantors): Promise<Run> =>
    once(bench, { run, parcels, guarantors, connections: connectionsClosed, rate: null });
  await closed('W', sizes.warm, 'own');
  const own: Run[] = [];
  const one: Run[] = [];
  const copied: CopyRates[] = [];
  const copying = bench.options.parts.has('copy')
    ? await Copying.open(bench.target.databaseUrl, sizes.copied)
    : undefined;
  for (let number = 1; number <= sizes.runs; number += 1) {
    own.push(await closed(`S${number}`, sizes.parcels, 'own'));
    if (copying !== undefined) copied.push(await copying.round());
    one.push(await closed(`G${number}`, sizes.parcels, 'one'));
  }
  await copying?.close();
  if (copied.length > 0) noteCopies(own, copied);
  note('single', own);
  note('single.one', one);
  for (const process of ['window', 'postgres', 'load'] as const)
    keep(`single.cpu.${process}`, 'µs/parcel', own, (run) => run.cpu[process]);
}

const keep = (name: string, unit: string, runs: readonly Run[], of: (run: Run) => number): void => {
  figures[name] = figureOf(unit, runs.map(of));
};

function note(name: string, runs: readonly Run[]): void {
  keep(`${name}.rate`, 'parcels/s', runs, (run) => run.rate);
  for (const share of [50, 99])
    keep(`${name}.p${share}`, 'ms', runs, (run) => percentile(run.outcome.latencies, share));
  keep(`${name}.others`, 'share of the machine', runs, (run) => run.others);
}

/** What COPY reached right after each run, and what part of it the run reached. */
function noteCopies(runs: readonly Run[], copied: readonly CopyRates[]): void {
  say(`copy: 500 parcels a commit, two connections: ${copied.map(({ table }) => table.toFixed(0)).join(', ')}/s`);
  for (const kind of ['table', 'raw'] as const) {
    const unit = kind === 'table' ? 'parcels/s' : 'documents/s';
    figures[`copy.${kind}.rate`] = figureOf(
      unit,
      copied.map((one) => one[kind]),
    );
    figures[`single.of.copy.${kind}`] = figureOf(
      'ratio',
      runs.map(({ rate }, index) => rate / copied[index]![kind]),
    );
  }
}

/** Requests that fall due by the clock; their latency counts from then. */
async function open(bench: Bench): Promise<void> {
  const { sizes } = bench.options;
  for (const rate of sizes.rates) {
    say(`open: ${rate} a second for ${sizes.openSeconds} s`);
    const runs: Run[] = [];
    for (let number = 1; number <= sizes.runs; number += 1) {
      const parcels = rate * sizes.openSeconds;
      const run = `O${rate}N${number}-`;
      runs.push(await once(bench, { run, parcels, guarantors: 'own', connections: connectionsOpen, rate }));
    }
    note(`open${rate}`, runs);
    keep(`open${rate}.sent`, 'share', runs, ({ outcome }) => 1 - outcome.unsent / outcome.latencies.length);
  }
}

interface Stored {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly unsecured: number;
  readonly journal: number;
}

/** What the database holds of what was acknowledged; the counts have to agree. */
async function stored(target: Target, accepted: number): Promise<Stored> {
  const db = openDb({ url: target.databaseUrl, size: 1 });
  try {
    const rows = await db.query<{ outcome: string; parcels: number; unsecured: number }>(
      `select outcome, count(*)::int as parcels, count(*) filter (where not secured)::int as unsecured
       from (select outcome, secured from clearance.declarations
             union all select 'waiting', true from clearance.waiting where decided is null) as every
       group by outcome order by 2 desc`,
    );
    const [journal] = await db.query<{ entries: number }>('select count(*)::int as entries from platform.journal');
    const sum = rows.reduce((total, row) => total + row.parcels, 0);
    if (sum !== accepted) throw new Error(`${accepted} parcels were acknowledged and ${sum} are stored`);
    return {
      outcomes: Object.fromEntries(rows.map((row) => [row.outcome, row.parcels])),
      unsecured: rows.find((row) => row.outcome === 'cleared')?.unsecured ?? 0,
      journal: journal?.entries ?? 0,
    };
  } finally {
    await db.close();
  }
}

async function windowParts(options: Options): Promise<Stored> {
  const target = await startTarget(options.config, options.flags);
  const load = new Load();
  const bench: Bench = { target, load, options, accepted: 0 };
  try {
    await single(bench);
    await bare(bench);
    if (options.parts.has('open')) await open(bench);
    figures['memory.rss'] = figureOf('MB', [target.rss() / 2 ** 20]);
    return await stored(target, bench.accepted);
  } finally {
    load.close();
    await target.stop();
  }
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  const { parts, sizes, config } = options;
  let kept: Stored | undefined;
  try {
    if (parts.has('assess'))
      figures['assess.rate'] = figureOf('parcels/s and core', await assessRates(sizes.assessed, sizes.runs));
    if (parts.has('single') || parts.has('open') || parts.has('copy')) {
      say(`preparing ${config.dataFolder}`);
      await prepareFolder(config);
      kept = await windowParts(options);
    }
  } finally {
    rmSync(config.dataFolder, { recursive: true, force: true });
  }
  process.stdout.write(`${tableOf(figures)}\n`);
  if (kept !== undefined) say(`stored: ${JSON.stringify(kept)}`);
  const output = { machine: machine(config), mix: statedMix, stored: kept ?? null, figures };
  if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(output, null, 2)}\n`);
}

await main();
