import { randomInt } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { basename, join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { startPostgres, type RunningPostgres } from '#platform/postgres.ts';
import { findChromium } from '../test/support/chromium.ts';

interface Suite {
  readonly name: string;
  readonly files: readonly string[];
}

interface Outcome {
  readonly name: string;
  readonly files: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** What failed and why, told again where the run ends: far above stands everything that passed. */
  readonly failures: readonly string[];
  /** The files that took longest: the whole run has ten minutes. */
  readonly slowest: string;
  /** Why nothing of it ran, where nothing did. */
  readonly left?: string;
}

const root = join(import.meta.dirname, '..');
/** One more than the two cores that a run is made for: some tests wait for a process, a clock or a disk. */
const concurrency = 3;
/** Of why a test failed. */
const linesMax = 25;
/** Files that are named for having taken longest. */
const slowestMax = 8;
/** `npm run test:long`: every look at every page, properties tried more often; only files that know the difference. */
const long = process.argv.includes('--long');
const fileMsMax = long ? 1_800_000 : 300_000;
const knowsLong = /support\/long\.ts|\bof looks\b|\bfc\.assert\(/;
const preloaded = join(root, 'test/support/long.ts');

/** Arguments narrow the run to the files whose path holds one of them: `npm test -- clearance`. */
function find(patterns: readonly string[], wanted: readonly string[]): string[] {
  const found = patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
  const all = long ? found.filter((file) => knowsLong.test(readFileSync(join(root, file), 'utf8'))) : found;
  return wanted.length === 0 ? all : all.filter((file) => wanted.some((word) => file.includes(word)));
}

const suitesFor = (wanted: readonly string[]): Suite[] => [
  {
    name: 'unit',
    files: find(['src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts', 'test/*.test.ts'], wanted),
  },
  { name: 'conformance', files: find(['test/conformance/**/*.test.ts'], wanted) },
  { name: 'journeys', files: find(['test/journeys/**/*.test.ts'], wanted) },
  { name: 'browser', files: find(['test/browser/**/*.test.ts'], wanted) },
];

const slowestOf = (took: ReadonlyMap<string, number>): string =>
  [...took]
    .sort(([, a], [, b]) => b - a)
    .slice(0, slowestMax)
    .map(([file, ms]) => `${basename(file, '.test.ts')} ${Math.round(ms / 1_000)} s`)
    .join(', ');

async function runSuite({ name, files }: Suite): Promise<Outcome> {
  const begun = performance.now();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const execArgv = long ? ['--import', preloaded] : [];
  const stream = run({ files: files.map((file) => join(root, file)), concurrency, timeout: fileMsMax, execArgv });
  const failures: string[] = [];
  const took = new Map<string, number>();
  stream.on('test:fail', ({ name: test, file, details }) => {
    const error: Error & { readonly failureType?: string } = details.error;
    // A suite fails because of its tests, which are told themselves.
    if (error.failureType === 'subtestsFailed') return;
    const { stack, message } = error.cause instanceof Error ? error.cause : error;
    const why = stack ?? message;
    failures.push(`✖  ${relative(root, file ?? '')}: ${test}\n${why.split('\n').slice(0, linesMax).join('\n')}`);
  });
  stream.on('test:summary', (summary) => {
    // The summary without a file is that of the whole run.
    if (summary.file !== undefined) {
      took.set(relative(root, summary.file), summary.duration_ms);
      return;
    }
    counts.passed = summary.counts.passed;
    counts.skipped = summary.counts.skipped;
    counts.failed = summary.success
      ? 0
      : Math.max(1, summary.counts.tests - summary.counts.passed - summary.counts.skipped);
  });
  await new Promise<void>((resolve, reject) => {
    stream.compose(new spec()).on('end', resolve).on('error', reject).pipe(process.stdout, { end: false });
  });
  const seconds = Math.round((performance.now() - begun) / 1_000);
  return { name, files: files.length, ...counts, failures, seconds, slowest: slowestOf(took) };
}

function lineOf({ name, files, passed, failed, skipped, seconds, slowest, left }: Outcome): string {
  if (left !== undefined) return `!  ${name.padEnd(12)} NOT RUN: ${left}`;
  const counted = `${passed} passed, ${failed} failed, ${skipped} skipped in ${files} files, ${seconds} s`;
  const longest = files > slowestMax ? `\n   ${slowest}` : '';
  return `${failed === 0 ? '✔' : '✖'}  ${name.padEnd(12)} ${counted}${longest}`;
}

/** More than a run has ever written, write-ahead log and all. */
const roomMin = 3_000_000_000;

/**
 * In memory where there is room: each of two hundred files copies a database of two thousand files, which takes a disk
 * most of a second and memory a fiftieth of that.
 */
function placeOfRun(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return '/tmp';
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize >= roomMin && freemem() >= roomMin ? memory : '/tmp';
}

/** Starts one server for the whole run, unless TEST_DATABASE_URL names one. Durability is for real windows. */
async function withServer<T>(work: () => Promise<T>): Promise<T> {
  if (process.env['TEST_DATABASE_URL'] !== undefined) return work();
  const folder = mkdtempSync(join(placeOfRun(), 'portolan-run-'));
  const server: RunningPostgres = await startPostgres(folder, {
    durable: false,
    sharedBuffers: '256MB',
    connections: 200,
  });
  const end = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void end().then(() => process.exit(1)));
  // What one file has read and compiled the next two hundred need not: a quarter of what a small file takes.
  process.env['NODE_COMPILE_CACHE'] ??= join(folder, 'compiled');
  process.env['TEST_DATABASE_URL'] = server.url.replace('/portolan?', '/postgres?');
  try {
    return await work();
  } finally {
    await end();
  }
}

/** By what the run draws one of the many ways to look at a page; it is printed, so that the same can be drawn again. */
const seed = (process.env['TEST_SEED'] ??= String(randomInt(1_000_000)));

async function runAll(suites: readonly Suite[]): Promise<Outcome[]> {
  const browser = findChromium({ whole: long });
  if (browser !== undefined) process.env['CHROMIUM_PATH'] = browser;
  if (long) process.env['TEST_LONG'] = '1';
  const outcomes: Outcome[] = [];
  for (const suite of suites) {
    if (suite.name === 'browser' && browser === undefined) {
      const left = 'there is no Chromium at CHROMIUM_PATH or in /usr/bin, so no page was looked at';
      outcomes.push({
        name: suite.name,
        files: 0,
        passed: 0,
        failed: 0,
        skipped: 0,
        seconds: 0,
        failures: [],
        slowest: '',
        left,
      });
      continue;
    }
    process.stdout.write(`\n— ${suite.name}: ${suite.files.length} files —\n`);
    outcomes.push(await runSuite(suite));
  }
  return outcomes;
}

const wanted = process.argv.slice(2).filter((one) => one !== '--long');
const suites = suitesFor(wanted).filter(({ files }) => files.length > 0);
if (suites.length === 0) {
  process.stderr.write(`No test file has ${wanted.join(' or ')} in its path.\n`);
  process.exit(1);
}
const outcomes = await withServer(() => runAll(suites));
const failures = outcomes.flatMap((outcome) => outcome.failures);
if (failures.length > 0) process.stdout.write(`\n${failures.join('\n\n')}\n`);
process.stdout.write(`\n${outcomes.map(lineOf).join('\n')}\nDrawn by TEST_SEED=${seed}\n`);
process.exit(outcomes.some(({ failed }) => failed > 0) ? 1 : 0);
