import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { leafHash } from '#kernel/merkle.ts';
import { parcel } from '#modules/demo/index.ts';
import { systemClock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import { openDb } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { createApp } from '../../src/app.ts';
import { portolan } from '../support/command.ts';
import { emptyDb } from '../support/db.ts';
import { settle } from '../support/settle.ts';
import { openWindow } from '../support/window.ts';

/** What a window records is sealed; whoever looks later finds what was changed since, also in a restored window. */

const folder = mkdtempSync('/tmp/portolan-sealing-');
chmodSync(folder, 0o755);
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends.toReversed()) await end();
  rmSync(folder, { recursive: true, force: true });
});

const window = await openWindow();
const env = { DATABASE_URL: window.test.url };
let next = 0;

/** Files some parcels and waits until what was recorded of them is sealed, in a segment of its own. */
async function file(many: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < many; made += 1) {
    next += 1;
    const at = Date.parse('2026-11-20T06:00:00Z');
    const { raw } = parcel({ seed: 78, index: next, at, run: 'SEAL', kind: 'gift' });
    const told = await window.ask({ method: 'POST', url: '/v1/consignments', as: 'XP-POST', raw });
    assert.equal(told.status, 201, told.text);
    ids.push(told.body.id);
  }
  await window.settle();
  return ids;
}

const first = await file(4);
await file(3);
await file(5);

test('everybody reads the sealed segments, newest first, page by page, and recomputes a leaf', async () => {
  const { status, body } = await window.ask({ url: '/v1/segments?limit=2' });
  assert.equal(status, 200);
  assert.equal(body.segments.length, 2);
  const [newest, before] = body.segments;
  assert.equal(newest.number, before.number + 1);
  assert.equal(newest.previous, before.hash);
  assert.equal(leafHash(newest.leaf).toString('hex'), newest.hash);
  assert.match(
    newest.leaf,
    new RegExp(`^portolan-segment/v1\n${newest.number}\n.*\n${newest.root}\n${before.hash}\n`, 's'),
  );
  const rest = (await window.ask({ url: `/v1/segments?before=${body.next}` })).body;
  assert.deepEqual(
    [...body.segments, ...rest.segments].map(({ number }: { number: number }) => number),
    Array.from({ length: newest.number + 1 }, (_, index) => newest.number - index),
  );
  assert.equal(rest.next, null);
  const one = await window.ask({ url: `/v1/segments/${before.number}` });
  assert.deepEqual(one.body, before);
  const none = await window.ask({ url: `/v1/segments/${newest.number + 1}` });
  assert.deepEqual([none.status, none.body.code], [404, 'transparency/segment-unknown']);
  assert.equal((await window.ask({ url: '/v1/segments?limit=0' })).status, 400);
  assert.equal((await window.ask({ url: '/v1/segments/last' })).status, 400);
});

test('the status page shows the last segment with its root, and nothing sealed names anybody', async () => {
  const { segments } = (await window.ask({ url: '/v1/segments?limit=500' })).body;
  const headers = { accept: 'text/html' };
  for (const [language, words] of [
    ['en', 'Sealed journal'],
    ['ar', 'السجل المختوم'],
  ] as const) {
    const { body } = await window.app.inject({ url: `/status?lang=${language}`, headers });
    assert.match(body, new RegExp(words));
    assert.ok(body.includes(segments[0].root) && body.includes(segments[0].hash));
  }
  assert.deepEqual((await window.ask({ url: '/v1/status' })).body.lastSegment, segments[0]);
  const shown = Object.keys(segments[0]).toSorted();
  assert.deepEqual(shown, ['entries', 'first', 'hash', 'last', 'leaf', 'number', 'previous', 'root', 'sealed']);
});

