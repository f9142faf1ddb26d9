import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { test } from 'node:test';
import { must } from '#kernel/result.ts';
import { checkPack } from '#modules/rulebook/check-pack.ts';
import { loadPackFolder, packFoldersIn } from '#modules/rulebook/folder.ts';
import { factTypes } from '#modules/rulebook/facts.ts';
import { measureSymbols } from '#modules/rulebook/measure.ts';
import { matchFields, topicFiles } from '#modules/rulebook/schema.ts';
import { conditionNames } from '#modules/rulebook/condition.ts';
import { termNames } from '#modules/rulebook/term.ts';
import { runExample } from '#modules/rulebook/worked.ts';
import { packsFolder } from './support/pack.ts';

const guide = await readFile(new URL('../docs/packs.md', import.meta.url), 'utf8');
const folders = await packFoldersIn(packsFolder);

test('the packs that the window needs are shipped', () => {
  const shipped = new Set(folders.map((one) => basename(one)));
  const needed = ['au', 'de', 'eu', 'fr', 'gb', 'ie', 'it', 'rw', 'sg', 'xl', 'xp'];
  assert.deepEqual(
    needed.filter((id) => !shipped.has(id)),
    [],
  );
});

for (const folder of folders) {
  const id = basename(folder);
  const check = await checkPack(folder);

  test(`${id}: pack check finds nothing: shapes, names, dates, sources, version and changelog, words`, () => {
    assert.deepEqual(check.problems, []);
    assert.equal(check.id, id);
  });

  const { files } = must(await loadPackFolder(folder));
  for (const [file, text] of Object.entries(files)) {
    if (!file.startsWith('examples/')) continue;
    const { name } = JSON.parse(text) as { name: string };
    test(`${id}: ${name}`, () => {
      assert.ok(check.pack);
      assert.deepEqual(runExample(check.pack, file, text).problems, []);
    });
  }

  test(`${id}: an example that expects something else is found`, () => {
    assert.ok(check.pack);
    const [file, text] = Object.entries(files).find(([name]) => name.startsWith('examples/')) ?? ['', ''];
    const wrong = JSON.stringify({ ...(JSON.parse(text) as object), expect: { border: '0.01' } });
    assert.equal(runExample(check.pack, file, wrong).problems[0]?.pointer, '/expect/border');
  });
}

test('the guide names every file, fact, term, condition, comparison and measure of the format', () => {
  const words = [
    ...Object.keys(topicFiles),
    ...Object.keys(factTypes),
    ...termNames,
    ...conditionNames,
    ...matchFields,
    ...measureSymbols.map((symbol) => `\`${symbol}\``),
  ];
  assert.deepEqual(
    words.filter((one) => !guide.includes(one)),
    [],
  );
});
