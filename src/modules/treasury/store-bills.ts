import { column, type Tx } from '#platform/db.ts';
import type { PaymentRow } from './model.ts';
import type { Bill } from './model-bills.ts';

const billColumns = `b.id, b.payer, b.guarantor, b.currency, b.from_day as "from", b.until_day as until, b.state, b.amount,
  b.issued, b.due, b.source, b.overdue, b.settled, coalesce(s.standing, 0)::bigint as standing,
  coalesce(s.notices, 0)::int as notices`;
/** What a settled bill's notices ask later is another bill's. */
const standing = `left join lateral (
  select sum(q.amount) as standing, count(*) as notices from treasury.standing(b.id) q where b.state <> 'settled'
) s on true`;

/** A payer's due under one guarantor, of parcels that a period's bill is to collect. */
export interface Collected {
  readonly payer: string;
  readonly guarantor: string;
  readonly currency: string;
  readonly ids: string[];
}

/**
 * What these parcels' secured notices are collected under; one that stands on an unsettled bill is left there. With
 * `again`, only parcels that a bill had before, whose notice was issued anew.
 */
export const collectable = (tx: Tx, ids: readonly string[], again: boolean): Promise<Collected[]> =>
  tx.query(
    `select n.payer, n.guarantor, n.currency, array_agg(n.id order by n.id) as ids
     from treasury.notices n
     where n.id = any ($1::uuid[]) and n.state = 'secured' and n.amount > 0
       and (not $2 or exists (select from treasury.bill_lines l where l.id = n.id))
       and not exists (
         select from treasury.bill_lines l join treasury.bills b on b.id = l.bill
         where l.id = n.id and b.state <> 'settled'
       )
     group by n.payer, n.guarantor, n.currency order by n.payer, n.guarantor, n.currency`,
    [column.uuid([...ids]), again],
  );

/** Puts parcels on the bill that collects for their payer's period, opening it under the given id where none does. */
export async function collect(
  tx: Tx,
  id: string,
  period: { readonly from: string; readonly until: string },
  { payer, guarantor, currency, ids }: Collected,
): Promise<void> {
  await tx.query(
    `with opened as (
       insert into treasury.bills (id, payer, guarantor, currency, from_day, until_day, state)
       values ($1, $2, $3, $4, $5, $6, 'collecting')
       on conflict (payer, guarantor, currency, from_day) where state = 'collecting' do update set payer = excluded.payer
       returning id
     )
     insert into treasury.bill_lines (bill, id) select o.id, u.id from opened o, unnest($7::uuid[]) u (id)
     on conflict do nothing`,
    [id, payer, guarantor, currency, period.from, period.until, column.uuid([...ids])],
  );
}

export async function billOf(tx: Tx, id: string): Promise<Bill | undefined> {
  const [row] = await tx.query<Bill>(`select ${billColumns} from treasury.bills b ${standing} where b.id = $1`, [id]);
  return row;
}

/** The latest bill that a parcel stands on. */
export async function billOfNotice(tx: Tx, notice: string): Promise<Bill | undefined> {
  const [row] = await tx.query<Bill>(
    `select ${billColumns} from treasury.bill_lines l join treasury.bills b on b.id = l.bill ${standing}
     where l.id = $1 order by b.id desc limit 1`,
    [notice],
  );
  return row;
}

/** Holds a bill, then every notice on it, until the transaction ends. */
export async function lockBill(tx: Tx, id: string): Promise<void> {
  await tx.query('select from treasury.bills where id = $1 for update', [id]);
  await tx.query(
    `select from treasury.notices n where n.id in (select l.id from treasury.bill_lines l where l.bill = $1)
     order by n.id, n.version for update`,
    [id],
  );
}

/** Bills in which one of these parties stands, or everybody's where none is named; the latest first. */
export const billsOf = (
  tx: Tx,
  parties: readonly string[] | null,
  page: { state: string | null; before: string | null; size: number },
): Promise<Bill[]> =>
  tx.query(
    `select ${billColumns} from treasury.bills b ${standing}
     where ($1::text[] is null or b.payer = any ($1) or b.guarantor = any ($1)) and ($2::text is null or b.state = $2)
       and ($3::uuid is null or b.id < $3)
     order by b.id desc limit $4`,
    [parties === null ? null : [...parties], page.state, page.before, page.size],
  );

