import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { fraudReport, refusals } from './model.ts';
import { pages } from './pages.ts';

/** How ready an economy is, and fraud that anybody may report. */
export const readinessModule: Module = { name: 'readiness', refusals, procedures: [fraudReport], api, pages };
