import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { digestOf } from '#kernel/canonical.ts';
import { type Day, dayOf } from '#kernel/effective.ts';
import { euros, parcel, shippedPack, tinyPack, tinyProblems } from '../../../test/support/pack.ts';
import type { Amount } from './consignment.ts';
import { assess, claims, explain, openParcel } from './engine.ts';
import { valuesInForce } from './listing.ts';
import type { AssessInput, Determination, Explained } from './model.ts';
import type { Pack } from './pack.ts';
import { tries } from '../../../test/support/long.ts';

const law = { law: 'law' };
const on = dayOf('2026-11-23');
const xp = await shippedPack(['xp']);
const de = await shippedPack(['eu', 'de']);

function run(pack: Pack, consignment: AssessInput['consignment'], more: Partial<AssessInput> = {}): Explained {
  return explain(pack, { consignment, on, event: 'entry', accounts: {}, ...more });
}

const charged = (determination: Determination): Record<string, string> =>
  Object.fromEntries(determination.charges.map((one) => [one.id, one.amount.amount]));

const person = {
  name: { text: 'A. Consignee', language: 'en' },
  identity: { type: 'NID', number: 'XP000000001' },
  address: { lines: ['1 Quay'], country: 'XP' },
  private: true,
};
const crowns = (amount: string): Amount => ({ currency: 'XPN', amount });
const none = { yearly: crowns('0.00') };

/** A pack with one charge on every line. */
const charging = (charge: Record<string, unknown>, files: Record<string, unknown> = {}): Pack =>
  tinyPack({
    'charges.json': [
      {
        id: 'tax',
        from: '2000-01-01',
        source: law,
        liable: 'importer',
        collect: 'border',
        due: 'release',
        secured: true,
        ...charge,
      },
    ],
    ...files,
  });
const share = { fact: 'freightShare', 'left-out': { number: '0' } };

test('FX-1: an account that matters and is not known is a missing fact', () => {
  const determination = run(xp, parcel([{ price: crowns('10.00'), commodity: '610910' }], { consignee: person }));
  assert.equal(determination.decided, false);
  assert.deepEqual(determination.missing, ['account.yearly']);
});

for (const [name, freight, prices, split] of [
  ['FX-2', '10.00', ['33.33', '33.33', '33.34'], ['3.33', '3.33', '3.34']],
  ['FX-3', '1.00', ['1.00', '1.00', '1.00'], ['0.34', '0.33', '0.33']],
] as const) {
  test(`${name}: freight of ${freight} is split ${split.join(', ')} and adds up`, () => {
    const pack = charging({ amount: share });
    const lines = prices.map((price) => ({ price: euros(price) }));
    const determination = run(pack, parcel(lines, { freight: euros(freight) }));
    const steps = determination.steps.filter((one) => one.rule === 'charge.tax' && one.inputs['line'] !== undefined);
    assert.deepEqual(
      steps.map((one) => one.result),
      split,
    );
    assert.deepEqual(charged(determination), { tax: freight });
  });
}

test('what handling costs after the place of entry is split like freight, and only a rule that names it counts it', () => {
  const pack = charging({ amount: { fact: 'onwardShare', 'left-out': { number: '0' } } });
  const lines = [{ price: euros('1.00') }, { price: euros('3.00') }];
  const handled = run(pack, parcel(lines, { onward: euros('8.00'), freight: euros('5.00') }));
  assert.deepEqual(charged(handled), { tax: '8.00' });
  assert.deepEqual(handled.steps.map((one) => one.result).slice(1, 3), ['2', '6']);
  assert.deepEqual(charged(run(pack, parcel(lines))), { tax: '0.00' });
});

test('FX-4: before its first day a value is missing by its name, and an announced one never applies', () => {
  const values = {
    fee: {
      unit: 'EUR',
      values: [
        { from: '2019-01-01', value: '5.00', source: law },
        { from: '2020-01-01', value: '9.00', status: 'announced', source: law },
      ],
    },
  };
  const pack = charging({ scope: 'head', amount: { value: 'fee' } }, { 'values.json': values });
  const one = parcel([{ price: euros('1.00') }]);
  const before = run(pack, one, { on: dayOf('2018-12-31') });
  assert.deepEqual([before.decided, before.missing, before.charges], [false, ['fee'], []]);
  assert.deepEqual(charged(run(pack, one, { on: dayOf('2019-01-01') })), { tax: '5.00' });
  assert.deepEqual(charged(run(pack, one)), { tax: '5.00' });
});

