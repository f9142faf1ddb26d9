import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { after, test } from 'node:test';
import { type Invented, parcel } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { openWindow } from '../support/window.ts';

/** Many parcels in one request, over a real connection. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const address = await window.app.listen({ port: 0, host: '127.0.0.1' });
const filer = 'XP-POST';
const standing = { filer, declarant: filer, guarantor: null };
const made = (run: string, index: number): Invented =>
  parcel({ seed: 47, index, at: clock.now(), run, kind: 'gift', standing });

interface Answered {
  readonly line: number;
  readonly status: number;
  readonly answer?: { readonly id: string; readonly status: string; readonly declaration: string };
  readonly problem?: { readonly code: string; readonly errors?: readonly { readonly pointer: string }[] };
}

/** An upload under way: lines go in, answers come out, and neither waits for the other to end. */
class Upload {
  readonly request: ClientRequest;
  readonly #answered: Promise<IncomingMessage>;
  constructor(headers: Record<string, string> = {}) {
    this.request = request(`${address}/v1/consignments/bulk`, {
      method: 'POST',
      headers: { authorization: `Bearer ${window.key(filer)}`, 'content-type': 'application/x-ndjson', ...headers },
    });
    this.#answered = once(this.request, 'response').then(([message]) => message as IncomingMessage);
    this.#answered.catch(() => undefined);
    this.request.flushHeaders();
  }

  get message(): Promise<IncomingMessage> {
    return this.#answered;
  }

