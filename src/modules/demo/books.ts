import { addDays, dayOf } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { type Fee, publish, type TariffBody } from '#modules/ports/index.ts';
import { fileService } from '#modules/services/index.ts';
import { takeStatement, topUp } from '#modules/treasury/index.ts';
import { castPrincipal } from './decisions.ts';
import { legalToday } from './clock.ts';
import { placeOf } from './landing.ts';
import { currency } from './parcels.ts';
import { operatorSystem, slipSystem } from './principals.ts';
import { ids } from './roles.ts';

/** What the guarantor paid to stand good for more, by his own references. */
const raised = [
  { reference: 'MUTUA-101', amount: '25000.00' },
  { reference: 'MUTUA-102', amount: '10000.00' },
  { reference: 'MUTUA-103', amount: '5000.00' },
] as const;

const words = (text: string) => ({ text, language: 'en' });

/** What the airport's hall charges from today on, and what it will from the day four weeks later. */
export async function publishTariffs(context: Context): Promise<void> {
  const today = dayOf(legalToday(context));
  const fee = (id: string, text: string, more: Pick<Fee, 'unit' | 'amount'> & Partial<Fee>): Fee => ({
    id,
    name: words(text),
    daily: false,
    ...more,
  });
  const tariff = (from: string, storage: string, source: string): TariffBody => ({
    operator: ids.operator,
    port: placeOf(false),
    name: words('Capo Sereno, air cargo hall'),
    from,
    currency,
    source,
    fees: [
      fee('documents', 'Papers of a consignment', {
        unit: 'consignment',
        amount: '4.50',
      }),
      fee('handling', 'Handling', {
        unit: 'tonne',
        amount: '38.20',
        minimum: '6.00',
      }),
      fee('storage', 'Storage', {
        unit: 'tonne',
        daily: true,
        freeDays: 2,
        amount: storage,
        minimum: '2.00',
      }),
    ],
  });
  const operator = operatorSystem(context, false);
  must(await publish(context, operator, tariff(today, '9.00', 'Tariff sheet 7')));
  must(await publish(context, operator, tariff(addDays(today, 28), '11.50', 'Tariff sheet 8')));
}

/** The agent uses a mark from abroad and pays for it: large enough for the tax office to look at it. */
export async function fileLicence(context: Context): Promise<void> {
  const today = dayOf(legalToday(context));
  must(
    await fileService(context, slipSystem(context, ids.agent), {
      reference: 'FARO-LIC-1',
      filer: ids.agent,
      kind: 'licence',
      cpc: '7334',
      placeOfSupply: 'XP',
      contract: {
        number: 'LW-2026-3',
        day: addDays(today, -40),
        sha256: '9c'.repeat(32),
      },
      supplier: {
        identifier: ids.seller,
        country: 'XL',
      },
      customer: {
        identifier: ids.agent,
        country: 'XP',
      },
      period: {
        from: addDays(today, -30),
        until: addDays(today, -1),
      },
      value: {
        currency: 'EUR',
        amount: '6400.00',
      },
      receipt: {
        reference: 'PL-88120',
        day: addDays(today, -2),
      },
      licence: {
        right: 'trade-mark',
        subject: 'The lantern mark',
        registration: 'XL-TM-4711',
      },
    }),
  );
}

/**
 * The guarantor raises his ceiling, and the bank's statement of the day says otherwise than the window in three ways:
 * one payment came short, one is not on it, and one line nobody knows. Done again, it is as it was.
 */
export async function keepBooks(context: Context): Promise<void> {
  const guarantor = await castPrincipal(context, 'gildo');
  const moved: { id: string; amount: string; bank: string }[] = [];
  for (const { reference, amount } of raised) {
    const body = { method: 'simulated-bank', reference, amount: { currency, amount } };
    const receipt = must(await topUp(context, guarantor, ids.guarantor, body));
    moved.push({ id: receipt.id, amount, bank: receipt.bank ?? '' });
  }
  const today = legalToday(context);
  const line = (amount: string, reference: string, bank: string): string =>
    ['SIMULATED', `SIM-${today}`, today, currency, amount, reference, bank].join(',');
  const [whole, short] = moved;
  const file = [
    'account,statement,booked,currency,amount,reference,bank',
    line(whole!.amount, whole!.id, whole!.bank),
    line('9990.00', short!.id, short!.bank),
    line('148.20', 'RF18 5390 0754', 'SIMULATED-77'),
    '',
  ].join('\n');
  must(await takeStatement(context, await castPrincipal(context, 'dora'), Buffer.from(file)));
}
