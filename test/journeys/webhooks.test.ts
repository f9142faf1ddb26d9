import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { ids } from '#modules/demo/index.ts';
import { createWebhook, type Means, sender } from '#modules/feedback/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { createOutbound, type Posted } from '#platform/outbound.ts';
import { type Event, fileStore, receiver, take, verify } from '../../examples/webhook-consumer/consumer.ts';
import { shipper } from '../support/parcels.ts';
import { settle } from '../support/settle.ts';
import { openWindow } from '../support/window.ts';

/** News that are sent: to receivers that fail, are slow, answer twice, go away, come back and are killed. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { file, land } = shipper(window, clock, 'WHK');
const folder = mkdtempSync(join(tmpdir(), 'portolan-webhooks-'));
const servers: Server[] = [];
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const server of servers) server.close().closeAllConnections();
  rmSync(folder, { recursive: true });
});

/** Everything but the sending, which each test does with means of its own. */
const collect = (): Promise<void> =>
  settle(
    context.db,
    window.workers.filter(({ name }) => name !== 'feedback-webhooks'),
  );

const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown, as: string = ids.agent) =>
  window.ask({ method, url, as, ...(body === undefined ? {} : { body }) });

/** What the senders of this file share: a clock that is moved, and chance that is none. */
let nowMs = Date.now();
const hours = (many: number): void => void (nowMs += many * 3_600_000);
const outbound = createOutbound({ loopback: true, timeoutMs: 300 });
const means: Means = { outbound, now: () => nowMs, random: () => 0.5 };

/** Sends until nothing is due any more. */
async function send(given: Means = means): Promise<void> {
  const worker = sender(context, given);
  while (await worker.step(context.db));
}

async function serve(answer: RequestListener, port = 0): Promise<{ server: Server; url: string; port: number }> {
  const server = createServer(answer).listen(port, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, url: `http://127.0.0.1:${bound}/`, port: bound };
}

interface Hook {
  readonly id: string;
  readonly secret: string;
}

/** Registers one as a demonstration lets it: on this machine. */
async function register(url: string, more: { kinds?: any; size?: number } = {}, as: string = ids.agent): Promise<Hook> {
  const who = principalOfClient(context.reference.current(), window.key(as), clock.instant().slice(0, 10))!;
  const demonstration = { ...context, config: { ...context.config, demo: true } };
  const made = await createWebhook(demonstration, who, { url, ...more });
  assert.ok(made.ok, JSON.stringify(made));
  return { id: made.value.webhook.id!, secret: made.value.secret };
}

const read = async (hook: Hook): Promise<any> => (await ask('GET', `/v1/webhooks/${hook.id}`)).body;
const remove = (hook: Hook) => ask('DELETE', `/v1/webhooks/${hook.id}`);
const letters = async (hook: Hook): Promise<any[]> =>
  (await ask('GET', `/v1/webhooks/${hook.id}/dead-letters`)).body.items;

let stores = 0;
/** The example's store on a file of its own. */
const newStore = () => fileStore(join(folder, `store-${(stores += 1)}.ndjson`));

/** One message as a receiver got it. */
interface Message {
  readonly id: string;
  readonly events: Event[];
  readonly genuine: boolean;
}

/** A receiver of the example whose way of answering the test decides, message by message. */
async function misbehaving(secrets: () => readonly string[], port = 0) {
  const store = newStore();
  const messages: Message[] = [];
  /** How often each event had its effect. */
  const effects = new Map<string, number>();
  /** The events of each parcel in the order of their effects. */
  const order = new Map<string, bigint[]>();
  const work = ({ id, parcel, sequence }: Event): void => {
    effects.set(id, (effects.get(id) ?? 0) + 1);
    order.set(parcel, [...(order.get(parcel) ?? []), BigInt(sequence)]);
  };
  const it = {
    messages,
    effects,
    order,
    /** What it does with a message: works on it or not, answers a status, or nothing. */
    behave: (_message: Message): { takes: boolean; status: number | null; headers?: Record<string, string> } => ({
      takes: true,
      status: 204,
    }),
    url: '',
    port: 0,
    server: undefined as Server | undefined,
  };
  const served = await serve((request, reply) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const genuine = verify(request.headers, body, secrets(), nowMs / 1_000);
      const message = {
        id: String(request.headers['webhook-id']),
        events: JSON.parse(String(body)).data.events,
        genuine,
      };
      messages.push(message);
      const { takes, status, headers } = it.behave(message);
      if (takes) take(store, message.events, work);
      if (status !== null) reply.writeHead(status, headers).end('because of the test');
    });
  }, port);
  return Object.assign(it, served);
}

