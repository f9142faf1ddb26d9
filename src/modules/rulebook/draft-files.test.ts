import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from '#kernel/result.ts';
import { tinySource } from '../../../test/support/pack.ts';
import { type DraftFiles, draftProblems, draftSource } from './draft-files.ts';
import type { PackSource } from './model.ts';

const source = { law: 'law' };
const limit = { limit: { unit: 'EUR', values: [{ from: '2020-01-01', value: '1.00', source }] } };
const example = JSON.stringify({
  name: 'A parcel',
  law: 'Law',
  on: '2026-01-01',
  given: {
    consignment: {
      declaration: {
        movement: 'import',
        nature: 'sale',
        goods: [
          {
            line: 1,
            description: { text: 'Cup', language: 'en' },
            quantity: '1',
            unit: 'C62',
            price: { currency: 'EUR', amount: '1.00' },
          },
        ],
      },
    },
  },
  expect: { route: 'only' },
});
const words = { 'value.limit': 'Limit', 'route.only': 'Only way' };
const papers = (version: string) => ({
  'CHANGELOG.md': `## ${version}`,
  'examples/one.json': example,
  'locales/en.json': words,
});
const parent = tinySource({ 'values.json': limit, ...papers('1.0.0') });
const leaf = tinySource({
  'pack.json': { id: 'le', extends: 'tt' },
  'sources.json': { own: { title: 'Own law', grade: 'fictional', url: null, seen: null } },
  'routes.json': [],
  'amounts.json': { capped: { amount: { value: 'limit' }, source: { law: 'own' } } },
  'locales/en.json': words,
});
const sources = new Map([parent, leaf].map((one): [string, PackSource] => [one.id, one]));

const head = (version: string, more: object = {}): string =>
  JSON.stringify({ ...JSON.parse(parent.files['pack.json'] ?? ''), version, ...more });
const told = (result: Result<PackSource>): string[] =>
  result.ok ? [] : (result.error.more ?? []).map(({ pointer = '', params }) => `${pointer} ${params?.['at'] ?? ''}`);
const draft = (files: DraftFiles['files'], whole = false): Result<PackSource> => draftSource(parent, { files, whole });

test('files that differ lie over those in force, null takes one away, and a whole pack stands for itself', () => {
  const over = draft({ 'pack.json': head('1.1.0'), 'values.json': null });
  assert.ok(over.ok);
  assert.deepEqual(Object.keys(over.value.files).sort(), [
    'CHANGELOG.md',
    'examples/one.json',
    'locales/en.json',
    'pack.json',
    'routes.json',
    'sources.json',
  ]);
  const whole = draft({ 'pack.json': head('1.1.0') }, true);
  assert.deepEqual(whole.ok && Object.keys(whole.value.files), ['pack.json']);
});

test('another pack, another parent, a version that is not higher and a stray file are refused at their place', () => {
  assert.deepEqual(told(draft({ 'pack.json': head('1.1.0', { id: 'uu' }) })), ['/files/pack.json /id']);
  assert.deepEqual(told(draft({ 'pack.json': head('1.1.0', { extends: 'eu' }) })), ['/files/pack.json /extends']);
  assert.deepEqual(told(draft({ 'pack.json': head('1.0.0') })), ['/files/pack.json /version']);
  assert.deepEqual(told(draft({ 'pack.json': head('0.9.9') })), ['/files/pack.json /version']);
  assert.deepEqual(told(draft({ 'pack.json': head('1.10') })), ['/files/pack.json /version']);
  assert.deepEqual(told(draft({ 'pack.json': '[' })), ['/files/pack.json ']);
  assert.deepEqual(told(draft({ '../../etc/passwd': 'x', 'tables/a/b.csv': 'x' })), [
    '/files/..~1..~1etc~1passwd ',
    '/files/tables~1a~1b.csv ',
  ]);
});

test('a draft that breaks a pack that stands on it is refused, naming the file of that pack', () => {
  const sound = draft({ 'pack.json': head('1.1.0'), 'CHANGELOG.md': '## 1.1.0' });
  assert.ok(sound.ok);
  assert.deepEqual(draftProblems(sources, sound.value), []);
  const broken = draft({ 'pack.json': head('1.1.0'), 'CHANGELOG.md': '## 1.1.0', 'values.json': '{}' });
  assert.ok(broken.ok);
  const files = draftProblems(sources, broken.value).map(({ file }) => file);
  assert.deepEqual(files, ['le/amounts.json']);
});
