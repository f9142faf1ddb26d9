import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parcel } from '#modules/demo/index.ts';
import { isRunning } from '#platform/postgres-process.ts';
import { database, dataFolder, makeKey, serverProcesses, type Started, startWindow } from '../support/process.ts';

/**
 * The real program as a process of its own: killed, stopped and started again, nothing that was acknowledged is lost.
 */

const filer = 'XP-POST';
const nobody = 65_534;
const many = 200;
const gifts = Array.from({ length: many }, (_, index) =>
  parcel({ seed: 31, index, at: Date.parse('2026-11-20T06:00:00Z'), run: 'SAFE', kind: 'gift' }),
);

interface Answered {
  readonly index: number;
  readonly id: string;
  readonly text: string;
}

async function file(origin: string, key: string, index: number): Promise<Answered> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const told = await fetch(`${origin}/v1/consignments`, { method: 'POST', headers, body: gifts[index]!.raw });
  const text = await told.text();
  if (told.status === 503) {
    assert.ok(['http/outage', 'clearance/busy'].includes(JSON.parse(text).code), text);
    throw new Error('the window is stopping');
  }
  assert.equal(told.status, 201, text);
  return { index, id: JSON.parse(text).id, text };
}

/**
 * Files every parcel, a few at a time; `each` is told of every answer. What fails because the window is gone is left
 * out.
 */
async function load(origin: string, key: string, each: (done: number) => void = () => undefined): Promise<Answered[]> {
  const answered: Answered[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < many) {
      const index = next;
      next += 1;
      try {
        answered.push(await file(origin, key, index));
        each(answered.length);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
  return answered;
}

/** What was acknowledged is there and answers the same; the rest can be sent again; nothing stands twice. */
async function whole({ origin }: Started, folder: string, key: string, before: readonly Answered[]): Promise<void> {
  const headers = { authorization: `Bearer ${key}` };
  for (const { id } of before) assert.equal((await fetch(`${origin}/v1/consignments/${id}`, { headers })).status, 200);
  const after = await load(origin, key);
  assert.equal(after.length, many);
  const texts = new Map(after.map(({ index, text }) => [index, text]));
  for (const { index, text } of before) assert.equal(texts.get(index), text);
  const db = await database(folder);
  const [row] = await db.query(
    `select count(*)::int4 as rows, count(distinct declaration)::int4 as declarations, (select count(*)::int4 from clearance.keys) as keys,
       (select count(*)::int4 from platform.journal where kind = 'clearance.decided') as decided from clearance.declarations`,
  );
  await db.close();
  assert.deepEqual(row, { rows: many, declarations: many, keys: many, decided: many });
}

test('killed in the middle of its work and started again, a window has everything it acknowledged, once', async (t) => {
  const folder = dataFolder('killed');
  const first = await startWindow(folder);
  const key = await makeKey(first, filer);
  let kill: Promise<unknown> = Promise.resolve();
  const before = await load(first.origin, key, (done) => {
    if (done === 80) kill = first.end('SIGKILL');
  });
  await kill;
  assert.ok(before.length >= 80 && before.length < many, `${before.length} were acknowledged`);
  const orphans = serverProcesses(folder);
  assert.ok(orphans.length > 0, 'PostgreSQL goes on by itself');
  const second = await startWindow(folder);
  t.diagnostic(`ready again after ${Math.round(second.readyMs)} ms`);
  assert.ok(
    serverProcesses(folder).some((pid) => orphans.includes(pid)),
    'the server left behind was adopted',
  );
  await whole(second, folder, key, before);
  const { code, ms } = await second.end('SIGTERM');
  assert.deepEqual([code, ms < 5_000], [0, true], `${ms} ms`);
  assert.deepEqual(serverProcesses(folder), [], 'no process is left');
});

test('asked to stop in the middle of its work, a window ends cleanly within five seconds and loses nothing', async (t) => {
  const folder = dataFolder('stopped');
  const first = await startWindow(folder);
  const key = await makeKey(first, filer);
  let stop: ReturnType<Started['end']> | undefined;
  const before = await load(first.origin, key, (done) => {
    if (done === 60) stop = first.end('SIGTERM');
  });
  const { code, ms } = await stop!;
  assert.deepEqual([code, ms < 5_000], [0, true], `${ms} ms`);
  t.diagnostic(`ended after ${Math.round(ms)} ms`);
  assert.deepEqual(serverProcesses(folder), [], 'no process is left');
  const second = await startWindow(folder);
  t.diagnostic(`ready again after ${Math.round(second.readyMs)} ms`);
  assert.ok(!second.lines.some((line) => line.includes('/first/')), 'the administrator is known still');
  await whole(second, folder, key, before);
  assert.equal((await second.end('SIGINT')).code, 0);
  assert.deepEqual(serverProcesses(folder), []);
});

test('a demonstration that was killed while it made its history goes on with it, and has each parcel once', async () => {
  const folder = dataFolder('demo');
  const first = await startWindow(folder, { demo: true });
  const half = await database(folder);
  for (let parcels = 0n; parcels < 100n; )
    parcels = (await half.query<{ many: bigint }>('select count(*) as many from clearance.declarations'))[0]!.many;
  await first.end('SIGKILL');
  await half.close();
  const second = await startWindow(folder, { demo: true });
  await second.said(/released/i);
  const db = await database(folder);
  const [row] = await db.query(
    `select (select count(*)::int4 from clearance.keys where declaration like 'H%') as keys,
       (select count(distinct subject)::int4 from platform.journal where seeded and kind in ('clearance.decided', 'clearance.waiting')
          and subject in (select id from clearance.keys where declaration like 'H%')) as made_up`,
  );
  const twice = await db.query(
    'select declaration from clearance.declarations where version = 1 group by filer, declaration having count(*) > 1',
  );
  await db.close();
  assert.deepEqual([row, twice], [{ keys: 2_000, made_up: 2_000 }, []]);
  const { code, ms } = await second.end('SIGTERM');
  assert.deepEqual([code, ms < 5_000], [0, true], `${ms} ms`);
  assert.deepEqual(serverProcesses(folder), []);
});

test('an ordinary user starts a window in a folder of his own, and it stops without a trace', async (t) => {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const root = process.getuid?.() === 0;
  const probe =
    root && spawnSync('test', ['-r', main, '-a', '-x', process.execPath], { uid: nobody, gid: nobody }).status !== 0;
  if (probe) return t.skip('NOT RUN as another user: the sources or Node.js are not readable for everybody here');
  const folder = dataFolder('ordinary', root ? nobody : undefined);
  const window = await startWindow(folder, root ? { uid: nobody } : {});
  const key = await makeKey(window, filer);
  const { id } = await file(window.origin, key, 0);
  const headers = { authorization: `Bearer ${key}` };
  assert.equal((await fetch(`${window.origin}/v1/consignments/${id}`, { headers })).status, 200);
  const servers = serverProcesses(folder);
  assert.ok(servers.length > 0 && existsSync(join(folder, 'postgres', 'PG_VERSION')));
  const { code, ms } = await window.end('SIGTERM');
  assert.deepEqual([code, ms < 5_000], [0, true], `${ms} ms`);
  assert.deepEqual(servers.filter(isRunning), []);
});
