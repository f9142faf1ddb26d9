import { readFileSync } from 'node:fs';
import type { App } from '#platform/http.ts';

const script = (name: string): string => readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');

/**
 * The two scripts of notes: `/push.js` shows them and stands in a service worker, alone or imported by the one of the
 * window; `/push-ask.js` asks the browser for a subscription on the page where a person wants notes.
 */
export function pushScripts(app: App): void {
  for (const name of ['push.js', 'push-ask.js']) {
    const text = script(name);
    app.get(`/${name}`, { schema: { hide: true } }, (_request, reply) =>
      reply.type('text/javascript; charset=utf-8').header('cache-control', 'no-cache').send(text),
    );
  }
}
