import type { Catalogue } from '#kernel/result.ts';

/**
 * The refusals of this module. Reasons of claims are codes of `Claimed.reason`, since one claim of many is refused
 * alone.
 */
export const refusals = {
  'accounts/open-otherwise': { status: 409, title: 'This account is already open with another unit' },
  'accounts/not-found': { status: 404, title: 'There is no such account' },
  'accounts/ceiling-below-zero': { status: 400, title: 'A ceiling is never below zero' },
} as const satisfies Catalogue;

/** What an account is found by. A kind that is not counted by period has the empty period. */
export interface AccountKey {
  /** `quota`, `guarantee`, `certificate`, `stock`, `tariff`. */
  readonly kind: string;
  /** A registered identifier, or the digest of one where the owner is a private person. */
  readonly owner: string;
  readonly period: string;
}

/** Figures of an account in whole minor units of its unit. */
export interface Account extends AccountKey {
  /** The journal's subject; null for an account that began with its first claim. */
  readonly reference: string | null;
  readonly unit: string;
  /** Null is without limit. Of an account that nobody opened: the limit last claimed under. */
  readonly ceiling: bigint | null;
  readonly reserved: bigint;
  readonly consumed: bigint;
}

/** What is free of an account, in its unit: below zero where more is used than its ceiling, null without a ceiling. */
export const freeOf = ({ ceiling, reserved, consumed }: Pick<Account, 'ceiling' | 'reserved' | 'consumed'>) =>
  ceiling === null ? null : ceiling - reserved - consumed;

/** An account's figures without the reference of whoever opened it. */
export type Standing = Omit<Account, 'reference'>;

/** What one thing holds on an account. */
export interface Hold {
  readonly hold: string;
  readonly amount: bigint;
  readonly reserved: bigint;
  readonly consumed: bigint;
  readonly state: 'reserved' | 'consumed' | 'freed';
  readonly at: string;
}

/** One thing's claim on one account. */
export interface Claim extends AccountKey {
  /** The id of the thing that holds, such as the parcel's. */
  readonly hold: string;
  readonly unit: string;
  /** Never below zero. */
  readonly amount: bigint;
  /** The limit of the law claimed under; null asks under the account's own. */
  readonly ceiling: bigint | null;
}

/** The answer to one claim. */
export interface Claimed {
  readonly granted: boolean;
  /** What was reserved and consumed before this claim. */
  readonly used: bigint;
  readonly reason: 'over-ceiling' | 'no-account' | 'other-unit' | 'other-claim' | null;
}

/** What a thing holds of one kind. */
export interface HoldKey {
  readonly hold: string;
  readonly kind: string;
}

/** What was moved by `consume`, `free`, `restore` or `reserveAgain`. */
export interface Moved extends HoldKey {
  readonly amount: bigint;
}
