import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { expire } from './store.ts';

const sweepMax = 200;

/** Parcels filed by hand: asked question by question, on a device without a line, from templates, by the table. */
export const filingModule: Module = {
  name: 'filing',
  refusals,
  api,
  pages,
  work: ({ clock }) => [
    {
      name: 'filing-expiry',
      idleMs: 600_000,
      step: (db) => db.tx(async (tx) => (await expire(tx, clock.instant(), sweepMax)) === sweepMax),
    },
  ],
};
