import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { dayOf } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import { compileLayers } from '#modules/rulebook/compile.ts';
import { type Dialect, readDuty } from '#modules/rulebook/duty.ts';
import { viewOf } from '#modules/rulebook/day.ts';
import { assess } from '#modules/rulebook/engine.ts';
import { loadPackFolder, sourceOf } from '#modules/rulebook/folder.ts';
import { type ImportForm, tableForm, TableImport } from '#modules/rulebook/imported.ts';
import type { PackSource } from '#modules/rulebook/model.ts';
import type { Pack } from '#modules/rulebook/pack.ts';
import { euros, packsFolder, parcel, tinyPack, tinySource } from '../support/pack.ts';

/** The tariffs that nobody on this project wrote; they are read where they lie and never copied. */
const shared = resolve(process.env['PORTOLAN_SHARED'] ?? '../shared', 'data');
const unionFile = `${shared}/tariff/uk-and-eu-2021/global-uk-tariff.csv`;
const statesFile = `${shared}/tariff/us-hts-2023/htsdata.csv`;
const nomenclatureFile = `${shared}/codes/hs-2022/harmonized-system.csv`;
const absent = [unionFile, statesFile, nomenclatureFile].find((file) => !existsSync(file));
const skip = absent === undefined ? false : `there is no ${absent}: set PORTOLAN_SHARED`;

type Cells = Record<string, string>;
const kept = new Map<string, Cells[]>();

function linesOf(file: string): Cells[] {
  const found = kept.get(file) ?? parse(readFileSync(file), { columns: true, bom: true });
  kept.set(file, found);
  return found;
}

function importOf(file: string, form: ImportForm): TableImport {
  const table = new TableImport(form);
  linesOf(file).forEach((cells, index) => table.add({ line: index + 2, cells }));
  return table;
}

/** The pack with what was imported into one of its tables. */
function filled(source: PackSource, table: string, imported: TableImport, from: string): PackSource {
  const csv = imported.csv({ from, until: null, source: 'list' });
  const supplement = {
    pack: source.id,
    name: 'list',
    table,
    source: { title: 'The list', grade: 'secondary', url: null, seen: null },
    edition: null,
    input: { file: 'list.csv', sha256: '0'.repeat(64) },
    counts: imported.counts,
    unparsed: imported.unparsed,
  };
  const files = { 'supplements/list.json': JSON.stringify(supplement), 'supplements/list.csv': csv };
  return must(sourceOf({ ...source.files, ...files }));
}

const union: ImportForm = {
  key: 'commodity',
  columns: { duty: 'duty' },
  code: 'commodity',
  indent: null,
  from: { duty: 'cet_duty_rate' },
  dialect: { barePercent: true },
  kept: 'all',
};
const states: ImportForm = {
  key: 'commodity',
  columns: { duty: 'duty', special: 'duty', second: 'duty' },
  code: 'HTS Number',
  indent: 'Indent',
  from: { duty: 'General Rate of Duty', special: 'Special Rate of Duty', second: 'Column 2 Rate of Duty' },
  dialect: { dollar: 'USD' },
  kept: 'all',
};

for (const [file, column, dialect, rated, unread, elsewhere] of [
  [unionFile, 'cet_duty_rate', { barePercent: true }, 11_830, 1, 88],
  [unionFile, 'ukgt_duty_rate', {}, 11_830, 0, 0],
  [statesFile, 'General Rate of Duty', { dollar: 'USD' }, 13_591, 2, 220],
  [statesFile, 'Special Rate of Duty', { dollar: 'USD' }, 9_862, 6, 1_910],
  [statesFile, 'Column 2 Rate of Duty', { dollar: 'USD' }, 13_249, 5, 1_757],
] as readonly (readonly [string, string, Dialect, number, number, number])[]) {
  test(`${column}: of ${rated} rated lines ${unread} are not read and ${elsewhere} refer elsewhere`, { skip }, () => {
    const texts = linesOf(file).flatMap((cells) => (cells[column] === '' ? [] : [cells[column] ?? '']));
    assert.equal(texts.length, rated);
    const read = texts.map((text) => readDuty(text, dialect));
    const duties = read.flatMap((one) => ('duty' in one ? [one.duty] : []));
    assert.equal(read.length - duties.length, unread);
    assert.ok(unread < rated * 0.005);
    assert.equal(duties.filter((one) => one.text.includes('see "')).length, elsewhere);
    const unstable = duties.filter(({ text }) => {
      const again = readDuty(text);
      return !('duty' in again) || again.duty.text !== text;
    });
    assert.deepEqual(unstable, []);
  });
}

