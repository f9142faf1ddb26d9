import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { refusals as ofDemonstration } from '#modules/demo/model.ts';
import { root } from './support/files.ts';
import { openWindow } from './support/window.ts';

const window = await openWindow();
const { catalogue: served } = window.app.problems;
// A demonstration refuses with codes of its own beside those of every window.
const catalogue = { ...served, ...ofDemonstration };
const document = readFileSync(`${root}docs/problems.md`, 'utf8');
const sources = globSync('src/**/*.ts', { cwd: root })
  // The command line prints its own words, and the kernel leaves its codes to whoever uses it.
  .filter((path) => !path.endsWith('.test.ts') && !/^src\/(cli|kernel)\//.test(path))
  .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }));

test('the document of problems and the catalogues say the same, in both directions', () => {
  const rows = document.matchAll(/^\| `([a-z]+\/[a-z-]+)` \| (\d{3}) \| (.+) \|$/gm);
  const written = Object.fromEntries(rows.map(([, code, status, title]) => [code!, { status: Number(status), title }]));
  assert.deepEqual(
    written,
    Object.fromEntries(Object.entries(catalogue).map(([code, { status, title }]) => [code, { status, title }])),
  );
});

test('every code with which something is refused stands in a catalogue', () => {
  const said = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:refuse\(|refused\(visit, |code: )\s*'([a-z]+\/[a-z-]+)'/g)].map(([, code]) => ({
      path,
      code: code!,
    })),
  );
  assert.ok(said.length > 80);
  assert.deepEqual(
    said.filter(({ code }) => !Object.hasOwn(catalogue, code)),
    [],
  );
});

test('every code of a catalogue is used by something', () => {
  const all = sources.map(({ text }) => text).join('\n');
  const unused = Object.keys(catalogue)
    .filter((code) => !code.startsWith('money/'))
    .filter((code) => all.split(`'${code}'`).length < 3);
  assert.deepEqual(unused, []);
});

test('a problem leads to its own place on the page of problems', async () => {
  const told = await window.ask({ url: '/v1/nowhere' });
  assert.equal(told.body.type, '/docs/problems#http/not-found');
  const page = await window.ask({ url: '/docs/problems' });
  for (const code of Object.keys(served)) assert.ok(page.text.includes(`id="${code}"`), code);
});

test('the folder of documents names this one', () => {
  assert.ok(existsSync(`${root}docs/README.md`));
  assert.match(readFileSync(`${root}docs/README.md`, 'utf8'), /\(problems\.md\)/);
});
