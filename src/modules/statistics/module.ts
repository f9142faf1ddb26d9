import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { closeDue } from './closing.ts';
import { follower } from './follow.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { runWorker } from './run.ts';

/** Summary declarations of a month, what corrects them, and the statistics made of the same bookings. */
export const statisticsModule: Module = {
  name: 'statistics',
  refusals,
  api,
  pages,
  work: (context) => [
    follower(context),
    runWorker(context),
    { name: 'statistics-due', idleMs: 3_600_000, step: () => closeDue(context) },
  ],
};
