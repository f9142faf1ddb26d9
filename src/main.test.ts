import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { emptyDb } from '../test/support/db.ts';
import { processesIn } from '#platform/postgres-process.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const root = mkdtempSync('/tmp/portolan-main-');
const started: ChildProcess[] = [];

after(async () => {
  await Promise.all(started.filter((child) => child.exitCode === null).map((child) => ended(child, 'SIGTERM')));
  rmSync(root, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

interface Started {
  child: ChildProcess;
  /** Everything it has written so far. */
  words: () => string;
}

function start(env: Record<string, string>, args: readonly string[] = ['--empty']): Started {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'] ?? '', PORTOLAN_SHARED_BUFFERS: '32MB', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, words: () => text };
}

function ended(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  if (signal !== undefined) child.kill(signal);
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('close', resolve));
}

async function open(one: Started): Promise<void> {
  while (!one.words().includes('Portolan is open')) {
    assert.equal(one.child.exitCode, null, one.words());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`a window opens on an empty folder, is healthy, and ends on ${signal} leaving no process`, async () => {
    const folder = join(root, signal);
    const port = await freePort();
    const one = start({ PORT: String(port), PORTOLAN_DATA: folder });
    await open(one);
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    assert.equal(health.status, 200);
    assert.equal(await ended(one.child, signal), 0, one.words());
    assert.deepEqual(processesIn(join(folder, 'postgres')), []);
  });
}

test('a signal that comes while the window is still starting ends it as well', async () => {
  const folder = join(root, 'early');
  const one = start({ PORT: String(await freePort()), PORTOLAN_DATA: folder });
  while (processesIn(join(folder, 'postgres')).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await ended(one.child, 'SIGTERM');
  assert.deepEqual(processesIn(join(folder, 'postgres')), []);
});

test('a port that is in use is named, and the server that was started for nothing is stopped', async () => {
  const folder = join(root, 'busy');
  const port = await freePort();
  const holder = createServer().listen(port, '127.0.0.1');
  const one = start({ PORT: String(port), PORTOLAN_DATA: folder });
  assert.equal(await ended(one.child), 1);
  holder.close();
  assert.match(one.words(), new RegExp(`Port ${port} is already in use: stop what uses it, or set PORT`));
  assert.deepEqual(processesIn(join(folder, 'postgres')), []);
});

test('a setting that cannot be used ends the start with its name and no stack', async () => {
  const one = start({ PORT: 'eighty' });
  assert.equal(await ended(one.child), 1);
  assert.equal(one.words().trim(), 'PORT must be a number from 0 to 65535, not “eighty”.');
});

test('a database of the operator is used instead, and one that cannot be reached is said to be', async () => {
  const { url } = await emptyDb();
  const one = start({ PORT: String(await freePort()), DATABASE_URL: url });
  await open(one);
  assert.equal(await ended(one.child, 'SIGTERM'), 0, one.words());
  const away = start({ DATABASE_URL: 'postgres://nobody@localhost/none?host=/nonexistent' });
  assert.equal(await ended(away.child), 1);
  assert.match(away.words(), /^The database at DATABASE_URL cannot be used: /);
});
