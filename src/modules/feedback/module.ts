import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { webhooksApi } from './api-webhooks.ts';
import { refusals } from './model.ts';
import { pushScripts } from './assets.ts';
import { peoplePages } from './pages-people.ts';
import { pages } from './pages.ts';
import { webhooksPages } from './pages-webhooks.ts';
import { collector } from './service-collect.ts';
import { teller } from './service-people.ts';
import { sender } from './service-send.ts';
import { turnDays } from './service-sweep.ts';
import { eventStream } from './stream.ts';

/** News of parcels: kept for who asked, read from a cursor, streamed, sent. */
export const feedbackModule: Module = {
  name: 'feedback',
  refusals,
  api: (app, context) => {
    api(app, context);
    webhooksApi(app, context);
    eventStream(app, context);
  },
  pages: (app, context) => {
    pages(app, context);
    webhooksPages(app, context);
    peoplePages(app, context);
    pushScripts(app);
  },
  work: (context) => [
    collector(context),
    sender(context),
    teller(context),
    { name: 'feedback-days', idleMs: 3_600_000, step: () => turnDays(context) },
  ],
};
