import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceOf } from './folder.ts';
import { must } from '#kernel/result.ts';
import { shippedPack, tinyPack, tinyProblems, tinySource } from '../../../test/support/pack.ts';
import { compile, compileLayers } from './compile.ts';
import type { Problem } from './model.ts';
import { lineOf } from './problems.ts';

const law = { law: 'law' };
const value = (unit: string, text: string, more: object = {}): object => ({
  unit,
  values: [{ from: '2000-01-01', value: text, source: law, ...more }],
});
const charge = (more: object): object => ({
  id: 'tax',
  from: '2000-01-01',
  source: law,
  liable: 'importer',
  collect: 'border',
  due: 'release',
  secured: true,
  ...more,
});

const faults: readonly (readonly [
  name: string,
  files: Record<string, unknown>,
  file: string,
  pointer: string,
  message: RegExp,
])[] = [
  [
    'a name that is not there',
    { 'charges.json': [charge({ amount: { value: 'fee' } })] },
    'tt/charges.json',
    '/0/amount',
    /no value is called fee/,
  ],
  [
    'money added to a weight',
    { 'charges.json': [charge({ amount: { plus: [{ fact: 'price' }, { fact: 'netWeight' }] } })] },
    'tt/charges.json',
    '/0/amount',
    /measure different things/,
  ],
  [
    'a rate where money is owed',
    { 'charges.json': [charge({ amount: { value: 'r' } })], 'values.json': { r: value('rate', '0.1') } },
    'tt/charges.json',
    '/0/amount',
    /an amount of money/,
  ],
  [
    'a figure written in a rule',
    { 'charges.json': [charge({ amount: { times: [{ fact: 'price' }, { number: '0.19' }] } })] },
    'tt/charges.json',
    '/0/amount/1',
    /every other figure is a value/,
  ],
  [
    'a fact of a line in a charge on the parcel',
    { 'charges.json': [charge({ scope: 'head', amount: { fact: 'price' } })] },
    'tt/charges.json',
    '/0/amount',
    /a fact of a line/,
  ],
  [
    'a charge used before it is raised',
    { 'charges.json': [charge({ amount: { charge: 'duty' } })] },
    'tt/charges.json',
    '/0/amount',
    /no charge before this one/,
  ],
  [
    'a day that no calendar has',
    { 'values.json': { fee: value('EUR', '1.00', { from: '2023-02-29' }) } },
    'tt/values.json',
    '/fee/values/0/from',
    /no day 2023-02-29/,
  ],
  [
    'an end before the beginning',
    { 'values.json': { fee: value('EUR', '1.00', { until: '1999-01-01' }) } },
    'tt/values.json',
    '/fee/values/0/until',
    /ends before it begins/,
  ],
  [
    'a source that is not listed',
    { 'values.json': { fee: value('EUR', '1.00', { source: { law: 'nowhere' } }) } },
    'tt/values.json',
    '/fee/values/0/source/law',
    /no source is called nowhere/,
  ],
  [
    'a figure that is no decimal',
    { 'values.json': { fee: value('EUR', '1,00') } },
    'tt/values.json',
    '/fee/values/0/value',
    /no plain decimal/,
  ],
  [
    'a currency nobody knows',
    { 'values.json': { fee: value('QQQ', '1.00') } },
    'tt/values.json',
    '/fee/unit',
    /no known currency/,
  ],
  [
    'a field that is not of the format',
    { 'charges.json': [charge({ amount: { fact: 'price' }, rat: 1 })] },
    'tt/charges.json',
    '/0/rat',
    /./,
  ],
  [
    'a zone in which a desk acts that is not there',
    {
      'zones/quay.json': {
        id: 'quay',
        from: '2000-01-01',
        source: law,
        name: { en: 'Quay' },
        acting: { customs: 'harbour' },
      },
    },
    'tt/zones/quay.json',
    '/acting/customs',
    /no authority is called customs/,
  ],
  ['a stray file', { 'tariffs.json': [] }, 'tt/tariffs.json', '', /no topic has this name/],
  ['JSON that is none', { 'charges.json': '[' }, 'tt/charges.json', '/line 1', /not JSON/],
  [
    'a table cell that is no decimal',
    {
      'tables.json': { goods: { file: 'goods.csv', key: 'commodity', match: 'prefix', columns: { duty: 'rate' } } },
      'tables/goods.csv': 'commodity,duty,from,until,source,article\n01,ten,2000-01-01,,law,\n',
    },
    'tt/tables/goods.csv',
    '/line 2/duty',
    /no plain decimal/,
  ],
  [
    'two rows of a value that overlap',
    {
      'values.json': {
        fee: {
          unit: 'EUR',
          values: [
            { from: '2000-01-01', until: '2011-01-01', value: '1.00', source: law },
            { from: '2010-01-01', value: '2.00', source: law },
          ],
        },
      },
    },
    'tt/values.json',
    '/fee/values/0/until',
    /overlap/,
  ],
  [
    'two rows of a table that overlap',
    {
      'tables.json': { goods: { file: 'goods.csv', key: 'commodity', match: 'prefix', columns: { duty: 'rate' } } },
      'tables/goods.csv':
        'commodity,duty,from,until,source,article\n01,0.1,2000-01-01,2011-01-01,law,\n01,0.2,2010-01-01,,law,\n',
    },
    'tt/tables/goods.csv',
    '/line 3',
    /two rows of 01 overlap: the other one is law from 2000-01-01 until 2011-01-01/,
  ],
  [
    'one charge raised twice on the same days',
    {
      'charges.json': [
        charge({ amount: { fact: 'price' } }),
        charge({ from: '2010-01-01', amount: { fact: 'price' } }),
      ],
    },
    'tt/charges.json',
    '/1/from',
    /tax is stated twice for the same days/,
  ],
  [
    'bases that stand on each other',
    {
      'charges.json': [
        charge({ id: 'duty', amount: { plus: [{ fact: 'price' }, { charge: 'tax' }] } }),
        charge({ id: 'tax', amount: { plus: [{ fact: 'price' }, { charge: 'duty' }] } }),
      ],
    },
    'tt/charges.json',
    '/0',
    /it stands on itself: charge duty → charge tax → charge duty/,
  ],
  [
    'an amount that is its own base',
    { 'amounts.json': { worth: { amount: { plus: [{ fact: 'goodsPrice' }, { amount: 'worth' }] }, source: law } } },
    'tt/amounts.json',
    '/worth',
    /stands on itself: amount worth → amount worth/,
  ],
  ['a key that stands twice', { 'values.json': '{"fee":\n1,"fee":2}' }, 'tt/values.json', '/fee', /stands twice/],
  [
    'a rule without its source',
    { 'charges.json': [charge({ amount: { fact: 'price' }, source: undefined })] },
    'tt/charges.json',
    '/0',
    /source/,
  ],
  [
    'a table without one of its columns',
    {
      'tables.json': { goods: { file: 'goods.csv', key: 'commodity', match: 'prefix', columns: { duty: 'rate' } } },
      'tables/goods.csv': 'commodity,from,until,source,article\n01,2000-01-01,,law,\n',
    },
    'tt/tables/goods.csv',
    '/line 1',
    /columns are missing: duty/,
  ],
];