test('a backup that is restored keeps its seals, and the restored window seals on from there', async () => {
  const path = join(folder, 'kept.portolan');
  const kept = await portolan(env, 'backup', path);
  assert.equal(kept.code, 0, kept.err);
  const there = await emptyDb();
  const restored = await portolan({ DATABASE_URL: there.url }, 'restore', path);
  assert.equal(restored.code, 0, restored.err);
  const [before] = (await window.ask({ url: '/v1/segments?limit=1' })).body.segments;
  const noted = `${before.number}:${before.hash}`;
  const sound = await portolan({ DATABASE_URL: there.url }, 'verify', '--noted', noted);
  assert.equal(sound.code, 0, sound.out);
  const db = openDb({ url: there.url, size: 8 });
  ends.push(() => db.close());
  const config = readConfig({ PORTOLAN_ECONOMY: 'xp', PORTOLAN_DATA: '/nonexistent' }, ['--empty']);
  const { app, workers } = await createApp({ config, db, clock: systemClock, log: silentLog });
  ends.push(() => app.close());
  const at = Date.parse('2026-11-20T06:00:00Z');
  const { raw } = parcel({ seed: 78, index: 99, at, run: 'SEAL', kind: 'gift' });
  const sent = { authorization: `Bearer ${window.key('XP-POST')}`, 'content-type': 'application/json' };
  const told = await app.inject({ method: 'POST', url: '/v1/consignments', headers: sent, payload: raw });
  assert.equal(told.statusCode, 201, told.body);
  await settle(db, workers);
  const { segments } = (await app.inject({ url: '/v1/segments?limit=500' })).json();
  assert.ok(segments[0].number > before.number);
  assert.deepEqual(
    segments.find(({ number }: { number: number }) => number === before.number),
    before,
  );
  const then = await portolan({ DATABASE_URL: there.url }, 'verify', '--noted', noted);
  assert.equal(then.code, 0, then.out);
  assert.match(then.out, /nothing was changed, put in or removed/);
});

test('an entry that is changed or deleted behind the window’s back is found, with the segment it stood in', async () => {
  const sound = await portolan(env, 'verify');
  assert.equal(sound.code, 0, sound.out);
  assert.match(sound.out, /^\d+ segments with [\d,]+ entries are sealed, 0 entries came since\.$/m);
  assert.match(sound.err, /entries in \d/);
  const { db } = window.test;
  const [entry] = await db.query<{ tx: bigint; seq: bigint; data: string }>(
    `select tx, seq, data from platform.journal where subject = $1 and kind = 'clearance.decided'`,
    [first[1]],
  );
  const { segments } = (await window.ask({ url: '/v1/segments?limit=500' })).body;
  const holder = segments.find(
    ({ first: from, last }: { first: any; last: any }) =>
      (BigInt(from.transaction) < entry!.tx ||
        (BigInt(from.transaction) === entry!.tx && BigInt(from.sequence) <= entry!.seq)) &&
      (BigInt(last.transaction) > entry!.tx ||
        (BigInt(last.transaction) === entry!.tx && BigInt(last.sequence) >= entry!.seq)),
  );
  const where = 'where tx = $1::xid8 and seq = $2';
  const place = [String(entry!.tx), entry!.seq];
  await db.query(`update platform.journal set data = $3 ${where}`, [...place, `${entry!.data} `]);
  const changed = await portolan(env, 'verify');
  assert.equal(changed.code, 2);
  assert.match(changed.out, new RegExp(`^✖ Segment ${holder.number}: its entries are not those`, 'm'));
  assert.equal(changed.out.match(/✖/g)?.length, 1);
  await db.query(`update platform.journal set data = $3 ${where}`, [...place, entry!.data]);
  assert.equal((await portolan(env, 'verify')).code, 0);
  await db.query(`delete from platform.journal ${where}`, place);
  const removed = await portolan(env, 'verify');
  assert.equal(removed.code, 2);
  assert.match(removed.out, new RegExp(`^✖ Segment ${holder.number}: .* some were removed\\.$`, 'm'));
  const wrong = await portolan(env, 'verify', '--noted', `0:${'0'.repeat(64)}`);
  assert.match(wrong.out, /^✖ Segment 0 does not have the hash that you noted\.$/m);
  const unread = await portolan(env, 'verify', '--noted', 'last');
  assert.deepEqual([unread.code, unread.out], [1, '']);
  assert.match(unread.err, /--noted is NUMBER:HASH/);
});

test('a window without seals, and a database without a window, say so', async () => {
  const { url } = await emptyDb();
  const none = await portolan({ DATABASE_URL: url }, 'verify');
  assert.equal(none.code, 1);
  assert.match(none.err, /Nothing is sealed in this database yet/);
});