test('rounding happens once, at the stage and in the mode that the pack names', () => {
  const lines = [{ price: euros('0.05') }, { price: euros('0.05') }];
  const rate = {
    'values.json': { rate: { unit: 'rate', values: [{ from: '2000-01-01', value: '0.1', source: law }] } },
  };
  const tax = { base: { fact: 'price' }, rate: { value: 'rate' } };
  const by = (rounding: object): Record<string, string> =>
    charged(run(charging({ ...tax, rounding }, rate), parcel(lines)));
  assert.deepEqual(by({ mode: 'half-up', stage: 'charge' }), { tax: '0.01' });
  assert.deepEqual(by({ mode: 'half-up', stage: 'line' }), { tax: '0.02' });
  assert.deepEqual(by({ mode: 'down', stage: 'line' }), { tax: '0.00' });
  assert.deepEqual(charged(run(charging({ ...tax, step: '1' }, rate), parcel([{ price: euros('15.00') }]))), {
    tax: '2.00',
  });
});

test('a tax that lies in its own base is exact: CN-D, wine of 300 at 10 % and 13 %', () => {
  const rows = (value: string): object => ({ unit: 'rate', values: [{ from: '2000-01-01', value, source: law }] });
  const values = { 'values.json': { ct: rows('0.10'), vat: rows('0.13'), part: rows('0.70') } };
  const base = { divided: [{ fact: 'price' }, { minus: [{ number: '1' }, { value: 'ct' }] }] };
  const one = {
    from: '2000-01-01',
    source: law,
    liable: 'consignee',
    collect: 'withheld',
    due: 'release',
    secured: true,
    base,
  };
  const pack = tinyPack({
    ...values,
    'charges.json': [
      { ...one, id: 'ct', rate: { times: [{ value: 'ct' }, { value: 'part' }] } },
      { ...one, id: 'vat', rate: { times: [{ value: 'vat' }, { value: 'part' }] } },
    ],
  });
  const determination = run(pack, parcel([{ price: euros('300.00') }]));
  assert.deepEqual(charged(determination), { ct: '23.33', vat: '30.33' });
  assert.equal(determination.totals?.elsewhere.amount, '53.66');
});

test('a charge with its own clock reads its rate and its conversion on that day, and the other charges do not', () => {
  const dated = (first: string, second: string): object => ({
    unit: 'rate',
    values: [
      { from: '2026-01-01', value: first, source: law },
      { from: '2026-07-01', value: second, source: law },
    ],
  });
  const one = { from: '2000-01-01', source: law, liable: 'seller', collect: 'sale', due: 'release', secured: false };
  const pack = tinyPack({
    'pack.json': { clocks: { payment: ['paid', 'ordered', 'legal-day'] } },
    'values.json': { vat: dated('0.10', '0.20') },
    'amounts.json': {
      converted: { scope: 'line', amount: { fact: 'price' }, source: law },
      rate: { scope: 'line', amount: { value: 'vat' }, source: law },
    },
    'tables.json': { rates: { file: 'rates.csv', key: 'currency', match: 'exact', columns: { rate: 'rate' } } },
    'tables/rates.csv':
      'currency,rate,from,until,source,article\nUSD,0.5,2026-01-01,2026-07-01,law,\nUSD,0.8,2026-07-01,,law,\n',
    'exchange.json': { table: 'rates', quoted: 'home', source: law },
    'charges.json': [
      { ...one, id: 'before', base: { amount: 'converted' }, rate: { amount: 'rate' } },
      { ...one, id: 'paid', clock: 'payment', base: { amount: 'converted' }, rate: { amount: 'rate' } },
      { ...one, id: 'after', base: { amount: 'converted' }, rate: { amount: 'rate' } },
    ],
  });
  const dollars = parcel([{ price: { currency: 'USD', amount: '100.00' } }]);
  const given = run(pack, dollars, { on: dayOf('2026-07-01'), days: { payment: dayOf('2026-06-30') } });
  assert.deepEqual(charged(given), { before: '16.00', paid: '5.00', after: '16.00' });
  const payment = { provider: 'P', reference: 'R', order: 'O', method: 'card' as const, amount: euros('1.00') };
  const slip = (paid: string): Record<string, string> =>
    charged(run(pack, { ...dollars, payments: [{ ...payment, paid }] }, { on: dayOf('2026-07-01') }));
  assert.equal(slip('2026-06-30T23:59:59Z')['paid'], '5.00');
  assert.equal(slip('2026-07-01T00:00:00Z')['paid'], '16.00');
  assert.equal(slip('2026-02-30T25:00:00Z')['paid'], '16.00');
});

