import { column, type Tx } from '#platform/db.ts';

/** A table of parcels on its way in. */
export interface TableRow {
  readonly id: string;
  readonly filer: string;
  readonly by: string;
  readonly name: string;
  readonly begun: string;
  readonly expires: string;
  readonly size: bigint;
  readonly received: bigint;
  readonly taken: bigint;
  readonly line: number;
  readonly mapping: string | null;
  readonly filed: number;
  readonly refused: number;
  readonly stopped: string | null;
}
const columns = 'id, filer, by, name, begun, expires, size, received, taken, line, mapping, filed, refused, stopped';

export async function addTable(tx: Tx, one: TableRow): Promise<void> {
  await tx.query(
    `insert into filing.tables (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      one.id,
      one.filer,
      one.by,
      one.name,
      one.begun,
      one.expires,
      one.size,
      one.received,
      one.taken,
      one.line,
      one.mapping,
      one.filed,
      one.refused,
      one.stopped,
    ],
  );
}

export async function tableOf(tx: Tx, id: string): Promise<TableRow | undefined> {
  const [row] = await tx.query<TableRow>(`select ${columns} from filing.tables where id = $1`, [id]);
  return row;
}

export const tablesOf = (tx: Tx, filer: string, size: number): Promise<TableRow[]> =>
  tx.query(`select ${columns} from filing.tables where filer = $1 order by begun desc limit $2`, [filer, size]);

/** Adds the piece that comes next; whether it was. */
export async function addPiece(tx: Tx, id: string, at: bigint, bytes: Buffer): Promise<boolean> {
  const rows = await tx.query(
    `update filing.tables set received = received + $3
     where id = $1 and received = $2 and received + $3 <= size returning 1`,
    [id, at, BigInt(bytes.length)],
  );
  if (rows.length === 0) return false;
  await tx.query('insert into filing.pieces (table_id, at, bytes) values ($1, $2, $3)', [id, at, bytes]);
  return true;
}

/** So many bytes of a table from a place in it. */
export async function bytesFrom(tx: Tx, id: string, from: bigint, many: number): Promise<Buffer> {
  const pieces = await tx.query<{ at: bigint; bytes: Buffer }>(
    `select at, bytes from filing.pieces
     where table_id = $1 and at < $3 and at >= (
       select coalesce(max(at), 0) from filing.pieces where table_id = $1 and at <= $2
     ) order by at`,
    [id, from, from + BigInt(many)],
  );
  const [first] = pieces;
  if (first === undefined) return Buffer.alloc(0);
  const start = Number(from - first.at);
  return Buffer.concat(pieces.map(({ bytes }) => bytes)).subarray(start, start + many);
}

export async function setMapping(tx: Tx, one: TableRow, head: Buffer, mapping: string): Promise<void> {
  await tx.query('update filing.tables set mapping = $2 where id = $1 and taken = 0', [one.id, mapping]);
  await tx.query(
    `insert into filing.mappings (filer, head, mapping) values ($1, $2, $3)
     on conflict (filer, head) do update set mapping = excluded.mapping`,
    [one.filer, head, mapping],
  );
}

export async function mappingFor(tx: Tx, filer: string, head: Buffer): Promise<string | undefined> {
  const [row] = await tx.query<{ mapping: string }>(
    'select mapping from filing.mappings where filer = $1 and head = $2',
    [filer, head],
  );
  return row?.mapping;
}

/** Something wrong with a row: which cell, where it is one. */
export interface FaultRow {
  readonly line: number;
  readonly place: number;
  /** The column, from 1; null where no cell of the file says it. */
  readonly cell: number | null;
  readonly declaration: string | null;
  readonly code: string;
  readonly pointer: string | null;
  readonly params: string;
}

/** How far a table has come. */
export interface Advance {
  readonly taken: bigint;
  readonly line: number;
  readonly filed: number;
  readonly refused: number;
  readonly stopped: string | null;
}

/** Notes what became of the next rows, unless somebody else has noted it; whether it was noted here. */
export async function advance(tx: Tx, id: string, from: bigint, to: Advance, faults: readonly FaultRow[]) {
  const rows = await tx.query(
    `update filing.tables set taken = $3, line = $4, filed = filed + $5, refused = refused + $6, stopped = $7
     where id = $1 and taken = $2 returning taken = size as whole`,
    [id, from, to.taken, to.line, to.filed, to.refused, to.stopped],
  );
  if (rows.length === 0) return false;
  if (faults.length > 0)
    await tx.query(
      `insert into filing.faults (table_id, line, place, cell, declaration, code, pointer, params)
       select $1, q.* from unnest($2::int[], $3::int[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[]) q
       on conflict do nothing`,
      [
        id,
        column.int4(faults.map(({ line }) => line)),
        column.int4(faults.map(({ place }) => place)),
        column.int4(faults.map(({ cell }) => cell)),
        column.text(faults.map(({ declaration }) => declaration)),
        column.text(faults.map(({ code }) => code)),
        column.text(faults.map(({ pointer }) => pointer)),
        column.text(faults.map(({ params }) => params)),
      ],
    );
  // What went through its door is kept there.
  if (rows[0]?.['whole'] === true) await tx.query('delete from filing.pieces where table_id = $1', [id]);
  return true;
}

/** Faults after a line and place, in their order. */
export const faultsAfter = (tx: Tx, id: string, line: number, place: number, size: number): Promise<FaultRow[]> =>
  tx.query(
    `select line, place, cell, declaration, code, pointer, params from filing.faults
     where table_id = $1 and (line, place) > ($2, $3) order by line, place limit $4`,
    [id, line, place, size],
  );

export async function dropTable(tx: Tx, filer: string, id: string): Promise<void> {
  await tx.query('delete from filing.tables where id = $1 and filer = $2', [id, filer]);
}