/** What the inbox of a party says happened since a cursor: the truth that a receiver is held against. */
async function truth(from: string, as: string = ids.agent): Promise<Event[]> {
  const events: Event[] = [];
  for (let cursor = from, more = true; more; ) {
    const told = await window.ask({ url: `/v1/events?limit=500&after=${cursor}`, as });
    events.push(...told.body.events);
    ({ next: cursor, more } = told.body);
  }
  return events;
}
const cursor = async (as: string = ids.agent): Promise<string> =>
  (await window.ask({ url: '/v1/events?limit=500', as })).body.next;

/** Every event once in effect, none beside them, each parcel's in their order. */
function complete(receiving: Awaited<ReturnType<typeof misbehaving>>, happened: readonly Event[]): void {
  assert.deepEqual([...receiving.effects.keys()].toSorted(), happened.map(({ id }) => id).toSorted());
  assert.deepEqual([...new Set(receiving.effects.values())], [1]);
  for (const [parcel, sequences] of receiving.order)
    assert.deepEqual(
      sequences,
      sequences.toSorted((a, b) => (a < b ? -1 : 1)),
      parcel,
    );
}

async function traffic(many: number): Promise<void> {
  const parcels = [];
  for (let index = 0; index < many; index += 1)
    parcels.push(await file(index % 3 === 2 ? 'permit-missing' : 'low-value'));
  await land(parcels);
  await collect();
}

test('S16 news are sent as they fall, signed, in order, in batches of the size asked for', async () => {
  const from = await cursor();
  let secret = '';
  const receiving = await misbehaving(() => [secret]);
  const hook = await register(receiving.url, { size: 3 });
  ({ secret } = hook);
  await traffic(4);
  await send();
  const happened = await truth(from);
  assert.ok(happened.length >= 7);
  complete(receiving, happened);
  assert.ok(receiving.messages.every(({ genuine }) => genuine));
  assert.deepEqual(
    receiving.messages.map(({ events }) => events.length).slice(0, -1),
    receiving.messages.slice(1).map(() => 3),
  );
  assert.deepEqual(
    receiving.messages.flatMap(({ events }) => events),
    happened,
    'what is sent is what is read',
  );
  const shown = await read(hook);
  assert.deepEqual([shown.state, shown.waiting, shown.delivery, shown.deadLetters], ['active', false, null, 0]);
  assert.equal(shown.last.answer, '204');
  await remove(hook);
});

test('a receiver that fails, is slow, answers after its work with an error: no event lost, no effect doubled', async () => {
  const from = await cursor();
  let secret = '';
  const receiving = await misbehaving(() => [secret]);
  const ways = [
    { takes: false, status: 500 },
    { takes: true, status: null },
    { takes: true, status: 500 },
    { takes: false, status: 302 },
    { takes: true, status: 204 },
    { takes: false, status: 429, headers: { 'retry-after': '3600' } },
  ];
  let asked = 0;
  receiving.behave = () => ways[(asked += 1) % ways.length]!;
  const hook = await register(receiving.url, { size: 2 });
  ({ secret } = hook);
  await traffic(4);
  for (let waits = 0; waits < 60 && (waits === 0 || (await read(hook)).waiting); waits += 1) {
    await send();
    hours(6.1);
  }
  complete(receiving, await truth(from));
  const times = Map.groupBy(receiving.messages, ({ id }) => id);
  assert.ok(
    [...times.values()].some((same) => same.length > 2),
    'batches were sent again',
  );
  for (const same of times.values())
    for (const one of same) assert.deepEqual(one.events, same[0]!.events, 'under one id always the same events');
  assert.deepEqual(await letters(hook), []);
  await remove(hook);
});

