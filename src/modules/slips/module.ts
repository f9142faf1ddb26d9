import type { Tx } from '#platform/db.ts';
import { follow, type JournalEntry } from '#platform/journal.ts';
import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { expire } from './expire.ts';
import { meet } from './meet.ts';
import { refusals } from './model.ts';
import { pages } from './pages.ts';

/** Orders, payments, transports and declarations from senders of their own, and how they become parcels. */
export const slipsModule: Module = {
  name: 'slips',
  refusals,
  api,
  pages,
  work: (context) => [
    follow('slips-meeting', ['slips.received'], (tx: Tx, entries: readonly JournalEntry[]) =>
      meet(context, tx, [...new Set(entries.map(({ subject }) => subject))]),
    ),
    { name: 'slips-deadlines', idleMs: 5_000, step: async () => (await expire(context)) > 0 },
  ],
};
