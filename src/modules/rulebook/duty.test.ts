import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dayOf } from '#kernel/effective.ts';
import { choiceOn, type Dialect, type Duty, readDuty } from './duty.ts';
import { assess, explain } from './engine.ts';
import { type Exact, formatExact } from './exact.ts';
import type { Pack } from './pack.ts';
import { euros, parcel, tinyPack, tinyProblems } from '../../../test/support/pack.ts';

function duty(text: string, dialect?: Dialect): Duty {
  const read = readDuty(text, dialect);
  assert.ok('duty' in read, 'problem' in read ? read.problem : '');
  return read.duty;
}

const problem = (text: string, dialect?: Dialect): string => {
  const read = readDuty(text, dialect);
  return 'problem' in read ? read.problem : '';
};

const law = { law: 'law' };
const csv = (text: string): string => `"${text.replace(/"/g, '""')}"`;

function files(text: string): Record<string, unknown> {
  return {
    'tables.json': {
      tariff: { file: 'tariff.csv', key: 'commodity', match: 'prefix', columns: { duty: 'duty' } },
      rates: { file: 'rates.csv', key: 'currency', match: 'exact', columns: { rate: 'rate' } },
    },
    'tables/tariff.csv': `commodity,duty,from,until,source,article\n100610,${csv(text)},2020-01-01,,law,\n`,
    'tables/rates.csv': 'currency,rate,from,until,source,article\nUSD,1.25,2020-01-01,,law,\n',
    'exchange.json': { table: 'rates', quoted: 'foreign', source: law },
    'charges.json': [
      {
        id: 'duty',
        from: '2020-01-01',
        source: law,
        amount: { duty: 'tariff.duty', base: { fact: 'price' } },
        liable: 'importer',
        collect: 'border',
        due: 'release',
        secured: true,
      },
    ],
  };
}

const packOf = (text: string): Pack => tinyPack(files(text));

type Goods = Parameters<typeof parcel>[0][number];

/** What the duty comes to on a line worth 500.00 euros, or what is missing. */
function owed(text: string, goods: Partial<Goods> = {}, on = '2026-11-23'): string {
  const lines = [{ price: euros('500.00'), commodity: '10061021', ...goods }];
  const input = { consignment: parcel(lines), on: dayOf(on), event: 'entry' as const, accounts: {} };
  const { charges, missing, decided } = assess(packOf(text), input);
  assert.equal(decided, missing.length === 0);
  return missing.length > 0 ? missing.join(', ') : (charges[0]?.amount.amount ?? 'nothing');
}

test('a duty is a share of the value, an amount for a measure, or both', () => {
  for (const [text, goods, amount] of [
    // A share of 500.00.
    ['Free', {}, '0.00'],
    ['0%', {}, '0.00'],
    ['12%', {}, '60.00'],
    ['6.25%', {}, '31.25'],
    ['33 1/3%', {}, '166.67'],
    // By weight: 3 kg.
    ['41.2 EUR/100 kg', { netWeight: '3' }, '1.24'],
    ['114 EUR/tonne', { netWeight: '3' }, '0.34'],
    ['0.5 EUR/kg gross', { netWeight: '3', grossWeight: '3.4' }, '1.70'],
    ['0.02 EUR/g', { netWeight: '3' }, '60.00'],
    ['1 EUR/kg', { statutoryQuantity: '2500', statutoryUnit: 'GRM' }, '2.50'],
    // By number: 2 pieces, 3 dozen.
    ['0.3 EUR/item', { quantity: '2', unit: 'C62' }, '0.60'],
    ['52 EUR/1000 item', { quantity: '3', unit: 'DZN' }, '1.87'],
    ['14 EUR/gross', { quantity: '288', unit: 'H87' }, '28.00'],
    ['0.5 EUR/pair', { quantity: '4', unit: 'PR' }, '2.00'],
    // By volume and by what is in it: 6 bottles of 0.75 l at 12.5 % vol hold 0.5625 l of alcohol.
    ['32 EUR/hl', { supplementaryQuantity: '4.5', supplementaryUnit: 'LTR' }, '1.44'],
    ['1.75 EUR/% vol/hl', { ...wine }, '0.98'],
    ['16 EUR/l of pure alcohol', { supplementaryQuantity: '0.5625', supplementaryUnit: 'LPA' }, '9.00'],
    ['1.6 EUR/proof litre', { ...wine }, '1.80'],
    ['0.9 EUR/% vol/hl + 6.4 EUR/hl', { ...wine }, '0.79'],
    ['0.5 EUR/kg of lead', { supplementaryQuantity: '2', supplementaryUnit: 'KNS' }, '1.00'],
    ['9.4 EUR/100 kg drained', { supplementaryQuantity: '50', supplementaryUnit: 'KDW' }, '4.70'],
    ['2.8 EUR/m2', { statutoryQuantity: '1.5', statutoryUnit: 'MTK' }, '4.20'],
    // Compound.
    ['10.2% + 93.1 EUR/100 kg', { netWeight: '3' }, '53.79'],
    ['40% + 121 EUR/hl + 20.6 EUR/100 kg', { netWeight: '3', statutoryQuantity: '3', statutoryUnit: 'LTR' }, '204.25'],
  ] as const) {
    assert.equal(owed(text, goods), amount, text);
  }
});

