import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machine, tokenFor } from '../support/issuer.ts';
import { openWindow } from '../support/window.ts';

const window = await openWindow();
const { url: issuer, audience } = window.context.config.issuer;
const listed = await window.ask({ url: '/v1/administration/clients?limit=500', as: 'customs' });
const client: string = listed.body.items.find(({ name }: { name: string }) => name === 'XL-LANTERN').id;
const [one, two, stranger] = [machine(), machine(), machine()];

const enter = (keys: readonly unknown[]) =>
  window.ask({
    method: 'PUT',
    url: `/v1/administration/clients/${client}/access-keys`,
    as: 'customs',
    body: { keys },
  });
const ask = (by = one, more: Readonly<Record<string, string>> = {}) =>
  tokenFor(window, by.assertion(client, issuer), more);
const me = (token: string) => window.ask({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } });
const tokenOf = async (more: Readonly<Record<string, string>> = {}, by = one): Promise<string> =>
  (await ask(by, more)).body.access_token;

test('the issuer says what it is at its discovery address, with the public keys that it signs with', async () => {
  const told = await window.ask({ url: '/oidc/.well-known/openid-configuration' });
  assert.deepEqual(
    [told.status, told.body.issuer, told.body.token_endpoint, told.body.jwks_uri],
    [200, issuer, `${issuer}/token`, `${issuer}/jwks`],
  );
  assert.deepEqual(told.body.code_challenge_methods_supported, ['S256']);
  const keys = await window.ask({ url: '/oidc/jwks' });
  assert.equal(keys.body.keys.length, 1);
  assert.deepEqual(Object.keys(keys.body.keys[0]).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});

test('a program without a key at the issuer gets no token', async () => {
  assert.deepEqual(await ask(), { status: 401, body: (await ask()).body });
  assert.equal((await ask()).body.error, 'invalid_client');
});

test('with a key it gets an access token that the doors take as they take its opaque key', async () => {
  const entered = await enter([one.jwk]);
  assert.deepEqual([entered.status, entered.body.thumbprints.length], [200, 1]);
  const given = await ask();
  assert.deepEqual([given.status, given.body.token_type, given.body.expires_in], [200, 'Bearer', 600]);
  const header = JSON.parse(Buffer.from(given.body.access_token.split('.')[0], 'base64url').toString());
  assert.deepEqual([header.typ, header.alg], ['at+jwt', 'ES256']);
  const [byToken, byKey] = [await me(given.body.access_token), await window.ask({ url: '/v1/me', as: 'XL-LANTERN' })];
  assert.equal(byToken.status, 200);
  assert.deepEqual(byToken.body, byKey.body);
  assert.equal(byToken.body.party, 'XL-LANTERN');
});

test('what was asked with a token stands in the log of its client, as what was asked with the key', async () => {
  const token = await tokenOf();
  const url = '/v1/consignments/00000000-0000-7000-8000-00000000abcd';
  await window.ask({ url, headers: { authorization: `Bearer ${token}` } });
  await window.ask({ url: '/v1/me', headers: { authorization: 'Bearer nobodys' } });
  await window.settle();
  const log = await window.ask({ url: `/v1/keys/${client}/requests`, as: 'XL-LANTERN' });
  assert.equal(log.status, 200, log.text);
  assert.ok(
    log.body.requests.some(({ path }: { path: string }) => path === url),
    log.text,
  );
});

test('a token narrows its client to the scopes it was asked for, and widens nothing', async () => {
  const token = await tokenOf({ scope: 'read' });
  assert.deepEqual((await me(token)).body.scopes, ['read']);
  const filed = await window.ask({
    method: 'POST',
    url: '/v1/manifests',
    headers: { authorization: `Bearer ${token}` },
    body: {},
  });
  assert.ok(filed.status === 400 || filed.status === 403, filed.text);
  assert.equal((await ask(one, { scope: 'read everything' })).body.scope, 'read');
});

test('an assertion is good once, for this issuer, by a key on record, and not for ever', async () => {
  const assertion = one.assertion(client, issuer);
  assert.equal((await tokenFor(window, assertion)).status, 200);
  assert.equal((await tokenFor(window, assertion)).status, 401, 'a second time');
  assert.equal((await ask(stranger)).status, 401, 'another key');
  assert.equal((await tokenFor(window, one.assertion(client, 'https://other.example'))).status, 401);
  const past = Math.floor(Date.now() / 1_000) - 3_600;
  assert.equal((await tokenFor(window, one.assertion(client, issuer, { iat: past, exp: past + 60 }))).status, 401);
});

test('a token of another issuer, another audience, another kind or with a changed letter opens nothing', async () => {
  const token = await tokenOf();
  const [head = '', body = '', end = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  const other = Buffer.from(JSON.stringify({ ...claims, client_id: 'another' })).toString('base64url');
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
  const bad = [
    `${head}.${other}.${end}`,
    `${none}.${body}.`,
    `${none}.${body}.${end}`,
    one.assertion(client, audience),
  ];
  for (const text of bad) {
    const told = await me(text);
    assert.deepEqual([told.status, told.body.code], [401, 'parties/key-unknown'], text);
  }
});

test('two keys stand at once while one is replaced by the next; the one taken away gets nothing more', async () => {
  assert.equal((await enter([one.jwk, two.jwk])).status, 200);
  assert.deepEqual([(await ask(one)).status, (await ask(two)).status], [200, 200]);
  assert.equal((await enter([two.jwk])).status, 200);
  assert.deepEqual([(await ask(one)).status, (await ask(two)).status], [401, 200]);
  const twice = await enter([two.jwk, two.jwk]);
  assert.deepEqual(
    [twice.status, twice.body.code, twice.body.errors?.[0]?.pointer ?? twice.body.pointer],
    [400, 'parties/access-key-twice', '/keys/1'],
  );
  assert.equal((await enter([two.jwk, one.jwk, stranger.jwk])).status, 400);
  assert.equal((await enter([{ kty: 'RSA' }])).body.code, 'jws/key');
});

test('the scopes of a client come from the reference of the moment, and a revoked one is refused at once', async () => {
  const token = await tokenOf({}, two);
  assert.equal((await me(token)).status, 200);
  const gone = await window.ask({ method: 'DELETE', url: `/v1/administration/clients/${client}`, as: 'customs' });
  assert.equal(gone.status, 200);
  assert.equal((await me(token)).status, 401);
  assert.equal((await ask(two)).status, 401);
});
