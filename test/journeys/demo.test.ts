import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { aircraftWorker, beginAircraft } from '#modules/demo/aircraft.ts';
import { lastAircraft } from '#modules/demo/store.ts';
import { type Demo, openDemo, resetDemo, startDemo, tourStops } from '#modules/demo/index.ts';
import { schemas } from '#modules/schemas.ts';
import { readConfig } from '#platform/config.ts';
import { silentLog } from '#platform/log.ts';
import type { Worker } from '#platform/module.ts';
import { createApp, type Portolan } from '../../src/app.ts';
import { testDb } from '../support/db.ts';

const { db } = await testDb();
const config = readConfig({ PORT: '8080', PORTOLAN_DATA: '/nonexistent' }, []);
const host = '127.0.0.1:8080';
const demo = (await openDemo(config, db))!;

async function open(opened: Demo): Promise<Portolan> {
  const window = await createApp({ config, db, clock: opened.clock, log: silentLog }, opened);
  await window.app.ready();
  return window;
}
const window = await open(demo);
after(() => window.app.close());
const { app, context } = window;

const counted = async (): Promise<Record<string, bigint>> => {
  const rows = await db.query<{ what: string; many: bigint }>(
    `select 'keys' as what, count(*) as many from clearance.keys where declaration like 'H%' union all select 'declared', count(*) from clearance.declarations where version = 1
     union all select 'released', count(*) from clearance.parcels where status = 'released'
     union all select 'manifests', count(*) from clearance.manifests union all select 'arrivals', count(*) from clearance.arrivals`,
  );
  return Object.fromEntries(rows.map(({ what, many }) => [what, many]));
};

test('a history that was cut short goes on where it stopped, and clears nothing twice', async () => {
  const cut = (done: number): void => {
    if (done === 4) throw new Error('pulled the plug');
  };
  await assert.rejects(startDemo(context, demo, cut), /pulled the plug/);
  const [half] = await db.query<{ days: number }>('select days_done::int4 as days from demo.state');
  assert.equal(half?.days, 4);
  await startDemo(context, (await openDemo(config, db))!);
  const once = await counted();
  assert.equal(once['keys'], 2_000n);
  assert.ok(once['released']! > 1_700n, `only ${once['released']} released`);
  // The history itself, and what moves between the two zones on two transfers.
  assert.equal(once['manifests'], 62n + 2n);
  await startDemo(context, (await openDemo(config, db))!);
  assert.deepEqual(await counted(), once);
});

test('what the history did is marked as made up and stands at its own moment, not at that of the seeding', async () => {
  const [unmarked] = await db.query<{ many: bigint }>(
    `select count(*) as many from platform.journal where split_part(kind, '.', 1) in ('clearance', 'cases', 'treasury') and not seeded`,
  );
  assert.equal(unmarked?.many, 0n);
  const [spread] = await db.query<{ days: bigint }>(
    `select count(distinct at::date) as days from platform.journal where kind = 'clearance.released'`,
  );
  assert.ok(spread!.days >= 29n, `released on ${spread!.days} days`);
});

/** A browser without JavaScript: it keeps its cookie and takes the token from the page. */
function browser() {
  let cookie = '';
  const ask = async (
    method: 'GET' | 'POST',
    url: string,
    form?: Record<string, string>,
    more: Record<string, string> = {},
  ) => {
    const headers = { host, cookie, accept: 'text/html', ...more };
    const payload = form === undefined ? {} : { payload: new URLSearchParams(form).toString() };
    const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await app.inject({ method, url, headers: { ...headers, ...type }, ...payload });
    const set = [reply.headers['set-cookie'] ?? []].flat().find((one) => one.startsWith('session='));
    if (set !== undefined) cookie = set.split(';')[0]!;
    return reply;
  };
  const token = async (): Promise<string> =>
    /name="csrf" value="([^"]+)"/.exec((await ask('GET', '/tour')).body)?.[1] ?? '';
  return {
    ask,
    post: async (url: string, form: Record<string, string>, more?: Record<string, string>) =>
      ask('POST', url, { ...form, csrf: await token() }, more),
  };
}

for (const stop of tourStops) {
  test(`the tour’s stop ${stop.id} signs the right person in and leads somewhere`, async () => {
    const { ask, post } = browser();
    const reply = await post('/demo/go', { stop: stop.id });
    assert.equal(reply.statusCode, 303, reply.body);
    assert.match(reply.headers.location ?? '', /^\/[\w/?=&.+%-]*$/);
    const signed = (await context.identify((await asRequest(ask)) as never)).name;
    assert.equal(signed === '', stop.person === null);
  });
}

