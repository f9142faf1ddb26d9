import type { Module } from '#platform/module.ts';
import { refusals } from './model.ts';
import { packsPart } from './service.ts';

export const rulebookModule: Module = { name: 'rulebook', refusals, reference: [packsPart] };
