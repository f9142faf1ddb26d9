/** Months closed, summary declarations, and the statistics made of the same bookings. The door for other modules. */
export { runList, startRun } from './closing.ts';
export { closeNow } from './run.ts';
export { summaryList } from './service.ts';
