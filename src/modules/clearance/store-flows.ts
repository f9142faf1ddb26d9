import { column, type Tx } from '#platform/db.ts';
import { columns, type ParcelRow, type WaitingRead } from './store-read.ts';

/** The current versions of these parcels. */
export const parcelsBy = (tx: Tx, ids: readonly string[]): Promise<ParcelRow[]> =>
  tx.query<ParcelRow>(
    `select ${columns} from unnest($1::uuid[]) as u(id)
      cross join lateral (select * from clearance.declarations x where x.id = u.id order by x.version desc limit 1) d
       left join clearance.parcels p on p.id = d.id`,
    [column.uuid([...ids])],
  );

/** Those of these that wait for slips. */
export const waitingBy = (tx: Tx, ids: readonly string[]): Promise<WaitingRead[]> =>
  tx.query<WaitingRead>(
    `select id, filer, declaration, seller, received, due, missing, snapshot, body from clearance.waiting
      where id = any ($1::uuid[]) and decided is null`,
    [column.uuid([...ids])],
  );

/**
 * Parcels that these parties filed or sold, or of all, that stand at one of these, the newest first; an outcome is
 * asked of the first decision.
 */
export async function standingAt(
  tx: Tx,
  parties: readonly string[] | null,
  statuses: readonly string[],
  limit: number,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `(select d.id from clearance.declarations d left join clearance.parcels p on p.id = d.id
       where d.version = 1 and coalesce(p.status, d.status) = any ($2::text[])
         and ($1::text[] is null or d.filer = any ($1) or d.seller = any ($1)) order by d.id desc limit $3)
     union all
     (select w.id from clearance.waiting w where w.decided is null and 'waiting' = any ($2::text[])
         and ($1::text[] is null or w.filer = any ($1) or w.seller = any ($1)) order by w.id desc limit $3)
     order by id desc limit $3`,
    [parties === null ? null : column.text([...parties]), column.text([...statuses]), limit],
  );
  return rows.map(({ id }) => id);
}

/** A mark of goods: a piece's barcode, a waybill, or an order with its platform as sender. */
export interface ParcelMark {
  readonly kind: 'barcode' | 'waybill' | 'order';
  readonly sender: string;
  readonly number: string;
}

/** The parcels that bear these marks, by their place in the question. */
export const bearing = (tx: Tx, marks: readonly ParcelMark[]): Promise<{ place: number; id: string }[]> =>
  tx.query(
    `with asked as (
       select kind, sender, number, place::int as place
         from unnest($1::text[], $2::text[], $3::text[]) with ordinality as m(kind, sender, number, place)
     )
     select a.place, p.id from asked a join clearance.pieces p on a.kind = 'barcode' and p.barcode = a.number
     union select a.place, p.id from asked a
       join clearance.pieces p on a.kind = 'waybill' and p.document = a.number and p.document <> p.barcode
     union select a.place, p.id from asked a
       join clearance.pieces p on a.kind = 'waybill' and p.barcode = a.number and p.document = p.barcode
     union select a.place, o.id from asked a
       join clearance.orders o on a.kind = 'order' and o.platform = a.sender and o.number = a.number
     order by 1, 2`,
    [
      column.text(marks.map(({ kind }) => kind)),
      column.text(marks.map(({ sender }) => sender)),
      column.text(marks.map(({ number }) => number)),
    ],
  );

/** The documents of these parcels' current versions. */
export const bodiesBy = (tx: Tx, ids: readonly string[]): Promise<{ id: string; body: string }[]> =>
  tx.query(
    `select u.id, d.body from unnest($1::uuid[]) as u(id)
      cross join lateral (
        select x.body from clearance.declarations x where x.id = u.id order by x.version desc limit 1) d`,
    [column.uuid([...ids])],
  );
