import { follow, type JournalEntry } from '#platform/journal.ts';
import type { Tx } from '#platform/db.ts';
import type { Module } from '#platform/module.ts';
import { api } from './api.ts';
import { releaseLate, resumeArrivals } from './arrive.ts';
import { resumeDepartures } from './depart.ts';
import { disposal } from './disposal.ts';
import { heldParcel } from './held.ts';
import { refusals } from './model.ts';
import { ensurePartitions } from './partitions.ts';
import { pages } from './pages.ts';
import { replayRefusals } from './replay-model.ts';
import { replayWorker } from './replay-work.ts';

/** What may let a parcel go that has landed already: its decision, and the payment of its charges. */
const lettingGo = ['clearance.decided', 'treasury.paid'];

export const clearanceModule: Module = {
  name: 'clearance',
  refusals: { ...refusals, ...replayRefusals },
  procedures: [heldParcel, disposal],
  api,
  pages,
  work: (context) => [
    follow('clearance-late-release', lettingGo, (tx: Tx, entries: readonly JournalEntry[]) =>
      releaseLate(context, tx, [...new Set(entries.map((entry) => entry.subject))]),
    ),
    { name: 'clearance-arrivals', idleMs: 500, step: () => resumeArrivals(context) },
    { name: 'clearance-departures', idleMs: 500, step: () => resumeDepartures(context) },
    replayWorker(context),
    {
      name: 'clearance-partitions',
      idleMs: 3_600_000,
      step: async () => {
        await ensurePartitions(context);
        return false;
      },
    },
  ],
};
