import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf } from '#kernel/effective.ts';
import { tinyPack } from '../../../test/support/pack.ts';
import { valuesNotKnown } from './listing.ts';

const law = { law: 'law' };
const value = (...rows: object[]): object => ({
  unit: 'EUR',
  values: rows.map((row) => ({ from: '2020-01-01', value: '1.00', source: law, ...row })),
});

test('a value without a row that is law on the day is not known, and a family as long as it has no member', () => {
  const pack = tinyPack({
    'values.json': {
      fee: value({}),
      ended: value({ until: '2021-01-01' }),
      planned: value({ status: 'announced' }),
      nothing: value(),
      'excise.*': value(),
      'vat.*': value(),
      'vat.DE': value({}),
    },
  });
  assert.deepEqual(valuesNotKnown(pack, dayOf('2020-06-01')), ['excise.*', 'nothing', 'planned']);
  assert.deepEqual(valuesNotKnown(pack, dayOf('2026-01-01')), ['ended', 'excise.*', 'nothing', 'planned']);
});
