import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { actAll, casesOf } from '#modules/cases/index.ts';
import type { TransferStatus } from './model.ts';
import * as store from './store.ts';
import * as lineStore from './store-lines.ts';

/**
 * Brings a transfer to the status that its pieces have made: arrived when nothing is under way any more, closed when
 * nothing is missing either. Its lock is held by the caller.
 */
export async function settle(context: Context, tx: Tx, row: store.TransferRow): Promise<void> {
  if (row.status !== 'departed' && row.status !== 'arrived') return;
  const counts = await lineStore.countsOf(tx, [row.id], null);
  const open = (state: string) => counts.some((one) => one.state === state && one.count > 0n);
  const to: TransferStatus = open('under-way') ? 'departed' : open('missing') ? 'arrived' : 'closed';
  if (to === row.status) return;
  const at = context.clock.instant();
  await store.setTransfer(tx, { ...row, status: to, ended: to === 'closed' ? at : null });
  await append(tx, [{ kind: `logistics.${to}`, subject: row.id, data: { master: row.master } }]);
}

/**
 * Ends the open difference of transfers in which nothing is missing any more. A transaction of its own: whoever decides
 * a case holds it before he moves a piece.
 */
export async function endFound(context: Context, transfers: readonly string[]): Promise<void> {
  if (transfers.length === 0) return;
  await context.db.tx(async (tx) => {
    const counts = await lineStore.countsOf(tx, transfers, null);
    const missing = new Set(counts.filter(({ state }) => state === 'missing').map(({ transfer }) => transfer));
    const found = (await casesOf(tx, transfers)).filter(
      (one) => one.procedure === 'transfer-difference' && one.closed === null && !missing.has(one.subject),
    );
    await actAll(
      context,
      tx,
      'window',
      found.map((one) => ({ case: one.id, move: 'found' })),
    );
  });
}