/** What `identify` looks at of a request, with the browser's cookie. */
async function asRequest(ask: ReturnType<typeof browser>['ask']): Promise<unknown> {
  const seen = (await ask('GET', '/tour')).raw.req;
  return { method: 'GET', headers: seen.headers, socket: { remoteAddress: '127.0.0.1' } };
}

test('nobody is signed in without the form of this window, under another name of the host, or through a proxy', async () => {
  const { ask, post } = browser();
  assert.equal((await ask('POST', '/demo/person', { person: 'ilda', csrf: 'made-up' })).statusCode, 403);
  const elsewhere = [
    { host: 'window.example' },
    { 'x-forwarded-for': '203.0.113.9' },
    { 'sec-fetch-site': 'cross-site' },
  ];
  for (const more of elsewhere) {
    const reply = await post('/demo/person', { person: 'ilda' }, more);
    assert.equal(reply.statusCode, 403, JSON.stringify(more));
    assert.equal(reply.headers['set-cookie'], undefined);
  }
});

test('the legal clock moves through the real sweeper, and a restart keeps it', async () => {
  const { post } = browser();
  const before = demo.clock.now();
  for (const step of ['hour', 'day', 'deadline']) {
    const reply = await post('/demo/clock', { step, back: '/tour' });
    assert.equal(reply.headers.location, '/tour');
  }
  assert.ok(demo.clock.now() - before > 25 * 3_600_000);
  const now = demo.clock.instant();
  const [late] = await db.query<{ many: bigint }>(
    `select count(*) as many from cases.deadlines where state = 'running' and due <= $1`,
    [now],
  );
  assert.equal(late?.many, 0n);
  assert.equal((await openDemo(config, db))?.shiftMs, demo.shiftMs);
  assert.equal((await post('/demo/clock', { step: 'day', back: '//elsewhere.example/' })).headers.location, '/');
});

test('an aircraft is filed and landed by the worker, and one that was cut short lands without times', async () => {
  const fly = async (from: Worker, steps: number): Promise<void> => {
    for (let step = 0; step < steps && (await from.step(db)); step += 1);
  };
  const last = async () => (await lastAircraft(db, 1))[0]!;
  assert.ok((await beginAircraft(context, 700)).ok);
  const second = await beginAircraft(context, 700);
  assert.equal(second.ok ? '' : second.error.code, 'demo/aircraft-on-its-way');
  await fly(aircraftWorker(context, demo.seed), 20);
  const whole = await last();
  assert.equal(whole.stage, 'done');
  assert.ok(whole.filingMs! > 0 && whole.landingMs! > 0 && whole.released! > 500, JSON.stringify(whole));
  assert.ok((await beginAircraft(context, 700)).ok);
  await fly(aircraftWorker(context, demo.seed), 1);
  assert.equal((await last()).filed, 500);
  await fly(aircraftWorker(context, demo.seed), 20);
  const cut = await last();
  assert.deepEqual([cut.stage, cut.filed, cut.filingMs], ['done', 700, null]);
  assert.equal(cut.released! + cut.held!, 700);
});

test('one parcel files with the key that the tour shows', async () => {
  const { body } = await app.inject({ url: '/demo/parcel.json', headers: { host } });
  const headers = { host, 'content-type': 'application/json', authorization: `Bearer ${demo.key}` };
  const reply = await app.inject({ method: 'POST', url: '/v1/consignments', headers, payload: body });
  assert.ok(reply.statusCode < 300, reply.body);
  // The lot may draw it for a closer look, as any other.
  assert.match(reply.json().status, /^(cleared|control)$/);
});

test('a window that holds anything of its own is never made a demonstration, and only a demonstration is dropped', async () => {
  const other = (await testDb()).db;
  await other.query(`select platform.append(array['test.thing'], array[gen_random_uuid()], array['{}'])`);
  assert.equal(await openDemo(config, other), null);
  const refused = await resetDemo(other, ['platform']);
  assert.equal(refused.ok ? '' : refused.error.code, 'demo/not-a-demonstration');
  assert.equal(
    await openDemo(readConfig({ HOST: '0.0.0.0', PORTOLAN_ORIGIN: 'https://window.example' }, []), db),
    null,
  );
});

test('a reset leaves an empty database', async () => {
  const gone = (await testDb()).db;
  assert.notEqual(await openDemo(config, gone), null);
  assert.ok((await resetDemo(gone, [...schemas.map(({ name }) => name), 'platform'])).ok);
  const left = await gone.query(`select nspname from pg_namespace where nspname in ('demo', 'clearance', 'platform')`);
  assert.deepEqual(left, []);
});
