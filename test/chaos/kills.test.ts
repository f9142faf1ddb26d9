import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { compareProjection } from '#modules/clearance/store-rebuild.ts';
import { type Invented, parcel } from '#modules/demo/index.ts';
import { verify } from '#modules/transparency/index.ts';
import type { Db } from '#platform/db.ts';
import { database, dataFolder, makeKey, serverProcesses, type Started, startWindow } from '../support/process.ts';

/**
 * A window under mixed load is killed again and again at moments that nobody chose: its own process, its database
 * server, both at once; and its database connections are cut. Afterwards everything it acknowledged is there, once.
 * `CHAOS_MINUTES` says how long; the window serves and works in one process, so there is no second one to kill.
 */

const minutes = Number(process.env['CHAOS_MINUTES'] ?? '4');
const seed = Number(process.env['CHAOS_SEED'] ?? '20261124');
const filer = 'XP-POST';

/** A generator of numbers below one (mulberry32): the same seed gives the same kills in the same order. */
function numbersFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ways = ['window', 'server', 'both', 'connections'] as const;

class Chaos {
  readonly folder: string;
  window: Started;
  readonly key: string;
  /** What the window answered for each declaration it took, and what was sent without an answer. */
  readonly acknowledged = new Map<string, string>();
  readonly sent = new Map<string, Invented>();
  readonly landed = new Set<string>();
  readonly done = { window: 0, server: 0, both: 0, connections: 0 };
  over = false;
  #number = 0;

  constructor(folder: string, window: Started, key: string) {
    this.folder = folder;
    this.window = window;
    this.key = key;
  }

