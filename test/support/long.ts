import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import assert from 'node:assert/strict';
import { assert as holds, configureGlobal, type IAsyncProperty } from 'fast-check';

/** Whether this is the long run, `npm run test:long`: every look at every page, and properties tried more often. */
export const long = process.env['TEST_LONG'] === '1';

const oftener = 5;
const usual = 100;

/** How often a property is tried; the long run tries it five times as often. */
export const tries = (often: number): number => (long ? often * oftener : often);

/** What the run draws by; `TEST_SEED=<number> npm test` draws the same again. The runner prints it. */
export const seed = process.env['TEST_SEED'] ?? '0';

/**
 * Of the ways in which something may be looked at, the ordinary run takes one, drawn by its seed and by the name of the
 * test's file; the long run takes all.
 */
export function drawn<T>(all: readonly T[]): readonly T[] {
  if (long) return all;
  const of = `${seed} ${basename(process.argv[1] ?? '')}`;
  return [all[createHash('sha256').update(of).digest().readUInt32BE() % all.length]!];
}

const roundsMax = 10;

/**
 * Tries a property so often, and again until everything was met that it is about: what is drawn by chance comes late
 * now and then. `lacking` names what was not met yet.
 */
export async function holdsUntilMet<T>(
  property: IAsyncProperty<T>,
  often: number,
  lacking: () => readonly string[],
): Promise<void> {
  for (let round = 0; round < roundsMax && (round === 0 || lacking().length > 0); round += 1)
    await holds(property, { numRuns: tries(often), endOnFailure: true });
  assert.deepEqual(lacking(), [], 'everything was met');
}

// The long run loads this file before each test file, so that properties which name no figure are tried more often too.
if (long) configureGlobal({ numRuns: tries(usual) });
