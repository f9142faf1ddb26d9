import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ids } from '#modules/demo/index.ts';
import type { Db } from '#platform/db.ts';
import { database, dataFolder, partsOf, serverProcesses, type Started, startWindow } from '../support/process.ts';
import { check, one, settled } from './check.ts';
import { Load, numbersFrom } from './load.ts';
import { prepareFolder } from './prepare.ts';
import { BadReceiver } from './receiver.ts';

/**
 * A window under mixed load is killed again and again at moments that nobody chose: what serves, what works, the
 * process that looks after them, one process of its database, all of that, everything; and its connections are cut.
 * Afterwards everything it acknowledged is there, once. `CHAOS_MINUTES` says how long all chaos takes; a disk that
 * fills and a clock that jumps take one of them.
 */

const minutes = Math.max(0.5, Number(process.env['CHAOS_MINUTES'] ?? '4') - 1);
const seed = Number(process.env['CHAOS_SEED'] ?? '20261124');
const killsLeast = 30;
const singles = 10;

const ways = ['serve', 'work', 'main', 'backend', 'postgres', 'all', 'connections'] as const;
type Way = (typeof ways)[number];

const kill = (pids: readonly number[]): void =>
  pids.forEach((pid) => void spawnSync('kill', ['-KILL', String(pid)], { stdio: 'ignore' }));

class Chaos {
  readonly folder: string;
  window: Started;
  readonly done: Record<Way, number> = { serve: 0, work: 0, main: 0, backend: 0, postgres: 0, all: 0, connections: 0 };
  readonly #chance = numbersFrom(seed);

  constructor(folder: string, window: Started) {
    this.folder = folder;
    this.window = window;
  }

  get kills(): number {
    return Object.values(this.done).reduce((sum, times) => sum + times, 0) - this.done.connections;
  }

  /** Waits a moment that nobody chose. */
  pause = (): Promise<void> => delay(300 + this.#chance() * 2_200);

  async harm(): Promise<void> {
    const way = ways[Math.floor(this.#chance() * ways.length)]!;
    const servers = serverProcesses(this.folder);
    const parts = { serve: partsOf(this.window, 'serve'), work: partsOf(this.window, 'work') };
    this.done[way] += 1;
    if (way === 'connections') return this.#cut();
    if (way === 'serve' || way === 'work') return kill(parts[way]);
    if (way === 'main') return kill([this.window.child.pid!]);
    // The postmaster is the first of them; any other of its processes takes all connections down when it is killed.
    if (way === 'backend') return kill(servers.slice(-1));
    kill(way === 'postgres' ? servers : [this.window.child.pid!, ...parts.serve, ...parts.work, ...servers]);
  }

  async #cut(): Promise<void> {
    const db = await database(this.folder).catch(() => undefined);
    await db
      ?.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = $1',
        ['client backend'],
      )
      .catch(() => undefined);
    await db?.close();
  }

  /** Waits until the window takes parcels again; where the process that looks after it is gone, it is started anew. */
  async mend(): Promise<void> {
    const { child } = this.window;
    const gone = (): boolean => child.exitCode !== null || child.signalCode !== null;
    for (let waited = 0; waited < 300 && !gone(); waited += 1) {
      const signal = AbortSignal.timeout(2_000);
      const health = await fetch(`${this.window.origin}/health`, { signal }).catch(() => undefined);
      await health?.arrayBuffer().catch(() => undefined);
      if (health?.status === 200) return;
      await delay(100);
    }
    assert.ok(gone(), `the window did not come back within half a minute: ${this.window.lines.slice(-5).join('\n')}`);
    this.window = await startWindow(this.folder, { demo: true });
  }
}

/** Every event of the filer came and had its effect once; the numbers grow, so that nothing was told out of order. */
async function told(db: Db, receiver: BadReceiver): Promise<number> {
  receiver.well = true;
  const events = await db.query<{ id: string; number: bigint }>(
    'select id, number from feedback.events where party = $1 order by number',
    [ids.agent],
  );
  for (let tries = 0; receiver.effects.size < events.length; tries += 1) {
    assert.ok(tries < 600, `${receiver.effects.size} of ${events.length} events came`);
    // Nobody waits six hours here for the next attempt.
    await db.query(
      `update feedback.webhooks set next_at = clock_timestamp() where next_at > clock_timestamp() + '31 s'`,
    );
    await delay(100);
  }
  assert.deepEqual(
    [...receiver.effects],
    events.map(({ id, number }) => [id, number]),
  );
  const decided = await one(
    db,
    `select (select count(*)::int4 from platform.journal where kind = 'clearance.decided' and data::json ->> 'filer' = $1) as decided,
       (select count(*)::int4 from feedback.events where party = $1 and kind = 'clearance.decided') as told`,
    [ids.agent],
  );
  assert.equal(decided['told'], decided['decided'], 'each decision is news once');
  return events.length;
}

function report(
  t: TestContext,
  chaos: Chaos,
  load: Load,
  receiver: BadReceiver,
  counted: Record<string, unknown>,
): void {
  t.diagnostic(
    `${chaos.kills} kills and ${chaos.done.connections} times every connection cut: ${JSON.stringify(chaos.done)}`,
  );
  t.diagnostic(`${load.sent.size} parcels and ${load.receipts.size} slips sent, ${JSON.stringify(counted)}`);
  t.diagnostic(`answered 503 ${load.refused.times} times, ${load.landed.size} parcels landed`);
  t.diagnostic(`the receiver of news: ${JSON.stringify(receiver.counts)}`);
}

test('killed again and again under mixed load, a window has everything it acknowledged, once', async (t) => {
  const folder = dataFolder('chaos');
  await prepareFolder(folder);
  const chaos = new Chaos(folder, await startWindow(folder, { demo: true }));
  const load = new Load(() => chaos.window.origin, seed);
  const receiver = new BadReceiver(seed);
  await receiver.open();
  t.after(() => {
    load.over = true;
    return receiver.close();
  });
  const webhook = JSON.stringify({ url: `http://127.0.0.1:${receiver.port}/` });
  assert.ok(await load.ask(ids.agent, 'POST', '/v1/webhooks', webhook));
  const running = load.run(singles);
  const until = performance.now() + minutes * 60_000;
  while (performance.now() < until || chaos.kills < killsLeast) {
    await chaos.pause();
    await chaos.harm();
    if (chaos.kills % 8 === 4) await receiver.die(1_000);
    await chaos.mend();
  }
  load.over = true;
  await running;
  const before = await load.finish();
  const db = await database(folder);
  await settled(db);
  await check(load, db);
  const events = await told(db, receiver);
  const counted = await one(
    db,
    `select $1::int4 as answered_under_way, $2::int4 as events_told,
       (select count(*)::int4 from clearance.parcels where status = 'released') as released`,
    [before, events],
  );
  await db.close();
  report(t, chaos, load, receiver, counted);
  assert.ok(before > 100 && load.slipped.size > 10 && load.landed.size > 50);
  assert.equal(load.refused.withoutTime, 0, 'whoever is told to come back is told when');
  assert.equal((await chaos.window.end('SIGTERM')).code, 0);
  assert.deepEqual(serverProcesses(folder), []);
});
