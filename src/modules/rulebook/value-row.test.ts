import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import { packsFolder } from '../../../test/support/pack.ts';
import { checkLayers } from './check-pack.ts';
import { draftProblems, draftSource } from './draft-files.ts';
import { loadPackFolder } from './folder.ts';
import { type NewRow, nextVersion, withNewRow } from './value-row.ts';

const xp = must(await loadPackFolder(`${packsFolder}/xp`));
const today = dayOf('2026-11-26');
const row: NewRow = {
  value: 'gift-limit',
  from: '2027-01-01',
  figure: '45.00',
  law: 'post-act',
  article: 'art. 12, as amended 2026',
  title: '',
  grade: 'fictional',
  url: '',
  dropExamples: false,
};
const code = (change: Partial<NewRow>): string => {
  const made = withNewRow([xp], { ...row, ...change }, today);
  return made.ok ? 'made' : `${made.error.code} ${made.error.pointer}`;
};

test('a new figure becomes a whole draft that the check finds in order', () => {
  const files = must(withNewRow([xp], row, today));
  const draft = must(draftSource(xp, { files }));
  const next = xp.version.replace(/\.(\d+)\./, (_, minor: string) => `.${Number(minor) + 1}.`);
  assert.equal(draft.version, next);
  assert.deepEqual(checkLayers([draft]).problems, []);
  const log = draft.files['CHANGELOG.md'] ?? '';
  assert.ok(log.includes(`## ${next}\n\nFrom 2027-01-01: gift-limit is 45.00.\n\n## ${xp.version}\n`), log);
});

test('another law is added to the sources under a key of its own', () => {
  const files = must(withNewRow([xp], { ...row, law: '', title: 'Customs Code', grade: 'primary' }, today));
  const sources = JSON.parse(files['sources.json'] ?? '');
  assert.deepEqual(sources['customs-code-2'], {
    title: 'Customs Code',
    grade: 'primary',
    url: null,
    seen: '2026-11-26',
  });
  assert.equal(JSON.parse(files['values.json'] ?? '')['gift-limit'].values.at(-1).source.law, 'customs-code-2');
  const arabic = must(withNewRow([xp], { ...row, law: '', title: 'قانون البريد' }, today));
  assert.ok(JSON.parse(arabic['sources.json'] ?? '')['law']);
});

test('a figure takes the place of what was announced for its day, and drops examples only when asked', () => {
  const bill = { ...row, value: 'low-value-limit', from: '2027-07-01', figure: '120.00', law: 'commerce-order' };
  const problems = (files: Record<string, string | null>) =>
    draftProblems(new Map([['xp', xp]]), must(draftSource(xp, { files })));
  const kept = problems(must(withNewRow([xp], bill, today)));
  assert.deepEqual([...new Set(kept.map(({ file }) => file))], ['xp/examples/announced-never-applies.json']);
  const files = must(withNewRow([xp], { ...bill, dropExamples: true }, today));
  assert.equal(files['examples/announced-never-applies.json'], null);
  assert.deepEqual(problems(files), []);
  const rows = JSON.parse(files['values.json'] ?? '')['low-value-limit'].values;
  assert.deepEqual([rows.length, rows[2].status], [3, undefined]);
});

test('what the form could not mean is refused by its field', () => {
  assert.equal(code({ value: 'nothing' }), 'rulebook/value-unknown /value');
  assert.equal(code({ value: 'constructor' }), 'rulebook/value-unknown /value');
  assert.equal(code({ from: '2027-02-30' }), 'rulebook/day-unknown /from');
  assert.equal(code({ from: '2026-11-25' }), 'rulebook/day-passed /from');
  assert.equal(code({ from: '2026-11-26' }), 'made');
  assert.equal(code({ law: '' }), 'rulebook/source-missing /law');
  assert.deepEqual(['1.9.3', '2.0.0'].map(nextVersion), ['1.10.0', '2.1.0']);
});