const wine = {
  supplementaryQuantity: '12.5',
  supplementaryUnit: 'ASV',
  statutoryQuantity: '4.5',
  statutoryUnit: 'LTR',
};

test('a minimum raises and a maximum caps, and either may be a sum', () => {
  for (const [text, netWeight, amount] of [
    ['12% MIN 0.4 EUR/100 kg', '3', '60.00'],
    ['12% MIN 30 EUR/kg', '3', '90.00'],
    ['8% MAX 5 EUR/kg', '3', '15.00'],
    ['8% MAX 50 EUR/kg', '3', '40.00'],
    ['18.4% MIN 22 EUR/kg MAX 24 EUR/kg', '3', '72.00'],
    ['18.4% MIN 22 EUR/kg MAX 24 EUR/kg', '4', '92.00'],
    ['18.4% MIN 22 EUR/kg MAX 24 EUR/kg', '5', '110.00'],
    ['9.1% + 45.1 EUR/100 kg MAX 18.9% + 16.5 EUR/100 kg', '3', '46.85'],
    ['9.1% + 45.1 EUR/kg MAX 18.9% + 16.5 EUR/100 kg', '3', '95.00'],
    ['0.5 EUR/kg MIN 2.7% MAX 4.6%', '3', '13.50'],
    ['5 EUR/kg MIN 2.7% MAX 4.6%', '3', '15.00'],
    ['50 EUR/kg MIN 2.7% MAX 4.6%', '3', '23.00'],
  ] as const) {
    assert.equal(owed(text, { netWeight }), amount, `${text} on ${netWeight} kg`);
  }
});

test('a season holds on its first and its last day, also over the turn of the year', () => {
  const text = '8% (01 NOV - 14 MAY), 14% (15 MAY - 31 OCT)';
  for (const [on, amount] of [
    ['2026-10-31', '70.00'],
    ['2026-11-01', '40.00'],
    ['2026-12-31', '40.00'],
    ['2027-01-01', '40.00'],
    ['2027-05-14', '40.00'],
    ['2027-05-15', '70.00'],
    ['2028-02-29', '40.00'],
  ] as const)
    assert.equal(owed(text, {}, on), amount, on);
  assert.equal(owed('9% (01 JAN - 14 APR), 13%', {}, '2026-04-14'), '45.00');
  assert.equal(owed('9% (01 JAN - 14 APR), 13%', {}, '2026-04-15'), '65.00');
  assert.equal(owed('9% (01 JAN - 14 APR)', {}, '2026-04-15'), 'tariff.duty.100610 (04-15)');
});

