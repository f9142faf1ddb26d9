import { configureGlobal } from 'fast-check';

/** Whether this is the long run, `npm run test:long`: every look at every page, and properties tried more often. */
export const long = process.env['TEST_LONG'] === '1';

const oftener = 5;
const usual = 100;

/** How often a property is tried; the long run tries it five times as often. */
export const tries = (often: number): number => (long ? often * oftener : often);

/** What is looked at in the ordinary run, and what is added to it in the long one. */
export const looked = <T>(ordinary: readonly T[], added: readonly T[]): readonly T[] =>
  long ? [...ordinary, ...added] : ordinary;

// The long run loads this file before each test file, so that properties which name no figure are tried more often too.
if (long) configureGlobal({ numRuns: tries(usual) });
