import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addDays, type Day, day as parseDay } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import { checkPack } from '#modules/rulebook/check-pack.ts';
import { rulesOf, viewOf } from '#modules/rulebook/day.ts';
import { assess, explain } from '#modules/rulebook/engine.ts';
import { loadPackFolder, packFoldersIn } from '#modules/rulebook/folder.ts';
import type { Pack } from '#modules/rulebook/pack.ts';
import { tries } from '../support/long.ts';
import { packsFolder, parcel, tinyPack } from '../support/pack.ts';

/**
 * What holds of any law written as a pack: no day of a boundary is judged twice or never, and what is shared out over
 * lines adds up to the whole.
 */
interface Row {
  readonly from: string;
  readonly until?: string;
  readonly value: string;
  readonly status?: string;
}

/** What a file of a pack says is in force on a day, read from the file and not by the engine. */
const stated = (rows: readonly Row[], on: string): Row[] =>
  rows.filter((row, index) => {
    const law = (one: Row): boolean => one.status !== 'announced';
    const next = rows.slice(index + 1).find(law);
    const ended = row.until !== undefined && row.until <= on;
    return law(row) && row.from <= on && !ended && (next === undefined || on < next.from);
  });

/** The day itself and its neighbours, for every day on which something begins or ends. */
const around = (days: readonly (string | undefined)[]): Day[] => [
  ...new Set(
    days.flatMap((text) => {
      const found = text === undefined || text === '' ? undefined : parseDay(text);
      return found === undefined ? [] : [addDays(found, -1), found, addDays(found, 1)];
    }),
  ),
];

async function layersOf(folder: string): Promise<{ pack: Pack; files: Readonly<Record<string, string>>[] }> {
  const { pack, problems } = await checkPack(folder);
  assert.deepEqual(problems, []);
  assert.ok(pack);
  const files = await Promise.all(pack.layers.map(({ id }) => loadPackFolder(`${packsFolder}/${id}`)));
  return { pack, files: files.map((one) => must(one).files) };
}

for (const folder of await packFoldersIn(packsFolder)) {
  const { pack, files } = await layersOf(folder);

  test(`${pack.id}: on every day around a boundary each value has the one row that its file states, or none`, () => {
    const values = new Map<string, readonly Row[]>();
    for (const layer of files)
      for (const [id, { values: rows }] of Object.entries(
        JSON.parse(layer['values.json'] ?? '{}') as Record<string, { values: Row[] }>,
      ))
        values.set(id, rows);
    const days = around([...values.values()].flat().flatMap(({ from, until }) => [from, until]));
    for (const on of days) {
      const view = viewOf(pack, on, null);
      for (const [id, rows] of values) {
        const there = stated(rows, on);
        assert.ok(there.length <= 1, `${id} on ${on}`);
        assert.equal(view.values.get(id)?.text, there[0]?.value, `${id} on ${on}`);
      }
    }
  });

  test(`${pack.id}: on every day around a boundary a key has at most one row, and a rule of a route stands once`, () => {
    const { tables, charges, checks, obligations, routes } = pack.program;
    const dated = [
      ...[...tables.values()].flatMap(({ rows }) => rows),
      ...charges,
      ...checks,
      ...obligations,
      ...routes,
    ];
    // A large table has some thousand rows and few days on which any of them changes.
    for (const on of around(dated.flatMap(({ from, until }) => [from, until]))) {
      const view = viewOf(pack, on, null);
      for (const table of tables.values()) {
        const covering = table.rows.filter(({ from, until }) => from <= on && (until === undefined || on < until));
        assert.equal(new Set(covering.map(({ key }) => key)).size, covering.length, `${table.name} on ${on}`);
      }
      for (const route of [...view.routes.values()].flat()) {
        const rules = rulesOf(pack, view, route);
        for (const kind of [rules.charges, rules.checks, rules.obligations])
          for (const one of kind) assert.ok(one.from <= on && (one.until === undefined || on < one.until), one.id);
      }
    }
  });
}

const law = { law: 'law' };
const nothing = { absent: { number: '0' }, 'left-out': { number: '0' } };
const share = (fact: string): object => ({ scope: 'line', amount: { fact, ...nothing }, source: law });
const sharing = (allocation: string): Pack =>
  tinyPack({
    'pack.json': { allocation },
    'amounts.json': {
      freight: share('freightShare'),
      discount: share('discountShare'),
      'all-freight': { shown: true, amount: { 'sum-lines': { amount: 'freight' } }, source: law },
      'all-discount': { shown: true, amount: { 'sum-lines': { amount: 'discount' } }, source: law },
    },
  });

const coins = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
const amount = fc.nat(1_000_000).map((cents) => ({ currency: 'EUR', amount: coins(cents) }));
const lines = fc.array(fc.record({ price: amount, netWeight: fc.nat(9_999).map((grams) => `${grams / 1_000}`) }), {
  minLength: 1,
  maxLength: 40,
});

test('what is shared out over lines adds up to the whole, by price and by weight, and no share is below nothing', () => {
  const packs = ['price', 'weight'].map(sharing);
  fc.assert(
    fc.property(fc.constantFrom(...packs), lines, amount, amount, (pack, goods, freight, discount) => {
      const consignment = parcel(goods, { freight, discount });
      const told = explain(pack, { consignment, on: '2026-07-01' as Day, event: 'entry', accounts: {} });
      assert.deepEqual(told.values, { 'all-freight': freight, 'all-discount': discount });
      for (const { rule, result } of told.steps) if (rule === 'amount.freight') assert.doesNotMatch(result, /^-/);
    }),
    { numRuns: tries(200) },
  );
});

test('FX-2 and FX-3: cents that are left over go to the largest line, the first of equals', () => {
  const pack = sharing('price');
  const shares = (prices: readonly string[], freight: string): string[] => {
    const goods = prices.map((price) => ({ price: { currency: 'EUR', amount: price } }));
    const consignment = parcel(goods, { freight: { currency: 'EUR', amount: freight } });
    const { steps } = explain(pack, { consignment, on: '2026-07-01' as Day, event: 'entry', accounts: {} });
    return steps.filter(({ rule }) => rule === 'amount.freight').map(({ result }) => result);
  };
  assert.deepEqual(shares(['33.33', '33.33', '33.34'], '10.00'), ['3.33', '3.33', '3.34']);
  assert.deepEqual(shares(['1.00', '1.00', '1.00'], '1.00'), ['0.34', '0.33', '0.33']);
});

test('the sum over the lines is rounded once, so that a hundred lines owe what their sum owes', () => {
  const values = { rate: { unit: 'rate', values: [{ from: '2000-01-01', value: '0.19', source: law }] } };
  const charge = { id: 'tax', from: '2000-01-01', source: law, base: { fact: 'price' }, rate: { value: 'rate' } };
  const owed = { liable: 'importer', collect: 'border', due: 'release', secured: true };
  const pack = tinyPack({ 'values.json': values, 'charges.json': [{ ...charge, ...owed }] });
  fc.assert(
    fc.property(fc.array(fc.nat(100_000), { minLength: 1, maxLength: 100 }), (prices) => {
      const goods = prices.map((cents) => ({ price: { currency: 'EUR', amount: coins(cents) } }));
      const { totals } = assess(pack, {
        consignment: parcel(goods),
        on: '2026-07-01' as Day,
        event: 'entry',
        accounts: {},
      });
      const whole = prices.reduce((sum, cents) => sum + BigInt(cents), 0n) * 19n;
      const rounded = (whole + 50n) / 100n;
      assert.equal(totals?.border.amount, coins(Number(rounded)));
    }),
    { numRuns: tries(100) },
  );
});
