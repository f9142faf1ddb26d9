import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { words } from '#portal/text.ts';
import { shippedPack, tinySource } from '../../../test/support/pack.ts';
import { tries } from '../../../test/support/long.ts';
import { differencesBetween } from './diff.ts';
import type { Difference } from './diff-model.ts';
import { differenceSentence, rowSentence } from './diff-words.ts';
import type { PackSource } from './model.ts';
import { voiceOf } from './voice.ts';

const source = { law: 'law' };
const row = (from: string, value: string, more: object = {}) => ({ from, value, source, ...more });
const limit = (...values: object[]) => ({ 'values.json': { limit: { unit: 'EUR', values } } });
const between = (before: object, after: object): Difference[] =>
  differencesBetween(tinySource({ ...before }), tinySource({ ...after }));
const days = (all: readonly Difference[]) => all.map(({ from, until, was, becomes }) => [from, until, was, becomes]);

test('a value differs from the day of its new row on, and until the next one where both agree again', () => {
  const old = [row('2020-01-01', '100.00'), row('2028-01-01', '90.00')];
  const added = between(limit(...old), limit(...old, row('2027-01-01', '120.00')));
  assert.deepEqual(days(added), [['2027-01-01', '2028-01-01', '100.00', '120.00']]);
  const last = between(limit(row('2020-01-01', '1.00')), limit(row('2020-01-01', '1.00'), row('2027-01-01', '2.00')));
  assert.deepEqual(days(last), [['2027-01-01', null, '1.00', '2.00']]);
  assert.deepEqual(between(limit(...old), limit(...old.toReversed())), []);
});

test('a row that ends leaves days without a value; the first row of a value has none before', () => {
  const ended = between(limit(row('2020-01-01', '1.00')), limit(row('2020-01-01', '1.00', { until: '2026-01-01' })));
  assert.deepEqual([ended[0]?.kind, days(ended)], ['removed', [['2026-01-01', null, '1.00', null]]]);
  const begun = between({}, limit(row('2020-01-01', '1.00')));
  assert.deepEqual([begun[0]?.kind, days(begun)], ['added', [['2020-01-01', null, null, '1.00']]]);
});

test('what is announced is told apart from what is law, also when it becomes law', () => {
  const [before, bill] = [row('2020-01-01', '1.00'), row('2027-01-01', '2.00', { status: 'announced' })];
  const announced = between(limit(before), limit(before, bill));
  assert.deepEqual([announced[0]?.announced, announced[0]?.becomes, announced.length], [true, '2.00', 1]);
  const made = between(limit(before, bill), limit(before, row('2027-01-01', '2.00')));
  assert.deepEqual(
    made.map(({ kind, announced: only }) => [kind, only ?? false]),
    [
      ['changed', false],
      ['removed', true],
    ],
  );
});

test('a figure on another source is a difference, though the figure is the same', () => {
  const moved = { law: 'law', article: 'art. 9' };
  const found = between(limit(row('2020-01-01', '1.00')), limit(row('2020-01-01', '1.00', { source: moved })));
  assert.deepEqual([found[0]?.members, found[0]?.source], [['source'], 'Law, art. 9']);
});

const csv = (...rows: string[]) => ({
  'tables.json': { goods: { file: 'goods.csv', key: 'commodity', match: 'exact', columns: { duty: 'rate' } } },
  'tables/goods.csv': ['commodity,duty,from,until,source,article', ...rows].join('\n'),
});

test('rows of a table are counted whole and listed as far as they are few', () => {
  const many = Array.from({ length: 300 }, (_, index) => `${1000 + index},0.1,2020-01-01,,law,`);
  const [found] = between(
    csv(...many, '9999,0.1,2020-01-01,,law,'),
    csv(...many.map((one) => one.replace('0.1', '0.2'))),
  );
  assert.deepEqual(found?.counts, { added: 0, removed: 1, changed: 300 });
  assert.equal(found?.rows?.length, 200);
  assert.deepEqual(found?.rows?.[0]?.was?.['duty'], '0.1');
});

