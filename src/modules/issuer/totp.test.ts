import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appAddress, base32, codeOf, stepAt, stepOfCode } from './totp.ts';

// RFC 6238 appendix B, cut to six digits; RFC 4226 appendix D.
const secret = Buffer.from('12345678901234567890');
const vectors = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;

test('codes are those of the standard’s vectors', () => {
  for (const [seconds, code] of vectors) assert.equal(codeOf(secret, stepAt(seconds * 1_000)), code);
  assert.equal(codeOf(secret, 0), '755224');
});

test('a code is taken half a minute early or late, and no further', () => {
  const now = 1_800_000_000_000;
  const step = stepAt(now);
  const found = [-2, -1, 0, 1, 2].map((away) => stepOfCode(secret, codeOf(secret, step + away), now));
  assert.deepEqual(found, [undefined, step - 1, step, step + 1, undefined]);
  for (const text of ['', '12345', '1234567', 'abcdef', '１２３４５６'])
    assert.equal(stepOfCode(secret, text, now), undefined);
});

test('a secret is written as apps take it', () => {
  assert.equal(base32(secret), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  assert.equal(base32(Buffer.from('foob')), 'MZXW6YQ');
  assert.equal(
    appAddress(secret, 'Portolan a.example', 'ada'),
    'otpauth://totp/Portolan%20a.example:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Portolan%20a.example',
  );
});
