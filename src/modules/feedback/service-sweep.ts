import type { Context } from '#platform/context.ts';
import * as store from './store.ts';

/** Makes the days ahead and lets go of those that are kept no longer. */
export async function turnDays(context: Context): Promise<boolean> {
  await context.db.tx((tx) => store.turnDays(tx));
  return false;
}
