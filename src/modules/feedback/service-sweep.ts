import type { Context } from '#platform/context.ts';
import { forgetLetters } from './service-people.ts';
import { bounds, turnDays as turn } from './store.ts';
import { sweep } from './store-send.ts';

/** Makes the days ahead and lets go of those that are kept no longer, and of what waited for them. */
export async function turnDays(context: Context): Promise<boolean> {
  await context.db.tx(async (tx) => {
    await sweep(tx, await bounds(tx));
    await turn(tx);
  });
  await forgetLetters(context);
  return false;
}
