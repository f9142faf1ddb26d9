/** Months closed, summary declarations, and the statistics made of the same bookings. The door for other modules. */
export { startRun } from './closing.ts';
export { closeNow } from './run.ts';
export { mergedChecklists, shownSummary } from './service.ts';
export { unbookedBetween } from './store-book.ts';
