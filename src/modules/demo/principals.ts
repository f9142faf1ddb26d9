import type { Principal, Role } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { legalToday } from './clock.ts';
import { ids } from './roles.ts';

/** The systems of the cast that hand in manifests and tallies: nobody sits at them, so they are no person's. */
export const machine = (context: Context, party: string, ...roles: Role[]): Principal => ({
  subject: `demo:${party}`,
  name: party,
  client: null,
  party,
  authority: null,
  roles,
  representations: [],
  mandates: [],
  scopes: [],
  assurance: 'demo',
  on: legalToday(context),
});

export const carrierSystem = (context: Context, post: boolean): Principal =>
  machine(context, post ? ids.post : ids.carrier, 'carrier');

export const operatorSystem = (context: Context, post: boolean): Principal =>
  machine(context, post ? ids.post : ids.operator, 'operator');

/** The system of whoever sends slips of his own: a platform, a payment provider, a carrier, a declarant. */
export const slipSystem = (context: Context, party: string): Principal => machine(context, party, 'filer');
