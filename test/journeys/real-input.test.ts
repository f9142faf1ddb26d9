import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { openAccount } from '#modules/accounts/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { environment, readConfig } from '#platform/config.ts';
import { split } from '../../examples/online-retail/split.ts';
import { run } from '../../src/cli/run.ts';
import { openWindow, type TestWindow } from '../support/window.ts';

/**
 * The orders of a real retailer through the real command line. The exact counts stand here because rules and data are
 * fixed; examples/online-retail/README.md explains each of them. With PORTOLAN_REAL_INPUT=all the last test clears
 * every line.
 */
const folder = join(readConfig(environment(), []).shared, 'data/orders/uci-online-retail');
const files = existsSync(folder)
  ? readdirSync(folder)
      .toSorted()
      .map((name) => join(folder, name))
  : [];
const skip = files.length === 0 ? `the orders of the retailer are not at ${folder}: set PORTOLAN_SHARED` : false;
const example = (name: string): string => join(import.meta.dirname, '../../examples/online-retail', name);
const germanParcels = 303;

const scratch = await mkdtemp(join(tmpdir(), 'portolan-real-'));
after(() => rm(scratch, { recursive: true, force: true }));

/** The rows of the German orders alone, as they stand in the table, so that the tests that file them read no others. */
const german = join(scratch, 'german.csv');
if (files.length > 0) {
  const rows = files.flatMap((path) => gunzipSync(readFileSync(path)).toString('utf8').split('\n'));
  writeFileSync(german, `${rows[0]}\n${rows.filter((row) => row.trimEnd().endsWith(',Germany')).join('\n')}\n`);
}

/** The day on which parcels are filed; the last shifted order is of three weeks before. */
const filedOn = '2026-11-23T09:00:00.000Z';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function portolan(...argv: string[]): Promise<Ran> {
  const said = { out: '', err: '' };
  const code = await run(argv, {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    live: false,
    clock: fixedClock(filedOn),
  });
  return { code, ...said };
}

const lines = <T>(path: string): T[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

/** How many there are of each; the order of the names does not matter to a comparison. */
const counted = <T>(all: readonly T[], of: (one: T) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(all, of)].map(([name, group]) => [name, group.length]));

interface Assessed {
  readonly key: string;
  readonly rows: number;
  readonly outcome: string;
  readonly part: string;
  readonly economy: string | null;
  readonly day: string | null;
  readonly charges?: readonly { readonly id: string; readonly amount: { readonly amount: string } }[];
  readonly values?: Readonly<Record<string, { readonly currency: string; readonly amount: string }>>;
}

const cents = (amount: string | undefined): bigint => BigInt((amount ?? '').replace('.', ''));

test('every order is accounted for when all are assessed for the European Union', { skip }, async () => {
  const out = join(scratch, 'assessed.ndjson');
  const ran = await portolan(
    'assess',
    ...files,
    '--mapping',
    example('orders.eu.json'),
    '--economy',
    'eu',
    '--out',
    out,
  );
  const all = lines<Assessed>(out);
  assert.equal(ran.code, 2);
  assert.equal(
    all.reduce((sum, one) => sum + one.rows, 0),
    370_931,
    'every line of the table belongs to one order',
  );
  assert.equal(new Set(all.map((one) => one.key)).size, 18_786);
  assert.equal(all.length, 18_787, 'one order comes back later in the table');
  assert.deepEqual(
    counted(all, (one) => one.outcome),
    {
      'set aside': 17_651,
      'cannot-decide': 4,
      'other-route': 975,
      charges: 149,
      refused: 8,
    },
  );
  const undecided = all.filter((one) => one.outcome === 'cannot-decide');
  assert.equal(undecided.filter((one) => one.part === 'missing declaration.destination').length, 3);
  assert.equal(undecided.filter((one) => one.part === 'missing declaration.goods.*.commodity').length, 1);
  const spoken = counted(all, (one) => one.economy ?? '');
  assert.ok((spoken['fr'] ?? 0) > 0 && (spoken['eu'] ?? 0) > 0, 'France by its leaf, members without one by the Union');
  const aside = counted(
    all.filter((one) => one.outcome === 'set aside'),
    (one) => one.part,
  );
  assert.deepEqual(aside, {
    'not bound for the European Union': 17_341,
    cancellation: 276,
    'postage and nothing else': 18,
    'an entry of the books, not goods': 15,
    'without a price': 1,
  });
});