test('where the exchange rule names a clock, its day picks the rate and nothing else', () => {
  const one = { from: '2000-01-01', source: law, liable: 'seller', collect: 'sale', due: 'release', secured: false };
  const rates =
    'currency,rate,from,until,source,article\nUSD,0.5,2026-01-01,2026-07-01,law,\nUSD,0.8,2026-07-01,,law,\n';
  const values = [
    { from: '2026-01-01', value: '0.10', source: law },
    { from: '2026-07-01', value: '0.20', source: law },
  ];
  const pack = tinyPack({
    'pack.json': { clocks: { export: ['legal-day'] } },
    'values.json': { vat: { unit: 'rate', values } },
    'tables.json': { rates: { file: 'rates.csv', key: 'currency', match: 'exact', columns: { rate: 'rate' } } },
    'tables/rates.csv': rates,
    'exchange.json': { table: 'rates', quoted: 'home', clock: 'export', source: law },
    'charges.json': [{ ...one, id: 'tax', base: { fact: 'price' }, rate: { value: 'vat' } }],
  });
  const dollars = parcel([{ price: { currency: 'USD', amount: '100.00' } }]);
  assert.deepEqual(charged(run(pack, dollars)), { tax: '16.00' });
  assert.deepEqual(charged(run(pack, dollars, { days: { export: dayOf('2026-06-30') } })), { tax: '10.00' });
  const exchange = { table: 'rates', quoted: 'home', clock: 'sale', source: law };
  const messages = tinyProblems({ 'exchange.json': exchange }).map((problem) => problem.message);
  assert.ok(messages.includes('no clock is called sale'));
});

test('claims name account, owner and amount before any route, and nothing without an identity', () => {
  const goods = [{ price: crowns('60.00'), commodity: '610910' }];
  const [claim] = claims(xp, parcel(goods, { consignee: person, freight: crowns('5.00') }), on);
  assert.deepEqual(claim, {
    account: 'yearly',
    kind: 'quota',
    owner: digestOf(['xp', 'NID', 'XP000000001']),
    period: '2026',
    unit: 'XPN',
    amount: 6500n,
    limit: 300000n,
  });
  assert.deepEqual(claims(xp, parcel(goods, { consignee: { ...person, identity: null } }), on), []);
  assert.deepEqual(claims(xp, parcel(goods, { consignee: { ...person, private: false } }), on), []);
});

test('a parcel that is opened once claims and comes to the same as one that is asked twice, however often it is asked', () => {
  const goods = [{ price: crowns('60.00'), commodity: '610910' }];
  for (const declaration of [{ consignee: person }, { consignee: person, movement: 'export' as const }, {}]) {
    const asked = { consignment: parcel(goods, declaration), on, event: 'entry' as const };
    const opened = openParcel(xp, asked);
    assert.deepEqual(opened.claims, claims(xp, asked.consignment, on));
    for (const accounts of [none, { yearly: crowns('2990.00') }, {}])
      assert.deepEqual(opened.assess(accounts), assess(xp, { ...asked, accounts }));
  }
});

test('what a claim rests on without being confirmed is named by the assessment too', () => {
  const pack = tinyPack({
    'pack.json': { status: 'draft' },
    'sources.json': {
      law: { title: 'Law', grade: 'fictional', url: null, seen: null },
      hearsay: { title: 'Hearsay', grade: 'memory', url: null, seen: null },
    },
    'values.json': { limit: { unit: 'EUR', values: [{ from: '2000-01-01', value: '9.00', source: law }] } },
    'amounts.json': { worth: { shown: true, amount: { fact: 'goodsPrice' }, source: { law: 'hearsay' } } },
    'accounts.json': [
      {
        id: 'yearly',
        from: '2000-01-01',
        source: law,
        when: 'movement == "import"',
        amount: { amount: 'worth' },
        limit: 'limit',
        period: 'year',
        owner: 'consignee',
      },
    ],
  });
  const asked = { consignment: parcel([{ price: euros('5.00') }], { consignee: person }), on, event: 'entry' as const };
  const { claims: wanted, assess: assessOpened } = openParcel(pack, asked);
  assert.equal(wanted[0]?.amount, 500n);
  assert.deepEqual(assessOpened({}).unconfirmed, ['amount.worth']);
});

test('a failed check says what it leads to, a passed one nothing', () => {
  const arms = run(xp, parcel([{ price: crowns('10.00'), commodity: '930599' }], { consignee: person }), {
    accounts: none,
  });
  assert.deepEqual(arms.leads, { arms: 'denied' });
  const medicine = run(xp, parcel([{ price: crowns('10.00'), commodity: '300490' }], { consignee: person }), {
    accounts: none,
  });
  assert.deepEqual(medicine.leads, { medicines: 'control' });
});

