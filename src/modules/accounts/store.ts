import { column, type Tx } from '#platform/db.ts';
import { rowsOf } from '#platform/rows.ts';
import type { Account, AccountKey, Claim, Claimed, Hold, HoldKey, Moved, Standing } from './model.ts';

const figures = 'reference, kind, owner, period, unit, ceiling, reserved, consumed';

export async function claim(
  tx: Tx,
  claims: readonly Claim[],
  at: string | null,
): Promise<(Claimed & { ordinal: number })[]> {
  return tx.query(
    `select ordinal, granted, used, reason from accounts.claim($1::int[], $2::uuid[], $3::text[], $4::text[], $5::text[],
       $6::text[], $7::bigint[], $8::bigint[], coalesce($9::timestamptz, clock_timestamp()))`,
    [
      column.int4(claims.map((_, index) => index)),
      column.uuid(claims.map((one) => one.hold)),
      column.text(claims.map((one) => one.kind)),
      column.text(claims.map((one) => one.owner)),
      column.text(claims.map((one) => one.period)),
      column.text(claims.map((one) => one.unit)),
      column.int8(claims.map((one) => one.amount)),
      column.int8(claims.map((one) => one.ceiling)),
      at,
    ],
  );
}

/** One sum on one account, as `draw` asks for it; nought only locks the account. */
export interface Sum extends AccountKey {
  readonly unit: string;
  readonly amount: bigint;
  readonly ceiling: bigint | null;
}

const columnsOf = (sums: readonly Sum[]): Buffer[] => [
  column.text(sums.map((one) => one.kind)),
  column.text(sums.map((one) => one.owner)),
  column.text(sums.map((one) => one.period)),
  column.text(sums.map((one) => one.unit)),
  column.int8(sums.map((one) => one.amount)),
  column.int8(sums.map((one) => one.ceiling)),
];

/** The accounts on which the sum fitted, with what is used on them now. */
export const draw = (tx: Tx, sums: readonly Sum[]): Promise<(AccountKey & { account: bigint; used: bigint })[]> =>
  tx.query(
    `select account, kind, owner, period, used
       from accounts.draw($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])`,
    columnsOf(sums),
  );

/** A hold of one of the sums, by the place of the sum; `before` is what the holds before it take of the same one. */
export interface Part {
  readonly hold: string;
  readonly place: number;
  readonly amount: bigint;
  readonly before: bigint;
  readonly at: string;
}

/** Draws every sum and writes its holds; fails with PA001 where one sum does not fit. */
export async function holdAll(tx: Tx, sums: readonly Sum[], parts: readonly Part[]): Promise<void> {
  await tx.query(
    `select accounts.hold_all($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::uuid[],
       $8::int[], $9::bigint[], $10::bigint[], $11::timestamptz[])`,
    [
      ...columnsOf(sums),
      column.uuid(parts.map((one) => one.hold)),
      column.int4(parts.map((one) => one.place)),
      column.int8(parts.map((one) => one.amount)),
      column.int8(parts.map((one) => one.before)),
      column.timestamptz(parts.map((one) => one.at)),
    ],
  );
}

/** Takes back what `draw` reserved; the caller holds the accounts. */
export async function drawBack(tx: Tx, sums: readonly { account: bigint; amount: bigint }[]): Promise<void> {
  await tx.query('select accounts.draw_back($1::bigint[], $2::bigint[])', [
    column.int8(sums.map((one) => one.account)),
    column.int8(sums.map((one) => one.amount)),
  ]);
}

const holdFields = [
  ['hold', 'uuid'],
  ['kind', 'text'],
  ['account', 'int8'],
  ['amount', 'int8'],
  ['used', 'int8'],
  ['reserved', 'int8'],
  ['consumed', 'int8'],
  ['state', 'text'],
  ['at', 'timestamptz'],
] as const;
const copyHolds = `copy accounts.holds (${holdFields.map(([name]) => name).join(', ')}) from stdin (format binary)`;

export const writeHolds = (
  tx: Tx,
  holds: readonly (Hold & { kind: string; account: bigint; used: bigint })[],
): Promise<void> => tx.copy(copyHolds, rowsOf(holdFields, holds));

const keysOf = (holds: readonly HoldKey[]): [Buffer, Buffer] => [
  column.uuid(holds.map((one) => one.hold)),
  column.text(holds.map((one) => one.kind)),
];

export const consume = (tx: Tx, holds: readonly HoldKey[]): Promise<Moved[]> =>
  tx.query('select hold, kind, amount from accounts.consume($1::uuid[], $2::text[])', keysOf(holds));

export const free = (tx: Tx, holds: readonly HoldKey[]): Promise<Moved[]> =>
  tx.query('select hold, kind, amount from accounts.free($1::uuid[], $2::text[])', keysOf(holds));

export const restore = (tx: Tx, holds: readonly (HoldKey & { readonly amount: bigint | null })[]): Promise<Moved[]> =>
  tx.query('select hold, kind, amount from accounts.restore($1::uuid[], $2::text[], $3::bigint[])', [
    ...keysOf(holds),
    column.int8(holds.map((one) => one.amount)),
  ]);

