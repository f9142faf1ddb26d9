import { column, type Tx } from '#platform/db.ts';

/** Counts one more try and gives the tries since the window opened; a window that is over starts anew. */
export async function countTry(tx: Tx, subject: Buffer, at: string, since: string): Promise<number> {
  const [row] = await tx.query<{ tries: number }>(
    `insert into enquiries.tries as a (subject, since, tries) values ($1, $2, 1)
     on conflict (subject) do update set
       tries = case when a.since <= $3 then 1 else a.tries + 1 end,
       since = case when a.since <= $3 then excluded.since else a.since end
     returning tries`,
    [subject, at, since],
  );
  return row?.tries ?? 1;
}

export async function forgetTries(tx: Tx, subject: Buffer): Promise<void> {
  await tx.query('delete from enquiries.tries where subject = $1', [subject]);
}

interface Times {
  readonly at: string;
  readonly expires: string;
}

export async function addVisit(tx: Tx, hash: Buffer, parcels: readonly string[], { at, expires }: Times) {
  await tx.query('insert into enquiries.visits values ($1, $2::uuid[], $3, $4)', [
    hash,
    column.uuid([...parcels]),
    at,
    expires,
  ]);
}

export async function visitOf(tx: Tx, hash: Buffer, now: string): Promise<string[]> {
  const rows = await tx.query<{ parcel: string }>(
    'select unnest(parcels) as parcel from enquiries.visits where hash = $1 and expires > $2',
    [hash, now],
  );
  return rows.map(({ parcel }) => parcel);
}

export async function endVisit(tx: Tx, hash: Buffer): Promise<void> {
  await tx.query('delete from enquiries.visits where hash = $1', [hash]);
}

export async function addLink(tx: Tx, hash: Buffer, parcel: string, { at, expires }: Times): Promise<void> {
  await tx.query('insert into enquiries.links values ($1, $2, $3, $4)', [hash, parcel, at, expires]);
}

export async function linkOf(
  tx: Tx,
  hash: Buffer,
  now: string,
): Promise<{ parcel: string; expires: string } | undefined> {
  const rows = await tx.query<{ parcel: string; expires: string }>(
    'select parcel, expires from enquiries.links where hash = $1 and expires > $2',
    [hash, now],
  );
  return rows[0];
}

/** Removes what is over; true when anything was. */
export async function sweep(tx: Tx, now: string, since: string): Promise<boolean> {
  const visits = await tx.query('delete from enquiries.visits where expires <= $1 returning 1', [now]);
  const links = await tx.query('delete from enquiries.links where expires <= $1 returning 1', [now]);
  const tries = await tx.query('delete from enquiries.tries where since <= $1 returning 1', [since]);
  return visits.length + links.length + tries.length > 0;
}
