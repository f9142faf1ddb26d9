import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { partiesPart } from './directory.ts';
import { refusals } from './refusals.ts';
import { pages } from './pages.ts';
import { sweepSignIns } from './service-sign-in.ts';

/** Parties, representations, authorities, mandates, API clients, and the plain sign-in. */
export const partiesModule: Module = {
  name: 'parties',
  refusals,
  reference: [partiesPart],
  api,
  pages,
  work: (context) => [{ name: 'parties-sign-ins', idleMs: 600_000, step: () => sweepSignIns(context) }],
};
