import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyProblems } from '../../../test/support/pack.ts';
import { checkPack } from './check-pack.ts';

const law = { law: 'law' };
const value = (unit: string, ...texts: string[]): object => ({
  unit,
  values: texts.map((text, index) => ({ from: `200${index}-01-01`, value: text, source: law })),
});
const values = {
  limit: value('EUR', '150.00'),
  fee: value('EUR/unit', '2.00'),
  'excise.*': value('rate'),
  'switch.open': value('text', 'yes'),
  'switch.basis': value('text', 'goods'),
};
const tables = {
  'tables.json': { goods: { file: 'goods.csv', key: 'commodity', match: 'prefix', columns: { class: 'text' } } },
  'tables/goods.csv': 'commodity,class,from,until,source,article\n01,food,2000-01-01,,law,\n',
};
const amounts = { 'goods-value': { amount: { fact: 'goodsPrice' }, source: law } };
const files = { 'values.json': values, 'amounts.json': amounts, ...tables };

const problemsOf = (more: object): string[] =>
  tinyProblems({ ...files, ...more }).map((one) => `${one.message} → ${one.remedy}`);
const applies = (condition: unknown): string[] =>
  problemsOf({
    'routes.json': [
      { id: 'only', from: '2000-01-01', source: law, movement: 'import', applies: condition, conditions: [] },
    ],
  });
const amount = (term: unknown): string[] =>
  problemsOf({ 'amounts.json': { ...amounts, other: { scope: 'line', amount: term, source: law } } });

const conditions: readonly (readonly [name: string, condition: unknown, problem: RegExp])[] = [
  ['a word that a fact never says', 'nature == "present"', /nature never says "present" → it says one of sale, gift/],
  ['the same in a list', 'movement in ["import", "imports"]', /movement never says "imports"/],
  ['a method that a payment never has', '"cash" in paymentMethods', /paymentMethods never says "cash" → .*cash-on/],
  ['a text without quote marks', 'nature == gift', /no fact is called gift → put a text between quote marks: "gift"/],
  ['a fact that is misspelt', 'natur == "gift"', /no fact is called natur → did you mean nature\?/],
  ['an amount in CEL', 'goods-value <= 150', /goods-value is no fact.* → .*"at-most": \[\{"amount": "goods-value"\}/],
  ['money in CEL', 'goodsPrice <= 150', /goodsPrice is money.* → .*"at-most": \[\{"fact": "goodsPrice"\}/],
  ['a fact of a line', 'commodity == "01"', /a fact of a line.* → write \{"any-line": …\}/],
  [
    'money against money per piece',
    { 'at-most': [{ value: 'fee' }, { value: 'limit' }] },
    /measure the same thing → money per units of quantity stands against money/,
  ],
  ['a condition that is misspelt', { 'at-mots': [] }, /no condition is called at-mots → did you mean at-most\?/],
  [
    'an answer that a question never has',
    { switch: ['switch.open', 'ja'] },
    /switch\.open is never "ja" → ask for yes/,
  ],
  [
    'a text of a table that is misspelt',
    { 'any-line': { cell: ['goods.class', 'foods'] } },
    /no row of goods says "foods" in class → did you mean food\?/,
  ],
];
for (const [name, condition, problem] of conditions) {
  test(`pack check says of ${name} what to write`, () => {
    const found = applies(condition);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', problem);
  });
}

test('an answer and a class that no row gives yet may be asked for', () => {
  assert.deepEqual(applies({ switch: ['switch.open', 'no'] }), []);
  assert.deepEqual(applies({ switch: ['switch.basis', 'with-freight'] }), []);
  assert.deepEqual(applies({ 'any-line': { cell: ['goods.class', 'medicine'] } }), []);
});

const terms: readonly (readonly [name: string, term: unknown, problem: RegExp])[] = [
  ['a value that is misspelt', { value: 'limti' }, /no value is called limti → did you mean limit\?/],
  ['a figure', { number: '150' }, /every other figure is a value → put the figure into values\.json/],
  ['a family without its member', { value: 'excise.*' }, /family of values → say by "of"/],
  [
    'a word that belongs to another term',
    { if: 'nature == "gift"', otherwise: { number: '0' } },
    /if takes no otherwise → say else or then/,
  ],
  ['a term that is misspelt', { pluss: [] }, /no exact term is called pluss → did you mean plus\?/],
  ['an amount that comes later', { amount: 'later' }, /no amount defined before .* → define it further up/],
];
for (const [name, term, problem] of terms) {
  test(`pack check says of ${name} in a term what to write`, () => {
    const found = amount(term);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', problem);
  });
}

test('a percentage in the place of a rate is refused, a rate above a hundred per cent is not', () => {
  const rate = (text: string): string[] => problemsOf({ 'values.json': { ...values, tax: value('rate', text) } });
  assert.match(rate('25')[0] ?? '', /a rate of 25 is 25 times the base → write a share, such as 0\.25/);
  assert.match(rate('0,25')[0] ?? '', /no plain decimal → write a point for the decimal comma.*: 0\.25/);
  assert.deepEqual(rate('7.78'), []);
});

const tablesSaid: readonly (readonly [name: string, text: string, problem: RegExp])[] = [
  ['semicolons', 'commodity;class;from\n01;food;2000-01-01\n', /not divided by commas → divide them by commas/],
  [
    'a decimal comma',
    'commodity,class,from,until,source,article\n01,0,25,2000-01-01,,law,\n',
    /the row has 7 cells, the first row has 6 → write figures with a point/,
  ],
  [
    'a cell too few',
    'commodity,class,from,until,source,article\n01,food,2000-01-01,law,\n',
    /the row has 5 cells, the first row has 6 → give each column a cell/,
  ],
];
for (const [name, text, problem] of tablesSaid) {
  test(`pack check says of a table with ${name} what to write`, () => {
    const found = problemsOf({ 'tables/goods.csv': text });
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', problem);
  });
}

test('a rate of exchange may be more than ten', () => {
  const exchange = {
    'tables.json': { rates: { file: 'rates.csv', key: 'currency', match: 'exact', columns: { rate: 'rate' } } },
    'tables/rates.csv': 'currency,rate,from,until,source,article\nJPY,160.1,2000-01-01,,law,\n',
  };
  assert.match(problemsOf(exchange)[0] ?? '', /a rate of 160\.1 is/);
  const rule = { table: 'rates', quoted: 'foreign', source: law };
  assert.deepEqual(problemsOf({ ...exchange, 'exchange.json': rule }), []);
});

test('a folder that is not there, or is no pack, is said to be so', async () => {
  assert.equal((await checkPack('/no/such/folder')).problems[0]?.message, 'there is no such folder');
  assert.equal((await checkPack(import.meta.dirname)).problems[0]?.message, 'the folder has no pack.json');
});
