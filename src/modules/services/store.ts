import { column, type Tx } from '#platform/db.ts';
import type { TransactionRow } from './model.ts';

const columns = `t.id, t.filer, t.reference, t.digest, t.direction, t.kind, t.supplier, t.customer, t.currency, t.minor,
  t.home_minor as "homeMinor", t.day, t.body, t.state, t.charges, t.owed, t.pack, t.received, t.decided`;
/** Whether nothing is owed any more, by the treasury's own word. */
const settled = `(t.state = 'accepted' and (select z.settled from treasury.settled(array[t.id]) z)) as settled`;

export async function add(tx: Tx, one: Omit<TransactionRow, 'settled'>): Promise<boolean> {
  const rows = await tx.query(
    `insert into services.transactions (id, filer, reference, digest, direction, kind, supplier, customer, currency, minor,
       home_minor, day, body, state, charges, owed, pack, received, decided)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
     on conflict (filer, reference) do nothing returning 1`,
    [
      one.id,
      one.filer,
      one.reference,
      one.digest,
      one.direction,
      one.kind,
      one.supplier,
      one.customer,
      one.currency,
      one.minor,
      one.homeMinor,
      one.day,
      one.body,
      one.state,
      one.charges,
      one.owed,
      one.pack,
      one.received,
      one.decided,
    ],
  );
  return rows.length > 0;
}

export async function byId(tx: Tx, id: string): Promise<TransactionRow | undefined> {
  const [row] = await tx.query<TransactionRow>(
    `select ${columns}, ${settled} from services.transactions t where t.id = $1`,
    [id],
  );
  return row;
}

export async function byReference(tx: Tx, filer: string, reference: string): Promise<TransactionRow | undefined> {
  const [row] = await tx.query<TransactionRow>(
    `select ${columns}, ${settled} from services.transactions t where t.filer = $1 and t.reference = $2`,
    [filer, reference],
  );
  return row;
}

export async function decide(tx: Tx, id: string, state: TransactionRow['state'], at: string | null): Promise<void> {
  await tx.query('update services.transactions set state = $2, decided = $3 where id = $1', [id, state, at]);
}

/** Transactions in which one of these parties stands, or everybody's where none is named, the latest first. */
export const listOf = (
  tx: Tx,
  parties: readonly string[] | null,
  before: string | null,
  size: number,
): Promise<TransactionRow[]> =>
  tx.query(
    `select ${columns}, ${settled} from services.transactions t
     where ($1::text[] is null or t.filer = any ($1) or t.supplier = any ($1) or t.customer = any ($1))
       and ($2::uuid is null or t.id < $2)
     order by t.id desc limit $3`,
    [parties === null ? null : column.text([...parties]), before, size],
  );

/** Accepted transactions by month, direction and kind: how many, what they were worth at home, what was charged. */
export const counted = (
  tx: Tx,
): Promise<{ month: string; direction: string; kind: string; count: number; home: bigint; owed: bigint }[]> =>
  tx.query(
    `select to_char(day, 'YYYY-MM') as month, direction, kind, count(*)::int as count,
       sum(home_minor)::bigint as home, sum(owed)::bigint as owed
     from services.transactions where state = 'accepted' group by 1, 2, 3 order by 1 desc, 2, 3 limit 500`,
  );
