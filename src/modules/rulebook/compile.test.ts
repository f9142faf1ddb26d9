import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceOf } from './folder.ts';
import { must } from '#kernel/result.ts';
import { shippedPack, tinyPack, tinyProblems, tinySource } from '../../../test/support/pack.ts';
import { compile, compileLayers } from './compile.ts';

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
  ['a stray file', { 'tariffs.json': [] }, 'tt/tariffs.json', '', /no topic has this name/],
  ['JSON that is none', { 'charges.json': '[' }, 'tt/charges.json', '', /not JSON/],
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
    'a table without one of its columns',
    {
      'tables.json': { goods: { file: 'goods.csv', key: 'commodity', match: 'prefix', columns: { duty: 'rate' } } },
      'tables/goods.csv': 'commodity,from,until,source,article\n01,2000-01-01,,law,\n',
    },
    'tt/tables/goods.csv',
    '',
    /columns are missing: duty/,
  ],
];

for (const [name, files, file, pointer, message] of faults) {
  test(`pack check names file and pointer of ${name}`, () => {
    const found = tinyProblems(files).find((one) => one.file === file && one.pointer === pointer);
    assert.match(found?.message ?? JSON.stringify(tinyProblems(files)), message);
  });
}

test('one run lists every problem of every file', () => {
  const files = {
    'charges.json': [charge({ amount: { value: 'a' } }), charge({ amount: { value: 'b' } })],
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
