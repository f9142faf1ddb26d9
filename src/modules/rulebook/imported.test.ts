import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { dayOf } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import { compileLayers } from './compile.ts';
import { assess } from './engine.ts';
import { readPacks, sourceOf } from './folder.ts';
import { CorrelationImport, type ImportForm, tableForm, TableImport } from './imported.ts';
import type { PackSource } from './model.ts';
import { euros, parcel, tinyPack, tinyProblems, tinySource } from '../../../test/support/pack.ts';

const scratch = await mkdtemp(join(tmpdir(), 'portolan-imported-'));
after(() => rm(scratch, { recursive: true, force: true }));

const days = { from: '2023-01-01', until: null, source: 'list' };
const form: ImportForm = {
  key: 'commodity',
  columns: { duty: 'duty', other: 'duty' },
  code: 'No',
  indent: 'Depth',
  from: { duty: 'Rate', other: 'Second' },
  dialect: { dollar: 'USD' },
  kept: 'all',
};

function imported(lines: readonly (readonly [no: string, depth: string, rate: string, second: string])[]): TableImport {
  const table = new TableImport(form);
  lines.forEach(([No, Depth, Rate, Second], index) =>
    table.add({ line: index + 2, cells: { No, Depth, Rate, Second } }),
  );
  return table;
}

test('a blank duty is that of the nearest line above it that is less deep, column by column', () => {
  const table = imported([
    ['0101', '0', '', ''],
    ['', '1', '', ''],
    ['0101.21.00', '2', 'Free', '5%'],
    ['0101.21.00.10', '3', '', ''],
    ['', '3', '6%', ''],
    ['0101.21.00.30', '4', '', ''],
    ['0101.21.00.40', '4', '', '7%'],
    ['0101.29.00', '2', '$1/kg', ''],
    ['0102', '0', '', ''],
  ]);
  assert.equal(
    table.csv(days),
    [
      'commodity,duty,other,from,until,source,article',
      '01012100,0%,5%,2023-01-01,,list,',
      '0101210010,0%,5%,2023-01-01,,list,',
      '0101210030,6%,5%,2023-01-01,,list,',
      '0101210040,6%,7%,2023-01-01,,list,',
      '01012900,1 USD/kg,,2023-01-01,,list,',
      '',
    ].join('\n'),
  );
  assert.deepEqual(table.counts, { lines: 9, rows: 5, inherited: 3, elsewhere: 0, unrated: 2 });
  assert.deepEqual(table.unparsed, []);
});

test('a duty that cannot be read is listed once and leaves an empty cell, below it too', () => {
  const table = imported([
    ['0101.21.00', '0', '37% /', 'See "note" 1'],
    ['0101.21.00.10', '1', '', ''],
    ['01x', '1', 'Free', ''],
    ['0101.21.00', '1', 'Free', ''],
  ]);
  const rows = table.csv(days).split('\n');
  assert.equal(rows[1], '01012100,,"see ""’note’ 1""",2023-01-01,,list,');
  assert.match(rows[2] ?? '', /^0101210010,,/);
  assert.deepEqual(
    table.unparsed.map(({ line, code, reason }) => [line, code, reason]),
    [
      [2, '01012100', '“37% /” names no currency, and a rate ends in %'],
      [4, '01x', 'it is no code'],
      [5, '01012100', 'the code stood before'],
    ],
  );
});

const law = { law: 'law' };
const pack = {
  'tables.json': {
    tariff: { file: 'tariff.csv', key: 'commodity', match: 'prefix', columns: { duty: 'duty' } },
    nomenclature: {
      file: 'nomenclature.csv',
      key: 'commodity',
      match: 'prefix',
      columns: { description: 'text', edition: 'text' },
    },
    correlation: { file: 'correlation.csv', key: 'code', match: 'exact', columns: { successors: 'text' } },
  },
  'tables/tariff.csv': 'commodity,duty,from,until,source,article\n0101,3%,2020-01-01,,law,\n',
  'tables/nomenclature.csv': 'commodity,description,edition,from,until,source,article\n',
  'tables/correlation.csv': 'code,successors,from,until,source,article\n',
};

