import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { staleStyleSheets, styleSheets } from '../scripts/css.ts';

test('the committed style sheets are what their sources give', () => {
  assert.deepEqual(staleStyleSheets(), [], 'run node scripts/css.ts');
});

for (const { path, text } of styleSheets()) {
  const name = path.split('/').at(-1);

  test(`${name} is light and fetches nothing`, () => {
    assert.ok(gzipSync(text, { level: 9 }).length < 14_336, `${gzipSync(text).length} bytes compressed`);
    assert.doesNotMatch(text, /url\(|@import|@font-face|crown|crest|GDS Transport/i);
  });

  test(`every colour class ${name} names a tone the components use`, () => {
    const used = [...text.matchAll(/\.tag--([a-z]+)/g)].map(([, tone]) => tone);
    assert.deepEqual(
      [...new Set(used)].toSorted((a, b) => (a ?? '').localeCompare(b ?? '')),
      ['hand', 'ink', 'released', 'stopped'],
    );
  });
}

test('the script is small', () => {
  const script = readFileSync(new URL('../src/portal/assets/app.js', import.meta.url));
  assert.ok(script.length < 4096, `${script.length} bytes`);
});