test('a receiver that goes away and comes back is told what it missed, from where it stood', async () => {
  const from = await cursor();
  let secret = '';
  const first = await misbehaving(() => [secret]);
  const hook = await register(first.url, { size: 2 });
  ({ secret } = hook);
  await traffic(2);
  await send();
  const before = first.effects.size;
  assert.ok(before > 0);
  first.server.close().closeAllConnections();
  await traffic(2);
  await send();
  assert.equal((await read(hook)).delivery.attempts, 1);
  assert.match((await read(hook)).last.answer, /connection-failed/);
  hours(1);
  const again = await misbehaving(() => [secret], first.port);
  await send();
  const happened = await truth(from);
  assert.equal(first.effects.size + again.effects.size, happened.length);
  complete(again, happened.slice(before));
  await remove(hook);
});

test('a window that falls between sending and writing it down sends the same batch again under the same ids', async () => {
  const from = await cursor();
  let secret = '';
  const receiving = await misbehaving(() => [secret]);
  const hook = await register(receiving.url, { size: 100 });
  ({ secret } = hook);
  await traffic(2);
  const sent = Promise.withResolvers<void>();
  const falling: Means = {
    ...means,
    outbound: {
      ...outbound,
      async post(...given): Promise<Posted> {
        await outbound.post(...given);
        sent.resolve();
        return new Promise(() => undefined);
      },
    },
  };
  // This one never comes back from its message, as if the window had been killed there.
  const fallen = sender(context, falling);
  await fallen.step(context.db);
  await sent.promise;
  assert.equal(receiving.messages.length, 1);
  await send();
  assert.equal(receiving.messages.length, 1, 'nobody else sends while the attempt may still be running');
  await traffic(1);
  hours(1);
  await send();
  assert.ok(receiving.messages.length >= 3);
  assert.deepEqual(receiving.messages[1], receiving.messages[0]);
  complete(receiving, await truth(from));
  await remove(hook);
});

test('an attempt that comes back after another has taken its place changes nothing', async () => {
  let secret = '';
  const receiving = await misbehaving(() => [secret]);
  const hook = await register(receiving.url, { size: 100 });
  ({ secret } = hook);
  await traffic(1);
  const late = Promise.withResolvers<Posted>();
  const slow = sender(context, { ...means, outbound: { ...outbound, post: () => late.promise } });
  await slow.step(context.db);
  hours(1);
  receiving.behave = () => ({ takes: false, status: 500 });
  await send();
  const standing = (await read(hook)).delivery;
  assert.equal(standing.attempts, 2);
  late.resolve({ answered: true, status: 200, body: '', retryAfterMs: null });
  while (await slow.step(context.db)) if (receiving.messages.length > 50) break;
  assert.deepEqual((await read(hook)).delivery, standing);
  await remove(hook);
});

