import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dayOf } from '#kernel/effective.ts';
import { formatMoney } from '#kernel/money.ts';
import { must } from '#kernel/result.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { tries } from '../../../test/support/long.ts';
import { openWindow } from '../../../test/support/window.ts';
import { assessService } from './assess.ts';
import { kindNames, type ServiceBody } from './model.ts';

const { context } = await openWindow();
const { home } = context.reference.current().get(packsPart);
const on = dayOf('2026-09-10');
const body = (more: Partial<ServiceBody>): ServiceBody => ({
  reference: 'R',
  filer: 'XP-A',
  kind: 'licence',
  contract: { number: 'C', day: '2026-01-01', sha256: 'ab'.repeat(32) },
  supplier: { identifier: 'XL-B', country: 'XL' },
  customer: { identifier: 'XP-A', country: 'XP' },
  period: { from: '2026-08-01', until: '2026-08-31' },
  value: { currency: 'XPN', amount: '1.00' },
  placeOfSupply: 'XP',
  receipt: { reference: 'P', day: '2026-09-01' },
  ...more,
});

/** So many hundredths of an amount, half a unit up. */
const percent = (minor: bigint, rate: bigint): bigint => (minor * rate + 50n) / 100n;
const minorOf = (amount: string): bigint => BigInt(amount.replace('.', ''));

test('tax and withholding are exact shares of the value, rounded once each, and what is owed is their sum', () => {
  const minor = fc.bigInt({ min: 1n, max: 10n ** 14n });
  fc.assert(
    fc.property(minor, fc.constantFrom(...kindNames), fc.boolean(), (value, kind, here) => {
      const asked = body({
        kind,
        value: formatMoney({ currency: 'XPN', minor: value }),
        placeOfSupply: here ? 'XP' : 'XL',
      });
      const { charges, owed, home: counted } = must(assessService(home, asked, on));
      const amounts = Object.fromEntries(charges.map(({ id, amount }) => [id, minorOf(amount.amount)]));
      assert.deepEqual(amounts, {
        ...(here ? { 'service-tax': percent(value, 12n) } : {}),
        ...(kind === 'licence' ? { withholding: percent(value, 10n) } : {}),
      });
      assert.equal(
        owed,
        Object.values(amounts).reduce((sum, one) => sum + one, 0n),
      );
      assert.equal(counted.minor, value);
    }),
    { numRuns: tries(300) },
  );
});

test('a day before the law knows the rate decides nothing', () => {
  const early = assessService(home, body({}), dayOf('2019-01-01'));
  assert.deepEqual(early.ok ? 'ok' : early.error.code, 'services/no-law');
});
