import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addDays, type Day, dayOf } from '#kernel/effective.ts';
import { parcel, shippedPack, tinyPack } from '../../../test/support/pack.ts';
import { tries } from '../../../test/support/long.ts';
import { comingOf, edgesAfter, sameAnswer } from './coming.ts';
import { assess, explain } from './engine.ts';
import type { AssessInput } from './model.ts';
import type { Pack } from './pack.ts';

const xp = await shippedPack(['xp']);
const xl = await shippedPack(['xl']);
const de = await shippedPack(['eu', 'de']);
const gb = await shippedPack(['gb']);
const sg = await shippedPack(['sg']);

const crowns = (amount: string) => ({ currency: 'XPN', amount });
const consignee = {
  name: { text: 'A', language: 'en' },
  identity: null,
  address: { lines: ['1 Quay'], country: 'XP' },
  private: true,
};
const shirt = (amount: string) => [{ price: crowns(amount), commodity: '610910', origin: 'CN' }];
const asked = (consignment: AssessInput['consignment'], on: string): AssessInput => ({
  consignment,
  on: dayOf(on),
  event: 'entry',
  accounts: { yearly: crowns('0.00') },
});

test('a limit that was raised on a later day changes the answer on that day, and names itself', () => {
  const { changes, until } = comingOf(xp, asked(parcel(shirt('120.00'), { consignee }), '2023-12-01'));
  assert.deepEqual(
    changes.map(({ day, because, before, after }) => [day, because.map(({ id }) => id), before.route, after.route]),
    [['2024-01-01', ['low-value-limit'], 'ordinary', 'low-value']],
  );
  assert.equal(changes[0]?.before.totals?.border.amount === changes[0]?.after.totals?.border.amount, false);
  assert.equal(until, null);
});

test('a rate that ends without another one makes the answer uncertain from that day, and says so', () => {
  const euros = [{ price: { currency: 'EUR', amount: '20.00' }, commodity: '610910', origin: 'CN' }];
  const { changes } = comingOf(xp, asked(parcel(euros, { consignee }), '2026-01-01'));
  assert.deepEqual(
    changes.map(({ day, because, after }) => [day, because.map(({ id }) => id), after.decided]),
    [
      ['2026-07-01', ['rates.EUR'], true],
      ['2027-07-01', ['rates.EUR'], false],
    ],
  );
});

test('what is only announced changes nothing, and stands apart with what it would give', () => {
  const input = asked(parcel(shirt('140.00'), { consignee }), '2026-11-23');
  const { changes, announced } = comingOf(xp, input);
  assert.deepEqual(changes, []);
  const [bill] = announced;
  assert.equal(announced.length, 1);
  assert.deepEqual(
    [bill?.day, bill?.values.map(({ id, value }) => [id, value]), bill?.differs],
    ['2027-07-01', [['low-value-limit', '120.00']], true],
  );
  assert.deepEqual([bill?.before.route, bill?.after.route], ['low-value', 'ordinary']);
  assert.equal(assess(xp, { ...input, on: dayOf('2027-07-02') }).route, 'low-value');
});

test('an announcement that would not change this answer says so, and one that nothing reads is left out', () => {
  const small = comingOf(xp, asked(parcel(shirt('10.00'), { consignee }), '2026-11-23'));
  assert.deepEqual(
    small.announced.map(({ differs }) => differs),
    [false],
  );
  const out = parcel(shirt('10.00'), { movement: 'export' });
  assert.deepEqual(comingOf(xp, { ...asked(out, '2026-11-23'), event: 'exit' }).announced, []);
});

const law = { law: 'law' };
/** Rows of one heading, each law until the next begins, with a rate of its own. */
const rows = (...days: string[]): string =>
  [
    'commodity,duty,from,until,source,article',
    ...days.map((day, at) => `61,0.${String(at + 1).padStart(2, '0')},${day},${days[at + 1] ?? ''},law,`),
  ].join('\n');
const dutiable = (table: string) => ({
  'tables.json': { goods: { file: 'goods.csv', key: 'commodity', match: 'prefix', columns: { duty: 'rate' } } },
  'tables/goods.csv': table,
  'charges.json': [
    {
      id: 'duty',
      from: '2000-01-01',
      source: law,
      base: { fact: 'price' },
      rate: { table: 'goods.duty' },
      liable: 'importer',
      collect: 'border',
      due: 'release',
      secured: true,
    },
  ],
});
const euroLine = [{ price: { currency: 'EUR', amount: '10.00' }, commodity: '610910' }];

test('a row of a table counts only for goods that lie under its key', () => {
  const pack = tinyPack(dutiable(`${rows('2000-01-01', '2030-01-01')}\n62,0.5,2031-01-01,,law,\n`));
  const input = asked(parcel(euroLine), '2026-01-01');
  assert.deepEqual(
    edgesAfter(pack, input).map(({ day, id, begins }) => [day, id, begins]),
    [
      ['2030-01-01', 'goods.61', false],
      ['2030-01-01', 'goods.61', true],
    ],
  );
  const [change] = comingOf(pack, input).changes;
  assert.deepEqual([change?.before.totals?.border.amount, change?.after.totals?.border.amount], ['0.10', '0.20']);
});

