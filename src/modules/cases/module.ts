import type { Module } from '#platform/module.ts';
import { refusals } from './model.ts';
import { sweep } from './service-sweep.ts';

/**
 * The procedure kernel. What cases are about, their pages and their doors belong to the modules that bring procedures.
 */
export const casesModule: Module = {
  name: 'cases',
  refusals,
  work: (context) => [{ name: 'cases-deadlines', idleMs: 1_000, step: async () => (await sweep(context)) > 0 }],
};
