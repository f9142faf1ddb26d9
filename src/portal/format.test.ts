import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dayOf } from '#kernel/effective.ts';
import { dayText, decimalText, instantText, moneyText, msOfInstant, rateText, weightText } from './format.ts';
import { type Language, language, languages } from './language.ts';

/** The digits of a text and the point between them, however its language writes that point. */
function digits(lang: Language, text: string): string {
  const point = new Intl.NumberFormat(language(lang).locale).formatToParts(1.5).find(({ type }) => type === 'decimal');
  const parts = text.split(point?.value ?? '.').map((part) => part.replace(/\D/g, ''));
  return parts.join('.');
}

const decimal = fc
  .tuple(fc.bigInt(0n, 10n ** 30n), fc.integer({ min: 0, max: 8 }))
  .map(([whole, places]) => (places === 0 ? `${whole}` : `${whole}.${'123456789'.slice(0, places)}`));

test('amounts, quantities and weights keep every digit, however long, in every language', () => {
  fc.assert(
    fc.property(decimal, fc.constantFrom(...languages.map(({ code }) => code)), (amount, lang) => {
      assert.equal(digits(lang, moneyText(lang, { currency: 'EUR', amount })), amount);
      assert.equal(digits(lang, decimalText(lang, amount)), amount);
      assert.equal(digits(lang, weightText(lang, amount)), amount);
    }),
  );
});

test('an amount carries its currency as a code, also one of a fictional economy', () => {
  assert.equal(moneyText('en', { currency: 'PNT', amount: '-1234.50' }), '-PNT\u00a01,234.50');
});

test('a rate is the exact share of one hundred', () => {
  assert.equal(rateText('en', '0.055'), '5.5%');
  assert.equal(rateText('en', '0.1234567890123'), '12.34567890123%');
});

test('what is not a plain decimal text is refused and never guessed', () => {
  for (const text of ['', '1e3', '1,5', 'NaN', '0x10', ' 1', '１']) {
    assert.throws(() => decimalText('en', text), RangeError);
  }
});

test('an instant is the same moment that the platform’s own clock reads', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2199-12-31') }), (date) => {
      assert.equal(msOfInstant(date.toISOString()), date.getTime());
    }),
  );
});

test('an instant is shown on the clock of its zone, with the zone named', () => {
  assert.equal(instantText('en', '2026-07-01T22:30:00Z', 'Europe/Rome'), '2 Jul 2026, 00:30 CEST');
  assert.equal(instantText('en', '2026-07-01T22:30:00.999Z'), '1 Jul 2026, 22:30 UTC');
});

test('an instant that is not UTC is refused, since its zone would be lost', () => {
  assert.throws(() => msOfInstant('2026-07-01T22:30:00+02:00'), RangeError);
});

test('a day is the same day wherever the server stands', () => {
  assert.equal(dayText('en', dayOf('2026-11-23')), '23 November 2026');
  assert.equal(dayText('ar', dayOf('2026-11-23')), '23 نوفمبر 2026');
  assert.equal(dayText('zh', dayOf('2026-11-23')), '2026年11月23日');
  assert.equal(dayText('fr', dayOf('2026-11-23')), '23 novembre 2026');
});
