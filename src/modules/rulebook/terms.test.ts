import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Day, dayOf } from '#kernel/effective.ts';
import { euros, parcel, tinyPack, tinyProblems } from '../../../test/support/pack.ts';
import { assess } from './engine.ts';
import type { AssessInput, Determination } from './model.ts';
import type { Pack } from './pack.ts';

const law = { law: 'law' };
const on = dayOf('2026-11-23');
const days = (all: Record<string, string>): Record<string, Day> =>
  Object.fromEntries(Object.entries(all).map(([clock, day]) => [clock, dayOf(day)]));

const limits = {
  'return-days': { unit: 'days', values: [{ from: '2020-01-01', value: '30', source: law }] },
  'return-months': { unit: 'months', values: [{ from: '2020-01-01', until: '2030-01-01', value: '6', source: law }] },
};
const clocks = { released: [], applied: [], back: ['legal-day'] };

const within = (from: string, to: string, value: string): Record<string, unknown> => ({
  'pack.json': { clocks },
  'values.json': limits,
  'routes.json': [
    {
      id: 'in-time',
      from: '2000-01-01',
      source: law,
      movement: 'import',
      conditions: [{ id: 'in-time', if: { within: [from, to, value] }, reason: 'too-late' }],
    },
    { id: 'late', from: '2000-01-01', source: law, movement: 'import', conditions: [] },
  ],
});

const inDays = tinyPack(within('released', 'applied', 'return-days'));
const inMonths = tinyPack(within('released', 'back', 'return-months'));

function run(pack: Pack, more: Partial<AssessInput> = {}): Determination {
  const consignment = parcel([{ price: euros('10.00') }]);
  return assess(pack, { consignment, on, event: 'return', accounts: {}, ...more });
}

for (const [released, applied, route] of [
  ['2026-03-01', '2026-03-31', 'in-time'],
  ['2026-03-01', '2026-04-01', 'late'],
  ['2024-02-28', '2024-03-29', 'in-time'],
] as const) {
  test(`thirty days from ${released}: ${applied} is ${route}`, () => {
    assert.equal(run(inDays, { days: days({ released, applied }) }).route, route);
  });
}

for (const [released, back, route] of [
  ['2026-02-10', '2026-08-10', 'in-time'],
  ['2026-02-10', '2026-08-11', 'late'],
  ['2026-08-31', '2027-02-28', 'in-time'],
  ['2026-08-31', '2027-03-01', 'late'],
  ['2026-12-31', '2026-01-01', 'in-time'],
  ['9999-12-31', '9999-12-31', 'in-time'],
] as const) {
  test(`six months from ${released}: ${back} is ${route}`, () => {
    const determination = run(inMonths, { days: days({ released, back }) });
    if (released.startsWith('9')) assert.deepEqual(determination.missing, ['return-months']);
    else assert.equal(determination.route, route);
  });
}

test('a clock that may fall back to the legal day takes it, one that may not is a missing fact', () => {
  assert.equal(run(inMonths, { days: days({ released: '2026-06-23' }) }).route, 'in-time');
  assert.deepEqual(run(inDays, { days: days({ released: '2026-03-01' }) }).missing, ['days.applied']);
  assert.deepEqual(run(inDays).missing, ['days.applied', 'days.released']);
});

test('the time is that of the day on which it begins: before its law and after it nothing can be decided', () => {
  assert.deepEqual(run(inMonths, { days: days({ released: '2019-12-31' }) }).missing, ['return-months']);
  assert.equal(run(inMonths, { days: days({ released: '2029-12-31', back: '2030-06-30' }) }).route, 'in-time');
});

test('within is refused where a clock is unknown or the value is no time', () => {
  const messages = (files: Record<string, unknown>): string[] => tinyProblems(files).map((one) => one.message);
  const refusal = 'within names two clocks of pack.json and a value in days or months';
  assert.deepEqual(messages(within('released', 'sent', 'return-days')), [refusal]);
  assert.deepEqual(messages(within('released', 'applied', 'nothing')), [refusal]);
});

