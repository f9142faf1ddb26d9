import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { packsPart } from './service.ts';

export const rulebookModule: Module = { name: 'rulebook', refusals, reference: [packsPart], api, pages };