for (const [name, files, file, pointer, message] of faults) {
  test(`pack check names file, line and remedy of ${name}`, () => {
    const found = tinyProblems(files).find((one) => one.file === file && one.pointer === pointer);
    assert.match(found?.message ?? JSON.stringify(tinyProblems(files)), message);
    assert.ok((found?.line ?? 0) >= 1);
    assert.notEqual(found?.remedy ?? '', '');
  });
}

test('one run lists every problem of every file', () => {
  const files = {
    'charges.json': [charge({ amount: { value: 'a' } }), charge({ id: 'fee', amount: { value: 'b' } })],
    'values.json': { fee: value('EUR', 'x') },
  };
  assert.equal(tinyProblems(files).length, 3);
  const refused = compile([tinySource(files)]);
  assert.equal(refused.ok, false);
  assert.equal(refused.ok ? 0 : 1 + (refused.error.more?.length ?? 0), 3);
});

test('a pack with anything unconfirmed in force cannot be reviewed, and one whose unconfirmed row has ended can', () => {
  const head = { status: 'reviewed', reviewed: { by: 'Somebody', on: '2026-01-01' } };
  const sources = {
    law: { title: 'Law', grade: 'fictional', url: null, seen: null },
    heard: { title: 'Heard', grade: 'memory', url: null, seen: null },
  };
  const rows = [
    { from: '2000-01-01', value: '1.00', source: { law: 'heard' } },
    { from: '2010-01-01', value: '2.00', source: law },
  ];
  const files = { 'pack.json': head, 'sources.json': sources };
  assert.deepEqual(tinyProblems({ ...files, 'values.json': { fee: { unit: 'EUR', values: rows } } }), []);
  const [problem] = tinyProblems({ ...files, 'values.json': { fee: { unit: 'EUR', values: rows.slice(0, 1) } } });
  assert.deepEqual([problem?.file, problem?.pointer], ['tt/pack.json', '/status']);
});