  async *answers(): AsyncGenerator<Answered> {
    let rest = '';
    for await (const chunk of (await this.#answered).setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as Answered;
    }
    assert.equal(rest, '');
  }
}

async function send(lines: readonly string[]): Promise<Answered[]> {
  const upload = new Upload();
  upload.request.end(lines.join('\n'));
  return Array.fromAsync(upload.answers());
}

after(() => window.app.server.closeAllConnections());

test('each line of an upload is answered in its order, and a bad line stops nothing', async () => {
  const lines = Array.from({ length: 700 }, (_, index) => made('BULK', index).raw);
  lines[3] = '{"declaration":';
  lines[200] = lines[200]!.replace('"movement":"import"', '"movement":"sideways"');
  lines[201] = `{"declaration":"${'x'.repeat(1_100_000)}"}`;
  lines[500] = lines[499]!;
  const answers = await send(lines);
  assert.deepEqual(
    answers.map(({ line }) => line),
    lines.map((_, index) => index + 1),
  );
  const refused = answers.filter(({ status }) => status !== 201);
  assert.deepEqual(
    refused.map(({ line, problem }) => [line, problem?.code]),
    [
      [4, 'http/body-malformed'],
      [201, 'http/invalid'],
      [202, 'http/body-too-large'],
    ],
  );
  assert.equal(refused[1]?.problem?.errors?.[0]?.pointer, '/declaration/movement');
  assert.equal(answers[500]?.answer?.id, answers[499]?.answer?.id, 'the same line twice is one parcel');
  const [stored] = await window.context.db.query<{ many: bigint }>(
    `select count(*) as many from clearance.keys where declaration like '%BULK%'`,
  );
  assert.equal(stored?.many, 696n);
});

test('an upload that broke off is sent again from the beginning: what was answered stays, the rest is added', async () => {
  const lines = Array.from({ length: 300 }, (_, index) => made('BROKEN', index).raw);
  const upload = new Upload();
  upload.request.on('error', () => undefined);
  upload.request.write(`${lines.slice(0, 120).join('\n')}\n${lines[120]!.slice(0, 200)}`);
  const before: Answered[] = [];
  for await (const answer of upload.answers()) {
    before.push(answer);
    if (before.length === 120) break;
  }
  upload.request.destroy();
  const again = await send(lines);
  assert.equal(again.length, 300);
  assert.ok(again.every(({ status }) => status === 201));
  for (const [index, answer] of before.entries()) assert.deepEqual(again[index], answer);
});

test('answers leave while lines still come in, one by one if need be', async () => {
  const upload = new Upload();
  const answers = upload.answers();
  for (let index = 0; index < 3; index += 1) {
    upload.request.write(`${made('TALK', index).raw}\n`);
    const { value } = await answers.next();
    assert.equal(value?.line, index + 1);
    assert.equal(value?.status, 201);
  }
  upload.request.end();
  assert.equal((await answers.next()).done, true);
});

test('no more is read than is being decided while nobody takes the answers away', async () => {
  const lines = Array.from({ length: 50 }, (_, index) => made('SLOW', index).raw);
  const upload = new Upload();
  upload.request.on('error', () => undefined);
  // More than the buffers of the connection hold.
  for (let round = 0; round < 400; round += 1) upload.request.write(`${lines.join('\n')}\n`);
  (await upload.message).pause();
  const left = () => upload.request.socket?.writableLength ?? 0;
  for (let earlier = -1; earlier !== left(); ) {
    earlier = left();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  assert.ok(left() > 0, 'the window did not take all of it');
  upload.request.destroy();
});

test('a small seller is answered while a large upload of another runs, and nobody is refused', async () => {
  const lines = Array.from({ length: 2_000 }, (_, index) => made('BIG', index).raw);
  const upload = new Upload();
  upload.request.end(lines.join('\n'));
  const answers = upload.answers();
  await answers.next();
  const small = parcel({ seed: 48, index: 1, at: clock.now(), run: 'SMALL', kind: 'low-value' });
  const told = await window.ask({ method: 'POST', url: '/v1/consignments', as: small.filer, raw: small.raw });
  assert.equal(told.status, 201);
  const [waiting] = await window.context.db.query<{ many: bigint }>(
    `select count(*) as many from clearance.keys where declaration like '%BIG%'`,
  );
  assert.ok(Number(waiting?.many) < 2_000, 'the upload was still running');
  const rest = await Array.fromAsync(answers);
  assert.equal(rest.length, 1_999);
  assert.ok(rest.every(({ status }) => status === 201));
});

test('a line may be as long as the body of a single parcel', async () => {
  const [first, second] = [made('LONG', 1), made('LONG', 2)];
  const body = JSON.parse(first.raw) as { declaration: { goods: object[] } };
  const [goods] = body.declaration.goods;
  const text = { text: 'brass compass '.repeat(500).trim().slice(0, 500), language: 'en' };
  body.declaration.goods = Array.from({ length: 99 }, (_, line) => ({ ...goods, line: line + 1, description: text }));
  const long = JSON.stringify(body);
  assert.ok(long.length > 50_000, `${long.length} characters`);
  const [one, two] = await send([long, second.raw]);
  const alone = await window.ask({ method: 'POST', url: '/v1/consignments', as: filer, raw: long });
  assert.equal(one?.status, alone.status, JSON.stringify(one));
  assert.equal(one?.answer?.id, alone.body.id);
  assert.equal(two?.status, 201);
});

test('without a key, or as anything but lines, nothing is taken', async () => {
  const nobody = new Upload({ authorization: 'Bearer nobody' });
  nobody.request.end(made('NONE', 1).raw);
  assert.equal((await nobody.message).statusCode, 401);
  const json = new Upload({ 'content-type': 'application/json' });
  json.request.end(made('NONE', 2).raw);
  assert.equal((await json.message).statusCode, 415);
  const [stored] = await window.context.db.query<{ many: bigint }>(
    `select count(*) as many from clearance.keys where declaration like '%NONE%'`,
  );
  assert.equal(stored?.many, 0n);
});

test('a right that ends while an upload runs ends for its next lines', async () => {
  const upload = new Upload();
  const answers = upload.answers();
  upload.request.write(`${made('END', 1).raw}\n`);
  assert.equal((await answers.next()).value?.status, 201);
  const list = await window.ask({ url: '/v1/administration/clients', as: 'tax' });
  assert.equal(list.status, 200, list.text);
  const client = list.body.items.find((one: { name: string }) => one.name === filer);
  const ended = await window.ask({
    method: 'DELETE',
    url: `/v1/administration/clients/${client.id}`,
    as: 'tax',
  });
  assert.ok(ended.status < 300, ended.text);
  upload.request.end(made('END', 2).raw);
  assert.equal((await answers.next()).value?.status, 401);
});
