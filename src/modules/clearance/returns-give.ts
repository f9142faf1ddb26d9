import { parseMoney } from '#kernel/money.ts';
import { must } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { restore } from '#modules/accounts/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { noticeOf, paidFor, reissue } from '#modules/treasury/index.ts';
import type { Parcel } from './model.ts';
import { parcelFrom } from './read.ts';
import { guarantee } from './redetermine.ts';
import type { Given, Law } from './returns-model.ts';
import { parcelOf } from './store-read.ts';
import * as store from './store-returns.ts';

/** What is given back, apart by who gives it: this window what it collects, the others what they collected. */
export function sumsOf(given: readonly Given[]): { border: bigint; elsewhere: bigint } {
  const sum = (border: boolean): bigint =>
    given
      .filter(({ collect }) => (collect === 'border') === border)
      .reduce((total, { amount }) => total + must(parseMoney(amount)).minor, 0n);
  return { border: sum(true), elsewhere: sum(false) };
}

/**
 * Gives back what a return gives back: its part of the yearly limit, and its part of the charges, by a further notice
 * that asks for so much less. What was paid too much is refunded; what was only secured is never charged, and so much
 * of the guarantee is free again.
 */
export async function giveBackFor(
  context: Context,
  tx: Tx,
  id: string,
): Promise<{ border: bigint; elsewhere: bigint; currency: string }> {
  const { parcel: subject } = (await store.returnOf(tx, id))!;
  await store.holdParcel(tx, subject);
  const row = (await store.returnOf(tx, id))!;
  const parcel = parcelFrom((await parcelOf(tx, subject))!);
  const law = JSON.parse(row.law!) as Law;
  const quota = BigInt(law.quota);
  if (quota > 0n) await restore(tx, [{ hold: subject, kind: 'quota', amount: quota }]);
  const { currency } = context.reference.current().get(packsPart).home;
  const { border, elsewhere } = sumsOf(law.given);
  if (border > 0n) await lessOwed(context, tx, parcel, border);
  const at = context.clock.instant();
  await store.writeGiven(tx, id, border, elsewhere);
  await store.endReturns(tx, [id], 'refunded', at);
  return { border, elsewhere, currency };
}

/** A further notice of the parcel that asks for so much less than what returns have left of it. */
async function lessOwed(context: Context, tx: Tx, parcel: Parcel, less: bigint): Promise<void> {
  const { id } = parcel;
  const paid = await paidFor(tx, id);
  const notice = await noticeOf(tx, id);
  if (notice === undefined || notice.state === 'cancelled' || parcel.border === null) return;
  const owed = must(parseMoney(parcel.border)).minor - (await store.givenBackOf(tx, id)) - less;
  const left = owed > 0n ? owed : 0n;
  const { guarantor: owner, currency: unit } = notice;
  const secured =
    notice.state === 'secured' && owner !== null
      ? await guarantee(tx, { id, owner, before: owner, unit, amount: left - paid }, true)
      : false;
  await reissue(tx, {
    id,
    version: notice.version + 1,
    payer: notice.payer,
    guarantor: secured ? owner : null,
    currency: unit,
    amount: left,
    charges: JSON.stringify(parcel.charges),
    secured,
    issued: context.clock.instant(),
  });
}
