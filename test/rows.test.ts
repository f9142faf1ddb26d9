import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clauseFaults, currentStandings, readmeTable, standings, testsIn, withTable } from './support/rows.ts';

const all = currentStandings();
const clauses = all.flatMap(({ row }) => row.clauses.map((clause) => ({ row: row.name, clause })));

const files: Record<string, string> = {
  'package.json': '{"scripts":{"start":"…"}}',
  'test/journeys/a.test.ts': [
    "test('always', () => {});",
    'test("it’s \\"so\\"", async () => {});',
    "test('perhaps', { skip }, () => {});",
    "test.skip('never', () => {});",
    'test(`one of ${many}`, () => {});',
    "t.test('inside', () => {});",
  ].join('\n'),
};
const read = (path: string): string | undefined => files[path];
const clause = (cited: string | null, place: Parameters<typeof clauseFaults>[0]['place']) => ({
  text: 'x',
  test: cited,
  place,
});
const seen = { command: 'npm start' };

test('a test is found by its exact name, and one that may not run is no proof', () => {
  const { run, skipped } = testsIn(files['test/journeys/a.test.ts'] ?? '');
  assert.deepEqual([...run], ['always', 'it’s "so"']);
  assert.deepEqual([...skipped], ['perhaps']);
  assert.equal(testsIn("describe.skip('x', () => { test('a', () => {}); });").run.size, 0);
});

test('a clause is shown only by a journey that always runs and by a place that is there', () => {
  assert.deepEqual(clauseFaults(clause('test/journeys/a.test.ts › always', seen), read), []);
  const faulty: [string | null, Parameters<typeof clauseFaults>[0]['place'], RegExp][] = [
    [null, seen, /no test/],
    ['test/journeys/a.test.ts › alway', seen, /has no test/],
    ['test/journeys/a.test.ts › perhaps', seen, /may be skipped/],
    ['test/journeys/a.test.ts › never', seen, /has no test/],
    ['test/journeys/b.test.ts › always', seen, /there is no test\/journeys\/b/],
    ['src/kernel/id.test.ts › always', seen, /neither a journey/],
    ['test/journeys/a.test.ts › always', null, /no place/],
    ['test/journeys/a.test.ts › always', { command: 'npm run nothing' }, /no command/],
    ['test/journeys/a.test.ts › always', { page: '/', stop: 'nowhere' }, /no stop/],
    ['test/journeys/a.test.ts › always', { page: '/', person: 'nobody' }, /nobody is/],
  ];
  for (const [cited, place, fault] of faulty) {
    const faults = clauseFaults(clause(cited, place), read);
    assert.equal(faults.length, 1, `${cited} ${JSON.stringify(place)}`);
    assert.match(faults[0] ?? '', fault);
  }
});

test('a row counts only when nothing of it is open', () => {
  const shown = clause('test/journeys/a.test.ts › always', seen);
  const row = (number: number, ...own: (typeof shown)[]) => ({
    name: `S0${number}`,
    number,
    kind: 'software' as const,
    clauses: own,
  });
  const told = readmeTable(
    standings([row(1, shown), row(2, shown, clause(null, seen)), row(3, clause(null, null))], read),
  );
  assert.match(told, /\| S01 \| real \| x \| – \|/);
  assert.match(told, /\| S02 \| in part \| x \| x \|/);
  assert.match(told, /\| 1 others \| not yet \| – \| S03 \|/);
  assert.match(told, /^1 of 3 rows count/m);
});

test('no clause cites a test or a place that is not there', () => {
  const wrong = clauses.flatMap(({ row, clause: one }) =>
    clauseFaults(one)
      .filter((fault) => fault !== 'no test' && fault !== 'no place to see it')
      .map((fault) => `${row} ${one.text}: ${fault}`),
  );
  assert.deepEqual(wrong, []);
});

test('a table in README.md whose marks are gone is not written anywhere', () => {
  assert.throws(() => withTable('# Portolan', 'table'), /has lost the marks/);
});
