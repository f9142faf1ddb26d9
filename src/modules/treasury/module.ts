import { follow } from '#platform/journal.ts';
import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { billsApi } from './api-bills.ts';
import { statementsApi } from './api-statements.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { billPages } from './pages-bills.ts';
import { guaranteePages } from './pages-guarantees.ts';
import { statementPages } from './pages-statements.ts';

import { collecting, collectReleased, keepBills } from './service-bills.ts';
import { completeOrders } from './service-orders.ts';
import { completeLost, makeRefunds } from './service-pay.ts';
import { statementDifferences } from './service-statements.ts';
import { unpaidBill } from './unpaid.ts';

/** Assessment notices and tax bills, their payment and refund, guarantees, and the bank's statements. */
export const treasuryModule: Module = {
  name: 'treasury',
  refusals,
  procedures: [unpaidBill, statementDifferences],
  async api(app, context) {
    api(app, context);
    billsApi(app, context);
    await statementsApi(app, context);
  },
  pages(app, context) {
    pages(app, context);
    billPages(app, context);
    guaranteePages(app, context);
    statementPages(app, context);
  },
  work: (context) => [
    follow('treasury-bills', collecting, (tx, entries) => collectReleased(context, tx, entries), { canWait: true }),
    { name: 'treasury-calendar', idleMs: 5_000, step: () => keepBills(context) },
    {
      name: 'treasury-payments',
      idleMs: 5_000,
      step: async () => (await completeLost(context)) + (await completeOrders(context)) > 0,
    },
    { name: 'treasury-refunds', idleMs: 2_000, step: async () => (await makeRefunds(context)) > 0 },
  ],
};