/** The charges of a bill's notices by kind, payer's place and law. */
export const chargesOf = (
  tx: Tx,
  bill: string,
): Promise<{ id: string; liable: string; source: string; currency: string; total: string }[]> =>
  tx.query(
    `select c ->> 'id' as id, c ->> 'liable' as liable, coalesce(c ->> 'source', '') as source,
       c -> 'amount' ->> 'currency' as currency, sum((c -> 'amount' ->> 'amount')::numeric)::text as total
     from treasury.standing($1) s cross join lateral jsonb_array_elements(s.charges::jsonb) c
     where c ->> 'collect' = 'border'
     group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
    [bill],
  );

export const linesOf = (
  tx: Tx,
  bill: string,
  page: { after: string | null; size: number },
): Promise<{ id: string; version: number; amount: bigint; state: string }[]> =>
  tx.query(
    `select s.id, s.version, s.amount, s.state from treasury.standing($1) s
     where $2::uuid is null or s.id > $2 order by s.id limit $3`,
    [bill, page.after, page.size],
  );

/** The parcels whose notices stand on a bill and are secured. */
export const securedOn = async (tx: Tx, bill: string): Promise<string[]> =>
  (
    await tx.query<{ id: string }>(`select s.id from treasury.standing($1) s where s.state = 'secured' order by s.id`, [
      bill,
    ])
  ).map(({ id }) => id);

/** Every parcel that a bill ever collected. */
export const parcelsOn = async (tx: Tx, bill: string): Promise<string[]> =>
  (await tx.query<{ id: string }>('select id from treasury.bill_lines where bill = $1 order by id', [bill])).map(
    ({ id }) => id,
  );

/** A notice of a bill whose payment a bank has been asked for already. */
export async function runningOn(tx: Tx, bill: string): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `select s.id from treasury.standing($1) s
     join treasury.payments p on p.notice = s.id and p.version = s.version and p.state in ('asked', 'paid') limit 1`,
    [bill],
  );
  return row?.id;
}

/** Bills whose period is over. */
export const ended = async (tx: Tx, today: string, size: number): Promise<string[]> =>
  (
    await tx.query<{ id: string }>(
      `select id from treasury.bills where state = 'collecting' and until_day <= $1 order by id limit $2`,
      [today, size],
    )
  ).map(({ id }) => id);

/** Bills that were not paid by the end of their due day and are nobody's work yet. */
export const late = async (tx: Tx, today: string, size: number): Promise<string[]> =>
  (
    await tx.query<{ id: string }>(
      `select id from treasury.bills where state = 'open' and overdue is null and due < $1 order by id limit $2`,
      [today, size],
    )
  ).map(({ id }) => id);

/** Bills that ask nothing any more: every notice on them was paid alone, cancelled, or is asked for anew elsewhere. */
export const empty = async (tx: Tx, size: number): Promise<string[]> =>
  (
    await tx.query<{ id: string }>(
      `select b.id from treasury.bills b where b.state in ('open', 'called')
         and not exists (select from treasury.standing(b.id)) order by b.id limit $1`,
      [size],
    )
  ).map(({ id }) => id);

export async function markIssued(
  tx: Tx,
  id: string,
  given: { amount: bigint; at: string; due: string; source: string | null },
): Promise<void> {
  await tx.query(
    `update treasury.bills set state = 'open', amount = $2, issued = $3, due = $4, source = $5
     where id = $1 and state = 'collecting'`,
    [id, given.amount, given.at, given.due, given.source],
  );
}

export async function markOverdue(tx: Tx, id: string, at: string): Promise<void> {
  await tx.query('update treasury.bills set overdue = $2 where id = $1 and overdue is null', [id, at]);
}

export async function setState(tx: Tx, id: string, state: 'open' | 'called' | 'settled', at: string): Promise<void> {
  await tx.query(
    `update treasury.bills set state = $2, settled = case when $2 = 'settled' then $3::timestamptz end where id = $1`,
    [id, state, at],
  );
}

/** Writes the parts of a bill's payment, one a notice, under ids of the caller's order; answers their sum. */
export async function addParts(tx: Tx, bill: string, order: string): Promise<bigint> {
  const [row] = await tx.query<{ total: bigint }>(
    `with parts as (
       insert into treasury.payments
         (id, notice, version, party, actor, method, reference, currency, amount, state, asked, whole)
       select gen_random_uuid(), s.id, s.version, o.party, o.actor, o.method, o.reference, o.currency, s.amount, 'asked',
         o.asked, o.id
       from treasury.orders o, treasury.standing($1) s where o.id = $2 and s.amount > 0
       returning amount
     )
     select coalesce(sum(amount), 0)::bigint as total from parts`,
    [bill, order],
  );
  return row!.total;
}

/** Writes the bank's answer into every part of a payment. */
export const answerParts = (
  tx: Tx,
  order: string,
  given: { state: 'paid' | 'refused'; bank: string; simulated: boolean; at: string },
): Promise<Pick<PaymentRow, 'id' | 'notice' | 'version' | 'amount'>[]> =>
  tx.query(
    `update treasury.payments set state = $2, bank = $3, simulated = $4, answered = $5
     where whole = $1 and state = 'asked' returning id, notice, version, amount`,
    [order, given.state, given.bank, given.simulated, given.at],
  );

/** A part of a bill's payment; `wanted` says whether its notice still asked when the bank had answered. */
export interface PaidPart {
  readonly id: string;
  readonly version: number;
  readonly amount: bigint;
  readonly wanted: boolean;
}

/**
 * Marks the notices of a bill's payment as paid where they still ask; what came for the others is to be given back.
 */
export const markPartsPaid = (tx: Tx, order: string, at: string): Promise<PaidPart[]> =>
  tx.query(
    `with parts as materialized (
       select p.notice as id, p.version, p.amount, n.state in ('due', 'secured') as wanted
       from treasury.payments p join treasury.notices n on n.id = p.notice and n.version = p.version
       where p.whole = $1 and p.state = 'paid'
     )
     update treasury.notices n
     set state = case when p.wanted then 'paid' else n.state end,
       settled = case when p.wanted then $2 else n.settled end,
       refund = n.refund + case when p.wanted then 0 else p.amount end
     from parts p where n.id = p.id and n.version = p.version
     returning n.id, n.version, p.amount, p.wanted`,
    [order, at],
  );