test('every line of the file with depths has the duty of its own or of the line it stands under', { skip }, () => {
  const table = importOf(statesFile, { ...states, columns: { duty: 'duty' } });
  table.csv({ from: '2023-01-01', until: null, source: 'list' });
  assert.deepEqual(table.counts, { lines: 35_598, rows: 24_968, inherited: 11_377, elsewhere: 492, unrated: 4_672 });
  assert.equal(table.unparsed.length, 2);
});

const whole = {
  netWeight: '3',
  grossWeight: '3.4',
  quantity: '2',
  unit: 'C62',
  statutoryQuantity: '1.5',
  statutoryUnit: 'LTR',
  supplementaryQuantity: '12.5',
  supplementaryUnit: 'ASV',
};
const law = { law: 'law' };
const charge = (id: string): object => ({
  id,
  from: '2020-01-01',
  source: law,
  amount: { duty: `tariff.${id}`, base: { fact: 'price' } },
  liable: 'importer',
  collect: 'border',
  due: 'release',
  secured: true,
});

/** A pack that charges these columns of the file with depths; dollars are a euro and a quarter. */
const statesPack = (charged = Object.keys(states.columns)): Pack => {
  const columns = states.columns;
  const source = tinySource({
    'tables.json': {
      tariff: { file: 'tariff.csv', key: 'commodity', match: 'prefix', columns },
      rates: { file: 'rates.csv', key: 'currency', match: 'exact', columns: { rate: 'rate' } },
    },
    'tables/tariff.csv': `commodity,${Object.keys(columns).join(',')},from,until,source,article\n`,
    'tables/rates.csv': 'currency,rate,from,until,source,article\nUSD,1.25,2020-01-01,,law,\n',
    'exchange.json': { table: 'rates', quoted: 'foreign', source: law },
    'charges.json': charged.map(charge),
  });
  const { pack, problems } = compileLayers([filled(source, 'tariff', importOf(statesFile, states), '2020-01-01')]);
  assert.deepEqual(problems, []);
  return pack!;
};

/** Goods of a lower rate of tax are no question of a tariff: here every line bears the standard one. */
const atStandardRate = (source: PackSource, file: string): PackSource =>
  must(sourceOf({ ...source.files, [file]: `${source.files[file]?.split('\n')[0]}\n` }));

/** The pack of a member with the union's tariff loaded. */
async function memberPack(): Promise<Pack> {
  const [parent, leaf] = await Promise.all(['eu', 'de'].map((id) => loadPackFolder(`${packsFolder}/${id}`)));
  const bare = { 'tables/tariff.csv': 'commodity,duty,from,until,source,article\n' };
  const source = must(sourceOf({ ...atStandardRate(must(parent!), 'tables/vat-lower.csv').files, ...bare }));
  const form = tableForm(source, 'tariff');
  assert.deepEqual(form, { key: 'commodity', columns: { duty: 'duty' } });
  const eu = filled(source, 'tariff', importOf(unionFile, { ...union, ...form }), '2021-01-01');
  const { pack, problems } = compileLayers([eu, atStandardRate(must(leaf!), 'tables/vat-class.csv')]);
  assert.deepEqual(problems, []);
  return pack!;
}

