import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { fixedClock } from '#platform/clock.ts';
import { type Config, readConfig } from '#platform/config.ts';
import type { Context } from '#platform/context.ts';
import { createHttp } from '#platform/http.ts';
import { silentLog } from '#platform/log.ts';
import { createReference } from '#platform/snapshot.ts';
import { csrfToken } from '#portal/csrf.ts';
import { furnish } from '#portal/pages.ts';
import { words } from '#portal/text.ts';
import { testDb } from '../../../test/support/db.ts';
import { partiesPart } from './directory.ts';
import { sessionMinutes } from './model.ts';
import { partiesModule } from './module.ts';
import { settingsOf, withoutSecret } from './pages-settings.ts';
import { localPath } from './service-oidc.ts';
import { enrol } from './service-enrol.ts';
import { fromLoopback } from './asked.ts';
import { doors } from './service-identify.ts';
import { firstAdministratorLink, followLink, newLink, signInAs, sweepSignIns } from './service-sign-in.ts';

const on = '2026-07-01';
const password = 'rope and lantern and tide';

async function window(change: Partial<Config> = {}) {
  const { db } = await testDb({ modules: ['parties'] });
  const clock = fixedClock(`${on}T08:00:00.000Z`);
  const reference = createReference(db, [partiesPart]);
  await reference.refresh();
  const config = { ...readConfig({}, ['--empty']), ...change };
  const base = { config, db, clock, reference, log: silentLog };
  const context: Context = {
    ...base,
    ...doors(base, () => clock.instant().slice(0, 10)),
    frame: async (request) => ({ t: words('en'), url: request.url, nav: [] }),
  };
  const app: FastifyInstance = await createHttp(context, { refusals: partiesModule.refusals });
  await furnish(app);
  await partiesModule.api?.(app, context);
  await partiesModule.pages?.(app, context);
  await app.ready();
  return { app, context, db, clock, reference };
}
type Window = Awaited<ReturnType<typeof window>>;

const tokenIn = (page: LightMyRequestResponse): string => /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
const cookieOf = (reply: LightMyRequestResponse): string =>
  String(reply.headers['set-cookie'] ?? '').split(';')[0] ?? '';

/** A browser: it keeps its cookie, sends the token of the page it has open, and says where its requests come from. */
function browser({ app }: Window) {
  let cookie = '';
  const headers = (): Record<string, string> => ({
    host: '127.0.0.1:8080',
    'sec-fetch-site': 'same-origin',
    ...(cookie === '' ? {} : { cookie }),
  });
  const keep = (reply: LightMyRequestResponse): LightMyRequestResponse => {
    if (reply.headers['set-cookie'] !== undefined) cookie = cookieOf(reply);
    return reply;
  };
  const get = async (url: string) => keep(await app.inject({ method: 'GET', url, headers: headers() }));
  return {
    get,
    cookie: () => cookie,
    async post(from: string, url: string, fields: Record<string, string>, more: Record<string, string> = {}) {
      const csrf = tokenIn(await get(from));
      const payload = new URLSearchParams({ ...fields, csrf }).toString();
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      return keep(await app.inject({ method: 'POST', url, headers: { ...headers(), ...type, ...more }, payload }));
    },
  };
}

async function withAdministrator() {
  const it = await window();
  const person = browser(it);
  const link = new URL((await firstAdministratorLink(it.context)) ?? '').pathname;
  const made = await person.post(link, link, { name: 'ada', shown: 'Ada', password, again: password });
  assert.equal(made.statusCode, 303);
  return { ...it, person };
}

test('the first administrator is made by a link that works once, for a day, in a window nobody can sign in to', async () => {
  const it = await window();
  const stale = new URL((await firstAdministratorLink(it.context)) ?? '').pathname;
  const link = new URL((await firstAdministratorLink(it.context)) ?? '').pathname;
  const person = browser(it);
  assert.equal((await person.get(stale)).statusCode, 410);
  assert.equal((await person.get(link)).statusCode, 200);
  const weak = await person.post(link, link, { name: 'ada', shown: 'Ada', password: 'short', again: 'short' });
  assert.equal(weak.statusCode, 422);
  const form = { name: 'ada', shown: 'Ada', password, again: password, device: '' };
  const token = link.split('/').at(-1) ?? '';
  const raced = await Promise.all(
    [1, 2].map((number) => followLink(it.context, { ...form, name: `ada${number}`, token })),
  );
  assert.equal(raced.filter((one) => one.ok).length, 1);
  assert.equal((await it.db.query('select 1 from parties.users')).length, 1);
  assert.equal((await person.get(link)).statusCode, 410);
  assert.equal(await firstAdministratorLink(it.context), null);
});

