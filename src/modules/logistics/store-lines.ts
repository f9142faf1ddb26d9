import { column, type Tx } from '#platform/db.ts';
import type { State, Why } from './model.ts';
import type { TransferRow } from './store.ts';

/** One piece on a transfer. */
export interface LineRow {
  readonly barcode: string;
  readonly parcel: string | null;
  readonly filer: string | null;
  readonly declarant: string | null;
  readonly hold: string;
  readonly amount: bigint;
  readonly state: State;
  readonly why: Why | null;
  readonly over: boolean;
  readonly since: string;
}

/**
 * Writes lines of a transfer. One whose piece is open in a transfer already, this one or another, is left out: the
 * barcodes that were written are answered.
 */
export async function writeLines(tx: Tx, transfer: string, lines: readonly LineRow[]): Promise<string[]> {
  const rows = await tx.query<{ barcode: string }>(
    `insert into logistics.lines
       (transfer, barcode, parcel, filer, declarant, hold, amount, state, why, over, since)
     select $1::uuid, t.* from unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::int8[],
       $8::text[], $9::text[], $10::bool[], $11::timestamptz[]) as t order by 2
     on conflict do nothing returning barcode`,
    [
      transfer,
      column.text(lines.map((one) => one.barcode)),
      column.uuid(lines.map((one) => one.parcel)),
      column.text(lines.map((one) => one.filer)),
      column.text(lines.map((one) => one.declarant)),
      column.uuid(lines.map((one) => one.hold)),
      column.int8(lines.map((one) => one.amount)),
      column.text(lines.map((one) => one.state)),
      column.text(lines.map((one) => one.why)),
      column.bool(lines.map((one) => one.over)),
      column.timestamptz(lines.map((one) => one.since)),
    ],
  );
  return rows.map(({ barcode }) => barcode);
}

const lineColumns = 'barcode, parcel, filer, declarant, hold, amount, state, why, over, since';

/** The lines of a transfer in one of these states, from behind a barcode; pieces named, where they are. */
export const linesOf = (
  tx: Tx,
  transfer: string,
  asked: {
    states: readonly State[];
    after?: string;
    limit: number;
    barcodes?: readonly string[];
    parties?: readonly string[];
  },
): Promise<LineRow[]> =>
  tx.query(
    `select ${lineColumns} from logistics.lines
      where transfer = $1 and state = any ($2::text[]) and barcode > $3
        and ($5::text[] is null or barcode = any ($5::text[]))
        and ($6::text[] is null or filer = any ($6::text[]) or declarant = any ($6::text[]))
      order by barcode limit $4`,
    [
      transfer,
      column.text([...asked.states]),
      asked.after ?? '',
      asked.limit,
      asked.barcodes ? column.text([...asked.barcodes]) : null,
      asked.parties ? column.text([...asked.parties]) : null,
    ],
  );

/** Brings lines of a transfer from one of these states to another; all of them, or those named. Answers what moved. */
export const moveLines = (
  tx: Tx,
  transfer: string,
  move: {
    from: readonly State[];
    to: State;
    why: Why | null;
    at: string;
    barcodes?: readonly string[];
    /** Only lines for which this was decided before. */
    was?: Why;
  },
): Promise<LineRow[]> =>
  tx.query(
    `update logistics.lines set state = $3, why = $4, since = $5::timestamptz
      where transfer = $1 and state = any ($2::text[]) and ($6::text[] is null or barcode = any ($6::text[]))
        and ($7::text is null or why = $7)
     returning ${lineColumns}`,
    [
      transfer,
      column.text([...move.from]),
      move.to,
      move.why,
      move.at,
      move.barcodes ? column.text([...move.barcodes]) : null,
      move.was ?? null,
    ],
  );

/** Puts the guarantee of these lines under another id each. */
export async function holdUnder(
  tx: Tx,
  transfer: string,
  holds: readonly { barcode: string; hold: string }[],
): Promise<void> {
  await tx.query(
    `update logistics.lines l set hold = t.hold from unnest($2::text[], $3::uuid[]) as t(barcode, hold)
      where l.transfer = $1 and l.barcode = t.barcode`,
    [transfer, column.text(holds.map((one) => one.barcode)), column.uuid(holds.map((one) => one.hold))],
  );
}

/** Where these pieces are open or stand on this transfer, under lock, in the order of their barcodes. */
export const placesOf = (
  tx: Tx,
  transfer: string,
  barcodes: readonly string[],
): Promise<(LineRow & { transfer: string })[]> =>
  tx.query(
    `select transfer, ${lineColumns} from logistics.lines
      where barcode = any ($2::text[]) and (transfer = $1 or state in ('origin', 'under-way', 'missing'))
      order by barcode, transfer for update`,
    [transfer, column.text([...barcodes])],
  );

export interface Counted {
  readonly state: State;
  readonly over: boolean;
  readonly count: bigint;
  readonly amount: bigint;
}

/** How many pieces are where, and what is guaranteed for them; of these parties alone, where they are named. */
export const countsOf = (tx: Tx, transfers: readonly string[], parties: readonly string[] | null) =>
  tx.query<Counted & { transfer: string }>(
    `select transfer, state, over, count(*) as count, sum(amount)::bigint as amount from logistics.lines
      where transfer = any ($1::uuid[])
        and ($2::text[] is null or filer = any ($2::text[]) or declarant = any ($2::text[]))
      group by transfer, state, over`,
    [column.uuid([...transfers]), parties ? column.text([...parties]) : null],
  );

/** Of these parties, those that filed or declare a piece of this transfer. */
export const concerned = async (tx: Tx, transfer: string, parties: readonly string[]): Promise<string[]> =>
  (
    await tx.query<{ party: string }>(
      `select q.party from unnest($2::text[]) as q(party)
        where exists (select from logistics.lines l where l.transfer = $1 and l.filer = q.party)
           or exists (select from logistics.lines l where l.transfer = $1 and l.declarant = q.party)`,
      [transfer, column.text([...parties])],
    )
  ).map(({ party }) => party);

/** Parcels among these of which no piece is on its way or missing any more. */
export const wholeAmong = async (tx: Tx, parcels: readonly string[]): Promise<string[]> =>
  (
    await tx.query<{ id: string }>(
      `select q.id from unnest($1::uuid[]) as q(id) where not exists (
         select from logistics.lines l where l.parcel = q.id and l.state in ('origin', 'under-way', 'missing'))`,
      [column.uuid([...new Set(parcels)])],
    )
  ).map(({ id }) => id);

/** Every transfer that names this piece, the newest first, with where the piece is in it. */
export const whereIs = (
  tx: Tx,
  barcode: string,
): Promise<
  (Pick<TransferRow, 'id' | 'master' | 'to_office' | 'to_place' | 'to_zone' | 'to_operator'> &
    Pick<LineRow, 'state' | 'why'>)[]
> =>
  tx.query(
    `select t.id, t.master, t.to_office, t.to_place, t.to_zone, t.to_operator, l.state, l.why
       from logistics.lines l join logistics.transfers t on t.id = l.transfer
      where l.barcode = $1 order by t.id desc limit 20`,
    [barcode],
  );
