import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openDb } from './db.ts';
import { isRunning, processesIn, until } from './postgres-process.ts';

const harness = fileURLToPath(new URL('../../test/support/supervise.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const root = mkdtempSync('/tmp/portolan-supervise-');
chmodSync(root, 0o755);
const started: ChildProcess[] = [];
const servers: number[] = [];

after(async () => {
  for (const child of started) child.kill('SIGTERM');
  await until(() => started.every((child) => child.exitCode !== null || child.signalCode !== null), 8_000);
  // A test that failed may have left a server behind.
  for (const pid of servers.filter(isRunning)) process.kill(pid, 'SIGQUIT');
  rmSync(root, { recursive: true, force: true });
});

interface Window {
  child: ChildProcess;
  /** The line it wrote: where its server is, or why it did not start. */
  line: string;
  url: string;
  pid: number;
  adopted: boolean;
}

async function window(folder: string, uid?: number): Promise<Window> {
  const identity = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(process.execPath, [harness, folder], {
    ...identity,
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
  });
  started.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('close', () => reject(new Error('it ended without a word')));
  });
  const server: Omit<Window, 'child' | 'line'> = line.startsWith('{')
    ? JSON.parse(line)
    : { url: '', pid: 0, adopted: false };
  if (server.pid > 0) servers.push(server.pid);
  return { child, line, ...server };
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', resolve));
}

async function stop(one: Window, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  one.child.kill(signal);
  assert.equal(await ended(one.child), 0);
}

async function ask<R>(one: Window, sql: string): Promise<R[]> {
  const db = openDb({ url: one.url, size: 1 });
  return db.query<R>(sql).finally(() => db.close());
}

const folderOf = (name: string, owner?: number): string => {
  const folder = join(root, name);
  mkdirSync(folder);
  if (owner !== undefined) chownSync(folder, owner, owner);
  return folder;
};

const users: [string, number | undefined][] = isRoot
  ? [
      ['root', undefined],
      ['an ordinary user', nobody],
    ]
  : [['this user', undefined]];

for (const [who, uid] of users) {
  test(`as ${who}: a first start makes a durable server that nobody else can reach, and a second one keeps the data`, async () => {
    const folder = folderOf(`first-${uid ?? 'self'}`, uid);
    const first = await window(folder, uid);
    assert.equal(first.adopted, false, first.line);
    const settings = `select name, setting from pg_settings where name in
      ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'jit', 'server_encoding', 'data_checksums')`;
    const found = await ask<{ name: string; setting: string }>(first, settings);
    assert.deepEqual(Object.fromEntries(found.map(({ name, setting }) => [name, setting])), {
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      jit: 'off',
      listen_addresses: '',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
    });
    const socket = new URL(first.url).searchParams.get('host')!;
    assert.equal(statSync(socket).mode & 0o077, 0);
    await ask(first, 'create table kept (a int); insert into kept values (7)');
    await stop(first, 'SIGINT');
    assert.deepEqual(processesIn(join(folder, 'postgres')), []);
    const second = await window(folder, uid);
    assert.deepEqual(await ask(second, 'select a from kept'), [{ a: 7 }]);
    await stop(second);
    assert.deepEqual(processesIn(join(folder, 'postgres')), []);
  });

  test(`as ${who}: a server left behind by kill -9 is adopted by the next window, which then stops it`, async () => {
    const folder = folderOf(`orphan-${uid ?? 'self'}`, uid);
    const first = await window(folder, uid);
    await ask(first, 'create table kept (a int); insert into kept values (7)');
    first.child.kill('SIGKILL');
    await ended(first.child);
    assert.ok(isRunning(first.pid));
    const second = await window(folder, uid);
    assert.deepEqual([second.adopted, second.pid], [true, first.pid]);
    assert.deepEqual(await ask(second, 'select a from kept'), [{ a: 7 }]);
    await stop(second);
    assert.ok(await until(() => !isRunning(first.pid), 2_000));
  });
}

test('a second window on the same folder is refused with one sentence, and the first goes on', async () => {
  const folder = folderOf('twice');
  const first = await window(folder);
  const second = await window(folder);
  assert.match(second.line, /^Another window already runs on .*twice: stop it first, or set PORTOLAN_DATA/);
  assert.equal(await ended(second.child), 2);
  assert.deepEqual(await ask(first, 'select 1 as a'), [{ a: 1 }]);
  await stop(first);
});

