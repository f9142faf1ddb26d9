import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Compile } from 'typebox/compile';
import { assess, compile, Consignment, loadPackFolder } from '#modules/rulebook/index.ts';
import { dayOf } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import { type Kind, placeOf, shares, shareWhole } from './kinds.ts';
import { type Invented, parcel } from './parcels.ts';

const at = 1_790_000_000_000;
const thousand = Array.from({ length: shareWhole }, (_, index) => parcel({ seed: 7, index, at }));
const schema = Compile(Consignment);

test('the same seed and index give the same bytes, and others give others', () => {
  assert.equal(parcel({ seed: 7, index: 400, at }).raw, thousand[400]!.raw);
  assert.notEqual(parcel({ seed: 8, index: 400, at }).raw, thousand[400]!.raw);
  assert.equal(new Set(thousand.map(({ raw }) => raw)).size, shareWhole);
});

test('every invented parcel is one that the API would take', () => {
  for (const { body, kind } of thousand) {
    assert.ok(schema.Check(body), `${kind}: ${JSON.stringify(schema.Errors(body)[0])}`);
  }
});

test('every thousand holds exactly the stated shares', () => {
  for (const [seed, from] of [
    [7, 0],
    [3, 5_000],
    [12_345, 1_000_000],
  ] as const) {
    const counted: Partial<Record<Kind, number>> = {};
    for (let index = from; index < from + shareWhole; index += 1) {
      const { kind } = placeOf(seed, index);
      counted[kind] = (counted[kind] ?? 0) + 1;
    }
    assert.deepEqual(counted, { ...shares });
  }
});

const ofKind = (kind: Kind): Invented[] => thousand.filter((one) => one.kind === kind);

test('one order travels in three parcels of one buyer, each with a part of it', () => {
  const groups = Map.groupBy(ofKind('split-order'), ({ body }) => body.orders![0]!.number);
  assert.equal(groups.size, 10);
  for (const parts of groups.values()) {
    assert.equal(parts.length, 3);
    assert.equal(new Set(parts.map(({ body }) => body.declaration.consignee!.identity!.number)).size, 1);
    assert.equal(new Set(parts.map(({ body }) => body.orders![0]!.placed)).size, 1);
    assert.equal(new Set(parts.map(({ body }) => body.declaration.id)).size, 3);
  }
});

test('three orders travel in one parcel, each paid for itself', () => {
  for (const { body } of ofKind('merged-orders')) {
    assert.equal(body.orders!.length, 3);
    assert.deepEqual(
      body.payments!.map(({ order }) => order),
      body.orders!.map(({ number }) => number),
    );
  }
});

test('no two pieces carry one barcode, and a name in another script has its Latin form', () => {
  const barcodes = thousand.flatMap((one) => one.barcodes);
  assert.equal(new Set(barcodes).size, barcodes.length);
  for (const { body } of thousand) {
    const { name } = body.declaration.consignee!;
    assert.ok(/^[\p{Script=Latin}\p{P} ]+$/u.test(name.latin ?? name.text), name.text);
  }
});

test('gifts come by post without order or payment, and cash on delivery is not paid before', () => {
  for (const { body } of ofKind('gift')) assert.equal(body.orders ?? body.payments, undefined);
  for (const { body } of ofKind('cash-on-delivery'))
    assert.deepEqual([body.payments, body.declaration.scheme], [undefined, 'COD']);
});

test('the pack of Ponenta decides every kind as it is meant to be decided', async () => {
  const folder = fileURLToPath(new URL('../../../packs/xp', import.meta.url));
  const pack = must(compile([must(await loadPackFolder(folder))]));
  const expected: Record<Kind, string> = {
    'low-value': 'low-value',
    ordinary: 'ordinary',
    'several-lines': 'low-value',
    'cash-on-delivery': 'low-value',
    gift: 'gift-post',
    'several-pieces': 'low-value',
    'split-order': 'low-value',
    'merged-orders': 'low-value',
    permit: 'low-value',
    'permit-missing': 'control',
    prohibited: 'denied',
    'over-limit': 'other-route',
    simplified: 'low-value',
    'slip-missing': 'waiting payment',
  };
  const zero = { yearly: { currency: 'XPN', amount: '0.00' } };
  for (const { body, kind } of thousand) {
    const made = assess(pack, { consignment: body, on: dayOf('2026-11-20'), event: 'entry', accounts: zero });
    const led = Object.values(made.leads)[0];
    const came = made.slips.missing.length > 0 ? `waiting ${made.slips.missing.join(' ')}` : (led ?? made.route);
    assert.equal(
      came,
      expected[kind],
      `${kind}: ${JSON.stringify(made.checks.filter(({ result }) => result === 'failed' || result === 'unknown'))}`,
    );
    if (led === undefined && !came?.startsWith('waiting'))
      assert.ok(made.decided, `${kind}: ${made.missing.join(', ')}`);
  }
});
