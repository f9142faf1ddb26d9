import { column, type Tx } from '#platform/db.ts';
import type { FoundSeal } from './model.ts';

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