  next(): Invented {
    this.#number += 1;
    const standing = { filer, declarant: filer, guarantor: null };
    const one = parcel({ seed, index: this.#number, at: Date.now(), run: 'CHAOS', kind: 'gift', standing });
    this.sent.set(one.body.declaration.id, one);
    return one;
  }

  /** Asks the window as it is reached now; undefined where nobody answered, or it was asked to come back. */
  async ask(method: string, path: string, body: string, type = 'application/json'): Promise<string | undefined> {
    const headers = { authorization: `Bearer ${this.key}`, 'content-type': type };
    try {
      const told = await fetch(this.window.origin + path, {
        method,
        headers,
        body,
        signal: AbortSignal.timeout(20_000),
      });
      const text = await told.text();
      if (told.status === 429 || told.status >= 500) return undefined;
      assert.ok(told.status < 300, `${told.status} ${text}`);
      return text;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return undefined;
    }
  }

  note(declaration: string, id: string): void {
    const before = this.acknowledged.get(declaration);
    assert.ok(before === undefined || before === id, `${declaration} was answered with two ids`);
    this.acknowledged.set(declaration, id);
  }

  async single(): Promise<void> {
    while (!this.over) {
      const { raw, body } = this.next();
      for (let text: string | undefined; text === undefined && !this.over; ) {
        text = await this.ask('POST', '/v1/consignments', raw);
        if (text === undefined) await delay(50);
        else this.note(body.declaration.id, JSON.parse(text).id);
      }
    }
  }

  /** Uploads of a few hundred lines. Of one that breaks off, each whole line that came counts, and it is sent again. */
  async bulk(): Promise<void> {
    while (!this.over) {
      const some = Array.from({ length: 300 }, () => this.next());
      for (let answered = 0; answered < some.length && !this.over; ) {
        answered = await this.upload(some);
        if (answered < some.length) await delay(50);
      }
    }
  }

  async upload(some: readonly Invented[]): Promise<number> {
    const headers = { authorization: `Bearer ${this.key}`, 'content-type': 'application/x-ndjson' };
    const body = some.map(({ raw }) => raw).join('\n');
    const signal = AbortSignal.timeout(20_000);
    let text = '';
    try {
      const told = await fetch(`${this.window.origin}/v1/consignments/bulk`, { method: 'POST', headers, body, signal });
      for await (const chunk of told.body!.pipeThrough(new TextDecoderStream())) text += chunk;
    } catch {
      // It broke off: what came whole was answered.
    }
    let taken = 0;
    for (const line of text.split('\n').slice(0, -1)) {
      const { line: number, status, answer } = JSON.parse(line);
      if (status !== 201) continue;
      this.note(some[number - 1]!.body.declaration.id, answer.id);
      taken += 1;
    }
    return taken;
  }

  /** Lands what was acknowledged, a master bill at a time. */
  async landing(): Promise<void> {
    for (let flight = 1; !this.over; flight += 1) {
      await delay(400);
      const ready = [...this.acknowledged.keys()].filter((one) => !this.landed.has(one)).slice(0, 60);
      const parcels = ready.map((declaration) => this.sent.get(declaration)!);
      if (parcels.length === 0) continue;
      const master = `CHAOS-${flight}`;
      const lines = parcels.map(({ house, barcodes }) => ({ house, pieces: barcodes.length, barcodes }));
      const manifest = JSON.stringify({ master, carrier: filer, mode: 'post', lines });
      const arrival = JSON.stringify({
        reference: master,
        master,
        operator: filer,
        place: 'XP-POST-1',
        landed: new Date().toISOString(),
        allExcept: { missing: [], extra: [] },
      });
      while (!this.over && (await this.ask('POST', '/v1/manifests', manifest)) === undefined) await delay(100);
      while (!this.over && (await this.ask('POST', '/v1/arrivals', arrival)) === undefined) await delay(100);
      if (!this.over) for (const one of ready) this.landed.add(one);
    }
  }

  async harm(way: (typeof ways)[number]): Promise<void> {
    this.done[way] += 1;
    if (way === 'connections') {
      const db = await database(this.folder);
      await db
        .query(
          'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = $1',
          ['client backend'],
        )
        .catch(() => undefined);
      await db.close();
      return;
    }
    const servers = serverProcesses(this.folder);
    if (way !== 'server') this.window.child.kill('SIGKILL');
    if (way !== 'window') for (const pid of servers) spawnSync('kill', ['-KILL', String(pid)], { stdio: 'ignore' });
  }

  /** Starts the window again where it is gone; one whose database was killed may have ended by itself. */
  async mend(): Promise<void> {
    const { child } = this.window;
    const gone = () => child.exitCode !== null || child.signalCode !== null;
    for (let waited = 0; waited < 50 && !gone(); waited += 1) {
      const health = await fetch(`${this.window.origin}/health`).catch(() => undefined);
      if (health?.status === 200) return;
      await delay(200);
    }
    if (!gone()) await this.window.end('SIGKILL');
    this.window = await startWindow(this.folder);
  }
}

const one = async (db: Db, sql: string): Promise<Record<string, unknown>> => (await db.query(sql))[0]!;

/** Waits until every follower has read the journal to its end. */
async function settled(db: Db): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { behind } = await one(
      db,
      `select count(*)::int4 as behind from platform.cursors c
        where (c.tx, c.seq) < (select j.tx, j.seq from platform.journal j order by j.tx desc, j.seq desc limit 1)`,
    );
    if (behind === 0) return;
    await delay(100);
  }
  assert.fail('the followers did not come to the end of the journal');
}