test('a link is dead after a day', async () => {
  const it = await window();
  const link = new URL((await firstAdministratorLink(it.context)) ?? '').pathname;
  it.clock.advance(24 * 3_600_000);
  assert.equal((await browser(it).get(link)).statusCode, 410);
});

test('a password is stored as its scrypt hash and a session and a link as the hash of their token', async () => {
  const it = await withAdministrator();
  const stored = JSON.stringify([
    await it.db.query('select password from parties.users'),
    await it.db.query(`select encode(hash, 'hex') as hash from parties.sessions`),
  ]);
  assert.match(stored, /scrypt\$15\$8\$3\$/);
  assert.equal(stored.includes(password), false);
  const token = it.person.cookie().split('=')[1] ?? '';
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  const texts = await it.db.query('select s::text as row from parties.sessions s');
  assert.equal(JSON.stringify(texts).includes(token), false);
});

test('the session’s cookie is out of reach of scripts and of other sites, and on https of other hosts', async () => {
  const far = await window({ origin: 'https://window.example' });
  const link = new URL((await firstAdministratorLink(far.context)) ?? '').pathname;
  const made = await browser(far).post(link, link, { name: 'ada', shown: 'Ada', password, again: password });
  assert.match(String(made.headers['set-cookie']), /^__Host-session=.*; Secure$/);
});

test('a session ends after an hour without use and after half a day in all', async () => {
  const it = await withAdministrator();
  const works = async (): Promise<boolean> => (await it.person.get('/admin/people')).statusCode === 200;
  assert.equal(await works(), true);
  for (let minutes = 0; minutes < sessionMinutes.whole - 50; minutes += 50) {
    it.clock.advance(50 * 60_000);
    assert.equal(await works(), minutes + 50 < sessionMinutes.whole, `after ${minutes + 50} minutes`);
  }
  it.clock.advance(50 * 60_000);
  assert.equal(await works(), false);
  const again = await withAdministrator();
  again.clock.advance(61 * 60_000);
  assert.equal((await again.person.get('/admin/people')).statusCode, 303);
  assert.equal(await sweepSignIns(again.context), true);
  assert.deepEqual(await again.db.query('select 1 from parties.sessions'), []);
});

test('signing out ends the session for everybody who holds its token', async () => {
  const it = await withAdministrator();
  const held = it.person.cookie();
  await it.person.post('/admin/people/new', '/sign-out', {});
  assert.equal(it.person.cookie(), 'session=');
  const reply = await it.app.inject({ url: '/admin/people', headers: { cookie: held } });
  assert.equal(reply.statusCode, 303);
});

