import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { parseArgs } from 'node:util';
import { placeName, type Row } from '#modules/home/index.ts';
import { root } from '../test/support/files.ts';
import { clauseFaults, counts, currentStandings, readmeTable, type Standing, withTable } from '../test/support/rows.ts';

/**
 * Which rows of the report are true here: every clause names a test that always runs and passes now, and a place that
 * answers now. Only files with tests of rows that want nothing else are run. `--json` prints one truth value a row;
 * `--readme` writes the table of README.md from what is named, and runs nothing.
 */
const places = 'test/journeys/rows.test.ts';

/** The tests that a row stands on, as `file › name`. */
const standsOn = (row: Row): string[] =>
  row.clauses.flatMap(({ test, place }, index) => [
    ...(test === null ? [] : [test]),
    ...(place === null ? [] : [`${places} › ${placeName(row, index)}`]),
  ]);

async function passing(wanted: readonly string[]): Promise<Set<string>> {
  // Whole files are run: a test may go on where the one before it ended.
  const files = [...new Set(wanted.map((one) => join(root, one.split(' › ', 1)[0]!)))];
  const passed = new Set<string>();
  for await (const event of run({ files, concurrency: 2 })) {
    if (event.type !== 'test:pass' || event.data.skip || event.data.todo) continue;
    const { file, name } = event.data;
    passed.add(`${file?.slice(root.length) ?? ''} › ${name}`);
  }
  return passed;
}

function write(all: readonly Standing[], passed: ReadonlySet<string>, truth: ReadonlyMap<string, boolean>): void {
  for (const standing of all.filter(({ shown }) => shown.length > 0)) {
    const { row } = standing;
    process.stdout.write(`${truth.get(row.name) === true ? '✔' : ' '} ${row.name}\n`);
    for (const [index, clause] of row.clauses.entries()) {
      const stands = [clause.test ?? '', `${places} › ${placeName(row, index)}`];
      const failed = counts(standing)
        ? stands.filter((one) => !passed.has(one)).map((one) => `did not pass: ${one}`)
        : clauseFaults(clause);
      process.stdout.write(`    ${clause.text}${failed.length === 0 ? '' : ` – ${failed.join('; ')}`}\n`);
    }
  }
  process.stdout.write(`${[...truth.values()].filter(Boolean).length} of ${all.length} rows count.\n`);
}

const { values } = parseArgs({ options: { json: { type: 'boolean' }, readme: { type: 'boolean' } } });
const all = currentStandings();
if (values.readme) {
  const readme = join(root, 'README.md');
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), readmeTable(all)));
} else {
  const whole = all.filter(counts).map(({ row }) => row);
  const passed = whole.length === 0 ? new Set<string>() : await passing(whole.flatMap(standsOn));
  const truth = new Map(
    all.map(({ row }) => [row.name, whole.includes(row) && standsOn(row).every((one) => passed.has(one))]),
  );
  if (values.json) process.stdout.write(`${JSON.stringify(Object.fromEntries(truth), null, 2)}\n`);
  else write(all, passed, truth);
}
