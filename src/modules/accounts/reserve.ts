import { codeOf, type Tx } from '#platform/db.ts';
import type { AccountKey, Claim, Claimed } from './model.ts';
import { claim, free } from './service.ts';
import * as store from './store.ts';

/**
 * What was reserved for a thing that held nothing before. While `account` is there, only the account has heard of it:
 * in the same transaction the caller either keeps it (`keep`) or gives it back (`giveBack`).
 */
export interface Reservation extends Claimed {
  readonly claim: Claim;
  /** Null where nothing was granted, and where the hold was written by the claim itself. */
  readonly account: bigint | null;
}

/** One account among others, as a text. */
export const accountName = ({ kind, owner, period }: AccountKey): string => `${kind}\n${owner}\n${period}`;

interface Group {
  readonly claims: Claim[];
  total: bigint;
  lowest: bigint | null;
  /** Whether one sum can stand for all of it: one unit, and within the lowest ceiling that it is claimed under. */
  whole: boolean;
}

function groupsOf(claims: readonly Claim[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const one of claims) {
    const key = accountName(one);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { claims: [], total: 0n, lowest: null, whole: true }));
    group.claims.push(one);
    group.total += one.amount;
    if (one.ceiling !== null && (group.lowest === null || one.ceiling < group.lowest)) group.lowest = one.ceiling;
    if (one.unit !== group.claims[0]!.unit) group.whole = false;
  }
  for (const group of groups.values()) if (group.lowest !== null && group.total > group.lowest) group.whole = false;
  return groups;
}

const sumOf = ({ claims: [first], total, lowest, whole }: Group): store.Sum => ({
  kind: first!.kind,
  owner: first!.owner,
  period: first!.period,
  unit: first!.unit,
  amount: whole ? total : 0n,
  ceiling: lowest,
});

/** One of the claims that had to be granted together does not fit: nothing of them was granted. */
export class NotGranted extends Error {}

/**
 * Claims for things that hold nothing yet, all of them or none: throws `NotGranted` where one does not fit, and the
 * transaction is then good for nothing but its end. It is sent at once, so that whatever goes with it can go behind.
 */
export async function holdAll(tx: Tx, claims: readonly (Claim & { readonly at: string })[]): Promise<void> {
  if (claims.length === 0) return;
  const groups = [...groupsOf(claims).values()];
  if (groups.some(({ whole }) => !whole)) throw new NotGranted();
  const ats = new Map(claims.map((one) => [one.hold, one.at]));
  const parts = groups.flatMap(({ claims: all }, index) => {
    let before = 0n;
    return all.map(({ hold, amount }): store.Part => {
      before += amount;
      return { hold, place: index + 1, amount, before: before - amount, at: ats.get(hold)! };
    });
  });
  try {
    await store.holdAll(tx, groups.map(sumOf), parts);
  } catch (error) {
    throw codeOf(error) === 'PA001' ? new NotGranted() : error;
  }
}

/**
 * Claims for things that are decided together and hold nothing yet; the answers stand in the order of the claims, in
 * which they are granted. Nearly always each account takes the sum of what is asked of it at once; where it does not,
 * its claims are taken one by one, so that one that does not fit is refused alone. A thing that may hold something of
 * the kind claims by `claim`, and so does one that claims the same kind twice in one call.
 */
export async function reserve(tx: Tx, claims: readonly Claim[]): Promise<Reservation[]> {
  if (claims.length === 0) return [];
  const groups = groupsOf(claims);
  const sums = [...groups.values()].map(sumOf);
  const answers = new Map<Claim, Reservation>();
  for (const drawn of await store.draw(tx, sums)) {
    const group = groups.get(accountName(drawn))!;
    if (!group.whole) continue;
    let used = drawn.used - group.total;
    for (const one of group.claims) {
      answers.set(one, { claim: one, granted: true, used, reason: null, account: drawn.account });
      used += one.amount;
    }
  }
  const left = claims.filter((one) => !answers.has(one));
  for (const [index, claimed] of (await claim(tx, left)).entries())
    answers.set(left[index]!, { ...claimed, claim: left[index]!, account: null });
  return claims.map((one) => answers.get(one)!);
}

/** Writes what these things hold from now on. `at` is the moment that the holds carry. */
export async function keep(tx: Tx, reservations: readonly (Reservation & { readonly at: string })[]): Promise<void> {
  const holds = reservations.flatMap(({ account, claim: { hold, kind, amount }, used, at }) =>
    account === null
      ? []
      : [{ hold, kind, account, amount, used, reserved: amount, consumed: 0n, state: 'reserved' as const, at }],
  );
  if (holds.length > 0) await store.writeHolds(tx, holds);
}

/** Gives back what was granted and is not needed. */
export async function giveBack(tx: Tx, reservations: readonly Reservation[]): Promise<void> {
  const sums = new Map<bigint, bigint>();
  const held = [];
  for (const { account, granted, claim: one } of reservations) {
    if (account !== null) sums.set(account, (sums.get(account) ?? 0n) + one.amount);
    else if (granted) held.push(one);
  }
  await Promise.all([
    sums.size > 0
      ? store.drawBack(
          tx,
          [...sums].map(([account, amount]) => ({ account, amount })),
        )
      : null,
    held.length > 0 ? free(tx, held) : null,
  ]);
}
