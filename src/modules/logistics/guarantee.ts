import { newId } from '#kernel/id.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { appendMany } from '#platform/journal.ts';
import { accountOf, claim, free, freeOf, holdOf } from '#modules/accounts/index.ts';
import type { CaseRow } from '#modules/cases/index.ts';
import { noticeOf, paidFor, reissue } from '#modules/treasury/index.ts';
import { entriesFor, guaranteeShort } from './depart.ts';
import * as store from './store.ts';
import * as lineStore from './store-lines.ts';

const guarantee = 'guarantee';
const holdsOf = (lines: readonly lineStore.LineRow[]) => lines.map(({ hold }) => ({ hold, kind: guarantee }));

/** Gives back what is held for these pieces. */
export async function freeLines(tx: Tx, lines: readonly lineStore.LineRow[]): Promise<void> {
  if (lines.length > 0) await free(tx, holdsOf(lines));
}

/** The pieces that a decision charged: their guarantee is held together, under the case in which it was taken. */
async function chargedBy(tx: Tx, transfer: string, decision: string): Promise<lineStore.LineRow[]> {
  const lines = await lineStore.linesOf(tx, transfer, { states: ['elsewhere'], limit: 200_000 });
  return lines.filter(({ why, hold }) => why === 'charged' && hold === decision);
}

/**
 * Makes the notice of a decision ask what its pieces come to now: what was paid counts, the guarantee stands for the
 * rest, and what is too much goes back.
 */
export async function askCharged(context: Context, tx: Tx, row: store.TransferRow, decision: string): Promise<void> {
  const lines = await chargedBy(tx, row.id, decision);
  const owed = lines.reduce((sum, { amount }) => sum + amount, 0n);
  const rest = owed - (await paidFor(tx, decision));
  const account = { kind: guarantee, owner: row.guarantor, period: '', unit: row.currency, ceiling: null };
  await free(tx, [{ hold: decision, kind: guarantee }]);
  const held = rest > 0n ? (await claim(tx, [{ hold: decision, ...account, amount: rest }]))[0] : undefined;
  const version = ((await noticeOf(tx, decision))?.version ?? 0) + 1;
  await reissue(tx, {
    id: decision,
    version,
    payer: row.guarantor,
    guarantor: row.guarantor,
    currency: row.currency,
    amount: owed,
    charges: JSON.stringify([chargeOf(row, owed)]),
    secured: held?.granted ?? false,
    issued: context.clock.instant(),
  });
}

/** What was not accounted for on the way, in the shape in which a notice shows charges. */
const chargeOf = (row: store.TransferRow, minor: bigint) => ({
  id: 'transfer-called',
  base: null,
  rate: null,
  amount: formatMoney({ currency: row.currency, minor }),
  liable: 'declarant',
  collect: 'border',
  due: 'release',
  secured: true,
  rule: row.procedure,
  source: row.source,
  lines: [],
  waived: null,
});

/** Pieces that were decided on are missing again, and the guarantee is held for them as it was. */
export async function missingAgain(
  context: Context,
  tx: Tx,
  one: CaseRow,
  was: 'explained' | 'charged',
): Promise<Refusal | undefined> {
  const row = (await store.lockTransfer(tx, one.subject))!;
  const at = context.clock.instant();
  const lines =
    was === 'charged'
      ? await chargedBy(tx, row.id, one.id)
      : (await lineStore.linesOf(tx, row.id, { states: ['elsewhere'], limit: 200_000 })).filter(
          ({ why }) => why === was,
        );
  const needed = lines.reduce((sum, { amount }) => sum + amount, 0n);
  const key = { kind: guarantee, owner: row.guarantor, period: '' };
  const account = await accountOf(tx, key);
  const own = was === 'charged' ? ((await holdOf(tx, { hold: one.id, kind: guarantee }))?.reserved ?? 0n) : 0n;
  const left = account ? freeOf(account) : null;
  if (left !== null && left + own < needed) return guaranteeShort(row, needed, left + own);
  const barcodes = lines.map(({ barcode }) => barcode);
  const holds = lines.map(({ barcode }) => ({ barcode, hold: newId(context.clock.now()) }));
  await lineStore.moveLines(tx, row.id, { from: ['elsewhere'], to: 'missing', why: null, at, barcodes, was });
  await lineStore.holdUnder(tx, row.id, holds);
  if (was === 'charged') await askCharged(context, tx, row, one.id);
  const granted = await claim(
    tx,
    lines.map(({ amount }, index) => ({
      hold: holds[index]!.hold,
      ...key,
      unit: row.currency,
      amount,
      ceiling: null,
    })),
  );
  if (granted.some((answer) => !answer.granted)) throw new Error(`the guarantee of ${row.id} was used meanwhile`);
  await store.setTransfer(tx, { ...row, status: 'arrived', ended: null });
  await appendMany(tx, entriesFor('logistics.missing', row, lines, at));
  return undefined;
}
