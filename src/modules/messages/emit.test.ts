import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addDecimal, formatDecimal, parseDecimal } from '#kernel/decimal.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { emit } from './emit.ts';
import type { Outgoing } from './emit-fields.ts';
import { inWanted } from './emit-rate.ts';

const yuan = (amount: string) => ({ currency: 'CNY', amount });
const words = (text: string) => ({ text, language: 'en' });

const parcel = (more: Partial<Consignment['declaration']> = {}, slips: Partial<Consignment> = {}): Outgoing => ({
  id: '01a1f78a-5300-735c-b23c-000000000001',
  received: '2026-11-20T18:00:00.000Z',
  filer: 'F',
  nameOf: () => undefined,
  body: {
    orders: [{ platform: 'P', number: 'O', total: yuan('3') }],
    ...slips,
    declaration: {
      id: 'D',
      movement: 'import',
      nature: 'sale',
      declarant: 'A',
      dispatch: 'JP',
      goods: [{ line: 1, description: words('T <&> "x"'), price: yuan('10'), quantity: '3', unit: 'KGM' }],
      ...more,
    },
  },
});

const said = (xml: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1];

function written(one: Outgoing, kind: Parameters<typeof emit>[0] = 'CEB621Message'): string {
  const result = emit(kind, [one]);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

test('what a parcel says stands at its place, what it does not say is named in the note', () => {
  const xml = written(parcel());
  assert.equal(said(xml, 'country'), '116');
  assert.equal(said(xml, 'gname'), 'T &lt;&amp;&gt; "x"');
  // The day in the zone of the format, and a price for one piece, rounded once.
  assert.equal(said(xml, 'declTime'), '20261121');
  assert.equal(said(xml, 'price'), '3.33333');
  const unsaid = said(xml, 'note')!.replace('unsaid: ', '').split(' ');
  for (const name of ['buyerTelephone', 'customsCode', 'gcode', 'grossWeight']) assert.ok(unsaid.includes(name), name);
  for (const name of ['orderNo', 'ebpCode', 'qty', 'agentCode', 'unit']) assert.ok(!unsaid.includes(name), name);
});

test('a short commodity code is shown to be short, and one of another length in place of a code is no code', () => {
  const goods = [{ line: 1, description: words('T'), price: yuan('1'), commodity: '691200' }];
  assert.equal(said(written(parcel({ goods, office: 'LONG-OFFICE' })), 'gcode'), '691200----');
  assert.equal(said(written(parcel({ goods, office: 'LONG-OFFICE' })), 'customsCode'), '0000');
  assert.equal(said(written(parcel({ goods, office: '1500' })), 'customsCode'), '1500');
});

test('what the format cannot say is refused and named', () => {
  const code = (one: Outgoing, kind: Parameters<typeof emit>[0] = 'CEB621Message'): string => {
    const result = emit(kind, [one]);
    return result.ok ? 'written' : `${result.error.code} ${result.error.pointer ?? ''}`.trim();
  };
  const order = { platform: 'P', number: 'O', total: yuan('3') };
  assert.equal(code(parcel({}, { orders: [order, order] })), 'messages/more-than-one');
  assert.equal(code(parcel({}, { orders: [order, order] }), 'CEB311Message'), 'written');
  assert.equal(code(parcel(), 'CEB411Message'), 'messages/nothing-to-say');
  assert.equal(code(parcel(), 'CEB603Message'), 'messages/nothing-to-say');
  assert.equal(code(parcel({ declarant: 'A'.repeat(30) })), 'messages/does-not-fit /agentCode');
  const crowns = [{ line: 1, description: words('T'), price: { currency: 'XPN', amount: '1' } }];
  assert.equal(code(parcel({ goods: crowns })), 'messages/needs-rate /rate');
  assert.equal(code(parcel({ movement: 'export', goods: crowns }), 'CEB603Message'), 'messages/no-word /currency');
});

test('amounts turn at the rate that was named, exactly, and each is rounded once', () => {
  const cents = fc.integer({ min: 0, max: 10_000_000 }).map((minor) => (minor / 100).toFixed(2).replace(/\.00$/, ''));
  const rate = fc.record({ digits: fc.bigInt({ min: 1n, max: 10_000_000n }), scale: fc.integer({ min: 0, max: 6 }) });
  fc.assert(
    fc.property(fc.array(cents, { minLength: 1, maxLength: 9 }), rate, (prices, at) => {
      const goods = prices.map((amount, index) => ({
        line: index + 1,
        description: words('T'),
        price: { currency: 'GBP', amount },
      }));
      const turned = inWanted(parcel({ goods }, { orders: [] }).body, at);
      assert.ok(turned.ok);
      for (const [index, one] of turned.value.body.declaration.goods.entries()) {
        assert.equal(one.price.currency, 'CNY');
        const exact = parseDecimal(prices[index]!)!;
        const product = { digits: exact.digits * at.digits, scale: exact.scale + at.scale };
        const minus = { ...product, digits: -product.digits };
        const off = addDecimal(parseDecimal(one.price.amount)!, minus);
        const scaled = off.digits < 0n ? -off.digits : off.digits;
        assert.ok(scaled * 200_000n <= 10n ** BigInt(off.scale), `${formatDecimal(off)} is more than half of a place`);
      }
    }),
  );
});
