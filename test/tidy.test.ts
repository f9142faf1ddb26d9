import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesIn } from './support/files.ts';
import { tidyFaults } from './support/tidy.ts';

/** Why a file is longer than 300 lines. */
const reasons = {
  'src/cli/expression.ts': 'one small language: each operator is a few lines, and they refer to each other',
  'src/modules/parties/pages-parties.ts': 'the forms of one page family share their fields',
  'src/modules/rulebook/compile.ts': 'one pass over a pack, in the order in which its topics need each other',
  'src/modules/rulebook/law-pages.ts': 'one page with five views of the same rules',
  'src/modules/rulebook/rules.ts': 'the compilers of routes, charges and checks share names and places',
  'src/modules/rulebook/schema.ts': 'the shapes of all files of a pack share their parts',
  'src/modules/rulebook/term.ts': 'one small language: its operators, dimensions and errors belong together',
  'src/platform/auth.ts': 'the whole table of who may do what, to be read in one piece',
  'src/platform/elements.ts': 'the whole table of data elements by class, to be read in one piece',
};

test('the sources are tidy', () => {
  const all = filesIn(['src', 'test', 'bench', 'scripts'], /\.(ts|mjs)$/);
  // What looks for these things and what shows that they are found must hold them.
  const files = all.filter(({ path }) => !/^test\/(support\/)?tidy(\.test)?\.ts$/.test(path));
  assert.ok(files.length > 100, 'the files were found');
  assert.deepEqual(tidyFaults(files, reasons), []);
});

const planted: [string, string, string][] = [
  ['a thing left for later', 'src/a.ts', '// TODO later'],
  ['chance', 'src/a.ts', 'const a = Math.random();'],
  ['the clock of the machine', 'src/modules/a/service.ts', 'const a = Date.now();'],
  ['the environment', 'src/modules/a/service.ts', 'const a = process.env.HOME;'],
  ['a call to the outside', 'src/modules/a/service.ts', "await fetch('https://example.org');"],
  ['a type that says nothing', 'src/a.ts', 'const a: any = 1;'],
  ['a silenced compiler', 'src/a.ts', '// @ts-ignore'],
  ['a test that runs alone', 'src/a.test.ts', "test.only('a', () => {});"],
  ['a line of code that is too long', 'src/a.ts', `const ${'a'.repeat(120)} = 1;`],
  ['a comment that is too long', 'src/a.ts', `// ${'it is said that '.repeat(8)}`],
  ['a file that is too long', 'src/a.ts', 'const a = 1;\n'.repeat(301)],
];

for (const [what, path, text] of planted) {
  test(`the check fails when it is shown ${what}`, () => {
    assert.equal(tidyFaults([{ path, text }]).length, 1);
  });
}

test('what has its place there is let through, and a reason that is not needed any more is not', () => {
  const file = {
    path: 'src/platform/clock.ts',
    text: `const a = Date.now(); // not Math.random()\nconst b = '${'b'.repeat(130)}';\n`,
  };
  assert.deepEqual(tidyFaults([file]), []);
  assert.equal(tidyFaults([file], { 'src/platform/clock.ts': 'long' }).length, 1);
});
