import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { calendarPages } from './pages-calendar.ts';
import { meeter } from './follow.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';
import { flowStream } from './stream.ts';

/** Money, goods and clearance of a parcel on one screen; what carriers, warehouses and payment providers tell. */
export const tradeModule: Module = {
  name: 'trade',
  refusals,
  api,
  pages: (app, context) => {
    calendarPages(app, context);
    pages(app, context);
    flowStream(app, context);
  },
  work: () => [meeter()],
};
