import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify, proofOf, schemes } from './schemes.ts';

/** Identifiers that are in public use, or that the scheme's own description gives. */
const known: readonly [scheme: string, value: string][] = [
  ['uscc', '91350100M000100Y43'],
  ['uscc', '9144030071526726XG'],
  ['lei', 'HWUPKR0MPOU8FGXBT394'],
  ['lei', '506700GE1G29325QX363'],
  ['lei', '529900T8BM49AURSDO55'],
  ['vat-nl', 'NL000099998B57'],
  ['sg-uen-company', '197200078R'],
  ['sg-uen-company', '196800306E'],
  ['sg-uen-company', '199201624D'],
  ['sg-uen-company', '193200032W'],
  ['au-abn', '83 914 571 673'],
  ['au-abn', '51 824 753 556'],
  ['in-gstin', '27AAPFU0939F1ZV'],
  ['in-gstin', '29AAGCB7383J1Z4'],
  ['vat-de', 'DE 136.695.976'],
  ['ch-uid', 'CHE-107.787.577'],
];

const codeOf = (result: ReturnType<typeof identify>): string => (result.ok ? 'ok' : result.error.code);

test('identifiers in public use and the examples of every scheme pass', () => {
  for (const { id, example } of schemes) assert.equal(codeOf(identify(id, example)), 'ok', `${id} ${example}`);
  for (const [id, value] of known) assert.equal(codeOf(identify(id, value)), 'ok', `${id} ${value}`);
});

test('one digit mistyped is found in every scheme whose check digits are reckoned', () => {
  for (const scheme of schemes.filter((one) => proofOf(one) === 'check-digits')) {
    // Of a number of the older kind the check digit speaks of the first nine digits, not of what follows the B.
    const letters = scheme.example;
    const until = scheme.id === 'vat-nl' ? letters.indexOf('B') : letters.length;
    let tried = 0;
    const missed: string[] = [];
    for (const [at, character] of letters.split('').entries())
      for (const other of '0123456789') {
        if (at >= until || !/\d/.test(character) || other === character) continue;
        const typed = letters.slice(0, at) + other + letters.slice(at + 1);
        const code = codeOf(identify(scheme.id, typed));
        if (code === 'registration/identifier-shape') continue;
        tried += 1;
        if (code === 'ok') missed.push(typed);
      }
    // A check over a modulus below eleven, and a rest that two values share, let some through: never many.
    assert.ok(tried >= 50, `${scheme.id}: ${tried}`);
    assert.ok(missed.length <= tried / 25, `${scheme.id} misses ${missed.length} of ${tried}: ${missed.join()}`);
  }
});

test('what was looked at by its shape alone says so, and a wrong shape names the scheme and an example', () => {
  const shape = identify('ioss', 'IM 276 000 0001');
  assert.deepEqual(shape.ok && shape.value, { scheme: 'ioss', value: 'IM2760000001', proof: 'shape' });
  const wrong = identify('ioss', '12');
  assert.deepEqual(wrong.ok ? null : wrong.error.params, { name: 'IOSS VAT number', example: 'IM2760000001' });
  assert.equal(codeOf(identify('none', '1')), 'registration/scheme-unknown');
});

test('every scheme has a name, a source and an example of its own', () => {
  assert.equal(new Set(schemes.map(({ id }) => id)).size, schemes.length);
  for (const { name, source, pattern } of schemes) assert.ok(name && source && pattern.startsWith('^'));
});
