import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Limit } from './limits.ts';
import { perMinute } from './model.ts';
import { reasonFor } from './suggest.ts';
import { ownWords, wordsOf } from './words.ts';

const singles = (text: string, language: 'en' | 'zh' | 'fr' | 'ar' = 'en'): string[] =>
  wordsOf(text, language)
    .filter(({ second, likely }) => second === null && likely)
    .map(({ first }) => first);

test('a description becomes words without case, accents, figures and joints', () => {
  assert.deepEqual(singles('Men’s T-SHIRT, 200 g, battery-operated'), ['men', 'tshirt', 'battery', 'operated']);
  assert.deepEqual(singles('Collier d’or, débardeur', 'fr'), ['collier', 'or', 'debardeur']);
  assert.deepEqual(singles('حقيبةٌ جِلد', 'ar'), ['حقيبه', 'جلد']);
});

test('Chinese is cut at the longest words that are known, and by twos where none is', () => {
  assert.deepEqual(singles('男士纯棉T恤', 'zh'), ['男士', '纯棉t恤']);
  assert.deepEqual(singles('琥珀坠', 'zh'), ['琥珀', '珀坠']);
});

test('the thing itself counts most: last in English, before what it is for, first in French', () => {
  const most = (text: string, language: 'en' | 'fr'): string | undefined =>
    wordsOf(text, language)
      .filter(({ second, likely }) => second === null && likely)
      .toSorted((a, b) => b.share - a.share)[0]?.first;
  assert.equal(most('red ceramic mug with handle', 'en'), 'mug');
  assert.equal(most('robe longue coton', 'fr'), 'robe');
});

test('any text gives a bounded number of words, the same each time', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 500, unit: 'binary' }), (text) => {
      const words = wordsOf(text, 'en');
      assert.ok(words.length <= 40 * 4);
      assert.ok(words.every(({ share }) => share > 0 && share < 2));
      assert.deepEqual(wordsOf(text, 'en'), words);
    }),
    { numRuns: 40 },
  );
});

test('a person decides where nothing is found, little fits, or the pack says nothing', () => {
  const best = (score: number) => [{ score }];
  assert.equal(reasonFor([], 60), 'nothing-found');
  assert.equal(reasonFor(best(59), 60), 'below-threshold');
  assert.equal(reasonFor(best(60), 60), null);
  assert.equal(reasonFor(best(100), null), 'no-threshold');
});

test('an address has its own count, and a minute later a new one', () => {
  const limit = new Limit();
  assert.equal(limit.take('a', perMinute, 0), true);
  assert.equal(limit.take('a', 1, 59_999), false);
  assert.equal(limit.take('b', 1, 59_999), true);
  assert.equal(limit.take('a', 1, 60_000), true);
});

test('our own words name each code once, in four languages, with a chapter above it', () => {
  const codes = ownWords.goods.map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
  for (const { code, en, zh, fr, ar } of ownWords.goods) {
    assert.ok(ownWords.chapters[code.slice(0, 2)], code);
    for (const names of [en, zh, fr, ar]) assert.ok(names.length > 0, code);
  }
});
