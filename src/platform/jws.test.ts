import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { must } from '#kernel/result.ts';
import { publicJwk, type PublicJwk, readJws, thumbprint, verifyJws } from './jws.ts';

const typ = 'portolan-test+jws';
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = must(publicJwk(JSON.stringify(pair.publicKey.export({ format: 'jwk' }))));
const part = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

function signed(header: string, payload: string, key: KeyObject = pair.privateKey): string {
  const input = `${part(header)}.${part(payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}
const head = JSON.stringify({ alg: 'ES256', typ });
const good = signed(head, '{"lines":2}');

const codeOf = (text: string, key: PublicJwk = jwk): string | undefined => {
  const read = readJws(text, typ);
  const verified = read.ok ? verifyJws(read.value, key) : read;
  return verified.ok ? undefined : verified.error.code;
};

test('a text that was signed with the key on record is read', () => {
  assert.equal(codeOf(good), undefined);
  assert.deepEqual(must(readJws(good, typ)).payload, { lines: 2 });
  assert.equal(codeOf(signed(JSON.stringify({ alg: 'ES256', typ, kid: thumbprint(jwk) }), '{}')), undefined);
});

test('the signed example of RFC 7515, appendix A.3, verifies, and with one bit changed it does not', () => {
  // Its header has no `typ`, so that it is checked below the reader of types.
  const [header, payload, signature] = (
    'eyJhbGciOiJFUzI1NiJ9.' +
    'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.' +
    'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q'
  ).split('.') as [string, string, string];
  const key: PublicJwk = {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  };
  const read = { header: {}, payload: {}, identity: '', signature: Buffer.from(signature, 'base64url') };
  assert.ok(verifyJws({ ...read, signed: Buffer.from(`${header}.${payload}`) }, key).ok);
  assert.ok(!verifyJws({ ...read, signed: Buffer.from(`${header}.${payload.replace('J', 'K')}`) }, key).ok);
});

const [first = '', second = '', third = ''] = good.split('.');
const others = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const der = sign('sha256', Buffer.from(`${first}.${second}`), pair.privateKey).toString('base64url');
const hmac = (input: string): string =>
  createHmac('sha256', pair.publicKey.export({ format: 'pem', type: 'spki' }))
    .update(input)
    .digest('base64url');
const symmetric = `${part(JSON.stringify({ alg: 'HS256', typ }))}.${second}`;
const bad: [string, string, string][] = [
  ['padding', `${good}==`, 'jws/malformed'],
  ['a line feed in the signature', `${good.slice(0, -4)}\n${good.slice(-4)}`, 'jws/malformed'],
  ['a space at its end', `${good} `, 'jws/malformed'],
  ['four parts', `${good}.${third}`, 'jws/malformed'],
  ['no signature', `${first}.${second}.`, 'jws/malformed'],
  ['a signature in DER', `${first}.${second}.${der}`, 'jws/malformed'],
  ['bits that nobody reads', `${good.slice(0, -1)}B`, 'jws/malformed'],
  [
    'a key of the header that stands twice',
    signed(`{"alg":"none","alg":"ES256","typ":"${typ}"}`, '{}'),
    'jws/malformed',
  ],
  ['a key of the payload that stands twice', signed(head, '{"lines":1,"lines":2}'), 'jws/malformed'],
  ['a payload that is no object', signed(head, '[]'), 'jws/malformed'],
  ['a payload that is no JSON', signed(head, 'lines'), 'jws/malformed'],
  ['another type', signed(JSON.stringify({ alg: 'ES256', typ: 'JWT' }), '{}'), 'jws/type'],
  ['a type in other letters', signed(JSON.stringify({ alg: 'ES256', typ: typ.toUpperCase() }), '{}'), 'jws/type'],
  ['no type', signed(JSON.stringify({ alg: 'ES256' }), '{}'), 'jws/type'],
  ['no algorithm', signed(JSON.stringify({ alg: 'none', typ }), '{}'), 'jws/algorithm'],
  ['the public key as a secret', `${symmetric}.${hmac(symmetric)}${'A'.repeat(43)}`, 'jws/algorithm'],
  ['a critical extension', signed(JSON.stringify({ alg: 'ES256', typ, crit: ['exp'], exp: 1 }), '{}'), 'jws/header'],
  ['a key of its own', signed(JSON.stringify({ alg: 'ES256', typ, jwk }), '{}', others.privateKey), 'jws/header'],
  ['an unencoded payload', signed(JSON.stringify({ alg: 'ES256', typ, b64: false }), '{}'), 'jws/header'],
  ['a key that is not named by a text', signed(JSON.stringify({ alg: 'ES256', typ, kid: 1 }), '{}'), 'jws/header'],
  ['another key', signed(head, '{}', others.privateKey), 'jws/signature'],
  ['the name of another key', signed(JSON.stringify({ alg: 'ES256', typ, kid: 'mine' }), '{}'), 'jws/signature'],
  ['more than eight thousand characters', signed(head, JSON.stringify({ a: 'a'.repeat(8_192) })), 'jws/too-large'],
];
for (const [what, text, code] of bad) {
  test(`a signed text with ${what} is refused`, () => {
    assert.equal(codeOf(text), code);
  });
}

test('no text but the signed one is taken: one character changed anywhere is refused or is another text', () => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n'.split('');
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.constantFrom(...letters), (at, letter) => {
      const changed = good.slice(0, at) + letter + good.slice(at + 1);
      assert.equal(codeOf(changed) === undefined, changed === good);
    }),
    { numRuns: 2_000 },
  );
});

test('the second form of a signature is the same text by its identity', () => {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const bytes = Buffer.from(third, 'base64url');
  const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const twin = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  const other = `${first}.${second}.${twin.toString('base64url')}`;
  assert.notEqual(other, good);
  assert.equal(must(readJws(other, typ)).identity, must(readJws(good, typ)).identity);
});

test('a key is taken as its two coordinates, and neither a private key, another curve nor a point beside the curve', () => {
  const { x } = jwk;
  const of = (key: object): string | PublicJwk => {
    const found = publicJwk(JSON.stringify(key));
    return found.ok ? found.value : found.error.code;
  };
  assert.deepEqual(of({ ...jwk, use: 'sig', kid: 'k' }), jwk);
  assert.equal(of(pair.privateKey.export({ format: 'jwk' })), 'jws/key-private');
  const wide = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
  for (const wrong of [wide, { kty: 'EC', crv: 'P-256', x, y: x }, { ...jwk, x: `${x}=` }, { kty: 'oct', k: 'x' }, []])
    assert.equal(of(wrong), 'jws/key');
  assert.equal(publicJwk('{').ok, false);
});