test('every rule and value that was used names its layer, also where a leaf has replaced its parent', () => {
  const consignee = { ...person, address: { lines: ['1'], country: 'DE' } };
  const { layers } = run(de, parcel([{ price: euros('10.00'), commodity: '610910' }], { scheme: null, consignee }));
  assert.equal(layers['amount.goods-vat-rate'], 'de');
  assert.equal(layers['vat.DE'], 'eu');
  assert.equal(layers['flat-duty'], 'eu');
  assert.equal(layers['route.h7-ordinary'], 'eu');
});

test('a condition that rests on a row of a table names the row, also as not confirmed', () => {
  const pack = charging(
    { when: { cell: ['kinds.kind', 'taxed'] }, base: { fact: 'price' }, rate: { number: '1' } },
    {
      'sources.json': {
        law: { title: 'Law', grade: 'fictional', url: null, seen: null },
        list: { title: 'List', grade: 'memory', url: null, seen: null },
      },
      'tables.json': { kinds: { file: 'kinds.csv', key: 'commodity', match: 'prefix', columns: { kind: 'text' } } },
      'tables/kinds.csv': 'commodity,kind,from,until,source,article\n61,taxed,2000-01-01,,list,\n',
    },
  );
  const found = run(pack, parcel([{ price: euros('1.00'), commodity: '610910' }]));
  assert.deepEqual(found.unconfirmed, ['kinds.61']);
  assert.equal(found.steps.find((one) => one.rule === 'charge.tax')?.inputs['kinds.61'], 'listed');
  assert.deepEqual(run(pack, parcel([{ price: euros('1.00'), commodity: '950300' }])).unconfirmed, []);
});

test('the list of values in force shows the row of the day, its end and what is only announced', () => {
  const rows = valuesInForce(xp, on).filter((one) => one.id === 'low-value-limit');
  assert.deepEqual(
    rows.map((one) => [one.value, one.from, one.until, one.announced, one.zone, one.layer]),
    [
      ['150.00', '2024-01-01', null, false, null, 'xp'],
      ['300.00', '2025-06-01', null, false, 'porto-franco', 'xp/porto-franco'],
      ['200.00', '2026-01-01', null, false, 'vallombra', 'xp/vallombra'],
      ['120.00', '2027-07-01', null, true, null, 'xp'],
    ],
  );
});

const amount = fc.record({
  currency: fc.constantFrom('XPN', 'EUR', 'CHF', 'ZZZ'),
  amount: fc.tuple(fc.nat(9999), fc.nat(99)).map(([whole, part]) => `${whole}.${String(part).padStart(2, '0')}`),
});
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const goods = fc.record(
  {
    price: amount,
    commodity: fc.option(fc.constantFrom('610910', '9305', '220830', '490199', '77', '300490')),
    category: fc.option(fc.constantFrom('toy', 'watch', 'nothing')),
    quantity: fc.constantFrom('0', '1', '2.5'),
    netWeight: fc.constantFrom('0', '0.25'),
  },
  { requiredKeys: ['price'] },
);
const anyParcel = fc
  .record({
    lines: fc.array(goods, { minLength: 1, maxLength: 4 }),
    nature: fc.constantFrom('sale', 'gift', 'return', 'sample'),
    movement: fc.constantFrom('import', 'export', 'transit'),
    scheme: optional(fc.option(fc.constantFrom('COD', 'IOSS', 'REG'))),
    route: optional(fc.constantFrom('low-value', 'ordinary', 'nowhere')),
    zone: optional(fc.constantFrom('porto-franco', 'vallombra', 'nowhere')),
    freight: optional(fc.option(amount)),
    discount: optional(amount),
    consignee: optional(fc.constantFrom(person, { ...person, identity: null }, { ...person, private: false })),
  })
  .map(({ lines, ...rest }) => {
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    const clean = lines.map((one) =>
      Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)),
    );
    return parcel(clean as unknown as Parameters<typeof parcel>[0], given);
  });
const anyDay = fc.constantFrom<Day>(on, dayOf('2019-12-31'), dayOf('2024-01-01'), dayOf('2028-07-01'));

