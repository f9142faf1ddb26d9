import { column, type Tx } from '#platform/db.ts';

export interface WaitingRow {
  id: string;
  filer: string;
  declaration: string;
  seller: string | null;
  received: string;
  due: string | null;
  missing: string;
  snapshot: string;
  digest: Buffer;
  body: string;
}

/** Keeps parcels whose slips are not complete; a further submission under the same key takes the older one's place. */
export async function writeWaiting(tx: Tx, rows: readonly WaitingRow[]): Promise<void> {
  await tx.query(
    `insert into clearance.waiting (id, filer, declaration, seller, received, due, missing, snapshot, digest, body)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[], $9::bytea[], $10::text[])
     on conflict (id) do update set missing = excluded.missing, snapshot = excluded.snapshot, digest = excluded.digest, body = excluded.body`,
    [
      column.uuid(rows.map((row) => row.id)),
      column.text(rows.map((row) => row.filer)),
      column.text(rows.map((row) => row.declaration)),
      column.text(rows.map((row) => row.seller)),
      column.timestamptz(rows.map((row) => row.received)),
      column.timestamptz(rows.map((row) => row.due)),
      column.text(rows.map((row) => row.missing)),
      column.text(rows.map((row) => row.snapshot)),
      column.bytea(rows.map((row) => row.digest)),
      column.text(rows.map((row) => row.body)),
    ],
  );
}

/** The undecided slips among these parcels, locked for whoever decides them now. */
export async function waitingAmong(
  tx: Tx,
  ids: readonly string[],
): Promise<{ id: string; received: string; body: string }[]> {
  return tx.query(
    `select id, received, body from clearance.waiting where id = any($1::uuid[]) and decided is null order by id for update`,
    [column.uuid([...ids])],
  );
}

/** Marks slips as decided and moves their key to the content that was decided. */
export async function endWaiting(
  tx: Tx,
  rows: readonly { id: string; filer: string; declaration: string; digest: Buffer }[],
  at: string,
): Promise<void> {
  const ids = column.uuid(rows.map((row) => row.id));
  await tx.query(
    `with ended as (update clearance.waiting set decided = $5 where id = any($1::uuid[]))
     update clearance.keys k set digest = t.digest
       from unnest($2::text[], $3::text[], $4::bytea[]) as t(filer, declaration, digest)
      where k.filer = t.filer and k.declaration = t.declaration`,
    [
      ids,
      column.text(rows.map((row) => row.filer)),
      column.text(rows.map((row) => row.declaration)),
      column.bytea(rows.map((row) => row.digest)),
      at,
    ],
  );
}
