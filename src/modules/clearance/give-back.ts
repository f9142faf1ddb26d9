import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { free, restore } from '#modules/accounts/index.ts';
import { casesOf } from '#modules/cases/index.ts';
import { cancel as cancelNotices } from '#modules/treasury/index.ts';
import { disposal, endDisposal, openDisposal } from './disposal.ts';
import { standingsOf } from './standing.ts';
import { freeDraws } from './stock-draw.ts';
import * as store from './store-cancel.ts';

/**
 * Gives back everything that parcels hold: their notices are cancelled, what was paid is to be refunded, guarantee,
 * quota and stock are free again. A release that was reversed before had used up the quota, and what never comes in
 * restores it.
 */
export async function giveBack(context: Context, tx: Tx, ids: readonly string[]): Promise<void> {
  await cancelNotices(tx, ids, context.clock.instant());
  await free(
    tx,
    ids.flatMap((hold) => [
      { hold, kind: 'guarantee' },
      { hold, kind: 'quota' },
    ]),
  );
  await restore(
    tx,
    ids.map((hold) => ({ hold, kind: 'quota', amount: null })),
  );
  await freeDraws(tx, ids);
}

/**
 * Opens a disposal case for those of these cancelled parcels of which a piece is there that no other declaration
 * covers: the goods may not enter on a declaration that was taken back.
 */
export async function disposeLanded(context: Context, tx: Tx, ids: readonly string[]): Promise<void> {
  const landed = await store.landedUncovered(tx, ids);
  const open = new Set((await casesOf(tx, landed)).filter(isOpenDisposal).map(({ subject }) => subject));
  const fresh = landed.filter((id) => !open.has(id));
  const standings = await standingsOf(
    tx,
    fresh.map((id) => ({ id, version: 1 })),
  );
  await openDisposal(
    context,
    tx,
    fresh.map((subject, index) => {
      const { parties = {}, desk = null } = standings[index]?.record ?? {};
      return { subject, cause: 'cancelled', desk, parties };
    }),
  );
}

const isOpenDisposal = ({ procedure, closed }: { procedure: string; closed: string | null }): boolean =>
  procedure === disposal.name && closed === null;

/** Ends the disposal of cancelled parcels whose pieces one of these parcels now covers: they were declared anew. */
export async function coverAgain(context: Context, tx: Tx, ids: readonly string[]): Promise<void> {
  const beside = await store.cancelledBeside(tx, ids);
  if (beside.length === 0) return;
  const uncovered = new Set(await store.landedUncovered(tx, beside));
  await endDisposal(
    context,
    tx,
    beside.filter((id) => !uncovered.has(id)),
    'declare',
  );
}
