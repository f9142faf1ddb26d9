import type { Check } from '#kernel/check.ts';
import type { RecordRef } from '#platform/auth.ts';
import type { Tx } from '#platform/db.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { recordOf } from './read.ts';
import { type StandingRow, standingRows, waitingStanding } from './store-standing.ts';

/** Who stands where around a parcel, and what was found of one of its versions. */
export interface Standing {
  readonly record: RecordRef;
  /** The caller's own key. */
  readonly declaration: string;
  /** The failed and unknown checks of the version. */
  readonly checks: readonly Check[];
  /** Facts that the decision lacked, or slips that have not come. */
  readonly missing: readonly string[];
}

const list = (...values: (string | null)[]): string[] => values.filter((value) => value !== null);

function recordFrom(row: StandingRow): RecordRef {
  const { id, filer, desk, body } = row;
  if (body !== null) return recordOf({ id, filer, desk, body: JSON.parse(body) as Consignment });
  return {
    kind: 'consignment',
    id,
    parties: {
      filer: [filer],
      declarant: list(row.declarant),
      importer: list(row.importer),
      seller: list(row.seller),
      carrier: list(row.carrier),
      operator: list(row.place_operator, row.postal_operator),
      guarantor: list(row.guarantor),
      platform: list(row.platform),
    },
    desk,
  };
}

/**
 * Who stands around each of these parcels, for whoever passes on what happened to many of them at once: two statements
 * however many there are. The answer stands in the order of the question; null where there is no such parcel. A parcel
 * without a decision, and one asked for with version 0, answers what it waited for.
 */
export async function standingsOf(
  tx: Tx,
  parcels: readonly { readonly id: string; readonly version: number }[],
): Promise<(Standing | null)[]> {
  const found: (Standing | null)[] = parcels.map(() => null);
  const decided = parcels.map(({ id, version }) => ({ id, version: version === 0 ? 1 : version }));
  for (const row of await standingRows(tx, decided)) {
    const { place, declaration } = row;
    if (parcels[place - 1]?.version === 0) continue;
    const checks = JSON.parse(row.checks) as Check[];
    found[place - 1] = { record: recordFrom(row), declaration, checks, missing: JSON.parse(row.missing) as string[] };
  }
  const waiting = [...new Set(parcels.filter((_, index) => found[index] === null).map(({ id }) => id))];
  if (waiting.length === 0) return found;
  const rows = new Map((await waitingStanding(tx, waiting)).map((row) => [row.id, row]));
  return parcels.map(({ id }, index) => {
    const row = rows.get(id);
    if (found[index] !== null || row === undefined) return found[index] ?? null;
    const { filer, declaration } = row;
    const record = recordOf({ id, filer, desk: null, body: JSON.parse(row.body) as Consignment });
    return { record, declaration, checks: [], missing: JSON.parse(row.missing) as string[] };
  });
}
