import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Db, openDb } from '#platform/db.ts';
import { urlOf } from '#platform/postgres.ts';
import { isRunning, processesIn, runningOn, until } from '#platform/postgres-process.ts';

/** A window as a process of its own, started as `npm start` starts it. */
export interface Started {
  readonly child: ChildProcess;
  readonly origin: string;
  /** Every line it wrote so far. */
  readonly lines: readonly string[];
  /** Milliseconds from the start of the process until the window took parcels. */
  readonly readyMs: number;
  /** Ends it by a signal; answers its exit code and how long that took. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; ms: number }>;
  /** Waits until it has written a line that fits. */
  said(pattern: RegExp, withinMs?: number): Promise<string>;
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const folders = mkdtempSync('/tmp/portolan-safety-');
chmodSync(folders, 0o755);
const children: ChildProcess[] = [];
const used: string[] = [];

after(async () => {
  for (const child of children) child.kill('SIGTERM');
  await until(() => children.every((child) => child.exitCode !== null || child.signalCode !== null), 8_000);
  // A test that failed may have left a server behind.
  for (const pid of used.flatMap((folder) => processesIn(join(folder, 'postgres')))) {
    // The postmaster takes its children with it.
    if (isRunning(pid)) spawnSync('kill', ['-QUIT', String(pid)], { stdio: 'ignore' });
  }
  rmSync(folders, { recursive: true, force: true });
});

/** A folder for the data of a window, owned by this user or by another one. */
export function dataFolder(name: string, uid?: number): string {
  const folder = join(folders, name);
  mkdirSync(folder);
  if (uid !== undefined) chownSync(folder, uid, uid);
  used.push(folder);
  return folder;
}

/** A port that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function ready(origin: string, child: ChildProcess, withinMs: number): Promise<void> {
  const begun = performance.now();
  while (performance.now() - begun < withinMs) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the window ended with ${child.exitCode}`);
    const health = await fetch(`${origin}/health`).catch(() => undefined);
    if (health?.status === 200) return;
    await delay(20);
  }
  throw new Error(`the window was not ready within ${withinMs} ms`);
}

/** Starts a window on a data folder and waits until it takes parcels. */
export async function startWindow(
  folder: string,
  options: { demo?: boolean; uid?: number; processes?: number; env?: Record<string, string> } = {},
): Promise<Started> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    PORTOLAN_DATA: folder,
    PORTOLAN_SHARED_BUFFERS: '64MB',
    PORTOLAN_PROCESSES: String(options.processes ?? 1),
    ...options.env,
  };
  const identity = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  const child = spawn(process.execPath, options.demo ? [main] : [main, '--empty'], {
    env,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...identity,
  });
  children.push(child);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => void lines.push(line));
  await ready(origin, child, 60_000).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${lines.join('\n')}`);
  });
  return {
    child,
    origin,
    lines,
    readyMs: performance.now() - begun,
    async end(signal) {
      const from = performance.now();
      const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
      child.kill(signal);
      return { code: await gone, ms: performance.now() - from };
    },
    async said(pattern, withinMs = 60_000) {
      const found = (): string | undefined => lines.find((line) => pattern.test(line));
      await until(() => found() !== undefined || child.exitCode !== null, withinMs);
      const line = found();
      if (line === undefined) throw new Error(`it never said ${String(pattern)}:\n${lines.join('\n')}`);
      return line;
    },
  };
}

/** The processes of PostgreSQL that run on the data of a window. */
export const serverProcesses = (folder: string): number[] => processesIn(join(folder, 'postgres'));

/** The window's own database, read past its doors. */
export async function database(folder: string): Promise<Db> {
  const found = await runningOn(join(folder, 'postgres'));
  if (found === undefined) throw new Error('no server runs there');
  return openDb({ url: urlOf(found.socketFolder), size: 1 });
}

/** The administration of a window, by whoever came first. */
export type Administration = (method: string, path: string, json?: object) => Promise<any>;

/** What a newcomer does first: follows the link, and administers the window from then on. */
export async function administer(window: Started): Promise<Administration> {
  const { origin } = window;
  const password = 'rope and lantern and tide';
  const link = await window.said(/^http:\/\/.+\/first\//);
  const form = await (await fetch(link)).text();
  const csrf = /name="csrf" value="([^"]+)"/.exec(form)?.[1] ?? '';
  const body = new URLSearchParams({ csrf, name: 'ada', shown: 'Ada', password, again: password });
  const signed = await fetch(link, { method: 'POST', body, redirect: 'manual' });
  assert.equal(signed.status, 303);
  const cookie = signed.headers.get('set-cookie')?.split(';')[0] ?? '';
  return async (method, path, json) => {
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    const sent = json === undefined ? {} : { body: JSON.stringify(json) };
    const headers = { cookie, ...type };
    const told = await fetch(`${origin}/v1/administration/${path}`, { method, headers, ...sent });
    const text = await told.text();
    assert.ok(told.ok, text);
    return JSON.parse(text);
  };
}

/** Registers a party that may do all that a post does, and makes a key for it. */
export async function registerPost(
  administration: Administration,
  party: string,
): Promise<{ key: string; id: string }> {
  const roles = ['postal-operator', 'carrier', 'declarant', 'place-operator'];
  await administration('PUT', `parties/${party}`, { name: 'A post', language: 'en', roles, from: '2020-01-01' });
  const made = await administration('POST', 'clients', { name: party, party, scopes: ['file', 'read'] });
  return { key: made.key, id: made.client.id };
}

/** A key for a party of a new window. */
export const makeKey = async (window: Started, party: string): Promise<string> =>
  (await registerPost(await administer(window), party)).key;

/** The processes that a window consists of beside the one that was started, by what they do. */
export function partsOf({ child }: Started, part: 'serve' | 'work'): number[] {
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return found.map(Number).filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return parent === child.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`/src/${part}.ts`);
    } catch {
      return false;
    }
  });
}