const supplement = (more: object = {}): Record<string, unknown> => ({
  pack: 'tt',
  name: 'list',
  table: 'tariff',
  source: { title: 'The list', grade: 'secondary', url: null, seen: null },
  edition: null,
  input: { file: 'list.csv', sha256: '0'.repeat(64) },
  counts: { lines: 1, rows: 1, inherited: 0, elsewhere: 0, unrated: 0 },
  unparsed: [],
  ...more,
});

const rows = 'commodity,duty,from,until,source,article\n010121,4%,2023-01-01,,list,\n';

/** The layers of the pack with a supplement beside it, as a window would read them. */
async function read(name: string, said: Record<string, unknown>, csv: string): Promise<ReturnType<typeof readPacks>> {
  const folder = join(scratch, name);
  const { files } = tinySource(pack);
  await mkdir(join(folder, 'packs', 'tt', 'tables'), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, 'packs', 'tt', path), text);
  await mkdir(join(folder, 'data', 'tt-list', 'tables'), { recursive: true });
  await writeFile(join(folder, 'data', 'tt-list', 'supplement.json'), JSON.stringify(said));
  await writeFile(join(folder, 'data', 'tt-list', 'tables', `${String(said['table'])}.csv`), csv);
  return readPacks([join(folder, 'packs')], join(folder, 'data'));
}

async function good(...asked: Parameters<typeof read>): Promise<PackSource> {
  const { sources, refused } = await read(...asked);
  assert.deepEqual(refused, []);
  return sources.get('tt')!;
}

test('what was imported adds its rows and its source to the pack, and the hash covers it', async () => {
  const source = await good('good', supplement(), rows);
  assert.notEqual(source.hash, tinySource(pack).hash);
  const { pack: compiled, problems } = compileLayers([source]);
  assert.deepEqual(problems, []);
  assert.equal(compiled?.sources['list']?.title, 'The list');
  assert.deepEqual(
    compiled?.program.tables.get('tariff')?.rows.map(({ key, source: cited, confirmed }) => [key, cited, confirmed]),
    [
      ['0101', 'Law', true],
      ['010121', 'The list', false],
    ],
  );
  // What is stored of a pack and read back is the same law.
  assert.equal(must(sourceOf(source.files)).hash, source.hash);
});

test('a supplement for a pack or a table that is not there is refused with its file and the remedy', async () => {
  const unknown = await read('pack', supplement({ pack: 'zz' }), rows);
  const [stray] = unknown.refused[0]?.problems ?? [];
  assert.equal(unknown.refused[0]?.id, 'zz');
  assert.match(
    `${stray?.file} ${stray?.message} ${stray?.remedy}`,
    /tt-list\/supplement\.json no pack zz is known take/,
  );
  assert.ok(unknown.sources.has('tt'));
  // One that names its pack and cannot be read takes the pack away: without its rows it would be other law.
  const astray = await read('name', supplement({ name: '../up' }), rows);
  assert.equal(astray.refused[0]?.id, 'tt');
  assert.ok(!astray.sources.has('tt'));
  const [problem] = compileLayers([await good('table', supplement({ table: 'duties' }), rows)]).problems;
  assert.deepEqual([problem?.file, problem?.pointer], ['tt/supplements/list.json', '/table']);
  assert.match(problem?.message ?? '', /declares no table duties/);
});

test('a folder of supplements alone may be named beside the packs', async () => {
  await read('alone', supplement(), rows);
  const { sources } = await readPacks([join(scratch, 'alone', 'packs'), join(scratch, 'alone', 'data')], scratch);
  assert.deepEqual(
    Object.keys(sources.get('tt')?.files ?? {}).filter((path) => path.startsWith('supplements/')),
    ['supplements/list.json', 'supplements/list.csv'],
  );
});

test('a wrong row of a supplement is named by its own file and line', async () => {
  const source = await good('row', supplement(), rows.replace('4%', '4 of ten'));
  const [problem] = compileLayers([source]).problems;
  assert.deepEqual([problem?.file, problem?.pointer], ['tt/supplements/list.csv', '/line 2/duty']);
});

