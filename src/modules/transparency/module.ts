import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { sealer } from './service.ts';

/** The journal sealed segment by segment, so that nobody changes what was recorded unseen. */
export const transparencyModule: Module = {
  name: 'transparency',
  refusals,
  api,
  work: () => [sealer()],
};
