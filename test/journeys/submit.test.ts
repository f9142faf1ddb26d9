import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ids, parcel } from '#modules/demo/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { run } from '../../src/cli/run.ts';
import { slipsOf } from '../support/slips.ts';
import { openWindow } from '../support/window.ts';

/** Files of parcels and of slips through the command line, over a line that breaks, by a program that is killed. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { db } = window.context;
const address = await window.app.listen({ port: 0, host: '127.0.0.1' });
after(() => window.app.server.closeAllConnections());
const folder = await mkdtemp(join(tmpdir(), 'portolan-journey-'));
after(() => rm(folder, { recursive: true, force: true }));

/** A line to the window that breaks each time so many bytes of answers went through it, so many times. */
async function breaking(bytes: number, times: number): Promise<{ address: string; broken: () => number }> {
  let broken = 0;
  const { port, hostname } = new URL(address);
  const server = createServer((near: Socket) => {
    const far = connect(Number(port), hostname);
    let passed = 0;
    far.on('data', (chunk) => {
      passed += chunk.length;
      if (broken === times || passed < bytes) return near.write(chunk);
      broken += 1;
      // Cut in the middle of whatever is on its way.
      near.write(chunk.subarray(0, chunk.length >> 1), () => near.destroy());
      return far.destroy();
    });
    near.pipe(far);
    for (const end of [near, far]) end.on('error', () => undefined).on('close', () => (near.destroy(), far.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => void server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, broken: () => broken };
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function portolan(...argv: string[]): Promise<Ran> {
  const said = { out: '', err: '' };
  const out = (text: string): void => void (said.out += text);
  const err = (text: string): void => void (said.err += text);
  return { code: await run(argv, { out, err, live: false, clock }), ...said };
}

const standing = { filer: ids.post, declarant: ids.post, guarantor: null };
/** A file of parcels of one filer, with a line among them that is none. */
function parcels(name: string, count: number): string {
  const lines = Array.from(
    { length: count },
    (_, index) => parcel({ seed: 47, index, at: clock.now(), run: name, kind: 'gift', standing }).raw,
  );
  lines.splice(count >> 1, 0, '{"declaration":');
  const file = join(folder, `${name}.ndjson`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

interface Recorded {
  readonly line: number;
  readonly id: string | null;
  readonly outcome: string;
}
const recordsOf = (file: string): Recorded[] =>
  readFileSync(`${file}.submitted.ndjson`, 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line.includes('"outcome"'))
    .map((line) => JSON.parse(line) as Recorded);

/** The parcels of this run that stand in the window, and how often each was decided. */
async function stored(name: string): Promise<{ parcels: number; decided: number }> {
  const [row] = await db.query<{ parcels: bigint; decided: bigint }>(
    `select count(*) as parcels,
            (select count(*) from platform.journal where kind = 'clearance.decided'
             and subject in (select id from clearance.keys where declaration like $1)) as decided
     from clearance.keys where declaration like $1`,
    [`%${name}%`],
  );
  return { parcels: Number(row?.parcels), decided: Number(row?.decided) };
}

test('over a line that breaks four times every parcel of a file is there once, in the order of the file', async () => {
  const file = parcels('CUT', 2_000);
  const line = await breaking(300_000, 4);
  const ran = await portolan('submit', file, '--to', line.address, '--key', window.key(ids.post));
  assert.equal(line.broken(), 4);
  assert.equal(ran.code, 2, ran.err);
  assert.match(ran.err, /away or busy/);
  const records = recordsOf(file);
  assert.deepEqual(
    records.map((one) => one.line),
    Array.from({ length: 2_001 }, (_, index) => index + 1),
  );
  assert.deepEqual(
    records.filter(({ id }) => id === null).map((one) => [one.line, one.outcome]),
    [[1_001, 'refused']],
    'the bad line is told and stopped nothing',
  );
  assert.equal(new Set(records.map(({ id }) => id)).size, 2_001);
  assert.deepEqual(await stored('CUT'), { parcels: 2_000, decided: 2_000 });
  const straight = await portolan('submit', file, '--to', address, '--key', window.key(ids.post), '--again');
  assert.equal(straight.out, ran.out, 'the same file over a good line is answered as before');
  assert.deepEqual(recordsOf(file), records);
});

test('killed with -9 in the middle and started again, the command line comes to the same totals', async () => {
  const file = parcels('KILL', 3_000);
  const argv = ['submit', file, '--to', address, '--key', window.key(ids.post), '--at-once', '500'];
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/cli.ts'), ...argv], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const state = `${file}.submitted.ndjson`;
  const written = (): number => (existsSync(state) ? readFileSync(state, 'utf8').split('\n').length - 2 : 0);
  while (child.exitCode === null && written() < 700) await delay(1);
  child.kill('SIGKILL');
  await ended;
  assert.equal(child.signalCode, 'SIGKILL', 'it was killed while it ran');
  const before = written();
  assert.ok(before >= 700 && before < 3_001, `${before} were written down`);

  const resumed = await portolan(...argv);
  assert.equal(resumed.code, 2, resumed.err);
  assert.match(resumed.err, /Going on after [\d,]+ parcels/);
  assert.deepEqual(await stored('KILL'), { parcels: 3_000, decided: 3_000 });
  const whole = await portolan(...argv, '--again');
  assert.equal(whole.out, resumed.out, 'as if it had never been killed');
  assert.match((await portolan(...argv)).err, /nothing was sent/);
});

test('a file of slips over a line that breaks is kept once, in the order of the file', async () => {
  const slips = Array.from({ length: 1_500 }, (_, index) => {
    const { raw, filer } = parcel({ seed: 21, index, at: clock.now(), run: 'SLIP', kind: 'low-value' });
    return slipsOf(JSON.parse(raw) as Consignment, filer).find(({ kind }) => kind === 'order')!;
  });
  const file = join(folder, 'orders.ndjson');
  writeFileSync(file, slips.map(({ body }) => `${JSON.stringify(body)}\n`).join(''));
  const line = await breaking(60_000, 3);
  const argv = ['submit', file, '--as', 'orders', '--key', window.key(ids.platform)];
  const ran = await portolan(...argv, '--to', line.address);
  assert.equal(line.broken(), 3);
  assert.equal(ran.code, 0, ran.err);
  assert.match(ran.out, /kept +1,500/);
  const [row] = await db.query<{ slips: bigint; versions: bigint }>(
    `select (select count(*) from slips.slips where kind = 'order') as slips,
            (select count(*) from slips.versions) as versions`,
  );
  assert.deepEqual(row, { slips: 1_500n, versions: 1_500n });
});
