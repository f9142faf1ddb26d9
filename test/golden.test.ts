import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { dropAll } from './support/clone.ts';
import { goldens, isCurrent } from './support/golden.ts';
import { root } from './support/files.ts';

after(dropAll);

test('every generated file that is committed is what its sources give', async () => {
  const all = await goldens();
  assert.ok(all.length >= 4);
  const stale = all.filter((golden) => !isCurrent(golden)).map(({ path }) => path.slice(root.length));
  assert.deepEqual(stale, [], 'run npm run golden, and read what it changed');
});

test('a generated file that differs by one character is found', async () => {
  const [first] = await goldens();
  assert.ok(first !== undefined && !isCurrent({ ...first, text: `${first.text} ` }));
});
