import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { collector } from './service-collect.ts';
import { turnDays } from './service-sweep.ts';

/** News of parcels: kept for who asked, read from a cursor, streamed, sent. */
export const feedbackModule: Module = {
  name: 'feedback',
  refusals,
  api,
  work: (context) => [collector(context), { name: 'feedback-days', idleMs: 3_600_000, step: () => turnDays(context) }],
};