test('two rows of a code that are law on one day are refused, also where one was imported', async () => {
  const twice = `${rows}0101,5%,2024-01-01,,list,\n`;
  const [problem] = compileLayers([await good('twice', supplement(), twice)]).problems;
  assert.deepEqual([problem?.file, problem?.line], ['tt/supplements/list.csv', 3]);
  assert.match(problem?.message ?? '', /two rows of 0101 overlap/);
});

test('a supplement may not take the name of a source of the pack', async () => {
  const source = await good('source', supplement({ name: 'law' }), rows);
  assert.match(compileLayers([source]).problems[0]?.message ?? '', /a source of the pack is called law/);
});

const checked = (codes: string): ReturnType<typeof tinyPack> =>
  tinyPack({
    ...pack,
    'tables/nomenclature.csv': `${pack['tables/nomenclature.csv']}${codes}`,
    'tables/correlation.csv': `${pack['tables/correlation.csv']}HS2017.852351,852351,2022-01-01,,law,\nHS2017.850440,850440 850441,2022-01-01,,law,\nHS2017.847989,852411,2022-01-01,,law,\n`,
    'checks.json': [
      {
        id: 'code',
        from: '2020-01-01',
        source: law,
        kind: 'nomenclature',
        table: 'nomenclature',
        correlation: 'correlation',
      },
    ],
  });

test('a code is known in its edition, and one of an older edition is told what it became', () => {
  const codes = ['852351', '850440', '850441', '852411', '620193']
    .map((code) => `${code},Goods,HS2022,2022-01-01,,law,\n`)
    .join('');
  const asked = (commodity: string, edition?: string, known = codes): string => {
    const consignment = parcel([{ price: euros('1.00'), commodity, ...(edition === undefined ? {} : { edition }) }]);
    const { checks } = assess(checked(known), { consignment, on: dayOf('2026-01-01'), event: 'entry', accounts: {} });
    const found = checks.find((one) => one.id === 'code');
    const successors = found?.params['successors'];
    return `${found?.reason}${successors === undefined ? '' : ` ${successors}`}`;
  };
  assert.equal(asked('62019300'), 'passed');
  assert.equal(asked('629999'), 'nomenclature');
  assert.equal(asked('620193', 'HS2017'), 'passed');
  assert.equal(asked('847989', 'HS2017'), 'code-superseded 852411');
  assert.equal(asked('8504401000', 'HS2017'), 'code-split 850440, 850441');
  assert.equal(asked('852351', 'HS2017'), 'passed');
  assert.equal(asked('850440', 'HS2022'), 'passed');
  assert.equal(asked('850440', 'HS2022', ''), 'nomenclature-empty');
});

test('a correlation that is no table of successors is refused', () => {
  const checks = [
    { id: 'code', from: '2020-01-01', source: law, kind: 'nomenclature', table: 'nomenclature', correlation: 'tariff' },
  ];
  assert.match(tinyProblems({ ...pack, 'checks.json': checks })[0]?.message ?? '', /a text column successors/);
});

test('a correlation is read pair by pair, and of a nomenclature only the finest codes stay', () => {
  const source = tinySource(pack);
  const correlation = new CorrelationImport(tableForm(source, 'correlation')!);
  const pairs = [
    ['HS2017', '8504.40', '8504.41'],
    ['HS2017', '850440', '850440'],
    ['HS2017', '8504', '850440'],
  ];
  pairs.forEach(([edition = '', code = '', successor = ''], index) =>
    correlation.add({ line: index + 2, cells: { edition, code, successor } }),
  );
  assert.equal(
    correlation.csv(days),
    'code,successors,from,until,source,article\nHS2017.850440,850440 850441,2023-01-01,,list,\n',
  );
  assert.equal(correlation.unparsed[0]?.line, 4);
  const from = { description: 'text', edition: '=HS2022' };
  const table = new TableImport({
    ...tableForm(source, 'nomenclature')!,
    code: 'code',
    indent: null,
    from,
    dialect: {},
    kept: 'finest',
  });
  ['85', '8504', '850440', '8505'].forEach((code, index) =>
    table.add({ line: index + 2, cells: { code, text: 'Goods, all' } }),
  );
  assert.equal(
    table.csv(days),
    'commodity,description,edition,from,until,source,article\n850440,"Goods, all",HS2022,2023-01-01,,list,\n8505,"Goods, all",HS2022,2023-01-01,,list,\n',
  );
});
