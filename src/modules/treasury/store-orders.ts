import { column, type Tx } from '#platform/db.ts';
import type { OrderRow } from './model-bills.ts';

const orderColumns =
  'id, purpose, subject, party, actor, method, reference, currency, amount, state, bank, simulated, asked, answered';

export async function addOrder(
  tx: Tx,
  one: Omit<OrderRow, 'state' | 'bank' | 'simulated' | 'answered'>,
): Promise<void> {
  const { id, purpose, subject, party, actor, method, reference, currency, amount, asked } = one;
  await tx.query(
    `insert into treasury.orders (${orderColumns})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'asked', null, null, $10, null)`,
    [id, purpose, subject, party, actor, method, reference, currency, amount, asked],
  );
}

/** Payments of a bill, or those that raised a guarantor's ceiling, the latest first. */
export const ordersOf = (tx: Tx, purpose: OrderRow['purpose'], subject: string): Promise<OrderRow[]> =>
  tx.query(
    `select ${orderColumns} from treasury.orders where purpose = $1 and subject = $2 order by id desc limit 100`,
    [purpose, subject],
  );

export async function orderOf(tx: Tx, id: string): Promise<OrderRow> {
  return (await tx.query<OrderRow>(`select ${orderColumns} from treasury.orders where id = $1`, [id]))[0]!;
}

/** The order under this reference of a party that no bank refused. */
export async function sameOrder(
  tx: Tx,
  one: Pick<OrderRow, 'purpose' | 'subject' | 'party' | 'reference'>,
): Promise<OrderRow | undefined> {
  const [row] = await tx.query<OrderRow>(
    `select ${orderColumns} from treasury.orders
     where purpose = $1 and subject = $2 and party = $3 and reference = $4 and state <> 'refused'`,
    [one.purpose, one.subject, one.party, one.reference],
  );
  return row;
}

/** Keeps others from ordering for the same subject until the transaction ends. */
export async function lockSubject(tx: Tx, subject: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 816))', [`treasury.orders ${subject}`]);
}

/** Writes the bank's answer, once; undefined when it was written before. */
export async function answerOrder(
  tx: Tx,
  id: string,
  given: { state: 'paid' | 'refused'; bank: string; simulated: boolean; at: string },
): Promise<OrderRow | undefined> {
  const [row] = await tx.query<OrderRow>(
    `update treasury.orders set state = $2, bank = $3, simulated = $4, answered = $5
     where id = $1 and state = 'asked' returning ${orderColumns}`,
    [id, given.state, given.bank, given.simulated, given.at],
  );
  return row;
}

export const ordersAskedBefore = (tx: Tx, before: string, size: number): Promise<OrderRow[]> =>
  tx.query(`select ${orderColumns} from treasury.orders where state = 'asked' and asked < $1 order by asked limit $2`, [
    before,
    size,
  ]);

export async function addRefund(
  tx: Tx,
  one: { id: string; payment: string; notice: string; version: number; party: string; method: string } & {
    currency: string;
    amount: bigint;
    bank: string;
    simulated: boolean;
    at: string;
  },
): Promise<void> {
  await tx.query(
    `insert into treasury.refunds
       (id, payment, notice, version, party, method, currency, amount, bank, simulated, made)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing`,
    [
      one.id,
      one.payment,
      one.notice,
      one.version,
      one.party,
      one.method,
      one.currency,
      one.amount,
      one.bank,
      one.simulated,
      one.at,
    ],
  );
}

/** Refunds of these parties, or everybody's where none is named: those to be made first, then the latest made. */
export const refundsOf = (
  tx: Tx,
  parties: readonly string[] | null,
  size: number,
): Promise<
  {
    notice: string;
    version: number;
    payer: string;
    currency: string;
    amount: bigint;
    state: 'asked' | 'made';
    bank: string | null;
    simulated: boolean | null;
    at: string;
  }[]
> =>
  tx.query(
    `(select n.id as notice, n.version, n.payer, n.currency, n.refund as amount, 'asked' as state, null as bank,
        null::boolean as simulated, coalesce(n.settled, n.issued) as at
      from treasury.notices n where n.refund > 0 and ($1::text[] is null or n.payer = any ($1)) order by n.id limit $2)
     union all
     (select r.notice, r.version, r.party, r.currency, r.amount, 'made', r.bank, r.simulated, r.made
      from treasury.refunds r where $1::text[] is null or r.party = any ($1) order by r.made desc limit $2)`,
    [parties === null ? null : column.text([...parties]), size],
  );
