import { follow, type JournalEntry } from '#platform/journal.ts';
import type { Tx } from '#platform/db.ts';
import type { Module } from '#platform/module.ts';
import { amendRefusals } from './amend-model.ts';
import { api } from './api.ts';
import { releaseLate, resumeArrivals } from './arrive.ts';
import { resumeDepartures } from './depart.ts';
import { lateCancellation } from './cancel-late.ts';
import { disposal } from './disposal.ts';
import { issueProofs } from './proof.ts';
import { heldParcel } from './held.ts';
import { refusals } from './model.ts';
import { ensurePartitions } from './partitions.ts';
import { pages } from './pages.ts';
import { redetermination } from './redetermination.ts';
import { replayRefusals } from './replay-model.ts';
import { stockDifference } from './stock-difference.ts';
import { followReturns } from './stock-draw.ts';
import { stockRefusals } from './stock-model.ts';
import { replayWorker } from './replay-work.ts';
import { markReturned } from './returned-exports.ts';
import { returnProcedure } from './returns-case.ts';
import { returnRefusals } from './returns-model.ts';

/** What may let a parcel go that has landed already: its decision, an amendment, and the payment of its charges. */
const lettingGo = ['clearance.decided', 'clearance.amended', 'treasury.paid'];

/** After these an export that left is declared otherwise than its proof says: a further one is issued. */
const proving = ['clearance.redetermined', 'clearance.amended'];

export const clearanceModule: Module = {
  name: 'clearance',
  refusals: { ...refusals, ...amendRefusals, ...replayRefusals, ...returnRefusals, ...stockRefusals },
  procedures: [heldParcel, disposal, redetermination, lateCancellation, returnProcedure, stockDifference],
  api,
  pages,
  work: (context) => [
    follow('clearance-late-release', lettingGo, (tx: Tx, entries: readonly JournalEntry[]) =>
      releaseLate(context, tx, [...new Set(entries.map((entry) => entry.subject))]),
    ),
    follow('clearance-export-proofs', proving, (tx: Tx, entries: readonly JournalEntry[]) =>
      issueProofs(context, tx, [...new Set(entries.map((entry) => entry.subject))]),
    ),
    follow('clearance-returned-exports', ['clearance.released'], (tx: Tx, entries: readonly JournalEntry[]) =>
      markReturned(context, tx, [...new Set(entries.map((entry) => entry.subject))]),
    ),
    follow('clearance-stock-back', ['clearance.returned'], (tx, entries) => followReturns(context, tx, entries)),
    { name: 'clearance-arrivals', idleMs: 500, goesFirst: true, step: () => resumeArrivals(context) },
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
