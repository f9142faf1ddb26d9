import { column, type Tx } from '#platform/db.ts';
import { rowsOf } from '#platform/rows.ts';
import type { NewNotice, Notice, PaymentRow } from './model.ts';

const noticeColumns =
  'n.id, n.version, n.payer, n.guarantor, n.currency, n.amount, n.state, n.refund, n.charges, n.issued, n.settled, n.about';
const paymentColumns =
  'id, notice, version, party, actor, method, reference, currency, amount, state, bank, simulated, refunded, asked, answered, whole';

/** A notice as it is first written. */
export type IssuedRow = NewNotice & { readonly state: 'secured' | 'due' };

const issuedFields = [
  ['id', 'uuid'],
  ['version', 'int2'],
  ['payer', 'text'],
  ['guarantor', 'text'],
  ['currency', 'text'],
  ['amount', 'int8'],
  ['state', 'text'],
  ['charges', 'text'],
  ['issued', 'timestamptz'],
] as const;
const copyNotices = `copy treasury.notices (${issuedFields.map(([name]) => name).join(', ')}) from stdin (format binary)`;

export const issue = (tx: Tx, notices: readonly IssuedRow[]): Promise<void> =>
  tx.copy(copyNotices, rowsOf(issuedFields, notices));

/** Says that a notice is about a service and no parcel. */
export async function aboutService(tx: Tx, id: string): Promise<void> {
  await tx.query("update treasury.notices set about = 'service' where id = $1", [id]);
}

export async function reissue(tx: Tx, one: NewNotice): Promise<void> {
  await tx.query('select treasury.reissue($1, $2::int2, $3, $4, $5, $6, $7, $8, $9)', [
    one.id,
    one.version,
    one.payer,
    one.guarantor,
    one.currency,
    one.amount,
    one.charges,
    one.secured,
    one.issued,
  ]);
}

export async function cancel(tx: Tx, ids: readonly string[], at: string): Promise<void> {
  await tx.query('select treasury.cancel($1::uuid[], $2)', [column.uuid([...ids]), at]);
}

export async function reinstate(tx: Tx, ids: readonly string[], guaranteed: readonly boolean[]): Promise<void> {
  await tx.query('select treasury.reinstate($1::uuid[], $2::bool[])', [
    column.uuid([...ids]),
    column.bool([...guaranteed]),
  ]);
}

export const settled = (tx: Tx, ids: readonly string[]): Promise<{ id: string; settled: boolean }[]> =>
  tx.query('select id, settled from treasury.settled($1::uuid[])', [column.uuid([...ids])]);

export const secure = (
  tx: Tx,
  asked: readonly { id: string; guarantor: string | null }[],
  at: string,
): Promise<{ id: string; secured: boolean }[]> =>
  tx.query('select id, secured from treasury.secure($1::uuid[], $2::text[], $3)', [
    column.uuid(asked.map((one) => one.id)),
    column.text(asked.map((one) => one.guarantor)),
    at,
  ]);

/** The latest version of a parcel's notice. */
export async function latest(tx: Tx, id: string): Promise<Notice | undefined> {
  const [row] = await tx.query<Notice>(
    `select ${noticeColumns} from treasury.notices n where n.id = $1 order by n.version desc limit 1`,
    [id],
  );
  return row;
}

/** Holds every version of a parcel's notice until the transaction ends. */
export async function lock(tx: Tx, id: string): Promise<void> {
  await tx.query('select from treasury.notices where id = $1 order by version for update', [id]);
}

/** What was paid for a parcel and not given back, in minor units; its notices are held until the transaction ends. */
export async function paidFor(tx: Tx, id: string): Promise<bigint> {
  await lock(tx, id);
  const [row] = await tx.query<{ paid: bigint }>('select treasury.paid($1) as paid', [id]);
  return row!.paid;
}

