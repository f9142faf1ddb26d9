import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { listsPart, watchPart } from './screen.ts';

/** Denied names and watch rules: who and what is looked at more closely. */
export const riskModule: Module = { name: 'risk', refusals, reference: [listsPart, watchPart], api };
