import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { IntlMessageFormat } from 'intl-messageformat';
import { html } from '#kernel/html.ts';
import { language, languages } from './language.ts';
import { tones } from './status.ts';
import { addWords, words } from './text.ts';
import { ref } from './values.ts';

const folder = new URL('../../locales/', import.meta.url);
const files = readdirSync(new URL('en/', folder)).sort();
const read = (lang: string, file: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`${lang}/${file}`, folder), 'utf8'));

/** The names a message asks for, wherever they stand in it. */
function namesIn(message: string, locale: string): string[] {
  const names = new Set<string>();
  JSON.stringify(new IntlMessageFormat(message, locale, undefined, { ignoreTag: true }).getAst(), (_key, node) => {
    if (typeof node?.type === 'number' && node.type !== 0 && typeof node.value === 'string') names.add(node.value);
    return node;
  });
  return [...names].sort();
}

addWords('en', 'sample', {
  greeting: 'Dear {name}, parcel {reference} is {state, select, held {held} other {free}}.',
  only: 'Only in English',
});
addWords('ar', 'sample', { greeting: 'عزيزي {name}، الطرد {reference} {state, select, held {محتجز} other {حر}}.' });

for (const { code } of languages) {
  test(`${code} has words for exactly the keys of English, in every module`, () => {
    assert.deepEqual(readdirSync(new URL(`${code}/`, folder)).sort(), files);
    for (const file of files)
      assert.deepEqual(Object.keys(read(code, file)).sort(), Object.keys(read('en', file)).sort());
  });

  test(`every message of ${code} can be read and asks for the same values as in English`, () => {
    for (const file of files) {
      for (const [key, message] of Object.entries(read(code, file))) {
        const english = namesIn(read('en', file)[key] ?? '', 'en');
        assert.deepEqual(namesIn(message, language(code).locale), english, `${file} ${key}`);
      }
    }
  });

  test(`every status has a word in ${code}`, () => {
    for (const status of Object.keys(tones)) assert.ok(words(code)(`portal.status.${status}`).length > 1);
  });
}

test('a key nobody has words for throws, so that a test sees it', () => {
  assert.throws(() => words('ar')('portal.no-such-thing'), /portal\.no-such-thing/);
});

test('a value a message needs and does not get throws', () => {
  assert.throws(() => words('en')('sample.greeting', { name: 'Amal', state: 'held' }));
});

test('a key that Arabic lacks is shown in English', () => {
  assert.equal(words('ar')('sample.only'), 'Only in English');
});

test('a refusal code with a slash finds the same words as the key with a dot', () => {
  assert.equal(words('en')('sample/only'), words('en')('sample.only'));
});

test('values are isolated in Arabic, and a choice by value still matches', () => {
  const text = words('ar')('sample.greeting', { name: 'Ann', reference: '2026-01-05', state: 'held' });
  assert.equal(text, 'عزيزي \u2068Ann\u2069، الطرد \u20682026-01-05\u2069 محتجز.');
});

test('in English only a name written from the right is isolated', () => {
  const text = words('en')('sample.greeting', { name: 'ليلى', reference: '2026-01-05', state: 'x' });
  assert.equal(text, 'Dear \u2068ليلى\u2069, parcel 2026-01-05 is free.');
});

test('in markup a value that is markup stays it, and every other value is escaped', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const text = words('en')
        .html('sample.greeting', { name, reference: ref('A<1'), state: 'x' })
        .toString();
      assert.ok(text.includes('<bdi class="ref" dir="ltr">A&lt;1</bdi>'));
      assert.equal(text.split('<').length, 3);
      assert.ok(text.includes(html`${name}`.toString()));
    }),
  );
});