test('two windows that start at the same moment on an empty folder make one server', async () => {
  const folder = folderOf('race');
  const both = await Promise.all([window(folder), window(folder)]);
  const winners = both.filter((one) => one.pid > 0);
  assert.equal(winners.length, 1, both.map((one) => one.line).join('\n'));
  await stop(winners[0]!);
});

test('a server whose postmaster was killed starts again, recovers, and keeps what was committed', async () => {
  const folder = folderOf('crashed');
  const first = await window(folder);
  await ask(first, 'create table kept (a int); insert into kept values (7)');
  process.kill(first.pid, 'SIGKILL');
  first.child.kill('SIGKILL');
  await ended(first.child);
  const second = await window(folder);
  assert.equal(second.adopted, false, second.line);
  assert.deepEqual(await ask(second, 'select a from kept'), [{ a: 7 }]);
  await stop(second);
});

test('a lock file whose number now belongs to another process does not keep the window from starting', async () => {
  const folder = folderOf('reused');
  await stop(await window(folder));
  const lines = [
    String(process.pid),
    join(folder, 'postgres'),
    '1790000000',
    '5432',
    join(folder, 'run'),
    '',
    '',
    'ready',
  ];
  writeFileSync(join(folder, 'postgres', 'postmaster.pid'), `${lines.join('\n')}\n`);
  const again = await window(folder);
  assert.ok(again.pid > 0, again.line);
  await stop(again);
});

test('a first start that was killed half-way leaves nothing that keeps the next one from starting', async () => {
  const folder = folderOf('half');
  const half = join(folder, 'postgres.new');
  mkdirSync(half);
  writeFileSync(join(half, 'PG_VERSION'), '18\n');
  const one = await window(folder);
  assert.ok(one.pid > 0, one.line);
  assert.equal(existsSync(half), false);
  await stop(one);
});

test('a folder with a long path gets its socket in a short one that only this user may enter', async () => {
  const folder = join(root, 'long'.repeat(40));
  const one = await window(folder);
  const socket = new URL(one.url).searchParams.get('host')!;
  assert.match(socket, /^\/tmp\/portolan-/);
  assert.equal(statSync(socket).mode & 0o077, 0);
  assert.deepEqual(await ask(one, 'select 1 as a'), [{ a: 1 }]);
  await stop(one);
  rmSync(socket, { recursive: true });
});

test('a folder that cannot be written, and a file in its place, say what to do', {
  skip: isRoot ? false : 'needs root to play two users',
}, async () => {
  const folder = folderOf('foreign');
  const foreign = await window(folder, nobody);
  assert.match(
    foreign.line,
    /foreign cannot be written by this user: give the folder to the user, or set PORTOLAN_DATA/,
  );
  assert.equal(await ended(foreign.child), 2);
  writeFileSync(join(root, 'file'), '');
  const file = await window(join(root, 'file'));
  assert.match(file.line, /file is a file, not a folder: set PORTOLAN_DATA to a folder/);
});

function mount(name: string, size: string): string | undefined {
  const folder = join(root, name);
  mkdirSync(folder);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  return status === 0 ? folder : undefined;
}

test('a disk that is full says what to do, before the first start and at a later one', async (t) => {
  const small = isRoot ? mount('small', '30m') : undefined;
  const larger = isRoot ? mount('larger', '260m') : undefined;
  if (small === undefined || larger === undefined) {
    t.skip('NOT RUN: only root may mount a small disk here, so the full disk was not tried');
    return;
  }
  try {
    const full = /is full: free some space there, or set PORTOLAN_DATA to a folder on another disk/;
    assert.match((await window(small)).line, full);
    const one = await window(larger);
    await stop(one);
    spawnSync('dd', ['if=/dev/zero', `of=${join(larger, 'ballast')}`, 'bs=1M', 'count=400'], { stdio: 'ignore' });
    assert.match((await window(larger)).line, full);
    rmSync(join(larger, 'ballast'));
    const again = await window(larger);
    assert.ok(again.pid > 0, again.line);
    await stop(again);
  } finally {
    for (const folder of [small, larger]) spawnSync('umount', ['-l', folder]);
  }
});

test('what PostgreSQL itself says about a start that failed reaches the person', async () => {
  const folder = folderOf('broken');
  await stop(await window(folder));
  writeFileSync(join(folder, 'postgres', 'PG_VERSION'), '14\n');
  const one = await window(folder);
  assert.match(one.line, /was made by another version of PostgreSQL/);
  assert.match(readFileSync(join(folder, 'postgres.log'), 'utf8'), /version 14/);
});