test('a batch that is never taken is parked with its last answer, the following ones go on, and it can be replayed', async () => {
  const from = await cursor();
  let secret = '';
  const receiving = await misbehaving(() => [secret]);
  const hook = await register(receiving.url, { size: 2 });
  ({ secret } = hook);
  await traffic(3);
  let poison: string | undefined;
  receiving.behave = ({ id }) => {
    poison ??= id;
    return id === poison ? { takes: false, status: 422 } : { takes: true, status: 204 };
  };
  for (let waits = 0; waits < 14; waits += 1) {
    await send();
    hours(6.1);
  }
  const happened = await truth(from);
  assert.equal(receiving.effects.size, happened.length - 2);
  const [letter, ...others] = await letters(hook);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [letter.batch, letter.events, letter.attempts, letter.state, letter.lastAnswer],
    [poison, 2, 12, 'parked', '422 because of the test'],
  );
  assert.equal((await read(hook)).state, 'active');
  const journal = await context.db.query<{ kind: string }>(
    'select kind from platform.journal where subject = $1 order by seq',
    [hook.id],
  );
  assert.deepEqual(
    journal.map(({ kind }) => kind),
    ['feedback.webhook-created', 'feedback.parked'],
  );

  const again = await ask('POST', `/v1/webhooks/${hook.id}/dead-letters/${letter.batch}/replay`);
  assert.deepEqual([again.status, again.body.state], [202, 'replaying']);
  await send();
  assert.equal((await letters(hook))[0].state, 'parked', 'the receiver refused it again');
  receiving.behave = () => ({ takes: true, status: 204 });
  await ask('POST', `/v1/webhooks/${hook.id}/dead-letters/${letter.batch}/replay`);
  await send();
  const replayed = receiving.messages.at(-1)!;
  assert.deepEqual([replayed.id, replayed.events.length, replayed.genuine], [poison, 2, true]);
  assert.deepEqual(replayed.events, receiving.messages.find(({ id }) => id === poison)!.events);
  assert.deepEqual([...receiving.effects.keys()].toSorted(), happened.map(({ id }) => id).toSorted());
  assert.deepEqual([...new Set(receiving.effects.values())], [1]);
  assert.equal((await letters(hook))[0].state, 'delivered');
  const twice = await ask('POST', `/v1/webhooks/${hook.id}/dead-letters/${letter.batch}/replay`);
  assert.deepEqual([twice.status, twice.body.code], [409, 'feedback/batch-delivered']);
  const unknown = await ask('POST', `/v1/webhooks/${hook.id}/dead-letters/${hook.id}/replay`);
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'feedback/batch-unknown']);
  await remove(hook);
});

test('a receiver that takes nothing for days is paused and not run dry; resumed, it goes on where it stood', async () => {
  let secret = '';
  const receiving = await misbehaving(() => [secret]);
  const hook = await register(receiving.url, { size: 1 });
  ({ secret } = hook);
  await traffic(3);
  receiving.behave = () => ({ takes: false, status: 503 });
  for (let waits = 0; waits < 45; waits += 1) {
    await send();
    hours(6.1);
  }
  assert.deepEqual([(await read(hook)).state, (await letters(hook)).length], ['paused', 3]);
  const tried = receiving.messages.length;
  await send();
  assert.equal(receiving.messages.length, tried);
  const refused = await ask('POST', `/v1/webhooks/${hook.id}/dead-letters/${(await letters(hook))[0].batch}/replay`);
  assert.deepEqual([refused.status, refused.body.code], [409, 'feedback/not-active']);
  receiving.behave = () => ({ takes: true, status: 204 });
  const resumed = await ask('PUT', `/v1/webhooks/${hook.id}`, { state: 'active' });
  assert.equal(resumed.body.state, 'active');
  await send();
  const parked = new Set((await letters(hook)).map(({ batch }) => batch));
  assert.ok(receiving.messages.slice(tried).every(({ id }) => !parked.has(id)));
  assert.equal((await read(hook)).waiting, false);
  for (const batch of parked) await ask('POST', `/v1/webhooks/${hook.id}/dead-letters/${batch}/replay`);
  await send();
  assert.deepEqual(new Set((await letters(hook)).map(({ state }) => state)), new Set(['delivered']));
  await remove(hook);
});

test('a receiver that says it is gone is sent nothing more', async () => {
  let secret = '';
  const receiving = await misbehaving(() => [secret]);
  const hook = await register(receiving.url);
  ({ secret } = hook);
  await traffic(1);
  receiving.behave = () => ({ takes: false, status: 410 });
  await send();
  assert.equal((await read(hook)).state, 'gone');
  hours(48);
  await traffic(1);
  await send();
  assert.equal(receiving.messages.length, 1);
  await remove(hook);
});