test('the same input gives the same bytes, nothing throws, totals are sums, and what cannot be decided has no amount', async () => {
  const packs = [xp, de, await shippedPack(['xl'])];
  fc.assert(
    fc.property(anyParcel, anyDay, fc.constantFrom(...packs), (consignment, day, pack) => {
      const input: AssessInput = { consignment, on: day, event: 'entry', accounts: none };
      const before = JSON.stringify(consignment);
      const first = assess(pack, input);
      const second = assess(pack, structuredClone(input));
      assert.equal(JSON.stringify(first), JSON.stringify(second));
      assert.equal(digestOf(first), digestOf(second));
      const { layers: _layers, steps: _steps, ...plain } = explain(pack, input);
      assert.equal(JSON.stringify(plain), JSON.stringify(first));
      assert.equal(JSON.stringify(consignment), before);
      assert.ok(first.decided || first.missing.length > 0 || (first.route === null && first.otherRoute === null));
      // What cannot be decided carries no amount: neither a charge that lacks a fact nor a sum without it.
      assert.equal(first.totals === null, !first.decided);
      if (first.totals === null) return;
      const sum = (collect: (one: string) => boolean): bigint =>
        first.charges
          .filter((one) => collect(one.collect))
          .reduce((total, one) => total + BigInt(one.amount.amount.replace('.', '')), 0n);
      assert.equal(
        sum((one) => one === 'border'),
        BigInt(first.totals.border.amount.replace('.', '')),
      );
      assert.equal(
        sum((one) => one !== 'border'),
        BigInt(first.totals.elsewhere.amount.replace('.', '')),
      );
    }),
    { numRuns: tries(300) },
  );
});

test('a base rounded before the rate and an amount rounded after it are two roundings that a law may ask for', () => {
  const values = { rate: { unit: 'rate', values: [{ from: '2000-01-01', value: '0.055', source: law }] } };
  const rounding = { mode: 'half-up', stage: 'line' };
  const rule = { base: { fact: 'price' }, rate: { value: 'rate' }, rounding, step: '1' };
  const taxed = (baseStep: object): Determination['charges'] =>
    run(charging({ ...rule, ...baseStep }, { 'values.json': values }), parcel([{ price: euros('9.20') }])).charges;
  assert.equal(taxed({})[0]?.amount.amount, '1.00', '9.20 x 5.5 % is 0.506');
  const [rounded] = taxed({ baseStep: '1' });
  assert.deepEqual([rounded?.base?.amount, rounded?.amount.amount], ['9.00', '0.00'], '9 x 5.5 % is 0.495');
});

for (const [name, lines, relieved] of [
  ['one piece above the limit is not relieved in part', [['44.00', '1']], '0.00'],
  ['as many whole pieces as fit are relieved', [['60.00', '5']], '36.00'],
  [
    'over all lines the cheapest come first',
    [
      ['30.00', '1'],
      ['20.00', '2'],
    ],
    '20.00',
  ],
  [
    'a piece that costs nothing always fits',
    [
      ['0.00', '1'],
      ['39.00', '1'],
    ],
    '39.00',
  ],
  ['a quantity that is no whole number is one piece', [['50.00', '2.5']], '0.00'],
] as const) {
  test(`whole items within 39.00: ${name}`, () => {
    const limit = { limit: { unit: 'EUR', values: [{ from: '2000-01-01', value: '39.00', source: law }] } };
    const fitting = { 'whole-items': { fact: 'price' }, within: { value: 'limit' } };
    const pack = charging({ amount: fitting }, { 'values.json': limit });
    const determination = run(pack, parcel(lines.map(([price, quantity]) => ({ price: euros(price), quantity }))));
    assert.deepEqual(charged(determination), { tax: relieved });
  });
}

test('a quantity that nobody said is missing where a rule asks for it, and nowhere else', () => {
  const limit = { limit: { unit: 'EUR', values: [{ from: '2000-01-01', value: '39.00', source: law }] } };
  const consignment = parcel([{ price: euros('12.00') }]);
  const [{ quantity: _many, unit: _unit, ...bare } = {}] = consignment.declaration.goods;
  const said = { ...consignment, declaration: { ...consignment.declaration, goods: [bare] } } as typeof consignment;
  const silent = run(charging({ amount: { fact: 'price' } }), said);
  assert.deepEqual([silent.decided, charged(silent)], [true, { tax: '12.00' }]);
  const values = { ...limit, each: { unit: 'EUR/unit', values: [{ from: '2000-01-01', value: '2.00', source: law }] } };
  for (const amount of [
    { times: [{ value: 'each' }, { fact: 'quantity' }] },
    { 'whole-items': { fact: 'price' }, within: { value: 'limit' } },
  ]) {
    const asked = run(charging({ amount }, { 'values.json': values }), said);
    assert.deepEqual([asked.decided, asked.missing], [false, ['declaration.goods.1.quantity']]);
  }
});