test('a form without the token of its session, or from another site, does nothing', async () => {
  const it = await withAdministrator();
  const cookie = it.person.cookie();
  const fields = { name: 'eve', shown: 'Eve', 'roles.administrator': 'yes' };
  const type = { 'content-type': 'application/x-www-form-urlencoded', host: '127.0.0.1:8080' };
  const csrf = tokenIn(await it.person.get('/admin/people/new'));
  const send = async (headers: Record<string, string>, token: string) =>
    (
      await it.app.inject({
        method: 'POST',
        url: '/admin/people/new',
        headers: { ...type, ...headers },
        payload: new URLSearchParams({ ...fields, csrf: token }).toString(),
      })
    ).statusCode;
  const stranger = csrfToken('signed-out');
  assert.equal(await send({ cookie }, ''), 403);
  assert.equal(await send({ cookie }, stranger), 403);
  assert.equal(await send({ cookie, 'sec-fetch-site': 'cross-site' }, csrf), 403);
  assert.equal(await send({ cookie, 'sec-fetch-site': 'same-site' }, csrf), 403);
  assert.equal(await send({ cookie, origin: 'https://evil.example' }, csrf), 403);
  assert.equal(await send({ cookie, origin: 'null' }, csrf), 403);
  assert.equal((await it.db.query('select 1 from parties.users')).length, 1);
  assert.equal(await send({ cookie, origin: 'http://127.0.0.1:8080' }, csrf), 200);
  const json = { cookie, 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' };
  const payload = JSON.stringify({ name: 'eve2', shown: 'Eve', roles: ['administrator'] });
  const reply = await it.app.inject({ method: 'POST', url: '/v1/administration/users', headers: json, payload });
  assert.equal(reply.statusCode, 401);
});

const local = { method: 'POST', socket: { remoteAddress: '127.0.0.1' }, headers: { host: '127.0.0.1:8080' } };
const cast = {
  from: on,
  parties: [{ identifier: 'XL-1', name: 'Lantern', language: 'en', roles: ['seller' as const] }],
  users: [{ name: 'salma', shown: 'Salma', roles: ['seller' as const], party: 'XL-1' }],
};

test('the demonstration’s sign-in works in a demonstration on loopback, from this machine, for its own people only', async () => {
  const demo = await window({ demo: true });
  await enrol(demo.context, cast);
  assert.equal((await signInAs(demo.context, local, 'salma')).ok, true);
  const elsewhere = [
    { ...local, socket: { remoteAddress: '192.0.2.7' } },
    { ...local, socket: { remoteAddress: '::ffff:192.0.2.7' } },
    { ...local, socket: {} },
    { ...local, headers: { host: 'window.example' } },
    { ...local, headers: { host: '127.0.0.1.window.example' } },
    { ...local, headers: {} },
    ...['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host'].map((name) => ({
      ...local,
      headers: { ...local.headers, [name]: '192.0.2.7' },
    })),
  ];
  for (const request of elsewhere) {
    assert.equal(fromLoopback(request), false);
    assert.deepEqual(await signInAs(demo.context, request, 'salma'), {
      ok: false,
      error: { code: 'parties/demo-only' },
    });
  }
  await demo.db.query(
    `insert into parties.users select gen_random_uuid(), 'real', 'Real', null, '{administrator}', null, null, 'active', false, created, changed from parties.users`,
  );
  for (const name of ['real', 'nobody']) assert.equal((await signInAs(demo.context, local, name)).ok, false, name);
  for (const change of [{ demo: false }, { demo: true, host: '0.0.0.0' }]) {
    const config = { ...demo.context.config, ...change };
    assert.equal((await signInAs({ ...demo.context, config }, local, 'salma')).ok, false);
  }
});

test('a session of the demonstration counts nowhere but in a demonstration on this machine', async () => {
  const demo = await window({ demo: true });
  await enrol(demo.context, cast);
  const made = await signInAs(demo.context, local, 'salma');
  assert.ok(made.ok);
  const request = { ...local, method: 'GET', headers: { ...local.headers, cookie: `session=${made.value.token}` } };
  const today = (): string => on;
  assert.equal((await demo.context.identify(request as never)).party, 'XL-1');
  const far = { ...request, socket: { remoteAddress: '192.0.2.7' } };
  assert.equal((await demo.context.identify(far as never)).assurance, 'none');
  const real = doors({ ...demo.context, config: { ...demo.context.config, demo: false } }, today);
  assert.equal((await real.identify(request)).assurance, 'none');
});

const administrationPages = [
  '/admin/people',
  '/admin/people/new',
  '/admin/parties',
  '/admin/new-party',
  '/admin/authorities',
  '/admin/clients',
  '/admin/settings',
];

test('the administrator’s pages open for an administrator, ask the public to sign in, and tell everybody else no', async () => {
  const it = await withAdministrator();
  const [row] = await it.db.query<{ id: string }>(
    `insert into parties.users select gen_random_uuid(), 'otto', 'Otto', null, '{officer,auditor,filer}', null, null, 'active', false, created, changed from parties.users returning id`,
  );
  const otto = browser(it);
  const link = new URL(await it.db.tx((tx) => newLink(it.context, tx, row!.id))).pathname;
  assert.equal((await otto.post(link, link, { password, again: password })).statusCode, 303);
  for (const url of administrationPages) {
    assert.equal((await it.person.get(url)).statusCode, 200, url);
    const public_ = await it.app.inject({ url });
    assert.deepEqual([public_.statusCode, public_.headers.location], [303, `/sign-in?next=${encodeURIComponent(url)}`]);
    const refused = await otto.get(url);
    assert.equal(refused.statusCode, 403, url);
    assert.doesNotMatch(refused.body, /<table|<input(?! type="hidden" name="csrf")/);
  }
});

test('an administrator registers parties, a representation, an authority and its mandate, and a person, on pages', async () => {
  const it = await withAdministrator();
  const { person } = it;
  const party = { language: 'en', status: 'active', 'roles.declarant': 'yes' };
  for (const identifier of ['XP-1', 'XP-2']) {
    const made = await person.post('/admin/new-party', '/admin/new-party', {
      identifier,
      name: `Party ${identifier}`,
      ...party,
    });
    assert.equal(made.headers.location, `/admin/parties/${identifier}?done=saved`);
  }
  const unfound = (await person.get('/admin/parties?find=XP-3')).body;
  assert.match(unfound, /Letters that stand together/, 'a search that finds nobody says how to look');
  assert.doesNotMatch((await person.get('/admin/parties?find=xp-2')).body, /Letters that stand together/);
  const given = {
    represented: 'XP-2',
    representative: 'XP-1',
    kind: 'direct',
    'scope.file': 'yes',
    chain: '',
    from: on,
    until: '',
  };
  const between = await person.post('/admin/parties/XP-2', '/admin/parties/XP-2/representations', given);
  assert.equal(between.statusCode, 303, between.body);
  const shown = (await person.get('/admin/parties/XP-2?done=added')).body;
  const revoke = /action="(\/admin\/representations\/[^"]+)"/.exec(shown)?.[1]?.replaceAll('&amp;', '&') ?? '';
  assert.equal(
    (await person.post('/admin/parties/XP-2', revoke, {})).headers.location,
    '/admin/parties/XP-2?done=revoked',
  );
  assert.equal(it.reference.current().get(partiesPart).representations.size, 0);
  const authority = { identifier: 'customs', name: 'Customs', language: 'en' };
  assert.equal((await person.post('/admin/authorities', '/admin/authorities', authority)).statusCode, 303);
  const mandate = {
    authority: 'customs',
    element: '*',
    purpose: 'clear',
    reference: 'Customs Code, art. 3',
    from: '',
    until: '',
  };
  assert.equal((await person.post('/admin/authorities', '/admin/mandates', mandate)).statusCode, 303);
  assert.equal(it.reference.current().get(partiesPart).mandates.get('customs')?.length, 1);
  const made = await person.post('/admin/people/new', '/admin/people/new', {
    name: 'nives',
    shown: 'Nives',
    authority: 'customs',
    'roles.officer': 'yes',
  });
  const link = /http:\/\/127\.0\.0\.1:8080(\/password\/[A-Za-z0-9_-]{43})/.exec(made.body)?.[1] ?? '';
  const nives = browser(it);
  assert.equal((await nives.post(link, link, { password, again: password })).statusCode, 303);
  const me = JSON.parse((await nives.get('/v1/me')).body) as { authority: string; mandates: unknown[] };
  assert.deepEqual([me.authority, me.mandates.length], ['customs', 1]);
});

