import type { Tx } from '#platform/db.ts';

/** What all accounts of one kind and unit say, and what is held on them one by one: the two have to be the same. */
export interface AccountSum {
  readonly kind: string;
  readonly unit: string;
  readonly accounts: bigint;
  /** Whole minor units, reserved and consumed together, by the accounts and by their holds. */
  readonly byAccounts: string;
  readonly byHolds: string;
  /** Accounts whose own figures differ from those of their holds, or that are over their ceiling. */
  readonly wrong: bigint;
}

/** The sums of all accounts against those of their holds. It reads both tables whole. */
export const sums = (tx: Tx): Promise<AccountSum[]> =>
  tx.query(
    `select a.kind, a.unit, count(*) as accounts, sum(a.reserved + a.consumed)::text as "byAccounts",
       coalesce(sum(h.reserved + h.consumed), 0)::text as "byHolds",
       count(*) filter (where (a.reserved, a.consumed) is distinct from (coalesce(h.reserved, 0), coalesce(h.consumed, 0))
         or a.opened and a.reserved + a.consumed > a.ceiling) as wrong
     from accounts.accounts a
     left join (select account, sum(reserved) as reserved, sum(consumed) as consumed from accounts.holds group by 1) h
       on h.account = a.id
     group by 1, 2 order by 1, 2`,
  );
