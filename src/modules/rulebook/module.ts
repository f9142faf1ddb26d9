import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { changeOfLaw } from './change.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { bringIntoForce } from './service-force.ts';
import { packsPart } from './service.ts';

export const rulebookModule: Module = {
  name: 'rulebook',
  refusals,
  reference: [packsPart],
  procedures: [changeOfLaw],
  api,
  pages,
  work: (context) => [{ name: 'rulebook-law', idleMs: 500, step: () => bringIntoForce(context) }],
};
