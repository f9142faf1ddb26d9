import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import webpush from 'web-push';
import { createOutbound } from '#platform/outbound.ts';
import { push } from './push.ts';

/** A push service on this machine, and a browser's end of it, written down here from the RFCs. */

const browser = createECDH('prime256v1');
browser.generateKeys();
const secret = randomBytes(16);
const keys = webpush.generateVAPIDKeys();

/** The note in a message of RFC 8291: salt, record size, the sender's key, and one AES-128-GCM record. */
function opened(message: Buffer): unknown {
  const salt = message.subarray(0, 16);
  const sender = message.subarray(21, 21 + message[20]!);
  const cipher = message.subarray(21 + message[20]!);
  const derive = (key: Buffer, from: Buffer, info: Buffer | string, size: number): Buffer =>
    Buffer.from(hkdfSync('sha256', key, from, info, size));
  const named = Buffer.concat([Buffer.from('WebPush: info\0'), browser.getPublicKey(), sender]);
  const shared = derive(browser.computeSecret(sender), secret, named, 32);
  const key = derive(shared, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derive(shared, salt, 'Content-Encoding: nonce\0', 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(cipher.subarray(-16));
  const plain = Buffer.concat([decipher.update(cipher.subarray(0, -16)), decipher.final()]);
  return JSON.parse(plain.subarray(0, plain.lastIndexOf(2)).toString('utf8'));
}

/** Whether the token of a message was signed with the window's push key (RFC 8292). */
function isSigned(authorization: string): boolean {
  const [, token = '', named = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization) ?? [];
  const point = Buffer.from(keys.publicKey, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' } });
  const at = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(at + 1), 'base64url');
  const bytes = Buffer.from(token.slice(0, at));
  return named === keys.publicKey && verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

test('a note is encrypted for its browser, signed with the key of the window, and taken, tried again or given up', async () => {
  const got: { body: Buffer; authorization: string }[] = [];
  let status = 201;
  const server = createServer((request, reply) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      got.push({ body: Buffer.concat(parts), authorization: request.headers.authorization ?? '' });
      reply.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  after(() => server.close());
  await once(server, 'listening');
  const bound = server.address();
  const endpoint = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/send/1`;
  const to = { endpoint, p256dh: browser.getPublicKey('base64url'), auth: secret.toString('base64url') };
  const note = { title: 'News', body: 'Parcel H1: مُفرج عنه', url: '/parcels/1', tag: 'portolan-news' };
  const send = () => push(createOutbound({ loopback: true }), keys, to, 'https://window.example', note);
  assert.deepEqual(await send(), { is: 'taken', answer: '201' });
  assert.deepEqual(opened(got[0]!.body), note);
  assert.ok(isSigned(got[0]!.authorization), got[0]!.authorization);
  assert.ok(!got[0]!.body.includes('Parcel'), 'the push service reads nothing');
  status = 503;
  assert.equal((await send()).is, 'again');
  status = 410;
  assert.equal((await send()).is, 'gone');
});
