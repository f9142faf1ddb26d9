import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf } from '#kernel/effective.ts';
import { assess } from '#modules/rulebook/engine.ts';
import type { Determination } from '#modules/rulebook/model.ts';
import { parcel, shippedPack } from './support/pack.ts';

// Cases whose goods have no rate in the shipped pack: here the rows are loaded that the case takes for granted.

const tariff = (law: string, ...rows: string[]): Record<string, string> => ({
  'tables/tariff.csv': `commodity,duty,from,until,source,article\n${rows.map((one) => `${one},2017-07-01,,${law},\n`).join('')}`,
});

async function assessed(
  economy: string,
  files: Record<string, string>,
  given: { commodity: string; amount: string; private: boolean; origin?: string; freight?: string; mode?: 'air' },
): Promise<Determination> {
  const pack = await shippedPack([economy], files);
  const { commodity, amount, origin = 'CN', freight, mode } = given;
  const { currency } = pack;
  const consignee = {
    name: { text: 'A. Consignee', language: 'en' },
    address: { lines: ['1 Quay'], country: economy.toUpperCase() },
    private: given.private,
  };
  const transports =
    mode === undefined ? [] : [{ carrier: 'C', document: 'T', borderMode: mode, pieces: [{ barcode: 'B' }] }];
  const consignment = parcel(
    [{ commodity, origin, price: { currency, amount } }],
    { scheme: null, consignee, ...(freight === undefined ? {} : { freight: { currency, amount: freight } }) },
    { transports },
  );
  return assess(pack, { consignment, on: dayOf('2026-11-23'), event: 'entry', accounts: {} });
}

const charged = (found: Determination): Record<string, string> =>
  Object.fromEntries(found.charges.map((one) => [one.id, one.amount.amount]));

test('ET-A: with a duty of 10 %, CIF 1,000 owes 421.50 in all', async () => {
  const goods = { commodity: '851830', amount: '1000.00', private: false };
  const found = await assessed('et', tariff('customs-law', '851830,10%'), goods);
  assert.deepEqual(charged(found), { duty: '100.00', vat: '165.00', surtax: '126.50', withholding: '30.00' });
  assert.deepEqual([found.decided, found.totals?.border.amount], [true, '421.50']);
});

test('ET-2: excise tax lies on the duty, VAT on both, surtax on all three', async () => {
  const excise = 'commodity,rate,from,until,source,article\n330410,0.30,2017-01-01,,excise-goods,\n';
  const files = { ...tariff('customs-law', '330410,35%'), 'tables/excise.csv': excise };
  const found = await assessed('et', files, { commodity: '330410', amount: '1000.00', private: false });
  const expected = { duty: '350.00', excise: '405.00', vat: '263.25', surtax: '201.83', withholding: '30.00' };
  assert.deepEqual(charged(found), expected);
});

test('ET: goods free of surtax bear the social welfare levy instead', async () => {
  const free = 'commodity,why,from,until,source,article\n8518,test,2017-01-01,,surtax-free,\n';
  const files = { ...tariff('customs-law', '851830,10%'), 'tables/surtax-free.csv': free };
  const found = await assessed('et', files, { commodity: '851830', amount: '1000.00', private: true });
  assert.deepEqual(charged(found), { duty: '100.00', vat: '165.00', 'social-welfare-levy': '30.00' });
});

test('KH: above the limit duty lies on CIF, special tax on the duty too, VAT on all', async () => {
  const special = 'commodity,rate,from,until,source,article\n2203,0.30,2020-01-01,,special-tax-goods,\n';
  const files = { ...tariff('bands', '2203,35%'), 'tables/special-tax.csv': special };
  const goods = { commodity: '220300', amount: '90.00', private: true, freight: '10.00', mode: 'air' } as const;
  const found = await assessed('kh', files, goods);
  assert.deepEqual(charged(found), { duty: '35.00', 'special-tax': '40.50', vat: '17.55' });
});

test('RW: an imported tariff wins over the bands, and a stay of application over both', async () => {
  const goods = { commodity: '950300', amount: '100000', private: true };
  const imported = tariff('cet-goods', '950300,10%');
  assert.equal(charged(await assessed('rw', imported, goods)).duty, '10000');
  const stay = 'commodity,duty,from,until,source,article\n9503,Free,2026-07-01,2027-07-01,stays,\n';
  assert.equal(charged(await assessed('rw', { ...imported, 'tables/stays.csv': stay }, goods)).duty, '0');
});

test('SG: with a rate for them, dutiable goods owe duty and then GST on it, from the first dollar', async () => {
  const goods = { commodity: '271019', amount: '500.00', private: true, mode: 'air' } as const;
  const found = await assessed('sg', tariff('dutiable', '2710,10%'), goods);
  assert.deepEqual(charged(found), { duty: '50.00', 'import-gst': '49.50' });
});

test('AU: wine waits for its own tax even where its duty is known', async () => {
  const goods = { commodity: '220421', amount: '50.00', private: true, mode: 'air' } as const;
  const found = await assessed('au', tariff('tariff-goods', '2204,5%'), goods);
  assert.deepEqual([charged(found), found.missing], [{ duty: '2.50' }, ['wine-tax']]);
});