test('charges follow the law of the shifted day: three euro a heading from July 2026 and none before', {
  skip,
}, async () => {
  const out = join(scratch, 'charges.ndjson');
  await portolan('assess', german, '--mapping', example('orders.eu.json'), '--out', out);
  const charged = lines<Assessed>(out).filter((one) => one.outcome === 'charges');
  assert.equal(charged.length, 46);
  for (const { day, charges = [], values = {} } of charged) {
    assert.ok(cents(values['intrinsic']?.amount) <= 15_000n, 'up to EUR 150');
    const duty = cents(charges.find((one) => one.id === 'duty')?.amount.amount ?? '0.00');
    if ((day ?? '') < '2026-07-01') assert.equal(duty, 0n);
    else assert.ok(duty > 0n && duty % 300n === 0n, `a multiple of EUR 3.00 on ${day}, not ${duty}`);
  }
  assert.ok(
    charged.some((one) => (one.day ?? '') < '2026-07-01') && charged.some((one) => (one.day ?? '') >= '2026-07-01'),
  );
});

interface Door {
  readonly window: TestWindow;
  readonly address: string;
  readonly key: string;
}

async function open(economy: string, unit: string): Promise<Door> {
  const post = { identifier: 'UCI-352-POST', name: 'The postal operator of the example', language: 'en' };
  const window = await openWindow({
    economy,
    clock: fixedClock(filedOn),
    cast: {
      parties: [{ ...post, roles: ['declarant', 'carrier', 'postal-operator', 'place-operator', 'guarantor'] }],
      representations: [],
    },
  });
  await window.context.db.tx((tx) =>
    openAccount(tx, { kind: 'guarantee', owner: post.identifier, unit, ceiling: 1_000_000_000n }),
  );
  const address = await window.app.listen({ host: '127.0.0.1', port: 0 });
  return { window, address, key: window.key(post.identifier) };
}

