import type { Module } from '#platform/module.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';

/** The desks of the authorities: queues, cases, decisions. */
export const agenciesModule: Module = { name: 'agencies', refusals, pages };
