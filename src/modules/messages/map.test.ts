import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cebKinds } from './ceb-kinds.ts';
import type { MessageKind } from './fields.ts';
import { type Mapped, mapNode } from './map.ts';
import type { PlacedFields } from './read.ts';

const placed = (fields: Readonly<Record<string, string>>): PlacedFields =>
  new Map(Object.entries(fields).map(([name, text], index) => [name, { text, path: `/m/${name}`, line: index + 1 }]));

const kindOf = (name: string): MessageKind => cebKinds[name]!;

function map(name: string, head: Readonly<Record<string, string>>, ...rows: Readonly<Record<string, string>>[]) {
  const kind = kindOf(name);
  const placedRows = rows.map((row, index) => ({
    at: `${kind.rowsAt}/${index}`,
    known: kind.rows,
    fields: placed(row),
  }));
  return mapNode(kind, { path: '/m', line: 1, fields: placed(head), rows: placedRows }, 'XP');
}

function mapped(...args: Parameters<typeof map>): Mapped {
  const result = map(...args);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

test('an export order is worth its goods and its freight, added exactly', () => {
  const { body } = mapped('CEB303Message', { goodsValue: '0100.10000', freight: '0.20', currency: '142' });
  assert.deepEqual(body, { total: { currency: 'CNY', amount: '100.3' } });
});

test('freight of a checklist is an amount only where its flag says so', () => {
  const fields = { freight: '5', fCurrency: '142', insuredFee: '3', iCurrency: '502', iFlag: '3' };
  const rate = mapped('CEB603Message', { ...fields, fFlag: '1' });
  assert.deepEqual(rate.body['freight'], undefined);
  assert.deepEqual(rate.body['insurance'], { currency: 'USD', amount: '3' });
  assert.ok(rate.homeless.includes('/m/freight'));
  assert.deepEqual(mapped('CEB603Message', { ...fields, fFlag: '3' }).body['freight'], {
    currency: 'CNY',
    amount: '5',
  });
});

test('a time is that of the format’s zone, and one that is none refuses its node at the field', () => {
  const { body } = mapped('CEB411Message', { payTime: '20160315003555' });
  assert.equal(body['paid'], '2016-03-14T16:35:55Z');
  for (const payTime of ['20160231000000', '20160315240000', '2016031500355', 'yesterday']) {
    const result = map('CEB411Message', { payTime });
    assert.ok(!result.ok);
    assert.deepEqual([result.error.code, result.error.pointer], ['messages/field-format', '/m/payTime']);
  }
});

test('codes that the list does not hold: a currency refuses, a country is named, a unit stays as it was sent', () => {
  const refused = map('CEB311Message', { acturalPaid: '1', currency: '999' });
  assert.deepEqual(refused.ok ? '' : refused.error.pointer, '/m/currency');
  const { body, homeless } = mapped(
    'CEB621Message',
    { country: '999' },
    { gnum: '1', country: '116', unit: '035', unit1: '999' },
  );
  assert.equal(body['dispatch'], undefined);
  assert.deepEqual(homeless, ['/m/country']);
  assert.deepEqual(body['goods'], [{ line: 1, origin: 'JP', unit: 'KGM', statutoryUnit: '999' }]);
});

test('a long address is cut into lines between characters, and nothing of it is lost', () => {
  const address = `${'海'.repeat(69)}👨‍👩‍👧${'市'.repeat(90)}`;
  const { body } = mapped('CEB621Message', { consigneeAddress: address });
  const { lines } = (body['consignee'] as { address: { lines: string[] } }).address;
  assert.equal(lines.join(''), address);
  assert.ok(lines.every((line) => line.length <= 70));
});

test('a refusal of the door is said at the field that filled the place, or at the node where none did', () => {
  const { placed: at } = mapped('CEB511Message', { logisticsNo: 'L1', orderNo: 'O1', weight: '1' });
  const pointer = (one: string): string | undefined => at({ code: 'x', pointer: one }).pointer;
  assert.equal(pointer('/orders/0'), '/m/orderNo');
  assert.equal(pointer('/pieces/0/barcode'), '/m/logisticsNo');
  assert.equal(pointer('/carrier'), '/m');
  assert.equal(at({ code: 'x', more: [{ code: 'y', pointer: '/grossWeight' }] }).more?.[0]?.params?.['line'], '3');
});
