import type { Tx } from '#platform/db.ts';

/** Every kind of entry that moves a parcel; each carries the whole row of the projection as it was after the move. */
export const movingKinds = [
  'clearance.presented',
  'clearance.released',
  'clearance.control-lifted',
  'clearance.control-restored',
  'clearance.redetermined',
  'clearance.amended',
  'clearance.denied',
  'clearance.cancelled',
  'clearance.disposed',
  'clearance.returned',
  'clearance.leaving',
  'clearance.left',
] as const;

const fromJournal = `select e.subject as id, (e.data ->> 'version')::int2 as version, e.data ->> 'status' as status,
    (e.data ->> 'since')::timestamptz as since, (e.data ->> 'presented')::int2 as presented
  from platform.last_entries($1::text[]) e`;

/** Counts rows that stand otherwise in the kept projection than the journal says, or in only one of the two. */
export async function compareProjection(tx: Tx): Promise<number> {
  const rows = await tx.query<{ count: bigint }>(
    `with made as (${fromJournal})
     select count(*) as count from made full join clearance.parcels p using (id)
      where made.id is null or p.id is null
         or (made.version, made.status, made.since, made.presented) is distinct from (p.version, p.status, p.since, p.presented)`,
    [[...movingKinds]],
  );
  return Number(rows[0]?.count ?? 0n);
}

/** Puts the projection made from the journal in the place of the kept one. */
export async function replaceProjection(tx: Tx): Promise<number> {
  await tx.query('lock table clearance.parcels in exclusive mode');
  await tx.query('delete from clearance.parcels');
  const rows = await tx.query<{ id: string }>(
    `insert into clearance.parcels (id, version, status, since, presented)
     select id, version, status, since, presented from (${fromJournal}) made returning id`,
    [[...movingKinds]],
  );
  return rows.length;
}