test('a leaf that contradicts the law of its parent is refused; what the parent leaves open it may replace', () => {
  const values = { fee: value('EUR', '1.00'), limit: { ...value('EUR', '5.00'), open: true } };
  const parent = tinySource({ 'pack.json': { id: 'pp' }, 'values.json': values });
  const problemsOf = (own: object): readonly Problem[] =>
    compileLayers([parent, tinySource({ 'pack.json': { extends: 'pp' }, 'values.json': own, 'routes.json': '[]' })])
      .problems;
  const [binding] = problemsOf({ fee: value('EUR', '2.00') });
  assert.deepEqual([binding?.file, binding?.pointer, binding?.line], ['tt/values.json', '/fee', 1]);
  assert.match(binding?.message ?? '', /fee contradicts the law of pp/);
  assert.match(binding?.remedy ?? '', /pp\/values.json say "open": true/);
  assert.match(problemsOf({ limit: value('kg', '2.00') })[0]?.message ?? '', /measures something else than in pp/);
  assert.deepEqual(problemsOf({ limit: value('EUR', '2.00'), own: value('EUR', '1.00') }), []);
});

test('the line of a problem is that of the value, or of the nearest one around it', () => {
  const text = '{\n  "a": [\n    1,\n    { "b": {\n      "c": 2 } } ],\n  "d~/": "}\\"",\n  "e": 3\n}';
  const lines = ['', '/a', '/a/0', '/a/1/b', '/a/1/b/c', '/a/1/b/x', '/a/7', '/d~0~1', '/e', '/f'];
  assert.deepEqual(
    lines.map((pointer) => lineOf(text, pointer)),
    [1, 2, 3, 4, 5, 4, 2, 6, 7, 1],
  );
});

test('a name that is not there is answered with the one that was probably meant', () => {
  const files = { 'values.json': { 'low-limit': value('EUR', '1.00') }, 'deadlines.json': [] };
  const [problem] = tinyProblems({
    ...files,
    'deadlines.json': [{ id: 'stay', from: '2000-01-01', source: law, hours: 'low-limt', after: 'held' }],
  });
  assert.match(problem?.remedy ?? '', /did you mean low-limit\?/);
});

test('a leaf replaces a rule in the place of its parent and keeps the others', async () => {
  const parent = await shippedPack(['eu']);
  const leaf = await shippedPack(['eu', 'de']);
  assert.deepEqual(
    leaf.program.amounts.map((one) => one.id),
    parent.program.amounts.map((one) => one.id),
  );
  assert.equal(leaf.program.amounts.find((one) => one.id === 'amount.goods-vat-rate')?.layer, 'de');
  assert.equal(leaf.authorities.find((one) => one.id === 'customs')?.name['en'], 'German Customs');
  assert.equal(leaf.layers.length, 2);
});

test('the hash covers the law and the words, not the examples and papers', () => {
  const files = tinySource({}).files;
  const hash = (more: Record<string, string>): string => must(sourceOf({ ...files, ...more })).hash;
  assert.equal(hash({}), hash({ 'examples/a.json': '{}', 'CHANGELOG.md': 'x' }));
  assert.notEqual(hash({}), hash({ 'values.json': '{}' }));
});

test('a pack on a parent that is not the layer below it is refused', () => {
  const { problems } = compileLayers([tinySource({ 'pack.json': { extends: 'eu' } })]);
  assert.equal(problems[0]?.pointer, '/extends');
});

test('a steering body has members that are authorities of the pack, and no more approvals than members', () => {
  const authority = (id: string) => ({ id, name: { en: id }, kind: 'customs', reference: 'Law, art. 1' });
  const steering = {
    name: { en: 'Conference' },
    members: ['customs', 'tax'],
    source: { law: 'law', article: 'art. 2' },
  };
  const head = { authorities: [authority('customs'), authority('tax')], steering };
  const pack = tinyPack({ 'pack.json': head });
  assert.deepEqual([pack.steering?.approvals, pack.steering?.source], [2, 'Law, art. 2']);
  const wrong = tinyProblems({
    'pack.json': { ...head, steering: { ...steering, members: ['customs', 'sea'], approvals: 3 } },
  });
  assert.deepEqual(
    wrong.map(({ pointer }) => pointer),
    ['/steering/members/1', '/steering/approvals'],
  );
  assert.equal(tinyProblems({ 'pack.json': { ...head, steering: { ...steering, approvals: 1 } } }).length, 1);
  assert.equal(tinyPack({}).steering, null);
});
