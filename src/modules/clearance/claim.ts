import { formatMoney } from '#kernel/money.ts';
import type { Connection } from '#platform/db.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { claim as claimAccounts, free as freeAccounts } from '#modules/accounts/index.ts';
import { represented } from '#modules/parties/index.ts';
import { claims, packsPart } from '#modules/rulebook/index.ts';
import { borderOf, guarantorOf, legalDay } from './review.ts';
import type { Item } from './rows.ts';

/** Claims what quota-dependent routes depend on, so that the decision is made on granted figures. */
export async function claimQuotas(connection: Connection, snapshot: Snapshot, items: readonly Item[]): Promise<void> {
  const { home } = snapshot.get(packsPart);
  const asked = items.flatMap((item) => {
    item.wanted = claims(home, item.submission.body, legalDay(snapshot, item.received));
    return item.wanted.map((claim) => ({ item, claim }));
  });
  if (asked.length === 0) return;
  const granted = await claimAccounts(
    connection,
    asked.map(({ item, claim }) => ({
      hold: item.id,
      kind: claim.kind,
      owner: claim.owner,
      period: claim.period,
      unit: claim.unit,
      amount: claim.amount,
      ceiling: claim.limit,
    })),
  );
  for (const [index, { item, claim }] of asked.entries()) {
    const used = granted[index]?.used ?? 0n;
    item.accounts[claim.account] = formatMoney({ currency: claim.unit, minor: used });
  }
}

/** Gives back what was claimed for parcels that took another route than the one that counts. */
export async function freeUncounted(connection: Connection, items: readonly Item[]): Promise<void> {
  const holds = items.flatMap((item) =>
    item.wanted
      .filter((claim) => !keepsClaims(item) || !item.review?.determination.counts.includes(claim.account))
      .map((claim) => ({ hold: item.id, kind: claim.kind })),
  );
  if (holds.length > 0) await freeAccounts(connection, holds);
}

export const keepsClaims = (item: Item): boolean =>
  item.review?.decision.outcome === 'cleared' || item.review?.decision.outcome === 'control';

/** Whether a guarantor stands for what this filer files: his own account, or one that its owner let him charge. */
export const agreedToStand = (snapshot: Snapshot, filer: string, owner: string, on: string): boolean =>
  owner === filer || represented(snapshot, filer, owner, 'guarantee', on).result === 'passed';

/**
 * Secures border charges from the guarantee account. Where it refuses, or the guarantor never agreed to stand for this
 * filer, the outcome stays and the parcel is not secured: release asks again.
 */
export async function secure(connection: Connection, snapshot: Snapshot, items: readonly Item[]): Promise<void> {
  const asked: { item: Item; amount: bigint; unit: string; owner: string }[] = [];
  for (const item of items) {
    const border = borderOf(item.review);
    item.secured = border !== null && border.minor === 0n && keepsClaims(item);
    if (!border || border.minor === 0n || !keepsClaims(item)) continue;
    const owner = guarantorOf(item.submission.body);
    if (agreedToStand(snapshot, item.submission.filer, owner, legalDay(snapshot, item.received)))
      asked.push({ item, amount: border.minor, unit: border.currency, owner });
  }
  if (asked.length === 0) return;
  const granted = await claimAccounts(
    connection,
    asked.map(({ item, amount, unit, owner }) => ({
      hold: item.id,
      kind: 'guarantee',
      owner,
      period: '',
      unit,
      amount,
      ceiling: null,
    })),
  );
  for (const [index, { item }] of asked.entries()) item.secured = granted[index]?.granted === true;
}