test('rules are compared by id and first day, zones by their own values, and the head member by member', () => {
  const route = { id: 'only', from: '2000-01-01', source, movement: 'import', conditions: [] };
  const zone = (value: string) => ({
    id: 'port',
    name: { en: 'Port' },
    from: '2020-01-01',
    source,
    values: { limit: { unit: 'EUR', values: [row('2020-01-01', value)] } },
  });
  const base = limit(row('2020-01-01', '1.00'));
  const found = between(
    { ...base, 'routes.json': [route], 'zones/port.json': zone('5.00') },
    {
      ...base,
      'routes.json': [
        { ...route, movement: 'export' },
        { ...route, id: 'other' },
      ],
      'zones/port.json': zone('6.00'),
      'pack.json': { allocation: 'weight', version: '1.1.0' },
    },
  );
  assert.deepEqual(
    found.map(({ topic, kind, id, members }) => [topic, kind, id, members ?? []]),
    [
      ['routes', 'changed', 'only', ['movement']],
      ['routes', 'added', 'other', []],
      ['values', 'changed', 'limit', []],
      ['pack', 'changed', 'allocation', ['allocation']],
    ],
  );
  assert.equal(found[2]?.zone, 'port');
});

test('the sentence says what it is, from which day, and what it was, in the words of the pack and in each language', async () => {
  const pack = await shippedPack(['xp']);
  const change: Difference = {
    topic: 'values',
    kind: 'changed',
    id: 'low-value-limit',
    unit: 'XPN',
    from: '2027-01-01',
    until: null,
    was: '150.00',
    becomes: '120.00',
  };
  const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll(/[\u2066-\u2069]/g, '');
  const english = voiceOf(words('en'), pack);
  assert.equal(
    plain(differenceSentence(english, change)),
    'Limit for the low-value route is XPN 120.00 from 1 January 2027 instead of XPN 150.00.',
  );
  const arabic = plain(differenceSentence(voiceOf(words('ar'), pack), change));
  assert.match(arabic, /120[.٫]00/);
  assert.match(arabic, /بدلًا من/);
  const cells = { kind: 'changed', key: '950300', from: '2025-01-01' } as const;
  assert.match(
    plain(rowSentence(english, { ...cells, was: { duty: '0.04', tax: 'a' }, becomes: { duty: '0', tax: 'a' } })),
    /^From 1 January 2025: .* 0; before: .* 0\.04$/,
  );
});

const figures = fc.uniqueArray(
  fc.record({ year: fc.integer({ min: 2000, max: 2030 }), cents: fc.integer({ min: 0, max: 3 }) }),
  { selector: ({ year }) => year, maxLength: 5 },
);

test('the stretches say exactly on which days the two versions differ', () => {
  const files = (of: { year: number; cents: number }[]): PackSource =>
    tinySource(limit(...of.map(({ year, cents }) => row(`${year}-01-01`, `1.0${cents}`))));
  const on = (of: { year: number; cents: number }[], year: number): string | null => {
    const last = of.filter((one) => one.year <= year).sort((a, b) => b.year - a.year)[0];
    return last === undefined ? null : `1.0${last.cents}`;
  };
  fc.assert(
    fc.property(figures, figures, (before, after) => {
      const found = differencesBetween(files(before), files(after)).filter(({ members }) => members === undefined);
      for (let year = 1999; year <= 2031; year += 1) {
        const day = `${year}-06-15`;
        const told = found.filter(({ from = '', until }) => from <= day && (until === null || day < until!));
        const [was, becomes] = [on(before, year), on(after, year)];
        assert.equal(told.length, was === becomes ? 0 : 1);
        if (told[0]) assert.deepEqual([told[0].was, told[0].becomes], [was, becomes]);
      }
    }),
    { numRuns: tries(200) },
  );
});
