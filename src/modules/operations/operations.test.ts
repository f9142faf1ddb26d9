import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';
import { firstAdministratorLink } from '#modules/parties/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { followersLag } from '#platform/followers.ts';
import { knock } from '#platform/knock.ts';
import { untilFollowable } from '../../../test/support/settle.ts';
import { browser, openWindow } from '../../../test/support/window.ts';
import { heartbeat, measure } from './heartbeat.ts';
import { addBackup, noteDrill } from './index.ts';
import { StatusView } from './model.ts';
import { statusOf } from './service.ts';

const clock = fixedClock('2026-11-24T12:00:03.000Z');
const window = await openWindow();
const { app, context, test: own } = window;

async function status(): Promise<StatusView> {
  clock.advance(6_000);
  return statusOf(context, clock);
}

test('a window that does not listen is not measured, and one that does is asked once in ten seconds', async () => {
  const beats = heartbeat(context, clock);
  await beats.step(own.db);
  assert.equal((await status()).measuredSince, null);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  measure(context, typeof address === 'object' && address !== null ? address.port : 0);
  for (let more = 0; more < 3; more += 1) {
    await beats.step(own.db);
    await beats.step(own.db);
    clock.advance(10_000);
  }
  const rows = await own.db.query('select minute, asked, answered from operations.minutes');
  assert.equal(rows.length, 1);
  const [{ asked, answered }] = rows as [{ asked: number; answered: number }];
  assert.equal(asked, answered);
  assert.equal(asked.toString(2).replaceAll('0', ''), '111');
  const { measuredSince, available, days } = await status();
  assert.equal(measuredSince, '2026-11-24T12:00:00.000Z');
  const slots = Math.floor((clock.now() - Date.parse('2026-11-24T12:00:00Z')) / 10_000);
  assert.equal(days.at(-1)?.unmeasuredSeconds, (slots - 3) * 10);
  assert.equal(available, `0.${String(Math.floor((3 * 10_000) / slots)).padStart(4, '0')}`);
});

test('what answers otherwise than with 200, too late, or not at all, is not available', async () => {
  const server = createServer((request, reply) => {
    if (request.url === '/silent') return;
    reply.writeHead(request.url === '/well' ? 200 : 503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  assert.equal(await knock(`${origin}/well`, 1_000), true);
  assert.equal(await knock(`${origin}/ill`, 1_000), false);
  assert.equal(await knock(`${origin}/silent`, 50), false);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await knock(`${origin}/well`, 1_000), false);
});

test('everybody reads how the window runs, in both languages and as JSON, and nothing of its inside', async () => {
  await addBackup(own.db, {
    at: '2026-11-23T03:00:00.000Z',
    finished: '2026-11-23T03:01:00.000Z',
    bytes: 5n,
    rows: 7n,
    sha256: 'ab',
  });
  await noteDrill(own.db, '2026-11-23T03:00:00.000Z', '2026-11-23T04:00:00.000Z', true);
  const told = await window.ask({ url: '/v1/status' });
  assert.equal(told.status, 200);
  assert.ok(Compile(StatusView).Check(told.body), told.text);
  assert.equal(told.body.lastBackup, '2026-11-23T03:00:00.000Z');
  assert.equal(told.body.lastProved, '2026-11-23T04:00:00.000Z');
  const headers = { accept: 'text/html' };
  const english = await app.inject({ url: '/status', headers });
  assert.equal(english.statusCode, 200);
  assert.match(english.body, /How this window runs/);
  assert.match(english.body, /Oldest case that waits for a person/);
  const arabic = await app.inject({ url: '/status?lang=ar', headers });
  assert.match(arabic.body, /كيف تعمل هذه النافذة/);
  assert.match(arabic.body, /dir="rtl"/);
  for (const { name } of await followersLag(own.db)) {
    assert.doesNotMatch(`${english.body}${told.text}`, new RegExp(name));
  }
  assert.doesNotMatch(english.body, /<script(?! type="module" src="\/assets)/);
});

test('an incident is entered by the administrator alone, in his words, and is public at once', async () => {
  const nobody = await app.inject({ url: '/admin/incidents' });
  assert.equal(nobody.statusCode, 303);
  assert.match(String(nobody.headers.location), /^\/sign-in/);

  const person = browser(window);
  const link = new URL((await firstAdministratorLink(context)) ?? '').pathname;
  const password = 'rope and lantern and tide';
  await person.post(link, link, { name: 'ada', shown: 'Ada', password, again: password });
  const page = '/admin/incidents/new';
  const half = await person.post(page, page, { began: '2026-11-24 25:00', ended: '', 'words.en.title': 'Slow' });
  assert.equal(half.statusCode, 422);
  assert.match(half.body, /Write day and time in UTC/);
  assert.match(half.body, /Give both a heading and a text/);
  const given = {
    began: '2026-11-24 08:15',
    ended: '',
    'words.en.title': 'Slow answers <b>',
    'words.en.text': 'Answers take a minute.',
    'words.ar.title': 'إجابات بطيئة',
    'words.ar.text': 'تستغرق الإجابات دقيقة.',
  };
  const entered = await person.post(page, page, given);
  assert.equal(entered.statusCode, 303, entered.body);
  const english = await app.inject({ url: '/status', headers: { accept: 'text/html' } });
  assert.match(english.body, /One incident lasts/);
  assert.match(english.body, /Slow answers &lt;b&gt;/);
  assert.match((await app.inject({ url: '/status?lang=ar' })).body, /إجابات بطيئة/);

  const [{ id }] = (await window.ask({ url: '/v1/status' })).body.incidents;
  const ended = await person.post(page, `/admin/incidents/${id}`, { ...given, ended: '2026-11-24 07:00' });
  assert.match(ended.body, /The end must not lie before the beginning/);
  assert.equal(
    (await person.post(page, `/admin/incidents/${id}`, { ...given, ended: '2026-11-24 09:00' })).statusCode,
    303,
  );
  const [known] = (await window.ask({ url: '/v1/status' })).body.incidents;
  assert.equal(known.ended, '2026-11-24T09:00:00.000Z');
  assert.equal((await person.get('/admin/incidents/0197a000-0000-7000-8000-000000000001')).statusCode, 404);
  const kinds = await own.db.query<{ kind: string }>(
    'select kind from platform.journal where subject = $1 order by seq',
    [id],
  );
  assert.deepEqual(
    kinds.map(({ kind }) => kind),
    ['operations.incident-entered', 'operations.incident-changed'],
  );
});

test('a follower that has read everything is not behind, and one that has not is, since the first unread entry', async () => {
  await window.settle();
  assert.ok((await followersLag(own.db)).every(({ seconds }) => seconds === 0));
  await own.db.query(
    `select platform.append(array['test.made'], array['0197a000-0000-7000-8000-000000000001'::uuid], array['{}'],
       clock_timestamp() - interval '90 seconds')`,
  );
  await untilFollowable(own.db);
  const lag = await followersLag(own.db);
  assert.ok(lag.length > 0);
  assert.ok(lag.every(({ seconds }) => seconds >= 90 && seconds < 1_000));
});
