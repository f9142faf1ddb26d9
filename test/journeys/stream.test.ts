import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { shipper } from '../support/parcels.ts';
import { openWindow } from '../support/window.ts';

/** News of parcels on a line that stays open. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { file, land } = shipper(window, clock, 'SSE');
const origin = await window.app.listen({ host: '127.0.0.1', port: 0 });

interface Heard {
  readonly id: string;
  readonly event: string;
  readonly data: any;
}

/** Listens as a program does; what it hears is read with `next`. */
async function listen(key: string, options: { last?: string; query?: string } = {}) {
  const stop = new AbortController();
  after(() => stop.abort());
  const reply = await fetch(`${origin}/v1/events/stream${options.query ?? ''}`, {
    signal: stop.signal,
    headers: {
      authorization: `Bearer ${key}`,
      ...(options.last === undefined ? {} : { 'last-event-id': options.last }),
    },
  });
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let ended = false;
  return {
    status: reply.status,
    type: reply.headers.get('content-type'),
    hangUp: () => stop.abort(),
    /** The next so many events; fewer where the stream ends before. */
    async next(many: number): Promise<Heard[]> {
      const heard: Heard[] = [];
      while (heard.length < many && !ended) {
        const end = text.indexOf('\n\n');
        if (end < 0) {
          const { value, done } = await reader.read();
          ended = done;
          text += value ?? '';
          continue;
        }
        const lines = new Map(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => line.split(/: (.*)/s, 2) as [string, string]),
        );
        text = text.slice(end + 2);
        if (lines.has('id'))
          heard.push({ id: lines.get('id')!, event: lines.get('event')!, data: JSON.parse(lines.get('data')!) });
      }
      return heard;
    },
    get ended() {
      return ended;
    },
  };
}
const key = window.key(ids.agent);
const inbox = async (from: string): Promise<any[]> =>
  (await window.ask({ url: `/v1/events?limit=500&after=${from}`, as: ids.agent })).body.events;

test('news come as they fall, each with the number to go on from', async () => {
  const line = await listen(key);
  assert.deepEqual([line.status, line.type], [200, 'text/event-stream']);
  const parcel = await file('low-value');
  await window.settle();
  const [decided] = await line.next(1);
  assert.deepEqual(
    [decided!.event, decided!.data.parcel, decided!.id],
    ['clearance.decided', parcel.id, decided!.data.sequence],
  );
  await land([parcel]);
  await window.settle();
  const [released] = await line.next(1);
  assert.equal(released!.data.status, 'released');
  line.hangUp();
});

test('a reader that was cut off goes on with Last-Event-ID exactly where it stood', async () => {
  const { body: before } = await window.ask({ url: '/v1/events?limit=500', as: ids.agent });
  const first = await listen(key);
  for (let many = 0; many < 3; many += 1) await file('low-value');
  await window.settle();
  const heard = await first.next(2);
  first.hangUp();
  for (let many = 0; many < 3; many += 1) await file('low-value');
  await window.settle();
  const again = await listen(key, { last: heard.at(-1)!.id });
  heard.push(...(await again.next(4)));
  assert.deepEqual(
    heard.map(({ data }) => data),
    await inbox(before.next),
  );
  again.hangUp();
});

test('a cursor and kinds choose what is heard, and more than one page of it comes at once', async () => {
  const { body: before } = await window.ask({ url: '/v1/events?limit=500', as: ids.agent });
  const parcels = [];
  for (let many = 0; many < 110; many += 1) parcels.push(await file('low-value'));
  await land(parcels);
  await window.settle();
  const line = await listen(key, { query: `?after=${before.next}&kind=clearance.released` });
  const heard = await line.next(110);
  assert.deepEqual(new Set(heard.map(({ event }) => event)), new Set(['clearance.released']));
  assert.equal(new Set(heard.map(({ data }) => data.parcel)).size, 110);
  line.hangUp();
});

test('a stream ends when its key is revoked, and nobody without a key has one', async () => {
  const made = await window.ask({
    method: 'POST',
    url: '/v1/administration/clients',
    as: ids.agent,
    body: { name: 'watcher', party: ids.agent, authority: null, scopes: ['read'] },
  });
  assert.equal(made.status, 201, made.text);
  const line = await listen(made.body.key);
  await file('low-value');
  await window.settle();
  assert.equal((await line.next(1)).length, 1);
  await window.ask({ method: 'DELETE', url: `/v1/administration/clients/${made.body.client.id}`, as: ids.agent });
  await file('low-value');
  await window.settle();
  assert.deepEqual(await line.next(1), []);
  assert.equal(line.ended, true);
  assert.equal((await listen(made.body.key)).status, 401);
  assert.equal((await listen(window.key('customs'))).status, 403);
});

test('a ninth reader of one party is asked to come later, and others are let in', async () => {
  const lines = [];
  for (let many = 0; many < 8; many += 1) lines.push(await listen(window.key(ids.seller)));
  assert.deepEqual(new Set(lines.map(({ status }) => status)), new Set([200]));
  const ninth = await fetch(`${origin}/v1/events/stream`, {
    headers: { authorization: `Bearer ${window.key(ids.seller)}` },
  });
  assert.deepEqual(
    [ninth.status, ninth.headers.get('retry-after'), ((await ninth.json()) as any).code],
    [503, '30', 'feedback/too-many-watch'],
  );
  const other = await listen(window.key(ids.carrier));
  assert.equal(other.status, 200);
  for (const line of [...lines, other]) line.hangUp();
});

test('a number that never was, or that is too old, is refused and not taken for now', async () => {
  assert.equal((await listen(key, { last: 'yesterday' })).status, 400);
  assert.equal((await listen(key, { last: '1' })).status, 410);
});
