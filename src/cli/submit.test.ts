import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fixedClock } from '#platform/clock.ts';
import { run } from './run.ts';
import { openDoor } from './send.ts';

/**
 * What a window does when all is well is shown against a real one in test/journeys. Here stands what a real one cannot
 * be made to do at will: a line that breaks, an address where something else lives, an answer that comes late.
 */
const folder = await mkdtemp(join(tmpdir(), 'portolan-submit-'));
after(() => rm(folder, { recursive: true, force: true }));

type Answer = (reply: ServerResponse, lines: readonly string[], nth: number) => void | Promise<void>;

async function door(answer: Answer): Promise<{ address: string; asked: string[][] }> {
  const asked: string[][] = [];
  const server = createServer((request, reply) => {
    void textOf(request).then((body) => {
      assert.equal(request.url, '/v1/consignments/bulk');
      const lines = body.trimEnd().split('\n');
      asked.push(lines);
      return answer(reply, lines, asked.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => void server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const refusal = (reply: ServerResponse, status: number, headers: Record<string, string> = {}): void =>
  void reply.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end('{"title":"No"}');
const cleared = (id: string): object => ({
  id: 'x',
  declaration: id,
  decision: { outcome: 'cleared' },
  determination: { route: 'r', totals: { border: { currency: 'EUR', amount: '1.00' } } },
});
const idOf = (line: string): string => (JSON.parse(line) as { declaration: { id: string } }).declaration.id;
/** The answer to a line of a request, by its number from one. */
const answerTo = (line: string, number: number): string =>
  `${JSON.stringify({ line: number, status: 201, answer: cleared(idOf(line)) })}\n`;
/** Answers these lines, whatever stood before. */
const answers = (lines: readonly string[]): string => lines.map((line, index) => answerTo(line, index + 1)).join('');
const head = (reply: ServerResponse): ServerResponse =>
  reply.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
/** What a window does when all is well. */
const all = (reply: ServerResponse, lines: readonly string[]): void => void head(reply).end(answers(lines));
/** Answers some lines and breaks the connection once they are through. */
async function cut(reply: ServerResponse, lines: readonly string[], rest = ''): Promise<void> {
  head(reply).write(`${answers(lines)}${rest}`);
  await delay(50);
  reply.socket?.destroy();
}
const ids = (from: number, until: number): string[] =>
  Array.from({ length: until - from }, (_, index) => `D${from + index}`);

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

test('a window that is busy is asked again when it says so, and one that breaks the line at once', async () => {
  const input = await parcels(1);
  const times: number[] = [];
  const { address, asked } = await door((reply, lines, nth) => {
    times.push(performance.now());
    if (nth === 1) refusal(reply, 503, { 'retry-after': '1' });
    else if (nth === 2) reply.socket?.destroy();
    else all(reply, lines);
  });
  const ran = await portolan('submit', input, '--to', address, '--key', 'k');
  assert.equal(ran.code, 0, ran.err);
  assert.equal(asked.length, 3);
  assert.ok(times[1]! - times[0]! >= 990, 'it rested as long as it was asked to');
  assert.match(ran.err, /busy \(it answers 503\); asked again in 1 s/);
});

test('after a cut only what was not answered is sent again', async () => {
  const input = await parcels(100);
  const { address, asked } = await door((reply, lines, nth) => {
    // Half of an answer is none.
    if (nth === 1) return cut(reply, lines.slice(0, 30), answerTo(lines[30]!, 31).slice(0, 20));
    if (nth === 2) return cut(reply, lines.slice(0, 1));
    // The window ends properly, but too early.
    if (nth === 3) return void head(reply).end(answers(lines.slice(0, 5)));
    return all(reply, lines);
  });
  const ran = await portolan('submit', input, '--to', address, '--key', 'k');
  assert.equal(ran.code, 0, ran.err);
  assert.deepEqual(
    asked.map((lines) => lines.map(idOf)),
    [ids(0, 100), ids(30, 100), ids(31, 100), ids(36, 100)],
  );
  assert.deepEqual((await recordsOf(input)).map(({ declaration }) => declaration).slice(0, 100), ids(0, 100));
});

test('a line that the window was too busy for is no refusal: it is sent again with those after it', async () => {
  const input = await parcels(6);
  const { address, asked } = await door((reply, lines, nth) => {
    const busy = { line: 3, status: 503, problem: { code: 'clearance/busy' } };
    if (nth > 1) all(reply, lines);
    else head(reply).end(`${answers(lines.slice(0, 2))}${JSON.stringify(busy)}\n${answerTo(lines[3]!, 4)}`);
  });
  const ran = await portolan('submit', input, '--to', address, '--key', 'k');
  assert.equal(ran.code, 0, ran.err);
  assert.deepEqual(asked[1]?.map(idOf), ids(2, 6));
  assert.deepEqual((await recordsOf(input)).map(({ declaration }) => declaration).slice(0, 6), ids(0, 6));
});

test('a key that the window does not know stops the run, and the next run goes on from what was answered', async () => {
  const input = await parcels(40);
  let revoked = true;
  const { address, asked } = await door((reply, lines, nth) => {
    if (!revoked || nth < 3) return all(reply, lines);
    // The right ended in the middle of an upload: the window says so line by line.
    const ended = { line: 4, status: 401, problem: { code: 'parties/key-unknown' } };
    return void head(reply).end(`${answers(lines.slice(0, 3))}${JSON.stringify(ended)}\n`);
  });
  const first = await portolan('submit', input, '--to', address, '--key', 'k', '--at-once', '10');
  assert.equal(first.code, 3);
  assert.match(first.err, /does not know this key. The same command goes on from here/);
  assert.equal((await recordsOf(input)).length, 23);
  revoked = false;
  const second = await portolan('submit', input, '--to', address, '--key', 'k', '--at-once', '10');
  assert.equal(second.code, 0);
  assert.match(second.err, /Going on after 23 parcels/);
  assert.deepEqual(
    asked.slice(3).map((lines) => lines.map(idOf)),
    [ids(23, 33), ids(33, 40)],
  );
});

test('a window that stays away is asked eight times, and then the door is closed', async () => {
  const { address, asked } = await door((reply) => refusal(reply, 503));
  const said: string[] = [];
  const say = (sentence: string): void => void said.push(sentence);
  const opened = openDoor({ to: address, key: 'k', path: '/v1/consignments/bulk', say, restMs: 1 });
  const answered = opened.upload([JSON.stringify({})], new AbortController().signal);
  await assert.rejects(answered.next(), /The window at .+ cannot be reached: it answers 503\./);
  opened.close();
  assert.equal(asked.length, 8);
  assert.equal(said.length, 7);
});

test('a run that is stopped sends no more, and the answers to what was sent are written down', async () => {
  const input = await parcels(50);
  const { address, asked } = await door((reply, lines, nth) => {
    if (nth === 2) process.emit('SIGINT');
    all(reply, lines);
  });
  const ran = await portolan('submit', input, '--to', address, '--key', 'k', '--at-once', '10');
  assert.equal(ran.code, 3);
  assert.match(ran.err, /Stopped. The same command goes on from here/);
  assert.equal(asked.length, 2);
  assert.equal((await recordsOf(input)).length, 20);
});

test('a half-written last record is cut off and its parcel sent once more', async () => {
  const input = await parcels(5);
  const { address, asked } = await door(all);
  await portolan('submit', input, '--to', address, '--key', 'k');
  const state = `${input}.submitted.ndjson`;
  const written = await readFile(state, 'utf8');
  const lines = written.split('\n');
  await writeFile(state, `${lines.slice(0, 4).join('\n')}\n${lines[4]!.slice(0, 30)}`);
  const again = await portolan('submit', input, '--to', address, '--key', 'k');
  assert.equal(again.code, 0);
  assert.match(again.err, /Going on after 3 parcels/);
  assert.deepEqual(asked[1]?.map(idOf), ids(3, 5));
  assert.equal(await readFile(state, 'utf8'), written);
});

test('a state file of another input is refused, not continued', async () => {
  const input = await parcels(2);
  const { address, asked } = await door(all);
  await portolan('submit', input, '--to', address, '--key', 'k');
  await writeFile(input, `${JSON.stringify({ declaration: { id: 'other' } })}\n`);
  const ran = await portolan('submit', input, '--to', address, '--key', 'k');
  assert.equal(ran.code, 1);
  assert.match(ran.err, /belongs to another input, mapping or window/);
  assert.equal(asked.length, 1);
});

test('the file of refusals names line, pointer, code and remedy of each, and a bad line stops nothing', async () => {
  const input = await parcels(3);
  const problem = {
    code: 'http/invalid',
    errors: [{ pointer: '/declaration/goods', code: 'http/field-missing', detail: 'A field is missing' }],
  };
  const { address } = await door((reply, lines) => {
    const bad = `${JSON.stringify({ line: 2, status: 400, problem })}\n`;
    head(reply).end(`${answerTo(lines[0]!, 1)}${bad}${answerTo(lines[2]!, 3)}`);
  });
  const ran = await portolan('submit', input, '--to', address, '--key', 'k');
  assert.equal(ran.code, 2);
  const [line, ...more] = (await readFile(`${input}.refusals.ndjson`, 'utf8')).trim().split('\n');
  assert.deepEqual(more, []);
  const refused = JSON.parse(line ?? '') as Record<string, unknown>;
  const { line: at, declaration, pointer, code, remedy } = refused;
  assert.deepEqual(
    [at, declaration, pointer, code, remedy],
    [2, 'D1', '/declaration/goods', 'http/field-missing', 'correct-and-send-again'],
  );
  assert.deepEqual(
    (await recordsOf(input)).slice(0, 3).map(({ outcome }) => outcome),
    ['cleared', 'refused', 'cleared'],
  );
});

test('an address where no window is stops the run with a sentence', async () => {
  for (const [answer, words] of [
    [(reply: ServerResponse) => refusal(reply, 404), /There is no Portolan window at/],
    [(reply: ServerResponse) => refusal(reply, 415), /does not take this: it answers 415. No/],
    [(reply: ServerResponse) => void reply.end('<p>Hello</p>\n'), /does not answer as a Portolan window does/],
  ] as const) {
    const input = await parcels(1);
    const { address } = await door(answer);
    const ran = await portolan('submit', input, '--to', address, '--key', 'k');
    assert.equal(ran.code, 3);
    assert.match(ran.err, words);
  }
});

test('who watches sees how many lines are answered, how fast, and how long it still takes', async () => {
  const input = await parcels(10_000);
  const { address } = await door(all);
  let now = Date.parse('2026-11-23T09:00:00Z');
  const clock = { ...fixedClock('2026-11-23T09:00:00Z'), now: () => (now += 10) };
  let err = '';
  const terminal = { out: () => undefined, err: (text: string) => void (err += text), live: true, clock };
  await run(['submit', input, '--to', address, '--key', 'k', '--at-once', '1000'], terminal);
  assert.match(err, /█+░+ +\d+ % {2}[\d,]+ parcels answered \(\d+\/s\), \d+ s left/);
  assert.match(err, /10,000 parcels answered in \d+\.\d s \(\d+\/s\)/);
});
