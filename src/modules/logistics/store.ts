import { column, type Tx } from '#platform/db.ts';
import type { TransferStatus } from './model.ts';

/** A transfer as it is kept. Lists are JSON text. */
export interface TransferRow {
  readonly id: string;
  readonly filer: string;
  readonly reference: string;
  readonly master: string;
  readonly procedure: 'transfer' | 'transit';
  readonly from_office: string;
  readonly from_place: string;
  readonly from_zone: string | null;
  readonly from_operator: string;
  readonly to_office: string;
  readonly to_place: string;
  readonly to_zone: string | null;
  readonly to_operator: string;
  readonly via: string;
  readonly carrier: string;
  readonly guarantor: string;
  readonly conveyance: string | null;
  readonly seals: string;
  readonly parent: string | null;
  readonly status: TransferStatus;
  readonly hours: number;
  readonly source: string;
  readonly currency: string;
  readonly prepared: string;
  readonly departed: string | null;
  readonly due: string | null;
  readonly ended: string | null;
  readonly digest: Buffer;
}

const heads = [
  'id',
  'filer',
  'reference',
  'master',
  'procedure',
  'from_office',
  'from_place',
  'from_zone',
  'from_operator',
  'to_office',
  'to_place',
  'to_zone',
  'to_operator',
  'via',
  'carrier',
  'guarantor',
  'conveyance',
  'seals',
  'parent',
  'status',
  'hours',
  'source',
  'currency',
  'prepared',
  'departed',
  'due',
  'ended',
  'digest',
] as const satisfies (keyof TransferRow)[];

/** Writes a transfer; false where its reference or its number stands already. */
export async function writeTransfer(tx: Tx, row: TransferRow): Promise<boolean> {
  const written = await tx.query(
    `insert into logistics.transfers (${heads.join(', ')}) values (${heads.map((_, index) => `$${index + 1}`).join(', ')})
     on conflict do nothing returning id`,
    heads.map((name) => row[name]),
  );
  return written.length > 0;
}

export async function transferBy(
  tx: Tx,
  key: { id: string } | { filer: string; reference: string } | { master: string },
): Promise<TransferRow | undefined> {
  const pairs = Object.entries(key);
  const test = pairs.map(([name], index) => `${name} = $${index + 1}`).join(' and ');
  const [row] = await tx.query<TransferRow>(
    `select ${heads.join(', ')} from logistics.transfers where ${test}`,
    pairs.map(([, value]) => value),
  );
  return row;
}

/** Transfers whose time limit has passed with goods still under way. */
export const overdue = (tx: Tx, now: string): Promise<{ id: string }[]> =>
  tx.query(`select id from logistics.transfers where status = 'departed' and due <= $1 order by due limit 100`, [now]);

/** The transfer under its lock: steps of one transfer come one after the other. */
export async function lockTransfer(tx: Tx, id: string): Promise<TransferRow | undefined> {
  const [row] = await tx.query<TransferRow>(
    `select ${heads.join(', ')} from logistics.transfers where id = $1 for update`,
    [id],
  );
  return row;
}

export async function setTransfer(
  tx: Tx,
  row: Pick<TransferRow, 'id' | 'status' | 'departed' | 'due' | 'ended' | 'seals' | 'conveyance'>,
): Promise<void> {
  await tx.query(
    `update logistics.transfers set status = $2, departed = $3, due = $4, ended = $5, seals = $6, conveyance = $7
      where id = $1`,
    [row.id, row.status, row.departed, row.due, row.ended, row.seals, row.conveyance],
  );
}

export async function writeLeftOut(
  tx: Tx,
  transfer: string,
  pieces: readonly { barcode: string; code: string }[],
): Promise<void> {
  await tx.query(
    `insert into logistics.left_out (transfer, barcode, code)
     select $1::uuid, t.* from unnest($2::text[], $3::text[]) as t on conflict do nothing`,
    [transfer, column.text(pieces.map((one) => one.barcode)), column.text(pieces.map((one) => one.code))],
  );
}

export const leftOutOf = (tx: Tx, transfer: string): Promise<{ barcode: string; code: string }[]> =>
  tx.query(`select barcode, code from logistics.left_out where transfer = $1 order by barcode limit 1000`, [transfer]);

export const splitsOf = (tx: Tx, id: string): Promise<{ id: string; master: string }[]> =>
  tx.query(`select id, master from logistics.transfers where parent = $1 order by id`, [id]);

/**
 * Transfers, newest first: those in which one of the parties carries, keeps a place, stands good or has a piece; all of
 * them where no parties are named.
 */
export const listTransfers = (
  tx: Tx,
  asked: { parties: readonly string[] | null; status: string | null; before: string | null; limit: number },
): Promise<TransferRow[]> =>
  tx.query(
    `select ${heads.join(', ')} from logistics.transfers t
      where ($1::text[] is null or t.filer = any ($1::text[]) or t.carrier = any ($1::text[])
             or t.from_operator = any ($1::text[]) or t.to_operator = any ($1::text[]) or t.guarantor = any ($1::text[])
             or exists (select from logistics.lines l where l.transfer = t.id and l.filer = any ($1::text[]))
             or exists (select from logistics.lines l where l.transfer = t.id and l.declarant = any ($1::text[])))
        and ($2::text is null or t.status = $2) and ($3::uuid is null or t.id < $3)
      order by t.id desc limit $4`,
    [asked.parties ? column.text([...asked.parties]) : null, asked.status, asked.before, asked.limit],
  );