/** Everything the database holds, table by table: the number of rows, and a digest over all of them. */
async function contents({ window }: Door): Promise<Record<string, string>> {
  const { db } = window.context;
  const tables = await db.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await db.query<{ digest: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as digest from ${name} t`,
    );
    found[name] = row?.digest ?? '';
  }
  return found;
}

interface Filed {
  readonly key: string;
  readonly declaration: string | null;
  readonly id: string | null;
  readonly outcome: string;
  readonly part: string;
}

const stateOf = (path: string): Filed[] => lines<Filed>(path).filter((one) => one.key !== undefined);
/** What became of each order, without the id that the window made for it. */
const fates = (path: string): string[] => stateOf(path).map(({ key, outcome, part }) => `${key} ${outcome} ${part}`);

function submission(door: Door, name: string): { argv: string[]; state: string; refusals: string } {
  const state = join(scratch, `${name}.submitted.ndjson`);
  const refusals = join(scratch, `${name}.refusals.ndjson`);
  const what = [german, '--mapping', example('orders.eu.json'), '--only', 'Country=Germany'];
  return {
    argv: ['submit', ...what, '--to', door.address, '--key', door.key, '--state', state, '--refusals', refusals],
    state,
    refusals,
  };
}

const whole = 'whole';

async function call(
  door: Door,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await door.window.app.inject({
    method: body === undefined ? 'GET' : 'POST',
    url: path,
    headers: {
      authorization: `Bearer ${door.key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: response.statusCode, body: response.json() };
}

test('the German orders are filed and landed: those up to EUR 150 are released, the others refused with their route', {
  skip,
}, async () => {
  const door = await open('de', 'EUR');
  const { argv, state, refusals } = submission(door, whole);
  const ran = await portolan(...argv);
  assert.equal(ran.code, 2, ran.err);
  const filed = stateOf(state);
  assert.equal(filed.length, 420);
  assert.deepEqual(
    counted(filed, (one) => `${one.outcome}: ${one.part}`),
    {
      'cleared: route h7-special': 46,
      'other-route: route H1': 257,
      'cannot-decide: missing declaration.goods.*.commodity': 1,
      'refused: http/field-size /declaration/goods': 2,
      'set aside: cancellation': 106,
      'set aside: postage and nothing else': 5,
      'set aside: an entry of the books, not goods': 3,
    },
  );
  const reasons = lines<{
    outcome: string;
    code: string;
    pointer: string;
    detail: string;
    remedy: string;
    line: number;
  }>(refusals);
  const others = reasons.filter((one) => one.outcome === 'other-route');
  assert.equal(others.length, 257);
  for (const one of others) {
    assert.match(one.detail, /route: H1/);
    assert.ok(one.line > 1 && one.code !== '' && one.remedy !== '');
  }
  assert.equal(reasons.find((one) => one.outcome === 'refused')?.pointer, '/declaration/goods');

  const sent = filed.filter((one) => one.id !== null);
  assert.equal(sent.length, germanParcels + 1);
  const master = 'UCI-352-2026';
  const house = sent.map((one) => ({ house: `UCI${one.key}`, pieces: 1, barcodes: [`UCI${one.key}`] }));
  const manifest = await call(door, '/v1/manifests', { master, carrier: 'UCI-352-POST', mode: 'post', lines: house });
  assert.equal(manifest.status, 201, JSON.stringify(manifest.body));
  const tally = {
    reference: 'TALLY-1',
    master,
    operator: 'UCI-352-POST',
    place: 'DE-FRA',
    landed: filedOn,
    complete: true,
  };
  const arrival = await call(door, '/v1/arrivals', { ...tally, allExcept: { missing: [], extra: [] } });
  assert.equal(arrival.status, 201, JSON.stringify(arrival.body));
  await door.window.settle();
  assert.deepEqual([arrival.body['tallied'], arrival.body['released'], arrival.body['notCleared']], [304, 46, 258]);
  for (const one of sent) {
    const { body } = await call(door, `/v1/consignments/${one.id}`);
    assert.equal(body['status'], one.outcome === 'cleared' ? 'released' : 'lodged', one.key);
  }

  const before = await contents(door);
  const second = await portolan(...argv);
  assert.match(second.err, /nothing was sent/);
  assert.equal(second.out, ran.out);
  const again = await portolan(...argv, '--again');
  assert.equal(again.out, ran.out);
  assert.deepEqual(await contents(door), before, 'sent once more, the same orders change no row of any table');
});

test('killed half-way and started again, a submission comes to the same totals', { skip }, async () => {
  const door = await open('de', 'EUR');
  const { argv, state } = submission(door, 'killed');
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/cli.ts'), ...argv, '--at-once', '2'], {
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const sent = (): number =>
    existsSync(state)
      ? readFileSync(state, 'utf8')
          .split('\n')
          .filter((line) => line.includes('"id":"0')).length
      : 0;
  while (child.exitCode === null && sent() < germanParcels / 2) await delay(20);
  child.kill('SIGKILL');
  await ended;
  assert.equal(child.signalCode, 'SIGKILL', 'it was killed while it ran');
  const atKill = sent();
  assert.ok(atKill >= germanParcels / 2 && atKill < germanParcels, `${atKill} of ${germanParcels} were written down`);

  const resumed = await portolan(...argv);
  assert.match(resumed.err, /Going on after/);
  const wholeState = join(scratch, `${whole}.submitted.ndjson`);
  assert.deepEqual(fates(state), fates(wholeState));
  const [row] = await door.window.context.db.query<{ parcels: bigint; keys: bigint }>(
    `select count(*) as parcels, count(distinct subject) as keys from platform.journal where kind = 'clearance.decided'`,
  );
  assert.deepEqual(
    row,
    { parcels: BigInt(germanParcels + 1), keys: BigInt(germanParcels + 1) },
    'none is lost, none is doubled',
  );
});

const everything = process.env['PORTOLAN_REAL_INPUT'] === 'all';

test('the lines split into parcels of consumer size are cleared in Ponenta', {
  skip,
  timeout: everything ? 3_600_000 : 300_000,
}, async (t) => {
  const csv = join(scratch, 'parcels.csv');
  const stream = createWriteStream(csv);
  const done = await split('352', files, stream, everything ? Infinity : 3_000);
  stream.end();
  await once(stream, 'close');
  const door = await open('xp', 'XPN');
  const state = join(scratch, 'parcels.ndjson');
  const refusals = join(scratch, 'parcels.refusals.ndjson');
  const argv = [
    'submit',
    csv,
    '--mapping',
    example('parcels.xp.json'),
    '--to',
    door.address,
    '--key',
    door.key,
    '--state',
    state,
    '--refusals',
    refusals,
  ];
  const ran = await portolan(...argv);
  t.diagnostic(ran.out);
  const outcomes = counted(stateOf(state), (one) => one.outcome);
  if (everything) {
    assert.deepEqual(done, { lines: 360_567, cancelled: 6_652, empty: 1_959, notGoods: 1_753, parcels: 150_006 });
    assert.equal(done.lines + done.cancelled + done.empty + done.notGoods, 370_931, 'every line is accounted for');
    assert.deepEqual(outcomes, { cleared: 147_026, 'cannot-decide': 1_934, rejected: 871, control: 175 });
  } else {
    assert.equal(done.parcels, 3_006);
    assert.deepEqual(outcomes, { cleared: 2_907, 'cannot-decide': 51, rejected: 42, control: 6 });
  }
  const again = await portolan(...argv, '--again');
  assert.equal(again.out, ran.out, 'sent once more, every parcel is answered as before');
  const [row] = await door.window.context.db.query<{ parcels: bigint }>(
    `select count(*) as parcels from platform.journal where kind = 'clearance.decided'`,
  );
  assert.equal(row?.parcels, BigInt(done.parcels));
});
