import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '#platform/http.ts';
import { receiverKinds } from '#modules/developers/index.ts';

/** Longer than the window waits for a receiver. */
export const slowMs = 12_000;

const statusOf: Readonly<Record<(typeof receiverKinds)[number], number>> = {
  taking: 204,
  slow: 204,
  failing: 500,
  gone: 410,
};

/** Addresses to which a demonstration sends its own webhooks, to see what becomes of those that go wrong. */
export function receivers(app: App): void {
  for (const kind of receiverKinds)
    app.post(`/demo/receivers/${kind}`, { schema: { hide: true } }, async (_request, reply) => {
      if (kind === 'slow') await delay(slowMs, undefined, { ref: false });
      return reply.code(statusOf[kind]).send();
    });
}