test('killed again and again under mixed load, a window has everything it acknowledged, once', async (t) => {
  const folder = dataFolder('chaos');
  const window = await startWindow(folder);
  const chaos = new Chaos(folder, window, await makeKey(window, filer));
  const random = numbersFrom(seed);
  const load = [...Array.from({ length: 12 }, () => chaos.single()), chaos.bulk(), chaos.landing()];
  const until = performance.now() + minutes * 60_000;
  while (performance.now() < until) {
    await delay(500 + random() * 3_000);
    await chaos.harm(ways[Math.floor(random() * ways.length)]!);
    await chaos.mend();
  }
  chaos.over = true;
  await Promise.all(load);
  const before = chaos.acknowledged.size;
  for (const [declaration, { raw }] of chaos.sent)
    while (!chaos.acknowledged.has(declaration)) {
      const told = await chaos.ask('POST', '/v1/consignments', raw);
      if (told !== undefined) chaos.note(declaration, JSON.parse(told).id);
    }
  const db = await database(folder);
  await settled(db);
  await check(chaos, db);
  const landed = await one(db, `select count(*)::int4 as many from clearance.parcels where status = 'released'`);
  await db.close();
  const kills = chaos.done.window + chaos.done.server + chaos.done.both;
  t.diagnostic(`${minutes} minutes, ${kills} kills and ${chaos.done.connections} times every connection cut`);
  t.diagnostic(`${chaos.sent.size} parcels sent, ${before} acknowledged under way, ${String(landed['many'])} released`);
  assert.ok(kills > 0 && before > 100);
  assert.equal((await chaos.window.end('SIGTERM')).code, 0);
  assert.deepEqual(serverProcesses(folder), []);
});

async function check(chaos: Chaos, db: Db): Promise<void> {
  const stored = await db.query<{ declaration: string; id: string }>('select declaration, id from clearance.keys');
  assert.equal(stored.length, chaos.sent.size, 'every parcel has its key, and no other is there');
  for (const { declaration, id } of stored) assert.equal(chaos.acknowledged.get(declaration), id, declaration);
  assert.deepEqual(
    await one(
      db,
      `select (select count(*)::int4 from clearance.keys k where not exists (select from clearance.declarations d where d.id = k.id)) as keys_alone,
         (select count(*)::int4 from clearance.declarations d where not exists (select from clearance.keys k where k.id = d.id)) as rows_alone,
         (select count(*)::int4 from (select declaration from clearance.declarations where version = 1 group by declaration having count(*) > 1) t) as twice,
         (select count(*)::int4 from (select subject from platform.journal where kind = 'clearance.decided' group by subject having count(*) > 1) t) as decided_twice,
         (select count(*)::int4 from clearance.declarations d where not exists
           (select from platform.journal j where j.subject = d.id and j.kind = 'clearance.decided')) as without_entry,
         (select count(*)::int4 from platform.journal j where j.kind = 'clearance.decided' and not exists
           (select from clearance.declarations d where d.id = j.subject)) as entry_alone,
         (select count(*)::int4 from (select subject from platform.journal where kind = 'clearance.released' group by subject having count(*) > 1) t) as released_twice,
         (select count(*)::int4 from clearance.arrivals where finished is null) as arrivals_open`,
    ),
    {
      keys_alone: 0,
      rows_alone: 0,
      twice: 0,
      decided_twice: 0,
      without_entry: 0,
      entry_alone: 0,
      released_twice: 0,
      arrivals_open: 0,
    },
  );
  const accounts = await db.query(
    `select a.kind, a.owner from accounts.accounts a left join (
       select account, sum(reserved) as reserved, sum(consumed) as consumed from accounts.holds group by 1
     ) h on h.account = a.id
     where (a.reserved, a.consumed) is distinct from (coalesce(h.reserved, 0), coalesce(h.consumed, 0))`,
  );
  assert.deepEqual(accounts, [], 'every account holds what its holds say');
  assert.equal(await compareProjection(db), 0, 'the projection is what the journal makes of it');
  assert.deepEqual((await verify(db)).faults, [], 'every entry is sealed in the segment it falls into');
  const figures = await one(
    db,
    `select (select coalesce(sum(count), 0)::int4 from home.figures where name = 'landed') as landed,
       (select count(*)::int4 from platform.journal where kind = 'clearance.released') as released,
       (select coalesce(sum(count), 0)::int4 from home.figures where name not in ('landed', 'over-landed')) as decided,
       (select count(*)::int4 from platform.journal where kind = 'clearance.decided') as entries`,
  );
  assert.equal(figures['landed'], figures['released'], 'the follower counted each release once');
  assert.equal(figures['decided'], figures['entries'], 'the follower counted each decision once');
}
