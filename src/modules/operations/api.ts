import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { StatusView } from './model.ts';
import { statusOf } from './service.ts';

/** How the window runs, for everybody and without a key. */
export function api(app: App, context: Context): void {
  app.get(
    '/v1/status',
    {
      schema: {
        summary: 'How the window runs: availability by day, age of open work, last backup, incidents',
        tags: ['window'],
        response: { 200: StatusView },
      },
    },
    () => statusOf(context),
  );
}