test('what is wrong in a form is told at its field, and what was typed is still there', async () => {
  const { person } = await withAdministrator();
  const reply = await person.post('/admin/new-party', '/admin/new-party', {
    identifier: 'é',
    name: 'Typed <b>',
    language: 'english',
  });
  assert.equal(reply.statusCode, 422);
  for (const field of ['identifier', 'language', 'roles-seller'])
    assert.match(reply.body, new RegExp(`href="#f-${field}"`), field);
  assert.match(reply.body, /value="Typed &lt;b&gt;"/);
  const unknown = await person.post('/admin/clients', '/admin/clients', {
    name: 'c',
    party: 'nobody',
    'scopes.read': 'yes',
  });
  assert.equal(unknown.statusCode, 422);
  assert.match(unknown.body, /href="#f-party"/);
});

test('a new client’s key is on one page and works until it is revoked; an unknown key is told so', async () => {
  const it = await withAdministrator();
  await it.person.post('/admin/new-party', '/admin/new-party', {
    identifier: 'XP-1',
    name: 'One',
    language: 'en',
    status: 'active',
    'roles.declarant': 'yes',
  });
  const made = await it.person.post('/admin/clients', '/admin/clients', {
    name: 'till',
    party: 'XP-1',
    'scopes.file': 'yes',
  });
  const key = /portolan_[A-Za-z0-9_-]{43}/.exec(made.body)?.[0] ?? '';
  const list = (await it.person.get('/admin/clients')).body;
  assert.equal(list.includes(key), false);
  assert.equal(list.includes(`${key.slice(0, 15)}…`), true);
  const ask = async (authorization: string) => {
    const reply = await it.app.inject({ url: '/v1/me', headers: { authorization } });
    const body = JSON.parse(reply.body) as { code?: string; party?: string };
    return `${reply.statusCode} ${body.code ?? body.party}`;
  };
  assert.equal(await ask(`Bearer ${key}`), '200 XP-1');
  assert.equal(await ask('Bearer portolan_nothing'), '401 parties/key-unknown');
  assert.equal(await ask('Basic eDp5'), '401 parties/key-unknown');
  const revoke = /action="(\/admin\/clients\/[^"]+\/revoke)"/.exec(list)?.[1] ?? '';
  await it.person.post('/admin/clients', revoke, {});
  assert.equal(await ask(`Bearer ${key}`), '401 parties/key-unknown');
  const nobody = await it.app.inject({ url: '/v1/me' });
  assert.equal((JSON.parse(nobody.body) as { code: string }).code, 'parties/sign-in-needed');
});

