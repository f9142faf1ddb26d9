import { must } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { takeStatement, topUp } from '#modules/treasury/index.ts';
import { castPrincipal } from './decisions.ts';
import { legalToday } from './clock.ts';
import { currency } from './parcels.ts';
import { ids } from './roles.ts';

/** What the guarantor paid to stand good for more, by his own references. */
const raised = [
  { reference: 'MUTUA-101', amount: '25000.00' },
  { reference: 'MUTUA-102', amount: '10000.00' },
  { reference: 'MUTUA-103', amount: '5000.00' },
] as const;

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