test('an amount in another currency is converted by the rule of the pack, and a rate that is not there is missing', () => {
  assert.equal(owed('2 USD/kg', { netWeight: '3' }), '4.80');
  assert.equal(owed('2 GBP/kg', { netWeight: '3' }), 'rate.GBP');
});

test('a quantity that is not given is missing by its name, and a part of nothing asks for none', () => {
  const line = 'declaration.goods.1';
  assert.equal(owed('2 EUR/kg'), `${line}.netWeight`);
  assert.equal(owed('2 EUR/kg gross', { netWeight: '3' }), `${line}.grossWeight`);
  assert.equal(owed('10% + 2 EUR/hl'), `${line}.supplementaryQuantity.hl`);
  assert.equal(owed('1 EUR/% vol/hl', { ...wine, statutoryUnit: 'KGM' }), `${line}.supplementaryQuantity.% vol/hl`);
  assert.equal(owed('1 EUR/item', { quantity: '2', unit: 'KGM' }), `${line}.supplementaryQuantity.item`);
  assert.equal(owed('5% of the case'), `${line}.price.case`);
  assert.equal(owed('12% + 0 EUR/hl'), '60.00');
  const two = { supplementaryQuantity: '2', supplementaryUnit: 'KNS' };
  const both = `${line}.supplementaryQuantity.kg of copper, ${line}.supplementaryQuantity.kg of lead`;
  assert.equal(owed('1 EUR/kg of lead + 1 EUR/kg of copper', two), both);
});

test('what stands elsewhere in the law is named and never guessed', () => {
  assert.equal(owed('see "Entry Price"'), 'tariff.duty.100610 (Entry Price)');
  assert.equal(owed('9% + see "EA" MAX 18.7% + see "ADSZ"'), 'tariff.duty.100610 (ADSZ), tariff.duty.100610 (EA)');
  assert.equal(owed('0% (A, E*), 6% (JP)'), 'tariff.duty.100610 (11-23)');
  assert.equal(owed('12%', { commodity: '1006' }), 'tariff.duty.1006');
});

test('the steps show the duty as the tariff states it, and what it was worked out on', () => {
  const lines = [{ price: euros('500.00'), commodity: '10061021', netWeight: '3' }];
  const input = { consignment: parcel(lines), on: dayOf('2026-11-23'), event: 'entry' as const, accounts: {} };
  const step = explain(packOf('18.4% MIN 22 EUR/kg'), input).steps.find((one) => one.rule === 'charge.duty');
  assert.deepEqual(step?.inputs, {
    'tariff.duty.100610': '18.4% MIN 22 EUR/kg',
    price: '500',
    netWeight: '3',
    unbounded: '92',
    minimum: '66',
  });
});

test('the charge shows the value that the duty was worked out on, and its rate where it is a share and no more', () => {
  const shownOf = (text: string, goods: Partial<Goods>[]): unknown => {
    const lines = goods.map((one) => ({ price: euros('500.00'), commodity: '100610', netWeight: '3', ...one }));
    const input = { consignment: parcel(lines), on: dayOf('2026-11-23'), event: 'entry' as const, accounts: {} };
    const [charge] = assess(packOf(text), input).charges;
    return [charge?.base?.amount, charge?.rate, charge?.amount.amount];
  };
  assert.deepEqual(shownOf('12%', [{}]), ['500.00', '0.12', '60.00']);
  assert.deepEqual(shownOf('12%', [{}, {}]), ['1000.00', '0.12', '120.00']);
  assert.deepEqual(shownOf('Free', [{}]), ['500.00', '0', '0.00']);
  assert.deepEqual(shownOf('2 EUR/kg', [{}]), ['500.00', null, '6.00']);
  assert.deepEqual(shownOf('12% MIN 2 EUR/kg', [{}]), ['500.00', null, '60.00']);
  // A price in a currency without a rate is no reason not to charge by weight.
  assert.deepEqual(shownOf('2 EUR/kg', [{ price: { currency: 'GBP', amount: '1.00' } }]), [undefined, null, '6.00']);
});

