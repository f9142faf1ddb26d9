import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { completeLost, makeRefunds } from './service-pay.ts';

/** Assessment notices, their payment and refund. */
export const treasuryModule: Module = {
  name: 'treasury',
  refusals,
  api,
  pages,
  work: (context) => [
    { name: 'treasury-payments', idleMs: 5_000, step: async () => (await completeLost(context)) > 0 },
    { name: 'treasury-refunds', idleMs: 2_000, step: async () => (await makeRefunds(context)) > 0 },
  ],
};
