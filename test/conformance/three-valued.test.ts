import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf } from '#kernel/effective.ts';
import { assess } from '#modules/rulebook/engine.ts';
import { euros, parcel, tinyPack, tinyProblems } from '../support/pack.ts';

/**
 * The three-valued table: a fact is a value, known absent (null) or missing. `yes` and `no` are written as conditions
 * over a known fact, `missing` over one that was left out (`office`).
 */
const yes = 'nature == "sale"';
const no = 'nature == "gift"';
const missing = 'office == "A"';

type Answer = true | false | 'unknown';

const route = (condition: unknown): unknown[] => [
  {
    id: 'only',
    from: '2000-01-01',
    source: { law: 'law' },
    movement: 'import',
    conditions: [{ id: 'asked', if: condition, reason: 'refused' }],
  },
];

function answer(
  condition: unknown,
  declaration: Parameters<typeof parcel>[1] = {},
): { result: Answer; missing: string[] } {
  const pack = tinyPack({ 'routes.json': route(condition) });
  const consignment = parcel([{ price: euros('10.00') }], declaration);
  const determination = assess(pack, { consignment, on: dayOf('2026-01-01'), event: 'entry', accounts: {} });
  const check = determination.checks.find((one) => one.id === 'route');
  const result: Answer = check?.result === 'unknown' ? 'unknown' : check?.result === 'passed';
  return { result, missing: determination.missing };
}

const table: readonly (readonly [left: string, right: string, and: Answer, or: Answer])[] = [
  [yes, yes, true, true],
  [yes, no, false, true],
  [yes, missing, 'unknown', true],
  [no, yes, false, true],
  [no, no, false, false],
  [no, missing, false, 'unknown'],
  [missing, yes, 'unknown', true],
  [missing, no, false, 'unknown'],
  [missing, missing, 'unknown', 'unknown'],
];

for (const [left, right, and, or] of table) {
  test(`(${left}) && (${right}) is ${and}, || is ${or}, in CEL and in structured conditions`, () => {
    assert.equal(answer(`(${left}) && (${right})`).result, and);
    assert.equal(answer(`(${left}) || (${right})`).result, or);
    assert.equal(answer({ all: [left, right] }).result, and);
    assert.equal(answer({ any: [left, right] }).result, or);
  });
}

test('a missing fact that decides is named, one that does not is forgotten', () => {
  assert.deepEqual(answer(missing).missing, ['declaration.office']);
  assert.deepEqual(answer(`(${missing}) && (${yes})`).missing, ['declaration.office']);
  assert.deepEqual(answer(`(${missing}) || (${yes})`).missing, []);
});

test('the negation of unknown is unknown', () => {
  assert.equal(answer(`!(${missing})`).result, 'unknown');
  assert.equal(answer({ not: missing }).result, 'unknown');
  assert.equal(answer(`!(${no})`).result, true);
});

test('a choice on an unknown condition is known only where both branches agree', () => {
  assert.equal(answer(`(${missing}) ? (${yes}) : (${yes})`).result, true);
  assert.equal(answer(`(${missing}) ? (${yes}) : (${no})`).result, 'unknown');
  assert.equal(answer(`(${yes}) ? (${no}) : (${missing})`).result, false);
});

test('null is known absence: it equals null, differs from every text and starts with nothing', () => {
  assert.equal(answer('scheme == null', { scheme: null }).result, true);
  assert.equal(answer('scheme == "IOSS"', { scheme: null }).result, false);
  assert.equal(answer('scheme != "IOSS"', { scheme: null }).result, true);
  assert.equal(answer('scheme.startsWith("I")', { scheme: null }).result, false);
  assert.equal(answer('scheme in ["IOSS"]', { scheme: null }).result, false);
  assert.equal(answer('scheme == null').result, 'unknown');
});

test('a comparison of figures with a missing one is unknown, and true beside it decides', () => {
  const over = { 'at-most': [{ fact: 'freight' }, { fact: 'goodsPrice' }] };
  assert.deepEqual(answer(over), { result: 'unknown', missing: ['declaration.freight'] });
  assert.equal(answer({ any: [over, yes] }).result, true);
  assert.equal(answer({ all: [over, no] }).result, false);
  assert.equal(answer(over, { freight: euros('10.00') }).result, true);
  assert.equal(answer(over, { freight: euros('10.01') }).result, false);
});

test('over lines: one line that satisfies any-line decides it although another lacks the fact', () => {
  const pack = (condition: unknown): ReturnType<typeof tinyPack> => tinyPack({ 'routes.json': route(condition) });
  const two = parcel([{ price: euros('1.00'), commodity: '2402' }, { price: euros('1.00') }]);
  const run = (condition: unknown): string | undefined =>
    assess(pack(condition), { consignment: two, on: dayOf('2026-01-01'), event: 'entry', accounts: {} }).checks.find(
      (one) => one.id === 'route',
    )?.result;
  assert.equal(run({ 'any-line': 'commodity.startsWith("24")' }), 'passed');
  assert.equal(run({ 'any-line': 'commodity.startsWith("93")' }), 'unknown');
  assert.equal(run({ 'every-line': 'commodity.startsWith("93")' }), 'failed');
  assert.equal(run({ 'every-line': 'commodity.startsWith("24")' }), 'unknown');
});

const refusals: readonly (readonly [string, RegExp])[] = [
  ['goodsPrice > 100', /money, which CEL would count inexactly/],
  ['transportWeight < 2', /kg, which CEL would count inexactly/],
  ['lines * 2 > 4', /arithmetic is not done in CEL/],
  ['lines > 1.5', /only texts, whole numbers/],
  ['nature', /a condition is true or false/],
  ['commodity == "1"', /a fact of a line/],
  ['natur == "sale"', /no fact is called natur/],
  ['nature == 1', /text is never equal to count/],
  ['nature.matches("s.*")', /is not used in conditions/],
  ['nature ==', /not a CEL expression/],
  ['documents == "A"', /sets are asked with in and size/],
  ['[1, 2].exists(x, x > 1)', /is not used in conditions|literal texts only/],
];

for (const [text, message] of refusals) {
  test(`pack check refuses ${text}`, () => {
    const [problem] = tinyProblems({ 'routes.json': route(text) });
    assert.match(problem?.message ?? '', message);
    assert.equal(problem?.file, 'tt/routes.json');
    assert.equal(problem?.pointer, '/0/conditions/0/if');
  });
}