/** Notices in which one of the parties stands as payer or guarantor, the latest first, read party by party. */
export const noticesOf = (
  tx: Tx,
  parties: readonly string[],
  page: { state: string | null; before: string | null; size: number },
): Promise<Notice[]> => {
  const among = (place: string, besides: string): string => `(
    select ${noticeColumns} from treasury.notices n
    where n.${place} = p.party ${besides} and ($2::text is null or n.state = $2) and ($3::uuid is null or n.id < $3)
      and not exists (select from treasury.notices l where l.id = n.id and l.version > n.version)
    order by n.id desc limit $4)`;
  return tx.query(
    `select distinct on (n.id) n.* from unnest($1::text[]) p (party) cross join lateral (
       ${among('payer', '')} union all ${among('guarantor', 'and n.payer <> p.party')}
     ) n order by n.id desc limit $4`,
    [column.text([...parties]), page.state, page.before, page.size],
  );
};

export const paymentsOf = (tx: Tx, notice: string): Promise<PaymentRow[]> =>
  tx.query(`select ${paymentColumns} from treasury.payments where notice = $1 order by asked, id`, [notice]);

export async function addPayment(
  tx: Tx,
  one: Omit<PaymentRow, 'state' | 'bank' | 'simulated' | 'refunded' | 'answered' | 'whole'>,
): Promise<void> {
  await tx.query(
    `insert into treasury.payments (id, notice, version, party, actor, method, reference, currency, amount, state, asked)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'asked', $10)`,
    [
      one.id,
      one.notice,
      one.version,
      one.party,
      one.actor,
      one.method,
      one.reference,
      one.currency,
      one.amount,
      one.asked,
    ],
  );
}

/** Writes the bank's answer, once; undefined when it was written before. */
export async function answer(
  tx: Tx,
  id: string,
  given: { state: 'paid' | 'refused'; bank: string; simulated: boolean; at: string },
): Promise<PaymentRow | undefined> {
  const [row] = await tx.query<PaymentRow>(
    `update treasury.payments set state = $2, bank = $3, simulated = $4, answered = $5
     where id = $1 and state = 'asked' returning ${paymentColumns}`,
    [id, given.state, given.bank, given.simulated, given.at],
  );
  return row;
}

/** Marks a notice as paid, when it still asks for anything. */
export async function markPaid(tx: Tx, id: string, version: number, at: string): Promise<boolean> {
  const rows = await tx.query(
    `update treasury.notices set state = 'paid', settled = $3
     where id = $1 and version = $2 and state in ('due', 'secured') returning 1`,
    [id, version, at],
  );
  return rows.length > 0;
}

/** Money that came for a notice that asks for nothing any more is to be given back. */
export async function askRefund(tx: Tx, id: string, version: number, amount: bigint): Promise<void> {
  await tx.query('update treasury.notices set refund = refund + $3 where id = $1 and version = $2', [
    id,
    version,
    amount,
  ]);
}

export const askedBefore = (tx: Tx, before: string, size: number): Promise<PaymentRow[]> =>
  tx.query(
    `select ${paymentColumns} from treasury.payments where state = 'asked' and whole is null and asked < $1
     order by asked limit $2`,
    [before, size],
  );

export const refundsAsked = (tx: Tx, size: number): Promise<Notice[]> =>
  tx.query(`select ${noticeColumns} from treasury.notices n where n.refund > 0 order by n.id limit $1`, [size]);

/**
 * Books a refund that the bank has made; false when another worker booked it first. A refund that was called off while
 * the bank made it leaves the notice due, since the money is gone.
 */
export async function bookRefund(
  tx: Tx,
  notice: Notice,
  payment: string,
  already: bigint,
  amount: bigint,
): Promise<boolean> {
  const booked = await tx.query(
    `update treasury.payments set refunded = refunded + $2,
       state = case when refunded + $2 = amount then 'refunded' else state end
     where id = $1 and refunded = $3 returning 1`,
    [payment, amount, already],
  );
  if (booked.length === 0) return false;
  await tx.query(
    `update treasury.notices n set refund = greatest(n.refund - $3, 0),
       state = case when not l.gone then n.state when n.refund = 0 then 'due' else 'refunded' end,
       settled = case when l.gone and n.refund = 0 then null else n.settled end
     from (select not exists (
       select from treasury.payments p where p.notice = $1 and p.state = 'paid' and p.refunded < p.amount
     ) as none) o
     cross join lateral (select o.none and (
       select m.state = 'paid' and m.refund <= $3 from treasury.notices m where m.id = $1 and m.version = $2
     ) as gone) l
     where n.id = $1 and n.version = $2`,
    [notice.id, notice.version, amount],
  );
  return true;
}
