import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../support/files.ts';

const scratch = mkdtempSync('/tmp/portolan-start-');
const started: ChildProcess[] = [];
after(async () => {
  for (const child of started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  }
  rmSync(scratch, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Started {
  readonly child: ChildProcess;
  readonly origin: string;
  readonly said: () => string;
}

/** What a person types, in a shell that has nothing set of ours. */
async function npmStart(data = 'data', at?: string): Promise<Started> {
  const port = at ?? String(await freePort());
  const { PATH = '', HOME = scratch } = process.env;
  const env = { PATH, HOME, PORT: port, PORTOLAN_DATA: join(scratch, data), PORTOLAN_SHARED_BUFFERS: '64MB' };
  const child = spawn('npm', ['start', '--', '--empty'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (words += chunk.toString()));
  return { child, origin: `http://127.0.0.1:${port}`, said: () => words };
}

/** Waits until it says so; a window that ended before is told with its last words. */
async function hears({ child, said }: Started, words: RegExp): Promise<void> {
  while (!words.test(said())) {
    assert.equal(child.exitCode, null, `it ended before it said ${String(words)}: ${said()}`);
    await pause(100);
  }
}

async function ends({ child, said }: Started): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
  assert.doesNotMatch(said(), /stop-failed/);
}

/** Whether the database's own process is still there. */
function databaseRuns(): boolean {
  const file = join(scratch, 'data/postgres/postmaster.pid');
  return existsSync(file) && existsSync(`/proc/${readFileSync(file, 'utf8').split('\n')[0] ?? ''}`);
}

test('S09 one command opens a whole window with a database of its own, and a signal ends all of it', async () => {
  const window = await npmStart();
  await hears(window, /This link makes the first administrator/);
  const health = await fetch(`${window.origin}/health`);
  assert.deepEqual([health.status, ((await health.json()) as { economy: string }).economy], [200, 'xp']);
  const link = /http:\S+\/first\/\S+/.exec(window.said())?.[0] ?? '';
  assert.equal((await fetch(link)).status, 200);
  assert.match(await (await fetch(window.origin)).text(), /<h1/);
  assert.ok(databaseRuns());
  await ends(window);
  assert.ok(!databaseRuns());
  await assert.rejects(fetch(`${window.origin}/health`));
});

test('a busy port and a folder that is in use are told in one sentence, and what runs goes on', async () => {
  const first = await npmStart();
  await hears(first, /first administrator/);
  const second = await npmStart();
  await once(second.child, 'close');
  assert.notEqual(second.child.exitCode, 0);
  assert.match(second.said(), /Another window already runs on .+: stop it first, or set PORTOLAN_DATA/);
  const third = await npmStart('other', new URL(first.origin).port);
  await once(third.child, 'close');
  assert.match(third.said(), /Port \d+ is already in use: stop what uses it, or set PORT/);
  assert.equal((await fetch(`${first.origin}/health`)).status, 200);
  await ends(first);
});
