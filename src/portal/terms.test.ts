import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html } from '#kernel/html.ts';
import { languages } from './language.ts';
import { page } from './layout.ts';
import { termHelp, terms, termsIn } from './terms.ts';
import { words } from './text.ts';

for (const { code } of languages)
  test(`each of the terms is found in ${code} by its own name and says what it means`, () => {
    const t = words(code);
    for (const term of terms) {
      assert.ok(termsIn(t, `… ${t(`terms.${term}.term`)} …`).includes(term), term);
      assert.ok(t(`terms.${term}.means`).length > 5, term);
    }
  });

test('a word inside another one is not taken for it, and the longer term wins', () => {
  const t = words('en');
  assert.deepEqual(termsIn(t, 'A showcase is no suitcase.'), []);
  assert.deepEqual(termsIn(t, 'Tax bills and summary declarations'), ['tax-bill', 'summary-declaration']);
});

test('below a page stand the terms it uses, once each, closed until somebody asks', () => {
  const t = words('en');
  const shown = page({ t, url: '/', nav: [], title: 'x', main: html`<p class="case">The release of the release.</p>` });
  assert.equal(shown.toString().match(/<dt id=/g)?.length, 1);
  assert.match(shown.toString(), /<details class="more"><summary>Words on this page<\/summary>.*<dt id="release">/s);
  assert.equal(termHelp(t, html`<p>Nothing of the kind.</p>`), '');
});
