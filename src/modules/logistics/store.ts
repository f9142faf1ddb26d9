import { column, type Tx } from '#platform/db.ts';
import type { FoundSeal, State, TransferStatus, Why } from './model.ts';

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

/** A tally at the destination as it is kept. */
export interface ArrivalRow {
  readonly id: string;
  readonly transfer: string;
  readonly filer: string;
  readonly reference: string;
  readonly place: string;
  readonly arrived: string;
  readonly received: string;
  readonly complete: boolean;
  readonly seals: string;
  readonly waits: boolean;
  readonly digest: Buffer;
  readonly worked: string;
  readonly finished: string | null;
  readonly presented: string | null;
}

export type NewArrival = Omit<ArrivalRow, 'worked' | 'finished' | 'presented' | 'seals'> & {
  readonly seals: readonly FoundSeal[];
};

const arrivalColumns =
  'id, transfer, filer, reference, place, arrived, received, complete, seals, waits, digest, worked, finished, presented';

/** Writes a tally's head; answers the one that stands already under its reference, if any. */
export async function writeArrival(tx: Tx, one: NewArrival): Promise<ArrivalRow | undefined> {
  const written = await tx.query(
    `insert into logistics.arrivals
       (id, transfer, filer, reference, place, arrived, received, complete, seals, waits, digest)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (filer, reference) do nothing returning id`,
    [
      one.id,
      one.transfer,
      one.filer,
      one.reference,
      one.place,
      one.arrived,
      one.received,
      one.complete,
      JSON.stringify(one.seals),
      one.waits,
      one.digest,
    ],
  );
  if (written.length > 0) return undefined;
  const [known] = await tx.query<ArrivalRow>(
    `select ${arrivalColumns} from logistics.arrivals where filer = $1 and reference = $2`,
    [one.filer, one.reference],
  );
  return known;
}

export async function writeTallies(tx: Tx, arrival: string, barcodes: readonly string[]): Promise<void> {
  await tx.query(
    `insert into logistics.tallies (arrival, barcode) select $1::uuid, b from unnest($2::text[]) as t(b)
     on conflict do nothing`,
    [arrival, column.text([...barcodes])],
  );
}

/** Every piece that is under way on the transfer except these. */
export async function writeTalliesExcept(
  tx: Tx,
  arrival: string,
  transfer: string,
  missing: readonly string[],
): Promise<void> {
  await tx.query(
    `insert into logistics.tallies (arrival, barcode)
     select $1::uuid, barcode from logistics.lines
      where transfer = $2 and state = 'under-way' and barcode <> all ($3::text[]) on conflict do nothing`,
    [arrival, transfer, column.text([...missing])],
  );
}

export async function arrivalOf(tx: Tx, id: string, lock = false): Promise<ArrivalRow | undefined> {
  const [row] = await tx.query<ArrivalRow>(
    `select ${arrivalColumns} from logistics.arrivals where id = $1 ${lock ? 'for update' : ''}`,
    [id],
  );
  return row;
}

/** The next pieces of a tally behind a barcode. */
export const talliesAfter = async (tx: Tx, arrival: string, after: string, limit: number): Promise<string[]> =>
  (
    await tx.query<{ barcode: string }>(
      `select barcode from logistics.tallies where arrival = $1 and barcode > $2 order by barcode limit $3`,
      [arrival, after, limit],
    )
  ).map(({ barcode }) => barcode);

export async function markArrival(
  tx: Tx,
  id: string,
  marks: Partial<Pick<ArrivalRow, 'worked' | 'finished' | 'presented' | 'waits'>>,
): Promise<void> {
  for (const [name, value] of Object.entries(marks))
    await tx.query(`update logistics.arrivals set ${name} = $2 where id = $1`, [id, value]);
}

/** Tallies that were stored and are not worked through: counted to the end, or waiting to be presented. */
export const openArrivals = (tx: Tx): Promise<{ id: string }[]> =>
  tx.query(
    `select id from logistics.arrivals where finished is null or (presented is not null and not waits)
      order by id limit 100`,
  );

/** The tallies of a transfer with how far each has come. */
export const arrivalsOf = (tx: Tx, transfer: string): Promise<(ArrivalRow & { tallied: number; handled: number })[]> =>
  tx.query(
    `select ${arrivalColumns}, n.tallied, n.handled from logistics.arrivals a cross join lateral (
       select count(*)::int as tallied, (count(*) filter (where t.barcode <= a.worked))::int as handled
         from logistics.tallies t where t.arrival = a.id) n
      where a.transfer = $1 order by a.id`,
    [transfer],
  );

/** Lets the goods of a transfer's tallies in that waited for a decision on the seals. */
export async function letIn(tx: Tx, transfers: readonly string[]): Promise<void> {
  await tx.query('update logistics.arrivals set waits = false where transfer = any ($1::uuid[]) and waits', [
    column.uuid([...transfers]),
  ]);
}

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