test('tariffs write the same duty in many ways, and it is written here in one', () => {
  for (const [text, written, dialect] of [
    ['10.20% + 93.10 EUR / 100 kg', '10.2% + 93.1 EUR/100 kg', {}],
    ['43.00 GBP/1000 items', '43 GBP/1000 item', {}],
    ['1,024.00 EUR / tonne', '1024 EUR/tonne', {}],
    ['10.4% MIN 1.6€/100kg/net (01 JAN-30 JUNE)', '10.4% MIN 1.6 EUR/100 kg (01 JAN - 30 JUN)', {}],
    ['4.00% (01 JAN-31 MAR, 01-31 DEC)', '4% (01 JAN - 31 MAR, 01 DEC - 31 DEC)', {}],
    ['7.2 MIN 0.36 EUR/100 kg', '7.2% MIN 0.36 EUR/100 kg', { barePercent: true }],
    ['44¢ each + 6% on the case', '0.44 USD/item + 6% of the case', { dollar: 'USD' }],
    ['$1.13/m<sup>3</sup>', '1.13 USD/m3', { dollar: 'USD' }],
    ['$6/1000', '6 USD/1000 item', { dollar: 'USD' }],
    ['Free (A+,AU,MA,.OM) 6% (JP)See 9822.05.10 (P+)', '0% (A+, AU, MA, OM), 6% (JP), see "9822.05.10" (P+)', {}],
    [
      '3.6606¢/kg less 0.020668¢/kg for each degree under 100 degrees (and fractions of a degree in proportion) but not less than 3.143854¢/kg',
      '0.036606 USD/kg - 0.00020668 USD/kg/degree under 100 MIN 0.03143854 USD/kg',
      { dollar: 'USD' },
    ],
    [
      'The duty provided in the applicable subheading + 25%',
      'see "The duty provided in the applicable subheading" + 25%',
      {},
    ],
    [
      'A duty upon the value of the repairs (see U.S. note 3)',
      'see "A duty upon the value of the repairs (see U.S. note 3)"',
      {},
    ],
  ] as const) {
    assert.equal(duty(text, dialect).text, written);
    assert.equal(duty(written).text, written);
  }
});

test('a text that is no duty is answered with what is wrong with it', () => {
  for (const [text, words] of [
    ['', /says nothing/],
    ['7.2', /names no currency, and a rate ends in %/],
    ['5 EUR', /says no measure/],
    ['5 EUR/firkin', /no measure is called “firkin”/],
    ['5 XQQ/kg', /XQQ is no known currency/],
    ['5¢/kg', /say which currency/],
    ['5 EUR/0 kg', /counts by nothing/],
    ['1 1/0%', /is no mixed number/],
    ['8% (01 JAN - 31 APR)', /the calendar has no 31 APR/],
    ['8% (01 JAN - 31 MAR), 9% (31 MAR - 30 JUN)', /31 MAR lies in two seasons/],
    ['8% (), 9%', /neither a season/],
    ['8% MIN 1 EUR/kg MIN 2 EUR/kg', /two minimums/],
    ['8% (about)', /neither a season nor a list of programmes/],
    ['37% /', /names no currency/],
    [':', /is no duty/],
    ['EA', /is no duty/],
    ['1% + '.repeat(500), /longer than 2000 characters/],
  ] as const)
    assert.match(problem(text), words, text);
});

test('a duty in a table that cannot be read is refused with its file, line and column', () => {
  const [first] = tinyProblems(files('12% MIN'));
  assert.deepEqual([first?.file, first?.pointer], ['tt/tables/tariff.csv', '/line 2/duty']);
  const broken = files('12%');
  const charges = broken['charges.json'] as { amount: unknown }[];
  charges[0]!.amount = { duty: 'rates.rate', base: { fact: 'price' } };
  assert.match(tinyProblems(broken)[0]?.message ?? '', /no table column of unit duty/);
  charges[0]!.amount = { duty: 'tariff.duty', base: { fact: 'netWeight' } };
  assert.match(tinyProblems(broken)[0]?.message ?? '', /charged on money/);
  charges[0]!.amount = { table: 'tariff.duty' };
  assert.match(tinyProblems(broken)[0]?.message ?? '', /holds duty, which no term measures/);
});

