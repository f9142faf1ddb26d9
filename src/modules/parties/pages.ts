import type { FastifyInstance } from 'fastify';
import type { Context } from '#platform/context.ts';
import { authoritiesPages } from './pages-authorities.ts';
import { accessKeysPages } from './pages-access-keys.ts';
import { clientsPages } from './pages-clients.ts';
import { partiesPages } from './pages-parties.ts';
import { peoplePages } from './pages-people.ts';
import { settingsPages } from './pages-settings.ts';
import { signInPages } from './pages-sign-in.ts';

/** Signing in, and the pages of the administrator. */
export function pages(app: FastifyInstance, context: Context): void {
  signInPages(app, context);
  peoplePages(app, context);
  partiesPages(app, context);
  authoritiesPages(app, context);
  clientsPages(app, context);
  accessKeysPages(app, context);
  settingsPages(app, context);
}
