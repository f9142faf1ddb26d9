import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { registrationProcedure } from './procedure.ts';
import { sweepInvitations } from './service-people.ts';

/** Registration of businesses, their people, and representations given and ended by the parties themselves. */
export const registrationModule: Module = {
  name: 'registration',
  refusals,
  procedures: [registrationProcedure],
  api,
  pages,
  work: (context) => [{ name: 'registration-invitations', idleMs: 600_000, step: () => sweepInvitations(context) }],
};
