import { column, type Tx } from '#platform/db.ts';

/** What was asked of a desk about a released parcel, as it is kept. */
export interface ApplicationRow {
  readonly case: string;
  readonly id: string;
  readonly kind: 'cancellation' | 'redetermination';
  readonly version: number;
  readonly at: string;
  readonly party: string | null;
  readonly authority: string | null;
  readonly by: string;
  readonly ground: string;
  readonly reason: string;
  /** Lines as JSON; null where it is about a cancellation. */
  readonly proposed: string | null;
}

const columns = 'case_id as case, id, kind, version, at, party, authority, by, ground, reason, proposed';

/** What was asked about a parcel, the latest first. */
export const applicationsOf = (tx: Tx, id: string): Promise<ApplicationRow[]> =>
  tx.query<ApplicationRow>(`select ${columns} from clearance.applications where id = $1 order by at desc, case_id`, [
    id,
  ]);

/** What was asked in each of these cases. */
export const applicationsIn = (tx: Tx, cases: readonly string[]): Promise<ApplicationRow[]> =>
  tx.query<ApplicationRow>(`select ${columns} from clearance.applications where case_id = any($1::uuid[])`, [
    column.uuid([...cases]),
  ]);

export const addApplication = (tx: Tx, one: ApplicationRow): Promise<unknown> =>
  tx.query(
    `insert into clearance.applications (case_id, id, kind, version, at, party, authority, by, ground, reason, proposed)
     values ($1, $2, $3, $4::int2, $5, $6, $7, $8, $9, $10, $11)`,
    [
      one.case,
      one.id,
      one.kind,
      one.version,
      one.at,
      one.party,
      one.authority,
      one.by,
      one.ground,
      one.reason,
      one.proposed,
    ],
  );

/** Whether goods of a parcel came back. */
export async function anythingReturned(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query('select from clearance.returned_lines where id = $1 limit 1', [id]);
  return rows.length > 0;
}

/**
 * Whether every piece of a parcel is carried by another one that was released. It holds all of them, so that of two
 * that cover each other only one is cancelled for the other.
 */
export async function coveredElsewhere(tx: Tx, id: string): Promise<boolean> {
  await tx.query(
    `select from clearance.parcels p
      where p.id = $1 or p.id in (select o.id from clearance.pieces x join clearance.pieces o on o.barcode = x.barcode
                                   where x.id = $1)
      order by p.id for update`,
    [id],
  );
  const [row] = await tx.query<{ covered: boolean }>(
    `select count(*) > 0 and bool_and(exists (
         select from clearance.pieces o join clearance.parcels s on s.id = o.id
          where o.barcode = x.barcode and o.id <> x.id and s.status in ('released', 'left'))) as covered
       from clearance.pieces x where x.id = $1`,
    [id],
  );
  return row!.covered;
}
