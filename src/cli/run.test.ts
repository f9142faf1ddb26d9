import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fixedClock } from '#platform/clock.ts';
import { comparisonNames, combinationNames } from './condition.ts';
import { operatorNames } from './expression.ts';
import { mappingMembers } from './mapping.ts';
import { commands, run } from './run.ts';

const folder = await mkdtemp(join(tmpdir(), 'portolan-run-'));
after(() => rm(folder, { recursive: true, force: true }));

async function portolan(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const out = (text: string): void => void (said.out += text);
  const err = (text: string): void => void (said.err += text);
  const code = await run(argv, { out, err, live: false, clock: fixedClock('2026-11-23T09:00:00Z') });
  return { code, ...said };
}

test('help lists every command, and each with its options', async () => {
  const { out, code } = await portolan('help');
  assert.equal(code, 0);
  for (const { name } of commands) assert.match(out, new RegExp(`^  ${name}\\b`, 'm'));
  for (const { name, options } of commands) {
    const one = await portolan('help', ...name.split(' '));
    for (const option of options) assert.ok(one.out.includes(`--${option.name}`), `${name} ${option.name}`);
  }
});

test('the document of the commands knows every command, option, operator and comparison', async () => {
  const text = await readFile(new URL('../../docs/commands.md', import.meta.url), 'utf8');
  for (const { name, options } of commands) {
    assert.ok(text.includes(`portolan ${name}`), name);
    for (const option of options) assert.ok(text.includes(`--${option.name}`), option.name);
  }
  for (const name of [...operatorNames, ...comparisonNames, ...combinationNames, ...mappingMembers])
    assert.ok(text.includes(`\`${name}\``), name);
});

test('a command line that does not fit is answered in one sentence and ends with 1', async () => {
  for (const [argv, words] of [
    [['sail'], /There is no command “sail”/],
    [['assess'], /Name at least one file/],
    [['assess', 'x.csv', '--colour', 'red'], /Unknown option '--colour'/],
    [['assess', 'x.csv', '--on', '2026-02-30'], /the calendar has no day/],
    [['assess', 'none.csv', '--mapping', 'none.json'], /There is no mapping file/],
    [['assess', 'none.csv'], /There is no file none.csv/],
    [['assess', 'none.xls'], /There is no file none.xls/],
    [['assess', 'none.csv', '--economy', 'zz'], /There is no pack “zz”/],
    [['submit', 'x.ndjson'], /--to is needed/],
    [['submit', 'x.ndjson', '--to', 'ftp://a', '--key', 'k'], /--to must be an address/],
    [['rebuild', 'now'], /one too many/],
  ] as const) {
    const { code, err, out } = await portolan(...argv);
    assert.equal(code, 1, argv.join(' '));
    assert.match(err, words);
    assert.equal(out, '');
  }
});

test('init writes settings once and leaves what stands there alone', async () => {
  const where = join(folder, 'window');
  const first = await portolan('init', where, '--economy', 'de');
  assert.equal(first.code, 0);
  const settings = await readFile(join(where, 'settings.env'), 'utf8');
  assert.match(settings, /^PORTOLAN_ECONOMY=de$/m);
  const second = await portolan('init', where, '--economy', 'xp');
  assert.equal(second.code, 1);
  assert.match(second.err, /there are settings already/);
  assert.equal(await readFile(join(where, 'settings.env'), 'utf8'), settings);
});

test('a union is no home for a window', async () => {
  const { code, err } = await portolan('init', join(folder, 'union'), '--economy', 'eu');
  assert.equal(code, 1);
  assert.match(err, /is a union/);
});

test('a new pack is in order from the start, and what it lacks is told with file, line and remedy', async () => {
  const zz = join(folder, 'zz');
  assert.equal((await portolan('pack', 'new', zz, '--currency', 'EUR', '--name', 'Zedland')).code, 0);
  assert.match((await portolan('pack', 'check', zz)).out, /^zz 0\.1\.0, draft: in order$/m);
  assert.match((await portolan('pack', 'test', zz)).out, /^zz 0\.1\.0, draft: 1 of 1$/m);
  const path = join(zz, 'examples', 'first.json');
  const explained = await portolan('pack', 'explain', zz, path);
  assert.equal(explained.code, 2);
  assert.match(explained.out, /missing\n {2}tariff\.duty\.610910\n/);
  const tariff = join(zz, 'tables', 'tariff.csv');
  await writeFile(tariff, 'commodity,duty,from,until,source,article\n6109,0.12,2020-01-01,,customs-law,\n');
  const decided = await portolan('pack', 'explain', zz, path);
  assert.equal(decided.code, 0);
  assert.match(decided.out, /duty: 12\.00 EUR = 100\.00 EUR × 0\.12/);
  const dearer = join(folder, 'dearer', 'zz');
  await cp(zz, dearer, { recursive: true });
  const rows = 'commodity,duty,from,until,source,article\n6109,0.15,2020-01-01,,customs-law,\n';
  await writeFile(join(dearer, 'tables', 'tariff.csv'), rows);
  assert.match((await portolan('pack', 'diff', zz, dearer)).out, /1 difference\n[\s\S]*6109[\s\S]*0\.15[\s\S]*0\.12/);
  assert.equal((await portolan('pack', 'diff', zz, zz)).out, 'zz 0.1.0 → zz 0.1.0: no differences\n');
  const failing = await portolan('pack', 'test', zz);
  assert.equal(failing.code, 2);
  assert.match(failing.out, /✖ A shirt[\s\S]*zz\/examples\/first\.json:\d+ \/expect\/decided: expected false/);
  await writeFile(tariff, 'commodity,duty,from,until,source,article\n6109,ten,2020-01-01,,customs-law,\n');
  const wrong = await portolan('pack', 'check', zz);
  assert.equal(wrong.code, 2);
  assert.match(wrong.out, /zz\/tables\/tariff\.csv:2 \/line 2\/duty: ten is no plain decimal\n {4}→ write digits/);
});

test('a new pack that stands on another has its law, and is never written over one that is there', async () => {
  const fx = join(folder, 'fx');
  assert.equal((await portolan('pack', 'new', fx, '--currency', 'EUR', '--extends', 'eu')).code, 0);
  assert.match((await portolan('pack', 'check', fx)).out, /fx 0\.1\.0, draft: in order/);
  for (const [argv, words] of [
    [[fx, '--currency', 'EUR'], /is there already/],
    [[join(folder, 'Zed')], /two to eight small letters/],
    [[join(folder, 'zd')], /--currency is needed/],
    [[join(folder, 'zd'), '--currency', 'EUR', '--exponent', '9'], /--exponent is 0 to 4/],
  ] as const) {
    const { code, err } = await portolan('pack', 'new', ...argv);
    assert.equal(code, 1);
    assert.match(err, words);
  }
});
