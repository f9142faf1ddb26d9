import type { Tx } from '#platform/db.ts';

/** Whether the journal and the parcels tell of the same decisions. */
export interface Agreement {
  readonly decided: bigint;
  readonly declared: bigint;
  /** Decisions that the journal tells of and whose declaration is not there, and the other way round. */
  readonly withoutDeclaration: bigint;
  readonly withoutEntry: bigint;
}

/** Holds every decision of the journal against the declarations, but for archived days. It reads both whole. */
export async function agreement(tx: Tx): Promise<Agreement> {
  const [row] = await tx.query<Agreement>(
    `select count(e.subject) as decided, count(d.id) as declared,
       count(*) filter (where d.id is null) as "withoutDeclaration",
       count(*) filter (where e.subject is null) as "withoutEntry"
     from (select subject from platform.last_entries(array['clearance.decided']) where not exists (
       select from clearance.archived_days a where subject >= a.low and subject < a.high)) e
     full join (select id from clearance.declarations where version = 1) d on d.id = e.subject`,
  );
  return row!;
}

/** When the oldest parcel was received that still waits for data; null when none does. */
export async function oldestWaiting(tx: Tx): Promise<string | null> {
  const [row] = await tx.query<{ received: string | null }>(
    'select min(received) as received from clearance.waiting where decided is null',
  );
  return row?.received ?? null;
}

/** How many days from this one on, itself among them, have the partition that their parcels are written to. */
export async function daysAhead(tx: Tx, day: string): Promise<number> {
  const rows = await tx.query<{ there: boolean }>(
    `select to_regclass('clearance.declarations_' || to_char($1::date + d, 'YYYYMMDD')) is not null as there
     from generate_series(0, 6) as d order by d`,
    [day],
  );
  const missing = rows.findIndex(({ there }) => !there);
  return missing < 0 ? rows.length : missing;
}
