import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { environment, readConfig } from '#platform/config.ts';
import { long } from '../support/long.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Whether nothing listens on this port now. */
async function free(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const heard = await once(server, 'listening').catch(() => undefined);
  if (heard === undefined) return false;
  server.close();
  await once(server, 'close');
  return true;
}

/**
 * A port that is free now, and with it the two above for the windows of growth. It lies below those that connections
 * take by themselves: the generator opens hundreds of them while the windows come and go.
 */
async function freeRow(): Promise<number> {
  for (let port = 20_000 + (process.pid % 3_000) * 4; ; port += 4) {
    const row = await Promise.all([port, port + 1, port + 2].map(free));
    if (row.every(Boolean)) return port;
  }
}

interface Output {
  machine: Record<string, unknown>;
  mix: Record<string, unknown>;
  stored: { outcomes: Record<string, number>; unsecured: number };
  figures: Record<string, { value: number; unit: string; low: number; high: number; runs: number }>;
}

const figuresOf = (names: string): string[] => names.trim().split(/\s+/);

/** The figures that other people's scripts rely on. */
const quick = figuresOf(`
  single.rate single.p99 single.one.rate single.of.copy.table bare.http.rate copy.table.rate copy.raw.rate
`);
// What needs more than a window that just came up: the long run has time for it.
const slow = figuresOf(`
  assess.rate memory.rss open100.p50 open100.p99 bulk.rate bulk.one.rate bulk.cpu.window bulk.of.copy.table mixed.single.p99 mixed.bulk.rate
  arrival.seconds scan.p99 slips.rate slips.taken.rate baseline.a1.rate baseline.a2.rate single.of.a1 single.of.a2
  growth.ratio growth.parcels growth.bytes replay.seconds replay.parcels replay.rate replay.single.p99
  monthly.seconds monthly.checklists monthly.rate monthly.single.p99
`);
// These are written of parcels that nobody on this project invented, where they are there.
if (existsSync(join(readConfig(environment(), []).shared, 'data/orders/uci-online-retail')))
  slow.push('messages.emit.rate');

const wanted = long ? [...quick, ...slow] : quick;
const parts = long ? ['--only', 'smoke'] : ['--only', 'single,copy', '--small'];

test('the bench loads a real window, finds stored what was acknowledged, and writes its figures down', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-smoke-'));
  try {
    const out = join(folder, 'figures.json');
    const port = String(await freeRow());
    const child = spawn(process.execPath, ['bench/main.ts', ...parts, '--out', out, '--port', port], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const words: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => words.push(String(chunk)));
    const [code] = await once(child, 'close');
    assert.equal(code, 0, words.join(''));
    const output: Output = JSON.parse(readFileSync(out, 'utf8'));
    for (const name of wanted) {
      const figure = output.figures[name];
      assert.ok(figure && figure.value > 0 && figure.low <= figure.value && figure.value <= figure.high, name);
      assert.ok(figure.unit !== '' && figure.runs >= 1, name);
    }
    if (long) assert.equal(output.figures['mixed.refused']?.value, 0, 'nobody was refused below the limit of his lane');
    assert.ok(output.machine['processors'] && output.machine['node'] && output.mix['kindsPermille']);
    assert.equal(output.stored.unsecured, 0, 'every charge was secured, on one guarantee account as on many');
    assert.ok((output.stored.outcomes['cleared'] ?? 0) > (output.stored.outcomes['control'] ?? 0));
    assert.match(words.join(''), /single\.rate +[\d,]+ +parcels\/s/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
