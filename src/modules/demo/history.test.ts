import assert from 'node:assert/strict';
import { test } from 'node:test';
import { msOfInstant } from '#platform/clock.ts';
import { flightScenario } from './flight.ts';
import { differences, historyDay, historyDays, historyParcel, historyParcels } from './history.ts';
import { ids } from './roles.ts';

const began = msOfInstant('2026-11-23T20:00:00.000Z');
const days = Array.from({ length: historyDays + 1 }, (_, number) => historyDay(9, began, number));
const all = days.flatMap((day) => day.parcels);

test('the history holds two thousand parcels, each once, on days that come one after another', () => {
  assert.equal(all.length, historyParcels);
  assert.deepEqual(
    all.map(({ index }) => index),
    Array.from({ length: historyParcels }, (_, index) => index),
  );
  assert.equal(new Set(all.map(({ body }) => body.declaration.id)).size, historyParcels);
  for (const day of days) for (const { at } of day.parcels) assert.ok(at <= day.filedAt && at <= began);
});

test('the history of a seed and a moment is the same byte for byte', () => {
  const again = historyDay(9, began, 12);
  assert.deepEqual(
    again.parcels.map(({ raw }) => raw),
    days[12]!.parcels.map(({ raw }) => raw),
  );
  assert.deepEqual(differences(9, again, false), differences(9, days[12]!, false));
});

test('the slip that comes later changes nothing but the payment', () => {
  const first = all.find(({ kind }) => kind === 'slip-missing')!;
  const day = days.findIndex(({ parcels }) => parcels.includes(first));
  const { payments, ...rest } = historyParcel(9, first.index, first.at, day, true).body;
  assert.equal(payments?.length, 1);
  assert.deepEqual(rest, first.body);
});

test('the cast has parcels of its own: two small sellers, and a consumer who is her own importer', () => {
  const by = (filer: string): number => all.filter((one) => one.filer === filer).length;
  assert.ok(by(ids.seller) > 30 && by(ids.smallest) > 20);
  const hers = all.filter(({ body }) => body.declaration.importer === ids.consumer);
  assert.ok(hers.length >= 5);
  for (const { body } of hers) assert.equal(body.declaration.consignee?.name.text, 'Alba Ripamare');
});

test('a piece that is missing on the day does not come late as well', () => {
  for (const day of days.slice(0, -1)) {
    const { missing, late } = differences(9, day, false);
    assert.deepEqual(
      missing.filter((barcode) => late.includes(barcode)),
      [],
    );
  }
});

test('the flight carries the story that is told of it', () => {
  const flight = flightScenario(1, began);
  const orders = (place: number) => flight.parcels[place]!.body.orders!.map(({ number }) => number);
  assert.equal(flight.parcels.length, 2_000);
  assert.equal(new Set(flight.oneOrderInThree.flatMap(orders)).size, 1);
  assert.equal(new Set(orders(flight.threeOrdersInOne)).size, 3);
  assert.equal(flight.parcels[flight.twoPieces]!.barcodes.length, 2);
  assert.equal(flight.parcels[flight.gift]!.body.declaration.nature, 'gift');
  assert.equal(flight.parcels[flight.cashOnDelivery]!.body.declaration.scheme, 'COD');
  const onPaper = new Set(flight.manifests.flatMap(({ lines }) => lines.flatMap(({ barcodes = [] }) => barcodes)));
  assert.equal(onPaper.size, 2_001);
  for (const barcode of [...flight.shortLanded, flight.late]) assert.ok(onPaper.has(barcode));
  for (const barcode of flight.overLanded) assert.ok(!onPaper.has(barcode));
});
