import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { IntlMessageFormat } from 'intl-messageformat';
import { html } from '#kernel/html.ts';
import { language, languageFile, languages } from './language.ts';
import { tones } from './status.ts';
import { addWords, words } from './text.ts';
import { ref } from './values.ts';

const folder = new URL('../../locales/', import.meta.url);
const wordFiles = (lang: string): string[] =>
  readdirSync(new URL(`${lang}/`, folder))
    .filter((name) => name !== languageFile)
    .sort();
const files = wordFiles('en');
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

/** The forms of each plural of a message: `one`, `other`, `=0`. */
function formsIn(message: string): string[][] {
  const found: string[][] = [];
  JSON.stringify(new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst(), (_key, node) => {
    if (typeof node?.pluralType === 'string') found.push(Object.keys(node.options));
    return node;
  });
  return found;
}

addWords('en', 'sample', {
  greeting: 'Dear {name}, parcel {reference} is {state, select, held {held} other {free}}.',
  only: 'Only in English',
});
addWords('ar', 'sample', { greeting: 'عزيزي {name}، الطرد {reference} {state, select, held {محتجز} other {حر}}.' });

for (const { code } of languages) {
  test(`${code} has words for exactly the keys of English, in every module`, () => {
    assert.deepEqual(wordFiles(code), files);
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

  test(`a count is told in ${code} in the form that its language has for it`, () => {
    const known: readonly string[] = new Intl.PluralRules(language(code).locale).resolvedOptions().pluralCategories;
    for (const file of files) {
      for (const [key, message] of Object.entries(read(code, file))) {
        if (!/, plural,/.test(message)) continue;
        for (const forms of formsIn(message)) {
          const named = forms.filter((form) => !form.startsWith('='));
          assert.deepEqual(
            named.filter((form) => !known.includes(form)),
            [],
            `${file} ${key}`,
          );
          // Nothing is told in the form of zero where a language has none of its own for it.
          const needed = known.filter((form) => form !== 'zero');
          assert.deepEqual(
            needed.filter((form) => !named.includes(form)),
            [],
            `${file} ${key}`,
          );
        }
        const names = namesIn(message, language(code).locale);
        for (const count of [0, 1, 2, 3, 11, 100]) {
          const values = Object.fromEntries(names.map((name) => [name, count]));
          const text = words(code)(`${file.slice(0, -'.json'.length)}.${key}`, values);
          assert.ok(text.length > 0 && !/[{}#]/.test(text), `${file} ${key}: ${text}`);
        }
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
      assert.ok(text.includes('<bdi class="ref ref--short" dir="ltr">A&lt;1</bdi>'));
      assert.equal(text.split('<').length, 3);
      assert.ok(text.includes(html`${name}`.toString()));
    }),
  );
});

test('a folder of locales/ copied under another name is a language of every page, with no line of code', () => {
  const home = mkdtempSync(join(tmpdir(), 'portolan-language-'));
  try {
    const root = new URL('../../', import.meta.url);
    for (const part of ['package.json', 'src/kernel', 'src/platform', 'src/portal', 'locales'])
      cpSync(new URL(part, root), join(home, part), { recursive: true });
    symlinkSync(fileURLToPath(new URL('node_modules', root)), join(home, 'node_modules'));
    cpSync(join(home, 'locales/fr'), join(home, 'locales/pt'), { recursive: true });
    const about = { name: 'Português', dir: 'ltr', locale: 'pt-PT' };
    writeFileSync(join(home, 'locales/pt', languageFile), JSON.stringify(about));
    writeFileSync(
      join(home, 'page.ts'),
      `import { page } from '#portal/layout.ts';
       import { languageOf } from '#portal/language.ts';
       import { words } from '#portal/text.ts';
       const t = words(languageOf({ acceptLanguage: 'pt-BR' }));
       console.log(page({ t, url: '/x', nav: [], title: t('portal.sign-in'), main: '' }).toString());
       console.log(page({ t: words('en'), url: '/x', nav: [], title: '', main: '' }).toString());`,
    );
    const [own = '', english = ''] = execFileSync(process.execPath, [join(home, 'page.ts')], { encoding: 'utf8' })
      .split('<!doctype html>')
      .slice(1);
    assert.match(own, /<html lang="pt" dir="ltr">.*<title>Se connecter/s);
    assert.match(english, /<a href="\/x\?lang=pt" lang="pt" dir="ltr" hreflang="pt">Português<\/a>/);
  } finally {
    rmSync(home, { recursive: true });
  }
});