test('the seasons of a duty turn on their days, for a year or as long as other rows change', () => {
  const seasonal = (until: string, more = '') => ({
    ...dutiable(
      `commodity,duty,from,until,source,article\n61,"8% (01 NOV - 14 MAY), 14%",2000-01-01,${until},law,\n${more}`,
    ),
    'tables.json': { goods: { file: 'goods.csv', key: 'commodity', match: 'prefix', columns: { duty: 'duty' } } },
  });
  const charge = { ...dutiable('')['charges.json'][0], base: undefined, rate: undefined };
  const amount = { duty: 'goods.duty', base: { fact: 'price' } };
  const daysOf = (files: object) => {
    const pack = tinyPack({ ...files, 'charges.json': [JSON.parse(JSON.stringify({ ...charge, amount }))] });
    const input = asked(parcel(euroLine), '2026-01-01');
    const days = comingOf(pack, input).changes.map(({ day }) => day);
    assert.deepEqual(
      days.filter((day) => day <= '2027-01-01'),
      dayByDay(pack, input).filter((day) => day <= '2027-01-01'),
    );
    return days;
  };
  assert.deepEqual(daysOf(seasonal('')), ['2026-05-15', '2026-11-01']);
  const longer = seasonal('2028-01-01', '61,5%,2028-01-01,,law,\n');
  assert.deepEqual(daysOf(longer), ['2026-05-15', '2026-11-01', '2027-05-15', '2027-11-01', '2028-01-01']);
});

test('more days than are looked at are not passed over in silence', () => {
  const days = Array.from({ length: 60 }, (_, index) => addDays(dayOf('2027-01-01'), index));
  const pack = tinyPack(dutiable(rows('2000-01-01', ...days)));
  const { changes, until } = comingOf(pack, asked(parcel(euroLine), '2026-01-01'));
  assert.equal(changes.length, 40);
  assert.equal(until, days[40]);
});

const money = fc.record({
  currency: fc.constantFrom('XPN', 'EUR', 'CNY'),
  amount: fc.constantFrom('9.00', '55.00', '100.01', '140.00', '160.00', '250.00', '900.00'),
});
const goods = fc.record({
  price: money,
  commodity: fc.constantFrom('610910', '950300', '220830', '490199', '300490', '77', undefined),
  category: fc.constantFrom(undefined, undefined, 'toy', 'winter-sports', 'boat-part'),
  quantity: fc.constantFrom('1', '3'),
});
const anyParcel = fc
  .record({
    lines: fc.array(goods, { minLength: 1, maxLength: 3 }),
    nature: fc.constantFrom('sale', 'gift', 'return'),
    zone: fc.constantFrom(undefined, 'porto-franco', 'vallombra', 'free-port', 'nowhere'),
    scheme: fc.constantFrom(undefined, null, 'IOSS', 'COD'),
    freight: fc.option(money, { nil: undefined }),
    buyer: fc.constantFrom(undefined, consignee, { ...consignee, private: false }),
  })
  .map(({ lines, buyer, ...rest }) => {
    const given = <T extends object>(of: T): T =>
      Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as T;
    return parcel(lines.map(given) as Parameters<typeof parcel>[0], given({ ...rest, consignee: buyer }) as object);
  });
const anyDay = fc
  .tuple(fc.constantFrom('2019-11-01', '2022-09-01', '2023-11-15', '2025-04-01', '2026-05-01'), fc.nat(120))
  .map(([from, days]) => addDays(dayOf(from), days));
const window = 420;

/** Every day of the window on which the answer is another one than the day before. */
function dayByDay(pack: Pack, input: AssessInput): Day[] {
  const found: Day[] = [];
  let before = explain(pack, input);
  for (let ahead = 1; ahead <= window; ahead += 1) {
    const day = addDays(input.on, ahead);
    const after = explain(pack, { ...input, on: day });
    if (!sameAnswer(before, after)) found.push(day);
    before = after;
  }
  return found;
}

test('no day on which an answer changes is missed: looking at every day finds the same ones', () => {
  let changed = 0;
  fc.assert(
    fc.property(anyParcel, anyDay, fc.constantFrom(xp, xp, xl, de, gb, sg), (consignment, on, pack) => {
      const input = { ...asked(consignment, on) };
      const last = addDays(on, window);
      const { changes, until } = comingOf(pack, input);
      const days = changes.map(({ day }) => day).filter((day) => day <= last);
      assert.equal(until, null);
      assert.deepEqual(days, dayByDay(pack, input));
      changed += days.length;
    }),
    { numRuns: tries(60) },
  );
  assert.ok(changed > 10, `only ${changed} changes were met`);
});
