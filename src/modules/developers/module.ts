import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { docsPages } from './pages-docs.ts';
import { examplePages } from './pages-examples.ts';
import { keysPages } from './pages-keys.ts';
import { referencePages } from './pages-reference.ts';
import { logRequests, requestLogWorkers } from './request-log.ts';

/** The developer's door: keys with what they asked for, and the documents of the window. */
export const developersModule: Module = {
  name: 'developers',
  refusals: {},
  api: (app, context) => {
    logRequests(app, context);
    api(app, context);
  },
  pages: (app, context) => {
    keysPages(app, context);
    docsPages(app, context);
    referencePages(app, context);
    examplePages(app, context);
  },
  work: requestLogWorkers,
};