export const reserveAgain = (tx: Tx, holds: readonly HoldKey[]): Promise<(Moved & { granted: boolean })[]> =>
  tx.query('select hold, kind, amount, granted from accounts.reserve_again($1::uuid[], $2::text[])', keysOf(holds));

export async function change(
  tx: Tx,
  to: HoldKey & { readonly amount: bigint; readonly ceiling: bigint | null },
): Promise<{ granted: boolean; used: bigint | null; reason: string | null }> {
  const [row] = await tx.query<{ granted: boolean; used: bigint | null; reason: string | null }>(
    'select granted, used, reason from accounts.change($1, $2, $3, $4)',
    [to.hold, to.kind, to.amount, to.ceiling],
  );
  return row!;
}

/**
 * Raises or lowers ceilings, opening accounts that are not there; answers those that moved, as they stand then.
 */
export const raise = (tx: Tx, by: readonly (AccountKey & { unit: string; amount: bigint })[]): Promise<Standing[]> =>
  tx.query(
    `select kind, owner, period, unit, ceiling, reserved, consumed
       from accounts.raise($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])`,
    columnsOf(by.map((one) => ({ ...one, ceiling: null }))).slice(0, 5),
  );

/** The accounts of these keys that are there. */
export const accountsAmong = (tx: Tx, keys: readonly AccountKey[]): Promise<Standing[]> =>
  tx.query(
    `select a.kind, a.owner, a.period, a.unit, a.ceiling, a.reserved, a.consumed
       from unnest($1::text[], $2::text[], $3::text[]) as q (kind, owner, period)
      cross join lateral (
        select * from accounts.accounts x where x.kind = q.kind and x.owner = q.owner and x.period = q.period limit 1
      ) a`,
    [
      column.text(keys.map((one) => one.kind)),
      column.text(keys.map((one) => one.owner)),
      column.text(keys.map((one) => one.period)),
    ],
  );

/** Opens the account; undefined when the key has an account already. */
export async function open(
  tx: Tx,
  account: AccountKey & { unit: string; ceiling: bigint | null },
): Promise<Account | undefined> {
  const [row] = await tx.query<Account>(
    `insert into accounts.accounts (reference, kind, owner, period, unit, ceiling, opened, reserved, consumed)
     values (gen_random_uuid(), $1, $2, $3, $4, $5, true, 0, 0)
     on conflict (kind, owner, period) do nothing returning ${figures}`,
    [account.kind, account.owner, account.period, account.unit, account.ceiling],
  );
  return row;
}

export async function setCeiling(tx: Tx, key: AccountKey, ceiling: bigint | null): Promise<Account | undefined> {
  const [row] = await tx.query<Account>(
    `update accounts.accounts set ceiling = $4 where kind = $1 and owner = $2 and period = $3 and opened returning ${figures}`,
    [key.kind, key.owner, key.period, ceiling],
  );
  return row;
}

export async function raiseCeiling(tx: Tx, key: AccountKey, by: bigint): Promise<Account | undefined> {
  const [row] = await tx.query<Account>(
    `update accounts.accounts set ceiling = ceiling + $4
     where kind = $1 and owner = $2 and period = $3 and opened and ceiling is not null returning ${figures}`,
    [key.kind, key.owner, key.period, by],
  );
  return row;
}

export async function accountOf(tx: Tx, key: AccountKey): Promise<Account | undefined> {
  const [row] = await tx.query<Account>(
    `select ${figures} from accounts.accounts where kind = $1 and owner = $2 and period = $3`,
    [key.kind, key.owner, key.period],
  );
  return row;
}

export const accountsOf = (tx: Tx, owner: string, kinds: readonly string[]): Promise<Account[]> =>
  tx.query(
    `select ${figures} from accounts.accounts where kind = any ($2::text[]) and owner = $1 order by kind, period desc limit 100`,
    [owner, column.text([...kinds])],
  );

/** Opened accounts of a kind after one of their owners, by owner. */
export const openedAccounts = (tx: Tx, kind: string, after: string, size: number): Promise<Account[]> =>
  tx.query(
    `select ${figures} from accounts.accounts where kind = $1 and opened and owner > $2 order by owner limit $3`,
    [kind, after, size],
  );

export const holdsOf = (tx: Tx, key: AccountKey, before: string | null, size: number): Promise<Hold[]> =>
  tx.query(
    `select h.hold, h.amount, h.reserved, h.consumed, h.state, h.at
     from accounts.accounts a join accounts.holds h on h.account = a.id
     where a.kind = $1 and a.owner = $2 and a.period = $3 and ($4::uuid is null or h.hold < $4)
     order by h.hold desc limit $5`,
    [key.kind, key.owner, key.period, before, size],
  );

export const holdOf = async (tx: Tx, key: HoldKey): Promise<Hold | undefined> =>
  (
    await tx.query<Hold>(
      'select hold, amount, reserved, consumed, state, at from accounts.holds where hold = $1 and kind = $2',
      [key.hold, key.kind],
    )
  )[0];