const figure = fc.tuple(fc.integer({ min: 0, max: 999_99 }), fc.integer({ min: 0, max: 4 })).map(([digits, places]) => {
  const text = String(digits).padStart(places + 1, '0');
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
});
const part = fc.oneof(
  figure.map((one) => `${one}%`),
  fc
    .tuple(
      figure,
      fc.constantFrom('EUR', 'USD'),
      fc.constantFrom('', '100 ', '1000 '),
      fc.constantFrom('kg', 'hl', 'item', 'pair', '% vol/hl'),
    )
    .map(([amount, currency, count, measure]) => `${amount} ${currency}/${count}${measure}`),
);
const sum = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' + '));
const bounded = fc
  .tuple(sum, fc.option(sum), fc.option(sum))
  .map(([one, least, most]) => `${one}${least === null ? '' : ` MIN ${least}`}${most === null ? '' : ` MAX ${most}`}`);

/** The duty with its exact figures as text, since 0.50 and 0.5 are one figure. */
const plain = (value: Duty): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, one: unknown) => {
      if (typeof one === 'bigint') return String(one);
      return typeof one === 'object' && one !== null && 'over' in one ? formatExact(one as Exact) : one;
    }),
  );

test('whatever duty is written reads back as the same duty', () => {
  fc.assert(
    fc.property(bounded, (text) => {
      const read = duty(text);
      assert.deepEqual(plain(duty(read.text)), plain(read));
    }),
  );
});

test('every day of a year has at most one duty, whatever the seasons', () => {
  const edge = fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 1, max: 28 }));
  const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
  const place = ([month, day]: readonly [number, number]): number => month * 31 + day;
  fc.assert(
    fc.property(edge, edge, edge, edge, (...edges) => {
      const [from, to, next, last] = edges.map(([month, day]) => `${day} ${months[month]}`);
      const read = readDuty(`8% (${from} - ${to}), 9% (${next} - ${last})`);
      const holds = (at: number, a: number, b: number): boolean => (a <= b ? a <= at && at <= b : at >= a || at <= b);
      const [a = 0, b = 0, c = 0, d = 0] = edges.map(place);
      const twice = [];
      for (let month = 0; month < 12; month += 1) {
        for (let day = 1; day <= 28; day += 1) {
          const at = place([month, day]);
          const both = [holds(at, a, b), holds(at, c, d)];
          if (both[0] && both[1]) twice.push(at);
          if ('problem' in read) continue;
          const on = dayOf(`2027-${String(month + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`);
          const found = choiceOn(read.duty, on);
          assert.equal(found, both[0] ? read.duty.choices[0] : both[1] ? read.duty.choices[1] : undefined);
        }
      }
      assert.equal('problem' in read, twice.length > 0);
    }),
  );
});

test('a share of the value grows with the value, and a bounded duty lies between its bounds', () => {
  const cents = fc.integer({ min: 0, max: 10_000_000 });
  const pack = packOf('10% MIN 2 EUR/kg MAX 50 EUR/kg');
  const share = packOf('7.35%');
  const amountOn = (law_: Pack, minor: number, netWeight: string): number => {
    const price = euros(`${Math.trunc(minor / 100)}.${String(minor % 100).padStart(2, '0')}`);
    const consignment = parcel([{ price, commodity: '100610', netWeight }]);
    const { charges } = assess(law_, { consignment, on: dayOf('2026-11-23'), event: 'entry', accounts: {} });
    return Math.round(Number(charges[0]?.amount.amount) * 100);
  };
  fc.assert(
    fc.property(cents, cents, fc.integer({ min: 0, max: 1000 }), (a, b, weight) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      assert.ok(amountOn(share, low, '1') <= amountOn(share, high, '1'));
      const between = amountOn(pack, a, String(weight));
      assert.ok(200 * weight <= between && between <= 5000 * weight);
    }),
  );
});
