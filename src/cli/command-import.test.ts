import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { portolan, type Ran } from '../../test/support/command.ts';
import { Packs } from './packs.ts';

const scratch = await mkdtemp(join(tmpdir(), 'portolan-import-'));
after(() => rm(scratch, { recursive: true, force: true }));
const data = join(scratch, 'data');
const run = (...argv: string[]): Promise<Ran> => portolan({ PORTOLAN_DATA: data, PORTOLAN_PACKS: '' }, ...argv);

async function file(name: string, ...lines: string[]): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

const told = ['--pack', 'eu', '--title', 'A tariff', '--from', '2021-01-01'];

test('a tariff is written as a supplement that says where it is from and what could not be read', async () => {
  const path = await file(
    'Tariff 2021.csv',
    'Code,Depth,Rate',
    '0101,0,',
    '0101.21.00,1,Free',
    '0101.21.00.10,2,',
    '0102,0,37% /',
    '0103,0,"The rate of heading 0101"',
  );
  const { code, out, err } = await run(
    'import',
    'tariff',
    path,
    ...told,
    '--code',
    'Code',
    '--indent',
    'Depth',
    '--columns',
    'duty=Rate',
  );
  assert.equal(code, 2);
  assert.match(
    out,
    /^4 rows for tariff of eu from 5 lines; 1 take the duty .* 1 refer .*; 1 lines .*; 1 could not be read\./,
  );
  assert.match(out, /line 5 {2}0102 “37% \/”: “37% \/” names no currency/);
  assert.match(err, /5 lines read/);
  const folder = join(data, 'supplements', 'eu-tariff-2021');
  assert.deepEqual((await readdir(folder)).sort(), ['supplement.json', 'tables']);
  const said = JSON.parse(await readFile(join(folder, 'supplement.json'), 'utf8')) as Record<string, unknown>;
  assert.deepEqual(
    [said['pack'], said['name'], said['table'], said['source']],
    ['eu', 'tariff-2021', 'tariff', { title: 'A tariff', grade: 'secondary', url: null, seen: null }],
  );
  assert.match(JSON.stringify(said['input']), /"file":"Tariff 2021.csv","sha256":"[0-9a-f]{64}"/);
  assert.equal(
    await readFile(join(folder, 'tables', 'tariff.csv'), 'utf8'),
    [
      'commodity,duty,from,until,source,article',
      '01012100,0%,2021-01-01,,tariff-2021,',
      '0101210010,0%,2021-01-01,,tariff-2021,',
      '0102,,2021-01-01,,tariff-2021,',
      '0103,"see ""The rate of heading 0101""",2021-01-01,,tariff-2021,',
      '',
    ].join('\n'),
  );
});

test('an import again takes the place of the one before, and the members of the union read it', async () => {
  const path = await file('tariff-2021.csv', 'commodity,duty', '0101,12%', '0102,7 MIN 2 EUR/kg');
  const { code } = await run(
    'import',
    'tariff',
    path,
    ...told,
    '--bare-percent',
    '--until',
    '2022-01-01',
    '--grade',
    'primary',
  );
  assert.equal(code, 0);
  const packs = await Packs.read({ packFolders: [], dataFolder: data });
  // The pack has a row of its own for the goods of its examples.
  const rows = packs
    .get('de')
    .program.tables.get('tariff')
    ?.rows.filter(({ key }) => key.startsWith('01'));
  assert.deepEqual(
    rows?.map(({ key, cells, from, until }) => [key, cells['duty'], from, until]),
    [
      ['0101', '12%', '2021-01-01', '2022-01-01'],
      ['0102', '7% MIN 2 EUR/kg', '2021-01-01', '2022-01-01'],
    ],
  );
  assert.equal(packs.get('de').sources['tariff-2021']?.grade, 'primary');
});

test('a nomenclature and a correlation are supplements too, and go where a pack declares their tables', async () => {
  const list = await file(
    'hs.csv',
    'section,hscode,description',
    'I,01,Animals',
    'I,0101,Horses',
    'I,010121,"Horses, pure-bred"',
  );
  const first = await run('import', 'nomenclature', list, ...told, '--edition', 'HS2022', '--code', 'hscode');
  assert.deepEqual(
    [first.code, first.out.split('\n')[0]],
    [0, '1 rows for nomenclature of eu from 3 lines; 0 could not be read.'],
  );
  const pairs = await file('changes.csv', 'edition,code,successor', 'HS2017,010121,010121', 'HS2017,010121,010129');
  assert.equal((await run('import', 'nomenclature', pairs, ...told, '--correlation')).code, 0);
  const { tables } = (await Packs.read({ packFolders: [], dataFolder: data })).get('de').program;
  assert.deepEqual(tables.get('nomenclature')?.rows[0]?.cells, { description: 'Horses, pure-bred', edition: 'HS2022' });
  assert.equal(tables.get('correlation')?.rows[0]?.cells['successors'], '010121 010129');
  const elsewhere = await run(
    'import',
    'nomenclature',
    list,
    '--pack',
    'xp',
    ...told.slice(2),
    '--edition',
    'HS2022',
    '--code',
    'hscode',
  );
  assert.equal(elsewhere.code, 1);
  assert.match(elsewhere.err, /The pack xp declares no table nomenclature in tables.json/);
});

test('an import that does not fit is answered in one sentence, and nothing is written', async () => {
  const path = await file('small.csv', 'commodity,duty', '0101,12%');
  for (const [argv, words] of [
    [['import', 'tariff'], /Name one CSV file/],
    [['import', 'tariff', path], /--pack is needed/],
    [['import', 'tariff', path, '--pack', 'zz'], /There is no pack “zz”/],
    [['import', 'tariff', path, '--pack', 'eu'], /--from is needed/],
    [['import', 'tariff', path, '--pack', 'eu', '--from', '2021-01-01'], /--title is needed/],
    [['import', 'tariff', path, '--pack', 'eu', '--from', '2021-02-30'], /the calendar has no day/],
    [['import', 'tariff', path, ...told, '--grade', 'sure'], /--grade is one of/],
    [['import', 'tariff', path, ...told, '--name', 'A B'], /--name is a small word/],
    [['import', 'tariff', path, ...told, '--name', 'ucc'], /a source of the pack is called ucc/],
    [['import', 'tariff', path, ...told, '--columns', 'rate=duty'], /The table has no column rate; it has duty/],
    [['import', 'tariff', path, ...told, '--columns', 'duty'], /--columns is NAME=COLUMN/],
    [['import', 'tariff', path, ...told, '--code', 'no'], /has no column “no”; it has commodity, duty/],
    [['import', 'tariff', path, ...told, '--table', 'none'], /declares no table none/],
    [['import', 'tariff', path, ...told, '--until', '2020-01-01'], /it ends before it begins/],
    [['import', 'nomenclature', path, ...told], /--edition is needed/],
  ] as const) {
    const { code, err } = await run(...argv);
    assert.equal(code, 1, argv.join(' '));
    assert.match(err, words);
  }
  assert.deepEqual((await readdir(join(data, 'supplements'))).sort(), ['eu-changes', 'eu-hs', 'eu-tariff-2021']);
});
