import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';

/** What ports charge. */
export const portsModule: Module = { name: 'ports', refusals, api, pages };
