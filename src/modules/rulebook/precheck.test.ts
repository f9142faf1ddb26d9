import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dayOf } from '#kernel/effective.ts';
import { words } from '#portal/text.ts';
import { parcel, shippedPack } from '../../../test/support/pack.ts';
import { tries } from '../../../test/support/long.ts';
import { allFields, fieldOfFact } from './assess-fields.ts';
import { requestOf, toldTo } from './assess-form.ts';
import { addressOf, compact, linesOf, valuesOf } from './assess-link.ts';
import { amountIn, contrast, desksOf } from './contrast.ts';
import { explain } from './engine.ts';
import { factTypes } from './facts.ts';

const xp = await shippedPack(['xp']);
const xl = await shippedPack(['xl']);
const on = dayOf('2026-11-23');
const t = words('en');
const packs = new Map([xp, xl].map((one) => [one.id, one]));
const setting = { packs, pack: xp, beside: xl, lines: 3 };

const anyValues = fc.dictionary(
  fc.constantFrom(...allFields(t, setting).map(({ name }) => name), 'run'),
  fc.constantFrom('', ' ', '1', 'Cup & saucer', 'ä/?=', 'yes'),
);

test('a link that is read gives the values back, and making it short again changes nothing', () => {
  fc.assert(
    fc.property(anyValues, (values) => {
      const short = compact(values);
      assert.deepEqual(compact(short), short);
      assert.deepEqual(valuesOf(Object.fromEntries(new URL(addressOf(values), 'http://x').searchParams)), short);
      const lines = Object.keys(short).flatMap((name) => /^goods\.(\d+)\./.exec(name)?.[1] ?? []);
      const used = [...new Set(lines)].map(Number).toSorted((a, b) => a - b);
      assert.deepEqual(
        used,
        used.map((_, index) => index),
        'no gaps between the lines',
      );
    }),
    { numRuns: tries(200) },
  );
});

test('a link of more lines or letters than fit is refused', () => {
  assert.equal(linesOf({ 'goods.11.price': '1' }).ok, true);
  assert.equal(linesOf({ 'goods.12.price': '1' }).ok, false);
  assert.equal(linesOf({ 'goods.0.description': 'x'.repeat(4_000) }).ok, false);
});

test('told to the other economy and back, a parcel is the same, but for categories that became codes', () => {
  const values = {
    economy: 'xp',
    with: 'xl',
    scheme: 'COD',
    'with.scheme': 'REG',
    zone: 'porto-franco',
    'with.zone': 'free-port',
    'assumed.yearly': '10',
    'goods.0.price': '40',
    'goods.0.category': 'mug',
    'goods.1.category': 'book',
  };
  const there = toldTo(values, xp, xl);
  assert.deepEqual(
    [there['economy'], there['scheme'], there['zone'], there['with.scheme'], there['with.assumed.yearly']],
    ['xl', 'REG', 'free-port', 'COD', '10'],
  );
  assert.deepEqual([there['goods.0.category'], there['goods.0.commodity']], ['', '691200']);
  assert.equal(there['goods.1.category'], 'book', 'a word that both know stays');
  const { 'goods.0.category': _word, ...rest } = values;
  assert.deepEqual(compact(toldTo(there, xl, xp)), { ...rest, 'goods.0.commodity': '691200' });
});

test('every fact of a parcel that may be missing has a field, but for those that a dry run settles itself', () => {
  const fields = allFields(t, setting);
  const settled = new Set(['declaration.route', 'declaration.declarant', 'declaration.goods', 'event']);
  const without = new Set(['declaration.goods.*.edition', 'declaration.goods.*.stock']);
  for (const { path } of Object.values(factTypes)) {
    if (settled.has(path) || without.has(path)) continue;
    assert.ok(fieldOfFact(path.replace('*', '2'), fields) !== undefined, path);
  }
});

test('what was not said is left out of the request, what is known not to be there is null, and nobody is named', () => {
  const request = requestOf(
    t,
    { 'goods.0.description': 'Cup', 'goods.0.price': '9', seller: 'no', importer: 'yes' },
    xp,
  );
  assert.ok(request.ok);
  const { declaration } = request.value.consignment;
  assert.equal(declaration.seller, null);
  assert.equal(declaration.importer, 'DRY-RUN');
  assert.equal('guarantor' in declaration, false);
  assert.equal('consignee' in declaration, false);
});

test('an amount of one economy is said in the money of another by either’s rates, and not at all without one', () => {
  const crowns = { currency: 'XPN', amount: '2.00' };
  const there = amountIn(xl, xp, on, crowns);
  assert.equal(there?.currency, 'XLV');
  assert.equal(amountIn(xp, xl, on, crowns)?.amount, '2.00');
  assert.equal(amountIn(xp, xl, dayOf('2030-01-01'), { currency: 'XLV', amount: '100' }), undefined);
});

test('answers are contrasted thing by thing, and a desk that acts for an authority is told apart from it', () => {
  const plants = parcel([{ price: { currency: 'XPN', amount: '20.00' }, commodity: '060290' }]);
  const of = (zone: string | null) => {
    const consignment = { ...plants, declaration: { ...plants.declaration, zone } };
    return explain(xp, { consignment, on, event: 'entry', accounts: {} });
  };
  const all = [of(null), of('vallombra'), of('porto-franco')];
  assert.deepEqual(all.map(desksOf), [['quarantine'], ['quarantine'], ['customs']]);
  assert.deepEqual(
    contrast(all)
      .filter(({ same }) => !same)
      .map(({ what, values }) => [what, values]),
    [['desks', [['quarantine'], ['quarantine'], ['customs']]]],
  );
});
