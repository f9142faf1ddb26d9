import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, mock, test } from 'node:test';
import { promisify } from 'node:util';
import { ids } from '#modules/demo/index.ts';
import { jobs, partyOf, type Step } from '#modules/developers/jobs.ts';
import { idOfValue, sample, testValues } from '#modules/developers/samples.ts';
import { Portolan, Refused } from '../../client/portolan.ts';
import { root } from '../support/files.ts';
import { openWindow, type Told } from '../support/window.ts';

const run = promisify(execFile);
const window = await openWindow();
await window.app.listen({ port: 0, host: '127.0.0.1' });
const address = window.app.server.address();
const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
const key = window.key(ids.seller);

/** Whether everything that is expected stands in what was told; of lists each member somewhere. */
function within(told: unknown, expected: unknown): boolean {
  if (Array.isArray(expected))
    return Array.isArray(told) && expected.every((one) => told.some((other) => within(other, one)));
  if (typeof expected !== 'object' || expected === null) return told === expected;
  if (typeof told !== 'object' || told === null) return false;
  return Object.entries(expected).every(([name, one]) => within(Reflect.get(told, name), one));
}

const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

async function take(step: Step, kept: Record<string, string>): Promise<Told> {
  const url = step.path.replace(/\{(\w+)\}/g, (_, name: string) => kept[name] ?? assert.fail(`nobody kept ${name}`));
  const sent =
    step.lines === undefined
      ? { body: step.body }
      : { raw: step.lines.map((line) => JSON.stringify(line)).join('\n'), type: 'application/x-ndjson' };
  const told = await window.ask({
    method: step.method,
    url,
    ...(step.as === 'anybody' ? {} : { as: partyOf[step.as] }),
    ...sent,
  });
  for (const [name, member] of Object.entries(step.keep ?? {})) kept[name] = told.body[member];
  return told;
}

for (const job of jobs) {
  test(`the worked example ${job.id} does what its page says`, async () => {
    const kept: Record<string, string> = {};
    for (const step of job.steps) {
      const told = await take(step, kept);
      assert.equal(told.status, step.status, told.text);
      const answer: unknown = step.lines === undefined ? told.body : linesOf(told.text);
      assert.ok(within(answer, step.answer), `${JSON.stringify(step.answer)} is not in ${told.text.slice(0, 2_000)}`);
    }
  });
}

for (const value of testValues) {
  test(`the test value ${value.id} meets ${value.outcome}, filed twice and asked about without filing`, async () => {
    const body = (await window.ask({ url: `/docs/test-values/${value.id}.json` })).body;
    assert.deepEqual(body, sample(idOfValue(value), value.change));
    for (const _ of [1, 2]) {
      const told = await window.ask({ method: 'POST', url: '/v1/consignments', as: ids.seller, body });
      assert.equal(told.status, 201, told.text);
      const checks = value.check === null ? [] : [value.check];
      const { status, outcome } = value;
      assert.ok(within(told.body, { status, decision: { outcome, checks } }), told.text);
    }
  });
}

test('the typed client clears a parcel in ten lines, and throws the problem of one that is not taken', async () => {
  const portolan = new Portolan({ origin, key });
  const filed = await portolan.ask('POST /v1/consignments', { body: sample('CLIENT-1') });
  const now = await portolan.ask('GET /v1/consignments/{id}', { path: { id: filed.id } });
  assert.deepEqual([filed.status, filed.decision.outcome, now.status], ['cleared', 'cleared', 'cleared']);
  const again = portolan.ask('POST /v1/consignments', { body: sample('CLIENT-1', { price: '25.00' }) });
  await assert.rejects(again, (error) => error instanceof Refused && error.problem.code === 'clearance/key-replayed');
});

test('the typed client comes back when it is asked to, and gives up when it was told so too often', async () => {
  const answers = [503, 429, 200];
  const asked = mock.method(globalThis, 'fetch', async () => {
    const status = answers.shift() ?? 503;
    const body = status === 200 ? { party: 'X' } : { code: 'http/outage', detail: 'later' };
    return new Response(JSON.stringify(body), { status, headers: { 'retry-after': '0' } });
  });
  try {
    assert.deepEqual(await new Portolan({ origin }).ask('GET /v1/me'), { party: 'X' });
    assert.equal(asked.mock.callCount(), 3);
    await assert.rejects(new Portolan({ origin, tries: 1 }).ask('GET /v1/me'), Refused);
    assert.equal(asked.mock.callCount(), 5);
  } finally {
    asked.mock.restore();
  }
});

test('the quick starts work word for word on a machine that holds nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quick-start-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const text = readFileSync(`${root}docs/quick-start.md`, 'utf8');
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    WINDOW: origin,
    KEY: key,
  };
  const printed: string[] = [];
  for (const [, language, name, block = ''] of text.matchAll(/^```(\w+) ?(\S*)\n([^]*?)^```$/gm)) {
    if (name === 'yours') continue;
    if (language === 'sh') printed.push((await run('bash', ['-euc', block], { cwd: folder, env })).stdout);
    else writeFileSync(join(folder, name ?? ''), block);
  }
  assert.equal(printed.length, 5);
  assert.equal(JSON.parse(printed[0] ?? '').party, ids.seller);
  assert.equal(JSON.parse(printed[1] ?? '').status, 'cleared');
  assert.equal(printed[3], 'cleared cleared\nclearance/key-replayed /orders/0/total/amount\n');
  assert.equal(printed[4], 'cleared cleared\nclearance/not-found\n');
});

test('the deepest address of the documents is one of the list, and no other file is reached by any', async () => {
  for (const path of ['quick-start', 'quick-start.md', 'adr/0001-record-decisions.md', 'README.md', 'versions'])
    assert.equal((await window.ask({ url: `/docs/${path}` })).status, 200, path);
  for (const path of ['../package.json', '%2e%2e/package.json', 'openapi.golden.json', 'rows.json', 'nothing'])
    assert.equal((await window.ask({ url: `/docs/${path}` })).status, 404, path);
});

test('every door of the description stands in the reference, with its fields, its bounds and its problems', async () => {
  const { body: description } = await window.ask({ url: '/openapi.json' });
  const index = (await window.ask({ url: '/docs/api' })).text;
  const links = new Set([...index.matchAll(/href="(\/docs\/api\/[^"#]+)#/g)].map(([, link = '']) => link));
  const pages = await Promise.all([...links].map(async (url) => (await window.ask({ url })).text));
  const all = pages.join('\n');
  for (const [path, methods] of Object.entries<object>(description.paths))
    for (const method of Object.keys(methods)) assert.ok(all.includes(`${method.toUpperCase()} ${path}<`), path);
  const parcels = (await window.ask({ url: '/docs/api/clearance' })).text;
  for (const part of ['declaration.goods[].commodity', 'maxLength 35', '1,048,576', 'clearance/key-replayed'])
    assert.ok(parcels.includes(part), part);
});
