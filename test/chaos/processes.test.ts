import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parcel } from '#modules/demo/index.ts';
import { isRunning, until } from '#platform/postgres-process.ts';
import { emptyDb } from '../support/db.ts';
import {
  administer,
  database,
  dataFolder,
  freePort,
  makeKey,
  partsOf,
  registerPost,
  serverProcesses,
  startWindow,
} from '../support/process.ts';

/** A window is a process that looks after others: those that serve, and the one that works. */

const at = Date.parse('2026-11-20T06:00:00Z');
const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const alone: ChildProcess[] = [];
after(() => alone.forEach((child) => child.kill('SIGTERM')));

async function healthy(origin: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const told = await fetch(`${origin}/health`).catch(() => undefined);
    if (told?.status === 200) return void (await told.arrayBuffer());
    await delay(50);
  }
  assert.fail('it did not become healthy');
}

const file = async (origin: string, key: string, body: string): Promise<{ status: number; told: any }> => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const reply = await fetch(`${origin}/v1/consignments`, { method: 'POST', headers, body });
  return { status: reply.status, told: await reply.json() };
};

test('whichever process of a window is killed is started again, and the window goes on', async () => {
  const folder = dataFolder('parts');
  const window = await startWindow(folder);
  const key = await makeKey(window, 'XP-POST');
  const { raw } = parcel({ seed: 77, index: 1, at, run: 'PART', kind: 'gift' });
  const first = await file(window.origin, key, raw);
  for (const part of ['serve', 'work'] as const) {
    const [pid] = partsOf(window, part);
    process.kill(pid!, 'SIGKILL');
    assert.ok(await until(() => partsOf(window, part).some((one) => one !== pid), 10_000), `another ${part} came`);
  }
  await healthy(window.origin);
  assert.deepEqual(await file(window.origin, key, raw), first);
  const db = await database(folder);
  const lag = async () =>
    (await db.query(`select 1 from platform.cursors where tx < (select max(tx) from platform.journal)`)).length;
  for (let tries = 0; (await lag()) > 0; tries += 1) {
    assert.ok(tries < 200, 'the followers go on');
    await delay(50);
  }
  await db.close();
  assert.equal(window.lines.filter((line) => line.includes('"process-ended"')).length, 2);
  assert.equal((await window.end('SIGTERM')).code, 0);
  assert.deepEqual(serverProcesses(folder), []);
});

test('a PostgreSQL that is killed is started again under the same window, which answers 503 meanwhile', async () => {
  const folder = dataFolder('database');
  const window = await startWindow(folder);
  const key = await makeKey(window, 'XP-POST');
  const { raw } = parcel({ seed: 77, index: 2, at, run: 'PART', kind: 'gift' });
  const first = await file(window.origin, key, raw);
  for (const pid of serverProcesses(folder)) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  assert.equal((await file(window.origin, key, raw)).status, 503);
  await healthy(window.origin);
  assert.deepEqual(await file(window.origin, key, raw), first);
  assert.equal(window.child.exitCode, null);
  assert.equal((await window.end('SIGTERM')).code, 0);
  assert.deepEqual(serverProcesses(folder), []);
});

