import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { packsFolder, shippedPack } from '../../../test/support/pack.ts';
import { firstDayOf } from './first-day.ts';

const current = await shippedPack(['xp']);
const values: any = JSON.parse(readFileSync(`${packsFolder}/xp/values.json`, 'utf8'));

/** The pack with other values. */
async function changed(change: (values: any) => void) {
  const copy = structuredClone(values);
  change(copy);
  return shippedPack(['xp'], { 'values.json': JSON.stringify(copy) });
}

test('the first day of a draft is the earliest on which it makes something begin or end', async () => {
  const rows = (name: string, from: string, value: string) => (all: any) => {
    const { source } = all[name].values[0];
    all[name].values.push({ from, value, source });
  };
  assert.equal(firstDayOf(current, current), undefined);
  const later = await changed(rows('gift-limit', '2028-03-01', '70.00'));
  assert.equal(firstDayOf(current, later), '2028-03-01');
  const both = await changed((all) => {
    rows('gift-limit', '2028-03-01', '70.00')(all);
    rows('service-fee', '2028-01-01', '4.00')(all);
  });
  assert.equal(firstDayOf(current, both), '2028-01-01');
});

test('a draft that only changes a figure in its place has no first day, and an announced value begins on none', async () => {
  const inPlace = await changed((all) => (all['low-value-limit'].values[1].value = '90.00'));
  assert.equal(firstDayOf(current, inPlace), undefined);
  const announced = await changed((all) => (all['low-value-limit'].values[2].from = '2027-08-01'));
  assert.equal(firstDayOf(current, announced), undefined);
});