test('each line on a standard consignment comes to an amount or to a name, and nothing throws', { skip }, async () => {
  const on = dayOf('2026-11-23');
  for (const [pack, lines, missing] of [
    [await memberPack(), 11_830, 159],
    // 1,049 of these rows state a rate in another column and none in the general one.
    [statesPack(), 26_017, 1_978],
  ] as const) {
    let named = 0;
    const rows = pack.program.tables.get('tariff')?.rows ?? [];
    assert.equal(rows.length, lines);
    for (const { key: commodity } of rows) {
      for (const given of [whole, {}]) {
        const consignment = parcel([{ price: euros('500.00'), commodity, ...given }], { scheme: null, consignee });
        const found = assess(pack, { consignment, on, event: 'entry', accounts: {} });
        assert.equal(found.decided, found.missing.length === 0, commodity);
        assert.ok(
          found.charges.every((one) => !one.amount.amount.startsWith('-')),
          commodity,
        );
        if (given === whole && !found.charges.some((one) => one.id === 'duty')) named += 1;
      }
    }
    assert.equal(named, missing, pack.id);
  }
});

const consignee = {
  name: { text: 'A. Consignee', language: 'en' },
  address: { lines: ['1'], country: 'DE' },
  private: true,
};

test('with the tariff loaded, goods above the low-value limit are assessed by hand-checked figures', {
  skip,
}, async () => {
  const pack = await memberPack();
  for (const [commodity, goods, duty, vat, on = '2026-11-23'] of [
    // 12 % of 200 + 20 freight; VAT of 19 % on the sum of both.
    ['61091000', {}, '26.40', '46.82'],
    ['62019300', {}, '26.40', '46.82'],
    ['85171300', {}, 'tariff.duty.85171300'],
    ['9403208000', {}, '0.00', '41.80'],
    // 10.2 % + 93.1 EUR/100 kg on 3 kg: 22.44 + 2.793.
    ['01022910', { netWeight: '3' }, '25.23', '46.59'],
    ['01022910', {}, 'declaration.goods.1.netWeight'],
    // 4.5 % MIN 0.3 EUR/item MAX 0.8 EUR/item: a watch owes 0.80, and 33 owe 9.90.
    ['91011100', { quantity: '1', unit: 'C62' }, '0.80', '41.95'],
    ['91011100', { quantity: '33', unit: 'C62' }, '9.90', '43.68'],
    // 9.1 % + 45.1 EUR/100 kg MAX 18.9 % + 16.5 EUR/100 kg on 3 kg: 20.02 + 1.353 under 41.58 + 0.495.
    ['17049030', { netWeight: '3' }, '21.37', '45.86'],
    // The season of herring: 15 % from 16 June to 14 February, else nothing.
    ['03024100', {}, '33.00', '48.07'],
    ['03024100', {}, '0.00', '41.80', '2026-03-01'],
    ['07020000', {}, 'tariff.duty.07020000 (Entry Price)'],
    ['04052010', {}, 'tariff.duty.04052010 (EA)'],
    ['08101000', {}, 'tariff.duty.08101000'],
    ['610910', {}, 'tariff.duty.610910'],
  ] as readonly (readonly [string, object, string, string?, string?])[]) {
    const lines = [{ price: euros('200.00'), commodity, ...goods }];
    const consignment = parcel(lines, { freight: euros('20.00'), scheme: null, consignee });
    const found = assess(pack, { consignment, on: dayOf(on), event: 'entry', accounts: {} });
    assert.equal(found.otherRoute, 'H1', commodity);
    if (vat === undefined) assert.deepEqual(found.missing, [duty]);
    else {
      assert.deepEqual(found.missing, [], commodity);
      assert.deepEqual(
        found.charges.map((one) => one.amount.amount),
        [duty, vat],
        commodity,
      );
    }
  }
});

test('the duty of goods above the limit shows its base and its rate', { skip }, async () => {
  const lines = [{ price: euros('200.00'), commodity: '61091000' }];
  const consignment = parcel(lines, { freight: euros('20.00'), scheme: null, consignee });
  const input = { consignment, on: dayOf('2026-11-23'), event: 'entry' as const, accounts: {} };
  const [duty] = assess(await memberPack(), input).charges;
  assert.deepEqual([duty?.base?.amount, duty?.rate, duty?.amount.amount], ['220.00', '0.12', '26.40']);
});

