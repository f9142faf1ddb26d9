import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { placeName, readRows, rowsFile } from '#modules/home/index.ts';
import { type Demonstration, openDemonstration } from '../support/demonstration.ts';
import { closeOpened } from '../support/opened.ts';
import { browser } from '../support/window.ts';

const rows = readRows(readFileSync(rowsFile, 'utf8'));
const scripts = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { scripts: object }
).scripts;

describe('what works, by the report’s chapters', () => {
  let window: Demonstration;
  before(async () => {
    window = await openDemonstration();
  });
  after(closeOpened);

  test('the list holds every row from S01 to S98, each with its clauses', () => {
    const expected = Array.from({ length: 98 }, (_, index) => `S${String(index + 1).padStart(2, '0')}`);
    assert.deepEqual(
      rows.map(({ name }) => name),
      expected,
    );
  });

  test('a clause that names a test names one that is written down', () => {
    for (const { name, clauses } of rows)
      for (const clause of clauses) {
        if (clause.test === null) continue;
        const [file = '', title = ''] = clause.test.split(' › ');
        const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
        assert.ok(text.includes(title), `${name}: ${clause.test}`);
      }
  });

  for (const row of rows)
    for (const [index, { place }] of row.clauses.entries()) {
      if (place === null) continue;
      test(placeName(row, index), async () => {
        if ('command' in place) {
          const [, script = ''] = /^npm (?:run )?([a-z:-]+)/.exec(place.command) ?? [];
          assert.ok(Object.hasOwn(scripts, script), place.command);
          return;
        }
        const visitor = browser(window);
        if (place.person !== undefined) await visitor.post('/about/report', '/demo/person', { person: place.person });
        const { statusCode } = await visitor.get(place.page);
        assert.equal(statusCode, 200);
      });
    }
});
