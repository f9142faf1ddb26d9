import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { learner } from './learn.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { forgetOld, keepIndex } from './service.ts';

/** Commodity help: codes for goods that are described in words. */
export const commodityModule: Module = {
  name: 'commodity',
  refusals,
  api,
  pages,
  work: (context) => [
    learner(),
    { name: 'commodity-index', idleMs: 60_000, step: () => keepIndex(context) },
    { name: 'commodity-forget', idleMs: 3_600_000, step: () => forgetOld(context) },
  ],
};