test('the public key that a client signs with is entered on a page, shown by its thumbprint, and taken away again', async () => {
  const it = await withAdministrator();
  await it.person.post('/admin/new-party', '/admin/new-party', {
    identifier: 'XP-1',
    name: 'One',
    language: 'en',
    status: 'active',
    'roles.declarant': 'yes',
  });
  await it.person.post('/admin/clients', '/admin/clients', { name: 'till', party: 'XP-1', 'scopes.file': 'yes' });
  const list = (await it.person.get('/admin/clients')).body;
  const page = /href="(\/admin\/clients\/[^"]+\/signing-key)"/.exec(list)?.[1] ?? '';
  // The key of RFC 7515, appendix A.3.
  const key = {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  };
  const d = 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI';
  const wrong = await it.person.post(page, page, { key: JSON.stringify({ ...key, d }) });
  assert.equal(wrong.statusCode, 422);
  assert.match(wrong.body, /this private key has been shown/);
  const entered = await it.person.post(page, page, { key: JSON.stringify(key) });
  assert.equal(entered.statusCode, 303);
  const thumbprint = 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U';
  assert.ok((await it.person.get(page)).body.includes(thumbprint));
  await it.person.post(page, page, { key: '' });
  assert.equal((await it.person.get(page)).body.includes(thumbprint), false);
});

test('a key is never a session and a session never a key: a bad key beside a good cookie is a bad key', async () => {
  const it = await withAdministrator();
  const headers = { authorization: 'Bearer portolan_nothing', cookie: it.person.cookie() };
  assert.equal((await it.app.inject({ url: '/admin/people', headers })).statusCode, 303);
  assert.equal((await it.app.inject({ url: '/v1/me', headers })).statusCode, 401);
});