test('the duties of the file with depths are those worked out by hand, at 1.25 dollars a euro', { skip }, () => {
  const packs = { duty: statesPack(['duty']), second: statesPack(['second']) };
  for (const [commodity, column, amount] of [
    ['0101300000', 'duty', '34.00'], // 6.8 % of 500
    ['0101210010', 'duty', '0.00'], // free, as the line above
    ['0102294024', 'duty', '0.02'], // 1 ¢/kg, as the line above: 3 kg, 0.03 dollars
    ['0102294024', 'second', '0.13'], // 5.5 ¢/kg: 0.165 dollars
    ['6505000800', 'duty', '31.85'], // 13.5 ¢/kg + 6.3 % + 1.9 ¢ a piece: 0.405 + 0.038 dollars, 31.50 euros
    ['2204300000', 'duty', '0.15'], // 4.4 ¢/l + 31.4 ¢ a proof litre: 0.066 + 0.11775 dollars for 1.5 l of 12.5 %
    ['2603000010', 'duty', 'declaration.goods.1.supplementaryQuantity.kg of lead'],
    ['4202292000', 'second', '166.67'], // 33 1/3 %
    ['8211100000', 'second', /The rate of duty appli- cable to that article/],
    ['9101114000', 'duty', /^declaration\.goods\.1\.price\.battery, declaration\.goods\.1\.price\.case and strap/],
    ['1701120500', 'duty', 'declaration.goods.1.supplementaryQuantity.kg/degree under 100'],
    ['9110904000', 'duty', 'tariff.duty.9110904000'],
  ] as const) {
    const consignment = parcel([{ price: euros('500.00'), commodity, ...whole }]);
    const input = { consignment, on: dayOf('2026-11-23'), event: 'entry' as const, accounts: {} };
    const found = assess(packs[column], input);
    const said = found.charges[0]?.amount.amount ?? found.missing.join(', ');
    if (typeof amount === 'string') assert.equal(said, amount, commodity);
    else assert.match(said, amount, commodity);
  }
});

test('a table of 11,830 rows costs a day view only where something of it has changed', { skip }, async () => {
  const pack = await memberPack();
  const view = (day: string): unknown => viewOf(pack, dayOf(day), null).tables.get('tariff');
  assert.notEqual(view('2026-11-23'), view('2020-12-31'));
  assert.equal(view('2026-11-23'), view('2027-01-01'));
});

test('the nomenclature of 2022 knows its own codes and no other', { skip }, () => {
  const form = { key: 'commodity', columns: { description: 'text', edition: 'text' } };
  const from = { description: 'description', edition: '=HS2022' };
  const table = importOf(nomenclatureFile, {
    ...form,
    code: 'hscode',
    indent: null,
    from,
    dialect: {},
    kept: 'finest',
  });
  const pack = tinyPack({
    'tables.json': { nomenclature: { file: 'nomenclature.csv', match: 'prefix', ...form } },
    'tables/nomenclature.csv': table.csv({ from: '2022-01-01', until: null, source: 'law' }),
    'checks.json': [{ id: 'code', from: '2020-01-01', source: law, kind: 'nomenclature', table: 'nomenclature' }],
  });
  assert.equal(table.counts.rows, 5_613);
  assert.deepEqual(
    table.unparsed.map(({ code }) => code),
    ['TOTAL'],
  );
  const asked = (commodity: string): string | undefined => {
    const consignment = parcel([{ price: euros('1.00'), commodity }]);
    const found = assess(pack, { consignment, on: dayOf('2026-01-01'), event: 'entry', accounts: {} });
    return found.checks.find((one) => one.id === 'code')?.result;
  };
  assert.deepEqual(['852411', '8524110000', '852410', '8524', '990001'].map(asked), [
    'passed',
    'passed',
    'failed',
    'failed',
    'failed',
  ]);
});
