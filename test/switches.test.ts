import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import { compileLayers } from '#modules/rulebook/compile.ts';
import { assess } from '#modules/rulebook/engine.ts';
import { loadPackFolder, sourceOf } from '#modules/rulebook/folder.ts';
import type { AssessInput, PackSource } from '#modules/rulebook/model.ts';
import { packsFolder, parcel } from './support/pack.ts';

/**
 * Open questions of the law stand in packs as switches with a named default, which the packs' own examples show. Here
 * each is answered the other way.
 */

type Values = Record<string, { values: { value: string }[] }>;

/** The layers of a pack with one switch answered otherwise, wherever among them it stands. */
async function answered(ids: readonly string[], name: string, answer: string): Promise<PackSource[]> {
  const layers = await Promise.all(ids.map(async (id) => must(await loadPackFolder(`${packsFolder}/${id}`))));
  return layers.map((layer) => {
    const values = JSON.parse(layer.files['values.json'] ?? '{}') as Values;
    const asked = values[name]?.values.at(-1);
    if (asked === undefined) return layer;
    assert.notEqual(asked.value, answer, 'the default is the other answer');
    asked.value = answer;
    return must(sourceOf({ ...layer.files, 'values.json': JSON.stringify(values) }));
  });
}

const cases: readonly {
  name: string;
  switch: string;
  answer: string;
  packs: readonly string[];
  country: string;
  currency?: string;
  given: Partial<AssessInput['consignment']['declaration']>;
  /** Code and price of each line; a T-shirt of 50.00, or of 45.00 as a gift, where it says nothing. */
  lines?: readonly (readonly [commodity: string, amount: string])[];
  charges: Readonly<Record<string, string>>;
}[] = [
  {
    name: 'OPEN-1: VAT of the import scheme on the flat duty too (EU-E: 1.20 on 6.00 at 20 %)',
    switch: 'switch.flat-duty-in-ioss-vat-base',
    answer: 'yes',
    packs: ['eu'],
    country: 'FR',
    given: { scheme: 'IOSS' },
    lines: [
      ['610910', '40.00'],
      ['640399', '60.00'],
    ],
    charges: { duty: '6.00', vat: '21.20' },
  },
  {
    name: 'OPEN-3: outside the import scheme the ordinary duty, because the relief is gone',
    switch: 'switch.flat-duty-outside-ioss',
    answer: 'no',
    packs: ['eu', 'de'],
    country: 'DE',
    given: { scheme: null },
    charges: { duty: '6.00', vat: '10.64' },
  },
  {
    name: 'OPEN-3: inside it the flat duty stays',
    switch: 'switch.flat-duty-outside-ioss',
    answer: 'no',
    packs: ['eu', 'de'],
    country: 'DE',
    given: { scheme: 'IOSS' },
    charges: { duty: '3.00', vat: '9.50' },
  },
  {
    name: 'France: the tax on small parcels in the base of VAT',
    switch: 'switch.parcel-tax-in-vat-base',
    answer: 'yes',
    packs: ['eu', 'fr'],
    country: 'FR',
    given: { scheme: 'SA' },
    charges: { duty: '3.00', vat: '11.00', 'parcel-tax': '2.00' },
  },
  {
    name: 'France: the tax on small parcels on gifts',
    switch: 'switch.parcel-tax-on-gifts',
    answer: 'yes',
    packs: ['eu', 'fr'],
    country: 'FR',
    given: { nature: 'gift', scheme: null },
    charges: { 'parcel-tax': '2.00' },
  },
  {
    name: 'Italy: no contribution on gifts',
    switch: 'switch.contribution-on-gifts',
    answer: 'no',
    packs: ['eu', 'it'],
    country: 'IT',
    given: { nature: 'gift', scheme: null },
    charges: {},
  },
  {
    name: 'Great Britain: duty on samples',
    switch: 'switch.relief-of-goods-not-sold',
    answer: 'no',
    packs: ['gb'],
    country: 'GB',
    currency: 'GBP',
    given: { nature: 'sample' },
    charges: { duty: '6.00', vat: '11.20' },
  },
];

for (const { name, packs, country, currency = 'EUR', given, charges, lines, ...open } of cases) {
  test(name, async () => {
    const { pack, problems } = compileLayers(await answered(packs, open.switch, open.answer));
    assert.deepEqual(problems, []);
    assert.ok(pack);
    const goods = (lines ?? [['610910', given.nature === 'gift' ? '45.00' : '50.00']]).map(([commodity, amount]) => ({
      commodity,
      price: { currency, amount },
    }));
    const consignee = {
      name: { text: 'A. Consignee', language: 'en' },
      address: { lines: ['1 Quay'], country },
      private: true,
    };
    const consignment = parcel(goods, { ...given, consignee });
    const found = assess(pack, { consignment, on: dayOf('2026-11-23'), event: 'entry', accounts: {} });
    assert.deepEqual(Object.fromEntries(found.charges.map((one) => [one.id, one.amount.amount])), charges);
    assert.deepEqual(found.missing, []);
  });
}
