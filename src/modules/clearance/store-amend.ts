import type { Tx } from '#platform/db.ts';
import { type Links, writeLinks } from './store.ts';

/** Why a further version was written, as it is kept. */
export interface FurtherRow {
  readonly version: number;
  readonly kind: 'amended' | 'redetermined' | 'restored';
  readonly at: string;
  readonly party: string | null;
  readonly authority: string | null;
  readonly by: string;
  readonly ground: string | null;
  readonly reason: string | null;
  readonly digest: Buffer | null;
  /** The case and the number of its step, where the reasons of an officer's decision stand. */
  readonly case: string | null;
  readonly step: number | null;
}

const columns = 'version, kind, at, party, authority, by, ground, reason, digest, case_id as case, step';

/** Why each further version of a parcel was written, oldest first. */
export const furtherVersions = (tx: Tx, id: string): Promise<FurtherRow[]> =>
  tx.query<FurtherRow>(`select ${columns} from clearance.further_versions where id = $1 order by version`, [id]);

/** Keeps the amendment by which a version was written. */
export const writeAmendment = (
  tx: Tx,
  one: {
    readonly id: string;
    readonly version: number;
    readonly at: string;
    readonly party: string;
    readonly by: string;
    readonly ground: string;
    readonly reason: string;
    readonly digest: Buffer;
  },
): Promise<unknown> =>
  tx.query(
    `insert into clearance.further_versions (id, version, kind, at, party, by, ground, reason, digest)
     values ($1, $2::int2, 'amended', $3, $4, $5, $6, $7, $8)`,
    [one.id, one.version, one.at, one.party, one.by, one.ground, one.reason, one.digest],
  );

/** Keeps the step of a case by which a version was written. */
export const writeDecidedVersion = (
  tx: Tx,
  one: {
    readonly id: string;
    readonly version: number;
    readonly kind: 'redetermined' | 'restored';
    readonly at: string;
    readonly authority: string | null;
    readonly by: string;
    readonly case: string;
    readonly step: number;
  },
): Promise<unknown> =>
  tx.query(
    `insert into clearance.further_versions (id, version, kind, at, authority, by, case_id, step)
     values ($1, $2::int2, $3, $4, $5, $6, $7, $8)`,
    [one.id, one.version, one.kind, one.at, one.authority, one.by, one.case, one.step],
  );

/** A parcel's row of the projection, held for the rest of the transaction. */
export interface HeldRow {
  readonly version: number;
  readonly status: string;
}

/**
 * Holds a parcel where it stands; undefined where nothing was decided under this id. Whoever releases or cancels it
 * holds the same row, which is made here when the parcel never left its first outcome: only what moves it may keep it.
 */
export async function holdParcel(tx: Tx, id: string): Promise<HeldRow | undefined> {
  const [row] = await tx.query<HeldRow>(
    `insert into clearance.parcels (id, version, status, since, presented)
     select d.id, d.version, d.status, d.received, 0
       from (select * from clearance.declarations x where x.id = $1 order by x.version limit 1) d
     on conflict (id) do update set presented = parcels.presented
     returning version, status`,
    [id],
  );
  return row;
}

/** Links a parcel to the orders and pieces of its further version, and no longer to those before. */
export async function relink(tx: Tx, id: string, links: Links): Promise<void> {
  await tx.query('delete from clearance.orders where id = $1', [id]);
  await tx.query('delete from clearance.pieces where id = $1', [id]);
  await writeLinks(tx, links);
}

/** The pieces of a parcel that a tally has found. */
export async function landedPieces(tx: Tx, id: string): Promise<string[]> {
  const rows = await tx.query<{ barcode: string }>(
    `select p.barcode from clearance.pieces p
      where p.id = $1 and exists (select from clearance.tallies t where t.barcode = p.barcode) order by p.barcode`,
    [id],
  );
  return rows.map(({ barcode }) => barcode);
}
