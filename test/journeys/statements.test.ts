import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html } from '#kernel/html.ts';
import { partiesPart } from '#modules/parties/index.ts';
import { elements } from '#platform/elements.ts';
import { languages } from '#portal/language.ts';
import { terms } from '#portal/terms.ts';
import { words } from '#portal/text.ts';
import { openWindow } from '../support/window.ts';

/** What the window says about itself, for anybody and in every language. */

const window = await openWindow();
const headers = { accept: 'text/html' };
const pageAt = async (path: string, lang: string): Promise<string> => {
  const { statusCode, body } = await window.app.inject({ url: `${path}?lang=${lang}`, headers });
  assert.equal(statusCode, 200, path);
  return body;
};

for (const { code } of languages) {
  const t = words(code);

  test(`who reads ${code} finds the statements and the glossary from the foot of every page`, async () => {
    const foot = (await pageAt('/assess', code)).split('<footer')[1] ?? '';
    for (const path of ['/glossary', '/accessibility', '/privacy']) {
      assert.ok(foot.includes(`href="${path}"`), path);
      assert.match(await pageAt(path, code), new RegExp(`<html lang="${code}"`));
    }
  });

  test(`in ${code} privacy names each class of data and who sees which under which law`, async () => {
    const shown = await pageAt('/privacy', code);
    for (const element of elements) assert.ok(shown.includes(t(`parties.element.${element}`)), element);
    const { mandates } = window.context.reference.current().get(partiesPart);
    const given = [...mandates.values()].flat();
    assert.ok(given.length > 0, 'authorities have mandates');
    for (const { reference } of given) assert.ok(shown.includes(html`${reference}`.toString()), reference);
    assert.ok(shown.includes(t('statements.privacy.long.parcels-open')));
  });

  test(`in ${code} the glossary has every term with a place to link to`, async () => {
    const shown = await pageAt('/glossary', code);
    for (const term of terms) assert.ok(shown.includes(`<dt id="${term}">`), term);
  });

  test(`in ${code} an address without a page says so, and leads on`, async () => {
    const { statusCode, body } = await window.app.inject({ url: `/nowhere?lang=${code}`, headers });
    assert.equal(statusCode, 404);
    assert.ok(body.includes(t('http.title.not-found')) && body.includes(t('portal.ways')));
  });
}