test('while a secret is rotated a receiver may know either, and after a day only the new one', async () => {
  let secrets: string[] = [];
  const receiving = await misbehaving(() => secrets);
  const hook = await register(receiving.url);
  const rotated = await ask('POST', `/v1/webhooks/${hook.id}/secret`);
  assert.equal(rotated.status, 201);
  assert.match(rotated.body.secret, /^whsec_/);
  assert.ok(!JSON.stringify(await read(hook)).includes('whsec_'), 'a secret is shown once');
  const genuine = async (secret: string): Promise<boolean> => {
    secrets = [secret];
    await traffic(1);
    await send();
    return receiving.messages.at(-1)!.genuine;
  };
  nowMs = Math.max(nowMs, Date.now());
  const real = nowMs;
  nowMs = Date.now();
  assert.deepEqual([await genuine(hook.secret), await genuine(rotated.body.secret)], [true, true]);
  nowMs = Date.now() + 25 * 3_600_000;
  assert.deepEqual([await genuine(hook.secret), await genuine(rotated.body.secret)], [false, true]);
  nowMs = real + 26 * 3_600_000;
  await remove(hook);
});

test('kinds that were not asked for are not sent', async () => {
  let secret = '';
  const receiving = await misbehaving(() => [secret]);
  const hook = await register(receiving.url, { kinds: ['clearance.released'] });
  ({ secret } = hook);
  await traffic(2);
  await send();
  const kinds = receiving.messages.flatMap(({ events }) => events.map(({ kind }) => kind));
  assert.deepEqual(new Set(kinds), new Set(['clearance.released']));
  assert.equal((await read(hook)).waiting, false);
  await remove(hook);
});

test('the example, killed again and again and started on its file, has every event once', async () => {
  const from = await cursor();
  const example = join(import.meta.dirname, '../../examples/webhook-consumer/consumer.ts');
  const path = join(folder, 'killed.ndjson');
  const { port, server } = await serve(() => undefined);
  server.close();
  const hook = await register(`http://127.0.0.1:${port}/`, { size: 2 });
  const start = async (): Promise<ChildProcess> => {
    const options = ['--secret', hook.secret, '--port', String(port), '--store', path];
    const child = spawn(process.execPath, [example, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    for await (const line of createInterface(child.stdout)) if (line.startsWith('listening')) break;
    child.stdout.resume();
    return child;
  };
  // The example looks at the real clock, as every receiver does.
  const real: Means = { ...means, outbound: createOutbound({ loopback: true }), now: () => Date.now() };
  for (let round = 0; round < 4; round += 1) {
    await traffic(2);
    const child = await start();
    const sending = send(real);
    if (round < 3) {
      // Somewhere in the middle of its messages, at another place each time.
      const lines = createInterface(child.stdout!);
      let left = round + 1;
      lines.on('line', () => (left -= 1) === 0 && child.kill('SIGKILL'));
      await once(child, 'exit');
    }
    await sending;
    await context.db.query('update feedback.webhooks set next_at = to_timestamp(0) where id = $1', [hook.id]);
    if (round === 3) await send(real);
    child.kill('SIGKILL');
  }
  const kept = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  const happened = await truth(from);
  assert.deepEqual(kept, happened);
  await remove(hook);
});

test('what a representation gave when it was kept is not sent once it has ended', async () => {
  let secret = '';
  const receiving = await misbehaving(() => [secret]);
  const hook = await register(receiving.url);
  ({ secret } = hook);
  const own = await file('low-value');
  const other = await file('low-value', {
    seller: ids.seller,
    standing: { filer: ids.post, declarant: ids.post, guarantor: null },
  });
  await collect();
  const listed = await ask('GET', '/v1/administration/representations?limit=500');
  const one = listed.body.items.find((it: any) => it.represented === ids.seller && it.representative === ids.agent);
  assert.equal((await ask('DELETE', `/v1/administration/representations/${one.id}`)).status, 200);
  await send();
  const parcels = receiving.messages.flatMap(({ events }) => events.map(({ parcel }) => parcel));
  assert.deepEqual([parcels.includes(own.id), parcels.includes(other.id)], [true, false]);
  await remove(hook);
});

test('addresses inside are refused at the door, and so is every webhook of somebody else', async () => {
  for (const [url, code] of [
    ['http://consumer.example/', 'feedback/not-https'],
    ['https://127.0.0.1/', 'feedback/not-public'],
    ['https://169.254.169.254/latest', 'feedback/not-public'],
    ['https://u:p@consumer.example/', 'feedback/has-credentials'],
    ['mailto:a@b.example', 'feedback/not-an-address'],
  ] as const) {
    const told = await ask('POST', '/v1/webhooks', { url });
    assert.deepEqual([told.status, told.body.code, told.body.errors[0].pointer], [400, code, '/url'], url);
  }
  const made = await ask('POST', '/v1/webhooks', { url: 'https://consumer.example/', kinds: ['clearance.decided'] });
  assert.equal(made.status, 201);
  const { id } = made.body.webhook;
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['PUT', '', { size: 5 }],
    ['POST', '/secret', undefined],
    ['GET', '/dead-letters', undefined],
    ['POST', `/dead-letters/${id}/replay`, undefined],
    ['DELETE', '', undefined],
  ] as const) {
    const told = await ask(method, `/v1/webhooks/${id}${path}`, body, ids.seller);
    assert.deepEqual([told.status, told.body.code], [404, 'feedback/webhook-unknown'], `${method} ${path}`);
  }
  assert.deepEqual((await ask('GET', '/v1/webhooks', undefined, ids.seller)).body.items, []);
  const moved = await ask('PUT', `/v1/webhooks/${id}`, { url: 'http://10.0.0.1/' });
  assert.equal(moved.body.code, 'feedback/not-https');
  assert.equal((await ask('PUT', `/v1/webhooks/${id}`, { kinds: null, size: 7 })).body.size, 7);
  assert.equal((await ask('DELETE', `/v1/webhooks/${id}`)).status, 200);
  assert.equal((await ask('GET', `/v1/webhooks/${id}`)).status, 404);
  const official = await ask('GET', '/v1/webhooks', undefined, 'customs');
  assert.deepEqual([official.status, official.body.code], [403, 'feedback/party-needed']);
});

