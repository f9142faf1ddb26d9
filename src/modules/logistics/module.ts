import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { resumeTransfers } from './arrive.ts';
import { transferDifference, transferSeals } from './difference.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';

/** Goods under way between offices. */
export const logisticsModule: Module = {
  name: 'logistics',
  refusals,
  procedures: [transferDifference, transferSeals],
  api,
  pages,
  work: (context) => [{ name: 'logistics-transfers', idleMs: 500, step: () => resumeTransfers(context) }],
};
