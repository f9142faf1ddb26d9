import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyPack, tinyProblems } from '../../../test/support/pack.ts';
import { runExample } from './worked.ts';

const law = { law: 'law' };
const route = { id: 'only', from: '2000-01-01', source: law, movement: 'import', conditions: [] };
const values = (unit: unknown, more: object = {}): object => ({
  'values.json': { fee: { unit, values: [{ from: '2000-01-01', value: '1.00', source: law, ...more }] } },
});
const found = (files: object): string[] =>
  tinyProblems(files as Record<string, unknown>).map((one) => `${one.pointer}: ${one.message} → ${one.remedy}`);

const cases: readonly (readonly [name: string, files: object, problems: readonly RegExp[]])[] = [
  [
    'a field that is misspelt is answered with the one that was meant, and with what is missing by it',
    { 'routes.json': [{ ...route, conditions: undefined, conditons: [] }] },
    [/^\/0: conditions is missing → write "conditions": … here$/, /^\/0\/conditons: .* → did you mean conditions\?$/],
  ],
  [
    'a field that is not of the format is answered with those that are',
    { 'deadlines.json': [{ id: 'stay', from: '2000-01-01', source: law, hours: 'fee', after: 'held', due: 'x' }] },
    [/no field is called due here → take it away; the fields here are id, from, until, source, open, hours, after$/],
  ],
  [
    'a word outside a closed list is answered once, with the words of the list',
    { 'routes.json': [{ ...route, slips: ['payments'] }] },
    [/"payments" is none of the words .* → did you mean payment\? write one of order, payment, transport$/],
  ],
  [
    'a unit per piece is told how it is written',
    values('EUR/item'),
    [/"EUR\/item" is not written as it has to be → write a unit: .* per piece or per kilogram as EUR\/unit/],
  ],
  [
    'a figure is told to stand between quote marks',
    values('EUR', { value: 0.25 }),
    [/0\.25 stands where a text has to → write it between quote marks: "0\.25"$/],
  ],
  [
    'a day is told how it is written',
    values('EUR', { from: '3.11.2026' }),
    [/3\.11\.2026 is no day → write 2026-11-03$/],
  ],
  [
    'a day that may be read in two ways is not guessed',
    values('EUR', { from: '3/11/2026' }),
    [/3\/11\/2026 is no day → write a day as YYYY-MM-DD$/],
  ],
  [
    'an object where a text or null may stand gives one problem',
    { 'pack.json': { country: {} } },
    [/^\/country: \{\} stands where a text, or null has to/],
  ],
  [
    'an id that is none is refused, and not passed over unread',
    { 'values.json': { Fee_1: {} } },
    [/^\/Fee_1: nothing is called Fee_1 here → begin with a small letter/],
  ],
  [
    'what is wrong inside one of several forms is told, and not that none of them fits',
    { 'routes.json': [{ ...route, slips: [{ slip: 'order', unles: 'true' }] }] },
    [/^\/0\/slips\/0: .*unless/, /^\/0\/slips\/0\/unles: .* did you mean unless\?$/],
  ],
  [
    'no name is missed because the file that says it cannot be read',
    {
      'values.json': '{',
      'routes.json': [{ ...route, withinHours: 'time' }],
    },
    [/^\/line 1: not JSON/],
  ],
  [
    'a time zone that no database has is refused',
    { 'pack.json': { timeZone: 'Oslo' } },
    [/^\/timeZone: no time zone is called Oslo → write its name .* such as Europe\/Madrid$/],
  ],
  [
    'a currency that nobody knows is one problem, and one of an invented economy none',
    { 'pack.json': { currency: 'QQZ' }, ...values('QQZ') },
    [/^\/currency: QQZ is no known currency/],
  ],
];

for (const [name, files, wanted] of cases) {
  test(name, () => {
    const problems = found(files);
    assert.equal(problems.length, wanted.length, problems.join('\n'));
    wanted.forEach((one, index) => assert.match(problems[index] ?? '', one));
  });
}

test('a reviewed pack says of each law that was read where and when', () => {
  const head = { status: 'reviewed', reviewed: { by: 'Somebody', on: '2026-01-01' } };
  const sources = (more: object): object => ({
    law: { title: 'Law', grade: 'primary', url: null, seen: null, ...more },
  });
  const place = { url: 'https://law.example/', seen: '2026-01-01' };
  assert.match(
    found({ 'pack.json': head, 'sources.json': sources({}) })[0] ?? '',
    /^\/law\/url: .* nothing says where/,
  );
  const unseen = { ...place, seen: null };
  assert.match(found({ 'pack.json': head, 'sources.json': sources(unseen) })[0] ?? '', /^\/law\/seen: .* says when/);
  assert.deepEqual(found({ 'pack.json': head, 'sources.json': sources(place) }), []);
  assert.deepEqual(found({ 'sources.json': sources({}) }), []);
});

test('a worked example is told in the same words what it may say', () => {
  const example = { name: 'Case', law: 'Law', on: '2026-01-01', expect: { charge: {} } };
  const given = { consignment: { declaration: { movement: 'import', nature: 'present', goods: [] } } };
  const { problems } = runExample(tinyPack({}), 'tt/examples/case.json', JSON.stringify({ ...example, given }));
  const remedies = problems.map(({ pointer, remedy }) => `${pointer} → ${remedy}`);
  assert.ok(
    remedies.some((one) => one === '/expect/charge → did you mean charges?'),
    remedies.join('\n'),
  );
  assert.ok(remedies.some((one) => one.endsWith('/nature → write one of sale, gift, sample, return, personal')));
});