test('a party has ten webhooks and no more', async () => {
  const made = await Promise.all(
    Array.from({ length: 12 }, () => ask('POST', '/v1/webhooks', { url: 'https://consumer.example/' }, ids.smallest)),
  );
  assert.equal(made.filter(({ status }) => status === 201).length, 10);
  assert.ok(made.filter(({ status }) => status !== 201).every(({ body }) => body.code === 'feedback/webhooks-full'));
});

test('the example refuses what was not signed, signed long ago, or changed on the way', async () => {
  const work: Event[] = [];
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const { url } = await serve(receiver([secret], newStore(), (event) => work.push(event)));
  const { signedHeaders } = await import('#modules/feedback/signature.ts');
  const body = JSON.stringify({ data: { events: [{ id: 'a', sequence: '1', kind: 'k', parcel: 'p' }] } });
  const seconds = Math.floor(Date.now() / 1_000);
  const post = async (given: string, headers: Readonly<Record<string, string>>): Promise<number> =>
    (await fetch(url, { method: 'POST', headers, body: given })).status;
  const good = signedHeaders([secret], 'm', seconds, body);
  assert.equal(await post(body, {}), 401);
  assert.equal(await post(`${body} `, good), 401);
  assert.equal(await post(body, { ...good, 'webhook-id': 'n' }), 401);
  assert.equal(await post(body, signedHeaders([secret], 'm', seconds - 301, body)), 401);
  assert.equal(
    await post(body, signedHeaders([`whsec_${Buffer.alloc(32, 2).toString('base64')}`], 'm', seconds, body)),
    401,
  );
  assert.equal(work.length, 0);
  assert.equal(await post(body, good), 204);
  assert.equal(await post(body, signedHeaders([secret], 'other', seconds, body)), 204);
  assert.equal(work.length, 1);
});
