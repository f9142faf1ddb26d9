import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newSecret, signature, signedHeaders } from './signature.ts';

test('a signature is the one of the example that the libraries of Standard Webhooks are tested with', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const made = signature(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}');
  assert.equal(made, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('a secret is 32 bytes of its own each time', () => {
  const [one, other] = [newSecret(), newSecret()];
  assert.notEqual(one, other);
  assert.match(one, /^whsec_[A-Za-z0-9+/]{43}=$/);
});

test('while a secret is rotated both sign, and a text that is not ASCII is signed as the bytes that are sent', () => {
  const [one, other] = [newSecret(), newSecret()];
  const headers = signedHeaders([one, other], 'b', 5, '{"ش":1}');
  assert.equal(
    headers['webhook-signature'],
    `${signature(one, 'b', 5, '{"ش":1}')} ${signature(other, 'b', 5, '{"ش":1}')}`,
  );
  assert.deepEqual([headers['webhook-id'], headers['webhook-timestamp']], ['b', '5']);
});
