import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import type { Account, AccountKey, Claim, Claimed, Hold, HoldKey, Standing } from './model.ts';
import * as store from './store.ts';

export {
  accountOf,
  accountsAmong,
  accountsOf,
  consume,
  free,
  holdOf,
  openedAccounts,
  reserveAgain,
  restore,
} from './store.ts';

/**
 * Claims for things that are being decided together; the answers stand in the order of the claims, in which they are
 * granted. One that does not fit is refused alone. `at` is the moment that the holds carry, now when left out.
 */
export async function claim(tx: Tx, claims: readonly Claim[], at: string | null = null): Promise<Claimed[]> {
  if (claims.length === 0) return [];
  const answers = await store.claim(tx, claims, at);
  const inOrder: Claimed[] = [];
  for (const { ordinal, granted, used, reason } of answers) inOrder[ordinal] = { granted, used, reason };
  return inOrder;
}

/**
 * Brings a hold to another amount by the difference, in whole minor units; whether it was granted. More than before
 * needs room under the ceiling, and a thing that holds nothing is not granted anything here: it claims.
 */
export async function change(
  tx: Tx,
  to: HoldKey & { readonly amount: bigint; readonly ceiling: bigint | null },
): Promise<boolean> {
  return (await store.change(tx, to)).granted;
}

const journalData = (account: Account): Record<string, string | null> => ({
  kind: account.kind,
  owner: account.owner,
  period: account.period,
  unit: account.unit,
  ceiling: account.ceiling === null ? null : String(account.ceiling),
});

/**
 * Opens an account with a ceiling of its own, in whole minor units of its unit. The same again is the account as it
 * stands; another unit is refused. A ceiling is changed by `changeCeiling` and never by opening again.
 */
export async function openAccount(
  tx: Tx,
  account: { kind: string; owner: string; period?: string; unit: string; ceiling: bigint | null },
): Promise<Result<Account>> {
  if (account.ceiling !== null && account.ceiling < 0n)
    return refuse('accounts/ceiling-below-zero', { pointer: '/ceiling' });
  const key = { ...account, period: account.period ?? '' };
  const opened = await store.open(tx, key);
  if (opened !== undefined) {
    await append(tx, [{ kind: 'accounts.opened', subject: opened.reference!, data: journalData(opened) }]);
    return ok(opened);
  }
  const there = await store.accountOf(tx, key);
  if (there === undefined || there.reference === null || there.unit !== account.unit) {
    return refuse('accounts/open-otherwise', { params: { kind: account.kind, owner: account.owner } });
  }
  return ok(there);
}

/**
 * Gives an opened account another ceiling. Below what is already used, nothing is taken away and nothing more granted.
 */
export async function changeCeiling(tx: Tx, key: AccountKey, ceiling: bigint | null): Promise<Result<Account>> {
  if (ceiling !== null && ceiling < 0n) return refuse('accounts/ceiling-below-zero', { pointer: '/ceiling' });
  const account = await store.setCeiling(tx, key, ceiling);
  if (account === undefined) return refuse('accounts/not-found', { params: { kind: key.kind, owner: key.owner } });
  await append(tx, [{ kind: 'accounts.ceiling-changed', subject: account.reference!, data: journalData(account) }]);
  return ok(account);
}

/**
 * Raises the ceilings of accounts by what comes in, or lowers them by what is missing, each named once; opens those
 * that are not there yet. Answers how they stand then. One is left as it is, and is not among the answers, where its
 * unit is another or where it would fall below what is reserved and consumed. The caller's entry says what it was for.
 */
export const raise = async (
  tx: Tx,
  by: readonly (AccountKey & { readonly unit: string; readonly amount: bigint })[],
): Promise<Standing[]> => (by.length === 0 ? [] : store.raise(tx, by));

/** Raises the ceiling of an opened account that has one, by whole minor units, whoever else changes it meanwhile. */
export async function raiseCeiling(tx: Tx, key: AccountKey, by: bigint): Promise<Result<Account>> {
  const account = by > 0n ? await store.raiseCeiling(tx, key, by) : undefined;
  if (account === undefined) return refuse('accounts/not-found', { params: { kind: key.kind, owner: key.owner } });
  await append(tx, [{ kind: 'accounts.ceiling-changed', subject: account.reference!, data: journalData(account) }]);
  return ok(account);
}

const pageMax = 100;

/** A page of what things hold on an account, the latest first; `before` is the last hold of the page before. */
export async function statementOf(
  tx: Tx,
  key: AccountKey,
  page: { before?: string; size?: number } = {},
): Promise<{ holds: Hold[]; next: string | null }> {
  const size = Math.min(Math.max(page.size ?? 50, 1), pageMax);
  const rows = await store.holdsOf(tx, key, page.before ?? null, size + 1);
  const holds = rows.slice(0, size);
  return { holds, next: rows.length > size ? holds.at(-1)!.hold : null };
}