test('where the process that looks after the others is killed, they end by themselves', async () => {
  const folder = dataFolder('orphans');
  const window = await startWindow(folder);
  await window.said(/\/first\//);
  const parts = [...partsOf(window, 'serve'), ...partsOf(window, 'work')];
  assert.equal(parts.length, 2);
  await window.end('SIGKILL');
  assert.ok(await until(() => !parts.some(isRunning), 5_000), 'none is left');
  const second = await startWindow(folder);
  assert.equal((await second.end('SIGTERM')).code, 0);
  assert.deepEqual(serverProcesses(folder), []);
});

test('however many processes serve, what was revoked files nothing once its end was acknowledged', async (t) => {
  const folder = dataFolder('several');
  const window = await startWindow(folder, { processes: 2 });
  assert.equal(partsOf(window, 'serve').length, 2);
  const administration = await administer(window);
  await registerPost(administration, 'XP-POST');
  const agent = await registerPost(administration, 'XP-AGENT');
  const standing = { filer: 'XP-AGENT', declarant: 'XP-POST', guarantor: null };
  let number = 0;
  const next = (): string => {
    const { body } = parcel({ seed: 78, index: (number += 1), at, run: 'TWO', kind: 'gift', standing });
    Object.assign(body.declaration, { representation: 'indirect' });
    return JSON.stringify(body);
  };
  const given = {
    represented: 'XP-POST',
    representative: 'XP-AGENT',
    kind: 'indirect',
    scope: ['file', 'read'],
    from: '2020-01-01',
  };
  const appointed = (): Promise<{ id: string }> => administration('POST', 'representations', given);
  /** Files from many connections, before, while and after something ends; says what was taken of what was sent late. */
  const race = async (end: () => Promise<unknown>): Promise<{ early: number; late: number }> => {
    const now = { over: false, stop: false };
    const taken = { early: 0, late: 0 };
    const one = async (): Promise<void> => {
      while (!now.stop) {
        const late = now.over;
        const { status, told } = await file(window.origin, agent.key, next());
        const refused = status === 401 || status === 403 || told.decision?.outcome === 'rejected';
        if (!refused) taken[late ? 'late' : 'early'] += 1;
      }
    };
    const all = Array.from({ length: 24 }, one);
    await delay(700);
    await end();
    now.over = true;
    await delay(700);
    now.stop = true;
    await Promise.all(all);
    return taken;
  };
  const db = await database(folder);
  const behind = async (kind: string): Promise<bigint> => {
    const [row] = await db.query<{ many: bigint }>(
      `select count(*) as many from clearance.declarations d join platform.journal j on j.subject = d.id and j.kind = 'clearance.decided'
        where d.outcome = 'cleared' and (j.tx, j.seq) > (select tx, seq from platform.journal where kind = $1)`,
      [kind],
    );
    return row!.many;
  };
  const { id } = await appointed();
  const ended = await race(() => administration('DELETE', `representations/${id}`));
  assert.ok(ended.early > 20);
  assert.deepEqual([ended.late, await behind('parties.representation-revoked')], [0, 0n]);
  await appointed();
  const revoked = await race(() => administration('DELETE', `clients/${agent.id}`));
  assert.ok(revoked.early > 20);
  assert.deepEqual([revoked.late, await behind('parties.client-revoked')], [0, 0n]);
  t.diagnostic(`${ended.early} and ${revoked.early} were filed before the end, none behind it`);
  await db.close();
  assert.equal((await window.end('SIGTERM')).code, 0);
});

test('with a database of the operator, what serves and what works run alone, each by its command', async () => {
  const { url, db } = await emptyDb();
  const port = String(await freePort());
  const env = { PATH: process.env['PATH'], PORT: port, DATABASE_URL: url };
  const run = (part: string, set: Record<string, string | undefined> = env): ChildProcess => {
    const child = spawn(process.execPath, [cli, part], { env: set, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    alone.push(child);
    return child;
  };
  const without = run('serve', { PATH: process.env['PATH'] });
  let words = '';
  without.stderr!.on('data', (chunk: Buffer) => (words += chunk.toString()));
  assert.equal((await once(without, 'close'))[0], 1);
  assert.match(words, /^Set DATABASE_URL: /);
  // Both bring the schemas, and one waits for the other.
  const [serve, work] = [run('serve'), run('work')];
  await healthy(`http://127.0.0.1:${port}`);
  const measured = async () => (await db.query('select 1 from operations.minutes').catch(() => [])).length;
  for (let tries = 0; (await measured()) === 0; tries += 1) {
    assert.ok(tries < 300, 'the one that works measures the one that serves');
    await delay(50);
  }
  for (const child of [work, serve]) {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    assert.deepEqual(await closed, [0, null]);
  }
});
