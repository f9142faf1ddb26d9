import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { firstAdministratorLink } from '#modules/parties/index.ts';
import { systemClock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import { silentLog } from '#platform/log.ts';
import { createApp, type Portolan } from '../../src/app.ts';
import { freePort } from '../support/demonstration.ts';
import { testDb } from '../support/db.ts';
import { machine, tokenFor } from '../support/issuer.ts';
import { browser } from '../support/window.ts';

/** A window that listens, set up by its environment alone as an operator does it. */
async function opened(port: number, env: Readonly<Record<string, string>>): Promise<Portolan> {
  const config = readConfig({ PORT: String(port), PORTOLAN_DATA: '/nonexistent', ...env }, ['--empty']);
  const { db } = await testDb();
  const window = await createApp({ config, db, clock: systemClock, log: silentLog });
  await window.app.listen({ port, host: '127.0.0.1' });
  after(() => window.app.close());
  return window;
}

const [home, away] = [await freePort(), await freePort()];
const homeOrigin = `http://127.0.0.1:${home}`;
const awayOrigin = `http://127.0.0.1:${away}`;
/** The first is the issuer of the second, which has none of its own: five settings on both sides, and no code. */
const issuing = await opened(home, { PORTOLAN_ISSUER_WINDOWS: awayOrigin });
const relying = await opened(away, {
  PORTOLAN_ISSUER: `${homeOrigin}/oidc`,
  PORTOLAN_ISSUER_AUDIENCE: `${homeOrigin}/v1`,
});

const password = 'rope and lantern and tide';

/** The first administrator of a window, who makes its people. */
async function administrator(window: Portolan) {
  const person = browser(window);
  const link = new URL((await firstAdministratorLink(window.context)) ?? '').pathname;
  await person.post(link, link, { name: 'ada', shown: 'Ada', password, again: password });
  return person;
}
const [homeAda, awayAda] = [await administrator(issuing), await administrator(relying)];

/** Goes through the other window’s sign-in as a browser does, which keeps the cookies of both apart. */
async function signIn(name: string) {
  const [here, there] = [browser(relying), browser(issuing)];
  const begun = await here.get('/sign-in?next=/account');
  const asked = String(begun.headers.location);
  assert.ok(asked.startsWith(`${homeOrigin}/oidc/auth?`), asked);
  const open = await there.follow(await there.get(asked));
  assert.match(String(open.headers['content-security-policy']), new RegExp(`form-action 'self' ${awayOrigin};`));
  const action = /action="(\/oidc\/interaction\/[\w-]+)"/.exec(open.body)?.[1] ?? '';
  const csrf = /name="csrf" value="([^"]+)"/.exec(open.body)?.[1] ?? '';
  const sent = await there.bare(action, { name, password, csrf });
  const resumed = await there.get(String(sent.headers.location));
  const back = String(resumed.headers.location);
  assert.ok(back.startsWith(`${awayOrigin}/sign-in/return?code=`), back);
  return { here, reply: await here.get(back) };
}

test('a window signs people in at another issuer by its settings alone, with its own key and no secret', async () => {
  const { here, reply } = await signIn('ada');
  assert.deepEqual([reply.statusCode, reply.headers.location], [303, '/account']);
  const account = await here.get('/account');
  assert.equal(account.statusCode, 200);
  assert.match(account.body, new RegExp(`You prove who you are at .*${homeOrigin}/oidc`));
  assert.doesNotMatch(account.body, /Authenticator app/);
});

test('whom the issuer knows and the window does not is not let in, and learns whom to ask', async () => {
  const fields = { name: 'zoe', shown: 'Zoe', 'roles.auditor': 'yes' };
  const shown = await homeAda.post('/admin/people/new', '/admin/people/new', fields);
  const link = /\/password\/[\w-]{43}/.exec(shown.body)?.[0] ?? '';
  assert.equal((await browser(issuing).post(link, link, { password, again: password })).statusCode, 303);
  const { here, reply } = await signIn('zoe');
  assert.deepEqual([reply.statusCode, here.jar.has('session')], [403, false]);
  assert.match(reply.body, /Ask its administrator/);
  await awayAda.post('/admin/people/new', '/admin/people/new', fields);
  assert.equal((await signIn('zoe')).reply.statusCode, 303);
});

test('the embedded issuer is not there where another one is set', async () => {
  for (const url of ['/oidc/.well-known/openid-configuration', '/oidc/token', '/account/authenticator'])
    assert.equal((await relying.app.inject({ url })).statusCode, 404, url);
});

test('a token of the other issuer that names no client of this window opens nothing', async () => {
  const key = machine();
  const party = { identifier: 'XP-1', name: 'Lantern', language: 'en', 'roles.seller': 'yes', status: 'active' };
  await homeAda.post('/admin/new-party', '/admin/new-party', party);
  await homeAda.post('/admin/clients', '/admin/clients', { name: 'Shop', party: 'XP-1', 'scopes.read': 'yes' });
  const [row] = await issuing.context.db.query<{ id: string }>('select id from parties.clients', []);
  const entry = `/admin/clients/${row!.id}/access-keys`;
  assert.equal((await homeAda.post(entry, entry, { 'keys.0': JSON.stringify(key.jwk) })).statusCode, 303);
  const { body } = await tokenFor(issuing, key.assertion(row!.id, `${homeOrigin}/oidc`));
  const me = async ({ app }: Portolan) => {
    const headers = { authorization: `Bearer ${body.access_token}` };
    return (await app.inject({ url: '/v1/me', headers })).statusCode;
  };
  assert.deepEqual([await me(issuing), await me(relying)], [200, 401]);
});

test('an issuer that does not answer is told as an outage, on the page and at the doors', async () => {
  const port = await freePort();
  const lonely = await opened(port, { PORTOLAN_ISSUER: 'http://127.0.0.1:9/oidc' });
  const page = await browser(lonely).get('/sign-in');
  assert.deepEqual([page.statusCode, page.headers.location], [503, undefined]);
  assert.match(page.body, /does not answer/);
  const door = await lonely.app.inject({ url: '/v1/me', headers: { authorization: 'Bearer eyJh.eyJh.c2ln' } });
  assert.equal(door.statusCode, 503);
  const opaque = await lonely.app.inject({ url: '/v1/me', headers: { authorization: 'Bearer portolan_x' } });
  assert.equal(opaque.statusCode, 401);
});
