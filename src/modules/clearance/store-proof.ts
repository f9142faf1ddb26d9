import { column, type Tx } from '#platform/db.ts';
import { columns, type ParcelRow } from './store-read.ts';

/** The current version of an export that left, with when its last piece did. */
export interface LeftExport extends ParcelRow {
  departed: string;
}

/** Exports among these that left and whose current version has no proof of it. */
export const leftUnproven = (tx: Tx, ids: readonly string[]): Promise<LeftExport[]> =>
  tx.query<LeftExport>(
    `select ${columns}, n.departed
       from clearance.parcels p
       join clearance.declarations d on d.id = p.id and d.version = p.version and d.id = any ($1::uuid[])
      cross join lateral (select max(clearance.piece_left(x.barcode)) as departed
                            from clearance.pieces x where x.id = p.id offset 0) n
      where p.id = any ($1::uuid[]) and p.status = 'left' and d.movement = 'export' and n.departed is not null
        and not exists (select from clearance.export_proofs e where e.id = p.id and e.version = p.version)
      order by p.id`,
    [column.uuid([...ids])],
  );

export interface ProofRow {
  id: string;
  version: number;
  issued: string;
  jws: string;
}

/** Keeps proofs; answers those that were not there yet. */
export const writeProofs = (tx: Tx, proofs: readonly ProofRow[]): Promise<{ id: string; version: number }[]> =>
  tx.query(
    `insert into clearance.export_proofs (id, version, issued, jws)
     select id, version, issued, jws
       from unnest($1::uuid[], $2::int4[], $3::text[]::timestamptz[], $4::text[]) as t(id, version, issued, jws)
     on conflict do nothing returning id, version`,
    [
      column.uuid(proofs.map(({ id }) => id)),
      column.int4(proofs.map(({ version }) => version)),
      column.text(proofs.map(({ issued }) => issued)),
      column.text(proofs.map(({ jws }) => jws)),
    ],
  );

/** The proof of the last version that has one. */
export async function proofOf(tx: Tx, id: string): Promise<ProofRow | undefined> {
  const [row] = await tx.query<ProofRow>(
    'select id, version, issued, jws from clearance.export_proofs where id = $1 order by version desc limit 1',
    [id],
  );
  return row;
}
