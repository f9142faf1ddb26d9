import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fixedClock } from '#platform/clock.ts';
import { run } from './run.ts';

/**
 * What a window does when all is well is shown against a real one in test/journeys. Here stands what a real one cannot
 * be made to do at will: a line that breaks, an address where something else lives, an answer that comes late.
 */
const folder = await mkdtemp(join(tmpdir(), 'portolan-submit-'));
after(() => rm(folder, { recursive: true, force: true }));

type Answer = (request: IncomingMessage, reply: ServerResponse, nth: number) => void;

async function door(answer: Answer): Promise<{ address: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, reply) => {
    asked += 1;
    const nth = asked;
    request.resume().on('end', () => answer(request, reply, nth));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  after(() => void server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

const json = (reply: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  reply.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const cleared = {
  id: 'x',
  decision: { outcome: 'cleared' },
  determination: { route: 'r', totals: { border: { currency: 'EUR', amount: '1.00' } } },
};

let inputs = 0;
async function parcels(count: number): Promise<string> {
  inputs += 1;
  const path = join(folder, `${inputs}.ndjson`);
  const lines = Array.from({ length: count }, (_, index) => JSON.stringify({ declaration: { id: `D${index}` } }));
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

async function portolan(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const out = (text: string): void => void (said.out += text);
  const err = (text: string): void => void (said.err += text);
  const code = await run(argv, { out, err, live: false, clock: fixedClock('2026-11-23T09:00:00Z') });
  return { code, ...said };
}

const recordsOf = async (input: string): Promise<{ declaration?: string; outcome?: string; end?: number }[]> =>
  (await readFile(`${input}.submitted.ndjson`, 'utf8'))
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as { declaration?: string; outcome?: string; end?: number });

test('a window that is busy or breaks the line is asked again until it answers', async () => {
  const input = await parcels(1);
  const { address, asked } = await door((request, reply, nth) => {
    if (nth === 1) json(reply, 503, {}, { 'retry-after': '0' });
    else if (nth === 2) request.socket.destroy();
    else json(reply, 201, cleared);
  });
  const ran = await portolan('submit', input, '--to', address, '--key', 'k');
  assert.equal(ran.code, 0, ran.err);
  assert.equal(asked(), 3);
});

test('a key that the window does not know stops the run, and the next run goes on from what was answered', async () => {
  const input = await parcels(40);
  let revoked = false;
  let filed = 0;
  const { address } = await door((_request, reply, nth) => {
    if (nth === 10) revoked = true;
    if (!revoked) filed += 1;
    json(reply, revoked ? 401 : 201, revoked ? {} : cleared);
  });
  const first = await portolan('submit', input, '--to', address, '--key', 'k', '--at-once', '1');
  assert.equal(first.code, 3);
  assert.match(first.err, /does not know this key. The same command goes on from here/);
  assert.equal((await recordsOf(input)).length, 9);
  revoked = false;
  const second = await portolan('submit', input, '--to', address, '--key', 'k', '--at-once', '1');
  assert.equal(second.code, 0);
  assert.match(second.err, /Going on after 9 parcels/);
  assert.equal(filed, 40, 'none was filed a second time');
});

test('answers that come in another order are written down in the order of the input', async () => {
  const input = await parcels(12);
  const { address } = await door((_request, reply, nth) => setTimeout(() => json(reply, 201, cleared), (13 - nth) * 4));
  const ran = await portolan('submit', input, '--to', address, '--key', 'k');
  assert.equal(ran.code, 0);
  const records = await recordsOf(input);
  assert.deepEqual(
    records.slice(0, 12).map((one) => one.declaration),
    Array.from({ length: 12 }, (_, index) => `D${index}`),
  );
  assert.equal(records[12]?.end, 12);
});

test('a half-written last record is cut off and its parcel sent once more', async () => {
  const input = await parcels(5);
  const { address, asked } = await door((_request, reply) => json(reply, 201, cleared));
  await portolan('submit', input, '--to', address, '--key', 'k');
  const state = `${input}.submitted.ndjson`;
  const text = await readFile(state, 'utf8');
  const lines = text.split('\n');
  await writeFile(state, `${lines.slice(0, 4).join('\n')}\n${lines[4]!.slice(0, 30)}`);
  const again = await portolan('submit', input, '--to', address, '--key', 'k');
  assert.equal(again.code, 0);
  assert.match(again.err, /Going on after 3 parcels/);
  assert.equal(asked(), 7);
  assert.equal(await readFile(state, 'utf8'), text);
});

test('a state file of another input is refused, not continued', async () => {
  const input = await parcels(2);
  const { address, asked } = await door((_request, reply) => json(reply, 201, cleared));
  await portolan('submit', input, '--to', address, '--key', 'k');
  await writeFile(input, `${JSON.stringify({ declaration: { id: 'other' } })}\n`);
  const ran = await portolan('submit', input, '--to', address, '--key', 'k');
  assert.equal(ran.code, 1);
  assert.match(ran.err, /belongs to another input, mapping or window/);
  assert.equal(asked(), 2);
});

test('the file of refusals names line, pointer, code and remedy of each', async () => {
  const input = await parcels(2);
  const problem = {
    code: 'http/invalid',
    errors: [{ pointer: '/declaration/goods', code: 'http/field-missing', detail: 'A field is missing' }],
  };
  const { address } = await door((_request, reply, nth) =>
    nth === 1 ? json(reply, 400, problem) : json(reply, 201, cleared),
  );
  const ran = await portolan('submit', input, '--to', address, '--key', 'k', '--at-once', '1');
  assert.equal(ran.code, 2);
  const [line] = (await readFile(`${input}.refusals.ndjson`, 'utf8')).trim().split('\n');
  const refusal = JSON.parse(line ?? '') as Record<string, unknown>;
  const { line: at, declaration, pointer, code, remedy } = refusal;
  assert.deepEqual(
    [at, declaration, pointer, code, remedy],
    [1, 'D0', '/declaration/goods', 'http/field-missing', 'correct-and-send-again'],
  );
});

test('an address where no window is stops the run with a sentence', async () => {
  const input = await parcels(1);
  const { address } = await door((_request, reply) => json(reply, 404, {}));
  const ran = await portolan('submit', input, '--to', address, '--key', 'k');
  assert.equal(ran.code, 3);
  assert.match(ran.err, /There is no Portolan window at/);
});
