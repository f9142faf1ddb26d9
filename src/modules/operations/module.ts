import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { forgetting, heartbeat } from './heartbeat.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';

/** How the window runs, measured and told. */
export const operationsModule: Module = {
  name: 'operations',
  refusals,
  api,
  pages,
  work: (context) => [heartbeat(context), forgetting()],
};
