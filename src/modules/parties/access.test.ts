import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import { createTokens, isToken } from './access.ts';

const config = {
  url: 'https://id.example',
  audience: 'https://window.example/v1',
  claims: { person: 'email', client: 'portolan_client' },
};

async function issuer() {
  const set: JSONWebKeySet = { keys: [] };
  let asked = 0;
  let now = Date.now();
  const add = async (kid: string) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    set.keys.push({ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' });
    const sign = (claims: Record<string, unknown> = {}, typ = 'at+jwt', until: number | string = '10m') =>
      new SignJWT({ portolan_client: 'c1', scope: 'read file', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid, typ })
        .setIssuer(typeof claims['iss'] === 'string' ? claims['iss'] : config.url)
        .setAudience(typeof claims['aud'] === 'string' ? claims['aud'] : config.audience)
        .setSubject('s1')
        .setIssuedAt()
        .setExpirationTime(until)
        .sign(privateKey);
    return sign;
  };
  const keys = (): Promise<JSONWebKeySet> => {
    asked += 1;
    return Promise.resolve({ keys: [...set.keys] });
  };
  const tokens = createTokens({ config, keys, now: () => now });
  return { add, set, tokens, asked: () => asked, pass: (ms: number) => void (now += ms) };
}

test('a token names its client by the claim that the settings map, and the scopes that it was asked for', async () => {
  const { add, tokens } = await issuer();
  const sign = await add('one');
  const token = await sign();
  assert.equal(isToken(token), true);
  assert.deepEqual(await tokens.verify(token), { client: 'c1', scopes: ['file', 'read'] });
  assert.deepEqual(await tokens.verify(await sign({ scope: undefined })), { client: 'c1', scopes: null });
});

test('a token of another issuer, audience, kind, time or client proves nothing', async () => {
  const { add, tokens } = await issuer();
  const sign = await add('one');
  const bad = [
    await sign({ iss: 'https://other.example' }),
    await sign({ aud: 'https://other.example/v1' }),
    await sign({}, 'JWT'),
    await sign({}, 'at+jwt', Math.floor(Date.now() / 1_000) - 60),
    await sign({ portolan_client: 7 }),
    'eyJh.eyJh.c2ln',
  ];
  for (const token of bad) assert.equal(await tokens.verify(token), null, token);
});

test('what was verified is known for a minute, and then verified again', async () => {
  const { add, tokens, pass } = await issuer();
  const token = await (await add('one'))();
  assert.equal(tokens.known(token), null);
  await tokens.verify(token);
  assert.deepEqual(tokens.known(token), { client: 'c1', scopes: ['file', 'read'] });
  pass(60_000);
  assert.equal(tokens.known(token), null);
});

test('a new key of the issuer is asked for when a token names it, and not more often than in ten seconds', async () => {
  const { add, set, tokens, asked, pass } = await issuer();
  await tokens.verify(await (await add('one'))());
  const next = await (await add('two'))();
  assert.deepEqual([await tokens.verify(next), asked()], [null, 1]);
  pass(10_000);
  assert.deepEqual([(await tokens.verify(next))?.client, asked()], ['c1', 2]);
  set.keys.shift();
  pass(600_000);
  const [, stays] = [await tokens.verify(next), asked()];
  assert.equal(stays, 3, 'what is no longer shown is forgotten within ten minutes');
});

test('an opaque key is no token', () => {
  for (const key of ['portolan_abc', 'test-key-of-XP.1.2', 'eyJh.b', '']) assert.equal(isToken(key), false, key);
});