test('every door of the administration refuses the public and whoever is no administrator', async () => {
  const it = await withAdministrator();
  await enrol(it.context, {
    ...cast,
    authorities: [{ identifier: 'customs', name: 'Customs', language: 'en' }],
    clients: [
      { name: 'a', party: 'XL-1', scopes: ['file', 'read', 'pay', 'guarantee'], key: 'key-of-trader' },
      { name: 'b', authority: 'customs', scopes: ['file', 'read'], key: 'key-of-authority' },
      { name: 'c', party: 'XL-1', scopes: ['administer'], key: 'key-of-administrator' },
    ],
  });
  const id = '0198c0de-0000-7000-8000-00000000000a';
  const days = { from: on };
  const asked: [string, string, object?][] = [
    ['GET', '/parties'],
    ['GET', '/parties/XL-1'],
    ['PUT', '/parties/XL-9', { name: 'N', language: 'en', roles: ['seller'] }],
    ['GET', '/representations'],
    [
      'POST',
      '/representations',
      { represented: 'XL-1', representative: 'XL-2', kind: 'direct', scope: ['file'], ...days },
    ],
    ['DELETE', `/representations/${id}`],
    ['GET', '/authorities'],
    ['PUT', '/authorities/tax', { name: 'Tax', language: 'en' }],
    ['POST', '/mandates', { authority: 'customs', element: '*', purpose: 'clear', reference: 'Act', ...days }],
    ['DELETE', `/mandates/${id}`],
    ['GET', '/clients'],
    ['POST', '/clients', { name: 'x', party: 'XL-1', scopes: ['read'] }],
    ['DELETE', `/clients/${id}`],
    ['PUT', `/clients/${id}/signing-key`, { key: null }],
    ['GET', '/users'],
    ['GET', `/users/${id}`],
    ['POST', '/users', { name: 'eve', shown: 'Eve', roles: ['administrator'] }],
    ['PUT', `/users/${id}`, { shown: 'Eve', roles: ['administrator'], status: 'active' }],
    ['POST', `/users/${id}/link`],
  ];
  for (const [method, path, body] of asked) {
    const send = async (key: string | null) => {
      const headers = key === null ? {} : { authorization: `Bearer ${key}` };
      const payload = body === undefined ? {} : { payload: body };
      const reply = await it.app.inject({
        method: method as 'GET',
        url: `/v1/administration${path}`,
        headers,
        ...payload,
      });
      return reply.statusCode;
    };
    assert.equal(await send(null), 401, `${method} ${path}`);
    assert.equal(await send('key-of-trader'), 403, `${method} ${path}`);
    assert.equal(await send('key-of-authority'), 403, `${method} ${path}`);
    assert.ok(![401, 403, 500].includes(await send('key-of-administrator')), `${method} ${path}`);
  }
});

test('a suspended person’s session is over with his next request', async () => {
  const it = await withAdministrator();
  const made = await it.person.post('/admin/people/new', '/admin/people/new', {
    name: 'bea',
    shown: 'Bea',
    'roles.auditor': 'yes',
  });
  const link = /(\/password\/[A-Za-z0-9_-]{43})/.exec(made.body)?.[1] ?? '';
  const bea = browser(it);
  await bea.post(link, link, { password, again: password });
  assert.equal((await bea.get('/v1/me')).statusCode, 200);
  const [row] = await it.db.query<{ id: string }>(`select id from parties.users where name = 'bea'`);
  const page = `/admin/people/${row?.id}`;
  const saved = await it.person.post(page, page, {
    shown: 'Bea',
    'roles.auditor': 'yes',
    status: 'suspended',
    party: '',
    authority: '',
  });
  assert.equal(saved.headers.location, '/admin/people?done=saved');
  assert.equal((await bea.get('/v1/me')).statusCode, 401);
});

test('after signing in one comes to a page of this window and never to another site', () => {
  assert.equal(localPath('/parcels?status=held'), '/parcels?status=held');
  for (const text of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    '/\t/evil.example',
    '/a\\b',
    '/é',
  ]) {
    assert.equal(localPath(text), '/', text);
  }
});

test('the settings page shows no word that opens the database', () => {
  const databaseUrl = 'postgres://portolan:sesame@db.example/window?sslpassword=sesame2&host=/run';
  const shown = JSON.stringify(settingsOf({ ...readConfig({}, []), databaseUrl }));
  assert.doesNotMatch(shown, /sesame/);
  assert.match(shown, /db\.example/);
  assert.equal(withoutSecret('not an address with sesame'), '…');
});