test('a charge under a clock of which nobody said the day cannot be worked out', () => {
  const charge = {
    id: 'tax',
    from: '2000-01-01',
    source: law,
    clock: 'released',
    base: { fact: 'price' },
    rate: { number: '1' },
    liable: 'importer',
    collect: 'border',
    due: 'release',
    secured: true,
  };
  const pack = tinyPack({ 'pack.json': { clocks }, 'charges.json': [charge] });
  const without = run(pack);
  assert.deepEqual([without.decided, without.missing, without.charges], [false, ['days.released'], []]);
  assert.equal(run(pack, { days: days({ released: '2026-01-01' }) }).totals?.border.amount, '10.00');
});

test('an amount may be rounded before anything is worked out from it, and nothing but money', () => {
  const rates = 'currency,rate,from,until,source,article\nUSD,7.1234,2000-01-01,,law,\n';
  const charge = {
    id: 'tax',
    from: '2000-01-01',
    source: law,
    base: { rounded: { fact: 'price' } },
    rate: { value: 'ten' },
    liable: 'importer',
    collect: 'border',
    due: 'release',
    secured: true,
  };
  const files = {
    'values.json': { ten: { unit: 'count', values: [{ from: '2000-01-01', value: '10', source: law }] } },
    'tables.json': { rates: { file: 'rates.csv', key: 'currency', match: 'exact', columns: { rate: 'rate' } } },
    'tables/rates.csv': rates,
    'exchange.json': { table: 'rates', quoted: 'home', source: law },
  };
  const dollars = parcel([{ price: { currency: 'USD', amount: '33.33' } }]);
  const of = (changed: Record<string, unknown>): string | undefined =>
    run(tinyPack({ ...files, 'charges.json': [{ ...charge, ...changed }] }), { consignment: dollars }).charges[0]
      ?.amount.amount;
  // 33.33 dollars are 237.422922: ten times that is 2,374.23, ten times the rounded amount 2,374.20.
  assert.deepEqual([of({ base: { fact: 'price' } }), of({})], ['2374.23', '2374.20']);
  const weight = { ...charge, base: { rounded: { fact: 'netWeight' } } };
  assert.match(tinyProblems({ ...files, 'charges.json': [weight] })[0]?.message ?? '', /rounded takes an amount/);
});

test('payer and buyer are held against each other by their order, and a difference says where they stand', () => {
  const match = [{ field: 'payer', from: '2000-01-01', source: law, party: 'payment-provider', leads: 'control' }];
  const pack = tinyPack({ 'slips.json': { match } });
  const slips = (buyer?: string, payer?: string): Determination => {
    const total = euros('10.00');
    const order = { platform: 'P', number: 'O-1', total, ...(buyer === undefined ? {} : { buyer }) };
    const paid = { provider: 'B', reference: 'R', order: 'O-1', method: 'card' as const, amount: total };
    const payment = { ...paid, ...(payer === undefined ? {} : { payer }) };
    const consignment = { ...parcel([{ price: total }]), orders: [order], payments: [payment] };
    return run(pack, { consignment });
  };
  const check = (one: Determination) => one.checks.find(({ id }) => id === 'match.payer');
  assert.equal(check(slips('A. Buyer', 'A. Buyer'))?.result, 'passed');
  assert.equal(check(slips('A. Buyer'))?.result, 'passed');
  assert.equal(check(run(pack))?.result, 'skipped');
  const differs = slips('A. Buyer', 'B. Payer');
  assert.deepEqual(check(differs)?.params, {
    pointer: '/payments/0/payer',
    expected: '/orders/0/buyer',
    found: '/payments/0/payer',
    party: 'payment-provider',
  });
  assert.equal(differs.leads['match.payer'], 'control');
});

test('the units of the statutory and the supplementary quantity are facts of the line', () => {
  const routes = ['statutoryUnit == "MLT"', 'supplementaryUnit == "C62"'].map((unit, index) => ({
    id: `route-${index}`,
    from: '2000-01-01',
    source: law,
    movement: 'import',
    applies: { 'any-line': unit },
    conditions: [],
  }));
  const pack = tinyPack({ 'routes.json': routes });
  const line = { price: euros('1.00'), statutoryUnit: 'KGM', supplementaryUnit: 'C62' };
  assert.equal(run(pack, { consignment: parcel([line]) }).route, 'route-1');
});
