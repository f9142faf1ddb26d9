import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { test } from 'node:test';
import { statuses } from '#modules/clearance/index.ts';
import { map } from '#modules/map.ts';
import { currentStandings, readmeTable, withTable } from './support/rows.ts';
import { commands } from '../src/cli/run.ts';
import { filesIn, root, type SourceFile } from './support/files.ts';

const papers: SourceFile[] = [
  ...readdirSync(root)
    .filter((name) => name.endsWith('.md'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  ...filesIn(['docs', 'examples', 'packs', 'src'], /\.md$/),
];
const textOf = (path: string): string => papers.find((paper) => paper.path === path)?.text ?? '';

/** The text with what stands between fences left out. */
const prose = (text: string): string => text.replace(/^```[^]*?^```$/gm, '');

/** The anchors that a reader's program makes of headings. */
const anchorsOf = (text: string): Set<string> =>
  new Set(
    [...prose(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

/** What a paper links to and is not there. */
export function deadLinks({ path, text }: SourceFile): string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : posix.normalize(posix.join(dirname(path), file));
    if (!existsSync(join(root, target))) return [`${path}: there is no ${link}`];
    if (anchor === undefined || !target.endsWith('.md')) return [];
    return anchorsOf(readFileSync(join(root, target), 'utf8')).has(anchor) ? [] : [`${path}: ${link} has no heading`];
  });
}

/** Files and folders that a paper names in code and that are not there, from the root, the paper's folder or src. */
export function deadPaths({ path, text }: SourceFile): string[] {
  return [...prose(text).matchAll(/`((?:src|docs|test|packs|examples|scripts|bench|locales)\/[\w./-]+)`/g)].flatMap(
    ([, named = '']) =>
      [root, join(root, dirname(path)), join(root, 'src')].some((from) => existsSync(join(from, named)))
        ? []
        : [`${path}: there is no ${named}`],
  );
}

const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);
/** What npm itself does. */
const npmOwn = ['ci', 'install'];
const commandNames = [...commands.map(({ name }) => name), 'help'];

/** Commands that a paper tells a reader to type and that neither package.json nor the command line has. */
export function deadCommands({ path, text }: SourceFile): string[] {
  const code = [...text.matchAll(/^```[^]*?^```$|`[^`\n]+`/gm)].map(([block]) => block).join('\n');
  const npm = [...code.matchAll(/\bnpm (?:run )?([a-z][a-z:-]*)/g)]
    .filter(([, name = '']) => !scripts.includes(name) && !npmOwn.includes(name))
    .map(([whole]) => `${path}: there is no ${whole}`);
  const own = [...code.matchAll(/(?:\bportolan -- |`portolan |^portolan |\/cli\.ts )([a-z]+(?: [a-z]+)?)/gm)]
    .filter(([, words = '']) => !commandNames.some((name) => words === name || words.startsWith(`${name} `)))
    .filter(([, words = '']) => !commandNames.includes(words.split(' ')[0] ?? ''))
    .map(([whole]) => `${path}: the command line has no ${whole.replace('`', '')}`);
  return [...npm, ...own];
}

test('the papers were found', () => {
  for (const path of [
    'README.md',
    'ARCHITECTURE.md',
    'docs/README.md',
    'docs/operate.md',
    'docs/adr/0001-record-decisions.md',
  ])
    assert.notEqual(textOf(path), '', path);
});

test('no paper links to anything that is not there', () => {
  assert.deepEqual(papers.flatMap(deadLinks), []);
});

test('no paper names a file that is not there', () => {
  assert.deepEqual(papers.flatMap(deadPaths), []);
});

test('no paper tells anybody to type a command that there is not', () => {
  assert.deepEqual(papers.flatMap(deadCommands), []);
});

test('a dead link, a lost file and an invented command are found', () => {
  const paper = (text: string): SourceFile => ({ path: 'docs/made-up.md', text });
  assert.equal(deadLinks(paper('[a](nowhere.md) [b](glossary.md#nothing) [c](glossary.md)')).length, 2);
  assert.equal(deadLinks(paper('[a](../README.md) [b](https://example.org) ')).length, 0);
  assert.equal(deadPaths(paper('`src/app.ts` `src/nothing.ts`')).length, 1);
  assert.equal(deadCommands(paper('`npm run nothing` `npm test`')).length, 1);
  assert.equal(
    deadCommands(paper('```\nnpm run portolan -- pack check x\nnpm run portolan -- conjure\n```')).length,
    1,
  );
});

test('every module and every status of a parcel stands in the glossary, and no module that is gone', () => {
  const glossary = textOf('docs/glossary.md');
  const list = (head: RegExp): string[] => (head.exec(glossary)?.[1] ?? '').split(', ').toSorted();
  assert.deepEqual(list(/^Modules: ([^.]+)\./m), Object.keys(map).toSorted());
  assert.deepEqual(list(/Statuses of a parcel: ([^.]+)\./), statuses.toSorted());
});

test('every document stands in the index of documents', () => {
  const index = textOf('docs/README.md');
  const missing = papers
    .map(({ path }) => path)
    .filter((path) => /^docs\/[^/]+\.md$/.test(path) && path !== 'docs/README.md')
    .filter((path) => !index.includes(`](${path.slice('docs/'.length)})`));
  assert.deepEqual(missing, []);
});

test('the table of rows in README.md is what docs/rows.json gives', () => {
  const readme = textOf('README.md');
  assert.equal(readme, withTable(readme, readmeTable(currentStandings())), 'run npm run rows -- --readme');
});

test('README.md fits on a few screens', () => {
  assert.ok(textOf('README.md').split('\n').length < 150);
});
